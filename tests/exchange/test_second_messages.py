"""Messages read by two readers: every kind, every condition between fields, and messages with another value put in."""

from __future__ import annotations

import copy
import functools
import operator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.messages.encoding import MessageRefused, encode, hear, kinds
from jointwatch.messages.examples import EXAMPLES
from tests.exchange.second import conditions, messagepack, messages
from tests.exchange.second.wrong import Wrong

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def both(payload: bytes) -> list[bool]:
    """Whether the second reader and ours accept these bytes as a message."""
    verdicts = []
    for read, refusal in ((read_by_second, Wrong), (hear, MessageRefused)):
        try:
            read(payload)
            verdicts.append(True)
        except refusal:
            verdicts.append(False)
    return verdicts


def read_by_second(payload: bytes) -> Any:
    return messages.message(messages.Envelope(messages.PAYLOAD_TYPE, payload, {}))


def test_every_kind_of_message_is_read_and_written_again():
    assert set(messages.KINDS) == set(kinds())
    for example in EXAMPLES.values():
        payload = encode(example)
        assert messagepack.dump(read_by_second(payload)) == payload


VALUES = [
    None,
    True,
    0,
    1,
    2,
    10**18,
    0.0,
    1.5,
    -1.0,
    "",
    b"",
    b"\1" * 32,
    [],
    ["source"],
    "cancelled",
    "orbit",
    "moscow",
]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a message, as container and key."""
    if not isinstance(value, dict | list):
        return []
    here = [(value, key) for key in (value if isinstance(value, dict) else range(len(value)))]
    return here + [place for container, key in here for place in places(container[key])]


_MASKED = {"audience": "ankara", "klass": "track", "form": "whole", "every_ns": 0, "delay_ns": 0, "region": None}
BROKEN: list[tuple[str, str, str, Any]] = [  # title of the part, kind, where, what is put there
    ("Act", "act", "log", "moscow/moscow/record"),
    ("Alert", "alert", "type", "alert"),
    ("Alert", "alert", "earlier", []),
    ("Assent", "assent", "log", "moscow/ankara/accord"),
    ("Assent", "assent", "dissents", [{"point": "2", "text": "one"}, {"point": "2", "text": "another"}]),
    ("Conclusion", "conclusion", "log", "ankara/common/accord"),
    ("Correlation", "correlation", "nature", "natural"),
    ("Correlation", "correlation", "satellite", 25544),
    ("Correlation", "correlation", "notice", None),
    ("Correlation", "correlation", "announced", "not announced"),
    ("Dispatch", "dispatch", "body_sha256", b""),
    ("Dispatch", "dispatch", "tries", 0),
    ("Ellipse95", "launch_report", "items.launch.semi_minor_m", 1e6),
    ("FeedFault", "feed_verdict", "faults.0.sigma", -1.0),
    ("FeedFault", "feed_verdict", "faults.0.since_tai_ns", 2**62),
    ("FeedVerdict", "feed_verdict", "standing", "believed"),
    ("FeedVerdict", "feed_verdict", "offsets", None),
    ("FeedVerdict", "feed_verdict", "explained", 31_201),
    ("FileDigest", "manifest", "files.0.path", "logs/../key"),
    ("KeyBounds", "key_bounds", "until", None),
    (
        "KeyBounds",
        "key_bounds",
        "since",
        [{"log": "a/b/c/2026-10", "index": 1}, {"log": "a/b/c/2026-11", "index": 2}],
    ),
    ("KeyBounds", "key_bounds", "since", [{"log": "a/b/c", "index": 1}, {"log": "a/b/c", "index": 2}]),
    ("LaunchItems", "launch_report", "items.impact_time_sigma_s", None),
    ("LaunchItems", "launch_report", "items.withheld", ["source", "apogee_m"]),
    ("LaunchItems", "launch_report", "items.withheld", ["track"]),
    ("LaunchItems", "launch_report", "items.withheld", ["nothing"]),
    ("LaunchItems", "launch_report", "items.commitment", b""),
    ("LaunchItems", "launch_report", "items.commitment", b"short"),
    ("LocalTrack", "local_track", "first_plot_tai_ns", 2**62),
    ("LocalTrack", "local_track", "covariance.20", -1.0),
    ("Manifest", "manifest", "part", 2),
    ("Manifest", "manifest", "files.1.path", "a"),
    ("NoticeContents", "notice", "contents.until_tai_ns", 0),
    ("NoticeContents", "notice", "contents.occasion", "orbit"),
    ("Notification", "notification", "until_tai_ns", 0),
    ("Notification", "notification", "occasion", "de-orbiting"),
    ("Notification", "notification", "vehicle", "other"),
    ("Notification", "notification", "launches", 2),
    ("Notification", "notification", "agreements", ["plns-2000", "plns-2000"]),
    ("NotifiedArea", "notification", "areas.0.corners", [[0.1, 0.1], [0.2, 0.2]]),
    ("NotifiedArea", "notification", "areas.1.radius_m", 1.0),
    ("NotifiedArea", "notification", "areas.0", {"role": "launch", "corners": [], "radius_m": None, "name": ""}),
    ("OutsideContents", "outside_report", "contents.latitude_rad", None),
    ("PartnerEvent", "correlation", "partners.0.event_apart_s", None),
    ("PartnerEvent", "correlation", "partners.0.theirs", 2),
    ("PartyRoot", "party_root", "threshold", 4),
    ("PartyRoot", "party_root", "identity", bytes([6]) * 32),
    ("PlotReport", "plot_report", "range_m", []),
    ("PointFinding", "finding", "objects.0.launch.covariance.3", -1.0),
    ("PostLaunchNotice", "post_launch_notice", "launch_time_tai_ns", None),
    ("PostLaunchNotice", "post_launch_notice", "announced", None),
    ("Proposal", "proposal", "log", "moscow/common/assess"),
    ("Proposal", "proposal", "rules", None),
    ("Proposal", "proposal", "under", None),
    ("Proposal", "proposal", "rules.number", 1),
    ("Query", "query", "to", "moscow"),
    ("Query", "query", "until_tai_ns", 0),
    ("Receipt", "receipt", "first_index", 2**40),
    ("Region", "release_policy", "rules.1.region.south_rad", 1.5),
    ("ReleasePolicy", "release_policy", "number", 1),
    ("ReleasePolicy", "release_policy", "log", "moscow/common/record"),
    ("ReleasePolicy", "release_policy", "rules.1.klass", "notify"),
    ("ReleasePolicy", "release_policy", "rules.1.audience", "moscow"),
    ("ReleaseRule", "release_policy", "rules.0.klass", "plot"),
    ("ReleaseRule", "release_policy", "rules.1.audience", "common"),
    ("ReleaseRule", "release_policy", "rules.0.audience", "common"),
    ("ReleaseRule", "release_policy", "rules.2.audience", "brussels"),
    ("ReleaseRule", "release_policy", "rules.2.every_ns", 1),
    ("ReleaseRule", "release_policy", "rules.2.delay_ns", 1),
    ("Reply", "reply", "outcome", "declined"),
    ("Reply", "reply", "disclosed.0.released.log", "brussels/moscow/notify"),
    ("Roster", "roster", "identity", b"\2" * 32),
    ("RosterKey", "roster", "keys.0.public_key", bytes(33)),
    ("RosterKey", "roster", "keys.0.valid_until_tai_ns", 0),
    ("Rules", "proposal", "rules.members.0.centre", "riga"),
    ("Rules", "proposal", "rules.members.1.centre", "ankara"),
    ("Rules", "proposal", "rules.sensors", [{"centre": "moscow", "sensor": "gabala"}] * 2),
    ("Rules", "proposal", "rules.sensors.0.centre", "riga"),
    ("Rules", "proposal", "rules.releases", [{"centre": "moscow", "rule": _MASKED}] * 2),
    ("Rules", "proposal", "rules.releases.0.centre", "ankara"),
    ("Rules", "proposal", "rules.releases.0.rule.audience", "riga"),
    ("ShardOpening", "shard_opening", "shard", "2009-06"),
    ("ShardOpening", "shard_opening", "closes", b""),
    ("Statement", "statement", "objects.0.concordance.0.agree", False),
    ("Statement", "statement", "absent", ["moscow"]),
    ("Tracklet", "tracklet", "since", 2**31),
    ("Tracklet", "tracklet", "from_tai_ns", 2**62),
    ("Tracklet", "tracklet", "covariance.0", -1.0),
    ("WindowExtension", "window_extension", "until_tai_ns", 0),
]


@pytest.mark.parametrize(("title", "kind", "where", "value"), BROKEN)
def test_a_condition_between_fields_that_fails_is_refused_by_both(
    title: str, kind: str, where: str, value: Any, monkeypatch: pytest.MonkeyPatch
):
    said = messagepack.load(encode(EXAMPLES[kind]))
    *way, last = (int(word) if word.isdigit() else word for word in where.split("."))
    part = functools.reduce(operator.getitem, way, said)
    assert part[last] != value
    part[last] = value
    payload = messagepack.dump(said)
    assert both(payload) == [False, False]
    hold = conditions.hold
    monkeypatch.setattr(conditions, "hold", lambda found, part: found == title or hold(found, part))
    read_by_second(payload)  # it is this condition that fails, and nothing else


def test_every_condition_of_the_page_is_tried_and_every_one_tried_is_on_the_page():
    titles = set(conditions.CONDITIONS)
    assert {title for title, *_ in BROKEN} == titles
    assert titles <= set(messages.SCHEMA["$defs"])
    page = (ROOT / "docs/exchange.md").read_text(encoding="utf-8")
    assert all(f"| `{title}` |" in page for title in titles)


@settings(max_examples=400)
@given(st.sampled_from(sorted(EXAMPLES)), st.data())
def test_a_message_with_another_value_in_it_has_one_verdict(kind: str, data: st.DataObject):
    said = messagepack.load(encode(EXAMPLES[kind]))
    for _ in range(data.draw(st.integers(1, 2))):
        found = places(said)
        container, key = found[data.draw(st.integers(0, len(found) - 1))]
        others = [inner[name] for inner, name in found if inner is not container or name != key]
        container[key] = copy.deepcopy(data.draw(st.sampled_from(VALUES + others)))
    payload = messagepack.dump(said)
    second, ours = both(payload)
    assert second == ours, said
