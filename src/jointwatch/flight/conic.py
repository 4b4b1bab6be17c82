"""Conics from one radius up over an apogee and down to another: closed forms without a singular case.

`r1`, `r2` are the radii of start and end, `r_a` that of the apogee, `phi` the angle at the Earth's centre between
start and end. With alpha the angle from the apogee, r (1 - e cos alpha) = r_a (1 - e) gives

    sin(alpha / 2) = sqrt(K (r_a / r - 1)),   K = (1 - e) / (2 e),   alpha_1 + alpha_2 = phi,

so alpha_1 / 2 and alpha_2 / 2 are two angles of a triangle, and the law of sines has K without iteration; straight up
and down (phi = 0) is the flat triangle. Conic sections as in Bate, Mueller, White (1971), chapters 1 and 4.
"""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import GM_M3_S2


def over_apogee(r1: Floats, r2: Floats, phi: Floats, r_a: Floats) -> tuple[Floats, Floats, Floats]:
    """Speed across and speed up at the start, m/s, and time to the end, s, of the conic that climbs over an apogee.

    >>> across, up, time = over_apogee(np.array(6.4e6), np.array(6.4e6), np.array(0.0), np.array(6.5e6))
    >>> float(across), round(float(up)), round(float(time))  # straight up to 100 km and back
    (0.0, 1384, 290)
    """
    s1, s2 = (np.sqrt(np.maximum(r_a / r - 1, 0.0)) for r in (r1, r2))
    root_K = np.sin(phi / 2) / np.sqrt(s1**2 + s2**2 + 2 * s1 * s2 * np.cos(phi / 2))
    K = root_K**2
    # cosines by the triangle's sides, not from the sines: beyond a right angle those do not tell
    third = s1**2 + s2**2 + 2 * s1 * s2 * np.cos(phi / 2)
    cos1, cos2 = ((mine + other * np.cos(phi / 2)) / np.sqrt(third) for mine, other in ((s2, s1), (s1, s2)))
    across = np.sqrt(2 * GM_M3_S2 * r_a * K / (1 + 2 * K)) / r1
    up = np.sqrt(2 * GM_M3_S2 / (r_a * (1 + 2 * K))) * s1 * cos1
    a = r_a * (1 + 2 * K) / (2 + 2 * K)
    e = 1 / (1 + 2 * K)
    eccentric = [2 * np.arctan2(np.sqrt(1 + K) * s, cosine) for s, cosine in ((s1, cos1), (s2, cos2))]
    return across, up, np.sqrt(a**3 / GM_M3_S2) * sum(E + e * np.sin(E) for E in eccentric)


def onward(r1: Floats, r2: Floats, across: Floats, up: Floats) -> tuple[Floats, Floats, Floats]:
    """Angle swept, radians, radius of the apogee, m, and time, s, from r1 over the apogee down to r2.

    NaN for what does not come down to r2. The inverse of `over_apogee`.

    >>> swept, r_a, time = onward(np.array(6.4e6), np.array(6.4e6), np.array(0.0), np.array(1384.32))
    >>> float(swept), round(float(r_a) / 1e3), round(float(time))
    (0.0, 6500, 290)
    """
    p = (r1 * across) ** 2 / GM_M3_S2
    a = 1 / (2 / r1 - (across**2 + up**2) / GM_M3_S2)
    x, y = 1 - p / r1, up * np.sqrt(p / GM_M3_S2)
    e = np.hypot(x, y)
    r_a = np.where(a > 0, a * (1 + e), np.nan)
    cosine = (1 - p / r2) / e
    swept = np.arctan2(y, x) + np.arccos(np.clip(cosine, -1.0, 1.0))
    swept = np.where(np.abs(cosine) <= 1, swept, np.nan)
    return swept, r_a, over_apogee(r1, r2, swept, r_a)[2]
