"""Derivatives and covariances of impacts: by differences of impacts, by laws, and by ten thousand falls."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import chi2, kstest

from jointwatch.earth.ellipsoid import A_M, ecef_from_geodetic, geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import coast
from jointwatch.flight.dispersion import Dispersion, impact_dispersion
from jointwatch.flight.model import EXP, US76, Model
from jointwatch.flight.segments import pulls

Arcs = Callable[..., np.ndarray]

# flight-path angle, speed, ballistic coefficient
REGIMES = {
    "ordinary": ((25, 55), (2, 7), 5000.0),
    "steep": ((55, 85), (2, 7), 5000.0),
    "shallow": ((10, 25), (4, 7), 5000.0),
    "slow": ((25, 55), (1, 2), 5000.0),
    "light": ((25, 55), (2, 7), 1000.0),
    "feather": ((25, 55), (2, 7), 200.0),
    "airless": ((25, 55), (2, 7), np.inf),
}
MODELS = pytest.mark.parametrize("model", [EXP, US76], ids=["exp", "us76"])
IN_REGIMES = pytest.mark.parametrize("regime", REGIMES)
P = np.diag([1e4, 1e4, 1e4, 1.0, 1.0, 1.0])
LONG_S = 1e5
SHARE = 1e-6  # of a derivative, beside what the differenced impacts scatter by, two steps apart
SCATTER_M = 3e-3  # 1e-3 m was the worst
# By log beta: `coast` leaves out thin air, from a height that jumps with beta.
BY_BETA, BY_BETA_SCATTER_M = 2e-5, 8e-3


def falls(arcs: Arcs, regime: str, count: int = 30) -> tuple[np.ndarray, float]:
    angle, speed, beta = REGIMES[regime]
    return arcs(count, angle_deg=angle, speed_km_s=speed, seed=12), beta


def all_derivatives(found: Dispersion) -> np.ndarray:
    """Of east, north and time, (n, 3, 7)."""
    return np.concatenate([found.derivatives, found.time_derivatives[:, None]], axis=1)


def offsets(x: np.ndarray, beta: float, model: Model, centre: np.ndarray) -> np.ndarray:
    """Impacts, metres east and north of the centres' tangent planes' origins, and seconds: (n, 3)."""
    time_s, there, _ = coast.impact_arrays(x, beta, LONG_S, model=model, tolerance_m=1e-5)
    latitude, longitude, _ = geodetic_from_ecef(centre[:, :3])
    east_north = np.einsum("nij,nj->ni", enu_basis(latitude, longitude)[:, :2], (there - centre)[:, :3])
    return np.column_stack([east_north, time_s])


# --- derivatives ---------------------------------------------------------------------------------------------------


@MODELS
@IN_REGIMES
def test_derivatives_are_those_by_differences_of_impacts(model: Model, regime: str, arcs: Arcs) -> None:
    x, beta = falls(arcs, regime)
    found = impact_dispersion(Ecef(x), P, beta_kg_m2=beta, model=model, horizon_s=LONG_S)
    G, centre = all_derivatives(found), found.impact.states.pos_vel
    for column, step in enumerate([400.0] * 3 + [0.4] * 3 + [0.02]):
        if column == 6 and not np.isfinite(beta):
            continue
        shift = step * np.eye(7)[column]
        near, far = (
            offsets(x + k * shift[:6], beta * np.exp(k * shift[6]), model, centre)
            - offsets(x - k * shift[:6], beta * np.exp(-k * shift[6]), model, centre)
            for k in (1, 2)
        )
        off = (8 * near - far) / (12 * step) - G[:, :, column]
        place, time = np.linalg.norm(G[:, :2, column], axis=1), np.abs(G[:, 2, column])
        share, scatter = (BY_BETA, BY_BETA_SCATTER_M) if column == 6 else (SHARE, SCATTER_M)
        least = scatter / (2 * step)
        assert (np.linalg.norm(off[:, :2], axis=1) <= share * place + least).all(), column
        assert (np.abs(off[:, 2]) <= share * time + least / np.linalg.norm(centre[:, 3:], axis=1)).all(), column


@MODELS
@IN_REGIMES
def test_who_starts_later_comes_down_earlier_at_the_same_place(model: Model, regime: str, arcs: Arcs) -> None:
    x, beta = falls(arcs, regime, count=300)
    pull = np.empty((len(x), 3))
    pulls(x, np.full(len(x), 1 / beta), model.forces, pull)
    found = impact_dispersion(Ecef(x), P, beta_kg_m2=beta, model=model, horizon_s=LONG_S)
    later = np.einsum("nij,nj->ni", all_derivatives(found)[:, :, :6], np.concatenate([x[:, 3:], pull], axis=1))
    assert np.abs(later[:, 2] + 1).max() < 1e-5
    speed = np.linalg.norm(x[:, 3:], axis=1)
    assert (np.hypot(later[:, 0], later[:, 1]) / speed).max() < 1e-5


@MODELS
@IN_REGIMES
def test_from_farther_east_it_comes_down_as_much_farther_east(model: Model, regime: str, arcs: Arcs) -> None:
    x, beta = falls(arcs, regime, count=300)
    found = impact_dispersion(Ecef(x), P, beta_kg_m2=beta, model=model, horizon_s=LONG_S)
    turned = x[:, [1, 0, 2, 4, 3, 5]] * [-1, 1, 0, -1, 1, 0]
    moved = np.einsum("nij,nj->ni", all_derivatives(found)[:, :, :6], turned)
    radius = np.hypot(*found.impact.states.r_m[:, :2].T)
    assert np.abs(moved - np.stack([radius, 0 * radius, 0 * radius], axis=1)).max() < 1.0  # of 6,000 km


def test_what_falls_faster_down_the_vertical_only_comes_sooner() -> None:
    # straight down over the equator without air: the ground is dh away at v, so it comes dh / v later there
    fast = np.array([A_M + 500.0, 0.0, 0.0, -2000.0, 0.0, 0.0])
    found = impact_dispersion(Ecef(fast), P)
    assert found.time_derivatives[0, 0] == pytest.approx(1 / 2000, rel=2e-3)
    assert found.derivatives[0, 0, 1] == pytest.approx(1.0, abs=1e-3)
    assert found.derivatives[0, 1, 2] == pytest.approx(1.0, abs=1e-3)
    assert found.time_derivatives[0, 3] == pytest.approx(0.25 / 2000, rel=2e-3)


# --- covariances ---------------------------------------------------------------------------------------------------


@MODELS
@pytest.mark.parametrize("regime", ["ordinary", "shallow", "light", "feather"])
def test_covariance_and_nees_are_those_of_ten_thousand_falls(model: Model, regime: str, arcs: Arcs) -> None:
    x, beta = falls(arcs, regime, count=1)
    rng, count, sigma = np.random.default_rng([*REGIMES].index(regime)), 10_000, 0.03
    root = rng.normal(size=(6, 6)) * np.array([300.0] * 3 + [0.7] * 3)[:, None] / 2  # correlated, as tracks are
    found = impact_dispersion(
        Ecef(x), root @ root.T, beta_kg_m2=beta, sigma_log_beta=sigma, model=model, horizon_s=LONG_S
    )
    thrown = x + rng.normal(size=(count, 6)) @ root.T
    time_s, there, reached = coast.impact_arrays(
        thrown, beta * np.exp(sigma * rng.normal(size=count)), LONG_S, model=model
    )
    assert reached.all()
    latitude, longitude, _ = geodetic_from_ecef(found.impact.states.r_m[0])
    off = (there - found.impact.states.pos_vel)[:, :3] @ enu_basis(latitude, longitude)[:2].T
    white = np.linalg.solve(np.linalg.cholesky(found.covariance_en_m2[0]), off.T)
    # elements of the sample covariance of white noise scatter by sqrt(2 / n) and sqrt(1 / n); 4.5 sigma for 40 of them
    assert np.abs(np.cov(white) - np.eye(2)).max() < 4.5 * np.sqrt(2 / count)
    assert np.std(time_s) / found.sigma_time_s[0] == pytest.approx(1.0, abs=4.5 / np.sqrt(2 * count))
    nees = (white**2).sum(axis=0)
    assert nees.mean() == pytest.approx(2.0, abs=4.5 * 2 / np.sqrt(count))
    assert kstest(nees, chi2(2).cdf).pvalue > 1e-4


def test_the_ballistic_coefficient_adds_its_share(arcs: Arcs) -> None:
    x, beta = falls(arcs, "light")
    sure = impact_dispersion(Ecef(x), P, beta_kg_m2=beta)
    unsure = impact_dispersion(Ecef(x), P, beta_kg_m2=beta, sigma_log_beta=np.full(len(x), 0.2))
    by = 0.2 * sure.derivatives[:, :, 6]
    assert unsure.covariance_en_m2 == pytest.approx(sure.covariance_en_m2 + by[:, :, None] * by[:, None, :])
    assert unsure.sigma_time_s**2 == pytest.approx(sure.sigma_time_s**2 + (0.2 * sure.time_derivatives[:, 6]) ** 2)
    assert not impact_dispersion(Ecef(x), 0 * P, beta_kg_m2=beta).covariance_en_m2.any()


# --- what is special -----------------------------------------------------------------------------------------------


def over(height_m: float, north_m_s: float, climb_m_s: float) -> np.ndarray:
    place = ecef_from_geodetic(0.6, 0.9, height_m)
    return np.concatenate([place, np.array([0.0, north_m_s, climb_m_s]) @ enu_basis(0.6, 0.9)])


def test_what_does_not_come_down_is_nan_and_leaves_the_others_alone() -> None:
    falling, orbit, gone = over(100e3, 1000.0, 500.0), over(500e3, 7620.0, 0.0), over(100e3, 0.0, 12_000.0)
    found = impact_dispersion(Ecef(np.array([orbit, falling, gone])), P, beta_kg_m2=5000.0)
    assert found.impact.reached.tolist() == [False, True, False]
    for values in (found.derivatives, found.time_derivatives, found.covariance_en_m2, found.sigma_time_s):
        assert np.isnan(values[[0, 2]]).all()
    alone = impact_dispersion(Ecef(falling), P, beta_kg_m2=5000.0)
    assert np.array_equal(alone.derivatives[0], found.derivatives[1])
    soon = impact_dispersion(Ecef(falling), P, beta_kg_m2=5000.0, horizon_s=10.0)
    assert not soon.impact.reached[0]
    assert np.isnan(soon.covariance_en_m2).all()


@pytest.mark.parametrize("start", [over(-0.01, 0.0, 0.0), over(-20.0, 50.0, -3.0), over(-3.0, 1e3, 0.0)])
def test_what_is_on_the_ground_is_where_it_is(start: np.ndarray) -> None:
    found = impact_dispersion(Ecef(start), P, beta_kg_m2=500.0, sigma_log_beta=0.3)
    assert found.impact.time_s[0] == 0.0
    east_north = enu_basis(0.6, 0.9)[:2]
    assert found.derivatives[0] == pytest.approx(np.concatenate([east_north, np.zeros((2, 4))], axis=1), abs=1e-12)
    assert found.covariance_en_m2[0] == pytest.approx(1e4 * np.eye(2))
    assert found.sigma_time_s[0] == 0.0


@MODELS
def test_every_impact_has_its_numbers_whatever_the_flight(model: Model) -> None:
    rng, count = np.random.default_rng(4), 1500
    latitude, longitude = np.arcsin(rng.uniform(-1, 1, count)), rng.uniform(-np.pi, np.pi, count)
    height = np.where(rng.random(count) < 0.5, 10 ** rng.uniform(0, 6.5, count), rng.uniform(-3e3, 150e3, count))
    way = rng.normal(size=(count, 3))
    velocity = way / np.linalg.norm(way, axis=1)[:, None] * 10 ** rng.uniform(0, 4.05, count)[:, None]
    x = Ecef(np.concatenate([ecef_from_geodetic(latitude, longitude, height), velocity], axis=1))
    beta = 10 ** rng.uniform(0.5, 5.5, count)
    found = impact_dispersion(x, P, beta_kg_m2=beta, sigma_log_beta=0.1, model=model)
    assert np.isfinite(found.derivatives).all(axis=(1, 2)).tolist() == found.impact.reached.tolist()
    assert np.isfinite(found.sigma_time_s).tolist() == found.impact.reached.tolist()
    down = found.impact.reached
    assert (np.linalg.eigvalsh(found.covariance_en_m2[down]) > 0).all()
    pull = np.empty((count, 3))
    pulls(x.pos_vel, 1 / beta, model.forces, pull)
    flown = down & (height > 0)
    later = np.einsum("nj,nj->n", found.time_derivatives[:, :6], np.concatenate([x.v_m_s, pull], axis=1))
    assert np.abs(later[flown] + 1).max() < 1e-4  # who starts later comes down earlier


def test_many_are_many_single_ones_and_nothing_is_nothing(arcs: Arcs) -> None:
    x, _ = falls(arcs, "ordinary", count=1100)  # more than two parts
    covariances = P * np.linspace(0.5, 2.0, len(x))[:, None, None]
    together = impact_dispersion(Ecef(x), covariances, beta_kg_m2=np.geomspace(300, 3e4, len(x)), model=US76)
    for i in (0, 511, 512, 1099):
        alone = impact_dispersion(Ecef(x[i]), covariances[i], beta_kg_m2=np.geomspace(300, 3e4, len(x))[i], model=US76)
        assert np.array_equal(alone.derivatives[0], together.derivatives[i])
        assert np.allclose(alone.covariance_en_m2[0], together.covariance_en_m2[i], rtol=1e-12)
    nothing = impact_dispersion(Ecef(np.empty((0, 6))), P)
    assert (nothing.derivatives.shape, nothing.covariance_en_m2.shape) == ((0, 2, 7), (0, 2, 2))


# --- input that means nothing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"covariance": np.eye(3)}, r"covariance must be \(6, 6\), or \(3, 6, 6\) for 3 states, got shape \(3, 3\)"),
        ({"covariance": np.stack([P, np.nan * P, P])}, "number 1 is not"),
        ({"covariance": np.stack([P, P, P + np.triu(np.ones((6, 6)), 1)])}, "number 2 is not"),
        ({"covariance": -P}, "without negative variances; number 0"),
        ({"covariance": np.ones((6, 6)) - 0.1 * np.eye(6)}, "number 0 is not"),  # correlations over one
        ({"sigma_log_beta": -0.1}, "sigma_log_beta must be finite and not negative"),
        ({"sigma_log_beta": [0.1, 0.2]}, "one for each of 3 states"),
        ({"beta_kg_m2": 0.0}, "beta_kg_m2 must be positive"),
        ({"horizon_s": -1.0}, "horizon_s must be positive"),
    ],
)
def test_wrong_use_is_refused_in_words(given: dict[str, object], sentence: str) -> None:
    states = Ecef(np.tile(over(100e3, 1000.0, 500.0), (3, 1)))
    with pytest.raises(ValueError, match=sentence):
        impact_dispersion(states, **{"covariance": P, **given})
