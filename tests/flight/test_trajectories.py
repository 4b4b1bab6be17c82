"""Paths between their nodes: against the integrator asked for the same times, and against geometry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jointwatch.earth.ellipsoid import A_M, ecef_from_geodetic
from jointwatch.earth.states import Ecef
from jointwatch.earth.topocentric import azimuth_elevation_range, enu_basis
from jointwatch.flight import coast
from jointwatch.flight.model import EXP, US76, Model
from jointwatch.flight.trajectories import apogee, climb_m_s, crossings, fly, height_m

Arcs = Callable[..., np.ndarray]

TABLE = Path(__file__).parents[1] / "oracles" / "coast_impacts.csv"
BETWEEN_M, BETWEEN_M_S = 0.1, 0.11  # of a state between two nodes, anywhere on the way
REGIMES = {
    "ordinary": ((25, 55), (2, 7), 5000.0),
    "steep": ((55, 85), (2, 7), 5000.0),
    "shallow": ((10, 25), (4, 7), 5000.0),
    "slow": ((25, 55), (1, 2), 5000.0),
    "heavy": ((25, 55), (2, 7), 20_000.0),
    "light": ((25, 55), (2, 7), 1000.0),
    "feather": ((25, 55), (2, 7), 200.0),
}


@pytest.mark.parametrize("regime", REGIMES)
def test_a_path_is_the_integrators_between_its_nodes_too(regime: str, arcs: Arcs) -> None:
    angle, speed, beta = REGIMES[regime]
    x = arcs(40, angle_deg=angle, speed_km_s=speed)
    paths = fly(Ecef(x), beta_kg_m2=beta)
    times = paths.end_s[:, None] * np.linspace(0, 1 - 1e-9, 500)
    truth = np.stack([coast.trajectory(Ecef(x[i]), times[i], beta_kg_m2=beta).pos_vel for i in range(len(x))])
    off = paths.at(times) - truth
    assert np.linalg.norm(off[..., :3], axis=-1).max() < BETWEEN_M
    assert np.linalg.norm(off[..., 3:], axis=-1).max() < BETWEEN_M_S


@pytest.mark.parametrize("model", [EXP, US76], ids=lambda model: model.air)
@pytest.mark.parametrize("regime", ["dust", "grazing", "drifting", "anywhere"])
def test_where_flights_are_wild_paths_are_still_theirs(regime: str, model: Model) -> None:
    rows = np.loadtxt(TABLE, delimiter=",", skiprows=1, dtype=str)
    numbers = rows[rows[:, 0] == regime, 1:].astype(float)[:25]
    x, beta = np.ascontiguousarray(numbers[:, 1:7]), numbers[:, 0]
    paths = fly(Ecef(x), beta_kg_m2=beta, horizon_s=2e4, model=model)
    times = paths.end_s[:, None] * np.linspace(0, 1 - 1e-9, 200)
    truth = coast.one_by_one(x, 1 / beta, times, model, np.int64(0))[0]
    assert np.linalg.norm((paths.at(times) - truth)[..., :3], axis=-1).max() < 2 * BETWEEN_M


def test_what_starts_in_dense_air_has_nodes_enough() -> None:
    fast = np.append(ecef_from_geodetic(0.5, 0.9, 31.0), 6900.0 * enu_basis(0.5, 0.9)[2])
    paths = fly(Ecef(fast), beta_kg_m2=20.0)
    times = np.linspace(0.0, paths.end_s[0] * (1 - 1e-9), 2000)
    truth = coast.trajectory(Ecef(fast), times, beta_kg_m2=20.0).r_m
    assert np.linalg.norm(paths.at(times)[0, :, :3] - truth, axis=1).max() < BETWEEN_M


def test_a_path_ends_where_the_impact_is(arcs: Arcs) -> None:
    x = arcs(200, angle_deg=(15, 70), speed_km_s=(1, 7))
    for model in (EXP, US76):
        paths, impact = (
            fly(Ecef(x), beta_kg_m2=2000.0, model=model),
            coast.impact(Ecef(x), beta_kg_m2=2000.0, model=model),
        )
        assert paths.landed.all()
        late = np.abs(paths.end_s - impact.time_s) * np.linalg.norm(impact.states.v_m_s, axis=1)
        assert late.max() < 0.2
        assert np.linalg.norm(paths.at(paths.end_s[:, None])[:, 0, :3] - impact.states.r_m, axis=1).max() < 0.1


def test_before_and_after_a_path_there_is_nothing(arcs: Arcs) -> None:
    paths = fly(Ecef(arcs(3, angle_deg=(40, 50), speed_km_s=(3, 4))), beta_kg_m2=5000.0)
    assert np.isnan(paths.at([-1e-6, 1e5])).all()
    assert np.isfinite(paths.at([0.0])).all()
    assert np.isfinite(paths.at(paths.end_s[:, None])).all()


def test_an_orbit_flies_to_the_horizon_and_what_lies_on_the_ground_does_not_fly() -> None:
    orbit = [A_M + 500e3, 0, 0, 0, 7100.0, 0]
    lying = [A_M, 0, 0, 0, 0, 0]
    paths = fly(Ecef(np.array([orbit, lying])), beta_kg_m2=5000.0, horizon_s=6000.0)
    assert paths.landed.tolist() == [False, True]
    assert paths.end_s.tolist() == [6000.0, 0.0]
    exact = coast.propagate(Ecef(np.array([orbit])), 3333.3, beta_kg_m2=5000.0)
    assert np.linalg.norm(paths.at([3333.3])[0, 0, :3] - exact.r_m[0]) < BETWEEN_M
    assert paths.at([0.0])[1, 0].tolist() == lying


def test_the_highest_place_is_the_apogee_or_the_start_of_what_only_falls(arcs: Arcs) -> None:
    x = arcs(50, angle_deg=(20, 80), speed_km_s=(2, 7))
    time_s, height = apogee(fly(Ecef(x), beta_kg_m2=5000.0))
    exact_s, exact = coast.apogee(Ecef(x), beta_kg_m2=5000.0)
    assert np.abs(height - exact).max() < 0.02
    assert np.abs(time_s - exact_s).max() < 1e-3
    x[:, 3:] *= -1
    time_s, height = apogee(fly(Ecef(x), beta_kg_m2=5000.0))
    assert time_s.tolist() == [0.0] * 50
    assert height == pytest.approx(np.full(50, 100e3), abs=1e-3)


def test_a_hundred_kilometres_are_crossed_once_going_up_and_once_coming_down(arcs: Arcs) -> None:
    x = arcs(30, angle_deg=(30, 60), speed_km_s=(2, 4))
    below = coast.propagate(Ecef(x), -10.0)  # so that all start under it
    paths = fly(below, beta_kg_m2=5000.0)
    found = crossings(paths, lambda states: height_m(states) - 100e3)
    assert found.path.tolist() == [i for i in range(30) for _ in range(2)]
    assert found.rising.tolist() == [True, False] * 30
    there = paths.each_at(found.path, found.time_s)
    assert np.abs(height_m(there) - 100e3).max() < 0.02
    assert ((climb_m_s(there) > 0) == found.rising).all()


def test_horizon_and_sector_of_a_radar_are_crossed_where_its_angles_say_so() -> None:
    site = np.deg2rad([40.9, 47.8])
    east, north, up = enu_basis(*site)
    begin = ecef_from_geodetic(site[0] - 0.2, site[1] + 0.05, 100e3)
    paths = fly(Ecef(np.append(begin, 900.0 * east + 3000.0 * north + 2500.0 * up)))

    def seen(column: int, states: Ecef) -> np.ndarray:
        return azimuth_elevation_range(*site, 0.0, states.r_m)[:, column]

    rise_and_set = crossings(paths, lambda states: seen(1, states))
    edge = crossings(paths, lambda states: np.sin(seen(0, states) - np.deg2rad(60.0)))
    assert rise_and_set.rising.tolist() == [True, False]
    for found, column, angle in ((rise_and_set, 1, 0.0), (edge, 0, 60.0)):
        assert len(found.path) > 0
        angles = np.rad2deg(seen(column, paths.each_at(found.path, found.time_s)))
        assert np.abs((angles - angle + 90) % 180 - 90).max() < 1e-5


def test_nothing_and_nonsense_are_told_apart() -> None:
    assert len(fly(Ecef(np.empty((0, 6))))) == 0
    with pytest.raises(ValueError, match="number 0"):
        fly(Ecef(np.full((1, 6), np.nan)))
    with pytest.raises(ValueError, match="horizon_s must be positive"):
        fly(Ecef(np.zeros((1, 6))), horizon_s=0.0)


def test_many_paths_are_each_of_them_alone(arcs: Arcs) -> None:
    x = arcs(2500, angle_deg=(10, 85), speed_km_s=(1, 7))
    many = fly(Ecef(x), beta_kg_m2=3000.0)
    for i in (0, 7, 2047, 2048, 2499):
        alone = fly(Ecef(x[i]), beta_kg_m2=3000.0)
        nodes = slice(many.first[i], many.first[i + 1])
        assert np.array_equal(many.time_s[nodes], alone.time_s)
        assert np.array_equal(many.states[nodes], alone.states)
