"""Profiles fitted to telemetry: thirty real ascents, and made ones with gaps, noise and rows misread."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from design import ascents
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.flight.boost import ascent, staged
from jointwatch.flight.stages import Burnout
from jointwatch.flight.telemetry import fit

REPOSITORY = Path(__file__).parents[2]
ASCENTS = REPOSITORY.parent / "shared" / "data" / "ascent"
REAL_MEDIAN_HEIGHT_M, REAL_HEIGHT_M = 40.0, 850.0  # the record's own steps are 100 m, some of 800 m
REAL_MEDIAN_SPEED_M_S, REAL_SPEED_M_S = 2.5, 90.0  # at burnout, whose time is rounded to a second: 30 m/s each

MADE = staged(
    [
        Burnout(0.0, 60.0, 38e3, 1500.0, 25e3, 1600.0),
        Burnout(63.0, 118.0, 137e3, 1950.0, 185e3, 4000.0),
        Burnout(120.0, 172.0, 262e3, 2700.0, 465e3, 6150.0),
    ]
)
MADE_STAGES = [(0.0, 60.0), (63.0, 118.0), (120.0, 172.0)]
MADE_END = {"burnout_speed_m_s": 6950.0, "burnout_angle_rad": 0.4}


def told(times: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Height, speed and ground distance of the made ascent, on the equator."""
    path = ascent(MADE, latitude_rad=0.0, longitude_rad=0.0, azimuth_rad=np.pi / 2, times_s=times, **MADE_END)
    _, longitude, height = geodetic_from_ecef(path.r_m)
    return height, np.linalg.norm(path.v_m_s, axis=1), longitude * 6_378_137.0


