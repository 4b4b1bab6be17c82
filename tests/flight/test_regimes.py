"""Impacts in every regime, against a table that heyoka made; and what a propagator must withstand.

The table is `tests/oracles/coast_impacts.csv`, remade by the script beside it. Traps are those that other propagators
were measured to fall into.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jointwatch.earth.ellipsoid import A_M, OMEGA_RAD_S, ecef_from_geodetic, geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import coast

Arcs = Callable[..., np.ndarray]
Oracle = Callable[[np.ndarray, float, float], np.ndarray]

LIMIT_M = 0.2  # of a place of impact, by the default propagator, in every regime
FAST_LIMIT_M = 1.0  # where a metre is asked for
SAME_M = 1e-3  # between two ways of saying one flight: rounding, which the choice of steps enlarges
TABLE = Path(__file__).parents[1] / "oracles" / "coast_impacts.csv"
BETA = 5000.0
LONG_S = 1e5  # any of these arcs is down by then


def table() -> dict[str, np.ndarray]:
    """Rows by regime: beta, state, seconds to impact, place of impact."""
    rows: dict[str, list[list[float]]] = {}
    with TABLE.open() as lines:
        for name, *numbers in list(csv.reader(lines))[1:]:
            rows.setdefault(name, []).append([float(number) for number in numbers])
    return {name: np.array(numbers) for name, numbers in rows.items()}


REGIMES = table()
NEARLY_ESCAPING = [  # beta and state
    [16.566969, -2830936.277, 5566551.349, 1527987.061, -5506.148727, 8397.671512, 4404.867271],
    [23.150151, -937128.6858, -6192064.686, -1601079.282, -904.4379893, -9874.392060, 4711.374377],
    [24.092074, -3652956.941, 4902118.648, 2096641.395, 2117.026180, 8431.731459, 7075.713383],
    [33.515522, -3045096.117, 5545763.075, -1339028.410, -10158.726138, -240.113371, -3260.788260],
    [12358.459684, -2971931.976, 2638103.342, 5017677.638, -6461.796667, 4362.394169, 7935.405076],
]


def up(latitude_rad: float, height_m: float, speed_m_s: float, longitude_rad: float = 0.9) -> np.ndarray:
    """A state moving along the vertical."""
    place = ecef_from_geodetic(latitude_rad, longitude_rad, height_m)
    return np.concatenate([place, speed_m_s * enu_basis(latitude_rad, longitude_rad)[2]])


def level(latitude_rad: float, height_m: float, north_m_s: float, up_m_s: float, east_m_s: float = 0.0) -> np.ndarray:
    """A state over a meridian, moving up, north and east."""
    velocity = np.array([east_m_s, north_m_s, up_m_s]) @ enu_basis(latitude_rad, 0.9)
    return np.concatenate([ecef_from_geodetic(latitude_rad, 0.9, height_m), velocity])


def turned(x: np.ndarray, angle_rad: float) -> np.ndarray:
    """States turned about the Earth's axis, as if the same were done at another longitude."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    return np.concatenate([x[..., :3] @ turn.T, x[..., 3:] @ turn.T], axis=-1)


def off_m(x: np.ndarray, beta: float, oracle: Oracle) -> float:
    """How far the impact of one state is from where heyoka's flight crosses the ground."""
    time_s, there, reached = coast.impact_arrays(x[None], beta, LONG_S)
    assert reached[0]
    truth = oracle(x, time_s[0], beta)
    climb = enu_basis(*geodetic_from_ecef(truth[:3])[:2])[2]
    to_ground = geodetic_from_ecef(truth[:3])[2] / (truth[3:] @ climb)
    return float(np.linalg.norm(there[0, :3] - (truth[:3] - to_ground * truth[3:])))


# --- every regime --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("regime", REGIMES)
def test_impacts_are_those_of_heyoka_to_a_fifth_of_a_metre(regime: str) -> None:
    beta, x, time_s, place = np.split(REGIMES[regime], [1, 7, 8], axis=1)
    mine_s, there, reached = coast.impact_arrays(x, beta[:, 0], LONG_S)
    assert reached.all()
    off = np.linalg.norm(there[:, :3] - place, axis=1)
    assert off.max() < LIMIT_M, f"arc {off.argmax()} of {regime}"
    assert (np.abs(mine_s - time_s[:, 0]) * np.linalg.norm(there[:, 3:], axis=1)).max() < LIMIT_M


