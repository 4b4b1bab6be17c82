"""Where Sun and Moon stand, to a tenth of a degree and better, and what they do to what falls: tides and light.

Mean elements with the largest periodic terms (O. Montenbruck and E. Gill, Satellite Orbits, 2000, section 3.3.2), good
to 0.1 % of a distance and 0.1 degrees for decades around 2000: a tide is then good to half a per cent. Longitudes are
counted from the mean equinox of date, by the general precession; nutation is left out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats
from jointwatch.earth.julian import centuries_tt, tai_minus_utc_s
from jointwatch.earth.nutation import ARCSEC_RAD
from jointwatch.earth.sidereal import gmst_1982_rad

GM_SUN_M3_S2, GM_MOON_M3_S2 = 1.32712440018e20, 4.902800066e12  # Vallado, 4th ed., table D-5
AU_M = 149_597_870_700.0
RADIATION_PA = 4.56e-6  # pressure of sunlight on what absorbs it, at one AU; Montenbruck, Gill, eq. 3.69
_OBLIQUITY_RAD = np.radians(23.43929111)
_PRECESSION_RAD = np.radians(1.3972)  # in longitude, a century; Montenbruck, Gill, section 3.3.2
_TURN = 2 * np.pi


def sun_m(tai_ns: ArrayLike) -> Floats:
    """Earth-fixed positions (n, 3) of the Sun, metres, at n TAI times.

    >>> from jointwatch.earth.timescale import tai_ns_from_utc
    >>> x, y, z = sun_m([tai_ns_from_utc("2010-03-20T17:32:00Z")])[0] / AU_M  # at the equinox
    >>> bool(abs(z) < 1e-3), round(float(np.hypot(x, y)), 2)
    (True, 1.0)
    """
    t = np.atleast_1d(centuries_tt(tai_ns))
    mean = _TURN * (0.9931267 + 99.9973583 * t)
    longitude = _TURN * 0.7859444 + mean + (6892 * np.sin(mean) + 72 * np.sin(2 * mean)) * ARCSEC_RAD
    distance = (149.619 - 2.499 * np.cos(mean) - 0.021 * np.cos(2 * mean)) * 1e9
    return _earth_fixed(tai_ns, distance, longitude, np.zeros_like(t))


def moon_m(tai_ns: ArrayLike) -> Floats:
    """Earth-fixed positions (n, 3) of the Moon, metres, at n TAI times.

    >>> from jointwatch.earth.timescale import tai_ns_from_utc
    >>> full = [tai_ns_from_utc("2010-12-21T08:17:00Z")]  # eclipsed: it stands opposite the Sun
    >>> turned = np.sum(moon_m(full) * sun_m(full)) / np.linalg.norm(moon_m(full)) / np.linalg.norm(sun_m(full))
    >>> bool(turned < np.cos(np.radians(179.0)))
    True
    """
    t = np.atleast_1d(centuries_tt(tai_ns))
    mean, l, sun, d, f = (  # noqa: E741 - the letters of the theory
        _TURN * (a + b * t)
        for a, b in (
            (0.606433, 1336.851344), (0.374897, 1325.552410), (0.993133, 99.997361), (0.827361, 1236.853086),
            (0.259086, 1342.227825),
        )
    )  # fmt: skip
    s = np.sin
    along = (
        22640 * s(l) - 4586 * s(l - 2 * d) + 2370 * s(2 * d) + 769 * s(2 * l) - 668 * s(sun) - 412 * s(2 * f)
        - 212 * s(2 * l - 2 * d) - 206 * s(l + sun - 2 * d) + 192 * s(l + 2 * d) - 165 * s(sun - 2 * d) - 125 * s(d)
        - 110 * s(l + sun) + 148 * s(l - sun) - 55 * s(2 * f - 2 * d)
    )  # fmt: skip
    argument = f + (along + 412 * s(2 * f) + 541 * s(sun)) * ARCSEC_RAD
    h = f - 2 * d
    across = (
        18520 * s(argument) - 526 * s(h) + 44 * s(l + h) - 31 * s(h - l) - 23 * s(sun + h) + 11 * s(h - sun)
        - 25 * s(f - 2 * l) + 21 * s(f - l)
    )  # fmt: skip
    c = np.cos
    distance = 1e3 * (
        385000 - 20905 * c(l) - 3699 * c(2 * d - l) - 2956 * c(2 * d) - 570 * c(2 * l) + 246 * c(2 * l - 2 * d)
        - 205 * c(sun - 2 * d) - 171 * c(l + 2 * d) - 152 * c(l + sun - 2 * d)
    )  # fmt: skip
    return _earth_fixed(tai_ns, distance, mean + along * ARCSEC_RAD, across * ARCSEC_RAD)


def tide_m_s2(body_m: Floats, gm_m3_s2: float, r_ecef_m: Floats) -> Floats:
    """Pull (n, 3), m/s^2, of a far body on positions (n, 3) less its pull on the Earth's centre.

    [Montenbruck, Gill, eq. 3.37]
    """
    apart = body_m - r_ecef_m
    near = np.linalg.norm(apart, axis=-1, keepdims=True)
    far = np.linalg.norm(body_m, axis=-1, keepdims=True)
    return np.asarray(gm_m3_s2 * (apart / near**3 - body_m / far**3))


def radiation_m_s2(sun: Floats, r_ecef_m: Floats, area_to_mass_m2_kg: float) -> Floats:
    """Push (n, 3), m/s^2, of sunlight on a body that absorbs it; the Earth's shadow is not looked for.

    >>> push = radiation_m_s2(np.array([[AU_M, 0.0, 0.0]]), np.zeros((1, 3)), 0.01)
    >>> push.round(12).tolist()
    [[-4.56e-08, 0.0, 0.0]]
    """
    away = r_ecef_m - sun
    far = np.linalg.norm(away, axis=-1, keepdims=True)
    return np.asarray(RADIATION_PA * area_to_mass_m2_kg * AU_M**2 * away / far**3 + 0.0)


def _earth_fixed(tai_ns: ArrayLike, distance: Floats, longitude: Floats, latitude: Floats) -> Floats:
    """Positions (n, 3) along the Earth's axes, of ecliptic ones from the equinox of J2000."""
    longitude = longitude + _PRECESSION_RAD * np.atleast_1d(centuries_tt(tai_ns))
    x, y, z = np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)
    tilt = np.cos(_OBLIQUITY_RAD), np.sin(_OBLIQUITY_RAD)
    y, z = tilt[0] * y - tilt[1] * z, tilt[1] * y + tilt[0] * z
    turn = gmst_1982_rad(tai_ns, -np.asarray(tai_minus_utc_s(tai_ns), dtype=float))  # UT1 is UTC to a second
    c, s = np.cos(turn), np.sin(turn)
    return np.asarray(np.stack([c * x + s * y, c * y - s * x, z], axis=-1) * distance[:, None])
