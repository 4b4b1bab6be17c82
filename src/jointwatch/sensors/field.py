"""The field of regard of many radars over many positions, compiled by Numba: the loops under `sensors.looks`.

No angle is computed. With d from the radar to the object, r2 = |d|^2, u = d . up and t = d . (level unit vector along
the middle of a face), each limit is a comparison of squares that keep their sign, f(v) = v |v|:

    elevation above a limit      f(u) >= f(sin limit) r2
    within the sector            f(t) >= f(cos half_width) (r2 - u^2)
    within the ranges            least^2 <= r2 <= greatest^2

Samples go through in blocks of 128 that stay in the first cache. Neighbours on an arc lie close together, so a block
that lies below the horizon of a radar, or beyond its range, as a whole is left after one look at its bounding box.
"""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.compiled import kernel
from jointwatch.earth.ellipsoid import A_M, B_M

BLOCK = 128

# columns of a radar's row
X, Y, Z, UP_X, UP_Y, UP_Z = 0, 1, 2, 3, 4, 5
LEAST2, GREATEST2 = 6, 7  # squares of its ranges
LOWEST, HIGHEST = 8, 9  # f(sin elevation), over all its faces
HORIZON = 10  # 1 where the Earth's body has to be asked after; how much the line may dip follows
DIP = 11
STRENGTH, THRESHOLD = 12, 13  # SNR x range^4 of 1 m^2; -ln Pfa
SCAN_LOSS = 14  # power of the cosine off boresight
TABLED = 15  # 1 where the law of detection is read from a table, 0 where it is that of a fading echo in one pulse
RADAR_COLUMNS = 16
# columns of a face's row
MIDDLE_X, MIDDLE_Y, MIDDLE_Z, WIDTH, FACE_LOWEST, FACE_HIGHEST = 0, 1, 2, 3, 4, 5
BORESIGHT_X, BORESIGHT_Y, BORESIGHT_Z = 6, 7, 8
FACE_COLUMNS = 9
# tables of detection probability: over the logarithm of the mean SNR, from and by
LAW_FROM, LAW_STEP, LAW_COUNT = -9.2, 0.0028, 8193

_A2, _B2 = 1 / (A_M * A_M), 1 / (B_M * B_M)


@kernel
def look(
    positions: Floats,
    times: Ints,
    radars: Floats,
    faces: Floats,
    service: Ints,
    first_face: Ints,
    rcs_m2: Floats,
    laws: Floats,
    start: int,
    stop: int,
    seen: Any,
    probability: NDArray[np.float32],
) -> None:
    """Fill seen (m, n) for the samples from start to stop; and, where `probability` has a size, that (m, n) as well.

    positions: (n, 3 or more), Earth-fixed metres. times: (n,) TAI nanoseconds, or one for all. radars, faces: rows as
    above; faces of radar i are rows first_face[i] to first_face[i + 1], each in service in [service[f, 0],
    service[f, 1]). rcs_m2: (m,). laws: (m, LAW_COUNT), or (m, 0) where no law is tabled. `probability` is left as it
    is, zeros, where nothing is seen.
    """
    x, y, z = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    reached = np.empty(BLOCK, np.int64)
    for begin in range(start, stop, BLOCK):
        m = min(BLOCK, stop - begin)
        box = _load(positions, begin, m, x, y, z)
        for i in range(radars.shape[0]):
            inside = seen[i, begin : begin + m]
            if _out_of_sight(radars, i, box):
                _clear(inside)
                continue
            if _reach(x, y, z, radars, i, inside) == 0:
                continue
            for k in range(_indices(inside, reached)):
                j = reached[k]
                dx, dy, dz = x[j] - radars[i, X], y[j] - radars[i, Y], z[j] - radars[i, Z]
                tai_ns = times[begin + j] if times.size > 1 else times[0]
                cosine = faced(dx, dy, dz, radars, i, faces, service, first_face[i], first_face[i + 1], tai_ns)
                held = cosine >= 0.0
                if held and radars[i, HORIZON] != 0.0:
                    held = _clear_line(dx, dy, dz, radars, i)
                inside[j] = held
                if held and probability.size > 0:
                    probability[i, begin + j] = _detected(dx, dy, dz, radars, i, rcs_m2[i], cosine, laws)


@kernel
def _clear(flags: Any) -> None:
    for j in range(flags.size):  # a loop, for `flags[:] = False` takes seconds to compile
        flags[j] = False


@kernel
def _load(
    positions: Floats, begin: int, m: int, x: Floats, y: Floats, z: Floats
) -> tuple[float, float, float, float, float, float]:
    """Copy a block of positions into three rows; return the ends of its box in x, y and z."""
    for j in range(m):
        x[j], y[j], z[j] = positions[begin + j, 0], positions[begin + j, 1], positions[begin + j, 2]
    x0, x1, y0, y1, z0, z1 = np.inf, -np.inf, np.inf, -np.inf, np.inf, -np.inf
    for j in range(m):  # a NaN is skipped; it fails every later comparison
        x0, x1 = min(x0, x[j]), max(x1, x[j])
        y0, y1 = min(y0, y[j]), max(y1, y[j])
        z0, z1 = min(z0, z[j]), max(z1, z[j])
    return x0, x1, y0, y1, z0, z1


