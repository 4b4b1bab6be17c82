"""A minute of one radar's plots beside what the public orbits say it should have seen.

# Algorithm
1. At each scan: every usable catalogued object above the horizon, where its elements put it.
2. A gate round each, as wide as elements, plots and the offsets looked for may be off together.
3. A plot in the gate of one object alone is that object's. What lies in several gates says nothing.
4. A look counts if the object is well inside the declared field and no other object's gate is near.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.integrity import orbit_error
from jointwatch.assessment.integrity.declared import Declared
from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.sensors.measurement import Plots, jacobian, predict, residual
from jointwatch.tracking.gate import threshold
from jointwatch.tracking.known import Known

GATE = threshold(0.9999)
OFFSETS_IN_SIGMAS = 3.0
CLOCK_S = 0.7
"""Offsets that the gate leaves room for: in range and angles in sigmas of a plot, and of the clock."""
_INSIDE_SIGMAS = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Looks (k) at catalogued objects in a stretch of scans, and the plots (h) that are theirs.

    rows of the catalogue; z (k, 3): where the object should be; strength (k,): SNR of 1 m2; counts (k,): whether the
    look is one to judge the rate of detection by; seen (k,).
    Of the plots: look (h,): whose; off (h, 3): measured less expected; sigma (h, 3); by_orbit (h, 3, 6) and by_offset
    (h, 3, 4): the derivatives by the object's six numbers and by the radar's offsets; time_s (h,): in the stretch.
    plots, unexplained: how many there were in all, and how many that no object explains.
    """

    tai_ns: int
    rows: Ints
    z: Floats
    strength: Floats
    counts: Bools
    seen: Bools
    look: Ints
    off: Floats
    sigma: Floats
    by_orbit: Floats
    by_offset: Floats
    time_s: Floats
    plots: int
    unexplained: int


