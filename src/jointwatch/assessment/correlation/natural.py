"""A light in the sky, reported from outside: a bolide, a launch, or not to be told from what was given.

Two things tell them apart. What climbs was launched: meteoroids only come down. And what comes to the Earth from
outside is bound to nothing: it falls in at escape speed or above, 11.2 km/s before the air, where all that flies from
place to place or decays from a low orbit stays below orbital speed, 7.9 km/s. Both are asked of the velocity as given,
with its error; speeds are taken relative to an Earth that does not turn. Where no velocity is given, nothing is said:
a launch is not made of a flash, and no launch is explained away by one.

A spacecraft that comes back from the Moon or from a long ellipse is as fast as a slow meteoroid, and no rule on speed
tells it from one; those few are announced. [Speeds: two-body orbits, Bate, Mueller and White, 1971, ch. 1]
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, sqrt
from typing import Literal

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import A_M, GM_M3_S2, OMEGA_RAD_S, ecef_from_geodetic
from jointwatch.earth.states import Ecef
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import orbit

SPEED_ERROR = 0.10  # of the speed, one sigma: assumed; compilations of bolides give none
CERTAIN = 3.0  # sigmas by which a speed must exceed every launch's, or a climb be one
USUAL_HEIGHT_M = 34e3  # taken where none is given: half of the brightest points lie below (computed, CNEOS 1988-2014)
HIGHEST_M = 150e3  # above it there is no air for a bolide to shine in (recalled)

Nature = Literal["natural", "launched", "undecided"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Outside:
    """What a report from outside says of a light, where it says it: place, height, velocity or at least speed.

    velocity_m_s: (3,), Earth-fixed. speed_m_s: relative to the Earth. sigma_m_s: one sigma of either, in each axis;
    None: a tenth of the speed, which is assumed.
    """

    latitude_rad: float | None = None
    longitude_rad: float | None = None
    height_m: float | None = None
    velocity_m_s: Floats | None = None
    speed_m_s: float | None = None
    sigma_m_s: float | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a report was of, as far as it says, with the reason in a sentence."""

    nature: Nature
    reason: str


def judged(seen: Outside) -> Seen:
    """Return whether a report is of something natural, of something launched, or does not say.

    >>> down = np.array([-15e3, 0.0, 0.0])
    >>> judged(Outside(latitude_rad=0.0, longitude_rad=0.0, height_m=30e3, velocity_m_s=down)).nature
    'natural'
    >>> judged(Outside(latitude_rad=0.0, longitude_rad=0.0, height_m=30e3, velocity_m_s=-down / 5)).nature
    'launched'
    """
    speed_m_s = _speed_m_s(seen)
    if speed_m_s is None:
        return Seen("undecided", "no velocity was given: a flash alone is neither a launch nor a bolide")
    sigma_m_s = SPEED_ERROR * speed_m_s if seen.sigma_m_s is None else seen.sigma_m_s
    at = f"{speed_m_s / 1e3:.1f} ± {sigma_m_s / 1e3:.1f} km/s"
    faster_than_launched = _least_m_s(seen, speed_m_s) - CERTAIN * sigma_m_s > orbital_m_s(seen.height_m)
    climb_m_s = _climb_m_s(seen)
    if climb_m_s is not None and climb_m_s > CERTAIN * sigma_m_s:
        return _climbing(climb_m_s, sigma_m_s, faster_than_launched)
    if seen.height_m is not None and seen.height_m > HIGHEST_M:
        return Seen("undecided", f"it was {seen.height_m / 1e3:.0f} km up, above the air that a bolide shines in")
    if faster_than_launched and (climb_m_s is None or climb_m_s < 0.0):
        return Seen(
            "natural",
            f"it came in at {at}, and nothing that flies from place to place or falls from a low orbit goes faster "
            f"than {orbital_m_s(seen.height_m) / 1e3:.1f} km/s",
        )
    return Seen("undecided", f"{at}: a slow meteoroid and a fast re-entry look alike")


def orbital_m_s(height_m: float | None) -> float:
    """Return the speed of a circular orbit at a height, in m/s, past the stars; what flies below an orbit is slower."""
    return sqrt(GM_M3_S2 / (A_M + (USUAL_HEIGHT_M if height_m is None else height_m)))


def _climbing(climb_m_s: float, sigma_m_s: float, faster_than_launched: bool) -> Seen:
    at = f"it climbs at {climb_m_s / 1e3:.1f} ± {sigma_m_s / 1e3:.1f} km/s"
    if faster_than_launched:
        return Seen("undecided", f"{at}, yet is faster than anything that is launched into a low orbit")
    return Seen("launched", f"{at}: meteoroids only come down")


def _speed_m_s(seen: Outside) -> float | None:
    """The speed given, else that of the velocity: published velocities are not always as long as the speed beside."""
    if seen.speed_m_s is not None:
        return seen.speed_m_s
    return None if seen.velocity_m_s is None else float(np.linalg.norm(seen.velocity_m_s))


def _least_m_s(seen: Outside, speed_m_s: float) -> float:
    """The speed past the stars, m/s; where its direction or place is not given, the least that it can be."""
    if seen.velocity_m_s is not None and seen.latitude_rad is not None and seen.longitude_rad is not None:
        r_m = ecef_from_geodetic(seen.latitude_rad, seen.longitude_rad, seen.height_m or USUAL_HEIGHT_M)
        moved = orbit.inertial_velocity_m_s(Ecef(np.concatenate([r_m, _along(seen, speed_m_s)])[None]))
        return float(np.linalg.norm(moved))
    return speed_m_s - OMEGA_RAD_S * A_M * cos(seen.latitude_rad or 0.0)


def _along(seen: Outside, speed_m_s: float) -> Floats:
    """The velocity, with the speed given as its length."""
    velocity = np.asarray(seen.velocity_m_s, dtype=float)
    return np.asarray(velocity * (speed_m_s / max(float(np.linalg.norm(velocity)), 1.0)))


def _climb_m_s(seen: Outside) -> float | None:
    """The rate of climb, m/s; None where place or velocity is not given."""
    if seen.velocity_m_s is None or seen.latitude_rad is None or seen.longitude_rad is None:
        return None
    return float(enu_basis(seen.latitude_rad, seen.longitude_rad)[2] @ np.asarray(seen.velocity_m_s, dtype=float))
