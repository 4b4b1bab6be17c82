"""Which plots and scans are admitted at all; whatever is refused is refused with a reason that is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.site import Site
from jointwatch.tracking.kernels import kernels
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

_FAULTS = (NOT_FINITE, NO_VARIANCE, TOO_WIDE, IMPOSSIBLE, REPEATED)  # as `sieve` counts them, from 1 on
# m, rad, rad: what claims to be better is taken as this, or a covariance as thin as a sheet of paper and as wide as a
# sea could not be held in double precision.
LEAST_SIGMA = np.array([1.0, 1e-6, 1e-6])


@dataclass(frozen=True, slots=True, eq=False)
class Admitted:
    """Plots that may be used, sorted by range: z, sigma (m, 3)."""

    site: Site
    radar: str
    time_tai_ns: int
    z: Floats
    sigma: Floats

    def __len__(self) -> int:
        return len(self.z)

    def stand(self, which: Ints) -> tuple[Floats, Floats]:
        """Where plots of these indices stand, Earth-fixed (k, 3), and covariances of that (k, 3, 3)."""
        k = kernels()
        r, R = np.empty((len(which), 3)), np.empty((len(which), 3, 3))
        k.sieve.stand(self.z[which], self.sigma[which], k.gate.place(self.site), r, R)
        return r, R


@dataclass(slots=True)
class Screen:
    """The memory that screening needs: what each radar said lately, and the time all radars agree on."""

    settings: Settings
    refused: Counter[str] = field(default_factory=Counter)
    newest_tai_ns: int | None = None
    _ahead: int = 0
    _forget_tai_ns: float = 0.0
    _said: dict[tuple[str, int], Floats] = field(default_factory=dict)

    def admit(self, plots: Plots) -> Admitted | None:
        """The plots that may be used, sorted by range; None where the scan as a whole is refused."""
        reason = self._refuses(plots.time_tai_ns)
        if reason:
            self.refused[reason] += max(1, len(plots.z))
            return None
        z, sigma = self._sound(plots.z, plots.sigma)
        fresh = self._not_repeated(plots.radar, plots.time_tai_ns, z)
        if fresh is not None:
            z, sigma = z[fresh], sigma[fresh]
        if len(z) > self.settings.plots_per_scan_limit:
            spread = self._within_limit(len(z))
            z, sigma = z[spread], sigma[spread]
        return Admitted(plots.site, plots.radar, plots.time_tai_ns, z, sigma)

    def heard(self, radar: str, time_tai_ns: int) -> bool:
        """Whether a scan of this radar and time came before."""
        return (radar, time_tai_ns) in self._said

    def _within_limit(self, count: int) -> Ints:
        """Indices of the plots that one scan may bring; of too many, a share spread evenly over the ranges."""
        limit = self.settings.plots_per_scan_limit
        self.refused[TOO_MANY] += count - limit
        return np.arange(limit) * count // limit

    def _sound(self, z: Floats, sigma: Floats) -> tuple[Floats, Floats]:
        """The plots that make sense, each once, in an order that follows from their values; no sigma too thin."""
        sieve = kernels().sieve
        faults = np.zeros(len(_FAULTS) + 1, dtype=np.int64)
        sound, widths = sieve.sift(z, sigma, sieve.ordered(z), LEAST_SIGMA, faults)
        if len(sound) < len(z):
            for reason, count in zip(_FAULTS, faults[1:].tolist(), strict=True):
                self.refused[reason] += count
        return sound, widths

    def _not_repeated(self, radar: str, time_tai_ns: int, z: Floats) -> Ints | None:
        """Indices of the plots that this radar did not already report for this time; None for all."""
        said = self._said.get((radar, time_tai_ns))
        if said is None:
            self._said[radar, time_tai_ns] = z
            return None
        known = set(map(bytes, said))
        fresh = np.flatnonzero([bytes(row) not in known for row in z])
        self._said[radar, time_tai_ns] = np.concatenate([said, z[fresh]])
        self.refused[REPEATED] += len(z) - len(fresh)
        return fresh

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
            if time_tai_ns >= self._forget_tai_ns:  # now and then: thousands of scans a second may come
                self._said = {key: rows for key, rows in self._said.items() if time_tai_ns - key[1] <= limit}
                self._forget_tai_ns = time_tai_ns + limit / 4
        return None
