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
from jointwatch.tracking.gate import threshold
from jointwatch.tracking.same_orbit import lies_near, nearest
from jointwatch.tracking.screen import Admitted
from jointwatch.tracking.settings import Settings

# What is above this at neither end of a minute does not rise above the horizon in it: no elevation near the horizon
# changes by more than 0.1 degree a second.
_SINE_BELOW_HORIZON = float(np.sin(np.radians(-4.0)))
_SITES_KEPT = 64
_PAIRS_AT_ONCE = 1 << 17  # of a jammed radar's plots and what is in sight, looked at by range: some 30 MB
_LEAST_COSINE = 1e-3  # of an elevation: straight overhead any azimuth will do
GREATEST_ALONG_M = 2e6
"""Elements that may be off by more along the track, a quarter of an hour, are of no use to anybody."""
_ALONG_SIGMAS = 4.0
_FREE_S = 0.5  # what is left along the track once an orbit was moved to be nearest: less than a few kilometres


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
    # Farther off along the track, an orbit bends out of any ellipsoid: such objects are named by their orbit, not their
    # place; and beyond the second, their plots are not taken for theirs before a track has shown its orbit.
    placed_within_m: float = 30e3
    most_along_m: float = 300e3


@dataclass(frozen=True, slots=True, eq=False)
class Above:
    """Catalogued objects (k) that a site may see at one time: rows of the catalogue, states, sigmas along (k,)."""

    rows: Ints
    x: Floats
    along_m: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs (p) of catalogued objects and plots of one scan inside the gate, in the order of objects.

    rows of the catalogue; plot: its index; gain: log ratio of "this plot is its" to "it was missed and the plot is
    something else"; nis; x (p, 6) and P: where the object then is.
    """

    rows: Ints
    plot: Ints
    gain: Floats
    nis: Floats
    x: Floats
    P: Floats

    def chosen(self, plots: Ints) -> Pairs:
        """Of the pairs with these plots the best choice in which no object and no plot comes twice."""
        mine = np.flatnonzero(np.isin(self.plot, plots))
        taken = mine[assign(self.rows[mine], self.plot[mine], self.gain[mine])]
        return self[taken]

    def __getitem__(self, which: Ints | Bools) -> Pairs:
        rows, plot, gain = self.rows[which], self.plot[which], self.gain[which]
        return Pairs(rows, plot, gain, self.nis[which], self.x[which], self.P[which])


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
        self._risen: dict[tuple[int, Site], tuple[Ints, Floats]] = {}

    def rows_of(self, numbers: Ints) -> Ints:
        """Rows (k,) of catalogue numbers (k,); KeyError for one that is not in it."""
        return np.array([self._row_of[number] for number in numbers.tolist()], dtype=np.int64)

    def name_of(self, number: int) -> str:
        """The name of a catalogue number, as the catalogue has it."""
        return self.catalogue.names[self._row_of[number]]

    def along_sigma_m(self, tai_ns: int, rows: Ints) -> Floats:
        """One sigma (k,) along the track, metres: from the age of the elements, before or after their epoch."""
        age_days = np.abs(tai_ns - self.catalogue.epoch_tai_ns[rows]) / (NS_PER_S * S_PER_DAY)
        worth = self.errors
        braked = worth.braking_share * self._braking[rows] * age_days**2
        return np.asarray(np.sqrt(worth.along_m**2 + (worth.along_m_per_day * age_days) ** 2 + braked**2))

    def covariance(self, tai_ns: int, rows: Ints, x: Floats) -> Floats:
        """Covariances (k, 6, 6) of what the elements of these rows say at a time, given the states (k, 6) they say."""
        return covariance(x, self._late_sigma_s(tai_ns, rows), self.errors)

    def above(self, site: Site, tai_ns: int) -> Above:
        """What a site may see at a time: catalogued objects above its horizon, or nearly, that are known well."""
        minute = tai_ns // (ARC_S * NS_PER_S)
        if (minute, site) not in self._risen:
            while len(self._risen) >= _SITES_KEPT:
                del self._risen[next(iter(self._risen))]
            self._risen[minute, site] = self._may_rise(minute, site)
        rows, along_m = self._risen[minute, site]
        return Above(rows, self.arcs.at(tai_ns, rows), along_m)

    def pairs(self, plots: Admitted, settings: Settings) -> Pairs:
        """All pairs of a scan's plots and catalogued objects that may be one."""
        sky, gamma = self.above(plots.site, plots.time_tai_ns), threshold(settings.gate_probability)
        row, plot = self._near(plots.site, sky, plots.z, plots.sigma, gamma)
        seen, of = np.unique(row, return_inverse=True)
        x, P = sky.x[seen], self.covariance(plots.time_tai_ns, sky.rows[seen], sky.x[seen])
        off, S, PH = _innovations(plots.site, x, P, of, plots.z[plot], plots.sigma[plot])
        solved = np.linalg.solve(S, np.concatenate([off[..., None], PH.mT], axis=-1))
        nis = np.einsum("pi,pi->p", off, solved[..., 0])
        gain = -0.5 * (nis + np.linalg.slogdet(S)[1] + 3 * log(2 * pi)) - _log_missed(settings)
        after = x[of] + np.einsum("pij,pj->pi", PH, solved[..., 0])
        P_after = P[of] - PH @ solved[..., 1:]
        return Pairs(sky.rows[row], plot, gain, nis, after, (P_after + P_after.mT) / 2)[nis <= gamma]

    def _near(self, site: Site, sky: Above, z: Floats, sigma: Floats, gamma: float) -> tuple[Ints, Ints]:
        """Pairs of objects and plots that agree in range, azimuth and elevation each alone, in the order of objects.

        A necessary look by the largest of an object's errors, before any covariance is made. Plots come by range.
        """
        if not len(z):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        expected = predict(site, sky.x[:, :3])
        largest = np.hypot(sky.along_m, 2 * self.errors.radial_m + self.errors.across_m)
        width = np.sqrt(gamma * (largest**2 + sigma[:, 0].max() ** 2))
        first = np.searchsorted(z[:, 0], expected[:, 0] - width)
        many = np.searchsorted(z[:, 0], expected[:, 0] + width, side="right") - first
        ends = np.searchsorted(np.cumsum(many), np.arange(_PAIRS_AT_ONCE, many.sum(), _PAIRS_AT_ONCE))
        rows, found = [], []
        for some in np.split(np.arange(len(expected)), ends):
            row = np.repeat(some, many[some])
            plot = np.arange(len(row)) - np.repeat(np.cumsum(many[some]) - many[some], many[some]) + first[row]
            angle = (largest / expected[:, 0])[row]
            cosine = np.maximum(np.cos(expected[row, 2]), _LEAST_COSINE)
            error = np.column_stack([largest[row], angle / cosine, angle])
            near = (residual(z[plot], expected[row]) ** 2 <= gamma * (error**2 + sigma[plot] ** 2)).all(axis=1)
            rows.append(row[near])
            found.append(plot[near])
        return np.concatenate(rows), np.concatenate(found)

    def alike(self, x: Floats, P: Floats, site: Site, tai_ns: int) -> tuple[Ints, Ints]:
        """Pairs of states (k, 6) and rows of the catalogue that are worth a closer look, in the order of states."""
        minute = tai_ns // (ARC_S * NS_PER_S)
        old, sky = self._old(minute), self.above(site, tai_ns)
        rows = np.concatenate([sky.rows[sky.along_m <= self.errors.placed_within_m], old])
        k, of = (both.ravel() for both in np.meshgrid(np.arange(len(x)), np.arange(len(rows)), indexing="ij"))
        there = self.arcs.at(tai_ns, rows)
        spread = np.sqrt(np.trace(P[:, :3, :3], axis1=1, axis2=2))
        placed = of < len(rows) - len(old)
        reach = 5 * (spread[k] + np.where(placed, self.along_sigma_m(tai_ns, rows)[of], self.errors.across_m))
        near = np.linalg.norm(x[k, :3] - there[of, :3], axis=1) < reach
        near[~placed] = lies_near(there[of[~placed]], x[k[~placed]], reach[~placed])
        return k[near], rows[of[near]]

    def away(self, x: Floats, P: Floats, rows: Ints, tai_ns: int) -> Floats:
        """Squared Mahalanobis distances (k,) of states (k, 6) from those of rows (k,); of old ones, from their orbits.

        An old one may be as far along its orbit as its age explains, and no farther.
        """
        there, late_s = self.arcs.at(tai_ns, rows), self._late_sigma_s(tai_ns, rows)
        old = self.along_sigma_m(tai_ns, rows) > self.errors.placed_within_m
        there[old] = nearest(there[old], x[old], _ALONG_SIGMAS * late_s[old])
        late_s[old] = _FREE_S
        off, S = x - there, P + covariance(there, late_s, self.errors)
        found = np.full(len(x), np.inf)
        sound = np.isfinite(off).all(axis=1)
        found[sound] = np.einsum("ki,ki->k", off[sound], np.linalg.solve(S[sound], off[sound, :, None])[..., 0])
        return found

    def _old(self, minute: int) -> Ints:
        """Rows whose elements say on which orbit an object is, and not where."""
        everyone = np.arange(len(self.catalogue))
        along = self.along_sigma_m(minute * ARC_S * NS_PER_S, everyone)
        there = np.isfinite(self.arcs.end(minute)[:, 0] + self.arcs.end(minute + 1)[:, 0])
        return np.flatnonzero(there & (along > self.errors.placed_within_m) & (along < GREATEST_ALONG_M))

    def _late_sigma_s(self, tai_ns: int, rows: Ints) -> Floats:
        return np.asarray(self.along_sigma_m(tai_ns, rows) / (self._motion[rows] * self._axis_m[rows]))

    def _may_rise(self, minute: int, site: Site) -> tuple[Ints, Floats]:
        """Rows that may be above the horizon in a minute and are known well, and their sigmas along the track."""
        near = np.zeros(len(self.catalogue), dtype=bool)
        for end in (minute, minute + 1):
            place = east_north_up(site, self.arcs.end(end)[:, :3])
            near |= place[:, 2] > _SINE_BELOW_HORIZON * np.linalg.norm(place, axis=1)
        tai_ns = minute * ARC_S * NS_PER_S
        rows = np.flatnonzero(near)
        along_m = self.along_sigma_m(tai_ns, rows)
        sound = np.isfinite(self.arcs.at(tai_ns + 1, rows)).all(axis=1) & (along_m <= self.errors.most_along_m)
        return rows[sound], along_m[sound]


