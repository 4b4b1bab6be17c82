"""The generic ascent: its own laws, and thirty real ascents."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.earth import geodesic
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import coast, orbit
from jointwatch.flight.boost import BoostProfile, accelerations, ascent, launch_azimuth_rad, staged
from jointwatch.flight.stages import Burnout, Stage, course, motion

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data" / "ascent"
SEMNAN = {"latitude_rad": float(np.deg2rad(35.234)), "longitude_rad": float(np.deg2rad(53.921))}
REAL_HEIGHT_M, REAL_DISTANCE_M = 3_000.0, 3_000.0  # largest distance of the curve from a real first stage

profiles = st.builds(BoostProfile, st.floats(20, 600), st.floats(1 / 3, 1 / 2), st.floats(1 / 5, 1 / 2)) | st.builds(
    BoostProfile, st.floats(100, 600), st.none(), st.floats(1 / 5, 1 / 2), st.floats(1.2e6, 2e6)
)


@settings(max_examples=40)
@given(profiles, st.floats(-1.4, 1.4), st.floats(0, 6.28), st.floats(500, 8000), st.floats(0.01, 1.5))
def test_velocity_is_the_derivative_of_a_path_that_never_sinks_nor_turns_back(
    profile: BoostProfile, latitude: float, azimuth: float, speed: float, angle: float
) -> None:
    T, step = profile.burn_time_s, 1e-3
    if profile.burnout_height_m is not None:
        speed = min(speed, 3 * 1.2e6 / T)
    middle = np.linspace(0.02, 0.98, 25) * T
    states = ascent(
        profile, latitude_rad=latitude, longitude_rad=0.9, azimuth_rad=azimuth, burnout_speed_m_s=speed,
        burnout_angle_rad=angle, times_s=np.concatenate([middle - step, middle, middle + step]),
    )  # fmt: skip
    before, now, after = states.pos_vel.reshape(3, 25, 6)
    assert np.abs((after - before)[:, :3] / (2 * step) - now[:, 3:]).max() < 1e-3
    end_latitude, end_longitude, height = geodetic_from_ecef(now[:, :3])
    assert np.all(np.diff(height) >= -1e-6)
    gone = geodesic.inverse(latitude, 0.9, end_latitude, end_longitude)[0]
    assert np.all(np.diff(gone) >= -1e-3)


@pytest.mark.parametrize("downrange", [0.25, 1 / 3, 0.45])
@pytest.mark.parametrize("angle", [0.2, 0.7, 1.3])
def test_burnout_is_as_asked_relative_to_the_turning_earth(downrange: float, angle: float) -> None:
    profile = BoostProfile(110.0, 0.4, downrange)
    start, end = ascent(
        profile, **SEMNAN, azimuth_rad=2.2, burnout_speed_m_s=3100.0, burnout_angle_rad=angle, times_s=[0.0, 110.0]
    )
    latitude, longitude, height = (float(value) for value in geodetic_from_ecef(end.r_m[0]))
    east, north, up = enu_basis(latitude, longitude) @ end.v_m_s[0]
    assert np.linalg.norm(end.v_m_s) == pytest.approx(3100.0, abs=1e-6)
    assert np.arctan2(up, np.hypot(east, north)) == pytest.approx(angle, abs=1e-9)
    assert height == pytest.approx(0.4 * 3100.0 * np.sin(angle) * 110.0, abs=1e-3)
    gone, _, azimuth = geodesic.inverse(*SEMNAN.values(), latitude, longitude)
    assert gone == pytest.approx(downrange * 3100 * np.cos(angle) * 110.0, rel=0.03)  # over the ground: R / (R + h)
    assert np.arctan2(east, north) == pytest.approx(float(azimuth), abs=1e-3)
    assert np.linalg.norm(start.v_m_s) == 0.0
    assert float(geodetic_from_ecef(start.r_m)[2][0]) == pytest.approx(0.0, abs=1e-6)


def test_below_a_third_the_curve_goes_on_without_a_break() -> None:
    def path(fraction: float) -> np.ndarray:
        return ascent(
            BoostProfile(110.0, 0.4, fraction), **SEMNAN, azimuth_rad=2.2, burnout_speed_m_s=3100.0,
            burnout_angle_rad=0.7, times_s=np.linspace(0, 110, 12),
        ).pos_vel  # fmt: skip

    assert np.abs(path(1 / 3) - path(1 / 3 - 1e-9)).max() < 1e-2


def test_a_level_burnout_at_a_given_height_is_an_injection() -> None:
    profile = BoostProfile(480.0, None, 0.4, burnout_height_m=250e3)
    path = ascent(
        profile, **SEMNAN, azimuth_rad=2.2, burnout_speed_m_s=7500.0, burnout_angle_rad=0.0, height_m=1200.0,
        times_s=np.linspace(0, 480, 49),
    )  # fmt: skip
    height = geodetic_from_ecef(path.r_m)[2]
    assert height[[0, -1]] == pytest.approx([1200.0, 250e3], abs=1e-3)
    assert np.all(np.diff(height) > 0)


TWO = (
    Burnout(0.0, 60.0, 25e3, 900.0, 12e3, 900.0),
    Burnout(65.0, 115.0, 105e3, 2000.0, 95e3, 2700.0),
)
THREE = (
    Burnout(0.0, 60.0, 38e3, 1500.0, 25e3, 1600.0),
    Burnout(62.0, 118.0, 137e3, 1950.0, 185e3, 4000.0),
    Burnout(118.0, 172.0, 262e3, 2700.0, 465e3, 6150.0),
)


def own_end(profile: BoostProfile) -> dict[str, float]:
    """The burnout of a staged profile's own reference flight, as `ascent` wants it; on the equator, northwards."""
    (height, _), (climb, going), _ = motion(course(profile.stages), profile.burn_time_s)
    level = going * (1 + height / 6.335439e6)  # the meridian's radius there
    return {"burnout_speed_m_s": float(np.hypot(climb, level)), "burnout_angle_rad": float(np.arctan2(climb, level))}


