import numpy as np
import pytest
from scipy.optimize import approx_fprime

from jointwatch.earth.states import Ecef
from jointwatch.sensors.measurement import predict as measured
from jointwatch.tracking.bound import Looks, cramer_rao

TIMES = np.arange(0.0, 41.0, 5.0)


@pytest.fixture
def state(sky):
    return sky.start(33, 52, 250, 200, 35, 4000.0)


@pytest.fixture
def looks(sky):
    return [Looks(sky.SOUTH, TIMES, np.array(sky.SIGMA)), Looks(sky.NORTH, TIMES + 2.5, np.array(sky.SIGMA))]


def test_the_bound_is_the_inverse_of_fishers_information_by_finite_differences(sky, state, looks):
    """Independent: the oracle's own flight, and differences of everything that is measured."""

    def everything_measured(x):
        both = [(look, sky.flown(x, np.append(look.times_s, 60.0))[:-1]) for look in looks]
        return np.concatenate([(measured(look.site, s[:, :3]) / look.sigma).ravel() for look, s in both])

    scale = np.array([10.0] * 3 + [0.1] * 3)
    J = approx_fprime(np.zeros(6), lambda d: everything_measured(state + scale * d), 1.0) / scale
    assert cramer_rao(Ecef(state), looks, np.array([60.0]))[0] == pytest.approx(
        carried(sky, state, np.linalg.inv(J.T @ J)), rel=2e-3, abs=1.0
    )


def carried(sky, state, P):
    """A covariance at the epoch, 60 s on, by the oracle's own derivatives."""
    Phi = approx_fprime(state, lambda x: sky.flown(x, [60.0])[0], np.array([10.0] * 3 + [0.1] * 3))
    return Phi @ P @ Phi.T


def test_every_look_helps_and_before_the_second_nothing_is_known(state, looks):
    bounds = cramer_rao(Ecef(state), looks, np.array([-1.0, 0.0, 5.0, 20.0, 40.0]))
    assert np.isinf(bounds[:2]).all()
    at_epoch = cramer_rao(Ecef(state), looks[:1], np.array([40.0]))[0]
    assert np.linalg.eigvalsh(at_epoch - bounds[-1]).min() > -1e-6, "two radars are never worse than one"
    velocity = np.sqrt(np.einsum("kii->k", bounds[2:, 3:, 3:]))
    assert (np.diff(velocity) < 0).all()


def test_half_the_detections_are_half_the_information(sky, state):
    full, half = (
        cramer_rao(Ecef(state), [Looks(sky.SOUTH, TIMES, np.array(sky.SIGMA), pd)], np.array([40.0]))
        for pd in (1.0, 0.5)
    )
    assert half == pytest.approx(2 * full, rel=1e-9)


def test_a_bound_is_asked_for_one_object_at_a_time(state, looks):
    with pytest.raises(ValueError, match="ask for one bound at a time"):
        cramer_rao(Ecef(np.stack([state, state])), looks, np.array([10.0]))
