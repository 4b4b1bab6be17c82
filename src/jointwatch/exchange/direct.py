"""The carrier without a wire: a partner's desk in the same process, through the bytes that HTTPS would carry."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping

import msgspec

from jointwatch.exchange.carrier import (
    WIRE_VERSION,
    Answer,
    Cosignatures,
    Desk,
    LineCut,
    NotForYou,
    Position,
    Pull,
    TurnedDown,
    answered,
    parse,
)


class DirectLine:
    """The way to `desk` for the centre `asking`; while `broken` it is a cut line."""

    def __init__(self, desk: Desk, asking: str) -> None:
        self.desk, self.asking, self.peer = desk, asking, desk.centre
        self.broken = False

    def pull(self, positions: Mapping[str, Position], *, wait_s: float = 0.0, without: Collection[str] = ()) -> Answer:
        """Return what the desk has after these positions, unverified: hand each frame to the Mirror.

        Where it has nothing, once more after `wait_s`.
        """
        question = Pull(WIRE_VERSION, dict(positions), without=tuple(without))
        answer = self._answer(self._pulled, question)
        if wait_s and not answer.frames and not answer.conflicts:
            time.sleep(wait_s)
            answer = self._answer(self._pulled, question)
        return answer

    def give_back(self, positions: Mapping[str, Position]) -> Answer:
        """Return what the desk keeps of our own logs after these positions, unverified: hand it to the Guard."""
        return self._answer(self._given_back, Pull(WIRE_VERSION, dict(positions)))

    def cosign(self, notes: Mapping[str, bytes]) -> None:
        """Hand the desk our receipts."""
        self._check_whole()
        handed = msgspec.msgpack.encode(Cosignatures(WIRE_VERSION, dict(notes)))
        try:
            self.desk.cosign(self.asking, parse(handed, Cosignatures).notes)
        except (NotForYou, ValueError) as refusal:
            raise TurnedDown(f"{self.peer} turned the receipts down: {refusal}") from refusal

    def _pulled(self, question: Pull) -> Answer:
        return answered(self.desk, self.asking, question)

    def _given_back(self, question: Pull) -> Answer:
        return self.desk.give_back(self.asking, question.positions)

    def _answer(self, ask: Callable[[Pull], Answer], question: Pull) -> Answer:
        self._check_whole()
        try:
            answer = ask(parse(msgspec.msgpack.encode(question), Pull))
        except NotForYou as refusal:
            raise TurnedDown(f"{self.peer} turned the question down: {refusal}") from refusal
        return parse(msgspec.msgpack.encode(answer), Answer)

    def _check_whole(self) -> None:
        if self.broken:
            raise LineCut(f"{self.peer} cannot be reached: the line is cut")
