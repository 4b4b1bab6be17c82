"""Satellites of a known catalogue: which a radar could see now, how well each is known, and which plots they explain.

A plot that no track takes is held against every catalogued object above the horizon: where its mean elements put it
(SGP4), with the uncertainty of public elements, which lies along the track and grows with their age. What passes that
gate begins a track at the satellite's own state, not at one of unknown velocity. From then on the satellite competes
for plots as every track does, so a launch that crosses it keeps its plots: it has a track of its own, and another
velocity. What is taken for a satellite by mistake leaves it with the next scan.

# Algorithm
1. Once a minute: the whole catalogue by SGP4 to the minute's ends; per site those that may rise above the horizon.
2. At a scan: these by Hermite's cubic to its instant, with covariances in radial, along-track and cross-track axes.
3. Pairs by range first, then the chi-square gate in range, azimuth and elevation, then one optimal assignment.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.ellipsoid import GM_M3_S2
from jointwatch.earth.sidereal import ROTATION_RATE_RAD_S
from jointwatch.earth.timescale import NS_PER_S, S_PER_DAY
from jointwatch.flight.satellites import ARC_S, Catalogue, ShortArcs
from jointwatch.sensors.measurement import jacobian, predict, residual
from jointwatch.sensors.site import Site, east_north_up
from jointwatch.tracking.associate import assign
from jointwatch.tracking.gate import belief, threshold
from jointwatch.tracking.screen import Admitted
from jointwatch.tracking.settings import Settings

# What is above this at neither end of a minute does not rise above the horizon in it: no elevation near the horizon
# changes by more than 0.1 degree a second.
_SINE_BELOW_HORIZON = float(np.sin(np.radians(-4.0)))
_SITES_KEPT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementErrors:
    """One sigma of public mean elements, as a tracker believes them.

    A kilometre at the epoch and some kilometres a day, along the track, are what users of such elements report
    [Vallado and Cefola, IAC-12-A6.6.11, 2012, recalled]; radially and across the track they are far better. Where the
    air brakes an object, a share of how far it has moved the object is unknown: forecasts of density are that good.
    """

    along_m: float = 1000.0
    along_m_per_day: float = 2000.0
    braking_share: float = 0.15
    radial_m: float = 300.0
    across_m: float = 300.0
    # Farther off along the track, an orbit bends out of any ellipsoid: such objects are told by their orbit, not place.
    most_along_m: float = 30e3


@dataclass(frozen=True, slots=True, eq=False)
class Above:
    """Catalogued objects (k) that a site may see at one time: rows of the catalogue, states (k, 6), covariances."""

    rows: Ints
    x: Floats
    P: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """Plots (p) that catalogued objects explain: index of each plot, row of the object, its state with that plot in."""

    plot: Ints
    rows: Ints
    x: Floats
    P: Floats
    nis: Floats


class Known:
    """A catalogue as trackers use it; several may share one: all that changes in it is a memory of the last minutes.

    numbers (n,): catalogue numbers. An object whose elements are too old to say where it is explains nothing.
    """

    def __init__(self, catalogue: Catalogue, errors: ElementErrors | None = None) -> None:
        self.catalogue = catalogue
        self.errors = errors or ElementErrors()
        self.arcs = ShortArcs(catalogue)
        self.numbers = catalogue.numbers
        self._row_of = {number: row for row, number in enumerate(self.numbers.tolist())}
        of = catalogue.elements
        self._motion = 2 * pi / S_PER_DAY * np.array([each.mean_motion for each in of])  # rad/s
        self._axis_m = (GM_M3_S2 / self._motion**2) ** (1 / 3)
        self._braking = 2 * pi * self._axis_m * np.abs([each.mean_motion_dot for each in of])  # m/day2
        self._risen: dict[tuple[int, Site], Ints] = {}

    def rows_of(self, numbers: Ints) -> Ints:
        """Rows (k,) of catalogue numbers (k,); KeyError for one that is not in it."""
        return np.array([self._row_of[number] for number in numbers.tolist()], dtype=np.int64)

    def along_sigma_m(self, tai_ns: int, rows: Ints) -> Floats:
        """One sigma (k,) along the track, metres: from the age of the elements, before or after their epoch."""
        age_days = np.abs(tai_ns - self.catalogue.epoch_tai_ns[rows]) / (NS_PER_S * S_PER_DAY)
        worth = self.errors
        braked = worth.braking_share * self._braking[rows] * age_days**2
        return np.asarray(np.sqrt(worth.along_m**2 + (worth.along_m_per_day * age_days) ** 2 + braked**2))

    def at(self, tai_ns: int, rows: Ints) -> tuple[Floats, Floats]:
        """States (k, 6) and covariances (k, 6, 6) of these rows at a time, Earth-fixed."""
        x = self.arcs.at(tai_ns, rows)
        late_s = self.along_sigma_m(tai_ns, rows) / (self._motion[rows] * self._axis_m[rows])
        return x, covariance(x, late_s, self.errors)

    def above(self, site: Site, tai_ns: int) -> Above:
        """What a site may see at a time: catalogued objects above its horizon, or nearly."""
        minute = tai_ns // (ARC_S * NS_PER_S)
        if (minute, site) not in self._risen:
            while len(self._risen) >= _SITES_KEPT:
                del self._risen[min(self._risen, key=lambda key: key[0])]
            self._risen[minute, site] = self._may_rise(minute, site)
        rows = self._risen[minute, site]
        return Above(rows, *self.at(tai_ns, rows))

    def explain(self, plots: Admitted, which: Ints, settings: Settings) -> Explained:
        """Which of the plots of these indices are catalogued objects', each once, and where those then are."""
        sky = self.above(plots.site, plots.time_tai_ns)
        z, sigma = plots.z[which], plots.sigma[which]
        expected, H = predict(plots.site, sky.x[:, :3]), jacobian(plots.site, sky.x[:, :3])
        gamma = threshold(settings.gate_probability)
        row, plot = _near_in_range(expected, H, sky.P, z, sigma, gamma)
        off, S, PH = _innovations(expected, H, sky.P, row, z, sigma, plot)
        solved = np.linalg.solve(S, np.concatenate([off[..., None], PH.mT], axis=-1))
        nis = np.einsum("pi,pi->p", off, solved[..., 0])
        gain = -0.5 * (nis + np.linalg.slogdet(S)[1] + 3 * log(2 * pi)) - belief(settings)[-1]
        kept = np.flatnonzero(nis <= gamma)
        taken = kept[assign(row[kept], plot[kept], gain[kept])]
        x = sky.x[row[taken]] + np.einsum("pij,pj->pi", PH[taken], solved[taken, :, 0])
        P = sky.P[row[taken]] - PH[taken] @ solved[taken, :, 1:]
        return Explained(which[plot[taken]], sky.rows[row[taken]], x, (P + P.mT) / 2, nis[taken])

    def _may_rise(self, minute: int, site: Site) -> Ints:
        """Rows that may be above the horizon in a minute and are known well enough."""
        near = np.zeros(len(self.catalogue), dtype=bool)
        for end in (minute, minute + 1):
            place = east_north_up(site, self.arcs.end(end)[:, :3])
            near |= place[:, 2] > _SINE_BELOW_HORIZON * np.linalg.norm(place, axis=1)
        rows = np.flatnonzero(near)
        rows = rows[np.isfinite(self.arcs.at(minute * ARC_S * NS_PER_S + 1, rows)).all(axis=1)]
        return rows[self.along_sigma_m(minute * ARC_S * NS_PER_S, rows) <= self.errors.most_along_m]


