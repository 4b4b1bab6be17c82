"""Is what a partner took for a launch a satellite of the public catalogue?"""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.sensors.site import Site
from jointwatch.tracking.gate import threshold
from jointwatch.tracking.known import Known

WITHIN = 0.9999  # share of true pairs of a state and its satellite that lie inside the gate, as the tracker names them


def satellite(known: Known, x: Floats, P: Floats, time_tai_ns: int) -> int | None:
    """Return the catalogue number of the satellite whose orbit a state (6,) is on, or None where it is on none.

    The nearest one's by the whole state, where several fit; P (6, 6): the state's covariance.
    """
    latitude, longitude, _ = geodetic_from_ecef(x[:3])
    beneath = Site("beneath", float(latitude), float(longitude), 0.0)
    _, rows = known.alike(x[None], P[None], beneath, time_tai_ns)
    if not len(rows):
        return None
    away = known.away(np.repeat(x[None], len(rows), axis=0), np.repeat(P[None], len(rows), axis=0), rows, time_tai_ns)
    best = int(np.argmin(away))
    return int(known.numbers[rows[best]]) if away[best] <= threshold(WITHIN, 6) else None
