"""How strong an echo is, and how likely it is seen.

Range law: SNR = SNR_ref (rcs / rcs_ref) (R_ref / R)^4 cos^n, the radar range equation (Skolnik, Introduction to Radar
Systems, chapter 1) with everything that does not change from look to look drawn into one reference point; cos^n is the
scan loss (`sensors.scan_loss`), 1 on boresight.

Detection, by the sum of the power of n pulses (square-law detector), threshold T from Q(n, T) = Pfa, where Q is the
upper and P the lower regularised gamma function:

    Swerling 0, steady         Pd = Marcum's Q of order n       (Marcum, RAND RM-754, 1947; `sensors.marcum_q`)
    Swerling 1, fading         Pd = Q(n - 1, T) + T^(n-1) e^-T / Gamma(n) M(1, n, T x / (1 + x)),   x = n SNR

The second is the form of Meyer and Mayer (Radar Target Detection, 1973), Q + (1 + 1/x)^(n-1) P(n - 1, T x / (1 + x))
exp(-T / (1 + x)), with Kummer's M so that nothing overflows; with one pulse it is Pfa^(1 / (1 + SNR)) (Swerling, RAND
RM-1217, 1954). The SNR is that of one pulse, and its mean over the fading.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincc, gammainccinv, gammaln, hyp1f1

from jointwatch.earth.arrays import Floats
from jointwatch.sensors.marcum_q import marcum_q
from jointwatch.sensors.radar import Radar

_LEAST_SNR, _GREATEST_SNR = 1e-9, 1e15


def snr(radar: Radar, range_m: ArrayLike, rcs_m2: ArrayLike) -> Floats:
    """Mean signal-to-noise ratio (a ratio, not decibels) at ranges in metres of objects of mean cross-section in m2.

    On boresight. Half the range gives 16 times the signal; a range of zero is answered as one metre.
    """
    r = np.maximum(np.asarray(range_m, dtype=float), 1.0)
    strength = radar.reference_snr / radar.reference_rcs_m2 * np.asarray(rcs_m2, dtype=float)
    return np.asarray(strength * (radar.reference_range_m / r) ** 4)


def threshold(pfa: float, *, pulses: int = 1) -> float:
    """Threshold on the summed power of pulses of unit mean noise that noise alone exceeds with probability pfa.

    >>> round(threshold(1e-6), 3), round(threshold(1e-6, pulses=10), 3)
    (13.816, 32.71)
    """
    return float(-np.log(pfa)) if pulses == 1 else float(gammainccinv(pulses, pfa))


def probability(snr: ArrayLike, pfa: float, *, swerling: int = 1, pulses: int = 1) -> Floats:
    """Probability (...) of detection in one look, from the mean SNR of one pulse (a ratio).

    swerling: 1, the echo fades from look to look; 0, it is steady. pulses: how many are summed without their phase.

    >>> probability([0.0, 18.93], 1e-6).round(3)  # no echo leaves the false alarms; 12.8 dB gives one half
    array([0. , 0.5])
    >>> probability(18.93, 1e-6, swerling=0).round(3)
    np.float64(0.838)
    """
    strength = np.asarray(snr, dtype=float)
    _check_law(swerling, pulses)
    if swerling == 1 and pulses == 1:
        return np.asarray(pfa ** (1.0 / (1.0 + strength)))
    limit = threshold(pfa, pulses=pulses)
    if swerling == 0:
        return marcum_q(pulses, pulses * strength, limit)
    x, a = pulses * strength, pulses - 1
    share = np.exp(a * np.log(limit) - limit - gammaln(pulses)) * hyp1f1(1.0, pulses, limit * (x / (1 + x)))
    return np.asarray(np.minimum(gammaincc(a, limit) + share, 1.0))


def of_radar(radar: Radar, snr: ArrayLike) -> Floats:
    """Probability (...) that a radar detects objects of a mean SNR in one look, by its own law and false alarms."""
    return probability(snr, radar.false_alarm_probability, swerling=radar.swerling, pulses=radar.pulses)


def snr_for_probability(pd: float, pfa: float, *, swerling: int = 1, pulses: int = 1) -> float:
    """Mean SNR of one pulse (a ratio) at which an object is detected with probability pd in one look.

    >>> round(snr_for_probability(0.5, 1e-6), 2), round(snr_for_probability(0.9, 1e-6, swerling=0), 2)
    (18.93, 20.81)
    """
    if not pfa < pd < 1:
        raise ValueError(f"a detection probability lies between the false-alarm probability {pfa:g} and 1; got {pd:g}")
    _check_law(swerling, pulses)
    if swerling == 1 and pulses == 1:
        return float(np.log(pfa) / np.log(pd) - 1.0)

    from scipy.optimize import brentq  # a quarter of a second, for those who ask backwards of these laws

    def excess(logarithm: float) -> float:
        return float(probability(np.exp(logarithm), pfa, swerling=swerling, pulses=pulses)) - pd

    return float(np.exp(brentq(excess, np.log(_LEAST_SNR), np.log(_GREATEST_SNR), xtol=1e-12)))


def range_for_probability(radar: Radar, rcs_m2: float, pd: float = 0.5) -> float:
    """Range in metres at which an object of mean cross-section in m2 is detected with probability pd in one look.

    On boresight.
    """
    wanted = snr_for_probability(pd, radar.false_alarm_probability, swerling=radar.swerling, pulses=radar.pulses)
    return float(radar.reference_range_m * (radar.reference_snr / wanted * rcs_m2 / radar.reference_rcs_m2) ** 0.25)


def _check_law(swerling: int, pulses: int) -> None:
    if swerling not in (0, 1) or pulses < 1:
        raise ValueError(f"wanted Swerling's case 0 or 1 and at least one pulse; got case {swerling}, {pulses} pulses")
