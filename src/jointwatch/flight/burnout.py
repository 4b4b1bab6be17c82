"""What burnout makes an arc of a given length, without air and to a kilometre: for observation.

Closed forms on a sphere at rest, which a few flights over the turning ellipsoid then correct, no farther than to
1 km; `flight.arcs` solves for a destination. Nothing here looks at coverage or at what stands at the far end.
Everything broadcasts. Inside, `r_a` is the radius of the apogee, `r1` that of burnout, `phi` the angle at the Earth's
centre from burnout to impact, `gamma` the angle over the horizon.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import A_M, GM_M3_S2, OMEGA_RAD_S, ecef_from_geodetic, geodetic_from_ecef
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.flight import coast
from jointwatch.flight.boost import BoostProfile, ascent
from jointwatch.flight.conic import over_apogee

R = MEAN_RADIUS_M
_ROUNDS = 40
_FLIGHTS = 12
_GOOD_ENOUGH_M = 1_000.0  # no better: this is for looking on
_SETTLED_M_S = 0.01


def minimum_energy(range_m: ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    """Speed, m/s, angle, radians, apogee, metres, and time, seconds, of the slowest arc from ground to ground.

    A sphere that does not turn, no air. [A. D. Wheelon, ARS Journal 29 (1959) 915; Bate, Mueller, White, 1971, ch. 6]

    >>> speed, angle, apogee, time = minimum_energy(2000e3)
    >>> round(float(speed)), round(float(np.rad2deg(angle)), 1), round(float(apogee) / 1e3), round(float(time))
    (4113, 40.5, 459, 702)
    """
    phi = np.asarray(range_m, dtype=np.float64) / R
    s, c = np.sin(phi / 2), np.cos(phi / 2)
    speed, angle = np.sqrt(2 * GM_M3_S2 / R * s / (1 + s)), np.pi / 4 - phi / 4
    a, apogee = R * (1 + s) / 2, R / 2 * (s + c - 1)
    e = (R + apogee) / a - 1
    E = np.arccos((1 - R / a) / e)
    return speed, angle, apogee, 2 * np.sqrt(a**3 / GM_M3_S2) * (np.pi - E + e * np.sin(E))


def burnout_for(
    range_m: ArrayLike,
    apogee_m: ArrayLike | None,
    profile: BoostProfile,
    *,
    latitude_rad: ArrayLike | None = None,
    azimuth_rad: ArrayLike = 0.0,
) -> tuple[Floats, Floats]:
    """Speed, m/s, relative to the Earth, and angle, radians, at the burnout of an arc of a range over the ground.

    range_m: from launch to impact, the ascent's part included.
    apogee_m: height of the arc's highest point; None for the least speed at burnout.
    latitude_rad, azimuth_rad: of the launch. Without a latitude the Earth is a sphere that does not turn; with one it
    is the turning ellipsoid, the range is to where the impact is by then, and it and the apogee come to 1 km.

    >>> speed, angle = burnout_for(2000e3, None, BoostProfile(100.0, 0.4, 0.4))
    >>> round(float(speed)), round(float(np.rad2deg(angle)), 1)
    (3874, 39.3)
    """
    asked = np.nan if apogee_m is None else apogee_m
    latitude = 0.0 if latitude_rad is None else latitude_rad
    wanted_range, wanted_apogee, latitude, azimuth = (
        np.array(value, dtype=np.float64) for value in np.broadcast_arrays(range_m, asked, latitude, azimuth_rad)
    )
    _check(wanted_range, wanted_apogee)
    speed, angle = at_rest(wanted_range, wanted_apogee, profile)
    if latitude_rad is not None:
        speed, angle = _turning(wanted_range, wanted_apogee, profile, latitude, azimuth, speed, angle)
    if not np.all(np.isfinite(speed)):
        raise ValueError(
            "no arc of this kind with this profile: the ascent alone goes beyond the range or the apogee, or the arc "
            "would leave the Earth; ask for a longer range, a higher apogee or a shorter burn"
        )
    return speed, angle


def injection_for(
    perigee_height_m: ArrayLike,
    apogee_height_m: ArrayLike,
    azimuth_rad: ArrayLike,
    latitude_rad: ArrayLike,
    *,
    profile: BoostProfile | None = None,
) -> tuple[Floats, Floats]:
    """Speed, m/s, relative to the Earth, and height over the ellipsoid, m, of a level burnout at an orbit's perigee.

    perigee_height_m, apogee_height_m: over the equatorial radius, as in catalogues.
    azimuth_rad, latitude_rad: at burnout, the azimuth relative to the Earth; or, where a profile is given, at launch,
    from where its duration and downrange fraction lead to burnout.
    Level means along the ellipsoid: up to 0.2 deg off the true perigee, which moves it by some kilometres, as J2 does.

    >>> speed, height = injection_for(242e3, 382e3, np.deg2rad(125.0), np.deg2rad(33.0))
    >>> round(float(speed)), round(float(height) / 1e3)
    (7464, 248)
    """
    perigee, apogee, azimuth, latitude = (
        np.asarray(value, dtype=np.float64)
        for value in np.broadcast_arrays(perigee_height_m, apogee_height_m, azimuth_rad, latitude_rad)
    )
    if np.any(apogee < perigee):
        raise ValueError("the apogee must not be lower than the perigee; at least one is")
    speed, height = _injection(A_M + perigee, A_M + apogee, azimuth, latitude)
    if profile is not None:
        for _ in range(4):  # the place moves the speed by some per cent, and the speed the place
            gone = profile.downrange_fraction * profile.burn_time_s * speed * R / (R + height)
            there, _, heading = geodesic.direct(latitude, 0.0, azimuth, gone)
            speed, height = _injection(A_M + perigee, A_M + apogee, heading, there)
    return speed, height


def _injection(r_p: Floats, r_a: Floats, azimuth: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """Speed relative to the Earth and height over the ellipsoid at a perigee over a place, in a direction.

    The velocity past the stars is the one past the ground plus the ground's own, which points east.
    """
    inertial = np.sqrt(GM_M3_S2 * (2 / r_p - 2 / (r_p + r_a)))
    height = r_p - np.linalg.norm(ecef_from_geodetic(latitude, 0.0, 0.0), axis=-1)
    east = OMEGA_RAD_S * ecef_from_geodetic(latitude, 0.0, height)[..., 0]
    return -east * np.sin(azimuth) + np.sqrt(inertial**2 - (east * np.cos(azimuth)) ** 2), height


def _check(range_m: Floats, apogee_m: Floats) -> None:
    if not np.all((range_m > 0) & (range_m < np.pi * MEAN_RADIUS_M)):
        raise ValueError(f"range_m must be positive and less than half around the Earth, got {np.min(range_m)} m")
    if np.any(apogee_m <= 0):
        raise ValueError(f"apogee_m must be positive, or None for the arc of least speed; got {np.nanmin(apogee_m)} m")


def _turning(
    wanted_range: Floats, wanted_apogee: Floats, profile: BoostProfile, latitude: Floats, azimuth: Floats,
    speed: Floats, angle: Floats,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Speed and angle over the turning Earth: what was missed is added to what is asked of the Earth at rest."""
    held = angle  # the least speed is so flat a minimum that its angle at rest serves the turning Earth too
    length, top = wanted_range, wanted_apogee
    for _ in range(_FLIGHTS):
        flown_range, flown_apogee = _flown(speed, angle, profile, latitude, azimuth)
        missed, missed_apogee = wanted_range - flown_range, np.nan_to_num(wanted_apogee - flown_apogee)
        settled = (np.abs(missed) < _GOOD_ENOUGH_M) & (np.abs(missed_apogee) < _GOOD_ENOUGH_M)
        if np.all(settled):
            break
        length = np.clip(length + np.where(np.isnan(missed), -0.1 * length, missed), 1e3, 3.1 * R)
        top = top + missed_apogee
        speed, angle = at_rest(length, top, profile, held)
    return np.where(settled, speed, np.nan), angle


