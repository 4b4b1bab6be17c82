"""The most probable path against independent ways to it: differences, a flight of another's, all states at once."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime, least_squares

from jointwatch.sensors.measurement import predict as measured
from jointwatch.sensors.measurement import residual
from jointwatch.tracking.gate import place
from jointwatch.tracking.smooth import fly, smooth, transition
from jointwatch.tracking.window import COLUMNS, SITE, VARIANCE

SIGMA = np.array([50.0, 8.7e-3, 8.7e-3])
PRIOR = np.diag([1e6**2] * 3 + [4e3**2] * 3)


@pytest.fixture
def state(sky):
    return sky.start(20, 66, 1250, 35, 15, 5000.0)


def nodes_of(sky, z):
    nodes = np.empty((len(z), COLUMNS))
    nodes[:, :VARIANCE], nodes[:, VARIANCE:SITE], nodes[:, SITE:] = z, SIGMA**2, place(sky.SOUTH)
    return nodes


def smoothed(sky, times, z, before, noise, guess):
    x, P = guess.copy(), np.empty((6, 6))
    squares, stayed = smooth(times - times[-1], nodes_of(sky, z), len(z), -times[-1], before, noise, 10, x, P)
    assert stayed
    return x, P, squares


@pytest.mark.parametrize("seconds", [-300.0, -7.0, 0.0, 5.0, 31.0])
def test_a_state_falls_as_the_oracle_s(sky, state, seconds):
    x = state.copy()
    fly(x, seconds)
    if seconds:
        assert x == pytest.approx(sky.flown(state, [seconds])[0], abs=0.02, rel=0)
    else:
        assert (x == state).all()


def test_deviations_grow_as_differences_of_flights_do(sky, state):
    F, halfway = np.empty((6, 6)), sky.flown(state, [5.0])[0]
    transition(*halfway[:3], 10.0, np.empty((3, 3)), F)
    by_differences = approx_fprime(state, lambda x: sky.flown(x, [10.0])[0], np.array([10.0] * 3 + [0.1] * 3))
    assert pytest.approx(by_differences, abs=2e-5) == F


def test_without_noise_it_is_the_least_squares_orbit(sky, state):
    """Independent: SciPy's least squares over the oracle's flights."""
    times = np.arange(0.0, 100.1, 20.0)
    rng = np.random.default_rng(1)
    truth = sky.flown(state, times)
    z = measured(sky.SOUTH, truth[:, :3]) + SIGMA * rng.standard_normal((len(times), 3))
    before = np.concatenate([np.concatenate([truth[0, :3] + 2e4, np.zeros(3)])[None], PRIOR])

    def misfits(x0):
        path = sky.flown(x0, times)
        own = (x0 - before[0]) / np.sqrt(np.diag(PRIOR))
        return np.concatenate([own, (residual(z, measured(sky.SOUTH, path[:, :3])) / SIGMA).ravel()])

    scale = np.array([1e3] * 3 + [10.0] * 3)
    best = least_squares(misfits, truth[0], x_scale=scale, diff_step=1e-6, xtol=1e-14, ftol=1e-14)
    last = sky.flown(best.x, times)[-1]
    x, P, squares = smoothed(sky, times, z, before, 0.0, truth[-1])
    assert (x - last) / np.sqrt(np.diag(P)) == pytest.approx(np.zeros(6), abs=0.02)
    assert squares == pytest.approx(2 * best.cost, rel=1e-3)


def test_with_noise_it_is_the_best_of_all_paths(sky, state):
    """Independent: SciPy's least squares over the states at all times together, far more numbers than six."""
    times, noise = np.arange(0.0, 60.1, 10.0), 1.0
    n, rng = len(times), np.random.default_rng(2)
    Q = noise * np.kron([[1e3 / 3, 50.0], [50.0, 10.0]], np.eye(3))
    root = np.linalg.cholesky(Q)
    truth = [state]
    for _ in times[1:]:
        truth.append(sky.flown(truth[-1], [10.0])[0] + root @ rng.standard_normal(6))
    truth = np.array(truth)
    z = measured(sky.SOUTH, truth[:, :3]) + SIGMA * rng.standard_normal((n, 3))
    before = np.concatenate([np.concatenate([truth[0, :3], np.zeros(3)])[None], PRIOR])
    scale = np.array([1e3] * 3 + [10.0] * 3)

    def fallen(x):
        y = x.copy()
        fly(y, 10.0)
        return y

    def misfits(deviations):
        x = truth + scale * deviations.reshape(n, 6)
        own = (x[0] - before[0]) / np.sqrt(np.diag(PRIOR))
        pushes = np.linalg.solve(root, (x[1:] - np.array([fallen(one) for one in x[:-1]])).T).T
        return np.concatenate([own, pushes.ravel(), (residual(z, measured(sky.SOUTH, x[:, :3])) / SIGMA).ravel()])

    best = least_squares(misfits, np.zeros(6 * n), xtol=1e-12, ftol=1e-12)
    x, P, _ = smoothed(sky, times, z, before, noise, truth[-1])
    sigma = np.sqrt(np.diag(P))
    assert (x - truth[-1] - scale * best.x[-6:]) / sigma == pytest.approx(np.zeros(6), abs=0.02)
    of_all = np.linalg.inv(best.jac.T @ best.jac)[-6:, -6:] * np.outer(scale, scale)
    assert P / np.outer(sigma, sigma) == pytest.approx(of_all / np.outer(sigma, sigma), abs=0.02)
