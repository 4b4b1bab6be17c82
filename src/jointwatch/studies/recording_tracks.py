"""Tracks out of a recording, and what each said about its launch as time went by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from jointwatch.assessment.apogee import ApogeeEstimate, apogee
from jointwatch.assessment.burnout import BurnoutEstimate, burnout
from jointwatch.assessment.estimate import Assessment, assess
from jointwatch.assessment.knowable import Knowable
from jointwatch.assessment.priors import BoostPriors
from jointwatch.assessment.track_path import knowable_of
from jointwatch.earth.arrays import Ints
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.studies.recording import Recording
from jointwatch.studies.recording_sites import Sensor
from jointwatch.tracking.bound import Looks
from jointwatch.tracking.doubts import Doubt
from jointwatch.tracking.known import Known
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.track import History, Status, Track
from jointwatch.tracking.tracker import Tracker

STEPS_S = (30, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1800, 3600)
"""Seconds after its first plot at which a track is asked what it says; once more after its last."""
SINGLE_SHARE = 0.9  # of a sensor's scans that are one plot, from which on its rows are taken to come one at a time
ESTIMATES_KEPT = 8192
"""Of each track, the newest: two hours of a radar that looks every second, 13 minutes of one that looks ten times."""
LOOKS_S = 2.5  # between the estimates that the assessment is given of a track that has them more often than each second
_FOR_EVER_S = 1e9


@dataclass(frozen=True, slots=True, eq=False)
class TrackFound:
    """A track as its last plot left it, and its estimates from the first on."""

    track: Track
    history: History


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What following a recording gave: confirmed tracks, plots the tracker refused by reason, and how far it came."""

    tracks: tuple[TrackFound, ...]
    refused: Mapping[str, int]
    scans: int
    scans_followed: int
    doubts: tuple[Doubt, ...] = ()  # sensors whose plots contradict the tracks that others made
    satellites: tuple[Track, ...] = ()  # confirmed tracks that are satellites of the catalogue given; not in `tracks`

    @property
    def interrupted(self) -> bool:
        """Whether it was stopped before the last scan."""
        return self.scans_followed < self.scans


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What a track said some seconds after its first plot, and how well it could have known (None: not at all)."""

    since_first_plot_s: float
    assessment: Assessment
    burnout: BurnoutEstimate | None
    apogee: ApogeeEstimate | None
    bound: Knowable | None


def settings_for(recording: Recording) -> Settings:
    """The tracker's settings for recorded plots.

    Scans come in order, so none is late, and a gap is a gap, not a clock gone wrong. Where the rows of a sensor come
    one at a time, each with an instant of its own, a scan without an object's plot says nothing about that object: four
    plots then confirm a track within 32 scans, so that up to eight objects may take turns.
    """
    at_ends = recording.begins()
    sensor, size = recording.sensor[at_ends[:-1]], np.diff(at_ends)
    shares = [float(np.mean(size[sensor == place] == 1)) for place in np.unique(sensor)]
    kept = Settings(jump_limit_s=_FOR_EVER_S, lost_kept_s=_FOR_EVER_S, history_last=ESTIMATES_KEPT)
    return replace(kept, confirm_window=32) if any(share > SINGLE_SHARE for share in shares) else kept


def follow(
    recording: Recording,
    sensors: Mapping[str, Sensor],
    done: Callable[[int], None] = lambda scans: None,
    known: Known | None = None,
) -> Found:
    """The confirmed tracks of a recording by number; an interrupt (Ctrl-C) ends it early with what is known by then.

    done: told the number of scans followed so far, after each. known: satellites, whose tracks are named and kept
    apart. Memory: the recording, and 0.4 kB for each estimate, of which a track keeps 8,320 at most: the first 128,
    and the last.
    """
    tracker, followed = Tracker(name="recording", settings=settings_for(recording), known=known), 0
    doubts: dict[tuple[str, str], Doubt] = {}
    try:
        for plots in recording.scans(sensors):
            tracker.scan(plots)
            _keep(doubts, tracker.doubts())
            followed += 1
            done(followed)
    except KeyboardInterrupt:
        pass
    confirmed = [track for track in tracker.tracks(satellites=False) if track.status != Status.TENTATIVE]
    tracks = tuple(map(TrackFound, confirmed, tracker.histories(track.id for track in confirmed)))
    named = [t for t in tracker.tracks() if t.catalogue_number is not None and t.status != Status.TENTATIVE]
    scans = len(recording.begins()) - 1
    return Found(tracks, tracker.refused, scans, followed, tuple(doubts.values()), tuple(named))


def _keep(doubts: dict[tuple[str, str], Doubt], standing: list[Doubt]) -> None:
    """Keep of each sensor and cause the doubt when it was strongest: with the tracks that raise it, it goes."""
    for doubt in standing:
        before = doubts.get((doubt.radar, doubt.cause))
        if before is None or doubt.log_ratio > before.log_ratio:
            doubts[doubt.radar, doubt.cause] = doubt


def told(found: TrackFound, priors: BoostPriors, looks: tuple[Looks, ...] = ()) -> tuple[Said, ...]:
    """What a track said at the steps up to its last plot, and at that.

    The bounds beside it are those of the path it believed in at last, from the looks that had been made by then;
    without looks there are none.
    """
    first, history = found.track.first_plot_tai_ns, spaced(found.history)
    whole_s = (int(history.time_tai_ns[-1]) - first) / NS_PER_S
    steps = [*(float(step) for step in STEPS_S if step < whole_s), whole_s]
    late_s = (int(history.time_tai_ns[0]) - first) / NS_PER_S
    bounds = knowable_of(history, looks, np.array(steps) - late_s, priors) if looks else None
    return tuple(
        _said(_until(history, first, step), step, priors, bound)
        for step, bound in zip(steps, bounds or [None] * len(steps), strict=True)
    )


def spaced(history: History) -> History:
    """The history as it is, or, of a radar that looks several times a second, its last estimate of each 2.5 s.

    What is asked is what was known when, and between two looks of a radar that looks every few seconds nobody asks; all
    estimates of one that looks ten times a second would cost ten times as much and say the same.
    """
    times = history.time_tai_ns
    if len(times) < 2 or float(np.median(np.diff(times))) >= NS_PER_S:
        return history
    look = (times - times[0]) // round(LOOKS_S * NS_PER_S)
    return _rows(history, np.append(np.flatnonzero(np.diff(look)), len(times) - 1))


def _until(history: History, first_tai_ns: int, seconds: float) -> History:
    """The history up to so many seconds after an instant."""
    last = first_tai_ns + round(seconds * NS_PER_S)
    return _rows(history, np.arange(np.searchsorted(history.time_tai_ns, last, side="right")))


def _rows(history: History, rows: Ints) -> History:
    return replace(
        history,
        time_tai_ns=history.time_tai_ns[rows],
        x=history.x[rows],
        P=history.P[rows],
        boost_probability=history.boost_probability[rows],
        radars=tuple(history.radars[row] for row in rows.tolist()),
    )


def _said(history: History, since_s: float, priors: BoostPriors, bound: Knowable | None) -> Said:
    return Said(since_s, assess(history, priors), burnout(history), apogee(history), bound)
