"""A linear smoother in square-root information form: nothing is squared, so digits are kept; compiled by Numba.

Of a state of which little is known at first and much in the end a covariance filter loses its digits: variances fall by
ten powers of ten. Here a belief about z is an upper triangle R and b, such that R z - b is noise of variance one, and
every step turns a table into a triangle by Householder's reflections (G. Bierman, Factorization Methods for Discrete
Sequential Estimation, 1977, chapters V and X: the filter and the smoother of Dyer and McReynolds).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.compiled import kernel


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """A chain of k nodes: z' = F z + g + G w from one to the next, w of variance one; numbers seen at the nodes.

    F (k-1, n, n) and its inverse `back`, g (k-1, n), G (k-1, n, p); H (m, n) and y (m,): numbers seen, each over its
    sigma, in order of their nodes; first (k + 1,): where in H each node's begin, and their number.
    """

    F: Floats
    back: Floats
    g: Floats
    G: Floats
    H: Floats
    y: Floats
    first: Ints


def smooth(mean: Floats, sigma: Floats, chain: Chain) -> tuple[Floats, Floats, float]:
    """Means (k, n) and covariances (k, n, n) of all nodes given everything seen, and the logarithm of its likelihood.

    mean, sigma (n,): what is believed of the first node before. The likelihood is that of the numbers over their
    sigmas, for chains that keep volumes (det F = 1).

    >>> nowhere = np.empty((0, 1, 1))
    >>> once = Chain(nowhere, nowhere, np.empty((0, 1)), nowhere, np.array([[1.0]]), np.array([2.0]), np.array([0, 1]))
    >>> z, P, _ = smooth(np.zeros(1), np.ones(1), once)  # a number of 2 after a belief in 0, as sure as each other
    >>> z.round(12).tolist(), P.round(12).tolist()
    ([[1.0]], [[[0.5]]])
    """
    belief, kept, table, likelihood = _run(mean, sigma, chain)
    k, n = len(kept), len(mean)
    z, P = np.empty((k, n)), np.empty((k, n, n))
    _back(belief, chain.F, chain.g, chain.G, kept, table, z, P)
    return z, P, likelihood


def log_likelihood(mean: Floats, sigma: Floats, chain: Chain) -> float:
    """The logarithm of the likelihood that `smooth` gives, without the way back."""
    return _run(mean, sigma, chain)[-1]


def _run(mean: Floats, sigma: Floats, chain: Chain) -> tuple[Floats, Floats, Floats, float]:
    """The belief about the last node, what ties the noise on the way to each, a table to work on, the likelihood."""
    k, n, p = len(chain.F) + 1, len(mean), chain.G.shape[2]
    belief = np.zeros((n, n + 1))
    belief[range(n), range(n)], belief[:, n] = 1.0 / sigma, mean / sigma
    kept = np.zeros((k, p, p + n + 1))
    most = int(np.max(np.diff(chain.first), initial=0))
    table = np.empty((n + max(p, most), n + p + 1))
    found = _forth(belief, chain.back, chain.g, chain.G, chain.H, chain.y, chain.first, kept, table)
    return belief, kept, table, found - 0.5 * len(chain.y) * log(2 * np.pi)


@kernel
def _triangle(table: Floats, rows: int, columns: int, turned: Floats) -> None:
    """Turn the first columns of a table (rows, at least columns + 1) into an upper triangle, the rest with them."""
    width = columns + 1
    for j in range(min(columns, rows - 1)):
        length = 0.0
        for i in range(j, rows):
            length += table[i, j] * table[i, j]
        if length == 0.0:
            continue
        length = -sqrt(length) if table[j, j] > 0 else sqrt(length)
        head = table[j, j] - length
        scale = 1.0 / (head * length)  # minus two over the square of the mirror's normal
        for c in range(j + 1, width):
            turned[c] = head * table[j, c]
        for i in range(j + 1, rows):
            by = table[i, j]
            if by != 0.0:
                for c in range(j + 1, width):
                    turned[c] += by * table[i, c]
        for c in range(j + 1, width):
            turned[c] *= scale
            table[j, c] += head * turned[c]
        for i in range(j + 1, rows):
            by = table[i, j]
            if by != 0.0:
                for c in range(j + 1, width):
                    table[i, c] += by * turned[c]
                table[i, j] = 0.0
        table[j, j] = length


@kernel
def _forth(
    belief: Floats, back: Floats, g: Floats, G: Floats, H: Floats, y: Floats, first: Ints, kept: Floats,
    table: Floats,
) -> float:  # fmt: skip
    """Leave the belief (n, n + 1) about the last node, and in `kept` what ties the noise on the way to each node."""
    n, p = belief.shape[0], G.shape[2]
    turned, likelihood = np.empty(n + p + 1), 0.0
    for i in range(n):
        likelihood += log(abs(belief[i, i]))
    for node in range(len(first) - 1):
        if node:
            _on(belief, back[node - 1], g[node - 1], G[node - 1], table, turned)
            for i in range(p):
                likelihood -= log(abs(table[i, i]))
                for c in range(n + p + 1):
                    kept[node, i, c] = table[i, c]
            for i in range(n):
                for c in range(n + 1):
                    belief[i, c] = table[p + i, p + c]
        seen = first[node + 1] - first[node]
        if seen:
            for i in range(n):
                for c in range(n + 1):
                    table[i, c] = belief[i, c]
            for i in range(seen):
                for c in range(n):
                    table[n + i, c] = H[first[node] + i, c]
                table[n + i, n] = y[first[node] + i]
            _triangle(table, n + seen, n, turned)
            for i in range(n):
                for c in range(n + 1):
                    belief[i, c] = table[i, c]
            for i in range(seen):
                likelihood -= 0.5 * table[n + i, n] * table[n + i, n]
    for i in range(n):
        likelihood -= log(abs(belief[i, i]))
    return likelihood


@kernel
def _on(belief: Floats, back: Floats, g: Floats, G: Floats, table: Floats, turned: Floats) -> None:
    """Fill the table: the first p rows tie the noise to the next node, the others believe about the next node."""
    n, p = belief.shape[0], G.shape[1]
    for i in range(p):
        for c in range(n + p + 1):
            table[i, c] = 1.0 if i == c else 0.0
    for i in range(n):
        for c in range(n):
            total = 0.0
            for j in range(i, n):
                total += belief[i, j] * back[j, c]
            table[p + i, p + c] = total
        rest = belief[i, n]
        for j in range(n):
            rest += table[p + i, p + j] * g[j]
        table[p + i, p + n] = rest
        for c in range(p):
            total = 0.0
            for j in range(n):
                total -= table[p + i, p + j] * G[j, c]
            table[p + i, c] = total
    _triangle(table, n + p, n + p, turned)


@kernel
def _back(belief: Floats, F: Floats, g: Floats, G: Floats, kept: Floats, table: Floats, z: Floats, P: Floats) -> None:
    """Fill means (k, n) and covariances (k, n, n) from the last node, which the belief is about, to the first."""
    n, p, k = belief.shape[0], G.shape[2], len(z)
    turned, root = np.empty(n + p + 1), np.empty((n, n))
    _solved(belief, root, z[k - 1], P[k - 1])
    for node in range(k - 1, 0, -1):
        _through(table, 0, kept[node], p, p, F[node - 1], g[node - 1], G[node - 1])
        _through(table, p, belief, 0, n, F[node - 1], g[node - 1], G[node - 1])
        for i in range(p):
            for c in range(p):
                table[i, c] += kept[node, i, c]
        _triangle(table, n + p, n + p, turned)
        for i in range(n):
            for c in range(n + 1):
                belief[i, c] = table[p + i, p + c]
        _solved(belief, root, z[node - 1], P[node - 1])


@kernel
def _through(table: Floats, at: int, rows: Floats, skip: int, many: int, F: Floats, g: Floats, G: Floats) -> None:
    """Write rows about the next node, from a column on, as rows about the noise on the way to it and this node."""
    n, p = F.shape[0], G.shape[1]
    for i in range(many):
        for c in range(p):
            total = 0.0
            for j in range(n):
                total += rows[i, skip + j] * G[j, c]
            table[at + i, c] = total
        for c in range(n):
            table[at + i, p + c] = 0.0
        for j in range(n):
            by = rows[i, skip + j]
            if by != 0.0:
                for c in range(n):
                    table[at + i, p + c] += by * F[j, c]
        rest = rows[i, skip + n]
        for j in range(n):
            rest -= rows[i, skip + j] * g[j]
        table[at + i, p + n] = rest


@kernel
def _solved(belief: Floats, root: Floats, z: Floats, P: Floats) -> None:
    """Fill mean (n,) and covariance (n, n) of a belief; root: scratch, the inverse of its triangle."""
    n = len(z)
    for c in range(n):
        for i in range(c, -1, -1):
            total = 1.0 if i == c else 0.0
            for j in range(i + 1, c + 1):
                total -= belief[i, j] * root[j, c]
            root[i, c] = total / belief[i, i]
    for i in range(n):
        z[i] = 0.0
        for j in range(i, n):
            z[i] += root[i, j] * belief[j, n]
        for c in range(i, n):
            total = 0.0
            for j in range(c, n):
                total += root[i, j] * root[c, j]
            P[i, c] = P[c, i] = total
