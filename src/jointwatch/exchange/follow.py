"""One round with a partner: ask what is new, take what verifies, hand back receipts; and one round after another."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

from jointwatch.exchange import frame
from jointwatch.exchange.aside import Aside
from jointwatch.exchange.carrier import MAX_LOGS, Answer, LineCut, Position, TurnedDown
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.mirror import Accepted, Mirror
from jointwatch.exchange.refused import Refused

RETRY_S = 0.25  # with the line's own limit of 1.5 s for a connection: a line that is back is used within 2 s
WAIT_S = 0.4
BEAT_S = 0.5  # with the wait, and the round itself: less than a second
AHEAD_BYTES = 128 << 10  # a slow line asks for less, and has nothing fetched ahead that a notice would wait behind
RECEIPTS_S = 0.25
APART_S = 0.004  # from question to question where there is little to bring: entries come together, and few of them wait


class Line(Protocol):
    """The way to one partner's desk, over whatever carrier."""

    peer: str

    def pull(self, positions: Mapping[str, Position], *, wait_s: float = 0.0, without: Collection[str] = ()) -> Answer:
        """What is new after these positions, or will be within `wait_s` seconds, but of these logs; raises LineCut."""

    def cosign(self, notes: Mapping[str, bytes]) -> None:
        """Hand in receipts; raises LineCut."""


@dataclass(frozen=True)
class Round:
    """What a round brought.

    refusals: what was not accepted, and why. refused: the logs it claims to be of. more: there is more to ask for.
    cut: why the line broke, if it did, or why this centre could keep nothing of what came, as on a full disk: it asks
    again as after a cut.
    turned_down: why the partner did not take our receipts, if it did not; in the first round it may not know our roster
    yet. They go with the next round.
    """

    accepted: tuple[Accepted, ...] = ()
    refusals: tuple[Refused, ...] = ()
    refused: frozenset[LogId] = frozenset()
    more: bool = False
    cut: str = ""
    turned_down: str = ""


def follow(line: Line, mirror: Mirror) -> Round:
    """Return what one round brought; what was accepted is stored even where the line breaks before the receipts go."""
    try:
        answer = line.pull(mirror.positions(line.peer), without=mirror.without(line.peer))
    except LineCut as cut:
        return Round(cut=cut.reason)
    return _hand_in(line, mirror, take(answer, mirror))


def take(answer: Answer, mirror: Mirror) -> Round:
    """Return what an answer brought: each frame judged for itself, and each position denied."""
    accepted: list[Accepted] = []
    refusals: list[Refused] = []
    refused, cut = set[LogId](), ""
    for data in answer.frames:
        try:
            accepted.append(mirror.accept(data))
        except Refused as refusal:
            refusals.append(refusal)
            refused |= _log_of(data)
        except OSError as error:
            cut = _kept_nothing(error)
            break
    for name, body in answer.conflicts.items():
        try:
            mirror.contradicted(name, body)
        except Refused as refusal:
            refusals.append(refusal)
            refused |= _log_named(name)
    brought = tuple(found for found in accepted if found.messages)
    return Round(brought, tuple(refusals), frozenset(refused), answer.more, cut)


def _log_of(data: bytes) -> set[LogId]:
    """Return the log that a frame claims to be of; none where even that cannot be read."""
    with contextlib.suppress(Refused):
        return {frame.beginning(data)[0]}
    return set()


def _log_named(name: str) -> set[LogId]:
    with contextlib.suppress(Refused):
        return {LogId.parse(name)}
    return set()


def keep_following(
    line: Line, mirror: Mirror, tell: Callable[[Round], None], *, stop: threading.Event, wait_s: float = WAIT_S
) -> None:
    """Follow a partner until told to stop, and tell of every round.

    While there is more to ask for, the next answer is fetched while this one is verified. With nothing new the partner
    holds its answer back for `wait_s` seconds, which is also how soon a line that has gone silent is asked something.
    A log that is frozen is not asked for, and one that was refused not for a while. Receipts go at most four times a
    second; an idle line carries fresh ones at most a second apart. While it is cut, the next attempt begins 0.25 s
    after one has failed.
    """
    receipts, aside = _Receipts(line, mirror), Aside()
    with _Ahead(line) as ahead:
        while not stop.is_set():
            start = time.monotonic()
            without = tuple(sorted(aside.logs().union(mirror.without(line.peer))))[:MAX_LOGS]
            wait = min(wait_s, receipts.due_in_s(), aside.due_in_s())
            found = receipts.handed_in(ahead.round(mirror, wait, without))
            aside.after(found)
            tell(found)
            if found.cut or (found.refusals and not found.accepted):
                stop.wait(RETRY_S)
            elif not (found.more and found.accepted):  # a partner that says so and brings nothing hurries nobody
                stop.wait(max(0.0, start + APART_S - time.monotonic()))


