"""Geodetic coordinates, against ERFA and by round trip."""

import erfa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.earth.ellipsoid import A_M, B_M, J2, curvature_radii_m, ecef_from_geodetic, geodetic_from_ecef

ROUNDING_M = 2e-8  # a few units in the last place of 1e7 m
ERFA_M = 1e-8

HEIGHTS_M = [-10e3, 0.0, 1.0, 30e3, 400e3, 3.6e7]


def everywhere() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    latitude = np.deg2rad(np.concatenate([np.linspace(-90, 90, 181), [-1e-9, 1e-9, 89.9999999]]))
    return tuple(np.stack(np.meshgrid(latitude, [-np.pi, -1.0, 0.0, 2.5], HEIGHTS_M), -1).reshape(-1, 3).T)


def test_positions_are_those_of_erfa() -> None:
    latitude, longitude, height = everywhere()
    ours = ecef_from_geodetic(latitude, longitude, height)
    assert np.abs(ours - erfa.gd2gc(1, longitude, latitude, height)).max() < ERFA_M


def test_geodetic_coordinates_are_those_of_erfa() -> None:
    true_latitude, longitude, true_height = everywhere()
    r = ecef_from_geodetic(true_latitude, longitude, true_height)
    latitude, _, height = geodetic_from_ecef(r)
    _, erfa_latitude, erfa_height = erfa.gc2gd(1, r)
    assert np.abs(height - erfa_height).max() < ROUNDING_M
    assert np.abs(latitude - erfa_latitude).max() < 1e-10  # theirs, a millimetre from the pole
    assert np.abs(latitude - true_latitude).max() < 2e-15
    assert np.abs(height - true_height).max() < ROUNDING_M


@given(st.floats(-np.pi / 2, np.pi / 2), st.floats(-np.pi, np.pi), st.floats(-5e6, 1e9, allow_subnormal=False))
def test_the_round_trip_closes(latitude: float, longitude: float, height: float) -> None:
    r = ecef_from_geodetic(latitude, longitude, height)
    assert np.abs(ecef_from_geodetic(*geodetic_from_ecef(r)) - r).max() < ROUNDING_M * max(1.0, height / 1e7)


def test_shapes_broadcast_and_the_centre_is_finite() -> None:
    assert ecef_from_geodetic(np.zeros((3, 1)), np.zeros(4), 0.0).shape == (3, 4, 3)
    assert [part.shape for part in geodetic_from_ecef(np.ones((2, 5, 3)) * 4e6)] == [(2, 5)] * 3
    assert all(np.isfinite(part) for part in geodetic_from_ecef(np.zeros(3)))


def test_radii_of_curvature_at_equator_and_pole() -> None:
    M, N = curvature_radii_m(np.array([0.0, np.pi / 2]))
    assert pytest.approx([B_M**2 / A_M, A_M**2 / B_M]) == M
    assert pytest.approx([A_M, A_M**2 / B_M]) == N


def test_flattening_of_the_field_is_that_of_egm2008() -> None:
    assert pytest.approx(1.08262617e-3, abs=1e-11) == J2