@pytest.mark.parametrize("ends", [TWO[:1], TWO, THREE])
def test_a_staged_ascent_goes_through_the_burnouts_given(ends: tuple[Burnout, ...]) -> None:
    profile = staged(ends)
    times = [end.burnout_s for end in ends]
    path = ascent(
        profile, latitude_rad=0.0, longitude_rad=0.0, azimuth_rad=0.0, times_s=times, **own_end(profile)
    )  # fmt: skip
    latitude, _, height = geodetic_from_ecef(path.r_m)
    gone = geodesic.inverse(0.0, 0.0, latitude, 0.0)[0]
    assert height == pytest.approx([end.height_m for end in ends], abs=20.0)
    assert gone == pytest.approx([end.distance_m for end in ends], rel=1e-3)
    climb = np.einsum("ni,ni->n", path.v_m_s, enu_basis(latitude, np.zeros(len(ends)))[:, 2])
    assert climb == pytest.approx([end.climb_m_s for end in ends], abs=1.0)


def test_acceleration_is_continuous_within_a_stage_and_jumps_between_stages() -> None:
    profile = staged(THREE)
    times = np.arange(0.0, 172.0, 0.01)
    felt = accelerations(
        profile, latitude_rad=0.6, longitude_rad=0.9, azimuth_rad=1.0, times_s=times, **own_end(profile)
    )  # fmt: skip
    jumps = np.linalg.norm(np.diff(felt, axis=0), axis=1)
    assert np.flatnonzero(jumps > 1.0).tolist() == [5999, 6199, 11799]  # burnout, ignition, and both at once
    assert np.sort(jumps)[-4] < 0.1


staged_profiles = st.sampled_from([staged(TWO), staged(THREE), BoostProfile(110.0, 0.4, 0.27)])