class Comparer:
    """Compares one radar's plots with one catalogue."""

    def __init__(self, known: Known, declared: Declared) -> None:
        self.known, self.declared = known, declared
        self._usable = orbit_error.usable(known)

    def compare(self, scans: Sequence[Plots]) -> Comparison:
        """Compare scans that follow one another within a minute or so, at least one."""
        rows, scan, x = self._expected(scans)
        within, inside, strength = self._inside(x)
        rows, scan, x = rows[within], scan[within], x[within]
        times = np.array([plots.time_tai_ns for plots in scans], dtype=np.int64)
        site = scans[0].site
        z, H = predict(site, x[:, :3]), jacobian(site, x[:, :3])
        age = orbit_error.age_days(self.known, rows, times[scan])
        by_orbit = H @ orbit_error.displacement(x, age)
        by_offset = np.concatenate(
            [np.broadcast_to(np.eye(3), H.shape), -np.einsum("kij,kj->ki", H, x[:, 3:])[..., None]], axis=2
        )
        S = self._spread(by_orbit, by_offset, rows)
        wide = np.sqrt(GATE * S[:, range(3), range(3)])
        plots = _Plots.of(scans)
        look, plot = _pairs(plots, scan, z, S, wide)
        single = np.bincount(look, minlength=len(rows))[look] == 1
        single &= np.bincount(plot, minlength=max(len(plots.z), 1))[plot] == 1
        hit, own = look[single], plot[single]
        seen = np.zeros(len(rows), dtype=bool)
        seen[look] = True
        return Comparison(
            tai_ns=int(times[len(times) // 2]),
            rows=rows,
            z=z,
            strength=strength,
            counts=inside & _alone(scan, z, wide),
            seen=seen,
            look=hit,
            off=residual(plots.z[own], z[hit]),
            sigma=plots.sigma[own],
            by_orbit=by_orbit[hit],
            by_offset=by_offset[hit],
            time_s=(times[scan[hit]] - times[0]) / NS_PER_S,
            plots=len(plots.z),
            unexplained=len(plots.z) - len(np.unique(plot)),
        )

    def _expected(self, scans: Sequence[Plots]) -> tuple[Ints, Ints, Floats]:
        """Rows of the catalogue, scans and Earth-fixed states (k, 6) of all that may be seen."""
        times = np.array([plots.time_tai_ns for plots in scans], dtype=np.int64)
        above = self.known.above(scans[0].site, int(times[len(times) // 2]))
        rows = above.rows[self._usable[above.rows] & (above.along_m <= orbit_error.MOST_ALONG_M)]
        x = self.known.arcs.at_each(times, rows)
        there = np.isfinite(x).all(axis=2)
        scan, of = np.nonzero(there)
        return rows[of], scan, x[there]

    def _spread(self, by_orbit: Floats, by_offset: Floats, rows: Ints) -> Floats:
        """Covariances (k, 3, 3) of where objects are measured: elements, offsets, a strong plot."""
        orbit = by_orbit * orbit_error.sigmas(self.known, rows)[:, None, :]
        plot = np.array(self.declared.plot_sigma)
        offset = by_offset * np.array([*(OFFSETS_IN_SIGMAS * plot), CLOCK_S])
        S: Floats = orbit @ orbit.mT + offset @ offset.mT
        S[:, range(3), range(3)] += plot**2
        return S

    def _inside(self, x: Floats) -> tuple[Ints, Bools, Floats]:
        """Which states (k, 6) lie in the declared field; of these, which also if early or late; the SNR of 1 m2 there.

        Without a declared field all do, and none counts.
        """
        if self.declared.look is None:
            return np.arange(len(x)), np.zeros(len(x), dtype=bool), np.zeros(len(x))
        inside, strength = self.declared.look(x[:, :3])
        within = np.flatnonzero(inside)
        x = x[within]
        _, along, _ = orbit_error.directions(x)
        away = _INSIDE_SIGMAS * (2 * self.known.errors.along_m) + CLOCK_S * np.linalg.norm(x[:, 3:], axis=1)
        shift = away[:, None] * along
        early, late = (self.declared.look(x[:, :3] + side * shift)[0] for side in (1.0, -1.0))
        return within, early & late, strength[within]


@dataclass(frozen=True, slots=True, eq=False)
class _Plots:
    """The plots of all scans, by scan and range; key (n,) rises with both."""

    scan: Ints
    z: Floats
    sigma: Floats
    key: Floats

    @classmethod
    def of(cls, scans: Sequence[Plots]) -> _Plots:
        scan = np.repeat(np.arange(len(scans)), [len(plots) for plots in scans])
        z, sigma = np.concatenate([plots.z for plots in scans]), np.concatenate([plots.sigma for plots in scans])
        key = _key(scan, z[:, 0])
        order = np.argsort(key, kind="stable")
        return cls(scan[order], z[order], sigma[order], key[order])


def _key(scan: Ints, range_m: Floats) -> Floats:
    return np.asarray(scan * 1e10 + np.clip(range_m, 0.0, 5e9))


def _pairs(plots: _Plots, scan: Ints, z: Floats, S: Floats, wide: Floats) -> tuple[Ints, Ints]:
    """Looks and plots that may belong together, in the order of looks."""
    low = np.searchsorted(plots.key, _key(scan, z[:, 0] - wide[:, 0]))
    many = np.searchsorted(plots.key, _key(scan, z[:, 0] + wide[:, 0]), side="right") - low
    look = np.repeat(np.arange(len(scan)), many)
    plot = np.arange(len(look)) - np.repeat(np.cumsum(many) - many - low, many)
    off = residual(plots.z[plot], z[look])
    near = np.flatnonzero((np.abs(off) <= wide[look]).all(axis=1))
    look, plot, off = look[near], plot[near], off[near]
    nis = np.einsum("pi,pi->p", off, np.linalg.solve(S[look], off[..., None])[..., 0])
    return look[nis <= GATE], plot[nis <= GATE]


def _alone(scan: Ints, z: Floats, wide: Floats) -> Bools:
    """Whether no other object's gate (k,) touches this one's, as far as boxes tell."""
    alone = np.ones(len(z), dtype=bool)
    order = np.lexsort((z[:, 0], scan))
    at, half, of = z[order], wide[order], scan[order]
    reach = 1
    while reach < len(order):
        a, b = slice(None, -reach), slice(reach, None)
        touching = (of[a] == of[b]) & (at[b, 0] - at[a, 0] <= half[a, 0] + half[b, 0])
        if not touching.any():
            break
        off = np.abs(residual(at[b], at[a]))
        both = touching & (off <= half[a] + half[b]).all(axis=1)
        alone[order[a][both]] = alone[order[b][both]] = False
        reach += 1
    return alone
