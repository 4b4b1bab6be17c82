"""What does not change in free flight: the Jacobi constant, by which a burn shows as growth.

In axes that turn with the Earth, and a gravity that is the same all around its axis, free flight keeps
C = v^2/2 - U(r) - omega^2 (x^2 + y^2)/2; thrust a along the velocity adds a v a second, whatever the attitude of the
path. [C. D. Murray, S. F. Dermott, Solar System Dynamics, 1999, section 3.3]
"""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import A_M, GM_M3_S2, J2, OMEGA_RAD_S


def jacobi(x: Floats, P: Floats) -> tuple[Floats, Floats]:
    """Means and variances (n,) of the Jacobi constant, m2/s2, of Earth-fixed states (n, 6) with covariances (n, 6, 6).

    To second order in the velocity, so that a state which knows none says nothing of C either.

    >>> x = np.array([[7e6, 0.0, 0.0, 0.0, 7000.0, 0.0]])
    >>> mean, variance = jacobi(x, np.diag([0.0, 0.0, 0.0, 0.0, 1.0, 0.0])[None])
    >>> round(float(mean[0])), round(float(variance[0]) ** 0.5)  # one m/s more at 7 km/s
    (-32598789, 7000)
    """
    r, v, Pv = x[:, :3], x[:, 3:], P[:, 3:, 3:]
    d = np.linalg.norm(r, axis=1)
    oblate = J2 * (A_M / d) ** 2 * (1.5 * (r[:, 2] / d) ** 2 - 0.5)
    potential = GM_M3_S2 / d * (1.0 - oblate) + 0.5 * OMEGA_RAD_S**2 * (r[:, 0] ** 2 + r[:, 1] ** 2)
    slope = np.concatenate([GM_M3_S2 / d[:, None] ** 3 * r, v], axis=1)  # J2 moves a variance by a thousandth
    mean = 0.5 * np.einsum("ni,ni->n", v, v) - potential + 0.5 * np.einsum("nii->n", Pv)
    variance = np.einsum("ni,nij,nj->n", slope, P, slope) + 0.5 * np.einsum("nij,nji->n", Pv, Pv)
    return mean, variance


def speed_sigma_m_s(x: Floats, P: Floats) -> Floats:
    """One-sigma (n,) of the speed, m/s: of the velocity along itself."""
    ahead = x[:, 3:] / np.maximum(np.linalg.norm(x[:, 3:], axis=1), 1.0)[:, None]
    variance: Floats = np.einsum("ni,nij,nj->n", ahead, P[:, 3:, 3:], ahead)
    return np.sqrt(np.maximum(variance, 0.0))
