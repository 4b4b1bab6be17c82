"""A lens: there and back, and its moments against those of many points drawn from it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.tracking.gate import place
from jointwatch.tracking.lens import around, back, moments


@pytest.fixture
def site(sky):
    return place(sky.SOUTH)


@settings(max_examples=100)
@given(
    place_deg=st.tuples(st.floats(10, 60), st.floats(20, 80)),
    height_km=st.floats(150, 3000),
    motion=st.tuples(st.floats(0, 360), st.floats(-60, 60), st.floats(500, 8000)),
    headed=st.booleans(),
)
def test_coordinates_around_a_radar_lead_back_to_the_state(sky, place_deg, height_km, motion, headed):
    site, x = place(sky.SOUTH), sky.start(*place_deg, height_km, *motion)
    s, again = np.empty(6), x.copy()
    around(site, x, headed, s)
    back(site, s, headed, again)
    assert again[:3] == pytest.approx(x[:3], abs=1e-6, rel=0)
    across = np.hypot(s[4], s[5]) * s[0] if not headed else np.inf
    assert again[3:] == pytest.approx(x[3:], abs=1e-3 if across > 1 else np.inf, rel=0)


def lens(sky, headed, s, sigma, count, rng):
    """States drawn from a Gaussian around the radar."""
    site, drawn = place(sky.SOUTH), s + sigma * rng.standard_normal((count, 6))
    x = np.empty((count, 6))
    for one, to in zip(drawn, x, strict=True):
        back(site, one, headed, to)
    return x


@pytest.mark.parametrize("headed", [True, False])
def test_its_moments_are_those_of_what_is_drawn_from_it(sky, site, headed):
    """The most probable covariance is flat; the lens is twice as thick, and its mean lies nearer."""
    rng, x, s = np.random.default_rng(3), sky.start(20, 66, 1250, 35, 15, 5000.0), np.empty(6)
    if not headed:  # right at the radar, but for some m/s across
        sight = x[:3] - site[:3]
        x[3:] = 2000.0 * sight / np.linalg.norm(sight) + 5.0
    around(site, x, headed, s)
    sigma = np.array([20.0, 4e-3, 4e-3, 2.0, *((0.03, 0.04) if headed else (4e-5, 4e-5))])
    J = np.empty((6, 6))
    for k in range(6):
        up, down = x.copy(), x.copy()
        step = np.zeros(6)
        step[k] = 1e-3 * sigma[k]
        back(site, s + step, headed, up)
        back(site, s - step, headed, down)
        J[:, k] = (up - down) / (2 * step[k])
    mean, P = x.copy(), J @ np.diag(sigma**2) @ J.T
    flat = P.copy()
    moments(site, mean, P)
    points = lens(sky, headed, s, sigma, 20_000, rng)
    expected, sight = np.cov(points.T), (x[:3] - site[:3]) / np.linalg.norm(x[:3] - site[:3])
    root = np.sqrt(np.diag(expected))
    assert (mean - points.mean(axis=0)) / root == pytest.approx(np.zeros(6), abs=0.03)
    assert P / np.outer(root, root) == pytest.approx(expected / np.outer(root, root), abs=0.04)
    thickness = [float(np.sqrt(sight @ of[:3, :3] @ sight)) for of in (flat, P, expected)]
    assert thickness[1] == pytest.approx(thickness[2], rel=0.1)
    assert thickness[1] > 2 * thickness[0]


def test_a_small_ellipsoid_stays_what_it_was(sky, site, random_covariances):
    x = sky.start(20, 66, 1250, 35, 15, 5000.0)
    P = random_covariances(np.random.default_rng(4), 1, 6)[0] * 1e-3
    mean, covariance = x.copy(), P.copy()
    moments(site, mean, covariance)
    root = np.sqrt(np.diag(P))
    assert (mean - x) / root == pytest.approx(np.zeros(6), abs=1e-2)
    assert covariance / np.outer(root, root) == pytest.approx(P / np.outer(root, root), abs=1e-3)
