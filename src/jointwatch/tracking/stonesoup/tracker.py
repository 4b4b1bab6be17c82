"""Our tracker as one of Stone Soup's: it takes a detector's detections and gives sets of tracks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from stonesoup.base import Property
from stonesoup.reader import DetectionReader
from stonesoup.tracker import Tracker as StoneSoupTracker
from stonesoup.types.detection import Detection
from stonesoup.types.track import Track

from jointwatch.earth.timescale import NS_PER_S
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.stonesoup.axes import Axes, tai_ns
from jointwatch.tracking.stonesoup.detections import plots
from jointwatch.tracking.stonesoup.estimates import estimates
from jointwatch.tracking.tracker import Tracker


class JointwatchTracker(StoneSoupTracker):
    """A tracker for objects above the air and on their way there, in the place of `MultiTargetTracker`.

    Predictor, updater, associator, initiator and deleter are its own. Each step adds to every confirmed track its state
    at that time, from a detection or without; tracks that are lost leave the set and keep their states.
    """

    detector: DetectionReader = Property(default=None, doc="Where detections come from, step by step.")
    axes: Axes = Property(default=Axes(), doc="What the components of state vectors mean.")
    settings: Settings = Property(default=None, doc="The tracker's settings; None for those it has by itself.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ours = Tracker(name="stone soup", settings=self.settings)
        self._tracks: dict[str, Track] = {}
        self._steps: Iterator[tuple[datetime, set[Detection]]] | None = None

    @property
    def tracks(self) -> set[Track]:
        """The tracks that are confirmed and not lost."""
        return set(self._tracks.values())

    def __iter__(self) -> Iterator[tuple[datetime, set[Track]]]:
        self._steps = self._begun()
        return self

    def __next__(self) -> tuple[datetime, set[Track]]:
        self._steps = self._steps or self._begun()
        return self.update_tracker(*next(self._steps))

    def _begun(self) -> Iterator[tuple[datetime, set[Detection]]]:
        if self.detector is None:
            raise AttributeError("wanted a detector to iterate over, got None; give one, or call update_tracker")
        return iter(self.detector)

    def update_tracker(self, time: datetime, detections: set[Detection]) -> tuple[datetime, set[Track]]:
        """Take in the detections of one step; the time, and the tracks."""
        for scan in plots(detections, self.axes):
            self.ours.scan(scan)
        lately = tai_ns(time) - round(self.ours.settings.lost_after_s * NS_PER_S)
        live = [track.id for track in self.ours.confirmed() if track.last_plot_tai_ns >= lately]
        now = estimates(self.ours.predicted(tai_ns(time), live), self.axes)
        self._tracks = {name: self._tracks.get(name) or Track(id=name) for name in now}
        for name, estimate in now.items():
            self._tracks[name].append(estimate)
        return time, self.tracks