@settings(max_examples=40)
@given(
    staged_profiles, st.floats(-1.5, 1.5), st.floats(0, 6.28), st.floats(500, 8000), st.floats(0.05, 1.5),
    st.floats(0.05, 0.95),
)  # fmt: skip
def test_accelerations_are_the_derivatives_of_velocities(
    profile: BoostProfile, latitude: float, azimuth: float, speed: float, angle: float, part: float
) -> None:
    at, step = part * profile.burn_time_s, 1e-2
    nodes = np.concatenate([np.linspace(s.ignition_s, s.burnout_s, 9) for s in profile.stages] or [[0.0]])
    at += 3 * step if np.abs(nodes - at).min() < 2 * step else 0.0
    flight = {
        "latitude_rad": latitude, "longitude_rad": 0.9, "azimuth_rad": azimuth, "burnout_speed_m_s": speed,
        "burnout_angle_rad": angle,
    }  # fmt: skip
    before, after = ascent(profile, **flight, times_s=[at - step, at + step]).v_m_s
    assert accelerations(profile, **flight, times_s=at)[0] == pytest.approx((after - before) / (2 * step), abs=5e-4)


def test_the_coast_between_stages_is_free_fall_but_for_the_turning_of_the_earth() -> None:
    profile = staged(TWO)
    path = ascent(
        profile, latitude_rad=0.6, longitude_rad=0.9, azimuth_rad=1.0, times_s=[60.0, 65.0], **own_end(profile)
    )  # fmt: skip
    fallen = coast.propagate(path[:1], 5.0)
    assert np.linalg.norm(fallen.r_m[0] - path.r_m[1]) < 5.0
    assert np.linalg.norm(fallen.v_m_s[0] - path.v_m_s[1]) < 1.5


