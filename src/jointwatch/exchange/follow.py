"""One round with a partner: ask what is new, take what verifies, hand back receipts; and one round after another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from jointwatch.exchange.carrier import Answer, LineCut, Position, TurnedDown
from jointwatch.exchange.mirror import Accepted, Mirror
from jointwatch.exchange.refused import Refused

RETRY_S = 0.25  # with the line's own limit of 1.5 s for a connection: a line that is back is used within 2 s


class Line(Protocol):
    """The way to one partner's desk, over whatever carrier."""

    peer: str

    def pull(self, positions: Mapping[str, Position]) -> Answer:
        """What is new after these positions; raises LineCut."""

    def cosign(self, notes: Mapping[str, bytes]) -> None:
        """Hand in receipts; raises LineCut."""


@dataclass(frozen=True)
class Round:
    """What a round brought.

    refusals: what was not accepted, and why. more: there is more to ask for. cut: why the line broke, if it did.
    turned_down: why the partner did not take our receipts, if it did not; in the first round it may not know our roster
    yet. They go with the next round.
    """

    accepted: tuple[Accepted, ...] = ()
    refusals: tuple[Refused, ...] = ()
    more: bool = False
    cut: str = ""
    turned_down: str = ""


def follow(line: Line, mirror: Mirror) -> Round:
    """Return what one round brought; what was accepted is stored even where the line breaks before the receipts go."""
    try:
        answer = line.pull(mirror.positions(line.peer))
    except LineCut as cut:
        return Round(cut=cut.reason)
    return _hand_in(line, mirror, take(answer, mirror))


def take(answer: Answer, mirror: Mirror) -> Round:
    """Return what an answer brought: each frame judged for itself, and each position denied."""
    accepted: list[Accepted] = []
    refusals: list[Refused] = []
    for data in answer.frames:
        try:
            accepted.append(mirror.accept(data))
        except Refused as refusal:
            refusals.append(refusal)
    for name, body in answer.conflicts.items():
        try:
            mirror.contradicted(name, body)
        except Refused as refusal:
            refusals.append(refusal)
    brought = tuple(found for found in accepted if found.messages)
    return Round(accepted=brought, refusals=tuple(refusals), more=answer.more)


def keep_following(
    line: Line, mirror: Mirror, tell: Callable[[Round], None], *, stop: threading.Event, every_s: float = 0.25
) -> None:
    """Follow a partner until told to stop, and tell of every round.

    While there is more to ask for, without a pause; with nothing new every `every_s` seconds, which is also how soon a
    line that has gone silent is asked something; while it is cut, 0.25 s after each attempt has failed.
    """
    while not stop.is_set():
        found = follow(line, mirror)
        tell(found)
        if found.cut:
            stop.wait(RETRY_S)
        elif not found.more or found.refusals:
            stop.wait(every_s)


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
