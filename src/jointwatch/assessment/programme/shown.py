"""What each test showed: how far, how high, of which class, and how far the same flight might have gone instead.

A lofted test shows less range than it could have had. Its least-energy equivalent is bounded by `flight.reach`: the
same energy at burnout is at least what it could do, the same effort of the boost at most. A test of which only the
apogee is known could at least have gone as far as the energy of standing still up there suffices for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.assessment.range_class import range_class
from jointwatch.earth.arrays import Bools, Floats
from jointwatch.flight import reach
from jointwatch.flight.burnout import minimum_energy
from jointwatch.flight.reconstruction import reconstruct

LOFTED = 1.3  # apogee over that of least energy for the distance


@dataclass(frozen=True, eq=False)
class Shown:
    """What n tests showed; NaN where it was not published.

    flown_m: over the ground; apogee_m: the highest point; flight_time_s: of the reconstructed arc, and its bounds by
    the rounding of the figures, the spread of boosts and the air.
    at_least_m, at_most_m: bounds of the range that could have been had from the flight; both the distance where no
    apogee is known (taken for a flight of least energy) and where the figures are not ballistic; at most is infinite
    where only an apogee is known.
    loft: apogee over that of least energy; lofted: more than 1.3.
    why: what speaks against the figures, a sentence for each test, mostly empty.
    """

    flown_m: Floats
    apogee_m: Floats
    flight_time_s: Floats
    flight_time_low_s: Floats
    flight_time_high_s: Floats
    at_least_m: Floats
    at_most_m: Floats
    loft: Floats
    lofted: Bools
    why: tuple[str, ...]


def shown(
    distance_m: ArrayLike,
    apogee_m: ArrayLike = np.nan,
    *,
    latitude_rad: ArrayLike,
    longitude_rad: ArrayLike,
    bearing_rad: ArrayLike = np.nan,
) -> Shown:
    """Return what tests showed, from their published figures, which broadcast to (n); NaN where one is not known.

    >>> tests = shown(  # the Hwasong-12 of 14 May 2017, and one of least energy
    ...     [787e3, 2000e3], [2111.5e3, np.nan], latitude_rad=np.deg2rad(40.0), longitude_rad=np.deg2rad(125.2))
    >>> classes(tests.flown_m), classes(tests.at_least_m), classes(tests.at_most_m)
    (['SRBM', 'MRBM'], ['IRBM', 'MRBM'], ['IRBM', 'MRBM'])
    """
    figures = np.broadcast_arrays(distance_m, apogee_m, latitude_rad, longitude_rad, bearing_rad)
    flown, apogee, latitude, longitude, bearing = (np.array(f, dtype=np.float64).ravel() for f in figures)
    both = np.flatnonzero(np.isfinite(flown) & np.isfinite(apogee))
    flights = reconstruct(
        flown[both], apogee[both], latitude_rad=latitude[both], longitude_rad=longitude[both], bearing_rad=bearing[both]
    )
    usable = flights.ballistic
    time, low, high, loft = np.full((4, len(flown)), np.nan)
    for column, found in (
        (time, flights.flight_time_s),
        (low, flights.flight_time_low_s),
        (high, flights.flight_time_high_s),
    ):
        column[both] = np.where(usable, found, np.nan)
    known = minimum_energy(flown[both])[2]
    loft[both] = apogee[both] / known
    least, most = _without_both(flown, apogee)
    least[both] = np.where(usable, np.fmax(flights.reach_at_energy_m, flown[both]), flown[both])
    most[both] = np.where(usable, np.fmax(flights.reach_at_effort_m, least[both]), flown[both])
    why = [""] * len(flown)
    for place, test in enumerate(both):
        why[test] = flights.why(place)
    return Shown(flown, apogee, time, low, high, least, most, loft, loft > LOFTED, tuple(why))


def classes(range_m: ArrayLike) -> list[str]:
    """Return the names of the range classes (n) of ranges; "-" where one is not known."""
    return [range_class(None if np.isnan(each) else each) for each in np.asarray(range_m, dtype=np.float64)]


def _without_both(flown: Floats, apogee: Floats) -> tuple[Floats, Floats]:
    """Bounds of the range for tests of which distance or apogee is not known."""
    up_only = np.isnan(flown) & np.isfinite(apogee)
    stood = np.full_like(flown, np.nan)
    stood[up_only] = reach.at_energy(apogee[up_only], 0.0)
    return np.where(up_only, stood, flown), np.where(up_only, np.inf, flown)
