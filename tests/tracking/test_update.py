import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.sensors.measurement import jacobian, position
from jointwatch.tracking.information import inverse
from tests.tracking.numpy_filter import Innovation, Prediction, joseph, update


def test_the_update_adds_information(random_covariances):
    rng = np.random.default_rng(5)
    P, H, R = random_covariances(rng, 3, 7), rng.normal(size=(3, 3, 7)), np.diag([4.0, 9.0, 1.0])
    x, covariance = joseph(np.zeros((3, 7)), P, np.ones((3, 3)), H, R)
    Y = inverse(P) + H.swapaxes(-1, -2) @ np.linalg.inv(R) @ H
    assert covariance == pytest.approx(inverse(Y), rel=1e-6)
    y = (H.swapaxes(-1, -2) @ np.linalg.inv(R) @ np.ones((3, 3, 1)))[..., 0]
    assert x == pytest.approx(np.linalg.solve(Y, y[..., None])[..., 0], rel=1e-6)


def test_a_late_plot_without_process_noise_gives_what_it_would_have_given_in_order(random_covariances):
    """A linear world: update at 0 and then fly, or fly and then update through the way back."""
    rng = np.random.default_rng(6)
    P0 = random_covariances(rng, 2, 7).reshape(1, 2, 7, 7)
    x0, nothing = rng.normal(size=(1, 2, 7)) * 1e3, np.zeros((1, 2, 7, 7))
    H, R = rng.normal(size=(1, 2, 3, 3)), np.diag([100.0, 50.0, 20.0])[None, None]
    z = rng.normal(size=(1, 2, 3)) * 1e3
    F = np.eye(7) + np.diag([5.0, 5.0, 5.0, 0.0], 3)
    back = np.linalg.inv(F)
    nu = z - (H @ x0[..., :3, None])[..., 0]
    here = Prediction(x0, P0, np.broadcast_to(np.eye(7), (1, 2, 7, 7)), nothing)
    x, P = update(x0, P0, here, Innovation(nu, H, R), np.array([False]))
    in_order = (F @ x[..., None])[..., 0], F @ P @ F.T

    x1, P1 = (F @ x0[..., None])[..., 0], F @ P0 @ F.T
    retrodicted = Prediction(x0, P0, np.broadcast_to(back, (1, 2, 7, 7)), nothing)
    late = update(x1, P1, retrodicted, Innovation(nu, H, R), np.array([True]))
    assert late[0] == pytest.approx(in_order[0], rel=1e-9)
    assert late[1] == pytest.approx(in_order[1], rel=1e-6, abs=1e-6)


@settings(max_examples=200)
@given(
    log_sigma=st.tuples(st.floats(0, 5), st.floats(-6, -0.6), st.floats(-6, -0.6)),
    log_width=st.tuples(*[st.floats(1, 6)] * 3, *[st.floats(-2, 4)] * 3, st.floats(0, 1.3)),
    direction=st.tuples(st.floats(0, 6.28), st.floats(0.02, 1.5)),
    log_range=st.floats(5, 7),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_covariance_stays_positive_definite_whatever_the_widths(
    sky, log_sigma, log_width, direction, log_range, seed
):
    """Any plot that passes the screen, any track it may meet, five times over."""
    z, sigma = np.array([[10**log_range, *direction]]), 10 ** np.array([log_sigma])
    H = np.zeros((3, 7))
    H[:, :3] = jacobian(sky.SOUTH, position(sky.SOUTH, z, sigma)[0])[0]
    A = np.random.default_rng(seed).normal(size=(7, 7))
    correlated = A @ A.T + 1e-3 * np.eye(7)
    s = 10.0 ** np.array(log_width) / np.sqrt(np.diag(correlated))
    P = s[:, None] * correlated * s
    for _ in range(5):
        _, P = joseph(np.zeros(7), P, np.zeros(3), H, np.diag(sigma[0] ** 2))
        d = 1 / np.sqrt(np.diag(P))
        assert (P == P.T).all()
        assert np.isfinite(d).all()
        assert np.linalg.eigvalsh(d[:, None] * P * d)[0] > 0
