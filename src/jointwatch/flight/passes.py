"""When the satellites of a catalogue pass through what a site can look at: rise, culmination and set.

1. States on a grid of at most two minutes by SGP4, turned to east, north and up of the site.
2. Between two grid times the path is Hermite's cubic: off by 8 m in the lowest orbits, by 30 m where a transfer orbit
   meets the air (measured on whole catalogues): below 5 ms of a crossing, and far below what mean elements are worth.
3. Steps in which an object cannot come above the horizon or into range, by a bound on its acceleration, are dropped.
4. The others are looked at every few seconds; every entry and exit found is bisected, every culmination enclosed.

An object that comes in and leaves again between two looks, within `SHORTEST_S`, can be missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, pi, sin

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.frames import ecef_from_teme
from jointwatch.earth.states import Teme
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight.satellites import Catalogue, ephemeris
from jointwatch.flight.view import View, in_view

STEP_S = 120.0
SHORTEST_S = 10.0
_BISECTIONS = 12  # of SHORTEST_S: 2.4 ms
_SECTIONS = 18  # of twice SHORTEST_S by the golden ratio: 3.5 ms
_GOLDEN = (5**0.5 - 1) / 2
# No satellite is accelerated more, seen from the turning Earth: gravity at the ground 9.8, Coriolis 2 x 7.3e-5 x 11,000
_ACCELERATION_M_S2 = 12.0
_STATES_AT_ONCE = 250_000  # 12 MB, and 13 looks at each in the worst case


@dataclass(frozen=True, eq=False)
class Passes:
    """Passes (p) by object and then by time; object: rows of the catalogue.

    rise, culmination, setting (p, 3): azimuth and elevation, radians, and range, metres, at the three times, which are
    nanoseconds of TAI. Culmination is the greatest elevation within the pass.
    rise_seen, set_seen (p,): false where the pass was on at the beginning or still at the end of the time asked for, or
    the elements failed; its rise or set is then that end. Neither seen: the object was in view all the time.
    failed: the objects whose elements failed at some time asked for, and why.
    """

    object: Ints
    rise_tai_ns: Ints
    culmination_tai_ns: Ints
    set_tai_ns: Ints
    rise: Floats
    culmination: Floats
    setting: Floats
    rise_seen: Bools
    set_seen: Bools
    failed: dict[int, str]

    def __len__(self) -> int:
        return len(self.object)

    @property
    def always(self) -> Ints:
        """Objects in view from the beginning to the end, as those over the equator that turn with the Earth are."""
        return self.object[~self.rise_seen & ~self.set_seen]


def passes(catalogue: Catalogue, view: View, *, from_tai_ns: int, until_tai_ns: int) -> Passes:
    """Every pass of a catalogue through a view between two times, nanoseconds of TAI.

    >>> from jointwatch.earth.timescale import tai_ns_from_utc, utc_from_tai_ns
    >>> from jointwatch.flight.satellites import catalogue_of
    >>> from jointwatch.flight.view import View
    >>> from jointwatch.formats.tle import read_tle
    >>> catalogue = catalogue_of(read_tle('''1 00005U 58002B   20287.20333880 -.00000016  00000-0 -22483-4 0  9998
    ... 2 00005  34.2443 225.5254 1845686 162.2516 205.2356 10.84869164218149''').elements)
    >>> gabala = View(np.radians(40.87), np.radians(47.80), 680.0, elevation_min_rad=np.radians(2.0))
    >>> start = tai_ns_from_utc("2020-10-14T00:00:00Z")
    >>> found = passes(catalogue, gabala, from_tai_ns=start, until_tai_ns=start + 24 * 3600 * NS_PER_S)
    >>> utc_from_tai_ns(found.rise_tai_ns[0]), round(float(np.degrees(found.culmination[0, 1])), 1), len(found)
    ('2020-10-14T09:27:39Z', 16.9, 5)
    """
    if not until_tai_ns > from_tai_ns:
        raise ValueError(f"until_tai_ns must be after from_tai_ns, got {until_tai_ns} and {from_tai_ns}")
    span_s = (until_tai_ns - from_tai_ns) / NS_PER_S
    times_s = np.linspace(0.0, span_s, int(np.ceil(span_s / STEP_S)) + 1)
    grid_ns = from_tai_ns + _nanoseconds(times_s)
    turns = _enu_from_teme(view, grid_ns)
    parts: list[_Runs] = []
    failed: dict[int, str] = {}
    size = max(1, _STATES_AT_ONCE // len(times_s))
    for first in range(0, len(catalogue), size):
        found = ephemeris(catalogue[first : first + size], grid_ns)
        failed |= {first + row: reason for row, reason in found.failures.reasons().items()}
        paths = _Paths(_seen_from(view, found.pos_vel, turns), times_s)
        parts.append(_of_block(paths, view, first))
    return _joined(parts, from_tai_ns, failed)


@dataclass(frozen=True, eq=False)
class _Paths:
    """Paths of n objects, east, north and up of the site: states (n, m, 6) at times (m,) evenly apart, and between."""

    enu: Floats
    times_s: Floats

    @property
    def step_s(self) -> float:
        return float(self.times_s[1] - self.times_s[0])

    def cubic(self, row: Ints, k: Ints) -> Floats:
        """Coefficients (4, p, 3) of the k-th pieces, the highest first, for a parameter from 0 to 1."""
        before, after = self.enu[row, k], self.enu[row, k + 1]
        p, q, v, w = before[:, :3], after[:, :3], before[:, 3:] * self.step_s, after[:, 3:] * self.step_s
        return np.stack([2 * (p - q) + v + w, 3 * (q - p) - 2 * v - w, v, p])

    def at(self, row: Ints, time_s: Floats) -> Floats:
        """Positions (p, 3), one for each row and time."""
        k = np.clip((time_s / self.step_s).astype(np.int64), 0, len(self.times_s) - 2)
        s = ((time_s - self.times_s[k]) / self.step_s)[:, None]
        c = self.cubic(row, k)
        return np.asarray(((c[0] * s + c[1]) * s + c[2]) * s + c[3])


@dataclass(frozen=True, eq=False)
class _Runs:
    """Stays in view (p) of a block: rows, times and what was seen."""

    row: Ints
    time_s: Floats  # (p, 3): rise, culmination, set
    seen: Floats  # (p, 3, 3): azimuth, elevation, range at those
    open_start: Bools
    open_end: Bools


def _enu_from_teme(view: View, grid_ns: Ints) -> Floats:
    """Matrices (m, 6, 6) that turn TEME states, as rows, to the axes of the site; its place is not yet subtracted.

    The way from TEME to the Earth's axes is linear in a state: it is taken from the six unit states.
    """
    m = len(grid_ns)
    fixed = ecef_from_teme(Teme(np.tile(np.eye(6), (m, 1))), np.repeat(grid_ns, 6)).pos_vel.reshape(m, 6, 2, 3)
    return np.asarray((fixed @ enu_basis(view.latitude_rad, view.longitude_rad).T).reshape(m, 6, 6))


def _seen_from(view: View, teme: Floats, turns: Floats) -> Floats:
    enu: Floats = np.matmul(teme.transpose(1, 0, 2), turns).transpose(1, 0, 2)
    site = ecef_from_geodetic(view.latitude_rad, view.longitude_rad, view.height_m)
    enu[..., :3] -= enu_basis(view.latitude_rad, view.longitude_rad) @ site
    return enu


def _possible(paths: _Paths, view: View) -> Bools:
    """Steps (n, m - 1) in which an object may be in view.

    In view means up >= range x sine of the least elevation. A function whose second derivative is at least -a lies
    at most a h^2 / 8 above its chord; `up` is one, and so is the range.
    """
    h = paths.step_s
    below = max(0.0, -sin(view.lowest_rad))
    reach = np.linalg.norm(paths.enu[..., :3], axis=-1)
    height = paths.enu[..., 2] + below * reach
    bump = _ACCELERATION_M_S2 * (1 + below) * h**2 / 8
    with np.errstate(invalid="ignore"):
        above = np.maximum(height[:, :-1], height[:, 1:]) + bump >= 0
        if isfinite(view.range_max_m):
            speed = np.linalg.norm(paths.enu[..., 3:], axis=-1)
            fastest = np.maximum(speed[:, :-1], speed[:, 1:]) + _ACCELERATION_M_S2 * h / 2
            above &= np.minimum(reach[:, :-1], reach[:, 1:]) - fastest * h / 2 <= view.range_max_m
    return np.asarray(above)


def _of_block(paths: _Paths, view: View, first: int) -> _Runs:
    row, k = np.nonzero(_possible(paths, view))
    s = np.linspace(0.0, 1.0, int(np.ceil(paths.step_s / SHORTEST_S)) + 1)[:, None]
    c = paths.cubic(row, k)[:, :, None]
    enu = ((c[0] * s + c[1]) * s + c[2]) * s + c[3]
    visible = in_view(enu, view)
    follows = np.zeros(len(row), dtype=bool)  # the step before is looked at too
    follows[1:] = (row[1:] == row[:-1]) & (k[1:] == k[:-1] + 1)
    precedes = np.append(follows[1:], False)[: len(row)]
    # one time, two cubics: their last digits must not make or lose a pass
    visible[precedes, -1] = visible[np.flatnonzero(precedes) + 1, 0]
    starts, ends = visible.copy(), visible.copy()
    starts[:, 1:] &= ~visible[:, :-1]
    starts[:, 0] &= ~follows
    ends[:, :-1] &= ~visible[:, 1:]
    ends[:, -1] &= ~precedes
    times_s = paths.times_s[k][:, None] + s[:, 0] * paths.step_s
    start, end = np.nonzero(starts), np.nonzero(ends)
    rows, open_start, open_end = row[start[0]], start[1] == 0, end[1] == len(s) - 1
    apart = float(s[1, 0]) * paths.step_s
    rise_s, set_s = times_s[start], times_s[end]
    rise_s = np.where(open_start, rise_s, _edge(paths, view, rows, rise_s - apart, rise_s))
    set_s = np.where(open_end, set_s, _edge(paths, view, rows, set_s + apart, set_s))
    about_s = _highest(enu, times_s, visible, starts)
    top_s = _culmination(paths, rows, np.maximum(about_s - apart, rise_s), np.minimum(about_s + apart, set_s))
    time_s = np.stack([rise_s, top_s, set_s], axis=-1)
    seen = np.stack([_azimuth_elevation_range(paths.at(rows, time_s[:, i])) for i in range(3)], axis=1)
    return _Runs(rows + first, time_s, seen, open_start, open_end)


def _edge(paths: _Paths, view: View, row: Ints, outside_s: Floats, inside_s: Floats) -> Floats:
    """The times nearest to `outside_s` at which each object is in view, to 2.4 ms."""
    for _ in range(_BISECTIONS):
        middle = (outside_s + inside_s) / 2
        seen = in_view(paths.at(row, middle), view)
        inside_s, outside_s = np.where(seen, middle, inside_s), np.where(seen, outside_s, middle)
    return inside_s


def _highest(enu: Floats, times_s: Floats, visible: Bools, starts: Bools) -> Floats:
    """The time of the highest look of each stay."""
    if not visible.any():
        return np.empty(0)
    first = np.flatnonzero(starts[visible])
    sine = (enu[..., 2] / np.sqrt(np.einsum("...i,...i", enu, enu)))[visible]
    stay = np.cumsum(starts[visible]) - 1
    tops = np.flatnonzero(sine == np.maximum.reduceat(sine, first)[stay])
    return np.asarray(times_s[visible][tops[np.searchsorted(stay[tops], np.arange(len(first)))]])


def _culmination(paths: _Paths, row: Ints, low_s: Floats, high_s: Floats) -> Floats:
    """The times of greatest elevation from one time to another, by golden sections; the ends count too."""
    ends_s = np.stack([low_s, high_s])

    def sine(time_s: Floats) -> Floats:
        enu = paths.at(row, time_s)
        return np.asarray(enu[:, 2] / np.linalg.norm(enu, axis=-1))

    left, right = high_s - _GOLDEN * (high_s - low_s), low_s + _GOLDEN * (high_s - low_s)
    at_left, at_right = sine(left), sine(right)
    for _ in range(_SECTIONS):
        lower = at_left > at_right  # the top is in the lower part
        low_s, high_s = np.where(lower, low_s, left), np.where(lower, right, high_s)
        new = np.where(lower, high_s - _GOLDEN * (high_s - low_s), low_s + _GOLDEN * (high_s - low_s))
        at_new = sine(new)
        left, right = np.where(lower, new, right), np.where(lower, left, new)
        at_left, at_right = np.where(lower, at_new, at_right), np.where(lower, at_left, at_new)
    candidates_s = np.stack([(low_s + high_s) / 2, *ends_s])
    best = np.argmax([sine(each) for each in candidates_s], axis=0)
    return np.asarray(candidates_s[best, np.arange(len(row))])


def _azimuth_elevation_range(enu: Floats) -> Floats:
    east, north, up = enu.T
    level = np.hypot(east, north)
    return np.stack([np.mod(np.arctan2(east, north), 2 * pi), np.arctan2(up, level), np.hypot(level, up)], axis=-1)


def _nanoseconds(time_s: Floats) -> Ints:
    return np.asarray(np.rint(time_s * NS_PER_S).astype(np.int64))


def _joined(parts: list[_Runs], from_tai_ns: int, failed: dict[int, str]) -> Passes:
    def all_of(name: str, *shape: int) -> Floats:
        return np.concatenate([np.empty((0, *shape)), *(getattr(part, name) for part in parts)])

    time_ns = from_tai_ns + _nanoseconds(all_of("time_s", 3))
    seen = all_of("seen", 3, 3)
    return Passes(
        object=all_of("row").astype(np.int64),
        rise_tai_ns=time_ns[:, 0],
        culmination_tai_ns=time_ns[:, 1],
        set_tai_ns=time_ns[:, 2],
        rise=seen[:, 0],
        culmination=seen[:, 1],
        setting=seen[:, 2],
        rise_seen=~all_of("open_start").astype(bool),
        set_seen=~all_of("open_end").astype(bool),
        failed=failed,
    )