@pytest.mark.parametrize("regime", REGIMES)
def test_where_a_metre_is_asked_for_it_is_kept(regime: str) -> None:
    # fast methods without a guard were wrong by 20 m in "shallow", 3e5 m in "light" and 2e9 m in "feather"
    beta, x, _, place = np.split(REGIMES[regime], [1, 7, 8], axis=1)
    _, there, reached = coast.impact_arrays(x, beta[:, 0], LONG_S, tolerance_m=FAST_LIMIT_M)
    assert reached.all()
    off = np.linalg.norm(there[:, :3] - place, axis=1)
    assert off.max() < FAST_LIMIT_M, f"arc {off.argmax()} of {regime}"


def test_all_regimes_at_once_are_each_of_them_alone() -> None:
    rows = np.concatenate([*REGIMES.values()])[::-1]
    together = coast.impact_arrays(rows[:, 1:7], rows[:, 0], LONG_S)
    for i in range(0, len(rows), 37):
        alone = coast.impact_arrays(rows[i : i + 1, 1:7], rows[i, 0], LONG_S)
        assert alone[0][0] == together[0][i]
        assert np.array_equal(alone[1][0], together[1][i])


def test_an_impact_is_on_the_ground_and_sinking() -> None:
    rows = np.concatenate([*REGIMES.values()])
    _, there, _ = coast.impact_arrays(rows[:, 1:7], rows[:, 0], LONG_S)
    latitude, longitude, height = geodetic_from_ecef(there[:, :3])
    assert np.abs(height).max() < 2e-3
    climb = np.einsum("ni,ni->n", there[:, 3:], enu_basis(latitude, longitude)[:, 2])
    assert climb.max() < 0


# --- ways of flying that have caught others ------------------------------------------------------------------------


@pytest.mark.parametrize("latitude_deg", [0.001, 35.0, -89.9])  # on the equator the oracle divides by zero
@pytest.mark.parametrize("speed_m_s", [300.0, 3000.0, 8000.0])
def test_straight_up_comes_down(latitude_deg: float, speed_m_s: float, oracle: Oracle) -> None:
    assert off_m(up(np.deg2rad(latitude_deg), 20e3, speed_m_s), BETA, oracle) < LIMIT_M


def test_straight_down_arrives(oracle: Oracle) -> None:
    for height_m, speed_m_s, beta in ((80e3, -2000.0, 200.0), (500e3, -50.0, 1000.0), (30e3, 0.0, 5000.0)):
        assert off_m(up(0.6, height_m, speed_m_s), beta, oracle) < LIMIT_M


def test_over_the_pole_and_past_it_by_metres(oracle: Oracle) -> None:
    for latitude_deg, east_m_s in ((80.0, 0.0), (85.0, 40.0), (88.0, -3.0), (70.0, 0.0), (-80.0, 0.0)):
        north = np.copysign(4500.0, latitude_deg)
        assert off_m(level(np.deg2rad(latitude_deg), 100e3, north, 2500.0, east_m_s), BETA, oracle) < LIMIT_M


def test_on_the_axis_is_beside_it() -> None:
    r = A_M + 100e3
    for velocity in ([0.0, 0.0, 3000.0], [3000.0, 0.0, 2000.0], [0.0, -4000.0, 1000.0], [0.0, 0.0, 0.0]):
        on_axis = np.array([[0.0, 0.0, r, *velocity], [1e-3, 0.0, r, *velocity], [0.0, -1e-3, r, *velocity]])
        time_s, there, reached = coast.impact_arrays(on_axis, BETA)
        assert reached.all()
        assert np.isfinite(there).all()
        assert np.abs(there - there[0])[:, :3].max() < 0.01
        assert np.ptp(time_s) < 1e-4


def test_no_longitude_is_special(arcs: Arcs) -> None:
    x = arcs(20, angle_deg=(15, 70), speed_km_s=(2, 7))
    place = coast.impact_arrays(x, BETA)[1][:, :3]
    longitude = geodetic_from_ecef(place)[1]
    for target in (np.pi - 1e-6, -np.pi + 1e-6, np.pi / 2, 0.0):  # each impact turned to the date line and beyond
        for i in range(len(x)):
            angle = target - longitude[i]
            there = coast.impact_arrays(turned(x[i], angle)[None], BETA)[1][0]
            assert np.linalg.norm(turned(there, -angle)[:3] - place[i]) < SAME_M


def test_north_and_south_are_mirror_images(arcs: Arcs) -> None:
    x = arcs(20, angle_deg=(15, 70), speed_km_s=(2, 7))
    mirror = np.array([1.0, 1.0, -1.0, 1.0, 1.0, -1.0])
    there, mirrored = (coast.impact_arrays(states, 1000.0)[1] for states in (x, x * mirror))
    assert np.linalg.norm((mirrored * mirror - there)[:, :3], axis=1).max() < SAME_M


