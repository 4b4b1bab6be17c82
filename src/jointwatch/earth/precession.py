"""Precession of the Earth's axis and of the equinox, IAU 2006, with the offset of the GCRS's own axes (frame bias)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats
from jointwatch.earth.nutation import ARCSEC_RAD, nutation_rad
from jointwatch.earth.turning import Turn, X, Z

# arcseconds, by powers of Julian centuries of TT since J2000.0: the four angles of Fukushima and Williams
# [J. L. Hilton et al., Celestial Mechanics 94 (2006) 351, as in ERFA's eraPfw06 and eraObl06]
_GAMMA = (-0.052928, 10.556378, 0.4932044, -0.00031238, -0.000002788, 0.0000000260)
_PHI = (84381.412819, -46.811016, 0.0511268, 0.00053289, -0.000000440, -0.0000000176)
_PSI = (-0.041775, 5038.481484, 1.5584175, -0.00018522, -0.000026452, -0.0000000148)
_EPSILON = (84381.406, -46.836769, -0.0001831, 0.00200340, -0.000000576, -0.0000000434)


def mean_obliquity_rad(centuries_tt: ArrayLike) -> Floats:
    """Mean obliquity of the ecliptic, radians, at times (...) in Julian centuries of TT since J2000.0.

    >>> round(float(np.rad2deg(mean_obliquity_rad(0.0))), 6)
    23.439279
    """
    return _polynomial(_EPSILON, centuries_tt)


def true_of_date_from_gcrs(centuries_tt: ArrayLike) -> tuple[list[Turn], Floats]:
    """Turns from the GCRS to the true equator and equinox of date, and the nutation in longitude, radians, in them.

    Bias, precession and nutation in one [Hilton et al. 2006]. The nutation is adjusted to the IAU 2006
    precession [P. T. Wallace & N. Capitaine, Astronomy & Astrophysics 459 (2006) 981, eq. 5]. Left out: what the
    IERS measures of the pole besides, below 1 milliarcsecond (3 cm at 7,000 km).
    """
    t = np.asarray(centuries_tt, dtype=np.float64)
    dpsi, deps = nutation_rad(t)
    shrinking = -2.7774e-6 * t  # of the dynamical form factor
    dpsi, deps = dpsi * (1 + 0.4697e-6 + shrinking), deps * (1 + shrinking)
    turns = [
        Turn(Z, _polynomial(_GAMMA, t)),
        Turn(X, _polynomial(_PHI, t)),
        Turn(Z, -_polynomial(_PSI, t) - dpsi),
        Turn(X, -_polynomial(_EPSILON, t) - deps),
    ]
    return turns, dpsi


def _polynomial(arcsec: tuple[float, ...], centuries_tt: ArrayLike) -> Floats:
    t = np.asarray(centuries_tt, dtype=np.float64)
    return np.asarray(np.polynomial.polynomial.polyval(t, arcsec) * ARCSEC_RAD)
