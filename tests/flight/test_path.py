"""A whole flight in one call."""

from __future__ import annotations

import doctest
from pathlib import Path

import numpy as np
import pytest

from jointwatch.earth import geodesic
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.flight import arcs, coast, orbit
from jointwatch.flight.boost import BoostProfile
from jointwatch.flight.path import Flown, fly, fly_orbit, fly_range, states_at
from jointwatch.flight.vehicle import VehicleClass

MISSILE = BoostProfile(110.0, 0.42, 0.27)
SEMNAN = {"latitude_rad": float(np.deg2rad(35.234)), "longitude_rad": float(np.deg2rad(53.921))}


@pytest.fixture
def flown() -> Flown:
    speed, angle = arcs.burnout_for(1900e3, None, MISSILE, latitude_rad=SEMNAN["latitude_rad"], azimuth_rad=2.4)
    return fly(
        MISSILE, **SEMNAN, azimuth_rad=2.4, burnout_speed_m_s=float(speed), burnout_angle_rad=float(angle),
        beta_kg_m2=5000.0, times_s=np.arange(-20.0, 1500.0, 0.5),
    )  # fmt: skip


def test_a_missile_is_there_from_ignition_to_impact_and_only_then(flown: Flown) -> None:
    assert flown.times_s[0] == 0.0
    assert flown.impact_time_s is not None
    assert 0 <= flown.impact_time_s - flown.times_s[-1] < 0.5
    assert 600 < flown.impact_time_s < 900
    assert np.isfinite(flown.states.pos_vel).all()
    assert len(flown.states) == len(flown.times_s)
    height = geodetic_from_ecef(flown.states.r_m)[2]
    assert height.min() > -1e-3
    assert 350e3 < height.max() < 500e3


def test_the_path_has_no_step_anywhere_also_not_at_burnout(flown: Flown) -> None:
    r, v = flown.states.r_m, flown.states.v_m_s
    # the mean velocity of half a second against the velocities at its ends, in boost, coast and entry
    jump = np.linalg.norm(np.diff(r, axis=0) / 0.5 - (v[1:] + v[:-1]) / 2, axis=1)
    assert jump.max() < 2.0
    at_burnout = np.linalg.norm(flown.states.pos_vel[flown.times_s == 110.0] - flown.burnout.pos_vel)
    assert at_burnout < 1e-6


def test_the_impact_is_that_of_the_coast_from_burnout(flown: Flown) -> None:
    impact = coast.impact(flown.burnout, beta_kg_m2=5000.0)
    assert flown.impact is not None
    assert flown.impact_time_s == 110.0 + impact.time_s[0]
    assert np.array_equal(flown.impact.pos_vel, impact.states.pos_vel)


def test_a_satellite_stays_up() -> None:
    profile = BoostProfile(480.0, None, 0.4, burnout_height_m=248e3)
    speed, _ = arcs.injection_for(242e3, 382e3, 2.4, SEMNAN["latitude_rad"], profile=profile)
    orbiting = fly(
        profile, **SEMNAN, azimuth_rad=2.4, burnout_speed_m_s=float(speed), burnout_angle_rad=0.0,
        times_s=np.arange(0.0, 12000.0, 60.0),
    )  # fmt: skip
    assert orbiting.impact is None
    assert orbiting.impact_time_s is None
    assert len(orbiting.states) == 200
    assert geodetic_from_ecef(orbiting.states.r_m[10:])[2].min() > 220e3


@pytest.mark.parametrize("apogee_m", [None, 700e3])
def test_a_flight_to_a_range_comes_down_there_and_its_last_row_is_the_impact(apogee_m: float | None) -> None:
    flown = fly_range(MISSILE, **SEMNAN, azimuth_rad=2.4, range_m=1900e3, apogee_m=apogee_m)
    gone = geodesic.inverse(*SEMNAN.values(), flown.latitude_rad[-1], flown.longitude_rad[-1])[0]
    assert gone == pytest.approx(1900e3, abs=1_010.0)
    assert flown.times_s[-1] == flown.impact_time_s
    assert flown.impact is not None
    assert flown.states.r_m[-1] == pytest.approx(flown.impact.r_m[0], abs=0.1)
    assert flown.height_m[[0, -1]] == pytest.approx([0.0, 0.0], abs=0.1)
    assert np.diff(flown.times_s)[:-1] == pytest.approx(5.0)
    if apogee_m is not None:
        assert flown.height_m.max() == pytest.approx(apogee_m, abs=2_000.0)


def test_a_flight_into_an_orbit_ends_at_its_perigee(flown: Flown) -> None:
    orbiting = fly_orbit(
        BoostProfile(300.0, 0.4, 0.343), **SEMNAN, azimuth_rad=2.411, perigee_height_m=242e3, apogee_height_m=382e3,
        times_s=[],
    )  # fmt: skip
    assert orbit.perigee_height_m(orbiting.burnout)[0] == pytest.approx(242e3, abs=4e3)
    assert orbit.apogee_height_m(orbiting.burnout)[0] == pytest.approx(382e3, abs=4e3)
    assert orbiting.impact is None


def test_a_flight_answers_for_any_time_as_it_did_for_those_asked(flown: Flown) -> None:
    rows = [0, 100, 219, 220, 221, 900]
    again = states_at(flown, flown.times_s[rows])
    assert again.pos_vel == pytest.approx(flown.states.pos_vel[rows], abs=1e-3)


@pytest.mark.parametrize("times", [[], [-5.0, -1.0], [2000.0]])
def test_no_time_in_flight_gives_no_states(times: list[float]) -> None:
    nothing = fly(
        BoostProfile(60.0, 0.4, 0.4), **SEMNAN, azimuth_rad=1.0, burnout_speed_m_s=1500.0, burnout_angle_rad=0.7,
        times_s=times,
    )  # fmt: skip
    assert len(nothing.states) == len(nothing.times_s) == 0
    assert nothing.impact is not None


def test_times_in_disorder_are_refused() -> None:
    with pytest.raises(ValueError, match="rising order"):
        fly(
            MISSILE, **SEMNAN, azimuth_rad=1.0, burnout_speed_m_s=1500.0, burnout_angle_rad=0.7, times_s=[2.0, 1.0]
        )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": "aircraft"}, 'kind must be "missile" or "space"'),
        ({"beta_kg_m2": 0.0}, "beta_kg_m2 must be positive"),
        ({"rcs_m2": {"VHF": 0.0, "X": 0.1}}, "must be positive, got {'VHF': 0.0}"),
    ],
)
def test_a_class_of_vehicles_checks_its_values(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        VehicleClass(**{"title": "two-stage", "kind": "missile", "profile": MISSILE, **values})  # type: ignore[arg-type]


def test_the_guide_to_one_flight_says_what_it_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    guide = Path(__file__).parents[2] / "docs" / "guide" / "one-flight.md"
    failed, tried = doctest.testfile(str(guide), module_relative=False, verbose=False)
    assert tried > 10
    assert failed == 0
    assert (tmp_path / "flight.png").stat().st_size > 10_000
