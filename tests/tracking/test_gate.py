import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import chi2, multivariate_normal

from jointwatch.sensors.measurement import jacobian, residual
from jointwatch.sensors.measurement import predict as measured
from jointwatch.tracking.gate import threshold
from jointwatch.tracking.screen import Admitted
from jointwatch.tracking.settings import Settings
from tests.tracking.numpy_filter import Prediction, expected, gain, gated


def admitted(site, z, sigma):
    order = np.argsort(z[:, 0])
    return Admitted(site, "r", 1, z[order], sigma[order])


@pytest.fixture
def crowd(sky, random_covariances):
    """Twelve tracks some 20 km apart, and sixty plots among them."""
    rng = np.random.default_rng(21)
    x = np.zeros((12, 2, 7))
    x[..., :6] = sky.start(33, 51, 300, 190, 40, 4000.0)
    x[..., :3] += rng.normal(size=(12, 1, 3)) * 2e4 + rng.normal(size=(12, 2, 3)) * 500
    P = random_covariances(rng, 24, 7).reshape(12, 2, 7, 7)
    prediction = Prediction(x, P, np.zeros_like(P), np.zeros_like(P))
    z = measured(sky.SOUTH, x[rng.integers(0, 12, 60), 0, :3] + rng.normal(size=(60, 3)) * 4e3)
    sigma = np.array([100.0, 2e-3, 2e-3]) * rng.uniform(0.5, 2, (60, 1))
    plots = admitted(sky.SOUTH, z, sigma)
    return plots, prediction


def test_the_threshold_is_the_chi_square_quantile():
    assert threshold(0.9999) == pytest.approx(chi2(3).ppf(0.9999))
    assert threshold(0.999, 6) == pytest.approx(chi2(6).ppf(0.999))


def test_pairs_and_their_likelihoods_are_those_of_looking_at_each_pair(crowd):
    plots, prediction = crowd
    pairs = gated(plots, expected(plots, prediction), Settings())
    columns = (a.tolist() for a in (pairs.track, pairs.plot, pairs.nis, pairs.log_likelihood))
    found = {(i, j): (nis, like) for i, j, nis, like in zip(*columns, strict=True)}
    slow = {}
    for i in range(12):
        for j in range(60):
            both = []
            for mode in range(2):
                r = prediction.x[i, mode, :3]
                H = jacobian(plots.site, r[None])[0]
                S = H @ prediction.P[i, mode, :3, :3] @ H.T + np.diag(plots.sigma[j] ** 2)
                nu = residual(plots.z[j : j + 1], measured(plots.site, r[None]))[0]
                m_mrad = np.array([1.0, 1e3, 1e3])  # SciPy's density wants units of like size
                density = multivariate_normal(np.zeros(3), S * np.outer(m_mrad, m_mrad))
                both.append((nu @ np.linalg.solve(S, nu), density.logpdf(nu * m_mrad) + np.log(1e6)))
            if min(d2 for d2, _ in both) <= threshold(0.9999):
                slow[i, j] = both
    assert set(found) == set(slow)
    assert len(slow) > 30
    for key, both in slow.items():
        assert found[key][0] == pytest.approx([d2 for d2, _ in both], rel=1e-6)
        assert found[key][1] == pytest.approx([like for _, like in both], rel=1e-6)


def test_the_share_of_true_pairs_inside_is_the_one_asked_for(sky, random_covariances):
    rng = np.random.default_rng(22)
    x = np.zeros((4000, 2, 7))
    x[..., :6] = sky.start(33, 51, 300, 190, 40, 4000.0)
    P = np.tile(np.diag([300.0**2] * 3 + [1.0] * 4), (4000, 2, 1, 1))
    prediction = Prediction(x, P, P, P)
    z = measured(sky.SOUTH, x[:, 0, :3] + 300.0 * rng.normal(size=(4000, 3)))
    sigma = np.tile([100.0, 2e-3, 2e-3], (4000, 1))
    z = z + sigma * rng.normal(size=z.shape)
    inside = 0
    for block in range(0, 4000, 40):
        some = slice(block, block + 40)
        plots = admitted(sky.SOUTH, z[some], sigma[some])
        pairs = gated(
            plots,
            expected(plots, prediction[np.arange(block, block + 40)]),
            Settings(gate_probability=0.95),
        )
        inside += (pairs.track == np.argsort(z[some, 0])[pairs.plot]).sum()
    assert inside / 4000 == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 4000))


def test_the_gain_weighs_the_modes_that_speak_against_a_false_plot(crowd):
    plots, prediction = crowd
    settings = Settings()
    c = np.tile([0.3, 0.7], (12, 1))
    pairs = gated(plots, expected(plots, prediction), settings)
    speaks = pairs.nis <= threshold(settings.gate_probability)
    mixture = logsumexp(pairs.log_likelihood, axis=1, b=np.where(speaks, [0.3, 0.7], 0.0))
    false = settings.extraneous_plots_per_m_rad2 * 0.3 / 0.7
    assert gain(pairs, c, settings) == pytest.approx(mixture - np.log(false))
