"""Turning axes: the components of vectors in axes turned about x, y or z, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from jointwatch.earth.arrays import Floats

X, Y, Z = 0, 1, 2


class Turn(NamedTuple):
    """A turn of the axes about one of them, right-handed, by an angle in radians: one, or one for each vector."""

    axis: int
    angle_rad: Floats


def turned(vectors: Floats, turns: Sequence[Turn]) -> Floats:
    """Components (n, 3) of vectors in the axes that come of the turns, the first turn first.

    >>> turned(np.array([[1.0, 0.0, 0.0]]), [Turn(Z, np.array(np.pi / 2))]).round(12).tolist()
    [[0.0, -1.0, 0.0]]
    """
    if all(np.ndim(turn.angle_rad) == 0 for turn in turns):  # one matrix for all vectors
        return np.asarray(vectors @ _each_turned(np.eye(3), turns))
    return _each_turned(vectors, turns)


def back(turns: Sequence[Turn]) -> list[Turn]:
    """The turns that undo these.

    >>> turns = [Turn(Z, np.array(0.5)), Turn(X, np.array(0.2))]
    >>> turned(turned(np.eye(3), turns), back(turns)).round(12).trace().item()
    3.0
    """
    return [Turn(turn.axis, -turn.angle_rad) for turn in reversed(turns)]


def _each_turned(vectors: Floats, turns: Sequence[Turn]) -> Floats:
    components = list(vectors.T.copy())
    for axis, angle in turns:
        j, k = (axis + 1) % 3, (axis + 2) % 3
        sine, cosine = np.sin(angle), np.cos(angle)
        components[j], components[k] = (
            cosine * components[j] + sine * components[k],
            cosine * components[k] - sine * components[j],
        )
    return np.stack(components, axis=-1)
