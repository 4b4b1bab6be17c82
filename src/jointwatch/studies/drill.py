"""An exercise whose centres run elsewhere: here are the radars alone, the script, and the clock of today.

The scenario's times are moved as a whole to now. Each radar has a line of its own, so that a centre which cannot be
reached holds up nothing but its radars, whose scans wait and are handed in when it answers again.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from jointwatch.centre.intake.feed import Feed, GaveUpError
from jointwatch.centre.intake.pace import Pace
from jointwatch.earth.timescale import NS_PER_S, now_tai_ns
from jointwatch.exchange.carrier import LineCut
from jointwatch.formats.refusal import Refusal
from jointwatch.sensors.measurement import Plots
from jointwatch.studies.feed import SensorDesk
from jointwatch.studies.injects import Due, Inject, injected

AT_ONCE = 200  # scans that a radar hands in together, where many wait


@dataclass(frozen=True)
class Handed:
    """What became of some scans of a radar: when they were offered and kept, where they stand; or why not.

    first, last: the times they carry, TAI ns, as are offered and kept. places: log and index of each report.
    """

    radar: str
    centre: str
    scans: int
    plots: int
    first_tai_ns: int
    last_tai_ns: int
    offered_tai_ns: int
    kept_tai_ns: int | None
    places: tuple[tuple[str, int], ...] = ()
    why: str = ""


@dataclass
class Control:
    """Who watches the exercise: told of the script's words and of refusals; and who can end it."""

    tell: Callable[[str], None] = lambda text: None
    stop: threading.Event = field(default_factory=threading.Event)


def planned(desk: SensorDesk, start_tai_ns: int, end_tai_ns: int, script: Sequence[Inject], *, seed: int) -> list[Due]:
    """Return every scan of a scenario, with the script carried out on it, by the time at which it is handed in."""
    scans = [
        Due((time - start_tai_ns) / NS_PER_S, deployed.radar.name, plots)
        for time, deployed, plots in desk.measured_until(end_tai_ns)
    ]
    return injected(scans, script, seed=seed)


def play(
    due: Sequence[Due], feeds: Mapping[str, Feed], pace: Pace, script: Sequence[Inject], control: Control
) -> list[Handed]:
    """Return what became of all scans, handed in at their times; ends early where control says so."""
    radars = {name: _Radar(name, feed, pace, control) for name, feed in feeds.items()}
    begun = time.monotonic()
    said: list[Inject | Due] = sorted([*script, *due], key=lambda what: what.at_s)
    for what in said:
        if control.stop.wait(max(0.0, begun + what.at_s / pace.speed - time.monotonic())):
            break
        if isinstance(what, Inject):
            control.tell(what.in_words())
        else:
            radars[what.radar].due(what.plots)
    return [handed for radar in radars.values() for handed in radar.ended()]


class _Radar:
    """A radar's line: what is due goes into a queue, and from there to its centre in a thread."""

    def __init__(self, name: str, feed: Feed, pace: Pace, control: Control) -> None:
        self._name, self._feed, self._pace, self._control = name, feed, pace, control
        self._queue: queue.SimpleQueue[Plots | None] = queue.SimpleQueue()
        self._handed: list[Handed] = []
        self._thread = threading.Thread(target=self._hand_in_all, name=f"radar {name}", daemon=True)
        self._thread.start()

    def due(self, plots: Plots) -> None:
        """Have a scan handed in."""
        self._queue.put(plots)

    def ended(self) -> list[Handed]:
        """Return what became of its scans, once all were handed in or given up."""
        self._queue.put(None)
        self._thread.join()
        return self._handed

    def _hand_in_all(self) -> None:
        ended = False
        while not ended:
            waiting = [self._queue.get()]
            while len(waiting) < AT_ONCE and waiting[-1] is not None and not self._queue.empty():
                waiting.append(self._queue.get())
            ended = waiting[-1] is None
            scans = [plots for plots in waiting if plots is not None]
            if scans:
                self._handed.append(self._hand_in(scans))

    def _hand_in(self, scans: Sequence[Plots]) -> Handed:
        moved = [replace(plots, time_tai_ns=plots.time_tai_ns + self._pace.ahead_ns) for plots in scans]
        times = [plots.time_tai_ns for plots in moved]
        offered = Handed(
            radar=self._name,
            centre=self._feed.about.centre,
            scans=len(moved),
            plots=sum(map(len, moved)),
            first_tai_ns=min(times),
            last_tai_ns=max(times),
            offered_tai_ns=now_tai_ns(),
            kept_tai_ns=None,
        )
        try:
            places = self._feed.hand_in([replace(plots, radar=self._feed.about.client) for plots in moved])
        except (LineCut, GaveUpError, Refusal) as refusal:
            self._control.tell(f"{self._name}: {refusal}")
            return replace(offered, why=str(refusal))
        return replace(offered, kept_tai_ns=now_tai_ns(), places=tuple((log, index) for log, index in places))
