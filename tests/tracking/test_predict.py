import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from jointwatch.tracking.imm import BOOST, COAST, THRUST
from jointwatch.tracking.settings import Settings
from tests.tracking.numpy_filter import predict

QUIET = Settings(boost_noise_m2_s3=0.0, coast_noise_m2_s3=0.0)
KNOWN = np.diag([1.0, 1.0, 1.0, 1e-6, 1e-6, 1e-6, 1e-6])  # the velocity is known, so thrust points along it


@pytest.fixture
def one(sky):
    x = np.zeros((1, 2, 7))
    x[..., :6] = sky.start(34, 52, 220, 190, 40, 2500.0)
    x[:, BOOST, THRUST] = 55.0
    return x, np.tile(KNOWN, (1, 2, 1, 1))


@pytest.mark.parametrize("seconds", [5.0, 60.0, -7.0])
def test_a_coasting_object_falls_as_the_oracle_says(sky, one, seconds):
    x, P = one
    there = predict(x, P, np.array([seconds]), QUIET).x[0, COAST, :6]
    if seconds > 0:
        assert there - sky.flown(x[0, COAST, :6], [seconds])[0] == pytest.approx(np.zeros(6), abs=0.05)
    else:
        back = predict(np.tile(there, (1, 2, 1)) @ np.eye(6, 7), P, np.array([-seconds]), QUIET).x[0, COAST, :6]
        assert back - x[0, COAST, :6] == pytest.approx(np.zeros(6), abs=0.05)


def test_a_boosting_object_goes_where_the_oracle_with_fading_thrust_goes(sky, one):
    """Over one scan the push is a single step along the mean velocity; its error must be small beside 100 m."""
    x, P = one
    tau, mean = QUIET.thrust_time_s, QUIET.thrust_mean_m_s2
    true = sky.flown(x[0, BOOST, :6], [5.0], lambda t: mean + (55.0 - mean) * np.exp(-t / tau))[0]
    off = predict(x, P, np.array([5.0]), QUIET).x[0, BOOST, :6] - true
    assert np.linalg.norm(off[:3]) < 10.0  # m
    assert np.linalg.norm(off[3:]) < 3.0  # m/s


def test_the_thrust_is_integrated_as_numerical_integration_has_it(one):
    x, P = one
    tau, mean, T = QUIET.thrust_time_s, QUIET.thrust_mean_m_s2, 20.0
    there = predict(x, P, np.array([T]), QUIET)
    pushed = there.x[0, BOOST] - there.x[0, COAST]
    speed, _ = quad(lambda t: mean + (55.0 - mean) * np.exp(-t / tau), 0, T)
    way = solve_ivp(lambda t, y: [y[1], mean + (55.0 - mean) * np.exp(-t / tau)], (0, T), [0, 0], rtol=1e-10).y[0, -1]
    assert np.linalg.norm(pushed[3:6]) == pytest.approx(speed, rel=1e-6)
    assert np.linalg.norm(pushed[:3]) == pytest.approx(way, rel=1e-6)


@pytest.mark.parametrize("seconds", [5.0, -5.0])
def test_derivatives_are_those_of_the_prediction_itself(one, seconds):
    x, P = one
    F = predict(x, P, np.array([seconds]), QUIET).F[0]
    for i, step in enumerate([10.0] * 3 + [1.0] * 3 + [1.0]):
        d = np.zeros(7)
        d[i] = step
        up, down = (predict(x + s * d, P, np.array([seconds]), QUIET).x[0] for s in (1, -1))
        slope = (up - down) / (2 * step)
        assert F[BOOST, :, i] == pytest.approx(slope[BOOST], rel=2e-3, abs=2e-2 if i > 2 else 1e-4)
        assert F[COAST, :6, i] == pytest.approx(slope[COAST, :6], rel=1e-6, abs=1e-7)


def test_white_noise_of_two_steps_is_that_of_one_long_step(one):
    x, P = one
    still = Settings(thrust_sigma_m_s2=1e-9)
    Q = lambda t: predict(x, P, np.array([t]), still).Q[0, :, :6, :6]  # noqa: E731
    F = np.eye(6) + np.diag([4.0] * 3, 3)
    assert F @ Q(4.0) @ F.T + Q(4.0) == pytest.approx(Q(8.0), rel=1e-9)
    mirror = np.diag([1, 1, 1, -1, -1, -1])
    assert Q(-4.0) == pytest.approx(mirror @ Q(4.0) @ mirror), "back in time velocities change sign"


def test_a_velocity_not_yet_known_gives_no_push(one):
    x, P = one
    P[..., 3:6, 3:6] = np.eye(3) * 4000.0**2
    x[..., 3:6] = 0.0
    there = predict(x, P, np.array([5.0]), QUIET).x[0]
    push = there[BOOST, 3:6] - there[COAST, 3:6]
    assert np.linalg.norm(push) < 0.01 * 5.0 * 55.0, "only what gravity gave it, 50 of 7,000 m/s, has a direction"


@settings(max_examples=60)
@given(seconds=st.floats(-20, 120), seed=st.integers(0, 2**32 - 1))
def test_predicted_covariances_are_positive_definite(sky, random_covariances, seconds, seed):
    rng = np.random.default_rng(seed)
    x = np.zeros((1, 2, 7))
    x[..., :6] = sky.start(rng.uniform(25, 40), rng.uniform(40, 60), rng.uniform(50, 900), 190, 40, 4000.0)
    P = random_covariances(rng, 2, 7).reshape(1, 2, 7, 7)
    P1 = predict(x, P, np.array([seconds]), Settings()).P[0]
    d = 1 / np.sqrt(np.einsum("...ii->...i", P1))
    assert (np.linalg.eigvalsh(d[..., None] * P1 * d[..., None, :]) > 0).all()