def test_a_trial_step_through_the_earth_is_no_way_out(oracle: Oracle) -> None:
    for height_m, speed_m_s, beta in ((400e3, -8000.0, 200.0), (1500e3, -11000.0, 20000.0), (30e3, -7000.0, 50.0)):
        assert off_m(up(0.3, height_m, speed_m_s), beta, oracle) < LIMIT_M


def test_what_is_dropped_from_the_geostationary_belt_arrives(oracle: Oracle) -> None:
    x = np.array([4.2e7, 3e6, 1e6, 0, 0, 0])
    x[3:] = [OMEGA_RAD_S * x[1], -OMEGA_RAD_S * x[0], 0.0]  # at rest among the stars
    assert off_m(x, 1000.0, oracle) < LIMIT_M


# --- below the ground ----------------------------------------------------------------------------------------------


def test_what_is_below_the_ground_and_sinks_or_lies_has_arrived() -> None:
    x = np.array([up(0.5, -1.0, -100.0), up(0.5, -5000.0, -1.0), up(0.5, -300.0, 0.0), level(0.5, -50.0, 900.0, -3.0)])
    time_s, there, reached = coast.impact_arrays(x, BETA)
    assert reached.all()
    assert np.array_equal(time_s, np.zeros(4))
    assert np.array_equal(there, x)


def test_what_is_shot_out_of_a_pit_falls_back_to_the_ground(oracle: Oracle) -> None:
    for depth_m, speed_m_s in ((10.0, 500.0), (4000.0, 2500.0)):
        assert off_m(up(0.5, -depth_m, speed_m_s), BETA, oracle) < LIMIT_M


def test_what_rises_below_the_ground_and_never_gets_over_it_has_arrived() -> None:
    start = up(0.5, -500.0, 20.0)
    for beta in (BETA, 500.0, np.inf):
        time_s, there, reached = coast.impact_arrays(start[None], beta)
        assert reached[0]
        assert time_s[0] == 0.0
        assert np.array_equal(there[0], start)


def test_the_middle_of_the_earth_is_below_the_ground() -> None:
    x = np.array([[0.0, 0.0, 1.0, 0.0, 0.0, -1.0], [1000.0, 0.0, 0.0, 0.0, 0.0, 0.0]])
    assert coast.impact_arrays(x, BETA)[2].all()


# --- what does not come down ---------------------------------------------------------------------------------------


def test_what_escapes_is_said_not_to_arrive_and_others_are_left_alone() -> None:
    falls, escapes = up(0.6, 100e3, 2000.0), up(0.6, 100e3, 12_000.0)
    alone = coast.impact_arrays(falls[None], BETA)
    time_s, there, reached = coast.impact_arrays(np.array([escapes, falls, escapes]), BETA, 1e6)
    assert reached.tolist() == [False, True, False]
    assert np.isnan(time_s[[0, 2]]).all()
    assert np.isnan(there[[0, 2]]).all()
    assert np.linalg.norm(there[1] - alone[1][0]) < SAME_M


def test_an_orbit_does_not_arrive_within_the_horizon() -> None:
    circular = np.array([A_M + 500e3, 0, 0, 0, 7100.0, 0])
    elongated = np.array([A_M + 300e3, 0, 0, 0, 6000.0, 7500.0])
    _, _, reached = coast.impact_arrays(np.array([circular, elongated]), [np.inf, BETA], 20_000.0)
    assert not reached.any()


def test_a_horizon_before_the_impact_is_kept() -> None:
    x = up(0.6, 100e3, 2000.0)[None]
    impact_s = coast.impact_arrays(x, BETA)[0][0]
    for horizon_s, arrives in ((impact_s + 0.01, True), (impact_s - 0.01, False), (1e-3, False), (1e7, True)):
        time_s, _, reached = coast.impact_arrays(x, BETA, horizon_s)
        assert reached[0] == arrives
        assert time_s[0] == pytest.approx(impact_s, abs=1e-4) if arrives else np.isnan(time_s[0])


