"""Arcs of a given length: against the published closed forms, and flown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jointwatch.earth import geodesic
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.flight import arcs, coast, orbit
from jointwatch.flight.boost import BoostProfile, ascent

# Range km, speed km/s, angle deg, apogee km, time s of the least-energy arc over a sphere of 6,371 km at rest
# (Wheelon 1959; Bate, Mueller, White 1971, ch. 6), computed for the public debate independently of this code.
LEAST_ENERGY = [
    (300, 1.696, 44.33, 74, 251), (500, 2.173, 43.88, 123, 327), (900, 2.872, 42.98, 217, 448),
    (1000, 3.016, 42.75, 240, 474), (1300, 3.401, 42.08, 308, 549), (1600, 3.732, 41.40, 374, 617),
    (2000, 4.113, 40.50, 459, 702), (2500, 4.518, 39.38, 560, 801), (3000, 4.865, 38.26, 655, 895),
    (3500, 5.167, 37.13, 745, 985), (4000, 5.433, 36.01, 828, 1072), (5500, 6.075, 32.63, 1041, 1316),
    (8000, 6.805, 27.01, 1264, 1680), (10000, 7.198, 22.52, 1320, 1931), (11000, 7.351, 20.27, 1306, 2042),
    (13000, 7.588, 15.77, 1196, 2233),
]  # fmt: skip
A_KILOMETRE = 1_000.0
PROFILE = BoostProfile(100.0, 0.4, 0.36)
AT_ONCE = BoostProfile(1e-3, 0.4, 0.4)  # burnout on the ground: the closed form itself


@pytest.mark.parametrize("row", LEAST_ENERGY)
def test_least_energy_arcs_are_the_published_ones(row: tuple[float, ...]) -> None:
    speed, angle, apogee, time = (float(value) for value in arcs.minimum_energy(row[0] * 1e3))
    told = speed / 1e3, np.rad2deg(angle), apogee / 1e3, time
    assert np.all(np.abs(np.array(told) - row[1:]) <= [1e-3, 1e-2, 1.0, 1.0])  # one unit of its last place


@pytest.mark.parametrize("row", LEAST_ENERGY[::5])
def test_an_arc_from_the_ground_is_the_closed_form(row: tuple[float, ...]) -> None:
    speed, angle = arcs.burnout_for(row[0] * 1e3, None, AT_ONCE)
    assert speed == pytest.approx(row[1] * 1e3, rel=3e-4)
    assert np.rad2deg(angle) == pytest.approx(row[2], abs=0.01)
    # the arc through the apogee of least energy is the arc of least energy
    through = arcs.burnout_for(row[0] * 1e3, arcs.minimum_energy(row[0] * 1e3)[2], AT_ONCE)
    assert np.array(through) == pytest.approx(np.array([speed, angle]), rel=1e-3)


@pytest.mark.parametrize("share", [None, 0.15, 0.3])
@pytest.mark.parametrize("range_m", [900e3, 2000e3, 8000e3])
def test_what_is_flown_without_air_is_what_was_asked_to_a_kilometre(range_m: float, share: float | None) -> None:
    latitude, azimuth = (part.ravel() for part in np.meshgrid([0.0, 0.6, -1.0], [0.0, 1.6, 2.4, 4.7]))
    apogee = None if share is None else share * range_m
    speed, angle = arcs.burnout_for(range_m, apogee, PROFILE, latitude_rad=latitude, azimuth_rad=azimuth)
    burnout = ascent(
        PROFILE, latitude_rad=latitude, longitude_rad=0.5, azimuth_rad=azimuth, burnout_speed_m_s=speed,
        burnout_angle_rad=angle, times_s=PROFILE.burn_time_s,
    )  # fmt: skip
    end = geodetic_from_ecef(coast.impact(burnout).states.r_m)
    flown = geodesic.inverse(latitude, 0.5, end[0], end[1])[0]
    assert np.abs(flown - range_m).max() < A_KILOMETRE + 10
    if apogee is not None:
        assert np.abs(coast.apogee(burnout)[1] - apogee).max() < A_KILOMETRE + 10


@pytest.mark.parametrize(
    ("range_m", "apogee_m", "sentence"),
    [
        (-1.0, None, "range_m must be positive"),
        (2.1e7, None, "less than half around the Earth"),
        (2e6, 0.0, "apogee_m must be positive"),
        (30e3, 10e3, "the ascent alone goes beyond the range or the apogee"),
        (300e3, 5e3, "the ascent alone goes beyond the range or the apogee"),
    ],
)
def test_arcs_that_cannot_be_are_refused(range_m: float, apogee_m: float | None, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        arcs.burnout_for(range_m, apogee_m, BoostProfile(300.0, 0.4, 0.4))


@pytest.mark.parametrize("azimuth_deg", [0.0, 90.0, 140.0, 270.0])
def test_an_injection_from_semnan_gives_the_catalogued_orbit_of_omid(azimuth_deg: float) -> None:
    # 242 x 382 km (US catalogue, 2009-004A); level along the ellipsoid instead of the sphere moves it by 1 to 3 km
    latitude, azimuth = np.deg2rad(35.234), np.deg2rad(azimuth_deg)
    profile = BoostProfile(480.0, None, 0.4, burnout_height_m=242e3)
    speed, height = arcs.injection_for(242e3, 382e3, azimuth, latitude, profile=profile)
    burnout = ascent(
        replace(profile, burnout_height_m=float(height)), latitude_rad=latitude, longitude_rad=0.9,
        azimuth_rad=azimuth, burnout_speed_m_s=speed, burnout_angle_rad=0.0, times_s=480.0,
    )  # fmt: skip
    assert orbit.perigee_height_m(burnout)[0] == pytest.approx(242e3, abs=4e3)
    assert orbit.apogee_height_m(burnout)[0] == pytest.approx(382e3, abs=4e3)


def test_an_apogee_below_the_perigee_is_refused() -> None:
    with pytest.raises(ValueError, match="must not be lower than the perigee"):
        arcs.injection_for(400e3, 300e3, 0.0, 0.0)
