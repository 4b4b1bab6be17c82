"""A line that lies: it has the sender's certificate and every byte the sender sends, and none of its signing keys.

The receiver's process pulls from here as it would from the sender; what comes back is what the row makes of the
sender's real answer.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from jointwatch.exchange import frame
from jointwatch.exchange.carrier import MOST_ASKED_BYTES, Answer, LineCut, NotForYou, Position
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.https.server import Client, Server
from tests.faults.harness import Tally, seconds_until
from tests.faults.stations import Station, Submitter, caught_up_s, holds_all, settled

Answers = Callable[[Answer, Mapping[str, Position]], Answer]
Change = Callable[[Frame], Frame | bytes | None]
NOTICED_S, BACK_S, LOOK_S = 10.0, 5.0, 0.05


def honest(answer: Answer, _: Mapping[str, Position]) -> Answer:
    """The sender's answer as it is."""
    return answer


@dataclass
class LyingLine:
    """The desk that a receiver takes for the sender's. lie: what is made of an answer; passed: what the sender said."""

    centre: str
    line: Client
    lie: Answers = honest
    answered: int = 0
    passed: list[Frame] = field(default_factory=list)
    asking: threading.Lock = field(default_factory=threading.Lock)

    def listen(self, heard: Callable[[], None]) -> None:
        """Have whoever waits for news look again twenty times a second: a lie may be told at any time."""
        ends = threading.Timer(LOOK_S, self.listen, (heard,))
        ends.daemon = True
        ends.start()
        heard()

    def pull(
        self,
        peer: str,
        positions: Mapping[str, Position],
        *,
        max_bytes: int = MOST_ASKED_BYTES,
        without: Collection[str] = (),
    ) -> Answer:
        true = self._ask(lambda: self.line.pull(positions, without=without))
        self.passed += map(frame.decode, true.frames)
        answer = self.lie(true, positions)
        self.answered += 1
        return answer

    def give_back(self, peer: str, positions: Mapping[str, Position]) -> Answer:
        return self._ask(lambda: self.line.give_back(positions))

    def cosign(self, peer: str, notes: Mapping[str, bytes]) -> None:
        with self.asking, contextlib.suppress(LineCut):  # the sender may turn down what was never its own
            self.line.cosign(notes)

    def _ask(self, ask: Callable[[], Answer]) -> Answer:
        try:
            with self.asking:
                return ask()
        except LineCut as cut:
            raise NotForYou(cut.reason) from cut


@contextmanager
def lied_to(folder: Path) -> Iterator[tuple[Station, Station, LyingLine]]:
    """Yield Moscow, Brussels, and the line by which Brussels hears of Moscow; the other way is honest."""
    moscow, brussels = Station("moscow", folder / "moscow"), Station("brussels", folder / "brussels")
    moscow.knows(brussels)
    own, partner = moscow.keys.line, brussels.keys.line
    to_moscow = Client(partner, "moscow", own.authority_pem(), host=moscow.host, port=moscow.port)
    line = LyingLine("moscow", to_moscow)
    door = Server(line, own, {"brussels": partner.authority_pem()})
    try:
        brussels.knows(moscow, port=door.start())
        for station in (moscow, brussels):
            station.start()
        seconds_until(moscow.speaks, NOTICED_S, "Moscow has asked Brussels and speaks")
        seconds_until(lambda: holds_all(brussels, moscow), NOTICED_S, "Brussels knows Moscow's roster")
        yield moscow, brussels, line
    finally:
        for station in (moscow, brussels):
            station.leave()
        door.stop()
        to_moscow.close()


def refused(brussels: Station, line: LyingLine, lie: Answers, rule: str) -> None:
    """Lie until Brussels names the rule that was broken; raise AssertionError where it takes in anything meanwhile."""
    quiet(line)
    before, line.lie = brussels.state(), lie
    seconds_until(lambda: _named(rule, brussels, before["refused"]), NOTICED_S, f"a refusal by the rule {rule!r}")
    quiet(line)
    after = brussels.sizes()
    taken = {log: size for log, size in after.items() if log.startswith("moscow") and before["sizes"].get(log) != size}
    assert not taken, f"while it was lied to ({rule}), Brussels took in {taken}"


def withstood(folder: Path, lies: Sequence[tuple[Change, str]], *, full: bool) -> tuple[Tally, float]:
    """Return the tally and the longest recovery after each of these lies was told, while a radar goes on submitting."""
    worst = 0.0
    with lied_to(folder) as (moscow, brussels, line), Submitter(moscow, "moscow/common/notify") as radar:
        for lie, rule in [*lies] * (5 if full else 1):
            refused(brussels, line, altered(lie), rule)
            line.lie = honest
            worst = max(worst, caught_up_s(brussels, moscow, BACK_S))
        radar.__exit__()
        return settled(moscow, brussels, radar.acknowledged), worst


def quiet(line: LyingLine) -> None:
    """Say nothing new, as an idle sender does; returns when no other answer is on its way any more."""
    line.lie = nothing
    until = line.answered + 2
    seconds_until(lambda: line.answered >= until, NOTICED_S, "the receiver goes on asking")


def nothing(answer: Answer, _: Mapping[str, Position]) -> Answer:
    """Leave out whatever is new."""
    return msgspec.structs.replace(answer, frames=[], conflicts={}, more=False)


def altered(change: Change) -> Answers:
    """Return the lie that puts another frame in the place of each of notices; none where there is nothing to change."""

    def lie(answer: Answer, _: Mapping[str, Position]) -> Answer:
        frames = (frame.decode(data) for data in answer.frames)
        found = [change(one) for one in frames if one.log.klass == "notify" and one.entries]
        told = [one if isinstance(one, bytes) else frame.encode(one) for one in found if one is not None]
        return msgspec.structs.replace(answer, frames=told, more=False)

    return lie


def told(*frames: Frame | bytes) -> Answers:
    """Return the lie that tells these frames and nothing else."""
    encoded = [one if isinstance(one, bytes) else frame.encode(one) for one in frames]
    return lambda answer, _: msgspec.structs.replace(answer, frames=encoded, conflicts={}, more=False)


def _named(rule: str, station: Station, before: int) -> bool:
    """Whether a refusal since then names the rule."""
    state = station.state()
    fresh = state["refusals"][before - state["refused"] :] if state["refused"] > before else []
    return any(rule in said for said in fresh)
