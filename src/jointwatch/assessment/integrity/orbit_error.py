"""How a satellite may be elsewhere than its public elements say: six numbers, the same at every scan and radar.

Along the track an offset and its growth by the day; an eccentricity and an inclination that are a little wrong, each a
vector of two parts. These are the solutions of Hill's equations that neither grow by the minute nor change the period,
to first order in the eccentricity [Clohessy and Wiltshire 1960; Montenbruck and Gill 2000, section 2.2]. A judge of
feeds eliminates them object by object, so that no orbit's error is ever laid to a radar.
"""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.sidereal import ROTATION_RATE_RAD_S
from jointwatch.earth.timescale import NS_PER_S, S_PER_DAY
from jointwatch.tracking.known import Known

PARTS = 6
"""Along the track, m, and m a day; twice eccentricity, m; twice inclination, m."""
MOST_ECCENTRICITY = 0.05
"""Of the satellites that are used: beyond, first order is no longer enough."""
MOST_ALONG_M = 10e3
"""Older elements than those off by this (one sigma) are not used: too much may have happened to the object."""


def usable(known: Known) -> Bools:
    """Whether each object of a catalogue (n,) is on an orbit that this describes."""
    return np.array([each.eccentricity <= MOST_ECCENTRICITY for each in known.catalogue.elements], dtype=bool)


def sigmas(known: Known, rows: Ints) -> Floats:
    """One sigma (k, 6) of the six numbers of catalogued objects, as users of public elements report them."""
    worth = known.errors
    beside = [worth.radial_m, worth.radial_m, worth.across_m, worth.across_m]
    return np.tile(np.array([worth.along_m, worth.along_m_per_day, *beside]), (len(rows), 1))


def age_days(known: Known, rows: Ints, tai_ns: Ints) -> Floats:
    """Days (k,) since the epochs of elements."""
    return np.asarray((tai_ns - known.catalogue.epoch_tai_ns[rows]) / (NS_PER_S * S_PER_DAY))


def directions(x: Floats) -> tuple[Floats, Floats, Floats]:
    """Unit vectors (k, 3) outward, along the track and across it, of Earth-fixed states (k, 6)."""
    r = x[:, :3]
    v = x[:, 3:] + ROTATION_RATE_RAD_S * np.stack([-r[:, 1], r[:, 0], np.zeros(len(r))], axis=1)
    along = v / np.linalg.norm(v, axis=1, keepdims=True)
    across = np.cross(r, v)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    return np.cross(along, across), along, across


def displacement(x: Floats, age_d: Floats) -> Floats:
    """Derivative (k, 3, 6) of Earth-fixed positions by the six numbers, at states (k, 6) and ages in days (k,).

    The place in the orbit is counted from the northward crossing of the equator.
    """
    outward, along, across = directions(x)
    u = np.arctan2(outward[:, 2], along[:, 2])
    sine, cosine = np.sin(u)[:, None], np.cos(u)[:, None]
    parts = [
        along,
        along * age_d[:, None],
        2 * sine * along - cosine * outward,
        -2 * cosine * along - sine * outward,
        sine * across,
        -cosine * across,
    ]
    return np.stack(parts, axis=-1)
