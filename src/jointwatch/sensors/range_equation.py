"""The radar range equation in absolute terms: from power, aperture and noise to a signal-to-noise ratio.

For where such values are published or argued about; a `Radar` itself holds one reference point of the same law. All
ratios are ratios, not decibels. (Skolnik, Introduction to Radar Systems, chapters 1 and 8; Barton, Modern Radar System
Analysis, 1988, chapter 1.)
"""

from __future__ import annotations

from math import pi

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats

BOLTZMANN_J_K = 1.380649e-23


def gain(aperture_m2: float, wavelength_m: float) -> float:
    """Gain (a ratio) of an aperture that is fully used: 4 pi A / wavelength^2.

    >>> round(gain(105.0, 0.0315))
    1329775
    """
    return 4 * pi * aperture_m2 / wavelength_m**2


def tracking_snr(
    range_m: ArrayLike,
    rcs_m2: ArrayLike,
    *,
    energy_j: float,
    gain: float,
    aperture_m2: float,
    noise_temperature_k: float,
    losses: float,
) -> Floats:
    """Signal-to-noise ratio (...) of one dwell: E G A rcs / ((4 pi)^2 R^4 k T L).

    energy_j: what is sent in the dwell, all of it summed in phase.
    """
    r = np.asarray(range_m, dtype=float)
    sent = energy_j * gain * aperture_m2 * np.asarray(rcs_m2, dtype=float)
    return np.asarray(sent / ((4 * pi) ** 2 * r**4 * BOLTZMANN_J_K * noise_temperature_k * losses))


def tracking_range_m(
    snr: float,
    rcs_m2: float,
    *,
    energy_j: float,
    gain: float,
    aperture_m2: float,
    noise_temperature_k: float,
    losses: float,
) -> float:
    """Range in metres at which one dwell gives a signal-to-noise ratio: `tracking_snr` turned round.

    >>> brdy = dict(energy_j=170e3 * 20e-3, noise_temperature_k=500.0, losses=10**0.8)  # 20 pulses of 1 ms in 100 ms
    >>> [round(tracking_range_m(20.0, 0.01, gain=gain(area, 0.03156), aperture_m2=area, **brdy) / 1e3)  # km
    ...  for area in (105.0, 16_896 * 0.03156**2 / 4)]
    [2421, 485]
    """
    at_one_metre = tracking_snr(
        1.0,
        rcs_m2,
        energy_j=energy_j,
        gain=gain,
        aperture_m2=aperture_m2,
        noise_temperature_k=noise_temperature_k,
        losses=losses,
    )
    return float((at_one_metre / snr) ** 0.25)


def search_range_m(
    snr: float,
    rcs_m2: float,
    *,
    mean_power_w: float,
    aperture_m2: float,
    solid_angle_sr: float,
    revisit_s: float,
    noise_temperature_k: float,
    losses: float,
) -> float:
    """Range in metres to which a solid angle is searched in each revisit: (P A t rcs / (4 pi Omega k T L SNR))^(1/4).

    The frequency does not stand in it: power times aperture finds, whatever the band.
    """
    sent = mean_power_w * aperture_m2 * rcs_m2 * revisit_s
    return float((sent / (4 * pi * solid_angle_sr * BOLTZMANN_J_K * noise_temperature_k * losses * snr)) ** 0.25)
