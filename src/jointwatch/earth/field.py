"""The Earth's field beyond J2: what zonal harmonics 3 and 4 and the uneven longitudes add, for arrays of positions.

Degree and order 4 of EGM 2008 (N. K. Pavlis et al., J. Geophys. Res. 117 (2012) B04406), by the recursion of
Cunningham (1970) as in O. Montenbruck and E. Gill, Satellite Orbits, 2000, section 3.2.4. What is left out, degrees 5
and up, is some 2e-5 m/s^2 at 300 km and 1e-7 at 6,000 km.
"""

from __future__ import annotations

from math import factorial

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import A_M, GM_M3_S2

# degree, order: normalised C and S, tide free
_EGM_2008 = {
    (2, 1): (-0.206615509074176e-9, 0.138441389137979e-8),
    (2, 2): (0.243938357328313e-5, -0.140027370385934e-5),
    (3, 0): (0.957161207093473e-6, 0.0),
    (3, 1): (0.203046201047864e-5, 0.248200415856872e-6),
    (3, 2): (0.904787894809528e-6, -0.619005475177618e-6),
    (3, 3): (0.721321757121568e-6, 0.141434926192941e-5),
    (4, 0): (0.539965866638991e-6, 0.0),
    (4, 1): (-0.536157389388867e-6, -0.473567346518086e-6),
    (4, 2): (0.350501623962649e-6, 0.662480026275829e-6),
    (4, 3): (0.990856766672321e-6, -0.200956723567452e-6),
    (4, 4): (-0.188519633023033e-6, 0.308803882149194e-6),
}
DEGREE = 4


def _factor(n: int, m: int) -> float:
    """What turns a normalised coefficient into one that is not."""
    return float(np.sqrt((2.0 - (m == 0)) * (2 * n + 1) * factorial(n - m) / factorial(n + m)))


COEFFICIENTS = {(n, m): (c * _factor(n, m), s * _factor(n, m)) for (n, m), (c, s) in _EGM_2008.items()}
"""C and S, not normalised, by degree and order, without the point mass and J2."""


def beyond_j2_m_s2(r_ecef_m: Floats) -> Floats:
    """Pull (n, 3), m/s^2, Earth-fixed, of the harmonics beyond J2 at Earth-fixed positions (n, 3).

    >>> pull = beyond_j2_m_s2(np.array([[6_778_137.0, 0.0, 0.0], [42_164e3, 0.0, 0.0]]))
    >>> [f"{size:.0e}" for size in np.linalg.norm(pull, axis=1)]
    ['9e-05', '7e-08']
    """
    V, W = _harmonics(np.asarray(r_ecef_m, dtype=float))
    pull = np.zeros((3, len(r_ecef_m)))
    for (n, m), (c, s) in COEFFICIENTS.items():
        up = n + 1
        if m == 0:
            pull += np.array([-c * V[up, 1], -c * W[up, 1], -up * c * V[up, 0]])
            continue
        f = (n - m + 2) * (n - m + 1)
        pull += 0.5 * np.array(
            [
                -c * V[up, m + 1] - s * W[up, m + 1] + f * (c * V[up, m - 1] + s * W[up, m - 1]),
                -c * W[up, m + 1] + s * V[up, m + 1] + f * (s * V[up, m - 1] - c * W[up, m - 1]),
                2 * (n - m + 1) * (-c * V[up, m] - s * W[up, m]),
            ]
        )
    return np.asarray(GM_M3_S2 / A_M**2 * pull.T)


def _harmonics(r: Floats) -> tuple[dict[tuple[int, int], Floats], dict[tuple[int, int], Floats]]:
    """V and W (n,) by degree and order, up to one degree above the field's [eq. 3.29 to 3.31]."""
    r2 = np.sum(r * r, axis=-1)
    x, y, z = (A_M * r / r2[:, None]).T
    rho = A_M**2 / r2
    V, W = {(0, 0): A_M / np.sqrt(r2)}, {(0, 0): np.zeros_like(r2)}
    for m in range(DEGREE + 2):
        if m:
            last = V[m - 1, m - 1], W[m - 1, m - 1]
            V[m, m], W[m, m] = (2 * m - 1) * (x * last[0] - y * last[1]), (2 * m - 1) * (x * last[1] + y * last[0])
        for n in range(m + 1, DEGREE + 2):
            for of in (V, W):
                before = of[n - 2, m] if n > m + 1 else 0.0
                of[n, m] = ((2 * n - 1) * z * of[n - 1, m] - (n + m - 1) * rho * before) / (n - m)
    return V, W
