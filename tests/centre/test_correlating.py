"""What a centre finds launches to be, from messages alone: said once, asked and answered, the same on every hearing."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterable
from math import radians
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jointwatch.centre.correlation.bolides import contents as bolide_contents
from jointwatch.centre.correlation.correlating import Correlating
from jointwatch.centre.correlation.in_force import KEPT_NS, InForce
from jointwatch.centre.duty.listener import Word
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc
from jointwatch.formats.fireballs import read_fireballs
from jointwatch.messages.consultation import Query, Reply
from jointwatch.messages.correlation import Correlation
from jointwatch.messages.encoding import Message
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.launch_report import Ellipse95, LaunchReport
from jointwatch.messages.notice import Notice, NoticeArea, NoticeContents
from jointwatch.messages.outside_report import OutsideContents
from jointwatch.messages.post_launch import PostLaunchNotice
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.release_policy import ReleaseRule

AT = tai_ns_from_utc("1995-01-25T06:24:48Z")
BOLIDES = Path(__file__).parents[3] / "shared" / "data" / "fireballs" / "cneos_fireballs_1988_2014.csv"
ANDOYA = (radians(69.29), radians(16.02))
HOUR = 3_600 * NS_PER_S


class Logs:
    """The logs of two centres, as far as one of them hears them."""

    def __init__(self, *, ears: str) -> None:
        self.ears, self.listener = ears, Correlating(ears)
        self._sizes: dict[str, int] = {}
        self.heard: list[tuple[str, Message, EntryReference]] = []

    def hear(self, kind: str, log: str, after_s: float = 150.0, **content: Any) -> list[Word]:
        """Write an entry of a kind into a log, and return what the listener wants said because of it."""
        index = self._sizes[log] = self._sizes.get(log, -1) + 1
        owner = log.split("/")[0]
        logged = AT + round(after_s * NS_PER_S)
        header = {"origin": owner, "log": log, "logged_tai_ns": logged, "id": f"{owner}-{kind}-{index}"}
        message = msgspec.structs.replace(EXAMPLES[kind], **header, **content)
        leaf = hashlib.sha256(f"{log} {index}".encode()).digest()
        self.at = EntryReference(log=log, index=index, leaf_hash=leaf)
        self.heard.append((owner, message, self.at))
        return list(self.listener.hear(owner, message, self.at))


def items(track: str = "T-0001", **changed: Any) -> Any:
    example = EXAMPLES["launch_report"]
    assert isinstance(example, LaunchReport)
    launch = Ellipse95(
        latitude_rad=ANDOYA[0], longitude_rad=ANDOYA[1], semi_major_m=40e3, semi_minor_m=20e3, azimuth_rad=0.0
    )
    content = {
        "track": track,
        "launch_time_tai_ns": AT,
        "launch_time_sigma_s": 15.0,
        "detected_tai_ns": AT + 130 * NS_PER_S,
        "launch": launch,
        "direction_rad": 0.0,
        "impact": None,
        "impact_time_tai_ns": None,
        "impact_time_sigma_s": None,
        "withheld": (),
        "commitment": b"",
    }
    return msgspec.structs.replace(example.items, **content | changed)


def announced(**changed: Any) -> NoticeContents:
    content: dict[str, Any] = {
        "occasion": "pre-launch",
        "from_tai_ns": AT - HOUR,
        "until_tai_ns": AT + HOUR,
        "received_tai_ns": AT - 24 * HOUR,
        "vehicle": "sounding rocket",
        "areas": (NoticeArea(role="launch", corners=(ANDOYA,)),),
        "text": "A sounding rocket from Andøya",
        "source": "Norway",
    }
    return NoticeContents(**content | changed)


def policy(*rules: ReleaseRule) -> dict[str, Any]:
    return {"number": 1, "replaces": None, "rules": rules, "reason": "in force as the centre opens"}


def judgements(words: Iterable[Word]) -> list[tuple[str, str, str]]:
    return [
        (word.content["object"], word.content["standing"], word.content["announced"])
        for word in words
        if word.kind is Correlation
    ]


# -- one centre alone ------------------------------------------------------------------------------------------------


def test_a_launch_that_nobody_announced_is_an_alarm_and_its_notice_ends_it() -> None:
    moscow = Logs(ears="moscow")
    (word,) = moscow.hear("launch_report", "moscow/moscow/record", items=items())
    assert (word.content["standing"], word.content["announced"]) == ("alarm", "not announced")
    assert word.content["text"] == (
        "Not announced: no notice is in force. Launched at 06:24:48Z ± 15 s, first seen 130 s later"
    )
    assert moscow.hear("launch_report", "moscow/moscow/record", items=items()) == [], "the same again is no news"
    (word,) = moscow.hear("notice", "brussels/common/notify", contents=announced())
    assert (word.content["standing"], word.content["notice"]) == ("explained", moscow.at)


def test_a_lying_notice_near_by_ends_no_alarm_and_one_that_covers_the_launch_does() -> None:
    """In the same words, 300 km away on the same day, from whoever wants the alarm to be gone."""
    moscow = Logs(ears="moscow")
    (word,) = moscow.hear("launch_report", "moscow/moscow/record", items=items())
    assert word.content["standing"] == "alarm"
    (area,) = announced().areas
    beside = msgspec.structs.replace(area, corners=tuple((lat - 0.047, lon) for lat, lon in area.corners))
    (word,) = moscow.hear("notice", "brussels/moscow/notify", contents=announced(areas=(beside,)))
    assert (word.content["standing"], word.content["announced"]) == ("alarm", "announced elsewhere")
    assert word.content["text"].startswith("Announced elsewhere, not explained: ")
    (word,) = moscow.hear("notice", "brussels/common/notify", contents=announced())
    assert (word.content["standing"], word.content["announced"]) == ("explained", "announced")


def test_a_notice_before_the_launch_leaves_no_alarm() -> None:
    moscow = Logs(ears="moscow")
    assert moscow.hear("notice", "moscow/moscow/record", contents=announced()) == []
    words = moscow.hear("launch_report", "moscow/moscow/record", items=items())
    assert judgements(words) == [("T-0001", "explained", "announced")]


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"until_tai_ns": AT - HOUR // 2}, ("alarm", "announced for another time")),
        (
            {"occasion": "post-launch", "vehicle": "unknown", "from_tai_ns": AT, "until_tai_ns": AT},
            ("alarm", "not announced"),
        ),
        ({"occasion": "post-launch", "from_tai_ns": AT, "until_tai_ns": AT}, ("explained", "told afterwards")),
        ({"areas": ()}, ("alarm", "not announced")),
    ],
)
def test_what_a_notice_says_decides_what_it_explains(changed: dict[str, Any], found: tuple[str, str]) -> None:
    moscow = Logs(ears="moscow")
    moscow.hear("notice", "moscow/moscow/record", contents=announced(**changed))
    words = moscow.hear("launch_report", "moscow/moscow/record", items=items())
    assert judgements(words) == [("T-0001", *found)]


def test_a_notification_counts_with_the_window_that_holds_and_not_once_it_is_cancelled() -> None:
    moscow = Logs(ears="moscow")
    areas = (
        msgspec.structs.replace(EXAMPLES["notification"].areas[0], role="launch", corners=(ANDOYA,), radius_m=None),
    )
    window = {"from_tai_ns": AT - 3 * HOUR, "until_tai_ns": AT - 2 * HOUR, "direction_rad": 0.0}
    moscow.hear("notification", "brussels/common/notify", after_s=-90_000.0, areas=areas, **window)
    first = moscow.at
    words = moscow.hear("launch_report", "moscow/moscow/record", items=items())
    assert judgements(words) == [("T-0001", "alarm", "announced for another time")]
    later = {"notification": first, "from_tai_ns": AT - 3 * HOUR, "until_tai_ns": AT + HOUR}
    words = moscow.hear("window_extension", "brussels/common/notify", after_s=-80_000.0, **later)
    assert judgements(words) == [("T-0001", "explained", "announced")]
    gone = {"announced": first, "outcome": "cancelled", "launch_time_tai_ns": None, "areas": (), "direction_rad": None}
    words = moscow.hear("post_launch_notice", "brussels/common/notify", **gone)
    assert judgements(words) == [("T-0001", "alarm", "not announced")]


def test_a_launch_that_was_a_satellite_is_explained_and_judged_no_more() -> None:
    moscow = Logs(ears="moscow")
    moscow.hear("launch_report", "moscow/moscow/record", items=items())
    reason = "T-0001 is recognised as satellite 25544 of the public catalogue; nothing was launched"
    taken_back = {"corrects": moscow.at, "reason": reason, "replacement": None}
    (word,) = moscow.hear("correction", "moscow/moscow/record", **taken_back)
    assert (word.content["standing"], word.content["text"]) == ("explained", reason)
    assert moscow.hear("notice", "brussels/common/notify", contents=announced()) == []


# -- two centres -----------------------------------------------------------------------------------------------------


def test_the_partner_s_report_of_the_same_event_is_named_with_both_times_apart() -> None:
    moscow = Logs(ears="moscow")
    moscow.hear("launch_report", "moscow/moscow/record", items=items())
    theirs = items("B-7", launch_time_tai_ns=AT - 4 * NS_PER_S, detected_tai_ns=AT + 225 * NS_PER_S)
    (word,) = moscow.hear("launch_report", "brussels/moscow/notify", items=theirs)
    (event,) = word.content["partners"]
    assert (event.centre, event.ours, event.theirs, event.reports) == ("brussels", 1, 1, (moscow.at,))
    assert (event.event_apart_s, event.detection_apart_s) == (-4.0, 95.0)
    assert "One event with B-7 of brussels" in word.content["text"]
    words = moscow.hear("launch_report", "brussels/moscow/notify", items=msgspec.structs.replace(theirs, track="B-8"))
    (event,) = words[0].content["partners"]
    assert (event.ours, event.theirs) == (1, 2)
    assert "the counts differ: moscow has 1 object, brussels 2 objects" in words[0].content["text"]


def test_a_report_of_another_launch_changes_nothing() -> None:
    moscow = Logs(ears="moscow")
    moscow.hear("launch_report", "moscow/moscow/record", items=items())
    theirs = items("B-7", launch_time_tai_ns=AT + HOUR)
    assert moscow.hear("launch_report", "brussels/moscow/notify", items=theirs) == []


def test_five_items_tell_no_detection_and_are_held_against_all_the_same() -> None:
    moscow = Logs(ears="moscow")
    moscow.hear("launch_report", "moscow/moscow/record", items=items())
    hidden = items("B-7", detected_tai_ns=None, verdict="", p_space=None, reason="", range_class="", source="")
    (word,) = moscow.hear("launch_report", "brussels/moscow/notify", items=hidden)
    assert word.content["partners"][0].detection_apart_s is None


def test_a_count_that_differs_from_the_notice_s_is_said() -> None:
    moscow = Logs(ears="moscow")
    told = announced(occasion="post-launch", vehicle="missile", from_tai_ns=AT, until_tai_ns=AT, launches=1)
    moscow.hear("notice", "brussels/common/notify", contents=told)
    moscow.hear("launch_report", "moscow/moscow/record", items=items())
    words = moscow.hear("launch_report", "moscow/moscow/record", items=items("T-0002"))
    (word,) = [each for each in words if each.content["object"] == "T-0002"]
    assert "The counts differ: moscow has 2 objects of this event, and the notice speaks of 1" in word.content["text"]


def test_an_alarm_asks_the_partner_it_was_told_to_once_for_one_event() -> None:
    moscow = Logs(ears="moscow")
    for track in ("T-0001", "T-0002"):
        moscow.hear("launch_report", "moscow/moscow/record", items=items(track))
    (word,) = moscow.hear("launch_report", "moscow/brussels/notify", items=items())
    assert (word.kind, word.log, word.content["to"], word.content["about"]) == (
        Query,
        "moscow/brussels/notify",
        "brussels",
        (moscow.at,),
    )
    again = {"corrects": moscow.at, "reason": "newer data", "replacement": items()}
    assert moscow.hear("correction", "moscow/brussels/notify", **again) == []
    assert moscow.hear("launch_report", "moscow/brussels/notify", items=items("T-0002")) == []


def held_back(**changed: Any) -> Logs:
    """Brussels, which has a notice that Norway told Moscow itself, under a policy that lets notices go."""
    brussels = Logs(ears="brussels")
    brussels.hear(
        "release_policy",
        "brussels/brussels/record",
        **policy(ReleaseRule(audience="common", klass="notify", form="whole")),
    )
    assert brussels.hear("notice", "brussels/brussels/record", contents=announced(told=("moscow",), **changed)) == []
    return brussels


def test_a_notice_that_a_partner_did_not_get_is_passed_on_with_its_report_and_answers_its_question() -> None:
    brussels = held_back()
    (passed,) = brussels.hear("launch_report", "moscow/brussels/notify", items=items())
    report = brussels.at
    assert (passed.kind, passed.log, passed.content["contents"].text) == (
        Notice,
        "brussels/common/notify",
        "A sounding rocket from Andøya",
    )
    question = {"to": "brussels", "subject": "launch", "about": (report,), "text": "Is it by one of yours?"}
    assert brussels.hear("query", "moscow/brussels/notify", **question, until_tai_ns=None) == [], (
        "not before it went out"
    )
    asked = brussels.at
    (reply,) = brussels.hear("notice", "brussels/common/notify", contents=announced(told=("moscow",)))
    assert (reply.kind, reply.log) == (Reply, "brussels/moscow/notify")
    assert (reply.content["query"], reply.content["entries"]) == (asked, (brussels.at,))
    assert brussels.hear("launch_report", "moscow/brussels/notify", items=items("T-0002")) == [], "it is passed on once"


def test_a_question_after_the_notice_went_out_is_answered_at_once() -> None:
    brussels = held_back()
    brussels.hear("launch_report", "moscow/brussels/notify", items=items())
    report = brussels.at
    brussels.hear("notice", "brussels/common/notify", contents=announced(told=("moscow",)))
    question = {"to": "brussels", "subject": "launch", "about": (report,), "text": "?", "until_tai_ns": None}
    assert [word.kind for word in brussels.hear("query", "moscow/brussels/notify", **question)] == [Reply]


@pytest.mark.parametrize(
    ("rules", "told", "launched"),
    [
        ((), ("moscow",), AT),
        ((ReleaseRule(audience="common", klass="notify", form="whole"),), ("ankara",), AT),
        ((ReleaseRule(audience="common", klass="notify", form="whole"),), ("moscow",), AT + 3 * HOUR),
    ],
    ids=["no rule lets notices go", "Moscow was not told", "another launch"],
)
def test_a_notice_is_kept_back_otherwise(rules: tuple[ReleaseRule, ...], told: tuple[str, ...], launched: int) -> None:
    brussels = Logs(ears="brussels")
    brussels.hear("release_policy", "brussels/brussels/record", **policy(*rules))
    brussels.hear("notice", "brussels/brussels/record", contents=announced(told=told))
    assert brussels.hear("launch_report", "moscow/brussels/notify", items=items(launch_time_tai_ns=launched)) == []


def test_a_stranger_s_question_about_somebody_else_s_launch_is_not_answered() -> None:
    brussels = held_back()
    brussels.hear("launch_report", "moscow/brussels/notify", items=items())
    report = brussels.at
    brussels.hear("notice", "brussels/common/notify", contents=announced(told=("moscow",)))
    question = {"to": "brussels", "subject": "launch", "about": (report,), "text": "?", "until_tai_ns": None}
    assert brussels.hear("query", "ankara/brussels/notify", **question) == []


# -- reports from outside --------------------------------------------------------------------------------------------


def seen(**given: Any) -> OutsideContents:
    return OutsideContents(**{"seen_tai_ns": AT + 600 * NS_PER_S, "source": "JPL"} | given)


def test_a_bolide_is_natural_and_a_flash_is_left_open() -> None:
    moscow = Logs(ears="moscow")
    bolide = seen(latitude_rad=1.2, longitude_rad=0.3, height_m=30e3, speed_m_s=18e3, velocity_m_s=(-5e3, -1e3, -17e3))
    (word,) = moscow.hear("outside_report", "moscow/moscow/record", contents=bolide)
    assert (word.content["nature"], word.content["standing"]) == ("natural", "explained")
    (word,) = moscow.hear("outside_report", "moscow/moscow/record", contents=seen(latitude_rad=1.2, longitude_rad=0.3))
    assert (word.content["nature"], word.content["standing"]) == ("undecided", "open")
    assert word.content["text"].endswith("No launch that is reported here fits it")


def test_a_light_near_a_reported_launch_is_said_to_be_perhaps_of_it() -> None:
    moscow = Logs(ears="moscow")
    moscow.hear("launch_report", "moscow/moscow/record", items=items())
    near, far = ({"latitude_rad": radians(of), "longitude_rad": radians(15.0)} for of in (78.0, -40.0))
    (word,) = moscow.hear("outside_report", "moscow/moscow/record", contents=seen(**near))
    assert word.content["text"].endswith("It may be of moscow's T-0001")
    (word,) = moscow.hear("outside_report", "moscow/moscow/record", contents=seen(**far))
    assert "fits it" in word.content["text"]


@pytest.mark.skipif(not BOLIDES.is_file(), reason="needs the list in ../shared/data/fireballs")
def test_no_published_bolide_is_assessed_as_launched_though_a_launch_is_reported_meanwhile() -> None:
    moscow = Logs(ears="moscow")
    found = []
    for seen_then in read_fireballs(BOLIDES):
        content = bolide_contents(seen_then)
        report = items(launch_time_tai_ns=content.seen_tai_ns - 300 * NS_PER_S, detected_tai_ns=None)
        moscow.hear(
            "launch_report", "moscow/moscow/record", after_s=(content.seen_tai_ns - AT) / NS_PER_S, items=report
        )
        (word,) = moscow.hear("outside_report", "moscow/moscow/record", contents=content)
        found.append((word.content["nature"], word.content["standing"]))
    assert len(found) == 637
    assert {nature for nature, _ in found} == {"natural", "undecided"}
    assert "alarm" not in {standing for _, standing in found}
    assert found.count(("natural", "explained")) >= 100


# -- what holds of all of it -----------------------------------------------------------------------------------------


def test_the_same_entries_give_the_same_words_from_any_bookmark_on() -> None:
    brussels = held_back()
    brussels.hear("launch_report", "moscow/brussels/notify", items=items())
    brussels.hear("notice", "brussels/common/notify", contents=announced(told=("moscow",)))
    brussels.hear("launch_report", "brussels/brussels/record", items=items("B-1"))
    brussels.hear("outside_report", "brussels/brussels/record", contents=seen())
    straight = [list(map(str, brussels_words)) for brussels_words in _again(brussels.heard, None)]
    for cut in range(len(brussels.heard)):
        assert [list(map(str, words)) for words in _again(brussels.heard, cut)] == straight


def _again(heard: list[tuple[str, Message, EntryReference]], cut: int | None) -> list[list[Word]]:
    """All words, by a listener that is put away and taken out again before an entry."""
    listener, found = Correlating("brussels"), []
    for number, (owner, message, at) in enumerate(heard):
        if number == cut:
            listener = pickle.loads(pickle.dumps(listener))  # noqa: S301 - its own, as a bookmark keeps it
        found.append(list(listener.hear(owner, message, at)))
    return found


def test_every_word_is_a_message_that_can_be_sent() -> None:
    from jointwatch.messages.encoding import decode, encode

    brussels = held_back()
    words = brussels.hear("launch_report", "moscow/brussels/notify", items=items())
    report = brussels.at
    words += brussels.hear("notice", "brussels/common/notify", contents=announced(told=("moscow",)))
    words += brussels.hear("launch_report", "brussels/brussels/record", items=items("B-1"))
    words += brussels.hear("launch_report", "brussels/moscow/notify", items=items("B-1"))
    question = {"to": "brussels", "subject": "launch", "about": (report,), "text": "?", "until_tai_ns": None}
    words += brussels.hear("query", "moscow/brussels/notify", **question)
    words += brussels.hear("outside_report", "brussels/brussels/record", contents=seen())
    assert {word.kind for word in words} == {Notice, Correlation, Reply}
    for word in words:
        log = word.log or "brussels/brussels/record"
        header = {"mode": "exercise", "run": "r-1", "origin": "brussels", "log": log, "logged_tai_ns": AT, "id": "one"}
        message = word.kind(**header, **word.content)
        assert decode(encode(message)) == message


def test_the_greatest_that_a_partner_may_say_still_gives_words_that_can_be_sent() -> None:
    from jointwatch.messages.encoding import decode, encode

    brussels = held_back(text="x" * 2_000, source="y" * 200)
    area = Ellipse95(latitude_rad=1.5, longitude_rad=3.1, semi_major_m=1e9, semi_minor_m=0.0, azimuth_rad=6.0)
    extreme = {"launch_time_sigma_s": 1e6, "launch": area, "direction_sigma_rad": 3.1}
    words = brussels.hear("launch_report", "brussels/brussels/record", items=items("B" * 128, **extreme))
    words += brussels.hear("launch_report", "moscow/brussels/notify", items=items("M" * 128, launch_time_sigma_s=1e6))
    report = brussels.at
    words += brussels.hear("launch_report", "moscow/brussels/notify", items=items("M" * 127, **extreme))
    words += brussels.hear("launch_report", "moscow/brussels/notify", items=items("M" * 125, launch_time_tai_ns=0))
    words += brussels.hear("launch_report", "moscow/brussels/notify", items=items("M" * 126, launch_time_tai_ns=2**62))
    question = {"to": "brussels", "subject": "launch", "about": (report,), "text": "?", "until_tai_ns": None}
    words += brussels.hear("query", "moscow/brussels/notify", **question)
    contents = announced(told=("moscow",), text="x" * 2_000, source="y" * 200)
    words += brussels.hear("notice", "brussels/common/notify", contents=contents)
    far = seen(height_m=-12_000.0, speed_m_s=0.0, velocity_m_s=(1e6, 1e6, 1e6), latitude_rad=1.57, longitude_rad=-3.14)
    words += brussels.hear("outside_report", "brussels/brussels/record", contents=far)
    assert {word.kind for word in words} == {Correlation, Notice, Reply}
    for word in words:
        log = word.log or "brussels/brussels/record"
        header = {"mode": "exercise", "run": "r-1", "origin": "brussels", "log": log, "logged_tai_ns": AT, "id": "one"}
        assert decode(encode(word.kind(**header, **word.content)))


def test_a_partner_that_reports_launches_without_end_fills_no_memory() -> None:
    moscow = Logs(ears="moscow")
    moscow.hear("launch_report", "moscow/moscow/record", items=items())
    for number in range(1_050):
        vague = items(f"B-{number}", launch_time_tai_ns=AT + (7 + number) * 60 * NS_PER_S)
        assert moscow.hear("launch_report", "brussels/moscow/notify", items=vague) == []
    listener = moscow.listener
    assert (len(listener._theirs), len(listener._reports) <= 10_000) == (1_000, True)
    many = [items(f"C-{number}", launch_time_sigma_s=1e6) for number in range(18)]
    words = [word for each in many for word in moscow.hear("launch_report", "brussels/moscow/notify", items=each)]
    assert max(word.content["partners"][0].theirs for word in words) == 16, "no more of them are looked at"


def test_after_a_day_nothing_is_kept_of_a_launch() -> None:
    brussels = held_back()
    brussels.hear("launch_report", "moscow/brussels/notify", items=items())
    brussels.hear("launch_report", "brussels/brussels/record", items=items("B-1"))
    later = items("B-2", launch_time_tai_ns=AT + 30 * HOUR)
    brussels.hear("launch_report", "brussels/brussels/record", after_s=30 * 3_600.0, items=later)
    listener = brussels.listener
    assert (list(listener._ours), list(listener._theirs), len(listener._reports)) == (["B-2"], [], 1)


def test_what_is_days_old_is_forgotten() -> None:
    board, at = InForce(), EntryReference(log="a/b/c", index=0, leaf_hash=bytes(32))
    notice = EXAMPLES["notice"]
    assert isinstance(notice, Notice)
    board.hear(msgspec.structs.replace(notice, contents=announced()), at)
    later = EntryReference(log="a/b/c", index=1, leaf_hash=bytes([1]) * 32)
    told = EXAMPLES["post_launch_notice"]
    assert isinstance(told, PostLaunchNotice)
    now = AT + HOUR + KEPT_NS + NS_PER_S
    board.hear(
        msgspec.structs.replace(told, announced=None, outcome="otherwise", logged_tai_ns=now, launch_time_tai_ns=now),
        later,
    )
    board.forget(now)
    assert [announcement.name for announcement, _ in board.announcements()] == [
        f"{told.id.removeprefix('moscow-')} of moscow"
    ]


def test_a_policy_that_is_no_follower_is_not_taken_for_one_in_force() -> None:
    brussels = held_back()
    stray = policy() | {"number": 7, "replaces": bytes([9]) * 32}
    brussels.hear("release_policy", "brussels/brussels/record", **stray)
    assert [word.kind for word in brussels.hear("launch_report", "moscow/brussels/notify", items=items())] == [Notice]
