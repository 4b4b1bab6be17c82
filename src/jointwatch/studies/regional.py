"""What radars see of whole classes of flights out of whole regions: shares, first detections, gaps, hand-overs.

The unit is the class and the region named in the public debate; nothing finer is told, and nothing is put in an order
of how much is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from jointwatch.catalogue.regions import Region
from jointwatch.earth.arrays import Floats
from jointwatch.sensors.cumulative import HandOvers, Watched, watch
from jointwatch.sensors.maps import CoverageMap, coverage_map
from jointwatch.sensors.radar import Radar
from jointwatch.studies.bundle import bundle, positions
from jointwatch.studies.vehicles import vehicle_class

STEP_S = 5.0
FLIGHTS = 500
_ACROSS = 24  # places along each side of a region


@dataclass(frozen=True, eq=False)
class RegionalFlights:
    """What m radars make of the flights of one class out of one region, in the radars' order.

    detected (m,), detected_by_any: share of the flights that is detected, the mean of their cumulative probabilities.
    first_s (m,), first_by_any_s: median of the seconds after launch at which detection has probability one half, among
    flights for which it gets there; NaN where none does.
    held_s (m,): mean of the seconds in which one look detects with probability one half.
    with_gap: share of the flights with a gap; longest_gap_s: the longest of all, seconds.
    """

    vehicle: str
    region: str
    flights: int
    rcs_m2: tuple[float, ...]
    detected: Floats
    detected_by_any: float
    first_s: Floats
    first_by_any_s: float
    held_s: Floats
    with_gap: float
    longest_gap_s: float
    hand_overs: HandOvers


def flights_from(
    radars: Sequence[Radar],
    vehicle: str,
    region: Region,
    *,
    rcs_m2: float | None = None,
    count: int = FLIGHTS,
    done: Callable[[int], object] = lambda arcs: None,
) -> RegionalFlights:
    """What the radars make of the flights of a class of the catalogue out of a region; all faces look, whenever built.

    rcs_m2: one mean cross-section for all; None for the class's own in each radar's band.
    """
    values = vehicle_class(vehicle)
    missing = {radar.band for radar in radars} - set(values.rcs_m2) if rcs_m2 is None else set()
    if missing:
        raise ValueError(f"{vehicle}: the class has no cross-section in band {', '.join(sorted(missing))}; give one")
    sections = tuple(rcs_m2 if rcs_m2 is not None else values.rcs_m2[radar.band] for radar in radars)
    flights = bundle(values, region, count)

    def where(part: slice) -> Floats:
        return positions(flights, part, step_s=STEP_S, beta_kg_m2=values.beta_kg_m2)

    seen = watch(radars, where, count, step_s=STEP_S, rcs_m2=sections, done=done)
    return _as_a_whole(seen, vehicle, region.name, sections)


def shares(radars: Sequence[Radar], regions: Sequence[Region], *, altitude_m: float, rcs_m2: float) -> Floats:
    """Share (m + 1, regions) of each region's area over which each radar, and last any, sees an object at a height."""
    every = [_spread(region) for region in regions]
    latitude, longitude = (np.concatenate([places[i] for places in every]) for i in (0, 1))
    seen = coverage_map(radars, latitude, longitude, altitude_m=altitude_m, rcs_m2=rcs_m2)
    rows = np.concatenate([seen.seen, seen.together[None]]).reshape(len(radars) + 1, len(regions), -1)
    return np.asarray(rows.mean(axis=-1))


def over_places(
    radars: Sequence[Radar], places: Sequence[tuple[float, float]], *, altitude_m: float, rcs_m2: float
) -> CoverageMap:
    """What the radars see over named places, (latitude, longitude) in radians."""
    latitude, longitude = np.array(places).reshape(-1, 2).T
    return coverage_map(radars, latitude, longitude, altitude_m=altitude_m, rcs_m2=rcs_m2)


def _spread(region: Region) -> tuple[Floats, Floats]:
    """Latitudes and longitudes of points that stand for equal parts of a region's area."""
    middle = (np.arange(_ACROSS) + 0.5) / _ACROSS
    south, north = np.sin([region.south_rad, region.north_rad])
    latitude, longitude = np.meshgrid(
        np.arcsin(south + middle * (north - south)), region.west_rad + middle * region.wide_rad
    )
    return latitude.ravel(), longitude.ravel()


def _as_a_whole(seen: Watched, vehicle: str, region: str, rcs_m2: tuple[float, ...]) -> RegionalFlights:
    return RegionalFlights(
        vehicle,
        region,
        len(seen),
        rcs_m2,
        detected=seen.probability.mean(axis=1),
        detected_by_any=float(seen.by_any.mean()),
        first_s=np.array([_median(row) for row in seen.first_s]),
        first_by_any_s=_median(seen.first_by_any_s),
        held_s=seen.held_s.mean(axis=1),
        with_gap=float((seen.gap_s > 0).mean()),
        longest_gap_s=float(seen.longest_gap_s.max(initial=0.0)),
        hand_overs=seen.hand_overs,
    )


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")