def covariance(x: Floats, late_s: Floats, errors: ElementErrors) -> Floats:
    """Covariances (k, 6, 6) of Earth-fixed states (k, 6): late on the orbit by a sigma late_s (k,), and off beside it.

    A satellite that is late is elsewhere on the same orbit: place and velocity are wrong together, by the velocity and
    the acceleration as a star sees them. What is off radially or across swings once in a turn.
    """
    r, spin = x[:, :3], np.array([0.0, 0.0, ROTATION_RATE_RAD_S])
    v = x[:, 3:] + np.cross(spin, r)
    distance = np.linalg.norm(r, axis=1, keepdims=True)
    late = np.concatenate([v, -GM_M3_S2 * r / distance**3 - np.cross(spin, v)], axis=1) * late_s[:, None]
    forward = v / np.linalg.norm(v, axis=1, keepdims=True)
    across = np.cross(r, v)
    rate = np.linalg.norm(across, axis=1) / distance[:, 0] ** 2  # of the turn, rad/s
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    axes = np.stack([np.cross(forward, across), forward, across], axis=-1)  # radial, along, across
    beside = np.array([errors.radial_m, 2 * errors.radial_m, errors.across_m])  # an ellipse of twice the length
    P = np.einsum("ki,kj->kij", late, late)
    P[:, :3, :3] += (axes * beside**2) @ axes.mT
    P[:, 3:, 3:] += rate[:, None, None] ** 2 * ((axes * beside[[1, 0, 2]] ** 2) @ axes.mT)
    return np.asarray(P)


def _near_in_range(expected: Floats, H: Floats, P: Floats, z: Floats, sigma: Floats, gamma: float) -> tuple[Ints, Ints]:
    """Pairs of objects and plots whose ranges agree, objects in order; plots are sorted by range."""
    if not len(z):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    by_range = H[:, 0, :]
    spread = np.einsum("ki,kij,kj->k", by_range, P[:, :3, :3], by_range)
    width = np.sqrt(gamma * (spread + sigma[:, 0].max() ** 2))
    first = np.searchsorted(z[:, 0], expected[:, 0] - width)
    many = np.searchsorted(z[:, 0], expected[:, 0] + width, side="right") - first
    row = np.repeat(np.arange(len(expected)), many)
    plot = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many) + first[row]
    near = _within(expected[row], H[row], P[row], z[plot], sigma[plot], gamma)
    return row[near], plot[near]


def _within(expected: Floats, H: Floats, P: Floats, z: Floats, sigma: Floats, gamma: float) -> Bools:
    """Whether pairs (p) agree in azimuth and elevation, each alone: a necessary condition of the gate."""
    off = residual(z, expected)
    largest = np.linalg.norm(P[:, :3, :3], axis=(1, 2))[:, None] * np.einsum("pij,pij->pi", H, H)
    return np.asarray((off**2 <= gamma * (largest + sigma**2)).all(axis=1))


def _innovations(
    expected: Floats, H: Floats, P: Floats, row: Ints, z: Floats, sigma: Floats, plot: Ints
) -> tuple[Floats, Floats, Floats]:
    """Innovations (p, 3) of pairs, their covariances, and covariances (p, 6, 3) of state and measurement."""
    PH = P[row][:, :, :3] @ H[row].mT
    S = H[row] @ PH[:, :3]
    S[:, range(3), range(3)] += sigma[plot] ** 2
    return residual(z[plot], expected[row]), S, PH
