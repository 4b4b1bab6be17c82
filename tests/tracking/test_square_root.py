"""The smoother against one large least-squares problem, solved whole."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from jointwatch.tracking.square_root import Chain, smooth


def chain(rng: np.random.Generator, k: int, n: int, p: int, seen: list[int]) -> Chain:
    """Return a chain whose transitions keep volumes, with so many numbers at each node."""
    F = np.eye(n) + np.triu(rng.normal(size=(k - 1, n, n)), 1)
    first = np.concatenate([[0], np.cumsum(seen)])
    return Chain(
        F, np.linalg.inv(F), rng.normal(size=(k - 1, n)), rng.normal(size=(k - 1, n, p)),
        rng.normal(size=(first[-1], n)), rng.normal(size=first[-1]), first,
    )  # fmt: skip


def whole(mean: np.ndarray, sigma: np.ndarray, of: Chain) -> tuple[np.ndarray, np.ndarray, float]:
    """Return means and covariances of all nodes, and the likelihood, from the joint normal of nodes and numbers."""
    k, n = len(of.F) + 1, len(mean)
    means, blocks = [mean], {(0, 0): np.diag(sigma**2)}
    for node in range(1, k):
        F, G = of.F[node - 1], of.G[node - 1]
        means.append(F @ means[-1] + of.g[node - 1])
        for other in range(node):
            blocks[other, node] = blocks[other, node - 1] @ F.T
            blocks[node, other] = blocks[other, node].T
        blocks[node, node] = F @ blocks[node - 1, node - 1] @ F.T + G @ G.T
    m, P = np.concatenate(means), np.block([[blocks[i, j] for j in range(k)] for i in range(k)])
    H = np.zeros((len(of.y), k * n))
    for node in range(k):
        rows = slice(of.first[node], of.first[node + 1])
        H[rows, node * n : (node + 1) * n] = of.H[rows]
    S = H @ P @ H.T + np.eye(len(of.y))
    gain = P @ H.T @ np.linalg.inv(S)
    x, cov = m + gain @ (of.y - H @ m), P - gain @ H @ P
    nodes = [slice(i * n, (i + 1) * n) for i in range(k)]
    return (
        np.array([x[i] for i in nodes]),
        np.array([cov[i, i] for i in nodes]),
        multivariate_normal(H @ m, S).logpdf(of.y),
    )


@pytest.mark.parametrize("seen", [[2, 0, 3, 1], [0, 0, 0, 4], [5, 5, 5, 5], [1, 0, 0, 0]])
def test_it_gives_what_one_large_problem_gives(seen: list[int]) -> None:
    rng = np.random.default_rng(sum(seen))
    mean, sigma, of = rng.normal(size=5), rng.uniform(0.5, 2.0, 5), chain(rng, 4, 5, 2, seen)
    for ours, theirs in zip(smooth(mean, sigma, of), whole(mean, sigma, of), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


def test_variances_that_fall_by_sixteen_powers_of_ten_stay_sound() -> None:
    """A covariance filter in double precision has negative variances here."""
    rng = np.random.default_rng(1)
    of = chain(rng, 30, 4, 2, [3] * 30)
    narrow = Chain(of.F, of.back, 0 * of.g, 1e-6 * of.G, 1e3 * of.H, 0 * of.y, of.first)
    z, P, _ = smooth(np.zeros(4), np.full(4, 1e6), narrow)
    for each in P:
        scale = np.sqrt(np.diag(each))
        assert np.linalg.eigvalsh(each / np.outer(scale, scale))[0] > 0
    assert np.abs(z).max() < 1e-6
