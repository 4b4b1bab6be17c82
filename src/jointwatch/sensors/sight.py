"""What a radar can look at through the air: its field of regard with limits on the elevation that it sees."""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.earth.refractivity import Refractivity
from jointwatch.sensors.coverage import in_elevation, in_field_of_regard, in_sector
from jointwatch.sensors.measurement import predict
from jointwatch.sensors.propagation import apparent_elevation_rad
from jointwatch.sensors.radar import Face, Radar
from jointwatch.sensors.site import Site


def in_sight(radar: Radar, faces: tuple[Face, ...], r_ecef_m: Floats, air: Refractivity | None = None) -> Bools:
    """Whether each Earth-fixed position (n, 3) in metres can be looked at by one of the faces, through the air.

    Without air `coverage.in_field_of_regard`. With it, a face's limits hold for the elevation at which the object
    appears, up to half a degree above the straight line, and what a level ray passes over the Earth is in sight.
    """
    if air is None:
        return in_field_of_regard(radar, faces, r_ecef_m)
    z = predict(radar.site, r_ecef_m)
    apparent = apparent_elevation_rad(radar.site, z, air)
    faced = np.zeros(len(z), dtype=bool)
    for face in faces:
        faced |= in_sector(face, z[:, 1]) & in_elevation(face, apparent)
    reached = (z[:, 0] >= radar.minimum_range_m) & (z[:, 0] <= radar.instrumented_range_m)
    return np.asarray(faced & reached & (apparent >= -horizon_dip_rad(radar.site)))


def horizon_dip_rad(site: Site) -> float:
    """How far below level, radians, the horizon of a high site lies: the straight line's sqrt(2 h / r).

    Refraction takes a seventh of it back, which is left out.

    >>> round(float(np.rad2deg(horizon_dip_rad(Site("a mountain", 0.6, 0.7, 1000.0)))), 2)
    1.02
    """
    return float(np.sqrt(2 * max(site.height_m, 0.0) / MEAN_RADIUS_M))
