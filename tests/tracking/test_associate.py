from itertools import permutations

import numpy as np
import pytest

from jointwatch.tracking.associate import assign, clusters


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
    assert clusters(nothing, nothing) == []


def test_clusters_share_neither_track_nor_plot_and_hold_every_pair():
    rng = np.random.default_rng(4)
    track, plot = rng.integers(0, 30, 40), rng.integers(0, 30, 40)
    parts = clusters(track, plot)
    assert sorted(np.concatenate(parts)) == list(range(40))
    for i, one in enumerate(parts):
        for other in parts[i + 1 :]:
            assert not set(track[one]) & set(track[other])
            assert not set(plot[one]) & set(plot[other])