class _Receipts:
    """When receipts are due, and when they are to be dated anew."""

    def __init__(self, line: Line, mirror: Mirror) -> None:
        self._line, self._mirror = line, mirror
        self._handed_s, self._dated_s = -math.inf, time.monotonic()

    def due_in_s(self) -> float:
        """Return how soon receipts that wait are to go; infinity where none waits."""
        waiting = self._mirror.receipts(self._line.peer)
        return max(0.0, self._handed_s + RECEIPTS_S - time.monotonic()) if waiting else math.inf

    def handed_in(self, found: Round) -> Round:
        """Return what a round brought, and why receipts that were due could not be made or delivered, if so."""
        now = time.monotonic()
        if not found.cut and now - self._dated_s >= BEAT_S:
            found, self._dated_s = _refreshed(self._mirror, self._line.peer, found), now
        if not found.cut and now - self._handed_s >= RECEIPTS_S:
            found, self._handed_s = _hand_in(self._line, self._mirror, found), now
        return found


class _Ahead:
    """Rounds over a line, without handing in receipts; the next answer is fetched while one is taken."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._hands = ThreadPoolExecutor(1, f"ahead of {line.peer}")
        self._asked: tuple[dict[str, Position], tuple[str, ...]] = {}, ()
        self._next: Future[Answer] | None = None

    def round(self, mirror: Mirror, wait_s: float, without: tuple[str, ...]) -> Round:
        """Return what one more answer brought."""
        try:
            answer = self._answer(mirror.positions(self._line.peer), wait_s, without)
        except LineCut as cut:
            return Round(cut=cut.reason)
        if answer.more and sum(map(len, answer.frames)) >= AHEAD_BYTES:
            self._fetch(mirror.positions(self._line.peer), answer, without)
        return take(answer, mirror)

    def _answer(self, positions: dict[str, Position], wait_s: float, without: tuple[str, ...]) -> Answer:
        """Return the answer that was fetched ahead, if it answers the question there is now, or a new one."""
        fetched, self._next = self._next, None
        if fetched is not None:
            answer = fetched.result()
            if self._asked == (positions, without):
                return answer
        return self._line.pull(positions, wait_s=wait_s, without=without)

    def _fetch(self, positions: dict[str, Position], answer: Answer, without: tuple[str, ...]) -> None:
        """Ask for what comes behind the frames of an answer, as if all that they claim were true."""
        try:
            ends = [frame.claimed_end(data) for data in answer.frames]
        except Refused:
            return
        asked = positions | {str(log): Position(end.size, end.root) for log, end in ends}
        self._asked = asked, without
        self._next = self._hands.submit(self._line.pull, asked, without=without)

    def __enter__(self) -> _Ahead:
        return self

    def __exit__(self, *_: object) -> None:
        self._hands.shutdown(cancel_futures=True)


def _refreshed(mirror: Mirror, peer: str, taken: Round) -> Round:
    """Return what the round brought, once what is held of a partner's logs is cosigned anew, if that can be kept."""
    try:
        mirror.refresh(peer)
    except OSError as error:
        return replace(taken, cut=_kept_nothing(error))
    return taken


def _kept_nothing(error: OSError) -> str:
    return f"nothing can be kept here: {error}"


def _hand_in(line: Line, mirror: Mirror, taken: Round) -> Round:
    """Return what the round brought, and why the receipts could not be delivered, if they could not."""
    receipts = mirror.receipts(line.peer)
    if receipts:
        try:
            line.cosign(receipts)
        except TurnedDown as refusal:
            return replace(taken, turned_down=refusal.reason)
        except LineCut as cut:
            return replace(taken, cut=cut.reason)
        mirror.delivered(receipts)
    return taken
