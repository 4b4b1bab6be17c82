import numpy as np
import pytest

from jointwatch.tracking.imm import BOOST, THRUST
from jointwatch.tracking.settings import Settings
from tests.tracking import numpy_filter as imm

SETTINGS = Settings(burnout_rate_per_s=0.02, ignition_rate_per_s=0.01)


@pytest.fixture
def two(random_covariances):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(4, 2, 7)) * 1e3
    P = random_covariances(rng, 8, 7).reshape(4, 2, 7, 7)
    mu = rng.dirichlet([1, 1], 4)
    return x, P, mu


def test_probabilities_of_going_on_add_to_one_and_compose_over_time():
    one, two = imm.transition(np.array([5.0, 10.0]), Settings(ignition_rate_per_s=0.0))
    assert one.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert one @ one == pytest.approx(two), "with burnout alone, two steps of 5 s are one of 10 s"
    assert imm.transition(np.array([-3.0]), SETTINGS)[0] == pytest.approx(np.eye(2)), "nothing changes backward"


def test_mixing_keeps_the_mean_and_the_covariance_of_the_whole(two):
    x, P, mu = two
    before = imm.combined(x, P, mu)
    mixed_x, mixed_P, c = imm.mix(x, P, mu, imm.transition(np.full(4, 7.0), SETTINGS), SETTINGS)
    after = imm.combined(mixed_x, mixed_P, c)
    assert c.sum(axis=1) == pytest.approx(np.ones(4))
    assert after[0] == pytest.approx(before[0], rel=1e-9)
    assert after[1] == pytest.approx(before[1], rel=1e-9)


def test_what_one_mode_alone_knows_fades_by_the_share_that_comes_from_the_other(two):
    x, P, mu = two
    pi = imm.transition(np.full(4, 7.0), SETTINGS)
    mixed_x, _, c = imm.mix(x, P, mu, pi, SETTINGS)
    stays = mu * pi[:, [0, 1], [0, 1]] / c
    prior = np.array([SETTINGS.thrust_mean_m_s2, 0.0])
    assert mixed_x[..., 6] == pytest.approx(prior + stays * (x[..., 6] - prior))
    kept_x, kept_P, _ = imm.mix(x, P, mu, imm.transition(np.zeros(4), SETTINGS), SETTINGS)
    assert kept_x == pytest.approx(x), "no time, no change"
    assert kept_P == pytest.approx(P)


def test_the_combined_covariance_is_that_of_a_sampled_mixture(two):
    x, P, mu = (a[:1] for a in two)
    rng = np.random.default_rng(2)
    modes = rng.choice(2, size=200_000, p=mu[0])
    draws = np.concatenate(
        [rng.multivariate_normal(x[0, j, :6], P[0, j, :6, :6], (modes == j).sum()) for j in range(2)]
    )
    mean, cov = imm.combined(x, P, mu)
    scale = np.sqrt(np.diag(cov[0]))
    assert np.abs(draws.mean(axis=0) - mean[0]) / scale == pytest.approx(np.zeros(6), abs=0.01)
    assert np.cov(draws.T) / np.outer(scale, scale) == pytest.approx(cov[0] / np.outer(scale, scale), abs=0.02)


def test_a_plot_weighs_the_modes_by_bayes_and_never_kills_one():
    mu = imm.reweighed(np.array([[0.2, 0.8]]), np.log(np.array([[0.9, 0.1]])))
    assert mu[0] == pytest.approx([0.18 / 0.26, 0.08 / 0.26])
    sure = imm.reweighed(np.array([[0.5, 0.5]]), np.array([[-1e5, 0.0]]))
    assert 0 < sure[0, BOOST] < 1e-9


def test_thrust_below_zero_is_no_boost():
    x, P = np.zeros((1, 2, 7)), np.tile(np.eye(7), (1, 2, 1, 1))
    x[:, BOOST, THRUST] = -30.0
    assert imm.boost_probability(x, P, np.array([[0.99, 0.01]]))[0] < 1e-6
