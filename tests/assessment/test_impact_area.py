"""Impact place and time: the 95 % ellipse holds the truth in 95 of 100, and what orbits does not come down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from jointwatch.assessment.ellipse import contains
from jointwatch.assessment.ground_track import ground_track, offsets_en
from jointwatch.assessment.impact_area import ImpactEstimate, fallen, impact_area, impact_or_reason
from jointwatch.assessment.priors import BoostPriors
from jointwatch.earth.states import Ecef
from jointwatch.flight import coast

PRIORS = BoostPriors()
DRAWS = 200


def covariance(sigma_m: float, sigma_m_s: float, age_s: float) -> np.ndarray:
    """Of a state whose velocity came from positions some time apart: position and velocity errors go together."""
    P = np.diag(np.repeat([sigma_m, sigma_m_s], 3) ** 2)
    shared = 0.5 * sigma_m_s**2 * age_s
    P[:3, 3:] = P[3:, :3] = min(shared, 0.7 * sigma_m * sigma_m_s) * np.eye(3)
    return P


@pytest.mark.parametrize(
    ("sigma_m", "sigma_m_s"), [(500.0, 10.0), (2000.0, 60.0)], ids=["after minutes", "after seconds"]
)
def test_the_95_percent_ellipse_holds_the_truth_in_95_of_100(
    observe: Callable[..., Any], medium_range: Any, sigma_m: float, sigma_m_s: float
) -> None:
    rng = np.random.default_rng(20)
    state = observe(medium_range, rng, first_s=180.0, last_s=181.0, sigma_m=1e-6, sigma_m_s=1e-6)
    P = covariance(sigma_m, sigma_m_s, 60.0)
    seen = rng.multivariate_normal(state.x[0], P, size=DRAWS)
    beta = np.exp(rng.normal(PRIORS.log_beta_mean, PRIORS.log_beta_sigma, DRAWS))
    truth = coast.impact(Ecef(np.repeat(state.x, DRAWS, axis=0)), beta_kg_m2=beta)
    place = ground_track(truth.states.pos_vel)
    inside, late = [], []
    for row in range(DRAWS):
        estimate = fallen(0, seen[row], P, PRIORS)
        assert isinstance(estimate, ImpactEstimate)
        miss = offsets_en(
            estimate.latitude_rad, estimate.longitude_rad, place.latitude_rad[[row]], place.longitude_rad[[row]]
        )
        inside.append(bool(contains(estimate.ellipse, miss[:, 0], miss[:, 1])[0]))
        late.append((estimate.time_tai_ns / 1e9 - truth.time_s[row]) / estimate.sigma_s)
    assert 0.91 <= np.mean(inside) <= 0.98
    assert np.std(late) == pytest.approx(1.0, abs=0.2)


def test_the_covariance_is_the_spread_of_a_thousand_falls(observe: Callable[..., Any], medium_range: Any) -> None:
    """By another route: draws through the same flight, instead of the transform."""
    rng = np.random.default_rng(3)
    state = observe(medium_range, rng, first_s=200.0, last_s=201.0, sigma_m=1e-6, sigma_m_s=1e-6).x[0]
    P = covariance(800.0, 20.0, 40.0)
    estimate = fallen(0, state, P, PRIORS)
    assert isinstance(estimate, ImpactEstimate)
    beta = np.exp(rng.normal(PRIORS.log_beta_mean, PRIORS.log_beta_sigma, 1000))
    fall = coast.impact(Ecef(rng.multivariate_normal(state, P, size=1000)), beta_kg_m2=beta)
    place = ground_track(fall.states.pos_vel)
    offsets = offsets_en(estimate.latitude_rad, estimate.longitude_rad, place.latitude_rad, place.longitude_rad)
    sampling = 3.0 * np.sqrt(2.0 / 1000)  # three sigma of a variance from a thousand draws
    np.testing.assert_allclose(np.diag(np.cov(offsets.T)), np.diag(estimate.cov_en_m2), rtol=sampling)
    assert np.std(fall.time_s) == pytest.approx(estimate.sigma_s, rel=sampling)


def test_a_track_of_a_missile_ends_where_the_missile_ends(observe: Callable[..., Any], medium_range: Any) -> None:
    history = observe(medium_range, np.random.default_rng(5), first_s=80.0, last_s=500.0)
    estimate = impact_area(history, PRIORS)
    assert estimate is not None
    exact = observe(medium_range, np.random.default_rng(5), first_s=80.0, last_s=500.0, sigma_m=1e-6, sigma_m_s=1e-6)
    end = coast.impact(Ecef(exact.x[-1:]), beta_kg_m2=np.exp(PRIORS.log_beta_mean))
    place = ground_track(end.states.pos_vel)
    miss = offsets_en(estimate.latitude_rad, estimate.longitude_rad, place.latitude_rad, place.longitude_rad)[0]
    assert float(miss @ np.linalg.solve(estimate.cov_en_m2, miss)) < 9.21  # 99 %


def test_less_is_known_of_the_fall_where_less_is_known_of_the_body(
    observe: Callable[..., Any], medium_range: Any
) -> None:
    history = observe(medium_range, np.random.default_rng(5), first_s=80.0, last_s=500.0, sigma_m=30.0, sigma_m_s=3.0)
    known, unknown = (
        impact_area(history, replace(PRIORS, log_beta_mean=7.0, log_beta_sigma=sigma)) for sigma in (0.01, 1.0)
    )
    assert known is not None
    assert unknown is not None
    assert unknown.sigma_s > 1.5 * known.sigma_s


def test_what_orbits_has_no_impact_and_says_so(observe: Callable[..., Any], into_orbit: Any) -> None:
    history = observe(into_orbit, np.random.default_rng(6), first_s=200.0, last_s=700.0, sigma_m_s=15.0)
    assert impact_area(history, PRIORS) is None
    assert "an orbit that stays above the air is not excluded" in str(impact_or_reason(history, PRIORS))


def test_what_burns_or_is_hardly_seen_has_no_impact_yet(
    observe: Callable[..., Any], medium_range: Any, empty: Any
) -> None:
    burning = observe(medium_range, np.random.default_rng(6), first_s=80.0, last_s=110.0)
    assert impact_or_reason(burning, PRIORS) == (
        "not yet: free flight is not established, the object may still be accelerating"
    )
    assert impact_or_reason(empty, PRIORS) == "not yet: the track has 0 states, an impact wants 3"


def test_what_the_air_has_braked_already_need_not_be_foreseen(observe: Callable[..., Any], medium_range: Any) -> None:
    """Exact states of a light body on its way down: the prior on its ballistic coefficient matters less and less."""
    high = observe(medium_range, np.random.default_rng(1), first_s=180.0, last_s=181.0, sigma_m=1e-6, sigma_m_s=1e-6)
    light = float(np.exp(PRIORS.log_beta_mean - 2 * PRIORS.log_beta_sigma))
    fall = coast.impact(Ecef(high.x), beta_kg_m2=light)
    seconds = np.arange(0.0, float(fall.time_s[0]), 5.0)
    x = coast.trajectory(Ecef(high.x), seconds, beta_kg_m2=light).pos_vel
    missed = []
    for height_m in (100e3, 40e3, 20e3, 10e3):
        seen = seconds <= seconds[np.flatnonzero(ground_track(x).height_m > height_m)[-1]]
        track = replace(
            high,
            time_tai_ns=high.time_tai_ns[0] + np.round(seconds[seen] * 1e9).astype(np.int64),
            x=x[seen],
            P=np.tile(covariance(1.0, 0.01, 60.0), (np.count_nonzero(seen), 1, 1)),
            boost_probability=np.zeros(np.count_nonzero(seen)),
        )
        estimate = impact_area(track, PRIORS)
        assert estimate is not None
        truth = ground_track(fall.states.pos_vel)
        miss = offsets_en(estimate.latitude_rad, estimate.longitude_rad, truth.latitude_rad, truth.longitude_rad)
        missed.append((float(np.linalg.norm(miss)), estimate.ellipse.semi_major_m, estimate.sigma_s))
    off_m, ellipse_m, sigma_s = np.array(missed).T
    assert (np.diff(ellipse_m) < 0).all()
    assert (np.diff(sigma_s) < 0).all()
    assert (np.diff(off_m) < 0).all()
