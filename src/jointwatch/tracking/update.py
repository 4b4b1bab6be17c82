"""The Kalman update of both modes of many tracks, each with its one plot, in time or late.

A late plot was made when the object was at x(t_k - d); the track's present state is taken back there (retrodiction) and
the plot speaks of the present through the derivative of that. The algebra is in `taking`.
"""

from __future__ import annotations

from math import cos, hypot, sin, sqrt

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.compiled import kernel, part
from jointwatch.sensors.measurement import LEAST_GROUND_RANGE_M
from jointwatch.tracking import lanes
from jointwatch.tracking.bank import BURNED, CHANCES, MU, NIS, RECENT, TIME
from jointwatch.tracking.gate import look, turned
from jointwatch.tracking.imm import reweighed
from jointwatch.tracking.lanes import LANES, LATE, NU, TRACKS, C, H, P, R, S, X, Z
from jointwatch.tracking.predict import REFUTED_OF, fly, gather, mix_modes, recall, scatter
from jointwatch.tracking.taking import take


@part
def jacobian(site: Floats, r: Floats, H_of: Floats) -> None:
    """Fill the derivative (9,) of range, azimuth and elevation by Earth-fixed position, at a position (3,)."""
    d0, d1, d2 = r[0] - site[0], r[1] - site[1], r[2] - site[2]
    e = d0 * site[3] + d1 * site[4] + d2 * site[5]
    n = d0 * site[6] + d1 * site[7] + d2 * site[8]
    u = d0 * site[9] + d1 * site[10] + d2 * site[11]
    rho = max(hypot(e, n), LEAST_GROUND_RANGE_M)
    r2 = rho * rho + u * u
    by_r, tilt = 1 / sqrt(r2), -u / (rho * r2)
    for k in range(3):
        east, north, up = site[3 + k], site[6 + k], site[9 + k]
        H_of[k] = (e * east + n * north + u * up) * by_r
        H_of[3 + k] = (n * east - e * north) / (rho * rho)
        H_of[6 + k] = (e * east + n * north) * tilt + rho / r2 * up


@part
def _stand(z: Floats, site: Floats, r: Floats) -> None:
    """Fill the Earth-fixed position (3,) of a plot."""
    e, n, u = cos(z[2]) * sin(z[1]), cos(z[2]) * cos(z[1]), sin(z[2])
    for k in range(3):
        r[k] = site[k] + z[0] * (e * site[3 + k] + n * site[6 + k] + u * site[9 + k])


@part
def innovate(block: Floats, at: int, wide: bool, z: Floats, sigma: Floats, r: Floats, H_at_plot: Floats) -> None:
    """Innovation and noise of a plot in a lane, linearised where the pair is known best.

    A prediction narrower than the plot is the point to linearise at (the EKF). A wider one, as after the first plot, is
    not: there the plot's own position is taken, or the sagitta of tens of km across the beam would pass for range.
    """
    for k in range(3):
        block[(R + k) * LANES + at] = sigma[k] * sigma[k]
        difference = z[k] - block[(Z + k) * LANES + at]
        block[(NU + k) * LANES + at] = turned(difference) if k == 1 else difference
    if wide:
        for a in range(3):
            nu = 0.0
            for b in range(3):
                block[(H + 3 * a + b) * LANES + at] = H_at_plot[3 * a + b]
                nu += H_at_plot[3 * a + b] * (r[b] - block[(lanes.X1 + b) * LANES + at])
            block[(NU + a) * LANES + at] = nu


@kernel
def update(
    numbers: Floats, counts: Ints, rows: Ints, plot: Ints, judged: Floats, time_tai_ns: int, z: Floats, sigma: Floats,
    site: Floats, moving: Floats, ahead: Floats,
) -> None:  # fmt: skip
    """Update the filters of these rows, each with its plot, given NIS and log likelihoods of the pairs (p, 4).

    ahead: what the gate kept of these rows; the way back of a late plot is flown anew.
    """
    block, r, H_at_plot = np.zeros(lanes.SIZE), np.empty(3), np.empty(9)
    for first in range(0, len(rows), TRACKS):
        last, late = min(first + TRACKS, len(rows)), False
        for pair in range(first, last):
            late = late or counts[rows[pair], TIME] > time_tai_ns
        if late:
            gather(block, numbers, counts, rows, first, time_tai_ns, moving)
            mix_modes(block, moving)
            fly(block)
            lanes.spread(block)
            look(block, site)
        else:
            recall(block, ahead, rows, first)
        for i in range(TRACKS):
            pair = min(first + i, len(rows) - 1)
            j, known = plot[pair], False
            for mode in range(2):
                at = mode * TRACKS + i
                wide = block[(S + 3) * LANES + at] > sigma[j, 1] ** 2 or block[(S + 5) * LANES + at] > sigma[j, 2] ** 2
                if wide and not known:
                    _stand(z[j], site, r)
                    jacobian(site, r, H_at_plot)
                    known = True
                block[LATE * LANES + at] = 1.0 if counts[rows[pair], TIME] > time_tai_ns else 0.0
                innovate(block, at, wide, z[j], sigma[j], r, H_at_plot)
        take(block)
        for i in range(last - first):
            row = rows[first + i]
            scatter(block, i, X, P, numbers, row)
            of = judged[first + i]
            boost, coast = block[C * LANES + i], block[C * LANES + TRACKS + i]
            numbers[row, MU], numbers[row, MU + 1] = reweighed(boost, coast, of[1], of[3])
            if numbers[row, MU + 1] < moving[REFUTED_OF]:
                counts[row, BURNED] = 1
            numbers[row, NIS] = of[0] if numbers[row, MU] >= numbers[row, MU + 1] else of[2]
            counts[row, TIME] = max(counts[row, TIME], time_tai_ns)
            counts[row, RECENT] = ((counts[row, RECENT] << 1) | 1) & 0xFFFFFFFF
            counts[row, CHANCES] += 1
