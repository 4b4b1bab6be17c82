"""What looks say of where an arc is, compiled by Numba: the loops under `sensors.sharpness`."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.compiled import kernel
from jointwatch.sensors.field import SCAN_LOSS, STRENGTH, UP_X, UP_Y, UP_Z, X, Y, Z, faced


@kernel
def place(
    positions: Floats,
    probability: NDArray[np.float32],
    least: float,
    radars: Floats,
    faces: Floats,
    first_face: Ints,
    rcs_m2: Floats,
    accuracy: Floats,
    looks: Floats,
    begin: Ints,
    radar: NDArray[np.int32],
    step: NDArray[np.int32],
    information: Floats,
) -> None:
    """Fill the looks of `sensors.sharpness` at arcs (k, t, 3), where the probability (m, k, t) is at least `least`."""
    always = np.empty((len(faces), 2), np.int64)
    for f in range(len(faces)):
        always[f, 0], always[f, 1] = 0, 1
    for j in range(positions.shape[0]):
        n = begin[j]
        for t in range(positions.shape[1] if begin[j + 1] > n else 0):
            for i in range(len(radars)):
                p = probability[i, j, t]
                if p >= least:
                    dx = positions[j, t, 0] - radars[i, X]
                    dy = positions[j, t, 1] - radars[i, Y]
                    dz = positions[j, t, 2] - radars[i, Z]
                    cosine = faced(dx, dy, dz, radars, i, faces, always, first_face[i], first_face[i + 1], 0)
                    radar[n], step[n] = i, t
                    _placed(dx, dy, dz, radars, i, rcs_m2[i], cosine, accuracy[i], p * looks[i], information[n])
                    n += 1


@kernel
def _placed(
    dx: float,
    dy: float,
    dz: float,
    radars: Floats,
    i: int,
    rcs_m2: float,
    cosine: float,
    accuracy: Floats,
    weight: float,
    information: Floats,
) -> None:
    """Fill xx, xy, xz, yy, yz, zz: the sum of weight / sigma^2 over the three directions that a look measures along."""
    r2 = max(dx * dx + dy * dy + dz * dz, 1.0)
    r = sqrt(r2)
    snr, wider2 = radars[i, STRENGTH] * rcs_m2 / (r2 * r2), 1.0
    if radars[i, SCAN_LOSS] != 0.0:
        snr *= cosine ** radars[i, SCAN_LOSS]
        wider2 = 1.0 / max(cosine * cosine, 1e-6)
    noise = 1.0 / max(snr, 1e-12)
    ux, uy, uz = radars[i, UP_X], radars[i, UP_Y], radars[i, UP_Z]
    lx, ly, lz = dx / r, dy / r, dz / r
    sine = lx * ux + ly * uy + lz * uz
    level = sqrt(max(1.0 - sine * sine, 1.0 / r2))  # at least a metre aside, as for `measurement.jacobian`
    hx, hy, hz = (uy * lz - uz * ly) / level, (uz * lx - ux * lz) / level, (ux * ly - uy * lx) / level
    ex, ey, ez = (ux - sine * lx) / level, (uy - sine * ly) / level, (uz - sine * lz) / level
    along = weight / (accuracy[0] + accuracy[3] * noise)
    aside = weight / ((accuracy[1] + accuracy[4] * noise * wider2) * r2 * level * level)
    upward = weight / ((accuracy[2] + accuracy[5] * noise * wider2) * r2)
    information[0] = along * lx * lx + aside * hx * hx + upward * ex * ex
    information[1] = along * lx * ly + aside * hx * hy + upward * ex * ey
    information[2] = along * lx * lz + aside * hx * hz + upward * ex * ez
    information[3] = along * ly * ly + aside * hy * hy + upward * ey * ey
    information[4] = along * ly * lz + aside * hy * hz + upward * ey * ez
    information[5] = along * lz * lz + aside * hz * hz + upward * ez * ez
