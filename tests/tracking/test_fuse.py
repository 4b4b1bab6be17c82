import numpy as np
import pytest

from jointwatch.tracking.fuse import absorb, fuse, increment, intersect, pair
from jointwatch.tracking.information import inverse
from jointwatch.tracking.track import Predicted


@pytest.fixture
def two_owners(random_covariances):
    """Ten objects: six seen by both, two by each alone; the second side in another order."""
    rng = np.random.default_rng(7)
    truth = rng.normal(size=(10, 6)) * np.array([1e6] * 3 + [1e3] * 3)
    P_a, P_b = random_covariances(rng, 8, 6), random_covariances(rng, 8, 6)
    of_b = rng.permutation([0, 1, 2, 3, 4, 5, 8, 9])
    x_a = np.array([rng.multivariate_normal(truth[i], P_a[i]) for i in range(8)])
    x_b = np.array([rng.multivariate_normal(truth[j], P_b[k]) for k, j in enumerate(of_b)])
    a = Predicted(1, tuple(f"a{i}" for i in range(8)), x_a, P_a, np.zeros(8))
    b = Predicted(1, tuple(f"b{j}" for j in of_b), x_b, P_b, np.zeros(8))
    return a, b


def test_the_same_objects_are_paired_and_the_others_left_alone(two_owners):
    assert sorted(pair(*two_owners)) == [(f"a{i}", f"b{i}") for i in range(6)]


def test_two_close_objects_are_paired_at_the_least_total_distance():
    x = np.zeros((2, 6))
    x[1, 0] = 150.0
    P = np.tile(np.eye(6) * 1e4, (2, 1, 1))
    swapped = Predicted(1, ("far", "near"), x[::-1] + 20.0, P, np.zeros(2))
    assert pair(Predicted(1, ("near", "far"), x, P, np.zeros(2)), swapped) == [("near", "near"), ("far", "far")]


def test_tracks_of_different_times_are_refused(two_owners):
    a, b = two_owners
    with pytest.raises(ValueError, match="predict both to the same time first"):
        pair(a, Predicted(2, b.ids, b.x, b.P, b.boost_probability))


def test_nothing_pairs_with_nothing(two_owners):
    empty = Predicted(1, (), np.empty((0, 6)), np.empty((0, 6, 6)), np.empty(0))
    assert pair(two_owners[0], empty) == pair(empty, empty) == []


def test_intersection_takes_the_weight_with_the_least_determinant(random_covariances):
    rng = np.random.default_rng(8)
    P_a, P_b = random_covariances(rng, 2, 6)
    _, P, omega = intersect(np.zeros(6), P_a, np.ones(6), P_b)
    grid = np.linspace(0, 1, 2001)
    volume = [-np.linalg.slogdet(w * inverse(P_a) + (1 - w) * inverse(P_b))[1] for w in grid]
    assert omega == pytest.approx(grid[np.argmin(volume)], abs=1e-3)
    assert np.linalg.slogdet(P)[1] <= min(volume) + 1e-9


def test_intersection_of_an_estimate_with_itself_teaches_nothing(random_covariances):
    P = random_covariances(np.random.default_rng(9), 1, 6)[0]
    assert intersect(np.zeros(6), P, np.zeros(6), P)[1] == pytest.approx(P, rel=1e-6)
    assert fuse(np.zeros(6), P, np.zeros(6), P)[1] == pytest.approx(P / 2, rel=1e-6), "which is why pedigree matters"


def test_intersection_is_honest_whatever_the_common_past(random_covariances):
    """Errors with any correlation: the true covariance of the result never exceeds the stated one."""
    rng = np.random.default_rng(10)
    P_a, P_b = random_covariances(rng, 2, 6)
    L_a, L_b = np.linalg.cholesky(P_a), np.linalg.cholesky(P_b)
    _, P, omega = intersect(np.zeros(6), P_a, np.zeros(6), P_b)
    K_a, K_b = omega * P @ inverse(P_a), (1 - omega) * P @ inverse(P_b)
    for _ in range(50):
        rotation = np.linalg.qr(rng.normal(size=(6, 6)))[0] * rng.random()
        cross = K_a @ L_a @ rotation @ L_b.T @ K_b.T
        true = K_a @ P_a @ K_a.T + K_b @ P_b @ K_b.T + cross + cross.T
        scale = 1 / np.sqrt(np.diag(P))
        assert np.linalg.eigvalsh(scale[:, None] * (P - true) * scale)[0] > -1e-9


def test_increments_of_a_local_track_rebuild_what_fusing_its_plots_would_give(random_covariances):
    """Tracklets: own + (now - since) is own + since + plots, minus since."""
    rng = np.random.default_rng(11)
    own, since = random_covariances(rng, 2, 6)
    x_own, x_since = rng.normal(size=(2, 6)) * 100
    plot, z = random_covariances(rng, 1, 6)[0], rng.normal(size=6) * 100
    x_now, now = fuse(x_since, since, z, plot)
    x, covariance = absorb(x_own, own, *increment(x_now, now, x_since, since))
    expected = fuse(x_own, own, z, plot)
    assert x == pytest.approx(expected[0], rel=1e-6, abs=1e-6)
    assert covariance == pytest.approx(expected[1], rel=1e-6)
