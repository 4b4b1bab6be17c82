"""The queue at the door: it is bounded, says so, loses nothing that was let in, and one batch spoils no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jointwatch.centre import counter, founding, submission
from jointwatch.centre.client import CentreLine
from jointwatch.centre.service import Service
from jointwatch.centre.submission import FullError, NotYoursError
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange.carrier import TurnedDown
from jointwatch.exchange.https import line as asking
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roles import Caller
from jointwatch.messages.act import Act
from jointwatch.messages.encoding import Message
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.header import Header
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.shard_opening import ShardOpening, month_of
from tests.centre import serving

LOG = "moscow/moscow/record"
KEPT_S = 60.0  # for what is kept at once, on a machine with much to do
ANALYST = Caller("petrov", frozenset({"analyst"}), "SHA256:")
DESK = Caller("desk", frozenset({"operator"}), "SHA256:")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    clients = [founding.Client("operator", "desk")]
    founding.found(tmp_path / "moscow", run="r", mode="exercise", listen=serving.address(), clients=clients)
    running = Service(tmp_path / "moscow", lambda text: None)
    yield running
    running.close()


@pytest.fixture
def desk(service: Service) -> Iterator[CentreLine]:
    with CentreLine(service.place.clients / "desk") as line:
        yield line


def test_a_full_queue_turns_away_and_keeps_what_it_let_in(
    service: Service, desk: CentreLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "MAX_WAITING", 10)
    entries = [serving.entry(desk, LOG, f"n-{number}") for number in range(12)]
    with service.store.together():  # nothing is written while this is open
        let_in = service.intake.hand_in(DESK, entries[:10])
        with pytest.raises(FullError):
            service.intake.hand_in(DESK, entries[10:])
    assert [place.index for place in let_in.result(KEPT_S)] == list(range(1, 11))
    assert service.intake.hand_in(DESK, entries[10:]).result(KEPT_S)


@pytest.mark.parametrize("id", ["new", "taken"])
def test_whoever_is_told_what_became_of_a_batch_finds_its_room_free(
    service: Service, desk: CentreLine, id: str
) -> None:
    service.intake.hand_in(DESK, [serving.entry(desk, LOG, "taken", "one")]).result(KEPT_S)
    waiting = list[int]()
    with service.store.together():  # nothing is written while this is open
        promise = service.intake.hand_in(DESK, [serving.entry(desk, LOG, id, "two")])
        promise.add_done_callback(lambda _: waiting.append(service.intake.waiting))
    service.intake.close()
    assert waiting == [0]


def test_an_answer_that_a_slow_disk_held_back_is_heard(
    service: Service, desk: CentreLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = service.store.hand_in
    monkeypatch.setattr(asking, "ANSWER_S", 0.1)
    monkeypatch.setattr(service.store, "hand_in", lambda entries: (time.sleep(0.5), keep(entries))[1])
    assert desk.submit([serving.entry(desk, LOG, "late")]).places == [(serving.shard(LOG), 1)]


def test_a_full_queue_is_answered_503_with_a_time_to_come_again(
    service: Service, desk: CentreLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "MAX_WAITING", 0)
    with pytest.raises(TurnedDown, match="the queue is full") as refusal:
        desk.submit([serving.entry(desk, LOG, "late")])
    assert refusal.value.status == 503


def test_a_batch_that_is_refused_takes_no_other_with_it(service: Service, desk: CentreLine) -> None:
    service.intake.hand_in(DESK, [serving.entry(desk, LOG, "taken", "one")]).result(KEPT_S)
    good, bad = serving.entry(desk, LOG, "good"), serving.entry(desk, LOG, "taken", "two")
    with service.store.together():
        promises = [service.intake.hand_in(DESK, [one]) for one in (good, bad)]
    assert promises[0].result(KEPT_S)
    with pytest.raises(Refused, match="with other bytes"):
        promises[1].result(KEPT_S)


def test_the_same_entry_from_many_at_once_stands_once(service: Service, desk: CentreLine) -> None:
    entry, places = serving.entry(desk, LOG, "same"), list[object]()

    def hand_in() -> None:
        places.extend(service.intake.hand_in(DESK, [entry, entry]).result(KEPT_S))

    threads = [threading.Thread(target=hand_in) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(places) == 16
    assert len(set(places)) == 1


def test_what_was_let_in_is_written_before_the_end(service: Service, desk: CentreLine) -> None:
    promises = [service.intake.hand_in(DESK, [serving.entry(desk, LOG, f"n-{number}")]) for number in range(50)]
    service.intake.close()
    assert all(promise.done() for promise in promises)


def test_the_first_words_of_a_log_and_a_look_at_the_keys_never_wait_for_each_other(
    service: Service, desk: CentreLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes signs a shard's opening, and so asks for the keys, while others ask for the keys and read."""
    inside, sign = threading.Event(), service.store._monthly.signed  # type: ignore[union-attr]

    def slowly(message: Message) -> bytes:
        inside.set()
        other.join(0.5)  # the other one asks for the keys now, and cannot read while we write
        return sign(message)

    other = threading.Thread(target=lambda: inside.wait(KEPT_S) and service.own_keys, daemon=True)
    other.start()
    monkeypatch.setattr(service.store, "_monthly", replace(service.store._monthly, signed=slowly))  # type: ignore[type-var]
    entry = serving.entry(desk, "moscow/moscow/opened-late", "first")
    assert service.intake.hand_in(DESK, [entry]).result(KEPT_S)
    other.join(KEPT_S)
    assert not other.is_alive()


