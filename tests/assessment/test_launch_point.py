"""Launch point, time and direction: consistent over the prior, honest on real ascents, "not yet" where it must be."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from jointwatch.assessment.ellipse import CHI2_95_2DOF
from jointwatch.assessment.ground_track import ground_track, offsets_en
from jointwatch.assessment.launch_point import LaunchEstimate, launch_or_reason, launch_point
from jointwatch.assessment.priors import BoostPriors
from jointwatch.earth import geodesic
from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight.boost import BoostProfile

PRIORS = BoostPriors()
LAUNCH_TAI_NS = 1_233_599_434_000_000_000
PLACE = 0.615, 0.941
AZIMUTH_RAD = 2.3
ASCENTS = Path(__file__).parents[2].parent / "shared" / "data" / "ascent"


def errors(estimate: LaunchEstimate, azimuth_rad: float = AZIMUTH_RAD) -> tuple[float, float, float]:
    """Squared distance of place (2 degrees of freedom), and time and direction in sigmas."""
    miss = offsets_en(estimate.latitude_rad, estimate.longitude_rad, np.array([PLACE[0]]), np.array([PLACE[1]]))[0]
    turn = (azimuth_rad - estimate.direction_rad + np.pi) % (2 * np.pi) - np.pi
    return (
        float(miss @ np.linalg.solve(estimate.cov_en_m2, miss)),
        (LAUNCH_TAI_NS - estimate.time_tai_ns) / 1e9 / estimate.sigma_s,
        float(turn / estimate.direction_sigma_rad),
    )


def drawn(climb: Any, rng: np.random.Generator) -> Any:
    """A missile of the prior: its kappas, and cut-off near the usual altitude."""
    while True:
        kappas = rng.normal([PRIORS.kappa_altitude, PRIORS.kappa_downrange], [0.04, 0.04])
        T, speed, angle = rng.uniform(60.0, 130.0), rng.uniform(1800.0, 5000.0), np.radians(rng.uniform(28.0, 45.0))
        height_m = kappas[0] * T * speed * np.sin(angle)
        away = (height_m - PRIORS.burnout_altitude_m) / PRIORS.burnout_altitude_sigma_m
        if np.all((kappas > 1 / 3) & (kappas < 1 / 2)) and rng.uniform() < np.exp(-0.5 * away**2):
            return replace(climb, profile=BoostProfile(T, *kappas), speed_m_s=speed, angle_rad=angle)


@pytest.mark.parametrize(
    ("first", "last"), [(0.6, 2.5), (0.5, 0.95), (1.15, 4.0)], ids=["through cut-off", "still burning", "only coasting"]
)
def test_errors_are_those_the_covariance_says(
    observe: Callable[..., Any], medium_range: Any, first: float, last: float
) -> None:
    rng = np.random.default_rng(4)
    found = []
    for _ in range(60):
        climb = drawn(medium_range, rng)
        T = climb.profile.burn_time_s
        estimate = launch_point(observe(climb, rng, first_s=first * T, last_s=last * T), PRIORS)
        assert estimate is not None
        found.append(errors(estimate))
    place, time, direction = np.array(found).T
    # The prior while burning is wider than what is drawn here (it must hold for launchers too), so these may be small.
    assert np.mean(place < CHI2_95_2DOF) >= 0.90
    assert 0.5 < np.mean(place) < 2.8
    assert np.sqrt(np.mean(time**2)) < 1.25
    assert 0.7 < np.sqrt(np.mean(direction**2)) < 1.3


@pytest.mark.parametrize(("first_s", "last_s"), [(120.0, 220.0), (130.0, 290.0), (150.0, 420.0)])
def test_an_ascent_that_levels_off_is_not_divided_by_its_vanishing_climb(
    observe: Callable[..., Any], into_orbit: Any, first_s: float, last_s: float
) -> None:
    rng = np.random.default_rng(2)
    found = [launch_point(observe(into_orbit, rng, first_s=first_s, last_s=last_s), PRIORS) for _ in range(10)]
    for estimate in found:
        assert estimate is not None
        place, time, _ = errors(estimate)
        assert place < CHI2_95_2DOF * 1.5
        assert abs(time) < 3.0
        assert estimate.ellipse.semi_major_m < 250e3


def test_an_ascent_flat_from_the_first_plot_on_stands_on_the_burn_time(
    observe: Callable[..., Any], into_orbit: Any
) -> None:
    estimate = launch_point(observe(into_orbit, np.random.default_rng(3), first_s=265.0, last_s=300.0), PRIORS)
    assert estimate is not None
    assert estimate.basis == "a usual burn time, the ascent was flat when seen"
    assert estimate.sigma_s > 80.0  # little is known, and it says so
    assert errors(estimate)[0] < CHI2_95_2DOF


def test_turning_the_earth_under_a_flight_turns_the_estimate_and_nothing_else(
    observe: Callable[..., Any], medium_range: Any
) -> None:
    here, there = (
        launch_point(
            observe(
                medium_range,
                np.random.default_rng(1),
                first_s=60.0,
                last_s=300.0,
                longitude_rad=lon,
                sigma_m=1e-3,
                sigma_m_s=1e-3,
            ),
            PRIORS,
        )
        for lon in (0.941, 0.941 + 2.0)
    )
    assert here is not None
    assert there is not None
    tolerance_rad = 1e-7  # 0.6 m: what the millimetres of noise, along axes that do not turn, leave
    assert there.latitude_rad == pytest.approx(here.latitude_rad, abs=tolerance_rad)
    assert there.longitude_rad - here.longitude_rad == pytest.approx(2.0, abs=tolerance_rad)
    assert there.direction_rad == pytest.approx(here.direction_rad, abs=1e-5)  # 1 mm/s of 1 km/s, several times over
    np.testing.assert_allclose(there.cov_en_m2, here.cov_en_m2, rtol=1e-4)


def test_the_covariance_is_that_of_draws_through_the_same_relation(
    observe: Callable[..., Any], medium_range: Any
) -> None:
    """An independent route: kappa and climb drawn at random, by the formula h / (kappa v), against the transform."""
    history = observe(medium_range, np.random.default_rng(8), first_s=85.0, last_s=112.0, sigma_m=300.0, sigma_m_s=40.0)
    estimate = launch_point(history, PRIORS)
    assert estimate is not None
    row = 0  # the nearest state
    track = ground_track(history.x[row : row + 1])
    rng = np.random.default_rng(9)
    kappa = np.exp(rng.normal(np.log(0.46), 0.0566 / 0.46, 4000))  # below the height of staging: (0.42 + 0.5) / 2
    climb = track.climb_m_s[0] + rng.normal(0.0, 40.0, 4000)
    ages = track.height_m[0] / (kappa * climb)
    assert estimate.sigma_s == pytest.approx(ages.std(), rel=0.25)


def test_without_enough_states_the_answer_is_not_yet(
    observe: Callable[..., Any], medium_range: Any, empty: Any
) -> None:
    assert launch_point(empty, PRIORS) is None
    assert launch_or_reason(empty, PRIORS) == "not yet: the track has 0 states, a launch point wants 3"
    one = observe(medium_range, np.random.default_rng(0), first_s=80.0, last_s=84.0)
    assert launch_or_reason(one, PRIORS) == "not yet: the track has 1 states, a launch point wants 3"
    vague = observe(medium_range, np.random.default_rng(0), first_s=80.0, last_s=111.0, sigma_m_s=900.0)
    assert launch_or_reason(vague, PRIORS) == (
        "not yet: the climb rate of the ascent is too uncertain to reckon its launch back"
    )


def test_a_satellite_first_seen_in_its_orbit_has_no_launch_point(observe: Callable[..., Any], into_orbit: Any) -> None:
    passing = observe(into_orbit, np.random.default_rng(0), first_s=900.0, last_s=1200.0)
    assert launch_or_reason(passing, PRIORS) == (
        "none: its free flight, followed back for 45 min, never climbed through a usual burnout altitude"
    )


@pytest.mark.skipif(not ASCENTS.is_dir(), reason="needs the 30 ascents in ../shared/data/ascent")
@pytest.mark.parametrize(("from_km", "until_s"), [(20, 140), (50, 200), (80, 250), (90, 350)])
def test_real_ascents_through_staging_lie_where_the_estimate_says(from_km: float, until_s: float) -> None:
    rng = np.random.default_rng(1)
    found = []
    for folder in sorted(path for path in ASCENTS.iterdir() if path.is_dir()):
        history = telemetry(folder, from_km, until_s, rng)
        estimate = launch_point(history, PRIORS) if history is not None else None
        if estimate is not None:
            found.append(errors(estimate))
    place, time, _ = np.array(found).T
    assert len(found) >= 20
    assert np.mean(place < CHI2_95_2DOF) >= 0.9
    assert np.sqrt(np.mean(time**2)) < 1.6


def telemetry(folder: Path, from_km: float, until_s: float, rng: np.random.Generator) -> Any:
    """A track of one broadcast ascent, laid along a geodesic, every 5 s; None where the second stage was not shown."""
    data = json.loads(next(folder.glob("analysed*.json")).read_text())
    events = json.loads((folder / "events.json").read_text())
    first_stage_only = events["boostback_start"] or events["entry_start"]
    end_s = min(until_s, events["meco"] if first_stage_only else data["time"][-1])
    rows = np.flatnonzero((np.array(data["altitude"]) >= from_km) & (np.array(data["time"]) <= end_s))[::5]
    if rows.size < 3:
        return None
    km, m_s = (
        {key: np.array(data[key])[rows] for key in keys}
        for keys in (("altitude", "downrange_distance"), ("velocity_x", "velocity_y"))
    )
    latitude, longitude, azimuth = geodesic.direct(*PLACE, AZIMUTH_RAD, km["downrange_distance"] * 1e3)
    along = m_s["velocity_x"]
    enu = np.stack([along * np.sin(azimuth), along * np.cos(azimuth), m_s["velocity_y"]], axis=-1)
    velocity = np.einsum("nji,nj->ni", enu_basis(latitude, longitude), enu)
    x = np.concatenate([ecef_from_geodetic(latitude, longitude, km["altitude"] * 1e3), velocity], axis=1)
    sigma = np.repeat([500.0, 60.0], 3)
    return SimpleNamespace(
        time_tai_ns=LAUNCH_TAI_NS + np.round(np.array(data["time"])[rows] * 1e9).astype(np.int64),
        x=x + sigma * rng.standard_normal(x.shape),
        P=np.tile(np.diag(sigma**2), (rows.size, 1, 1)),
        boost_probability=np.full(rows.size, 0.97),
    )
