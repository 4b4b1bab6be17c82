"""The mean speed that would have been needed: laws of geometry, and a search along the ground as a second opinion."""

from __future__ import annotations

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.studies import reach

R_M = 6.371e6
SITE = np.array([R_M, 0.0, 0.0])


def over(angle_rad: float, height_m: float) -> np.ndarray:
    return (R_M + height_m) * np.array([np.cos(angle_rad), np.sin(angle_rad), 0.0])


def searched_way_m(place: np.ndarray, steps: int = 20_001) -> float:
    """The shortest of all ways that go along the ground for a while and then straight, without passing beneath it."""
    far = np.arctan2(place[1], place[0])
    leave = np.linspace(0.0, far, steps)
    points = R_M * np.column_stack([np.cos(leave), np.sin(leave), np.zeros(steps)])
    rises = points @ place >= R_M**2 * (1 - 1e-12)  # the straight line goes up from there
    ways = R_M * leave + np.linalg.norm(place - points, axis=1)
    return float(ways[rises].min())


@given(st.floats(0.001, 3.0), st.floats(1e3, 2e6))
def test_the_way_is_the_shortest_that_a_search_finds(angle_rad: float, height_m: float) -> None:
    place = over(angle_rad, height_m)
    assert reach.way_round_m(SITE, place) == pytest.approx(searched_way_m(place), rel=1e-6, abs=10.0)


def test_straight_above_the_mean_speed_is_height_over_time() -> None:
    times = np.arange(0.0, 1001.0, 100.0)
    hovering = np.tile(over(0.0, 1e6), (1, len(times), 1))
    needed = reach.needed_speed_m_s(SITE, hovering, np.array([[0], [5], [0]]), step_s=100.0)
    assert needed == pytest.approx(np.array([[1000.0], [2000.0], [1000.0]]))


def test_what_was_never_tracked_or_only_at_its_end_cannot_be_reached() -> None:
    r = np.array([[over(0.1, 1e5), over(0.1, 1e5), np.full(3, np.nan)]] * 3)
    needed = reach.needed_speed_m_s(SITE, r, np.array([[-1, 1, 0]]), step_s=10.0)[0]
    assert needed[:2].tolist() == [np.inf, np.inf]
    assert np.isfinite(needed[2])


@given(st.integers(0, 90), st.integers(0, 90))
def test_who_tracks_earlier_needs_no_more_speed(one: int, other: int) -> None:
    times = np.arange(0.0, 1000.0, 10.0)
    flight = np.array([[over(0.5 - 5e-4 * t, 8e5 - 3 * (t - 500) ** 2) for t in times]])
    needed = reach.needed_speed_m_s(SITE, flight, np.array([[min(one, other)], [max(one, other)]]), step_s=10.0)
    assert needed[0, 0] <= needed[1, 0]


def test_of_several_viewers_each_has_the_speed_of_its_own_first_step() -> None:
    flights = np.array([[over(0.6 - 4e-3 * n, 6e5 - 40 * (n - 50) ** 2) for n in range(100)]] * 4)
    first = np.random.default_rng(2).integers(-1, 90, (5, 4))
    first[3] = first[1]
    found = reach.needed_speed_m_s(SITE, flights, first, step_s=5.0)
    for (i, j), at in np.ndenumerate(first):
        ways = [reach.way_round_m(SITE, flights[j, n]) / (5.0 * (n - at)) for n in range(at + 1, 100)]
        assert found[i, j] == (min(ways) if at >= 0 else np.inf)


def test_a_ring_lies_at_its_range() -> None:
    latitude, longitude = reach.ring(np.deg2rad(54.7), np.deg2rad(20.5), 500e3)
    for north, east in np.rad2deg(np.column_stack([latitude, longitude]))[::15]:
        far = Geodesic.WGS84.Inverse(54.7, 20.5, north, east)["s12"]
        assert far == pytest.approx(500e3, abs=1.0)
