"""What the elements of a package are worth: alone, on top of the others, together, and by their fair share.

A measure is known for every subset of the elements, flight by flight. Row `s` of `values` (2^n, ...) is the subset in
which element i takes part where bit i of s is set; row 0 is the empty one. Every figure is a weighted sum over the
subsets, so that it can be made flight by flight and then averaged: its interval is that of a mean.

    of = weights(n)                            # once
    of.share @ values                          # (n, flights): sums to what the whole package adds

Names play no part: elements in another order give the same numbers in that order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np

from jointwatch.earth.arrays import Floats, Ints

MOST_ELEMENTS = 10


@dataclass(frozen=True, eq=False)
class Worth:
    """What each of n elements is worth, as weights of the subsets (n, 2^n) in each figure.

    alone: without any other. on_top: as the last that comes to all others. share: the Shapley value, the mean over all
    orders in which the elements could have come; their sum is the value of all less that of none.
    together (n, n, 2^n): the interaction of two; above zero where each is worth more with the other than without it.
    """

    alone: Floats
    on_top: Floats
    share: Floats
    together: Floats


def weights(n: int) -> Worth:
    """Return the weights of the subsets (..., 2^n) in each figure of n elements.

    >>> weights(2).share @ [0.0, 0.6, 0.5, 0.8]  # two radars, each of which sees some flights that the other sees too
    array([0.45, 0.35])
    >>> weights(2).share
    array([[-0.5,  0.5, -0.5,  0.5],
           [-0.5, -0.5,  0.5,  0.5]])
    """
    limited(n)
    every, bit = (1 << n) - 1, 1 << np.arange(n)
    each = np.eye(1 << n)
    return Worth(each[bit] - each[0], each[every] - each[every ^ bit], _shares(n), _interactions(n))


def subsets(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the elements of each subset, in the order of the rows.

    >>> subsets(("gabala", "brdy"))
    [(), ('gabala',), ('brdy',), ('gabala', 'brdy')]
    """
    limited(len(names))
    return [tuple(name for i, name in enumerate(names) if s >> i & 1) for s in range(1 << len(names))]


def limited(n: int) -> None:
    """Raise ValueError where the elements are too many for all their subsets."""
    if n > MOST_ELEMENTS:
        raise ValueError(f"a package of {n} elements has 2^{n} subsets; at most {MOST_ELEMENTS} elements are taken")


def _shares(n: int) -> Floats:
    """Shapley's: an element comes after a certain b others, before the rest, in b! (n - b - 1)! of n! orders.

    [L. S. Shapley, A value for n-person games, 1953]
    """
    within = _members(n)
    orders = np.array([factorial(b) * factorial(n - b - 1) / factorial(n) for b in range(n)])
    return np.asarray((2 * within - 1) * orders[within.sum(axis=0) - within])


def _interactions(n: int) -> Floats:
    """Second differences, of t others weighted by t! (n - t - 2)! / (n - 1)!; zero on the diagonal.

    [M. Grabisch and M. Roubens, An axiomatic approach to the concept of interaction among players in cooperative games,
    1999]
    """
    within = _members(n)
    orders = np.array([factorial(t) * factorial(n - t - 2) / factorial(n - 1) for t in range(n - 1)] + [0.0, 0.0])
    others = within.sum(axis=0) - within[:, None] - within
    signs = (2 * within[:, None] - 1) * (2 * within - 1)
    return np.asarray(np.where(np.eye(n, dtype=bool)[..., None], 0.0, signs * orders[others]))


def _members(n: int) -> Ints:
    """Whether (n, 2^n), as 1 or 0, each element takes part in each subset."""
    return np.asarray(np.arange(1 << n) >> np.arange(n)[:, None] & 1)