@kernel
def _out_of_sight(radars: Floats, i: int, box: tuple[float, float, float, float, float, float]) -> bool:
    """Whether the whole box lies below the horizontal of a radar that looks up only, or beyond its range."""
    x0, x1, y0, y1, z0, z1 = box
    x, y, z = radars[i, X], radars[i, Y], radars[i, Z]
    ux, uy, uz = radars[i, UP_X], radars[i, UP_Y], radars[i, UP_Z]
    top = max(ux * (x0 - x), ux * (x1 - x)) + max(uy * (y0 - y), uy * (y1 - y)) + max(uz * (z0 - z), uz * (z1 - z))
    if top < 0.0 and radars[i, LOWEST] >= 0.0:
        return True
    dx, dy, dz = max(x0 - x, x - x1, 0.0), max(y0 - y, y - y1, 0.0), max(z0 - z, z - z1, 0.0)
    return bool(dx * dx + dy * dy + dz * dz > radars[i, GREATEST2])


@kernel
def _reach(x: Floats, y: Floats, z: Floats, radars: Floats, i: int, inside: Any) -> int:
    """Set `inside` where range and elevation lie within the limits of the radar; return how many there are."""
    ox, oy, oz = radars[i, X], radars[i, Y], radars[i, Z]
    ux, uy, uz = radars[i, UP_X], radars[i, UP_Y], radars[i, UP_Z]
    least, greatest, lowest, highest = radars[i, LEAST2], radars[i, GREATEST2], radars[i, LOWEST], radars[i, HIGHEST]
    count = 0
    for j in range(inside.size):
        dx, dy, dz = x[j] - ox, y[j] - oy, z[j] - oz
        r2 = dx * dx + dy * dy + dz * dz
        u = dx * ux + dy * uy + dz * uz
        s = u * abs(u)
        within = (s >= lowest * r2) & (s <= highest * r2) & (r2 >= least) & (r2 <= greatest)
        inside[j] = within
        count += within
    return count


@kernel
def _indices(flags: Any, found: Ints) -> int:
    """Write down which flags are set; return how many."""
    count = 0
    for j in range(flags.size):
        found[count] = j
        count += flags[j]
    return count


@kernel
def faced(
    dx: float,
    dy: float,
    dz: float,
    radars: Floats,
    i: int,
    faces: Floats,
    service: Ints,
    first: int,
    last: int,
    tai_ns: int,
) -> float:
    """The cosine off boresight, 0 or more, of the radar's face in service at that time that looks that way best.

    -1 where none does; 1 for a radar without scan loss.
    """
    best = -1.0
    r2 = dx * dx + dy * dy + dz * dz
    u = dx * radars[i, UP_X] + dy * radars[i, UP_Y] + dz * radars[i, UP_Z]
    s = u * abs(u)
    level2 = r2 - u * u
    overhead = level2 <= 1e-14 * r2  # only rounding is left of a bearing
    for f in range(first, last):
        t = dx * faces[f, MIDDLE_X] + dy * faces[f, MIDDLE_Y] + dz * faces[f, MIDDLE_Z]
        sector = overhead | (t * abs(t) >= faces[f, WIDTH] * level2)
        elevation = (s >= faces[f, FACE_LOWEST] * r2) & (s <= faces[f, FACE_HIGHEST] * r2)
        if sector & elevation & (service[f, 0] <= tai_ns) & (tai_ns < service[f, 1]):
            if radars[i, SCAN_LOSS] == 0.0:
                return 1.0
            along = dx * faces[f, BORESIGHT_X] + dy * faces[f, BORESIGHT_Y] + dz * faces[f, BORESIGHT_Z]
            best = max(best, along / sqrt(r2), 0.0)
    return best


@kernel
def _clear_line(dx: float, dy: float, dz: float, radars: Floats, i: int) -> bool:
    """Whether the straight line passes the Earth, as `coverage.in_line_of_sight` has it.

    In axes in which the ellipsoid is the unit sphere, the line from s along p dips below it if its nearest point,
    |s|^2 - (s . p)^2 / |p|^2 from the centre squared, or its end where that comes first, lies within.
    """
    along = (dx * radars[i, X] + dy * radars[i, Y]) * _A2 + dz * radars[i, Z] * _B2
    length2 = (dx * dx + dy * dy) * _A2 + dz * dz * _B2
    if along >= 0.0:
        return True
    depth = -2 * along - length2 if along + length2 < 0.0 else along * along / length2
    return bool(depth <= radars[i, DIP])


@kernel
def _detected(
    dx: float, dy: float, dz: float, radars: Floats, i: int, rcs_m2: float, cosine: float, laws: Floats
) -> float:
    """Probability of detection in one look (see `sensors.detection`)."""
    r2 = max(dx * dx + dy * dy + dz * dz, 1.0)
    snr = radars[i, STRENGTH] * rcs_m2 / (r2 * r2)
    if radars[i, SCAN_LOSS] != 0.0:
        snr *= cosine ** radars[i, SCAN_LOSS]
    if radars[i, TABLED] == 0.0:
        return exp(-radars[i, THRESHOLD] / (1 + snr))
    place = (log(max(snr, 1e-300)) - LAW_FROM) / LAW_STEP
    if place <= 0.0:
        return float(laws[i, 0])
    if place >= LAW_COUNT - 1:
        return float(laws[i, LAW_COUNT - 1])
    k = int(place)
    share = place - k
    return float(laws[i, k] * (1 - share) + laws[i, k + 1] * share)
