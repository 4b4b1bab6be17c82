"""Which plots were of which object, decided by nearness to the truth, and why a radar had nothing when it had nothing.

A plot carries no name, and false plots lie among the true ones. With the truth at hand a plot is of an object when it
lies within five sigmas of where the object was; a false plot does so by chance once in thousands of runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.optimize import linear_sum_assignment

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.sensors.bias import biased
from jointwatch.sensors.coverage import in_sector, why_not
from jointwatch.sensors.measurement import Plots, predict, residual
from jointwatch.sensors.sight import in_sight
from jointwatch.studies.architecture import Deployed
from jointwatch.studies.course import positions_at
from jointwatch.studies.feed import Scanned
from jointwatch.studies.truth import Flown

GATE_SIGMAS = 5.0
STEP_S = 1.0


@dataclass(frozen=True, eq=False)
class Sighting:
    """What one radar had of one object: its plots (k,) with their sigmas (k, 3), when it could look, and what hindered.

    visible: intervals, TAI ns, in which the object was inside the field of regard of an array that looked.
    """

    radar: str
    feeds: str
    plot_tai_ns: Ints
    sigma: Floats  # metres, radians, radians
    visible: tuple[tuple[int, int], ...]
    why: str


def sightings(
    flown: Sequence[Flown], deployed: Sequence[Deployed], scans: Sequence[Scanned], until_tai_ns: int
) -> list[tuple[Sighting, ...]]:
    """Return, for each flight, what each radar had of it up to a time."""
    if not flown:
        return []
    found = {d.radar.name: _own_plots(flown, d, [s for s in scans if s.radar == d.radar.name]) for d in deployed}
    return [
        tuple(_sighting(item, d, *found[d.radar.name][index], until_tai_ns) for d in deployed)
        for index, item in enumerate(flown)
    ]


def true_plots(plots: Plots, truth_ecef_m: Floats, seen_as: Callable[[Floats], Floats] = lambda z: z) -> Ints:
    """Return which plot is of each object (n, 3), or -1: together the nearest in sigmas, none taken twice.

    truth_ecef_m: true positions at the time of the scan; NaN rows are not aloft. seen_as: what true rows of range,
    azimuth and elevation become through the radar's bias.
    """
    found = np.full(len(truth_ecef_m), -1, dtype=np.int64)
    if not len(plots) or not len(truth_ecef_m):
        return found
    predicted = seen_as(predict(plots.site, np.nan_to_num(truth_ecef_m)))
    off = residual(plots.z[None, :, :], predicted[:, None, :]) / plots.sigma[None, :, :]
    squared = np.minimum(np.where(np.isfinite(truth_ecef_m[:, :1]), (off**2).sum(axis=-1), np.inf), 1e6)
    for row, column in zip(*linear_sum_assignment(squared), strict=True):
        if squared[row, column] <= GATE_SIGMAS**2:
            found[row] = column
    return found


def _own_plots(flown: Sequence[Flown], d: Deployed, scans: Sequence[Scanned]) -> list[tuple[Ints, Floats]]:
    """Return, for each flight, times and sigmas of one radar's plots of it."""
    times = np.array([scan.time_tai_ns for scan in scans], dtype=np.int64)
    truth = np.stack([positions_at(item, times) for item in flown], axis=1)
    seen_as = [partial(biased, d.radar, bias=scan.bias, medium=d.medium) for scan in scans]
    rows = [true_plots(scan.plots, truth[i], seen_as[i]) for i, scan in enumerate(scans)]
    which = np.array(rows).reshape(-1, len(flown))
    return [_of_one(times, scans, which[:, index]) for index in range(len(flown))]


def _of_one(times: Ints, scans: Sequence[Scanned], which: Ints) -> tuple[Ints, Floats]:
    rows = [int(row) for row in np.flatnonzero(which >= 0)]
    return times[rows], np.array([scans[row].plots.sigma[which[row]] for row in rows]).reshape(-1, 3)


def _sighting(flown: Flown, deployed: Deployed, times: Ints, sigma: Floats, until_tai_ns: int) -> Sighting:
    at, states = flown.samples(STEP_S, until_tai_ns)
    visible = in_sight(deployed.radar, deployed.faces, states.r_m, deployed.medium.air)
    spans = _runs(visible)
    rcs_m2 = flown.rcs_m2[deployed.radar.band]
    return Sighting(
        radar=deployed.radar.name,
        feeds=deployed.feeds,
        plot_tai_ns=times,
        sigma=sigma,
        visible=tuple((int(at[first]), int(at[last])) for first, last in spans),
        why=_why(deployed, rcs_m2, at, states.r_m, spans, seen=len(times) > 0),
    )


