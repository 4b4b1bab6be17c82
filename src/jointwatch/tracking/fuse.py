"""Joining the tracks of several owners: which are the same object, and one estimate from all of them.

The sides must be *local-only*: built from their owner's radars alone, never from a fused track. Then their errors are
independent where the motion adds no noise (a coasting object) and information adds up. Where it does add some, two
whole tracks share that noise, and what each side learnt since the last exchange is added instead: its `increment`
(`tracklet` sends it, `account` counts it, `joint` adds it up). Tracks whose making is not known are joined by
covariance intersection, which no common past can fool (`pedigree` chooses).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.tracking.information import inverse
from jointwatch.tracking.track import Predicted

GATE_PROBABILITY = 0.999
"""Share of the truly same pairs that passes: 22.5 for six components."""

GREATEST_COST = 1e6  # keeps gains positive for every gated pair without spoiling their differences


def distances(x_a: Floats, P_a: Floats, x_b: Floats, P_b: Floats) -> Floats:
    """Squared Mahalanobis distances (...,) between states (..., 6) with independent errors."""
    d, together = x_a - x_b, P_a + P_b
    return np.asarray((d[..., None, :] @ inverse(together) @ d[..., None])[..., 0, 0])


def near(x_a: Floats, P_a: Floats, x_b: Floats, P_b: Floats, *, greatest: float) -> tuple[Ints, Ints, Floats]:
    """Pairs of states (n, 6) and (m, 6) whose squared distance is not above `greatest`: rows, columns, distances.

    Looked for near each other first: no pair passes whose places lie farther apart than the widest axes allow. Those
    of b are taken by how wide they are, so that a few vague tracks do not make every other a neighbour.
    """
    from scipy.spatial import cKDTree

    found = [np.empty((0, 2), dtype=np.int64)]
    wide_a, wide_b = (np.einsum("nii->n", P[:, :3, :3]) for P in (P_a, P_b))
    classes = np.floor(np.log2(np.maximum(wide_b, 1.0))).astype(np.int64)
    for one in np.unique(classes) if len(x_a) else ():
        of_b = np.flatnonzero(classes == one)
        reach = np.sqrt(greatest * (wide_a + wide_b[of_b].max()))
        neighbours = cKDTree(x_b[of_b, :3]).query_ball_point(x_a[:, :3], reach)
        rows = np.repeat(np.arange(len(x_a)), [len(each) for each in neighbours])
        columns = of_b[np.concatenate([np.asarray(each, dtype=np.int64) for each in neighbours])]
        found.append(np.stack([rows, columns], axis=1))
    rows, columns = np.concatenate(found).T
    d2 = distances(x_a[rows], P_a[rows], x_b[columns], P_b[columns])
    passed = d2 <= greatest
    return rows[passed], columns[passed], d2[passed]


def pair(a: Predicted, b: Predicted, *, gate_probability: float = GATE_PROBABILITY) -> list[tuple[str, str]]:
    """Ids of tracks of a and of b that are the same object: as many as pass the gate, at the least total distance.

    a, b: local-only tracks of two owners, predicted to one common time.
    """
    if a.time_tai_ns != b.time_tai_ns:
        raise ValueError(
            f"wanted two sets of tracks at one time, got {a.time_tai_ns} and {b.time_tai_ns} ns TAI; "
            "predict both to the same time first"
        )
    from jointwatch.tracking.associate import assign
    from jointwatch.tracking.gate import threshold

    rows, columns, d2 = near(a.x, a.P, b.x, b.P, greatest=threshold(gate_probability, 6))
    chosen = assign(rows, columns, GREATEST_COST - d2)
    return [(a.ids[i], b.ids[j]) for i, j in zip(rows[chosen], columns[chosen], strict=True)]


def fuse(x_a: Floats, P_a: Floats, x_b: Floats, P_b: Floats) -> tuple[Floats, Floats]:
    """State (..., 6) and covariance from two independent estimates of one object at one time, by adding information.

    Exact for local-only tracks of a coasting object; of a boosting one, whose unknown thrust is an error both share,
    use `intersect`.

    >>> x, P = fuse(np.zeros(6), np.eye(6), np.ones(6), np.eye(6))
    >>> x[0], P[0, 0]
    (np.float64(0.5), np.float64(0.5))
    """
    return _convex(x_a, P_a, x_b, P_b, np.ones(()), np.ones(()))


def intersect(x_a: Floats, P_a: Floats, x_b: Floats, P_b: Floats) -> tuple[Floats, Floats, Floats]:
    """State, covariance and weight of a (...,) from two estimates of one object whose common past is not known.

    Covariance intersection (Julier, Uhlmann 1997) with the weight that makes the determinant least, found by golden
    section to 1e-6: ln det of the information is concave in the weight.
    """
    i_a, i_b = inverse(P_a), inverse(P_b)

    def log_determinant(w: Floats) -> Floats:
        return np.asarray(np.linalg.slogdet(w[..., None, None] * i_a + (1 - w[..., None, None]) * i_b)[1])

    omega = _highest(log_determinant, np.shape(x_a)[:-1])
    x, P = _convex(x_a, P_a, x_b, P_b, omega, 1 - omega)
    return x, P, omega


def increment(x: Floats, P: Floats, x_since: Floats, P_since: Floats) -> tuple[Floats, Floats, Floats]:
    """What the plots since some estimate brought, as information about the state's difference from a point.

    x, P: a local-only track now; x_since, P_since: the same track as last sent, predicted to now without new plots.
    Returns that point (..., 6), vector (..., 6) and matrix (..., 6, 6). The matrix may be singular (few plots) and, by
    process noise, a little negative (Chang, Saha, Bar-Shalom 1997).
    """
    now = inverse(P)
    return x_since, times(now, x - x_since), now - inverse(P_since)


def absorb(x: Floats, P: Floats, about: Floats, y: Floats, Y: Floats) -> tuple[Floats, Floats]:
    """State and covariance after adding an `increment` of the same time to them."""
    fused = inverse(inverse(P) + Y)
    return x + times(fused, y - times(Y, x - about)), fused


def times(A: Floats, x: Floats) -> Floats:
    """Products (..., k) of matrices (..., k, k) and vectors (..., k)."""
    return np.asarray((A @ x[..., None])[..., 0])


def _convex(x_a: Floats, P_a: Floats, x_b: Floats, P_b: Floats, w_a: Floats, w_b: Floats) -> tuple[Floats, Floats]:
    """The weighted sum of two pieces of information, as state and covariance."""
    i_a, i_b = np.asarray(w_a)[..., None, None] * inverse(P_a), np.asarray(w_b)[..., None, None] * inverse(P_b)
    P = inverse(i_a + i_b)
    return x_a + times(P, times(i_b, x_b - x_a)), P


def _highest(f: Callable[[Floats], Floats], shape: tuple[int, ...]) -> Floats:
    """Where concave functions on [0, 1] are highest, to 1e-6, each by golden section (Kiefer 1953)."""
    share = (np.sqrt(5.0) - 1) / 2
    low, high = np.zeros(shape), np.ones(shape)
    for _ in range(29):  # 0.618^29 is 1e-6
        left, right = high - share * (high - low), low + share * (high - low)
        rising = f(left) < f(right)
        low, high = np.where(rising, left, low), np.where(rising, high, right)
    return np.asarray(0.5 * (low + high))