def test_a_staged_profile_keeps_its_shape_at_another_burnout() -> None:
    profile, times = staged(TWO), [60.0, 115.0]
    own = own_end(profile)
    slower = {**own, "burnout_speed_m_s": own["burnout_speed_m_s"] / 2}
    heights = [
        geodetic_from_ecef(ascent(profile, **SEMNAN, azimuth_rad=2.2, times_s=times, **end).r_m)[2]
        for end in (own, slower)
    ]
    assert heights[1] == pytest.approx(heights[0] / 2, abs=1e-3)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: staged([]), "one to three stages, got 0"),
        (lambda: staged([Burnout(1.0, 60.0, 25e3, 900.0, 12e3, 900.0)]), "the first stage ignites at 0 s, got 1.0 s"),
        (lambda: staged([TWO[0], Burnout(50.0, 115.0, 1e5, 2e3, 9e4, 2e3)]), "stage 2 ignites at 50.0 s, before"),
        (lambda: staged([Burnout(0.0, 60.0, 25e3, 900.0, 12e3, -900.0)]), "must lie over and beyond the launch point"),
        (lambda: staged([Burnout(0.0, 60.0, 25e3, 900.0, 2e3, 900.0)]), "covers 0.037 .* wanted at least"),
        (lambda: Stage(5.0, 5.0, (1.0, 1.0), (1.0, 1.0)), "to a later burnout_s, got 5.0 to 5.0 s"),
        (lambda: Stage(0.0, 5.0, (1.0,), (1.0,)), "two or more nodes, got 1 and 1"),
        (lambda: BoostProfile(99.0, 0.4, 0.4, stages=staged(TWO).stages), "must be the last stage's burnout, 115.0 s"),
    ],
)
def test_stages_that_cannot_be_are_refused(make: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        make()  # type: ignore[operator]


@pytest.mark.parametrize("inclination_deg", [40.0, 51.6, 97.4])
def test_a_launch_at_the_azimuth_of_a_plane_ends_in_it_to_a_degree(inclination_deg: float) -> None:
    plane, latitude = np.deg2rad(inclination_deg), SEMNAN["latitude_rad"]
    azimuth = launch_azimuth_rad(plane, latitude, speed_m_s=7800.0, northwards=[True, False])
    end = ascent(
        BoostProfile(480.0, None, 0.34, burnout_height_m=250e3), **SEMNAN, azimuth_rad=azimuth,
        burnout_speed_m_s=7465.0, burnout_angle_rad=0.0, times_s=480.0,
    )  # fmt: skip
    assert np.rad2deg(orbit.inclination_rad(end)) == pytest.approx(np.full(2, inclination_deg), abs=1.0)
    assert np.cos(azimuth[0]) > 0 > np.cos(azimuth[1])


def test_one_time_of_many_ascents() -> None:
    many = ascent(
        BoostProfile(60.0, 0.4, 0.4), **SEMNAN, azimuth_rad=np.arange(5.0), burnout_speed_m_s=1500.0,
        burnout_angle_rad=0.7, times_s=60.0,
    )  # fmt: skip
    assert len(many) == 5
    assert np.linalg.norm(many.v_m_s, axis=1) == pytest.approx(np.full(5, 1500.0))


@pytest.mark.skipif(not SHARED.exists(), reason=f"the published telemetry is not here: {SHARED}")
def test_real_first_stages_rise_along_these_curves() -> None:
    seen = 0
    for folder in sorted(SHARED.iterdir()):
        if not folder.is_dir() or folder.name.startswith("Falcon Heavy"):  # its side boosters are another shape
            continue
        told = {key: np.array(value) for key, value in json.loads((folder / "analysed.json").read_text()).items()}
        row = int(np.searchsorted(told["time"], json.loads((folder / "events.json").read_text())["meco"] - 1))
        times, T = told["time"][: row + 1], float(told["time"][row])
        height, distance = told["altitude"][: row + 1] * 1e3, told["downrange_distance"][: row + 1] * 1e3
        climb, going = told["velocity_y"][row], told["velocity_x"][row]
        fractions = np.clip(height[-1] / (climb * T), 1 / 3, 1 / 2), distance[-1] / (going * T)
        path = ascent(
            BoostProfile(T, *(float(f) for f in fractions)), latitude_rad=0.5, longitude_rad=0.0, azimuth_rad=1.5,
            burnout_speed_m_s=np.hypot(climb, going), burnout_angle_rad=np.arctan2(climb, going), times_s=times,
        )  # fmt: skip
        latitude, longitude, up = geodetic_from_ecef(path.r_m)
        assert np.abs(up - height).max() < REAL_HEIGHT_M, folder.name
        assert np.abs(geodesic.inverse(0.5, 0.0, latitude, longitude)[0] - distance).max() < REAL_DISTANCE_M, (
            folder.name
        )
        seen += 1
    assert seen == 29


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: BoostProfile(0.0, 0.4, 0.4), "burn_time_s must be a positive number"),
        (lambda: BoostProfile(60.0, 0.3, 0.4), "altitude_fraction must be between 0.3333 and 0.5"),
        (lambda: BoostProfile(60.0, 0.4, 0.19), "downrange_fraction must be between 0.2 and 0.5"),
        (lambda: BoostProfile(60.0, 0.4, 0.51), "downrange_fraction must be between 0.2 and 0.5"),
        (lambda: BoostProfile(60.0, None, 0.4), "give one of altitude_fraction and burnout_height_m"),
        (lambda: BoostProfile(60.0, 0.4, 0.4, burnout_height_m=1e5), "give one of altitude_fraction"),
        (lambda: BoostProfile(60.0, None, 0.4, 20e3).height_gained_m(2000.0), "would sink on its way"),
        (lambda: BoostProfile(60.0, 0.4, 0.4).height_gained_m(-10.0), "would sink on its way"),
        (lambda: BoostProfile(60.0, None, 0.4, 1e3).height_gained_m(0.0, height_m=1200.0), "would sink on its way"),
    ],
)  # fmt: skip
def test_ascents_that_would_not_rise_are_refused(make: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        make()  # type: ignore[operator]


def test_times_outside_the_burn_are_refused() -> None:
    with pytest.raises(ValueError, match="within the burn, 0 to 60"):
        ascent(
            BoostProfile(60.0, 0.4, 0.4), **SEMNAN, azimuth_rad=0.0, burnout_speed_m_s=1e3, burnout_angle_rad=1.0,
            times_s=[61.0],
        )  # fmt: skip