def test_whatever_nearly_escapes_ends_in_time() -> None:
    # In a process of its own, as a kernel that does not end cannot be interrupted. The first five once did not end:
    # speed enough to escape, and dense air.
    code = f"""
import numpy as np
from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import coast
rng = np.random.default_rng(8)
five = np.array({NEARLY_ESCAPING})
n = 3000
latitude, longitude, azimuth = rng.uniform(-1.5, 1.5, n), *rng.uniform(-np.pi, np.pi, (2, n))
angle, speed = rng.uniform(0.2, 1.57, n), rng.uniform(10.3e3, 11.4e3, n)
level = speed * np.cos(angle)
enu = np.stack([level * np.sin(azimuth), level * np.cos(azimuth), speed * np.sin(angle)], axis=-1)
velocity = np.einsum("nji,nj->ni", enu_basis(latitude, longitude), enu)
x = np.concatenate([ecef_from_geodetic(latitude, longitude, rng.uniform(20e3, 150e3, n)), velocity], axis=-1)
beta = np.exp(rng.uniform(2, 10, n))
coast.impact_arrays(np.concatenate([five[:, 1:], x]), np.concatenate([five[:, 0], beta]), 20_000.0)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=800)


# --- input that means nothing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", [0, 2, 5])
@pytest.mark.parametrize("nonsense", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("fly", [coast.impact_arrays, lambda x, beta: coast.propagate_arrays(x, 60.0, beta_kg_m2=beta)])
def test_a_state_that_is_no_number_is_refused_with_its_index(
    column: int, nonsense: float, fly: Callable[[np.ndarray, float], object]
) -> None:
    x = np.tile(up(0.6, 100e3, 2000.0), (9, 1))
    x[7, column] = nonsense
    with pytest.raises(ValueError, match=r"\b7\b.*"):
        fly(x, BETA)


@pytest.mark.parametrize("nonsense", [0.0, -5000.0, np.nan, -np.inf])
def test_a_ballistic_coefficient_that_is_none_is_refused_with_its_index(nonsense: float) -> None:
    beta = np.full(9, BETA)
    beta[7] = nonsense
    with pytest.raises(ValueError, match=r"beta_kg_m2 must be positive.*\b7\b"):
        coast.impact_arrays(np.tile(up(0.6, 100e3, 2000.0), (9, 1)), beta)


@pytest.mark.parametrize("horizon_s", [0.0, -1.0, np.nan, np.inf])
def test_a_horizon_that_is_none_is_refused(horizon_s: float) -> None:
    with pytest.raises(ValueError, match="horizon_s must be positive"):
        coast.impact_arrays(up(0.6, 100e3, 2000.0)[None], BETA, horizon_s)


def test_states_of_another_shape_are_refused() -> None:
    for x in (np.zeros(6), np.zeros((3, 5)), np.zeros((2, 3, 6))):
        with pytest.raises(ValueError, match=r"\(n, 6\)"):
            coast.impact_arrays(x, BETA)
    with pytest.raises(ValueError, match="beta_kg_m2"):
        coast.impact_arrays(np.tile(up(0.6, 100e3, 2000.0), (3, 1)), np.full(2, BETA))


def test_nothing_gives_nothing() -> None:
    time_s, there, reached = coast.impact_arrays(np.empty((0, 6)), np.empty(0))
    assert (time_s.shape, there.shape, reached.shape) == ((0,), (0, 6), (0,))


def test_what_is_given_is_not_written_to() -> None:
    x = np.tile(up(0.6, 100e3, 2000.0), (3, 1))
    before = x.copy()
    for states in (x, np.asfortranarray(x), np.tile(x, (1, 2))[:, ::2]):
        states.flags.writeable = False
        coast.impact_arrays(states, np.broadcast_to(BETA, 3))
    assert np.array_equal(x, before)


# --- very many -----------------------------------------------------------------------------------------------------


def test_a_hundred_thousand_arcs_are_the_few_they_repeat_and_take_little_more_than_their_answer() -> None:
    rows = np.concatenate([*REGIMES.values()])
    few = coast.impact_arrays(rows[:, 1:7], rows[:, 0], LONG_S)
    times = 100_000 // len(rows) + 1
    x, beta = np.tile(rows[:, 1:7], (times, 1)), np.tile(rows[:, 0], times)
    tracemalloc.start()
    time_s, there, reached = coast.impact_arrays(x, beta, LONG_S)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * (x.nbytes + there.nbytes)
    for many, single in zip((time_s, there, reached), few, strict=True):
        assert np.array_equal(many.reshape(times, *single.shape), np.broadcast_to(single, (times, *single.shape)))


def test_impact_of_states_says_the_same_as_of_arrays() -> None:
    rows = REGIMES["any"][:20]
    time_s, there, reached = coast.impact_arrays(rows[:, 1:7], rows[:, 0])
    impact = coast.impact(Ecef(rows[:, 1:7]), beta_kg_m2=rows[:, 0])
    assert np.array_equal(impact.time_s, time_s)
    assert np.array_equal(impact.states.pos_vel, there)
    assert np.array_equal(impact.reached, reached)
