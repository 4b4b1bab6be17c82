"""Bolides and launches by one rule: every bolide that US sensors saw from 1988 to 2014, and a thousand launches."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.assessment.correlation.natural import Outside, judged, orbital_m_s
from jointwatch.flight.path import Flown, fly, fly_orbit
from jointwatch.formats.fireballs import Fireball, read_fireballs
from jointwatch.studies.vehicles import vehicle_class

BOLIDES = Path(__file__).parents[3] / "shared" / "data" / "fireballs" / "cneos_fireballs_1988_2014.csv"
CLASSES = {
    "srbm-liquid-1stage": (1_500.0, 2_200.0),
    "mrbm-liquid-1stage": (2_500.0, 3_200.0),
    "mrbm-solid-2stage": (3_300.0, 4_300.0),
    "irbm-liquid-1stage": (4_000.0, 4_800.0),
    "irbm-solid-3stage": (4_500.0, 5_300.0),
    "icbm-solid-3stage": (6_500.0, 7_300.0),
    "icbm-liquid-2stage": (6_500.0, 7_400.0),
}
LAUNCHERS = ("slv-liquid-2stage", "slv-liquid-3stage", "slv-solid-3stage", "slv-large-liquid-2stage")


def bolides() -> list[Outside]:
    if not BOLIDES.is_file():
        pytest.skip("needs ../shared/data")
    return [_outside(each) for each in read_fireballs(BOLIDES)]


def _outside(seen: Fireball) -> Outside:
    def scaled(value: float | None, by: float) -> float | None:
        return None if value is None else value * by

    return Outside(
        latitude_rad=scaled(seen.latitude_deg, np.pi / 180),
        longitude_rad=scaled(seen.longitude_deg, np.pi / 180),
        height_m=scaled(seen.altitude_km, 1e3),
        speed_m_s=scaled(seen.speed_km_s, 1e3),
        velocity_m_s=None if seen.velocity_km_s is None else 1e3 * np.array(seen.velocity_km_s),
    )


def test_no_bolide_is_taken_for_a_launch_and_those_with_a_velocity_are_known_for_what_they_are() -> None:
    found = Counter((judged(each).nature, each.speed_m_s is not None) for each in bolides())
    assert found.total() == 637
    assert found["launched", True] == found["launched", False] == 0
    assert found["natural", True] >= 100, "of 105 with a velocity"
    assert found["natural", False] == 0, "without one nothing is said"


def launches(rng: np.random.Generator, count: int) -> list[Flown]:
    """Launches of every class of the catalogue, from anywhere, anywhere to; one in five into an orbit."""
    return [_launch(rng, number) for number in range(count)]


def _launch(rng: np.random.Generator, number: int) -> Flown:
    place = {
        "latitude_rad": np.radians(rng.uniform(-60, 70)),
        "longitude_rad": rng.uniform(-np.pi, np.pi),
        "azimuth_rad": rng.uniform(0, 2 * np.pi),
    }
    if number % 5 == 0:
        vehicle = vehicle_class(LAUNCHERS[number // 5 % len(LAUNCHERS)])
        low = rng.uniform(180e3, 300e3)
        heights = {"perigee_height_m": low, "apogee_height_m": low + rng.uniform(0, 400e3)}
        return fly_orbit(vehicle.profile, **place, **heights, times_s=np.arange(0.0, 600.0, 5.0))
    name, speeds = list(CLASSES.items())[number % len(CLASSES)]
    vehicle = vehicle_class(name)
    return fly(
        vehicle.profile,
        **place,
        burnout_speed_m_s=rng.uniform(*speeds),
        burnout_angle_rad=np.radians(rng.uniform(20, 60)),
        beta_kg_m2=vehicle.beta_kg_m2,
    )


def bright(flown: Flown, rng: np.random.Generator) -> int:
    """A moment at which a launch shines: while it burns, or while it falls back through the air."""
    burning = np.flatnonzero(flown.times_s <= flown.profile.burn_time_s)
    falling = np.flatnonzero((flown.times_s > flown.profile.burn_time_s) & (flown.height_m < 90e3))
    return int(rng.choice(falling if len(falling) and rng.random() < 0.5 else burning))


def reported(flown: Flown, rng: np.random.Generator, error: float) -> Outside:
    """A launch as those who watch for bolides would report it, with an error of its velocity in each axis."""
    at = bright(flown, rng)
    velocity = flown.states.v_m_s[at]
    speed = float(np.linalg.norm(velocity))
    measured = velocity + rng.normal(0.0, error * speed, 3)
    return Outside(
        latitude_rad=float(flown.latitude_rad[at]),
        longitude_rad=float(flown.longitude_rad[at]),
        height_m=max(float(flown.height_m[at]), 0.0) if rng.random() < 0.5 else None,
        velocity_m_s=measured,
        speed_m_s=float(np.linalg.norm(measured)),
    )


@pytest.fixture(scope="module")
def thousand() -> list[Flown]:
    return launches(np.random.default_rng(637), 1000)


@pytest.mark.parametrize("error", [0.1, 0.2], ids=["as assumed", "twice the error assumed"])
def test_of_a_thousand_launches_at_least_990_are_kept_out_of_the_natural(thousand: list[Flown], error: float) -> None:
    rng = np.random.default_rng(105)
    found = Counter(judged(reported(flown, rng, error)).nature for flown in thousand)
    assert found["natural"] <= 10
    assert found["launched"] >= 300, "what burns climbs, and much of it is known for it"


@given(st.floats(0, 7_000), st.floats(0, 149e3), st.floats(-1.5, 1.5), st.floats(-3.1, 3.1), st.integers(0, 2**31))
def test_nothing_below_orbital_speed_is_natural(
    speed: float, height: float, latitude: float, longitude: float, seed: int
) -> None:
    way = np.random.default_rng(seed).normal(size=3)
    velocity = speed * way / np.linalg.norm(way)
    seen = Outside(latitude_rad=latitude, longitude_rad=longitude, height_m=height, velocity_m_s=velocity)
    assert judged(seen).nature != "natural"


def test_a_speed_without_a_direction_is_taken_at_the_least_it_can_be() -> None:
    assert judged(Outside(speed_m_s=25e3)).nature == "natural"
    assert judged(Outside(speed_m_s=9e3, sigma_m_s=300.0)).nature == "undecided", "past the stars it may be 8.5 km/s"
    assert judged(Outside(latitude_rad=1.2, speed_m_s=9.5e3, sigma_m_s=300.0)).nature == "natural"


def test_what_climbs_faster_than_any_launch_is_left_open() -> None:
    up = np.array([20e3, 0.0, 0.0])
    seen = judged(Outside(latitude_rad=0.0, longitude_rad=0.0, height_m=60e3, velocity_m_s=up))
    assert (seen.nature, "yet is faster" in seen.reason) == ("undecided", True)


def test_orbital_speed_is_that_of_the_textbook() -> None:
    assert orbital_m_s(400e3) == pytest.approx(7_669.0, abs=1.0)