def numbers(row: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+\.?\d*", row.split("|", 2)[2])]


@pytest.mark.skipif(not ASCENTS.is_dir(), reason="needs the 30 ascents in ../shared/data/ascent")
def test_thirty_real_ascents_are_followed_as_closely_as_the_page_says() -> None:
    page = (REPOSITORY / "docs" / "method" / "boost.md").read_text().splitlines()
    folders = [folder for folder in sorted(ASCENTS.iterdir()) if folder.is_dir()]
    assert len(folders) == 30
    for folder in folders:
        record = ascents.read(folder)
        found = ascents.fitted(record)
        for stage in range(1, len(record.stages) + 1):
            height, highest, speed, fastest = ascents.left_of(found, stage)
            assert height < REAL_MEDIAN_HEIGHT_M
            assert highest < REAL_HEIGHT_M
            assert speed < REAL_MEDIAN_SPEED_M_S
            assert fastest < REAL_SPEED_M_S
        printed = [row for row in page if row.startswith(f"| {folder.name} |")]
        for row, here in zip(printed, reversed(ascents.rows(record, found)), strict=True):
            assert numbers(row) == pytest.approx(numbers(here), rel=0.05, abs=2.0), folder.name


@pytest.mark.skipif(not ASCENTS.is_dir(), reason="needs the 30 ascents in ../shared/data/ascent")
def test_a_first_stage_on_its_way_back_is_left_out_and_refused_as_a_second_burn() -> None:
    record = ascents.read(ASCENTS / "NROL-76")  # turned back after 140 s, landed at 540 s
    found = ascents.fitted(record)
    assert found.left_out == int(np.sum(record.time_s > 140.0)) > 400
    with pytest.raises(
        ValueError, match=r"stage 2 \(157 to 550 s\) would end at .* the record does not follow its burn"
    ):
        fit(record.time_s, record.height_m, record.speed_m_s, stages=[(0.0, 140.0), (157.0, 550.0)])


def test_what_is_fitted_flies_as_it_was_told() -> None:
    times = np.arange(0.0, 173.0)
    height, speed, distance = told(times)
    found = fit(times, height, speed, stages=MADE_STAGES)
    path = ascent(
        found.profile, latitude_rad=0.0, longitude_rad=0.0, azimuth_rad=np.pi / 2, times_s=times,
        burnout_speed_m_s=found.burnout_speed_m_s, burnout_angle_rad=found.burnout_angle_rad,
    )  # fmt: skip
    _, longitude, flown = geodetic_from_ecef(path.r_m)
    assert np.abs(flown - height).max() < 100.0
    assert np.abs(np.linalg.norm(path.v_m_s, axis=1) - speed).max() < 5.0
    assert np.abs(longitude * 6_378_137.0 - distance).max() < 2_000.0  # from the speed alone, on a sphere
    assert found.burnout_speed_m_s == pytest.approx(6950.0, abs=2.0)
    assert found.burnout_angle_rad == pytest.approx(0.4, abs=2e-3)


def test_gaps_noise_disorder_and_rows_misread_do_not_pull_it_away() -> None:
    rng = np.random.default_rng(7)
    times = rng.permutation(np.arange(0.0, 172.5, 0.5))
    times = times[(rng.random(len(times)) < 0.6) & ~((times > 20) & (times < 38)) & ~((times > 130) & (times < 145))]
    height, speed, distance = told(times)
    misread = rng.random((2, len(times))) < 0.03
    noisy_height = height + 150.0 * rng.normal(size=len(times)) + 20e3 * misread[0]
    noisy_speed = np.abs(speed + 5.0 * rng.normal(size=len(times))) + 900.0 * misread[1]
    noisy_distance = distance + 300.0 * rng.normal(size=len(times))
    found = fit(times, noisy_height, noisy_speed, noisy_distance, stages=MADE_STAGES)
    told_again = found.height_residual_m + noisy_height - height, found.speed_residual_m_s + noisy_speed - speed
    assert np.sqrt(np.mean(told_again[0] ** 2)) < 150.0  # below the noise of one row
    assert np.abs(told_again[0]).max() < 600.0
    assert np.sqrt(np.mean(told_again[1] ** 2)) < 10.0
    assert found.downrange_residual_m is not None
    assert np.abs(found.downrange_residual_m + noisy_distance - distance).max() < 600.0


def test_the_height_of_the_launch_point_is_taken_off_and_put_back() -> None:
    times = np.arange(0.0, 61.0)
    height, speed, _ = told(times)
    low = fit(times, height, speed, stages=MADE_STAGES[:1])
    high = fit(times, height + 1500.0, speed, stages=MADE_STAGES[:1], launch_height_m=1500.0)
    assert high.height_m == 1500.0
    assert high.profile == low.profile
    assert high.height_residual_m == pytest.approx(low.height_residual_m, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"height_m": (3, np.nan)}, "height_m wants finite numbers; 1 are not, the first at row 3: nan"),
        ({"times_s": (7, np.inf)}, "times_s wants finite numbers; 1 are not, the first at row 7: inf"),
        ({"speed_m_s": (9, -1.0)}, "speed_m_s wants finite numbers, zero or more; 1 are not, the first at row 9: -1.0"),
        ({"downrange_m": (0, np.nan)}, "downrange_m wants finite numbers"),
    ],
)
def test_numbers_that_are_none_are_refused_with_their_row(change: dict[str, tuple[int, float]], sentence: str) -> None:
    times = np.arange(0.0, 61.0)
    height, speed, distance = told(times)
    columns = {"times_s": times, "height_m": height, "speed_m_s": speed, "downrange_m": distance}
    for name, (row, value) in change.items():
        columns[name] = columns[name].copy()
        columns[name][row] = value
    with pytest.raises(ValueError, match=sentence):
        fit(**columns, stages=MADE_STAGES[:1])


@pytest.mark.parametrize(
    ("stages", "sentence"),
    [
        ([], "one to three stages, got 0"),
        ([(0.0, 60.0), (50.0, 118.0)], "stage 2 ignites at 50.0 s, before the burnout at 60.0 s"),
        ([(5.0, 60.0)], "the first stage ignites at 0 s, got 5.0 s"),
        ([(0.0, 60.0), (63.0, 900.0), (901.0, 950.0)], r"stage 3 \(901 to 950 s\) has 0 rows"),
    ],
)
def test_stages_that_the_record_cannot_have_are_refused(stages: list[tuple[float, float]], sentence: str) -> None:
    times = np.arange(0.0, 173.0)
    height, speed, _ = told(times)
    with pytest.raises(ValueError, match=sentence):
        fit(times, height, speed, stages=stages)


def test_columns_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match=r"speed_m_s wants as many values as times_s, \(3,\), got \(2,\)"):
        fit([0.0, 1.0, 2.0], [0.0, 1.0, 2.0], [0.0, 1.0], stages=[(0.0, 2.0)])