def test_who_stops_waiting_for_a_slow_disk_does_not_end_the_queue(
    service: Service, desk: CentreLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, room, keep = serving.entry(desk, LOG, "late"), threading.Event(), service.store.hand_in
    monkeypatch.setattr(counter, "COMMIT_S", 0.2)
    monkeypatch.setattr(service.store, "hand_in", lambda entries: (room.wait(KEPT_S), keep(entries))[1])
    with pytest.raises(TurnedDown, match="may be yet; hand the same in again"):
        desk.submit([late])
    monkeypatch.setattr(counter, "COMMIT_S", KEPT_S)
    room.set()
    assert desk.submit([serving.entry(desk, LOG, "next")]).places == [(serving.shard(LOG), 2)]
    assert desk.submit([late]).places == [(serving.shard(LOG), 1)]


def test_nobody_hands_in_what_partners_would_refuse_for_good(service: Service, desk: CentreLine) -> None:
    about = {"shard": month_of(now_tai_ns()), "closes": b"", "last_logged_tai_ns": None}
    with pytest.raises(Refused, match="opened by the centre itself"):
        service.intake.hand_in(DESK, [serving.words(desk, ShardOpening, LOG, "mine", **about)])
    with pytest.raises(Refused, match="no other id begins"):
        service.intake.hand_in(DESK, [serving.entry(desk, LOG, "opening-2026-12-00")])


def test_no_more_logs_are_begun_than_a_partner_takes(
    service: Service, desk: CentreLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "MAX_LOGS", 2)
    desk.submit([serving.entry(desk, LOG, "second-log")])
    desk.submit([serving.entry(desk, LOG, "the-same-log")])
    with pytest.raises(TurnedDown, match="one too many"):
        desk.submit([serving.entry(desk, "moscow/moscow/third", "third-log")])
    monkeypatch.setattr(submission, "MAX_LOGS", 3)
    third, fourth = (serving.entry(desk, f"moscow/moscow/{name}", name) for name in ("third", "fourth"))
    with pytest.raises(TurnedDown, match="one too many"):
        desk.submit([third, fourth])
    with service.store.together():  # nothing is written before both are in the queue
        promises = [service.intake.hand_in(DESK, [one]) for one in (third, fourth)]
    assert promises[0].result(KEPT_S)
    with pytest.raises(Refused, match="moscow/moscow/fourth is one too many"):
        promises[1].result(KEPT_S)


def test_what_a_sensor_saw_goes_to_no_log_that_a_partner_reads(service: Service, desk: CentreLine) -> None:
    seen = {n: getattr(EXAMPLES["plot_report"], n) for n in PlotReport.__struct_fields__[7:]} | {"sensor": "armavir"}
    plots = serving.words(desk, PlotReport, "moscow/common/plot", "plots", **seen)
    armavir = Caller("armavir", frozenset({"sensor-writer"}), "SHA256:", "armavir")
    with pytest.raises(NotYoursError, match="the centre releases it"):
        service.intake.hand_in(armavir, [plots])


@pytest.mark.parametrize("kind", submission.SAID_BY_CENTRE)
def test_what_a_centre_concludes_by_itself_nobody_hands_in_for_it(
    service: Service, desk: CentreLine, kind: type[Message]
) -> None:
    """An alert of one's own, sent at a time at which two officers had approved, would go out in earnest by one hand."""
    example = next(one for one in EXAMPLES.values() if type(one) is kind)
    content = {name: getattr(example, name) for name in kind.__struct_fields__ if name not in Header.__struct_fields__}
    entry = serving.words(desk, kind, "moscow/moscow/alerts", "forged", **content)
    with pytest.raises(NotYoursError, match="the centre says itself"):
        service.intake.hand_in(DESK, [entry])


@pytest.mark.parametrize(("off_s", "taken"), [(-7_200, False), (-540, True), (50, True), (3_600, False)])
def test_an_act_is_of_now(
    service: Service, desk: CentreLine, monkeypatch: pytest.MonkeyPatch, off_s: int, taken: bool
) -> None:
    """Else one officer approves for hours to come, and an analyst ends the search for what others approved."""
    entry, here = _remark(desk), now_tai_ns() - off_s * 10**9
    monkeypatch.setattr(submission, "now_tai_ns", lambda: here)
    if taken:
        assert service.intake.hand_in(ANALYST, [entry]).result(KEPT_S)
    else:
        with pytest.raises(Refused, match=r"act is of .* set yours"):
            service.intake.hand_in(ANALYST, [entry])


def test_an_act_that_stands_is_told_its_place_however_late(
    service: Service, desk: CentreLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, late = _remark(desk), now_tai_ns() + 2 * submission.ACT_BEHIND_NS
    places = service.intake.hand_in(ANALYST, [entry]).result(KEPT_S)
    monkeypatch.setattr(submission, "now_tai_ns", lambda: late)
    assert service.intake.hand_in(ANALYST, [entry]).result(KEPT_S) == places


def _remark(line: CentreLine) -> bytes:
    return serving.words(
        line, Act, "moscow/moscow/acts", "act-1", person="petrov", role="analyst", act="remark", text="noted"
    )