def _flown(
    speed: Floats, angle: Floats, profile: BoostProfile, latitude: Floats, azimuth: Floats
) -> tuple[Floats, Floats]:
    """Range over the ground and apogee of one flight each, without air; NaN for what does not come down."""
    start, end_of_burn = np.nan_to_num(latitude).ravel(), profile.burn_time_s
    burnout = ascent(
        profile,
        latitude_rad=start,
        longitude_rad=0.0,
        azimuth_rad=azimuth.ravel(),
        burnout_speed_m_s=np.nan_to_num(speed).ravel(),
        burnout_angle_rad=angle.ravel(),
        times_s=end_of_burn,
    )
    there = coast.impact(burnout).states.r_m
    end_latitude, end_longitude, _ = geodetic_from_ecef(there)
    distance = geodesic.inverse(start, 0.0, end_latitude, end_longitude)[0]
    return distance.reshape(speed.shape), coast.apogee(burnout)[1].reshape(speed.shape)


def burnout_point(speed: Floats, gamma: Floats, profile: BoostProfile) -> tuple[Floats, Floats]:
    """Radius of the burnout point, and the angle at the centre from launch to it, as `boost.ascent` goes."""
    T = profile.burn_time_s
    if profile.burnout_height_m is None:
        height = (profile.altitude_fraction or 0.0) * speed * np.sin(gamma) * T
    else:
        height = profile.burnout_height_m + 0 * speed
    return R + height, profile.downrange_fraction * speed * np.cos(gamma) * T / (R + height)


