from itertools import product

import numpy as np
import pytest

from jointwatch.tracking import bank, gate, imm, jpda
from jointwatch.tracking.bank import PACKED
from jointwatch.tracking.settings import Settings
from tests.tracking import dense_cases as dense


def by_counting_all(track, plot, gain):
    """Probability of each pair over every way to give each track one of its plots or none, no plot twice."""
    choices = [[-1, *np.flatnonzero(track == t)] for t in range(track.max() + 1)]
    weight, total = np.zeros(len(track)), 0.0
    for way in product(*choices):
        pairs = [k for k in way if k >= 0]
        if len({plot[k] for k in pairs}) == len(pairs):
            own = np.exp(sum(gain[k] for k in pairs))
            total += own
            weight[pairs] += own
    return weight / total


def a_cluster(rng, tracks, plots, density):
    track, plot = np.nonzero(rng.random((tracks, plots)) < density)
    return np.unique(track, return_inverse=True)[1], plot, rng.normal(3, 4, len(track))


def test_a_pair_alone_has_its_own_odds():
    beta, free = jpda.marginals(np.array([0, 1]), np.array([3, 0]), np.array([2.0, -1.0]))
    assert beta == pytest.approx(1 / (1 + np.exp([-2.0, 1.0])))
    assert free.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(("tracks", "plots"), [(1, 4), (4, 1), (2, 1), (1, 1)])
def test_without_loops_the_probabilities_are_exact(tracks, plots):
    rng = np.random.default_rng(tracks)
    for _ in range(20):
        track, plot, gain = a_cluster(rng, tracks, plots, 1.1)
        assert jpda.marginals(track, plot, gain)[0] == pytest.approx(by_counting_all(track, plot, gain), abs=1e-4)


def test_with_loops_the_probabilities_are_roughly_those_of_counting_all_assignments():
    rng, off = np.random.default_rng(5), []
    for _ in range(150):
        track, plot, gain = a_cluster(rng, 4, 4, 0.6)
        if len(track):
            off.append(np.abs(jpda.marginals(track, plot, gain)[0] - by_counting_all(track, plot, gain)))
    rms, most = np.sqrt(np.mean(np.concatenate(off) ** 2)), np.max(np.concatenate(off))
    print(f"belief propagation: off by {rms:.3f} rms, at most {most:.2f}")
    assert rms < 0.05
    assert most < 0.4, "four tracks and plots with even chances; it is the wrong way to settle a bet, not a covariance"


def test_no_track_has_more_than_one_plot_and_no_plot_more_than_one_track_on_average():
    rng = np.random.default_rng(6)
    track, plot, gain = a_cluster(rng, 20, 20, 0.5)
    beta, _ = jpda.marginals(track, plot, gain + 20.0)
    assert np.bincount(track, beta).max() <= 1 + 1e-9
    assert np.bincount(plot, beta).max() < 1.02
    assert np.isfinite(beta).all()


def test_no_pairs_no_probabilities():
    nothing = np.empty(0, dtype=np.int64)
    assert len(jpda.marginals(nothing, nothing, np.empty(0))[0]) == 0


@pytest.fixture
def contested(sky, random_covariances):
    """A confirmed row as its plot left it, narrower than that, and two plots in its gate some sigma apart."""
    rng = np.random.default_rng(7)
    x = sky.start(33, 51, 300, 190, 40, 4000.0)
    numbers, counts = np.zeros((1, bank.NUMBERS)), np.zeros((1, bank.PAGES), dtype=np.int64)
    counts[0, bank.CONFIRMED] = 1
    for mode in range(2):
        numbers[0, bank.X + 7 * mode : bank.X + 7 * mode + 6] = x
        numbers[0, bank.P + 28 * mode : bank.P + 28 * (mode + 1)] = (random_covariances(rng, 1, 7)[0] / 40_000)[
            *np.triu_indices(7)
        ]
    sigma = np.tile([100.0, 2e-3, 2e-3], (2, 1))
    z = dense.measured(sky.SOUTH, x[None, :3]) + sigma * [[0.3], [-1.5]]
    return numbers, counts, z, sigma, gate.place(sky.SOUTH)


def covariance(numbers, mode=imm.COAST):
    return numbers[0, bank.P + 28 * mode : bank.P + 28 * (mode + 1)][PACKED]


