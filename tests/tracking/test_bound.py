import numpy as np
import pytest
from scipy.optimize import approx_fprime

from jointwatch.earth.states import Ecef
from jointwatch.flight.coast import transition_arrays
from jointwatch.sensors.measurement import jacobian
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


@pytest.mark.parametrize("noise", [1e-2, 10.0])
def test_the_bound_of_a_wandering_object_is_that_of_all_its_states_at_once(sky, state, looks, noise):
    """Independent: one matrix of the information on the states at all times, inverted whole."""
    prior = np.diag([1e-10] * 3 + [1e-6] * 3)
    times = np.unique(np.concatenate([look.times_s for look in looks]))
    x, Phi = transition_arrays(np.repeat(state[None], len(times), axis=0), times)
    n = len(times)
    whole = np.zeros((n, 6, n, 6))
    whole[0, :, 0] += prior
    for k, t in enumerate(times):
        for look in looks:
            if t in look.times_s:
                H = jacobian(look.site, x[k : k + 1, :3])[0] / look.sigma[:, None]
                whole[k, :3, k, :3] += H.T @ H
        if k:
            dt, F = t - times[k - 1], Phi[k] @ np.linalg.inv(Phi[k - 1])
            Q = noise * np.kron([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]], np.eye(3))
            G = np.concatenate([-F, np.eye(6)], axis=1)
            pair = (G.T @ np.linalg.inv(Q) @ G).reshape(2, 6, 2, 6)
            for a in range(2):
                for b in range(2):
                    whole[k - 1 + a, :, k - 1 + b] += pair[a, :, b]
    last = np.linalg.inv(whole.reshape(6 * n, 6 * n))[-6:, -6:]
    bound = cramer_rao(Ecef(state), looks, times[-1:], noise_m2_s3=noise, before=prior)[0]
    assert bound == pytest.approx(last, rel=1e-4, abs=1e-3 * np.sqrt(np.outer(np.diag(last), np.diag(last))).min())


def test_a_little_noise_changes_the_bound_a_little_and_more_noise_makes_it_worse(state, looks):
    at = np.array([20.0, 60.0])
    none, little, much = (cramer_rao(Ecef(state), looks, at, noise_m2_s3=q) for q in (0.0, 1e-9, 1.0))
    assert little == pytest.approx(none, rel=1e-3, abs=1e-2)
    assert np.linalg.eigvalsh(much - none).min() > 0


def test_what_is_known_before_the_first_look_is_in_the_bound(state):
    P = np.diag([1e6] * 3 + [1e4] * 3)
    assert cramer_rao(Ecef(state), [], np.array([0.0]), before=np.linalg.inv(P))[0] == pytest.approx(P)
