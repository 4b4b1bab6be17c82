"""What a dishonest feed makes of a radar's plots: each way of it, so that finding it can be measured.

The plots of an honest minute go in and those that are told come out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from jointwatch.earth.timescale import NS_PER_S
from jointwatch.sensors.measurement import wrap_azimuth
from jointwatch.studies.overflights import Minute


def thinned(minute: Minute, share: float, rng: np.random.Generator) -> Minute:
    """The minute without a share of its plots, whichever they are."""
    return minute.only(rng.random(len(minute.z)) >= share)


def blanked(minute: Minute, sector_rad: tuple[float, float]) -> Minute:
    """The minute without what lies in a sector of azimuth."""
    low, high = sector_rad
    return minute.only(~((minute.z[:, 1] >= low) & (minute.z[:, 1] < high)))


def replayed(minute: Minute, later_s: float, rng: np.random.Generator | None = None) -> Minute:
    """The minute with its scans dated later; with `rng`, shaken by a tenth of their sigmas, lest they look the same."""
    z = minute.z.copy()
    if rng is not None:
        z += 0.1 * minute.sigma * rng.standard_normal(z.shape)
        z[:, 1] = wrap_azimuth(z[:, 1])
    return replace(minute, times_tai_ns=minute.times_tai_ns + round(later_s * NS_PER_S), z=z)


def noisier(minute: Minute, factor: float, rng: np.random.Generator) -> Minute:
    """The minute with so many times the noise that its sigmas state."""
    more = float(np.sqrt(factor**2 - 1))
    z = minute.z + more * minute.sigma * rng.standard_normal(minute.z.shape)
    z[:, 1] = wrap_azimuth(z[:, 1])
    return replace(minute, z=z)


def offset(minute: Minute, by: tuple[float, float, float]) -> Minute:
    """The minute with range (m), azimuth and elevation (rad) off by so much."""
    z = minute.z + np.array(by)
    z[:, 1] = wrap_azimuth(z[:, 1])
    return replace(minute, z=z)


def misdated(minute: Minute, by_s: float) -> Minute:
    """The minute with its scans dated later than they were."""
    return replace(minute, times_tai_ns=minute.times_tai_ns + round(by_s * NS_PER_S))
