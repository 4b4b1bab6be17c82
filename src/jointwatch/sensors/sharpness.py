"""How sharply each look at an arc places it: Fisher's information of position, for many radars and arcs at once.

A look that detects measures range, azimuth and elevation with the sigmas of `accuracy`, so of the position it says
1/sigma_r^2 along the line of sight, and 1/(r sigma)^2 across it, level and upward. One that may or may not detect
counts with its probability, and a step of time with as many looks as the radar has in it: the expected information.
[R. Niu, P. Willett, Y. Bar-Shalom, Matrix CRLB scaling due to measurements of uncertain origin, 2001: a little much]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.sensors.accuracy import MONOPULSE_SLOPE
from jointwatch.sensors.looks import LookTable
from jointwatch.sensors.radar import Radar

LEAST_PROBABILITY = 1e-3  # of a detection in one look; less says next to nothing, and most looks are such


class Sharp(NamedTuple):
    """The looks (n,) that say something, by arc, then step of time, then radar.

    begin (k + 1,): where each arc's begin; radar, step (n,); information (n, 6): xx, xy, xz, yy, yz, zz per square
    metre, Earth-fixed.
    """

    begin: Ints
    radar: NDArray[np.int32]
    step: NDArray[np.int32]
    information: Floats


def accuracies(radars: Sequence[Radar]) -> Floats:
    """Return squares (m, 6): of the floors of range, azimuth, elevation, and of what noise adds at a signal of one."""
    return np.array([
        [
            radar.sigma_range_m, radar.sigma_azimuth_rad, radar.sigma_elevation_rad,
            radar.range_resolution_m / np.sqrt(2.0),
            radar.beam_azimuth_rad / (MONOPULSE_SLOPE * np.sqrt(2.0)),
            radar.beam_elevation_rad / (MONOPULSE_SLOPE * np.sqrt(2.0)),
        ]
        for radar in radars
    ]).reshape(-1, 6) ** 2  # fmt: skip


def sharp_looks(
    radars: LookTable,
    accuracy: Floats,
    r_ecef_m: Floats,
    probability: NDArray[np.float32],
    *,
    rcs_m2: Floats,
    looks_in_a_step: Floats,
) -> Sharp:
    """Return the looks of m radars at k arcs, positions (k, t, 3), that detect with probabilities (m, k, t).

    accuracy: of `accuracies`. rcs_m2, looks_in_a_step: (m,). Signals are the mean ones, of `looks` and along straight
    lines as there.
    """
    from jointwatch.sensors.placing import place

    counted = (probability >= LEAST_PROBABILITY).sum(axis=(0, 2))
    begin = np.concatenate([[0], np.cumsum(counted)]).astype(np.int64)
    n = int(begin[-1])
    found = Sharp(begin, np.empty(n, np.int32), np.empty(n, np.int32), np.empty((n, 6)))
    place(
        np.ascontiguousarray(r_ecef_m), probability, LEAST_PROBABILITY, radars.radars, radars.faces, radars.first_face,
        np.asarray(rcs_m2, dtype=np.float64), accuracy, np.asarray(looks_in_a_step, dtype=np.float64), *found,
    )  # fmt: skip
    return found
