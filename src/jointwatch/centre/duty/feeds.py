"""What a centre holds of each feed of plots, its partners' and its own: a standing verdict and its evidence.

Each radar's plots are judged as they are heard (`assessment.integrity`). A verdict is said once ten minutes of a feed
were judged, then each hour, and whenever something stands against it or no longer does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from jointwatch.assessment.integrity.declared import Declared, tolerance
from jointwatch.assessment.integrity.evidence import HOURS_PER_FALSE_ACCUSATION
from jointwatch.assessment.integrity.fault import Fault, measured
from jointwatch.assessment.integrity.judge import Judge
from jointwatch.centre.declared import Radars
from jointwatch.centre.duty.listener import Word
from jointwatch.centre.reported import plots_of
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.messages.encoding import Heard
from jointwatch.messages.feed_verdict import FeedFault, FeedVerdict
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.reference import EntryReference
from jointwatch.sensors.measurement import Plots
from jointwatch.tracking.known import Known

FIRST_MINUTES, EVERY_MINUTES = 10, 60
MOST_FEEDS = 64
"""Of one centre; whoever tells plots of more radars has these judged."""
OF_NOW_NS = 600 * NS_PER_S
"""A scan dated farther from when it was told is late or false, and is compared with no orbit."""
Key = tuple[str, str, float, float]  # whose, which radar, and where it stands: masked radars share a name


@dataclass
class _Feed:
    judge: Judge
    sensor: str
    unasked: str  # why it is not asked what it leaves out; empty where it is
    told_minutes: int = 0


class Feeds:
    """Hears the plots of all radars, and says what is held of them. declared: radars as their owners say they are."""

    def __init__(self, centre: str, known: Known | None, declared: Radars | None = None) -> None:
        self._centre, self._known, self._declared = centre, known, dict(declared or {})
        self._feeds: dict[Key, _Feed] = {}
        self._launches: set[str] = set()

    def hear(self, owner: str, message: Heard, at: EntryReference) -> Iterable[Word]:
        """Return the verdict that an entry gives rise to; none for most."""
        if isinstance(message, PlotReport):
            return self._plots(owner, message)
        if isinstance(message, LaunchReport) and owner == self._centre:
            self._launched(message)
        return ()

    def _plots(self, owner: str, report: PlotReport) -> Iterable[Word]:
        plots = plots_of(owner, report)
        feed = self._feed(owner, report.sensor, plots)
        if feed is None:
            return ()
        of_now = abs(report.logged_tai_ns - plots.time_tai_ns) <= OF_NOW_NS
        changed = feed.judge.hear(plots, report.logged_tai_ns, compare=of_now)
        behind = feed.judge.minutes - feed.told_minutes
        if not changed and behind < (EVERY_MINUTES if feed.told_minutes else FIRST_MINUTES):
            return ()
        feed.told_minutes = max(feed.judge.minutes, 1)
        return (Word(FeedVerdict, verdict(owner, feed.sensor, feed.judge, plots.time_tai_ns, feed.unasked)),)

    def _feed(self, owner: str, sensor: str, plots: Plots) -> _Feed | None:
        key = owner, plots.radar, plots.site.latitude_rad, plots.site.longitude_rad
        if key not in self._feeds:
            if not len(plots) or sum(of == owner for of, *_ in self._feeds) >= MOST_FEEDS:
                return None
            said = self._declared.get((owner, sensor))
            unasked = _unasked(sensor, said)
            self._feeds[key] = _Feed(Judge(self._known, said or _by_its_plots(plots)), sensor, unasked)
        return self._feeds[key]

    def _launched(self, report: LaunchReport) -> None:
        """A launch that the own radars saw: partners' feeds are asked whether they were silent then."""
        if report.items.track in self._launches:
            return
        self._launches.add(report.items.track)
        for (owner, *_), feed in self._feeds.items():
            if owner != self._centre:
                feed.judge.gaps.happened(report.items.detected_tai_ns or report.logged_tai_ns)


def verdict(of: str, sensor: str, judge: Judge, as_of_tai_ns: int, unasked: str = "") -> dict[str, Any]:
    """Return the content of a verdict on a feed. unasked: why what it leaves out is not looked for, if so."""
    faults = tuple(_fault(fault) for fault in judge.standing)
    offsets = sigmas = noise = None
    if judge.offsets is not None and judge.explained:
        size, sigma = judge.offsets.estimate()
        offsets, sigmas = tuple(map(float, size)), tuple(map(float, sigma))
        noise = tuple(map(float, judge.scatter.scale))
    return {
        "of": of,
        "sensor": sensor,
        "as_of_tai_ns": as_of_tai_ns,
        "standing": "doubted" if faults else "believed",
        "minutes": judge.minutes,
        "plots": judge.plots,
        "explained": judge.explained,
        "offsets": offsets,
        "offset_sigmas": sigmas,
        "noise": noise,
        "faults": faults,
        "false_per_1000_h": 1000.0 / HOURS_PER_FALSE_ACCUSATION,
        "text": _in_words(judge, faults) + (f"; what it leaves out is not looked for, as {unasked}" if unasked else ""),
    }


def _unasked(sensor: str, said: Declared | None) -> str:
    """Why a feed cannot be asked what it leaves out; nothing where it can."""
    if not sensor:
        return "the radar is masked"
    if said is None:
        return "the radar is not declared"
    return "" if said.look else "the radar does not search all its field"


def _by_its_plots(plots: Plots) -> Declared:
    """What is taken for declared of a radar that nobody declared: the sigmas that its plots state, and no field."""
    range_m, azimuth_rad, elevation_rad = (float(value) for value in np.median(plots.sigma, axis=0))
    sigma = range_m, azimuth_rad, elevation_rad
    return Declared(radar=plots.radar, plot_sigma=sigma, allowed_offset=tolerance(sigma))


def _fault(fault: Fault) -> FeedFault:
    quantity, size, sigma, since = measured(fault.evidence)
    return FeedFault(
        cause=fault.cause,
        quantity=quantity,
        size=size,
        sigma=sigma,
        found_tai_ns=fault.found_tai_ns,
        since_tai_ns=None if since is None else min(since, fault.found_tai_ns),
        text=fault.in_words(),
    )


def _in_words(judge: Judge, faults: tuple[FeedFault, ...]) -> str:
    if faults:
        return "doubted: " + "; ".join(fault.text for fault in faults)
    if not judge.explained:
        return f"believed: nothing against it in {judge.minutes} min, and no satellite to hold it against"
    share = 100 * judge.explained / judge.plots
    return (
        f"believed: nothing against it in {judge.minutes} min; {share:.0f} % of {judge.plots} plots are of satellites "
        "where their public orbits have them"
    )