def _log_missed(settings: Settings) -> float:
    """Log density of "the object was missed, and the plot is something else", as `gate.belief` has it."""
    missed = (1 - settings.detection_probability) / settings.detection_probability
    return log(settings.extraneous_plots_per_m_rad2 * missed)


def covariance(x: Floats, late_s: Floats, errors: ElementErrors) -> Floats:
    """Covariances (k, 6, 6) of Earth-fixed states (k, 6): late on the orbit by a sigma late_s (k,), and off beside it.

    A satellite that is late is elsewhere on the same orbit: place and velocity are wrong together, by the velocity and
    the acceleration as a star sees them. What is off radially or across swings once in a turn. That an orbit bends away
    from its tangent counts as a radial error, of the variance of the square of how late it is.
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
    bent = (np.linalg.norm(v, axis=1) * late_s) ** 2 / distance[:, 0] / 2**0.5
    P[:, :3, :3] += bent[:, None, None] ** 2 * np.einsum("ki,kj->kij", axes[..., 0], axes[..., 0])
    P[:, 3:, 3:] += (rate * bent)[:, None, None] ** 2 * np.einsum("ki,kj->kij", axes[..., 1], axes[..., 1])
    P[:, :3, :3] += (axes * beside**2) @ axes.mT
    P[:, 3:, 3:] += rate[:, None, None] ** 2 * ((axes * beside[[1, 0, 2]] ** 2) @ axes.mT)
    return np.asarray(P)


def _innovations(
    site: Site, x: Floats, P: Floats, row: Ints, z: Floats, sigma: Floats
) -> tuple[Floats, Floats, Floats]:
    """Innovations (p, 3) of pairs, their covariances, and covariances (p, 6, 3) of state and measurement."""
    H = jacobian(site, x[:, :3])
    PH = (P[:, :, :3] @ H.mT)[row]
    S = H[row] @ PH[:, :3]
    S[:, range(3), range(3)] += sigma**2
    return residual(z, predict(site, x[:, :3])[row]), S, PH
