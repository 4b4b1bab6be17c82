"""Following without end: what is fetched ahead is taken only where all before it held, and receipts keep their pace."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jointwatch.exchange import aside, checkpoint, follow, frame
from jointwatch.exchange.aside import Aside
from jointwatch.exchange.carrier import Answer, LineCut, Position
from jointwatch.exchange.direct import DirectLine
from jointwatch.exchange.follow import RECEIPTS_S, Round, keep_following
from jointwatch.exchange.keyrings import roster_log
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.mirror import Accepted
from jointwatch.messages.incident import Incident
from tests.exchange import two_centres as world

SCANS, LIMIT_S = 2_500, 60.0
ALONE = [0, 1000, 2000]  # from where they are asked for where nothing is in the way
Alter = Callable[[int, Answer], Answer]


class Line(DirectLine):
    """A line that notes what is asked, by which thread, and lets someone alter the answers by their number."""

    def __init__(self, moscow: Any, alter: Alter = lambda _, answer: answer) -> None:
        super().__init__(moscow.desk, "brussels")
        self.alter, self.asked, self.threads = alter, list[dict[str, Position]](), list[str]()
        self.handed, self.handed_s = list[dict[str, bytes]](), list[float]()

    def pull(self, positions: Mapping[str, Position], *, wait_s: float = 0.0, without: Collection[str] = ()) -> Answer:
        self.asked.append(dict(positions))
        self.threads.append(threading.current_thread().name)
        return self.alter(len(self.asked), super().pull(positions, wait_s=min(wait_s, 0.05), without=without))

    def cosign(self, notes: Mapping[str, bytes]) -> None:
        self.handed.append(dict(notes))
        self.handed_s.append(time.monotonic())
        super().cosign(notes)


@pytest.fixture
def centres(tmp_path: Path) -> Iterator[tuple[Any, Any]]:
    moscow, brussels = world.two_centres(tmp_path)
    world.settle([moscow, brussels])
    plots = moscow.log("brussels", "plot")
    entry = moscow.entry(Incident, plots, about="info", text="a scan", evidence=bytes(400))
    moscow.store.append({plots: SCANS * [entry]})
    yield moscow, brussels
    moscow.close()
    brussels.close()


def followed(line: Line, brussels: Any, until: Callable[[list[Round]], bool]) -> list[Round]:
    """The rounds until something is so."""
    rounds, stop = list[Round](), threading.Event()

    def tell(found: Round) -> None:
        rounds.append(found)
        if until(rounds):
            stop.set()

    thread = threading.Thread(target=keep_following, args=(line, brussels.mirror, tell), kwargs={"stop": stop})
    thread.start()
    thread.join(LIMIT_S)
    assert not thread.is_alive(), rounds[-3:]
    return rounds


def held(moscow: Any, brussels: Any) -> Callable[[list[Round]], bool]:
    plots = moscow.log("brussels", "plot")
    return lambda _: brussels.store.size(plots) == SCANS


def check_equal(moscow: Any, brussels: Any) -> None:
    for log in moscow.store.logs():
        assert brussels.store.root(log) == moscow.store.root(log)


def damaged(data: bytes) -> bytes:
    """A frame with its last byte changed."""
    return data[:-1] + bytes([data[-1] ^ 1])


def claiming(data: bytes, size: int) -> bytes:
    """A frame whose checkpoint claims another size and root."""
    found = frame.decode(data)
    said = checkpoint.unverified(found.checkpoint)
    text = replace(said, size=size, root=bytes(32)).text()
    return frame.encode(replace(found, checkpoint=text.encode() + found.checkpoint[len(said.text().encode()) :]))


def test_a_backlog_is_fetched_ahead_and_every_question_asked_from_where_the_last_answer_ends(
    centres: tuple[Any, Any],
) -> None:
    moscow, brussels = centres
    line = Line(moscow)
    rounds = followed(line, brussels, held(moscow, brussels))
    assert not any(found.cut or found.refusals for found in rounds)
    name = str(moscow.log("brussels", "plot"))
    assert [asked.get(name, Position(0, b"")).size for asked in line.asked] == ALONE
    assert [thread.startswith("ahead of moscow") for thread in line.threads] == [False, True, True]
    check_equal(moscow, brussels)


@pytest.mark.parametrize("alter", [damaged, lambda data: claiming(data, 1700), lambda data: claiming(data, 1 << 40)])
def test_what_was_fetched_behind_a_refused_frame_is_thrown_away(
    centres: tuple[Any, Any], alter: Callable[[bytes], bytes]
) -> None:
    """The question for it named a position that only the refused frame claimed: neither frames nor conflicts count."""
    moscow, brussels = centres
    line = Line(moscow, lambda number, a: Answer(a.v, [alter(a.frames[0])], a.conflicts, a.more) if number == 2 else a)
    rounds = followed(line, brussels, held(moscow, brussels))
    refused = [str(refusal) for found in rounds for refusal in found.refusals]
    assert len(refused) == 1, refused
    assert "denies the position" not in refused[0]
    assert not brussels.mirror.frozen
    check_equal(moscow, brussels)


def test_a_line_cut_while_the_next_answer_is_fetched_loses_nothing_of_this_one(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres

    def alter(number: int, answer: Answer) -> Answer:
        if number == 2:
            raise LineCut("moscow cannot be reached")
        return answer

    rounds = followed(Line(moscow, alter), brussels, held(moscow, brussels))
    assert [found.cut for found in rounds] == ["", "moscow cannot be reached", "", ""]
    check_equal(moscow, brussels)


def test_receipts_go_at_once_where_it_was_quiet_and_few_times_while_it_is_not(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    line, start = Line(moscow), time.monotonic()
    followed(line, brussels, held(moscow, brussels))
    assert len(line.handed) <= 1 + (line.handed_s[-1] - start) / RECEIPTS_S
    name = str(moscow.log("brussels", "plot"))
    end = lambda _: bool(line.handed) and name in line.handed[-1] and not brussels.mirror.receipts("moscow")  # noqa: E731
    followed(line, brussels, end)
    size = checkpoint.unverified(line.handed[-1][name]).size
    assert size == SCANS
    assert checkpoint.unverified(moscow.store.cosigned(moscow.log("brussels", "plot"))).size == SCANS


def test_a_log_that_is_refused_every_time_does_not_slow_the_others_down(
    centres: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forged from its first entry, by whoever holds the log key: nothing behind that is ever taken."""
    monkeypatch.setattr(follow, "RETRY_S", 10 * LIMIT_S)  # a pause would end the test
    monkeypatch.setattr(aside, "LEAST_S", 2 * LIMIT_S)
    monkeypatch.setattr(aside, "MOST_S", 2 * LIMIT_S)
    moscow, brussels = centres
    forged = moscow.log("common", "notify")
    moscow.store.append({forged: [moscow.entry(Incident, forged, by=SigningKey.generate(), about="info", text="-")]})
    rounds = followed(Line(moscow), brussels, held(moscow, brussels))
    assert [len(found.refusals) for found in rounds] == [1, 0, 0]
    assert rounds[0].refused == {forged}


