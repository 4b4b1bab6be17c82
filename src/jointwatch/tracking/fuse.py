"""Joining the tracks of two owners: which are the same object, and one estimate from both.

Both sides must be *local-only*: built from their owner's radars alone, never from a fused track. Then their errors are
independent where the motion adds no noise (a coasting object), information adds up, and what was fused is shown and
never sent back. Tracks whose making is not known are joined by covariance intersection, which no common past can fool.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.tracking.information import inverse
from jointwatch.tracking.track import Predicted

GATE_PROBABILITY = 0.999
"""Share of the truly same pairs that passes: 22.5 for six components."""

GREATEST_COST = 1e6  # keeps gains positive for every gated pair without spoiling their differences


def distances(x_a: Floats, P_a: Floats, x_b: Floats, P_b: Floats) -> Floats:
    """Squared Mahalanobis distances (n, m) between states (n, 6) and (m, 6) with independent errors."""
    d = x_a[:, None] - x_b[None]
    together = P_a[:, None] + P_b[None]
    return np.asarray((d[..., None, :] @ inverse(together) @ d[..., None])[..., 0, 0])


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

    d2 = distances(a.x, a.P, b.x, b.P)
    rows, columns = np.nonzero(d2 <= threshold(gate_probability, 6))
    chosen = assign(rows, columns, GREATEST_COST - d2[rows, columns])
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


def increment(x: Floats, P: Floats, x_since: Floats, P_since: Floats) -> tuple[Floats, Floats]:
    """Information vector (..., 6) and matrix that the plots since some estimate brought: a tracklet.

    x, P: a local-only track now; x_since, P_since: the same track as last sent, predicted to now without new plots.
    The matrix may be singular (few plots) and, by process noise, a little negative (Chang, Saha, Bar-Shalom 1997).
    """
    now, since = inverse(P), inverse(P_since)
    return _times(now, x) - _times(since, x_since), now - since


def absorb(x: Floats, P: Floats, y: Floats, Y: Floats) -> tuple[Floats, Floats]:
    """State and covariance after adding an information increment of the same time to them."""
    own = inverse(P)
    fused = inverse(own + Y)
    return _times(fused, _times(own, x) + y), fused


def _convex(x_a: Floats, P_a: Floats, x_b: Floats, P_b: Floats, w_a: Floats, w_b: Floats) -> tuple[Floats, Floats]:
    """The weighted sum of two pieces of information, as state and covariance."""
    i_a, i_b = np.asarray(w_a)[..., None, None] * inverse(P_a), np.asarray(w_b)[..., None, None] * inverse(P_b)
    P = inverse(i_a + i_b)
    return _times(P, _times(i_a, x_a) + _times(i_b, x_b)), P


def _highest(f: Callable[[Floats], Floats], shape: tuple[int, ...]) -> Floats:
    """Where concave functions on [0, 1] are highest, to 1e-6, each by golden section (Kiefer 1953)."""
    share = (np.sqrt(5.0) - 1) / 2
    low, high = np.zeros(shape), np.ones(shape)
    for _ in range(29):  # 0.618^29 is 1e-6
        left, right = high - share * (high - low), low + share * (high - low)
        rising = f(left) < f(right)
        low, high = np.where(rising, left, low), np.where(rising, high, right)
    return np.asarray(0.5 * (low + high))


def _times(A: Floats, x: Floats) -> Floats:
    return np.asarray((A @ x[..., None])[..., 0])
