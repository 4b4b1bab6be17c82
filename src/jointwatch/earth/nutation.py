"""Nutation of the Earth's axis: the IAU 2000B series of 77 lunisolar terms.

Against IAU 2000A with its 1,365 terms it is good to 1 milliarcsecond from 1995 to 2050 (3 cm at 7,000 km), according to
its authors. [D. D. McCarthy & B. J. Luzum, Celestial Mechanics 85 (2003) 37; the coefficients and the offsets in lieu
of planetary terms as in ERFA's eraNut00b, with which a test compares]
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats

ARCSEC_RAD = np.pi / 648_000
_TURN_ARCSEC = 1_296_000.0
_UNIT_RAD = 1e-7 * ARCSEC_RAD  # the table is in tenths of a microarcsecond
_AT_ONCE = 128  # epochs, few enough for the cache and for the matrix product to stay on one core

# l, l', F, D, Omega | in longitude: sin, t sin, cos | in obliquity: cos, t cos, sin
_TERMS = np.array([
    (0, 0, 0, 0, 1, -172064161, -174666, 33386, 92052331, 9086, 15377),
    (0, 0, 2, -2, 2, -13170906, -1675, -13696, 5730336, -3015, -4587),
    (0, 0, 2, 0, 2, -2276413, -234, 2796, 978459, -485, 1374),
    (0, 0, 0, 0, 2, 2074554, 207, -698, -897492, 470, -291),
    (0, 1, 0, 0, 0, 1475877, -3633, 11817, 73871, -184, -1924),
    (0, 1, 2, -2, 2, -516821, 1226, -524, 224386, -677, -174),
    (1, 0, 0, 0, 0, 711159, 73, -872, -6750, 0, 358),
    (0, 0, 2, 0, 1, -387298, -367, 380, 200728, 18, 318),
    (1, 0, 2, 0, 2, -301461, -36, 816, 129025, -63, 367),
    (0, -1, 2, -2, 2, 215829, -494, 111, -95929, 299, 132),
    (0, 0, 2, -2, 1, 128227, 137, 181, -68982, -9, 39),
    (-1, 0, 2, 0, 2, 123457, 11, 19, -53311, 32, -4),
    (-1, 0, 0, 2, 0, 156994, 10, -168, -1235, 0, 82),
    (1, 0, 0, 0, 1, 63110, 63, 27, -33228, 0, -9),
    (-1, 0, 0, 0, 1, -57976, -63, -189, 31429, 0, -75),
    (-1, 0, 2, 2, 2, -59641, -11, 149, 25543, -11, 66),
    (1, 0, 2, 0, 1, -51613, -42, 129, 26366, 0, 78),
    (-2, 0, 2, 0, 1, 45893, 50, 31, -24236, -10, 20),
    (0, 0, 0, 2, 0, 63384, 11, -150, -1220, 0, 29),
    (0, 0, 2, 2, 2, -38571, -1, 158, 16452, -11, 68),
    (0, -2, 2, -2, 2, 32481, 0, 0, -13870, 0, 0),
    (-2, 0, 0, 2, 0, -47722, 0, -18, 477, 0, -25),
    (2, 0, 2, 0, 2, -31046, -1, 131, 13238, -11, 59),
    (1, 0, 2, -2, 2, 28593, 0, -1, -12338, 10, -3),
    (-1, 0, 2, 0, 1, 20441, 21, 10, -10758, 0, -3),
    (2, 0, 0, 0, 0, 29243, 0, -74, -609, 0, 13),
    (0, 0, 2, 0, 0, 25887, 0, -66, -550, 0, 11),
    (0, 1, 0, 0, 1, -14053, -25, 79, 8551, -2, -45),
    (-1, 0, 0, 2, 1, 15164, 10, 11, -8001, 0, -1),
    (0, 2, 2, -2, 2, -15794, 72, -16, 6850, -42, -5),
    (0, 0, -2, 2, 0, 21783, 0, 13, -167, 0, 13),
    (1, 0, 0, -2, 1, -12873, -10, -37, 6953, 0, -14),
    (0, -1, 0, 0, 1, -12654, 11, 63, 6415, 0, 26),
    (-1, 0, 2, 2, 1, -10204, 0, 25, 5222, 0, 15),
    (0, 2, 0, 0, 0, 16707, -85, -10, 168, -1, 10),
    (1, 0, 2, 2, 2, -7691, 0, 44, 3268, 0, 19),
    (-2, 0, 2, 0, 0, -11024, 0, -14, 104, 0, 2),
    (0, 1, 2, 0, 2, 7566, -21, -11, -3250, 0, -5),
    (0, 0, 2, 2, 1, -6637, -11, 25, 3353, 0, 14),
    (0, -1, 2, 0, 2, -7141, 21, 8, 3070, 0, 4),
    (0, 0, 0, 2, 1, -6302, -11, 2, 3272, 0, 4),
    (1, 0, 2, -2, 1, 5800, 10, 2, -3045, 0, -1),
    (2, 0, 2, -2, 2, 6443, 0, -7, -2768, 0, -4),
    (-2, 0, 0, 2, 1, -5774, -11, -15, 3041, 0, -5),
    (2, 0, 2, 0, 1, -5350, 0, 21, 2695, 0, 12),
    (0, -1, 2, -2, 1, -4752, -11, -3, 2719, 0, -3),
    (0, 0, 0, -2, 1, -4940, -11, -21, 2720, 0, -9),
    (-1, -1, 0, 2, 0, 7350, 0, -8, -51, 0, 4),
    (2, 0, 0, -2, 1, 4065, 0, 6, -2206, 0, 1),
    (1, 0, 0, 2, 0, 6579, 0, -24, -199, 0, 2),
    (0, 1, 2, -2, 1, 3579, 0, 5, -1900, 0, 1),
    (1, -1, 0, 0, 0, 4725, 0, -6, -41, 0, 3),
    (-2, 0, 2, 0, 2, -3075, 0, -2, 1313, 0, -1),
    (3, 0, 2, 0, 2, -2904, 0, 15, 1233, 0, 7),
    (0, -1, 0, 2, 0, 4348, 0, -10, -81, 0, 2),
    (1, -1, 2, 0, 2, -2878, 0, 8, 1232, 0, 4),
    (0, 0, 0, 1, 0, -4230, 0, 5, -20, 0, -2),
    (-1, -1, 2, 2, 2, -2819, 0, 7, 1207, 0, 3),
    (-1, 0, 2, 0, 0, -4056, 0, 5, 40, 0, -2),
    (0, -1, 2, 2, 2, -2647, 0, 11, 1129, 0, 5),
    (-2, 0, 0, 0, 1, -2294, 0, -10, 1266, 0, -4),
    (1, 1, 2, 0, 2, 2481, 0, -7, -1062, 0, -3),
    (2, 0, 0, 0, 1, 2179, 0, -2, -1129, 0, -2),
    (-1, 1, 0, 1, 0, 3276, 0, 1, -9, 0, 0),
    (1, 1, 0, 0, 0, -3389, 0, 5, 35, 0, -2),
    (1, 0, 2, 0, 0, 3339, 0, -13, -107, 0, 1),
    (-1, 0, 2, -2, 1, -1987, 0, -6, 1073, 0, -2),
    (1, 0, 0, 0, 2, -1981, 0, 0, 854, 0, 0),
    (-1, 0, 0, 1, 0, 4026, 0, -353, -553, 0, -139),
    (0, 0, 2, 1, 2, 1660, 0, -5, -710, 0, -2),
    (-1, 0, 2, 4, 2, -1521, 0, 9, 647, 0, 4),
    (-1, 1, 0, 1, 1, 1314, 0, 0, -700, 0, 0),
    (0, -2, 2, -2, 1, -1283, 0, 0, 672, 0, 0),
    (1, 0, 2, 2, 1, -1331, 0, 8, 663, 0, 4),
    (-2, 0, 2, 2, 2, 1383, 0, -2, -594, 0, -2),
    (-1, 0, 0, 0, 2, 1405, 0, 4, -610, 0, 2),
    (1, 1, 2, -2, 2, 1290, 0, 0, -556, 0, 0),
], dtype=np.float64)  # fmt: skip
_GREATEST = 4  # multiple of an argument in the table
_MULTIPLES = _TERMS[:, :5].T.astype(np.intp)
# of exp(i argument), so that real parts remain: longitude, its rate, obliquity, its rate
_COEFFICIENTS = np.stack([
    _TERMS[:, 7] - 1j * _TERMS[:, 5],
    -1j * _TERMS[:, 6],
    _TERMS[:, 8] - 1j * _TERMS[:, 10],
    _TERMS[:, 9] + 0j,
])  # fmt: skip
_IN_LIEU_OF_PLANETS_ARCSEC = (-0.135e-3, 0.388e-3)

# arcseconds at J2000.0 and per century: mean anomalies of Moon and Sun, the Moon's argument of latitude, its
# elongation, and the longitude of its node [J.-L. Simon et al., Astronomy & Astrophysics 282 (1994) 663]
_DELAUNAY_ARCSEC = np.array([485868.249036, 1287104.79305, 335779.526232, 1072260.70369, 450160.398036])
_DELAUNAY_RATE = np.array([1717915923.2178, 129596581.0481, 1739527262.8478, 1602961601.2090, -6962890.5431])


def nutation_rad(centuries_tt: ArrayLike) -> tuple[Floats, Floats]:
    """Nutation in longitude and in obliquity, radians, at times (...) in Julian centuries of TT since J2000.0.

    >>> dpsi, deps = nutation_rad(0.26)
    >>> [round(float(angle) / ARCSEC_RAD, 2) for angle in (dpsi, deps)]
    [5.42, 8.07]
    """
    t = np.asarray(centuries_tt, dtype=np.float64)
    blocks = np.array_split(t.ravel(), max(1, -(-t.size // _AT_ONCE)))
    dpsi, deps = np.concatenate([_series(block) for block in blocks], axis=1)
    return dpsi.reshape(t.shape), deps.reshape(t.shape)


def ascending_node_rad(centuries_tt: ArrayLike) -> Floats:
    """Longitude of the Moon's mean ascending node, radians, the argument of the largest term.

    >>> round(float(np.rad2deg(ascending_node_rad(0.0))), 3)
    125.045
    """
    t = np.asarray(centuries_tt, dtype=np.float64)
    return np.asarray((_DELAUNAY_ARCSEC[4] + _DELAUNAY_RATE[4] * t) * ARCSEC_RAD)


def _series(t: Floats) -> Floats:
    """Sums of the series at times (n,), shape (2, n), the sines and cosines of all arguments by multiplication."""
    delaunay = np.fmod(_DELAUNAY_ARCSEC[:, None] + _DELAUNAY_RATE[:, None] * t, _TURN_ARCSEC) * ARCSEC_RAD
    powers = np.ones((5, 2 * _GREATEST + 1, len(t)), dtype=np.complex128)
    powers[:, _GREATEST + 1] = np.exp(1j * delaunay)
    for multiple in range(2, _GREATEST + 1):
        powers[:, _GREATEST + multiple] = powers[:, _GREATEST + multiple - 1] * powers[:, _GREATEST + 1]
    powers[:, :_GREATEST] = powers[:, :_GREATEST:-1].conj()
    terms = powers[0, _GREATEST + _MULTIPLES[0]]
    for argument in range(1, 5):
        terms *= powers[argument, _GREATEST + _MULTIPLES[argument]]
    dpsi, dpsi_rate, deps, deps_rate = (_COEFFICIENTS @ terms).real
    offset = np.array(_IN_LIEU_OF_PLANETS_ARCSEC)[:, None] * ARCSEC_RAD
    return np.stack([dpsi + t * dpsi_rate, deps + t * deps_rate]) * _UNIT_RAD + offset
