from itertools import permutations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from jointwatch.tracking.associate import assign


def best_by_trying_all(matrix: np.ndarray) -> float:
    """The greatest total gain over every way to give plots, or nothing, to tracks; nan marks a pair not gated."""
    n, m = matrix.shape
    padded = np.concatenate([np.nan_to_num(matrix, nan=-1e9), np.zeros((n, n))], axis=1)
    return max(sum(padded[i, j] for i, j in enumerate(p)) for p in permutations(range(m + n), n)) if n else 0.0


@pytest.mark.parametrize("tracks", range(6))
@pytest.mark.parametrize("plots", range(1, 4))
def test_every_assignment_of_up_to_five_tracks_is_the_best_there_is(tracks, plots):
    rng = np.random.default_rng(10 * tracks + plots)
    for _ in range(12 if tracks < 5 else 4):
        matrix = rng.normal(2, 3, (tracks, plots))
        matrix[rng.random(matrix.shape) < 0.35] = np.nan
        track, plot = np.nonzero(~np.isnan(matrix))
        chosen = assign(track, plot, matrix[track, plot])
        assert len(set(track[chosen])) == len(set(plot[chosen])) == chosen.sum(), "each at most once"
        assert matrix[track[chosen], plot[chosen]].sum() == pytest.approx(best_by_trying_all(matrix), abs=1e-9)


def test_more_plots_than_tracks_and_the_other_way_round_agree():
    rng = np.random.default_rng(3)
    matrix = rng.normal(1, 2, (5, 5))
    track, plot = np.nonzero(np.isfinite(matrix))
    there = assign(track, plot, matrix.ravel())
    back = assign(plot, track, matrix.ravel())
    assert there.tolist() == back.tolist()


def test_a_pair_without_gain_is_never_chosen():
    assert assign(np.array([0, 1]), np.array([0, 1]), np.array([-1.0, 0.0])).tolist() == [False, False]


def test_no_pairs_no_choice():
    nothing = np.empty(0, dtype=np.int64)
    assert assign(nothing, nothing, np.empty(0)).tolist() == []


@pytest.mark.parametrize("density", [0.02, 0.1, 0.5])
def test_large_clusters_are_settled_as_scipy_settles_them(density):
    rng = np.random.default_rng(5)
    for _ in range(20):
        matrix = np.maximum(rng.normal(0, 5, (60, 50)), 0) * (rng.random((60, 50)) < density)
        track, plot = np.nonzero(matrix)
        gain = matrix[track, plot]
        rows, columns = linear_sum_assignment(matrix, maximize=True)
        chosen = assign(track, plot, gain)
        assert len(set(track[chosen])) == len(set(plot[chosen])) == chosen.sum()
        assert gain[chosen].sum() == pytest.approx(matrix[rows, columns].sum(), rel=1e-12)
