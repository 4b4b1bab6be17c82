"""Plots that come later than agreed, or bear a time that has not been yet: a share of reports, by Wald's test."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log

import numpy as np

from jointwatch.assessment.integrity.declared import Declared
from jointwatch.assessment.integrity.evidence import Sum, limit
from jointwatch.earth.timescale import NS_PER_S

ALLOWED_SHARE, LOOKED_FOR = 0.01, 0.2
"""Of reports that an honest line may bring late, and of those of a late feed."""
AHEAD_S = 5.0
"""A report of the future by more than this counts as late too."""
STEP_S = 5.0


@dataclass(frozen=True, slots=True)
class Late:
    """How late reports are of late, by their median (s), and how late they may be."""

    delay_s: float
    agreed_s: float
    log_evidence: float


@dataclass(slots=True, eq=False)
class Lateness:
    """The standing evidence of one feed about its delay."""

    declared: Declared
    _sum: Sum = field(default_factory=lambda: Sum.of(1))
    _delays_s: list[float] = field(default_factory=list)

    def hear(self, time_tai_ns: int, told_tai_ns: int) -> None:
        """Take in when a report was made and when it was told."""
        delay_s = (told_tai_ns - time_tai_ns) / NS_PER_S
        late = not -AHEAD_S <= delay_s <= self.declared.delay_s
        share = LOOKED_FOR / ALLOWED_SHARE if late else (1 - LOOKED_FOR) / (1 - ALLOWED_SHARE)
        self._sum.step(np.array([log(share)]))
        self._delays_s = [*self._delays_s[-99:], delay_s]

    @property
    def delay_s(self) -> float:
        """The median delay of the last hundred reports, seconds."""
        return float(np.median(self._delays_s)) if self._delays_s else 0.0

    def found(self) -> Late | None:
        """The delay that is beyond the stated rate of false accusations, else None."""
        if self._sum.log < limit(STEP_S):
            return None
        return Late(self.delay_s, self.declared.delay_s, self._sum.log)
