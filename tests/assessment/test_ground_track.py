"""States as seen from the ground, against flights whose ground track is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.assessment.ground_track import ground_track, offsets_en, place_at, wrapped
from jointwatch.earth import geodesic
from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.flight.boost import BoostProfile, ascent


def test_climb_speed_and_heading_are_the_rates_of_height_and_place() -> None:
    times = np.array([60.0, 60.001])
    states = ascent(
        BoostProfile(112.0, 0.41, 0.34),
        latitude_rad=0.615,
        longitude_rad=0.941,
        azimuth_rad=2.3,
        burnout_speed_m_s=3900.0,
        burnout_angle_rad=0.6,
        times_s=times,
    )
    track = ground_track(states.pos_vel)
    distance, azimuth, _ = geodesic.inverse(
        track.latitude_rad[0], track.longitude_rad[0], track.latitude_rad[1], track.longitude_rad[1]
    )
    assert track.climb_m_s[0] == pytest.approx(np.diff(track.height_m)[0] / 1e-3, rel=1e-4)
    assert track.ground_speed_m_s[0] == pytest.approx(
        float(distance) / 1e-3, rel=2e-3
    )  # the Earth's radius is the mean one
    assert abs(wrapped(track.heading_rad[0] - azimuth)) < 2e-3


@given(st.floats(-1.4, 1.4), st.floats(-3.1, 3.1), st.floats(-800e3, 800e3), st.floats(-800e3, 800e3))
def test_an_offset_leads_to_the_place_it_was_measured_to(lat: float, lon: float, east: float, north: float) -> None:
    there = place_at(lat, lon, np.array([east, north]))
    back = offsets_en(lat, lon, np.array([there[0]]), np.array([there[1]]))[0]
    np.testing.assert_allclose(back, [east, north], atol=1e-2)


def test_an_object_at_rest_over_a_site_has_the_site_as_its_ground_point() -> None:
    r = ecef_from_geodetic(0.6, 0.9, 120e3)
    track = ground_track(np.concatenate([r, np.zeros(3)])[None])
    assert (track.latitude_rad[0], track.longitude_rad[0]) == pytest.approx((0.6, 0.9))
    assert track.height_m[0] == pytest.approx(120e3)
    assert track.ground_speed_m_s[0] == 0.0