def test_what_was_refused_is_asked_for_again_each_time_after_twice_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    log, apart, waits = LogId("moscow", "common", "notify"), Aside(), list[float]()
    for _ in range(7):
        apart.after(Round(refused=frozenset({log})))
        assert apart.logs() == {str(log)}
        waits.append(apart.due_in_s())
        now[0] += waits[-1]
        assert apart.logs() == set()
    assert waits == [0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 5.0]
    roster = Accepted(roster_log("moscow"), range(1), ())
    for over in (Round(cut="cut"), Round((Accepted(log, range(1), ()),)), Round((roster,))):
        apart.after(Round(refused=frozenset({log})))
        apart.after(over)
        assert apart.logs() == set()
        assert apart.due_in_s() == math.inf
        apart.after(Round(refused=frozenset({log})))
        assert apart.due_in_s() == 0.25
        apart.after(over)


def test_a_big_frozen_log_is_not_asked_for_and_costs_the_others_nothing(centres: tuple[Any, Any]) -> None:
    """It is more urgent than the others and fills whole answers; and it grows while they are fetched."""
    moscow, brussels = centres
    frozen = moscow.log("common", "notify")
    entry = moscow.entry(Incident, frozen, about="info", text="again", evidence=bytes(4000))
    moscow.store.append({frozen: 2_000 * [entry]})
    brussels.mirror.frozen.add(frozen)

    def alter(_: int, answer: Answer) -> Answer:
        moscow.store.append({frozen: [entry]})
        return answer

    line = Line(moscow, alter)
    rounds = followed(line, brussels, held(moscow, brussels))
    assert [asked.get(str(moscow.log("brussels", "plot")), Position(0, b"")).size for asked in line.asked] == ALONE
    assert not any(found.refusals for found in rounds)
    assert brussels.store.size(frozen) == 0


def test_a_log_frozen_behind_a_position_that_is_denied_is_not_told_of_again(centres: tuple[Any, Any]) -> None:
    moscow, _ = centres
    name = str(moscow.log("common", "notify"))
    denied = {name: Position(7, bytes(32))}
    assert set(moscow.desk.pull("brussels", denied).conflicts) == {name}
    answer = moscow.desk.pull("brussels", denied, without=[name, "moscow/ankara/plot", "no log"])
    assert not answer.conflicts
    assert [frame.decode(data).log for data in answer.frames][-1] == moscow.log("brussels", "plot")
