"""An exercise: the radars of a scenario, two centres in their own processes, one clock, and the evidence kept.

The organiser drives both centres tick by tick (decision 0004), so a run gives the same pictures at any speed: the
sensors' signed plots go to the centre they feed, then the centres pull from each other, then each says what it sees.
A centre whose process dies is reported and left behind; the other goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from jointwatch.centre import orders
from jointwatch.centre.handle import CentreHandle, CentreLost
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns
from jointwatch.messages.manifest import FileDigest
from jointwatch.messages.notice import NoticeContents
from jointwatch.messages.picture import CentreState, Event, Picture, RunView, Snapshot
from jointwatch.studies.architecture import Deployed, declaration
from jointwatch.studies.feed import SensorDesk
from jointwatch.studies.overhead import Overhead
from jointwatch.studies.sky import Sky


@dataclass(frozen=True)
class Plan:
    """All that is fixed before the clock starts."""

    view: RunView
    deployed: tuple[Deployed, ...]
    release: dict[str, orders.ReleasePolicy]
    priors: tuple[orders.Prior, ...]
    ticks_tai_ns: tuple[int, ...]
    notices: tuple[tuple[int, str, NoticeContents], ...]  # when, to which centre, what
    state: Path  # keys and databases, outside the run directory
    sky: Sky | None = None  # satellites overhead, and the catalogue of them that both centres know
    overhead: tuple[Overhead, ...] = ()  # what infrared sensors say of the launches, where the variant has any


@dataclass
class Watchers:
    """Who is told, as it happens."""

    event: Callable[[Event], None] = lambda event: None
    snapshot: Callable[[Snapshot], None] = lambda snapshot: None
    should_stop: Callable[[], bool] = lambda: False
    started: Callable[[RunView], None] = lambda view: None
    before_tick: Callable[[int, Exercise], None] = lambda tick, exercise: None


@dataclass
class Record:
    """What a run leaves: every snapshot and event, who was lost, and the statement."""

    snapshots: list[Snapshot] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    lost: dict[str, str] = field(default_factory=dict)
    statement: bytes = b""
    interrupted: bool = False
    report_fault: str = ""  # why the report could not be drawn, where it could not


Handles = dict[str, CentreHandle]


@contextmanager
def centres(names: Iterable[str]) -> Iterator[Handles]:
    """Hold a running process for each centre; they start at once, all together, and end in order at the end.

    Starting takes a second or two, so begin here and prepare the plan meanwhile.
    """
    handles = {name: CentreHandle(name) for name in names}
    try:
        yield handles
    finally:
        for handle in handles.values():
            handle.stop()
        for handle in handles.values():
            handle.close()


class Exercise:
    """One run, from opening the centres to the joint statement.

    catalogue: the file in which the centres find the public catalogue of satellites, where the sky has any.
    """

    def __init__(
        self, plan: Plan, desk: SensorDesk, watchers: Watchers, handles: Handles, catalogue: Path | None = None
    ) -> None:
        self.plan = plan
        self.catalogue = catalogue
        self.desk = desk
        self.watchers = watchers
        self.record = Record()
        self.handles = handles
        self.now_tai_ns = plan.ticks_tai_ns[0]
        self._states: dict[str, CentreState] = {}

    # -- the phases, in order ------------------------------------------------------------------------------------

    def open(self, now_tai_ns: int) -> RunView:
        """Open the centres, let them meet, and return the view with their key fingerprints."""
        opened = self._ask_all({name: self._opening(name, now_tai_ns) for name in self.handles})
        partners = {n: orders.Partner(n, a.identity, a.certificate_authority) for n, a in opened.items()}
        met = self._ask_all(
            {n: orders.Meet(tuple(p for p in partners.values() if p.id != n), now_tai_ns) for n in self.handles}
        )
        for name in self.handles:
            for other in self.handles.keys() - {name}:
                self.handles[name].ask(orders.Link(other, met[other].port))
        view = _with_fingerprints(self.plan.view, {name: answer.fingerprint for name, answer in opened.items()})
        self.plan = replace(self.plan, view=view)
        return view

    def play(self, *, speed: float) -> None:
        """Run the clock over all ticks; `speed` 0 is as fast as it goes."""
        started = time.monotonic()
        first = self.plan.ticks_tai_ns[0]
        for tick in self.plan.ticks_tai_ns:
            if speed and not self._wait_until(started + (tick - first) / NS_PER_S / speed):
                break
            if self.watchers.should_stop() or not self._living():
                break
            self.watchers.before_tick(tick, self)
            self.tick(tick)
        self.record.interrupted = self.watchers.should_stop()

    def tick(self, now_tai_ns: int) -> None:
        """Bring the clock to `now`: plots in, exchange, show."""
        plots = self.desk.envelopes_until(now_tai_ns)
        self.now_tai_ns = now_tai_ns
        self._tell_all(
            {n: orders.Tick(now_tai_ns, plots.get(n, ()), self._notices_at(now_tai_ns, n)) for n in self._living()}
        )
        self._publish(now_tai_ns, self._tell_all({n: orders.Exchange(now_tai_ns) for n in self._living()}))

    def conclude(self) -> None:
        """Let each centre write its finding, exchange, and sign the joint statement."""
        now_tai_ns = self.now_tai_ns
        for order in (orders.Find(now_tai_ns), orders.Exchange(now_tai_ns), orders.Agree(now_tai_ns)):
            self._tell_all(dict.fromkeys(self._living(), order))
        answers = self._tell_all(dict.fromkeys(self._living(), orders.Exchange(now_tai_ns)))
        self.record.statement = max((a.statement for a in answers.values()), key=len, default=b"")
        self._publish(now_tai_ns, answers)

    def keep(self, files: tuple[FileDigest, ...]) -> None:
        """Have the first living centre append the manifest, and its partner cosign it."""
        living = self._living()
        if living:
            self._tell_all({living[0]: orders.Keep(self.now_tai_ns, files)})
        self._tell_all({n: orders.Exchange(self.now_tai_ns) for n in self._living()})

    def write_logs(self, directory: Path, *, manifest: bool) -> None:
        """Have each living centre write its logs into the run directory."""
        self._tell_all(dict.fromkeys(self._living(), orders.Write(str(directory), manifest)))

    def leave(self) -> None:
        """Have each living centre close this run's record; its process can open another."""
        self._tell_all(dict.fromkeys(self._living(), orders.Leave()))

    # -- how they are done ---------------------------------------------------------------------------------------

    def _opening(self, name: str, now_tai_ns: int) -> orders.Open:
        return orders.Open(
            centre=name,
            run=self.plan.view.run,
            mode=self.plan.view.mode,
            now_tai_ns=now_tai_ns,
            state=str(self.plan.state),
            sensors=self.desk.keys_of(name),
            release=self.plan.release[name],
            priors=self.plan.priors,
            catalogue=str(self.catalogue.resolve()) if self.catalogue else "",
            declared=tuple(declaration(deployed) for deployed in self.plan.deployed if deployed.faces),
        )

    def _living(self) -> list[str]:
        return [name for name, handle in self.handles.items() if not handle.lost]

    def _ask_all(self, asked: dict[str, orders.AnyOrder]) -> dict[str, orders.Answer]:
        """Ask several centres at once; at the opening the loss of one ends the run."""
        for name, order in asked.items():
            self.handles[name].send(order)
        return {name: self.handles[name].receive() for name in asked}

    def _tell_all(self, asked: dict[str, orders.AnyOrder]) -> dict[str, orders.Answer]:
        """Ask several centres at once; one that is gone is reported and left out."""
        answers: dict[str, orders.Answer] = {}
        sent = []
        for name, order in asked.items():
            try:
                self.handles[name].send(order)
                sent.append(name)
            except CentreLost as loss:
                self._report_loss(name, loss, order)
        for name in sent:
            try:
                answers[name] = self.handles[name].receive()
            except CentreLost as loss:
                self._report_loss(name, loss, asked[name])
        for answer in answers.values():
            for event in answer.events:
                self._note(event)
        return answers

    def _report_loss(self, name: str, loss: CentreLost, order: orders.AnyOrder) -> None:
        self.record.lost[name] = str(loss)
        now = getattr(order, "now_tai_ns", self.plan.ticks_tai_ns[-1])
        others = " and ".join(n for n in self.handles if n != name and not self.handles[n].lost) or "nobody"
        text = f"{loss}; {others} goes on, and nothing it had accepted is lost"
        self._note(Event(0, utc_from_tai_ns(now, digits=0), "exercise", "link", text))

    def _note(self, event: Event) -> None:
        numbered = Event(len(self.record.events) + 1, event.time_utc, event.centre, event.kind, event.text)
        self.record.events.append(numbered)
        self.watchers.event(numbered)

    def _publish(self, now_tai_ns: int, answers: dict[str, orders.Answer]) -> None:
        national = [p for n, a in answers.items() for p in a.pictures if p.perspective == n]
        joint = [p for a in answers.values() for p in a.pictures if p.perspective == "joint"]
        agrees = _agree(joint)
        self._states |= {n: a.state for n, a in answers.items() if a.state}
        snapshot = Snapshot(
            seq=len(self.record.snapshots) + 1,
            time_utc=utc_from_tai_ns(now_tai_ns, digits=0),
            centres=tuple(self._state_of(name) for name in self.handles),
            pictures=(*national, *joint[:1]),
            joint_agrees=agrees,
        )
        self.record.snapshots.append(snapshot)
        self.watchers.snapshot(snapshot)

    def _state_of(self, name: str) -> CentreState:
        last = self._states.get(name) or CentreState(name, "up", "cut", 0, 0, 0, "opening")
        if not self.handles[name].lost:
            return last
        return CentreState(name, "lost", "cut", last.entries, last.verified, last.cosigned, self.record.lost[name])

    def _notices_at(self, now_tai_ns: int, centre: str) -> tuple[NoticeContents, ...]:
        return tuple(what for when, where, what in self.plan.notices if (when, where) == (now_tai_ns, centre))

    def _wait_until(self, deadline: float) -> bool:
        """Sleep to the wall-clock deadline; False when the run is asked to stop meanwhile."""
        while (left := deadline - time.monotonic()) > 0:
            if self.watchers.should_stop():
                return False
            time.sleep(min(left, 0.05))
        return True


def _agree(joint: list[Picture]) -> bool | None:
    """Whether both centres computed the same joint picture, to the bit; None where there are not two of one instant."""
    if len(joint) < 2 or joint[0].as_of_tai_ns != joint[1].as_of_tai_ns:
        return None
    return joint[0] == joint[1]


def _with_fingerprints(view: RunView, fingerprints: dict[str, str]) -> RunView:
    centres = tuple(msgspec.structs.replace(c, fingerprint=fingerprints[c.id]) for c in view.centres)
    return msgspec.structs.replace(view, centres=centres)