def _runs(visible: Bools) -> list[tuple[int, int]]:
    """Return first and last index of each unbroken run of True.

    >>> _runs(np.array([False, True, True, False, True]))
    [(1, 2), (4, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], visible, [False]]).astype(np.int8)))
    return [(int(first), int(after) - 1) for first, after in zip(edges[::2], edges[1::2], strict=True)]


def _why(
    deployed: Deployed, rcs_m2: float, at: Ints, r_ecef_m: Floats, spans: list[tuple[int, int]], *, seen: bool
) -> str:
    """Return what hindered the radar: all the time, or what began and ended its sight; empty where nothing did."""
    if not len(at):
        return ""
    if not spans:
        best = _best_moment(deployed, r_ecef_m)
        said = _hindrance(deployed, int(at[best]), r_ecef_m[best])
        return f"{said[:1].upper()}{said[1:]}" if not deployed.faces else f"At best, {_clock(at[best])}: {said}"
    if not seen:
        return _never_strong_enough(deployed, rcs_m2, at, r_ecef_m, spans)
    (first, _), (_, last) = spans[0], spans[-1]
    began = _edge(deployed, at, r_ecef_m, inside=first, outside=first - 1) if first > 0 else ""
    ended = _edge(deployed, at, r_ecef_m, inside=last, outside=last + 1) if last + 1 < len(at) else ""
    parts = [
        f"In view from {_clock(at[first])}{began}" if began else "",
        f"until {_clock(at[last])}{ended}" if ended else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def _edge(deployed: Deployed, at: Ints, r_ecef_m: Floats, *, inside: int, outside: int) -> str:
    """Return which limit the object crossed between two samples next to each other, in brackets, with its height."""
    radar, height_km = deployed.radar, float(geodetic_from_ecef(r_ecef_m[inside])[2]) / 1e3
    r, azimuth, elevation = predict(radar.site, r_ecef_m[[outside]])[0]
    facing = [face for face in deployed.faces if in_sector(face, azimuth)]
    if not facing:
        limit = "the edge of the sector"
    elif not radar.minimum_range_m <= r <= radar.instrumented_range_m:
        limit = f"the range of {r / 1e3:.0f} km, {'nearest' if r < radar.minimum_range_m else 'farthest'} it listens to"
    elif elevation > max(face.elevation_max_rad for face in facing):
        limit = f"the upper limit of {np.degrees(max(face.elevation_max_rad for face in facing)):.3g}° elevation"
    else:
        limit = f"the lower limit of {np.degrees(min(face.elevation_min_rad for face in facing)):.3g}° elevation"
    return f" ({limit}, {height_km:.0f} km up)"


def _never_strong_enough(
    deployed: Deployed, rcs_m2: float, at: Ints, r_ecef_m: Floats, spans: list[tuple[int, int]]
) -> str:
    inside = np.concatenate([np.arange(first, last + 1) for first, last in spans])
    ranges = predict(deployed.radar.site, r_ecef_m[inside])[:, 0]
    near = int(inside[np.argmin(ranges)])
    weak = why_not(deployed.radar, deployed.faces, int(at[near]), r_ecef_m[near], rcs_m2=rcs_m2)
    seconds = len(inside) * STEP_S
    return f"In its field of regard for {seconds:.0f} s, but no look detected it. {_named_off(deployed, weak)}".strip()


def _best_moment(deployed: Deployed, r_ecef_m: Floats) -> int:
    """Return when the object stood highest before the arrays that look, or at all where it was never before them."""
    z = predict(deployed.radar.site, r_ecef_m)
    faced = np.zeros(len(z), dtype=bool)
    for face in deployed.faces:
        faced |= in_sector(face, z[:, 1])
    return int(np.argmax(np.where(faced, z[:, 2], -np.inf) if faced.any() else z[:, 2]))


def _hindrance(deployed: Deployed, tai_ns: int, r_ecef_m: Floats) -> str:
    return _named_off(deployed, why_not(deployed.radar, deployed.faces, tai_ns, r_ecef_m))


def _named_off(deployed: Deployed, sentence: str) -> str:
    """Return the sentence without the radar's id in front: the row it stands in names the radar."""
    return sentence.removeprefix(f"{deployed.radar.name}: ")


def _clock(tai_ns: int) -> str:
    return utc_from_tai_ns(int(tai_ns), digits=0)[11:19]
