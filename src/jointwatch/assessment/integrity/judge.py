"""The standing verdict on a feed: what its scans showed so far, and which faults stand.

Scans are judged by the minute, as soon as one of a later minute comes; nothing but what is heard counts, so the same
log gives the same verdicts. A fault stands from when it is found. An offset is measured and taken off, and stands until
it is found to have gone. Of any other the evidence begins anew, and what is not found again for two hours of scans, or
three times as long as it took to find, no longer stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from jointwatch.assessment.integrity.comparison import Comparer
from jointwatch.assessment.integrity.declared import Declared
from jointwatch.assessment.integrity.detections import Detections
from jointwatch.assessment.integrity.fault import Evidence, Fault, alike, cause_of
from jointwatch.assessment.integrity.gaps import Gaps
from jointwatch.assessment.integrity.lateness import Lateness
from jointwatch.assessment.integrity.offsets import Offsets
from jointwatch.assessment.integrity.repeats import Repeats
from jointwatch.assessment.integrity.scatter import Scatter
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.sensors.measurement import Plots
from jointwatch.tracking.known import Known

STRETCH_NS = 60 * NS_PER_S
STANDS_S, STANDS_TIMES = 7200.0, 3.0
MOST_PLOTS = 50_000
"""Of a stretch; what a flood brings beyond is not judged."""


@dataclass(slots=True, eq=False)
class Judge:
    """What is held of one feed."""

    known: Known | None
    declared: Declared
    minutes: int = 0
    plots: int = 0
    explained: int = 0
    faults: dict[str, Fault] = field(default_factory=dict)
    gaps: Gaps = field(default_factory=Gaps)
    lateness: Lateness = field(init=False)
    repeats: Repeats = field(default_factory=Repeats)
    offsets: Offsets | None = field(init=False)
    scatter: Scatter = field(init=False)
    detections: Detections | None = field(init=False)
    _comparer: Comparer | None = field(init=False)
    _scans: list[Plots] = field(default_factory=list)
    _told: dict[str, Evidence] = field(default_factory=dict)  # when the verdict last changed
    _began: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lateness, self.scatter = Lateness(self.declared), Scatter(self.declared)
        self._comparer = self.offsets = self.detections = None
        if self.known is not None and len(self.known.numbers):
            self._comparer = Comparer(self.known, self.declared)
            self.offsets = Offsets(self.known, self.declared)
            self.detections = Detections(self.declared, len(self.known.numbers))

    def hear(self, plots: Plots, told_tai_ns: int, *, compare: bool = True) -> bool:
        """Take in a scan and when it was told; whether the verdict on the feed changed.

        compare: false for a scan that is not of now, whose satellites nobody looks for.
        """
        self.lateness.hear(plots.time_tai_ns, told_tai_ns)
        self.gaps.hear(plots.time_tai_ns)
        self.repeats.hear(plots)
        sources = ["repeats", "lateness", "gaps"]
        if self._scans and plots.time_tai_ns // STRETCH_NS != self._scans[0].time_tai_ns // STRETCH_NS:
            self._judge_stretch()
            sources += ["scatter", "detections"]
        if compare:
            self._add(plots)
        return self._conclude(plots.time_tai_ns, sources)

    @property
    def standing(self) -> tuple[Fault, ...]:
        """The faults that stand."""
        return tuple(self.faults.values())

    def _add(self, plots: Plots) -> None:
        """Add a scan to the stretch; what is told of one instant in several parts is one scan."""
        if sum(len(scan) for scan in self._scans) > MOST_PLOTS:
            return
        last = self._scans[-1] if self._scans else None
        if last is not None and last.time_tai_ns == plots.time_tai_ns:
            z, sigma = np.concatenate([last.z, plots.z]), np.concatenate([last.sigma, plots.sigma])
            self._scans[-1] = replace(last, z=z, sigma=sigma)
        else:
            self._scans.append(plots)

    def _judge_stretch(self) -> None:
        scans, self._scans = self._scans, []
        self.minutes += 1
        if self._comparer is None or self.offsets is None or self.detections is None:
            return
        if sum(len(scan) for scan in scans) > MOST_PLOTS:
            return
        compared = self._comparer.compare(scans)
        self.plots, self.explained = self.plots + compared.plots, self.explained + compared.plots - compared.unexplained
        self.offsets.hear(compared)
        self.scatter.hear(compared)
        self.detections.hear(compared)

    def _conclude(self, now_tai_ns: int, sources: list[str]) -> bool:
        """Name what is found now, take back what is gone or was not found again."""
        self._offset(now_tai_ns)
        for source in sources:
            kept = getattr(self, source)
            found = None if kept is None else kept.found()
            self._began.setdefault(source, now_tai_ns)
            if found is not None:
                self._name(source, found, now_tai_ns)
        for cause, fault in list(self.faults.items()):
            stands_s = max(STANDS_S, STANDS_TIMES * fault.took_s)
            if cause != "offset" and now_tai_ns - fault.last_tai_ns > stands_s * NS_PER_S:
                del self.faults[cause]
        same = self.faults.keys() == self._told.keys()
        if same and all(alike(fault.evidence, self._told[cause]) for cause, fault in self.faults.items()):
            return False
        self._told = {cause: fault.evidence for cause, fault in self.faults.items()}
        return True

    def _offset(self, now_tai_ns: int) -> None:
        found = None if self.offsets is None else self.offsets.standing
        if found is None:
            self.faults.pop("offset", None)
        elif "offset" not in self.faults or self.faults["offset"].evidence != found:
            self._keep(Fault("offset", found, now_tai_ns, now_tai_ns, 0.0))

    def _name(self, source: str, found: Evidence, now_tai_ns: int) -> None:
        took_s = (now_tai_ns - self._began[source]) / NS_PER_S
        self._keep(Fault(cause_of(found), found, now_tai_ns, now_tai_ns, took_s))
        self._began[source] = now_tai_ns
        if source == "detections":
            self.detections = Detections(self.declared, len(self.known.numbers) if self.known else 0)
        elif source == "scatter":
            self.scatter = Scatter(self.declared)
        elif source == "lateness":
            self.lateness = Lateness(self.declared)
        elif source == "gaps":
            self.gaps = Gaps()

    def _keep(self, fault: Fault) -> None:
        old = self.faults.get(fault.cause)
        self.faults[fault.cause] = fault if old is None else replace(fault, found_tai_ns=old.found_tai_ns)
