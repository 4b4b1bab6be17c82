"""How far the Earth has turned: rotation angle, Greenwich mean and apparent sidereal time.

All take TAI times and UT1 - TAI (from `orientation`), arrays that broadcast, and give radians, not reduced to one turn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats
from jointwatch.earth.julian import DAYS_PER_CENTURY, centuries_tt, days_since_j2000
from jointwatch.earth.nutation import ARCSEC_RAD, ascending_node_rad
from jointwatch.earth.precession import mean_obliquity_rad
from jointwatch.earth.timescale import S_PER_DAY

# rad/s with respect to inertial space, the rate of the Earth rotation angle; the length of day, some milliseconds off
# 86,400 s, is left out: 2e-5 m/s in the velocity of a state at 7,000 km
ROTATION_RATE_RAD_S = 7.292115146706979e-5

_SECOND_RAD = 2 * np.pi / S_PER_DAY


def earth_rotation_angle_rad(tai_ns: ArrayLike, ut1_minus_tai_s: ArrayLike) -> Floats:
    """Earth rotation angle, radians [IERS Conventions 2010, eq. 5.15].

    >>> from jointwatch.earth.timescale import tai_ns_from_utc
    >>> noon_ut1 = tai_ns_from_utc("2000-01-01T12:00:00Z")
    >>> round(float(earth_rotation_angle_rad(noon_ut1, -32.0) / (2 * np.pi)), 10)
    0.7790572733
    """
    whole, fraction = days_since_j2000(tai_ns, ut1_minus_tai_s)
    return np.asarray(2 * np.pi * (0.7790572732640 + fraction + 0.00273781191135448 * (whole + fraction)))


def gmst_1982_rad(tai_ns: ArrayLike, ut1_minus_tai_s: ArrayLike) -> Floats:
    """Greenwich mean sidereal time of the IAU 1982 model, radians: where TEME's x axis stands.

    [S. Aoki et al., Astronomy & Astrophysics 105 (1982) 359; D. Vallado et al., AIAA 2006-6753]

    >>> from jointwatch.earth.timescale import tai_ns_from_utc
    >>> round(float(gmst_1982_rad(tai_ns_from_utc("2000-01-01T12:00:00Z"), -32.0)) % (2 * np.pi), 6)
    4.894961
    """
    whole, fraction = days_since_j2000(tai_ns, ut1_minus_tai_s)
    t = (whole + fraction) / DAYS_PER_CENTURY
    # the model counts from midnight, the fraction from noon
    ahead_s = 24110.54841 - S_PER_DAY / 2 + t * (8640184.812866 + t * (0.093104 - t * 6.2e-6))
    return np.asarray((ahead_s + S_PER_DAY * fraction) * _SECOND_RAD)


def gast_2006_rad(tai_ns: ArrayLike, ut1_minus_tai_s: ArrayLike, nutation_in_longitude_rad: ArrayLike) -> Floats:
    """Greenwich apparent sidereal time, radians, consistent with IAU 2006 precession and the nutation given.

    Mean sidereal time [N. Capitaine et al., Astronomy & Astrophysics 432 (2005) 355] and the equation of
    the equinoxes with its two largest complementary terms; the others, below 4e-5 arcsec together, cost 1.5 mm at
    7,000 km. [IERS Conventions 2010, chapter 5; as in
    ERFA's eraGmst06 and eraEect00]

    >>> from jointwatch.earth.timescale import tai_ns_from_utc
    >>> round(float(gast_2006_rad(tai_ns_from_utc("2000-01-01T12:00:00Z"), -32.0, 0.0)), 6)
    4.894961
    """
    t = centuries_tt(tai_ns)
    precession = t * (4612.156534 + t * (1.3915817 + t * (-0.00000044 + t * (-0.000029956 - t * 0.0000000368))))
    node = ascending_node_rad(t)
    complementary = 0.00264096 * np.sin(node) + 0.00006352 * np.sin(2 * node)
    equinoxes = np.asarray(nutation_in_longitude_rad) * np.cos(mean_obliquity_rad(t))
    rotation = earth_rotation_angle_rad(tai_ns, ut1_minus_tai_s)
    return np.asarray(rotation + (0.014506 + precession + complementary) * ARCSEC_RAD + equinoxes)
