"""How strong an echo is, how likely it is seen, and how exactly it is then measured.

Range law: SNR = SNR_ref (rcs / rcs_ref) (R_ref / R)^4, the radar range equation (Skolnik, Introduction to Radar
Systems, chapter 1) with everything that does not change from look to look drawn into one reference point.

Detection: Swerling 1 (Swerling, RAND RM-1217, 1954; one look, square-law detector): the cross-section is exponential
around its mean, so the echo with its noise, in units of noise power, is exponential with mean 1 + SNR, and

    Pd = exp(-T / (1 + SNR)) = Pfa^(1 / (1 + SNR)),   T = -ln Pfa.

Losses towards the edge of a face's scan, and integration over looks, are left out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats
from jointwatch.sensors.radar import Radar

MONOPULSE_SLOPE = 1.6
"""Normalised slope of a monopulse pair, k_m (Barton and Ward, Handbook of Radar Measurement, 1969)."""


def snr(radar: Radar, range_m: ArrayLike, rcs_m2: ArrayLike) -> Floats:
    """Mean signal-to-noise ratio (a ratio, not decibels) at ranges in metres of objects of mean cross-section in m2.

    Half the range gives 16 times the signal; a range of zero is answered as one metre.
    """
    r = np.maximum(np.asarray(range_m, dtype=float), 1.0)
    strength = radar.reference_snr / radar.reference_rcs_m2 * np.asarray(rcs_m2, dtype=float)
    return np.asarray(strength * (radar.reference_range_m / r) ** 4)


def probability(snr: ArrayLike, pfa: float) -> Floats:
    """Probability of detection in one look of a Swerling 1 object, from its mean SNR (a ratio).

    >>> probability([0.0, 18.93], 1e-6).round(3)  # no echo leaves the false alarms; 12.8 dB gives one half
    array([0. , 0.5])
    """
    return np.asarray(pfa ** (1.0 / (1.0 + np.asarray(snr, dtype=float))))


def snr_for_probability(pd: float, pfa: float) -> float:
    """Mean SNR (a ratio) at which a Swerling 1 object is detected with probability pd in one look.

    >>> round(snr_for_probability(0.5, 1e-6), 2)
    18.93
    """
    if not pfa < pd < 1:
        raise ValueError(f"a detection probability lies between the false-alarm probability {pfa:g} and 1; got {pd:g}")
    return float(np.log(pfa) / np.log(pd) - 1.0)


def range_for_probability(radar: Radar, rcs_m2: float, pd: float = 0.5) -> float:
    """Range in metres at which an object of mean cross-section in m2 is detected with probability pd in one look."""
    wanted = snr_for_probability(pd, radar.false_alarm_probability)
    return float(radar.reference_range_m * (radar.reference_snr / wanted * rcs_m2 / radar.reference_rcs_m2) ** 0.25)


def measurement_sigma(radar: Radar, measured_snr: ArrayLike) -> Floats:
    """One sigma (n, 3) of range in metres, azimuth and elevation in radians, of plots with this measured SNR (n,).

    Thermal part resolution / sqrt(2 SNR) in range and beam / (k_m sqrt(2 SNR)) in angle, with the floor by root of the
    sum of squares (Barton and Ward 1969).
    """
    thermal = np.array(
        [
            radar.range_resolution_m,
            radar.beam_azimuth_rad / MONOPULSE_SLOPE,
            radar.beam_elevation_rad / MONOPULSE_SLOPE,
        ]
    )
    floor = np.array([radar.sigma_range_m, radar.sigma_azimuth_rad, radar.sigma_elevation_rad])
    return np.asarray(np.hypot(floor, thermal / np.sqrt(2.0 * np.asarray(measured_snr, dtype=float))[..., None]))