@pytest.mark.parametrize("beta", [(0.6, 0.4), (0.5, 0.0), (0.9, 0.05)])
def test_doubt_widens_a_covariance_by_the_spread_of_what_else_might_be(contested, beta):
    numbers, counts, z, sigma, site = contested
    before, state = covariance(numbers).copy(), numbers[0, : bank.P].copy()
    pairs = np.zeros(2, dtype=np.int64), np.arange(2), np.array(beta), np.array([True, False])
    jpda.doubt(numbers, counts, *pairs, 0, z, sigma, site)
    added = covariance(numbers) - before
    scale = 1 / np.sqrt(np.diag(before))
    assert (numbers[0, : bank.P] == state).all(), "the estimate stays that of the plot"
    assert np.linalg.eigvalsh(scale[:, None] * added * scale).min() > -1e-9
    if sum(beta) == 1.0:
        H = np.zeros((3, 7))
        H[:, :3] = dense_jacobian(state, site)
        shift = before @ H.T @ ((z[1] - z[0]) / sigma[0] ** 2)
        off = (added - beta[1] * np.outer(shift, shift)) * scale[:, None] * scale
        assert off == pytest.approx(np.zeros_like(off), abs=1e-9)


def dense_jacobian(state, site):
    from jointwatch.tracking.update import jacobian

    H = np.empty(9)
    jacobian(site, state[7:10], H)
    return H.reshape(3, 3)


def test_without_doubt_nothing_changes(contested):
    numbers, counts, z, sigma, site = contested
    before = numbers.copy()
    pairs = np.zeros(2, dtype=np.int64), np.arange(2), np.array([0.995, 0.004]), np.array([True, False])
    jpda.doubt(numbers, counts, *pairs, 0, z, sigma, site)
    counts[0, bank.CONFIRMED] = 0
    jpda.doubt(numbers, counts, pairs[0], pairs[1], np.array([0.5, 0.5]), pairs[3], 0, z, sigma, site)
    assert (numbers == before).all()


def test_a_crowded_track_weighs_its_modes_by_all_its_plots_and_a_lonely_one_by_its_own():
    believed = gate.belief(Settings())
    track, plot, gain = np.array([0, 0, 1]), np.array([0, 1, 2]), np.array([12.0, 12.0, 12.0])
    judged = np.array([[1.0, -1.0, 9.0, -5.0], [9.0, -5.0, 1.0, -1.0], [1.0, -1.0, 9.0, -5.0]])
    beta = jpda.weigh(track, plot, gain, judged, believed)
    assert beta == pytest.approx([0.5, 0.5, 1.0], abs=1e-4)
    assert judged[0, 1] == pytest.approx(judged[0, 3]), "one plot for boost, one for coast: nothing is learnt"
    assert judged[2].tolist() == [1.0, -1.0, 9.0, -5.0]


CLOSE = {
    "two objects 50 m apart (NRL)": (dense.nrl, 12),
    "a stage and its booster": (dense.stage_and_booster, 8),
    "twenty within 1 km": (lambda sky: dense.cluster(sky, 20, 1000.0, 5.0, (100.0, 2e-3, 2e-3)), 2),
    "twenty within 5 km": (lambda sky: dense.cluster(sky, 20, 5000.0, 20.0, (100.0, 2e-3, 2e-3)), 2),
}


@pytest.mark.parametrize("name", CLOSE)
def test_close_objects_are_not_lost_nor_exchanged_beyond_what_the_best_assignment_does(sky, name):
    make, runs = CLOSE[name]
    case = make(sky)
    ours = dense.scores(case, runs)
    with dense.plain_assignment():
        best = dense.scores(case, runs)
    print(f"{name}, {runs} runs: ours {ours}; best assignment alone {best}")
    count = case.truth.shape[1]
    wrong, least = (count * (1 - of.kept) + of.extra for of in (ours, best))
    assert wrong <= least + 0.02 * count
    chance = 2 * np.sqrt((ours.exchanges + best.exchanges) / runs)  # two sigma of a difference of counts
    assert ours.exchanges <= best.exchanges + chance
    assert ours.nees < 1.1 * best.nees
    assert ours.kept > 0.95
