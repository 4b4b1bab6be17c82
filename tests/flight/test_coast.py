"""Free flight, against heyoka, exact solutions, conservation laws, and the traps others fell into."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from jointwatch.earth.ellipsoid import A_M, GM_M3_S2, J2, OMEGA_RAD_S, ecef_from_geodetic, geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import coast
from jointwatch.flight.integration import fly

Arcs = Callable[..., np.ndarray]
Oracle = Callable[[np.ndarray, float, float], np.ndarray]

# flight-path angle, speed and ballistic coefficient; the regimes in which faster methods were silently wrong
REGIMES = {
    "ordinary": ((25, 55), (2, 7), 5000.0),
    "steep": ((55, 85), (2, 7), 5000.0),
    "shallow": ((10, 25), (4, 7), 5000.0),
    "slow": ((25, 55), (1, 2), 5000.0),
    "heavy": ((25, 55), (2, 7), 20000.0),
    "light": ((25, 55), (2, 7), 1000.0),
    "feather": ((25, 55), (2, 7), 200.0),
}
METHOD_M = 0.03  # largest error of a place on a path; 0.013 m was the worst of 3,000 arcs of each regime
A_DAY_M = 0.5  # over a day in a low orbit


def overhead(height_m: float, climb_m_s: float, ahead_m_s: float = 0.0, latitude: float = 0.6) -> Ecef:
    """One state over a place, moving up and north."""
    up_north = ahead_m_s * enu_basis(latitude, 0.9)[1] + climb_m_s * enu_basis(latitude, 0.9)[2]
    return Ecef(np.concatenate([ecef_from_geodetic(latitude, 0.9, height_m), up_north]))


def jacobi(states: Ecef) -> np.ndarray:
    """The energy that a field turning with the Earth conserves, J/kg."""
    r, v = states.r_m, states.v_m_s
    length = np.linalg.norm(r, axis=1)
    pull = GM_M3_S2 / length * (1 - J2 * (A_M / length) ** 2 * (1.5 * (r[:, 2] / length) ** 2 - 0.5))
    return (v**2).sum(1) / 2 - pull - OMEGA_RAD_S**2 * (r[:, :2] ** 2).sum(1) / 2


@pytest.mark.parametrize("regime", REGIMES)
def test_impact_and_path_are_those_of_heyoka(regime: str, arcs: Arcs, oracle: Oracle) -> None:
    angle, speed, beta = REGIMES[regime]
    x = arcs(8, angle_deg=angle, speed_km_s=speed)
    impact = coast.impact(Ecef(x), beta_kg_m2=beta)
    assert impact.reached.all()
    assert np.abs(geodetic_from_ecef(impact.states.r_m)[2]).max() < 1e-3
    for start, seconds, there in zip(x, impact.time_s, impact.states.pos_vel, strict=True):
        truth = oracle(start, seconds, beta)
        assert np.linalg.norm((there - truth)[:3]) < coast.TOLERANCE_M
        assert np.linalg.norm((there - truth)[3:]) < 0.05
    times = np.linspace(0, impact.time_s[0], 40)[1:-1]
    path = coast.trajectory(Ecef(x[0]), times, beta_kg_m2=beta)
    truth = np.array([oracle(x[0], seconds, beta) for seconds in times[[3, 20, 35, 37]]])
    assert np.linalg.norm((path.pos_vel[[3, 20, 35, 37]] - truth)[:, :3], axis=1).max() < METHOD_M


def test_a_circle_over_the_equator_stays_one_at_its_exact_rate() -> None:
    # the one closed form with flattening and turn: omega^2 r = GM / r^2 (1 + 3/2 J2 (a/r)^2)
    r = 6.8e6
    rate = np.sqrt(GM_M3_S2 / r**3 * (1 + 1.5 * J2 * (A_M / r) ** 2)) - OMEGA_RAD_S
    there = coast.propagate(Ecef([r, 0, 0, 0, rate * r, 0]), 86400.0).r_m[0]
    assert np.linalg.norm(there - r * np.array([np.cos(rate * 86400), np.sin(rate * 86400), 0])) < A_DAY_M


def test_energy_of_the_turning_field_is_kept(arcs: Arcs) -> None:
    orbit = Ecef([6.6e6, 1e5, 0, 100.0, 3000.0, 7200.0])
    path = coast.trajectory(orbit, np.linspace(0, 86400, 50))
    assert np.abs(jacobi(path) - jacobi(orbit)).max() < 0.01  # of 3e7 J/kg: a millimetre of height
    x = Ecef(arcs(50, angle_deg=(25, 55), speed_km_s=(2, 7)))
    assert np.abs(jacobi(coast.impact(x).states) - jacobi(x)).max() < 0.05


def test_time_runs_both_ways_with_and_without_air(arcs: Arcs) -> None:
    x = Ecef(arcs(50, angle_deg=(25, 55), speed_km_s=(2, 7)))
    for beta in (np.inf, 5000.0):
        there = coast.propagate(x, 250.0, beta_kg_m2=beta)
        assert np.linalg.norm((coast.propagate(there, -250.0, beta_kg_m2=beta) - x)[:, :3], axis=1).max() < METHOD_M


def test_a_trajectory_is_the_states_propagate_gives_one_by_one() -> None:
    state = overhead(200e3, 1500.0, 3000.0)
    times = np.array([-60.0, -60.0, -0.5, 0.0, 0.0, 1.0, 100.0, 301.7])
    path = coast.trajectory(state, times, beta_kg_m2=3000.0)
    one_by_one = [coast.propagate(state, t, beta_kg_m2=3000.0).pos_vel[0] for t in times]
    assert np.abs(path.pos_vel[:, :3] - np.array(one_by_one)[:, :3]).max() < 0.01
    assert np.array_equal(path.pos_vel[3], state.pos_vel[0])
    assert len(coast.trajectory(state, [])) == 0


def test_many_objects_are_many_single_objects_to_the_bit(arcs: Arcs) -> None:
    x, beta = arcs(20, angle_deg=(10, 80), speed_km_s=(1, 7)), np.geomspace(100, 1e5, 20)
    together = coast.impact(Ecef(x), beta_kg_m2=beta)
    for i in range(20):
        alone = coast.impact(Ecef(x[i]), beta_kg_m2=beta[i])
        assert np.array_equal(alone.states.pos_vel[0], together.states.pos_vel[i])
        assert alone.time_s[0] == together.time_s[i]


def test_the_apogee_is_the_highest_point_ahead_or_behind() -> None:
    climbing = overhead(150e3, 2000.0, 2500.0)
    time, height = coast.apogee(climbing)
    around = coast.trajectory(climbing, time[0] + np.array([-1.0, 0.0, 1.0]))
    low, top, lower = geodetic_from_ecef(around.r_m)[2]
    assert low < top > lower
    assert height[0] == pytest.approx(top, abs=1e-3)
    sinking = coast.propagate(climbing, 400.0)
    back, same = coast.apogee(sinking)
    assert back[0] == pytest.approx(time[0] - 400.0, abs=1e-3)
    assert same[0] == pytest.approx(height[0], abs=0.01)
    assert np.isnan(coast.apogee(climbing, horizon_s=10.0)[1][0])


def test_an_orbit_does_not_reach_the_ground() -> None:
    never = coast.impact(Ecef([6778137.0, 0, 0, 0, 7174.0, 0]), horizon_s=20000.0)
    assert not never.reached[0]
    assert np.isnan(never.time_s[0])
    assert np.isnan(never.states.pos_vel).all()


# --- traps ---------------------------------------------------------------------------------------------------------


def test_a_trial_step_through_the_earth_is_no_way_out(oracle: Oracle) -> None:
    for climb, beta in ((-8000.0, 200.0), (-8000.0, np.inf), (-11000.0, 20000.0)):
        fall = overhead(400e3, climb)
        impact = coast.impact(fall, beta_kg_m2=beta)
        assert impact.reached[0]
        truth = oracle(fall.pos_vel[0], impact.time_s[0], beta)
        assert np.linalg.norm(impact.states.r_m[0] - truth[:3]) < METHOD_M


def test_a_grazing_path_that_dips_under_the_ground_within_a_step_is_seen() -> None:
    # without air: 300 m under the ellipsoid for about a minute, then out again for half a turn
    at_bottom = overhead(-300.0, 0.0, 8500.0, latitude=0.0)
    impact = coast.impact(coast.propagate(at_bottom, -600.0))
    assert impact.reached[0]
    assert 500 < impact.time_s[0] < 600
    passing = coast.propagate(overhead(300.0, 0.0, 8500.0, latitude=0.0), -600.0)
    assert not coast.impact(passing, horizon_s=900.0).reached[0]


def test_what_leaves_the_ground_is_not_on_it_until_it_falls_back() -> None:
    hop = coast.impact(overhead(0.0, 50.0))
    assert hop.time_s[0] == pytest.approx(2 * 50 / 9.797, rel=1e-3)
    assert coast.impact(overhead(0.0, -50.0)).time_s[0] == 0.0
    assert coast.impact(overhead(-10.0, 5.0)).time_s[0] == 0.0  # thrown up, but not over the ellipsoid
    from_a_pit = coast.impact(overhead(-10.0, 500.0))
    assert from_a_pit.time_s[0] > 90


def test_a_feather_arrives() -> None:
    slow = coast.impact(overhead(100e3, 0.0, 3000.0), beta_kg_m2=5.0)
    assert slow.reached[0]
    assert np.linalg.norm(slow.states.v_m_s[0]) == pytest.approx(np.sqrt(2 * 9.797 * 5.0 / 1.225), rel=0.01)


def test_a_fall_without_ground_stays_finite() -> None:
    deep = coast.propagate(overhead(100e3, -3000.0), 1500.0)
    assert np.isfinite(deep.pos_vel).all()


def test_each_kernel_is_compiled_once() -> None:
    coast.apogee(overhead(150e3, 2000.0))
    coast.impact(overhead(150e3, 2000.0), beta_kg_m2=500)
    assert len(fly.signatures) == 1


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda s: coast.propagate(s, np.nan), "must be finite seconds"),
        (lambda s: coast.propagate(s, 1.0, beta_kg_m2=0.0), "beta_kg_m2 must be positive"),
        (lambda s: coast.propagate(s, 1.0, beta_kg_m2=np.nan), "beta_kg_m2 must be positive"),
        (lambda s: coast.transition(s, np.inf), "must be finite seconds"),
        (lambda s: coast.impact(s, horizon_s=-1.0), "horizon_s must be positive"),
        (lambda s: coast.trajectory(s, [1.0, 0.0]), "finite seconds in rising order"),
        (lambda s: coast.trajectory(Ecef(np.zeros((2, 6))), [1.0]), "wants one state, got 2"),
    ],
)
def test_wrong_use_is_refused_in_words(call: Callable[[Ecef], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        call(overhead(100e3, 0.0))
