"""Which plots and scans are admitted at all; whatever is refused is refused with a reason that is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.sensors.measurement import Plots, position
from jointwatch.sensors.site import Site
from jointwatch.tracking.settings import Settings

NOT_FINITE = "not a number, or infinite"
NO_VARIANCE = "a sigma of zero or less"
TOO_WIDE = "a sigma too wide to place the plot"
IMPOSSIBLE = "a range or elevation that no radar measures"
REPEATED = "repeated plot"
TOO_MANY = "over the limit of plots per scan"
TOO_LATE = "scan too late"
JUMPED = "scan far ahead of all others"
NO_ROOM = "over the limit of new tracks per scan"

GREATEST_RANGE_M = 1e8
GREATEST_ANGLE_SIGMA_RAD = 0.3  # beyond, the derivative at the plot says nothing of the other end of the cloud
# m, rad, rad: what claims to be better is taken as this, or a covariance as thin as a sheet of paper and as wide as a
# sea could not be held in double precision.
LEAST_SIGMA = np.array([1.0, 1e-6, 1e-6])


@dataclass(frozen=True, slots=True, eq=False)
class Admitted:
    """Plots that may be used, sorted by range: z, sigma (m, 3), and where each stands, r (m, 3), with covariance R."""

    site: Site
    radar: str
    time_tai_ns: int
    z: Floats
    sigma: Floats
    r: Floats
    R: Floats

    def __len__(self) -> int:
        return len(self.z)

    def __getitem__(self, which: Ints) -> Admitted:
        of = (self.z, self.sigma, self.r, self.R)
        return Admitted(self.site, self.radar, self.time_tai_ns, *(a[which] for a in of))


@dataclass(slots=True)
class Screen:
    """The memory that screening needs: what each radar said lately, and the time all radars agree on."""

    settings: Settings
    refused: Counter[str] = field(default_factory=Counter)
    newest_tai_ns: int | None = None
    _ahead: int = 0
    _said: dict[tuple[str, int], set[bytes]] = field(default_factory=dict)

    def admit(self, plots: Plots) -> Admitted | None:
        """The plots that may be used, sorted by range; None where the scan as a whole is refused."""
        reason = self._refuses(plots.time_tai_ns)
        if reason:
            self.refused[reason] += max(1, len(plots.z))
            return None
        z, sigma = self._sound(np.asarray(plots.z, dtype=float), np.asarray(plots.sigma, dtype=float))
        fresh = self._not_repeated(plots.radar, plots.time_tai_ns, z)
        kept = fresh[self._within_limit(len(fresh))]
        z, sigma = z[kept], np.maximum(sigma[kept], LEAST_SIGMA)
        return Admitted(plots.site, plots.radar, plots.time_tai_ns, z, sigma, *position(plots.site, z, sigma))

    def heard(self, radar: str, time_tai_ns: int) -> bool:
        """Whether a scan of this radar and time came before."""
        return (radar, time_tai_ns) in self._said

    def _within_limit(self, count: int) -> Ints:
        """Indices of the plots that one scan may bring; of too many, a share spread evenly over the ranges."""
        limit = self.settings.plots_per_scan_limit
        self.refused[TOO_MANY] += max(0, count - limit)
        return np.arange(count) if count <= limit else np.arange(limit) * count // limit

    def _sound(self, z: Floats, sigma: Floats) -> tuple[Floats, Floats]:
        """The plots that make sense, in an order that follows from their values alone."""
        kept = np.ones(len(z), dtype=bool)
        for reason, fault in faults(z, sigma):
            self.refused[reason] += int(np.count_nonzero(kept & fault))
            kept &= ~fault
        z, sigma = z[kept], sigma[kept]
        order = np.lexsort(z.T[::-1])
        return z[order], sigma[order]

    def _not_repeated(self, radar: str, time_tai_ns: int, z: Floats) -> Ints:
        """Indices of the plots that this radar did not already report for this time."""
        said = self._said.setdefault((radar, time_tai_ns), set())
        fresh = []
        for index, row in enumerate(z):
            key = row.tobytes()
            if key not in said:
                said.add(key)
                fresh.append(index)
        self.refused[REPEATED] += len(z) - len(fresh)
        return np.array(fresh, dtype=np.int64)

    def _refuses(self, time_tai_ns: int) -> str | None:
        """Why a scan of this time is not used, or None; moves the newest time on.

        One scan far ahead of all others must not make every track too old; so many in a row are believed.
        """
        limit, jump = self.settings.late_limit_s * NS_PER_S, self.settings.jump_limit_s * NS_PER_S
        lead = 0 if self.newest_tai_ns is None else time_tai_ns - self.newest_tai_ns
        if lead < -limit:
            return TOO_LATE
        if lead > jump and self._ahead + 1 < self.settings.jump_scans:
            self._ahead += 1
            return JUMPED
        self._ahead = 0
        if self.newest_tai_ns is None or lead > 0:
            self.newest_tai_ns = time_tai_ns
            self._said = {key: rows for key, rows in self._said.items() if time_tai_ns - key[1] <= limit}
        return None


def faults(z: Floats, sigma: Floats) -> tuple[tuple[str, Bools], ...]:
    """What may be wrong with plots (n, 3), each reason with the rows (n,) it holds for."""
    with np.errstate(invalid="ignore"):
        return (
            (NOT_FINITE, np.logical_not(np.isfinite(z).all(axis=1) & np.isfinite(sigma).all(axis=1))),
            (NO_VARIANCE, np.logical_not(np.all(sigma > 0, axis=1))),
            (TOO_WIDE, (sigma[:, 0] > z[:, 0]) | (sigma[:, 1:] > GREATEST_ANGLE_SIGMA_RAD).any(axis=1)),
            (IMPOSSIBLE, ~((z[:, 0] > 0) & (z[:, 0] <= GREATEST_RANGE_M) & (np.abs(z[:, 2]) <= np.pi / 2))),
        )
