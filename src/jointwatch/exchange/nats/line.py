"""NATS as a carrier: the bodies of HTTPS as question and answer over one's own party's server.

    jointwatch.<run>.<centre>.pull.<who asks>      Pull -> Answer
    jointwatch.<run>.<centre>.cosign.<who asks>    Cosignatures -> nothing

Who asks is the last word of the subject: the server lets each name ask under that name alone. Dots within a word are
written %. A question turned down is answered with a code in the header `Nats-Service-Error-Code` and a sentence.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping

import msgspec

from jointwatch.exchange import carrier
from jointwatch.exchange.carrier import WIRE_VERSION, Answer, Cosignatures, Desk, LineCut, NotForYou, Position, Pull
from jointwatch.exchange.nats.broker import Broker, TurnedAway
from jointwatch.exchange.refused import Refused

ANSWER_S = 10.0


def subject(run: str, centre: str, *words: str) -> str:
    """Return the subject of these words at a centre in a run.

    >>> subject("sejil-2009.1", "moscow", "frames", "moscow", "common", "notify")
    'jointwatch.sejil-2009%1.moscow.frames.moscow.common.notify'
    """
    return ".".join(["jointwatch", *(word.replace(".", "%") for word in (run, centre, *words))])


def open_desk(broker: Broker, desk: Desk, run: str) -> None:
    """Have a desk's questions answered by whoever the server lets ask; before the broker is started."""

    def pull(asker: str, body: bytes) -> bytes:
        try:
            return msgspec.msgpack.encode(carrier.answered(desk, asker, carrier.parse(body, Pull)))
        except NotForYou as refusal:
            raise TurnedAway(403, str(refusal)) from refusal
        except Refused as refusal:
            raise TurnedAway(400, str(refusal)) from refusal

    def cosign(asker: str, body: bytes) -> bytes:
        try:
            desk.cosign(asker, carrier.parse(body, Cosignatures).notes)
        except NotForYou as refusal:
            raise TurnedAway(403, str(refusal)) from refusal
        except ValueError as refusal:
            raise TurnedAway(422, str(refusal)) from refusal
        return b""

    broker.answer(subject(run, desk.centre, "pull", "*"), pull)
    broker.answer(subject(run, desk.centre, "cosign", "*"), cosign)


class NatsLine:
    """The way to the desk of the centre `peer` over a NATS server; every failure is a LineCut with its reason."""

    def __init__(self, broker: Broker, peer: str, *, run: str, timeout_s: float = ANSWER_S) -> None:
        self.peer = peer
        self._broker, self._run, self._timeout_s = broker, run, timeout_s

    def pull(self, positions: Mapping[str, Position], *, wait_s: float = 0.0, without: Collection[str] = ()) -> Answer:
        """Return what the centre has after these positions, unverified: hand each frame to the Mirror.

        Where it has nothing, once more after `wait_s`: news is told by the fan-out, no question is held back for it.
        """
        question = msgspec.msgpack.encode(Pull(WIRE_VERSION, dict(positions), without=tuple(without)))
        answer = self._pull(question)
        if wait_s and not answer.frames and not answer.conflicts:
            time.sleep(wait_s)
            answer = self._pull(question)
        return answer

    def _pull(self, question: bytes) -> Answer:
        body = self._ask("pull", question)
        try:
            return carrier.parse(body, Answer)
        except Refused as refusal:
            raise LineCut(f"{self.peer}'s answer cannot be read: {refusal.sentence}") from None

    def cosign(self, notes: Mapping[str, bytes]) -> None:
        """Hand in our receipts."""
        self._ask("cosign", msgspec.msgpack.encode(Cosignatures(WIRE_VERSION, dict(notes))))

    def _ask(self, what: str, body: bytes) -> bytes:
        name = subject(self._run, self.peer, what, self._broker.name)
        return self._broker.ask(name, body, whom=self.peer, timeout_s=self._timeout_s)
