"""How exactly a radar measures what it has detected.

Thermal noise, at the SNR of the look (Barton and Ward, Handbook of Radar Measurement, 1969): range by the resolution
c / 2B over sqrt(2 SNR), angle by the beam's width over k_m sqrt(2 SNR). It adds as a square to a floor that stays
however strong the echo: calibration, quantisation, what the correction of the air leaves from look to look.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats
from jointwatch.sensors.radar import Radar

MONOPULSE_SLOPE = 1.6
"""Normalised slope of a monopulse pair, k_m (Barton and Ward, Handbook of Radar Measurement, 1969)."""

LIGHT_M_S = 299_792_458.0


def range_resolution_m(bandwidth_hz: float) -> float:
    """Range resolution, metres, of a signal of some bandwidth: c / 2B.

    >>> round(range_resolution_m(500e3))
    300
    """
    if not bandwidth_hz > 0:
        raise ValueError(f"a bandwidth is above 0 Hz; got {bandwidth_hz!r}")
    return LIGHT_M_S / (2 * bandwidth_hz)


def measurement_sigma(radar: Radar, measured_snr: ArrayLike, cos_off_boresight: ArrayLike = 1.0) -> Floats:
    """One sigma (n, 3) of range in metres, azimuth and elevation in radians, of plots with this measured SNR (n,).

    cos_off_boresight: (n,) of the angle between look and boresight: off it the array's face is foreshortened and its
    beam wider by 1 / cos, in both angles alike (which overstates the one it is not turned in).
    """
    snr = np.asarray(measured_snr, dtype=float)[..., None]
    wider = 1.0 / np.asarray(cos_off_boresight, dtype=float)[..., None]
    beam = np.array([radar.beam_azimuth_rad, radar.beam_elevation_rad]) / MONOPULSE_SLOPE * wider
    resolution = np.broadcast_to(radar.range_resolution_m, (*beam.shape[:-1], 1))
    thermal = np.concatenate([resolution, beam], axis=-1) / np.sqrt(2.0 * snr)
    floor = np.array([radar.sigma_range_m, radar.sigma_azimuth_rad, radar.sigma_elevation_rad])
    return np.asarray(np.hypot(floor, thermal))
