"""A sensor whose measurements come from outside: where it stands, how well it measures, what it always has wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.earth.refraction import elevation_bias_rad, range_delay_m
from jointwatch.sensors.accuracy import measurement_sigma
from jointwatch.sensors.radar import Radar
from jointwatch.sensors.site import Site

_BEYOND_M = 1e9  # as far away as makes no difference to a ray
_ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Sensor:
    """A sensor: where it stands, and its sigmas (3,) in metres and radians, NaN where not known.

    radar: the entry of the catalogue that the missing ones come from; None where the sensor is none of it.
    bias, sigma_bias (3,): what it always measures too much, and one sigma of what of that is not known; refraction:
    whether it measures through air and nobody has corrected that; round_trip: whether its ranges are the way there and
    back; sigma_range_rate_m_s: NaN where not known.
    """

    name: str
    site: Site
    sigma: Floats
    radar: Radar | None = None
    bias: Floats = field(default_factory=lambda: np.zeros(3))
    sigma_bias: Floats = field(default_factory=lambda: np.zeros(3))
    refraction: bool = False
    round_trip: bool = False
    sigma_range_rate_m_s: float = np.nan

    def corrected(self, z: Floats) -> Floats:
        """Range, azimuth and elevation (n, 3), one way, NaN where not measured, less the known bias and the air.

        Of the air a range is corrected where it came with an elevation; an object whose range is not known is taken to
        be beyond the air. Elevations below the horizontal are corrected as those along it.
        """
        off = z * [0.5 if self.round_trip else 1.0, 1.0, 1.0] - self.bias
        if self.refraction:
            known = ~np.isnan(off[:, 2])
            off[known] = _without_air(off[known], self.site.height_m)
        off[:, 1] = np.mod(off[:, 1], 2 * np.pi)
        return off

    def sigmas(self, snr_db: Floats) -> Floats:
        """Sigmas (n, 3) for rows of a signal-to-noise ratio (n,), decibels; where that is NaN, for that of reference.

        >>> told = Sensor("X", Site("X", 0.7, 0.8), np.array([150.0, 0.002, 0.002]))
        >>> told.sigmas(np.array([np.nan])).tolist()
        [[150.0, 0.002, 0.002]]
        """
        known = np.broadcast_to(self.sigma, (len(snr_db), 3))
        if self.radar is None:
            return known
        snr = np.where(np.isnan(snr_db), self.radar.reference_snr, 10.0 ** (snr_db / 10.0))
        return np.where(np.isnan(known), measurement_sigma(self.radar, snr), known)


def _without_air(z: Floats, height_m: float) -> Floats:
    """The same range (NaN where not measured), azimuth and elevation (n, 3) without what the air does to them."""
    apparent, far = np.clip(z[:, 2], 0.0, np.pi / 2), np.where(np.isnan(z[:, 0]), _BEYOND_M, z[:, 0])
    elevation, straight = apparent, far
    for _ in range(_ROUNDS):  # the air does more, the higher the object is, and that is told by where it really is
        over = np.sqrt(MEAN_RADIUS_M**2 + straight**2 + 2 * MEAN_RADIUS_M * straight * np.sin(elevation))
        above = height_m + np.maximum(over - MEAN_RADIUS_M, 1.0)
        elevation = apparent - elevation_bias_rad(apparent, above, radar_height_m=height_m)
        straight = far - range_delay_m(apparent, above, radar_height_m=height_m)
    return np.column_stack([z[:, 0] + straight - far, z[:, 1], z[:, 2] + elevation - apparent])