def at_rest(
    range_m: Floats, apogee_m: Floats, profile: BoostProfile, held: Floats | None = None
) -> tuple[Floats, Floats]:
    """Speed and angle at burnout on an Earth that does not turn, for a range and an apogee.

    Where the apogee is NaN: with the least speed, or at the angle held.
    """
    speed, gamma, _, _ = minimum_energy(np.minimum(range_m, 3.0 * MEAN_RADIUS_M))
    for _ in range(_ROUNDS):
        r1, gone = burnout_point(speed, gamma, profile)
        phi = range_m / R - gone
        free = _least_speed(r1, phi) if held is None else (_speed_at_angle(r1, phi, held), held)
        # on the way to the answer burnout may stand over the apogee for a round; not at the end, see below
        through = _through_apogee(np.minimum(r1, R + 0.95 * apogee_m), R + apogee_m, phi)
        better = [np.where(np.isnan(apogee_m), *pair) for pair in zip(free, through, strict=True)]
        off = np.abs(better[0] - speed) + speed * np.abs(better[1] - gamma)
        speed, gamma = (speed + better[0]) / 2, (gamma + better[1]) / 2  # halfway, or low arcs swing about the answer
    return np.where(off < _SETTLED_M_S, speed, np.nan), gamma


def _least_speed(r1: Floats, phi: Floats) -> tuple[Floats, Floats]:
    """Slowest way down from r1 to the ground phi away (R. H. Battin, 1987, section 3.3).

    The velocity halves the angle between the vertical and the chord; the major axis is half the triangle's sides.
    """
    across, down = R * np.sin(phi), R * np.cos(phi) - r1
    a = (r1 + R + np.hypot(across, down)) / 4
    speed = np.sqrt(GM_M3_S2 * np.where(phi > 0, 2 / r1 - 1 / a, np.nan))
    return speed, np.pi / 4 + np.arctan2(down, across) / 2


def _speed_at_angle(r1: Floats, phi: Floats, gamma: Floats) -> Floats:
    """Speed that comes down phi away from r1 when it leaves at an angle (Bate, Mueller, White, 1971, section 6.3)."""
    falls = r1 / R * np.cos(gamma) - np.cos(phi + gamma)
    reach = GM_M3_S2 * (1 - np.cos(phi)) / (r1 * np.cos(gamma) * np.where(falls > 0, falls, np.nan))
    return np.sqrt(np.where(phi > 0, reach, np.nan))


def _through_apogee(r1: Floats, r_a: Floats, phi: Floats) -> tuple[Floats, Floats]:
    """The way from r1 up to r_a and down to the ground phi away."""
    across, up, _ = over_apogee(r1, np.full_like(r1, R), phi, np.where(phi > 0, r_a, np.nan))
    return np.hypot(across, up), np.arctan2(up, across)
