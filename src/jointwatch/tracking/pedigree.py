"""Whose plots an estimate was made from, and how two may be joined in view of that.

What was made from different radars adds up. What shares a radar, or does not say how it was made, is joined by
covariance intersection: wider than need be, and never too sure.
"""

from __future__ import annotations

from dataclasses import dataclass

from jointwatch.earth.arrays import Floats
from jointwatch.tracking.fuse import fuse, intersect


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """States (..., 6) in m and m/s, Earth-fixed, with covariances, at one time, and whose plots made them.

    made_from: names of radars, or of owners; None where that is not known.
    """

    time_tai_ns: int
    x: Floats
    P: Floats
    made_from: frozenset[str] | None


def join(a: Estimate, b: Estimate) -> Estimate:
    """One estimate of the same object from two of one time: added where nothing is shared, intersected otherwise.

    >>> import numpy as np
    >>> south, north = (Estimate(0, np.zeros(6), np.eye(6), frozenset({name})) for name in ("gabala", "armavir"))
    >>> join(south, north).P[0, 0], join(south, south).P[0, 0].round(6)
    (np.float64(0.5), np.float64(1.0))
    """
    if a.time_tai_ns != b.time_tai_ns:
        raise ValueError(
            f"wanted two estimates of one time, got {a.time_tai_ns} and {b.time_tai_ns} ns TAI; carry one to the other"
        )
    both = None if a.made_from is None or b.made_from is None else a.made_from | b.made_from
    if both is not None and a.made_from and b.made_from and not a.made_from & b.made_from:
        return Estimate(a.time_tai_ns, *fuse(a.x, a.P, b.x, b.P), both)
    return Estimate(a.time_tai_ns, *intersect(a.x, a.P, b.x, b.P)[:2], both)
