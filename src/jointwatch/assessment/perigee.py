"""Does the object come down? The probability that its free flight never returns to the air.

Perigee height is a poor thing to put a sigma on: at a circular orbit it has a kink, since no error can raise it. The
square of the radial speed which the object would have at the radius of the air's top, from energy and angular
momentum, u = v^2 - 2 mu/r + 2 mu/a - (r x v)^2/a^2, is smooth, and negative exactly where the orbit never gets there.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from jointwatch.assessment.unscented import moments, sigma_points
from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import A_M, GM_M3_S2
from jointwatch.earth.states import Ecef
from jointwatch.flight import orbit

ORBIT_HEIGHT_M = 120e3  # an orbit whose perigee is lower decays within about a turn
ORBIT_EXCLUDED = 0.05  # probability of a perigee above the air up to which a thing is taken to come down


def probability_above(x: Floats, P: Floats) -> float:
    """Probability that the perigee of a free flight lies above 120 km, for a state (6,) with covariance (6, 6).

    Unscented, u taken as Gaussian.
    """
    points, weights = sigma_points(x, P)
    v = orbit.inertial_velocity_m_s(Ecef(points))
    momentum = np.cross(points[:, :3], v)
    speed2 = np.einsum("ni,ni->n", v, v)
    return probability_not_reached(
        np.linalg.norm(points[:, :3], axis=1), speed2, np.einsum("ni,ni->n", momentum, momentum), weights
    )


def probability_not_reached(radius_m: Floats, speed2: Floats, momentum2: Floats, weights: Floats) -> float:
    """Probability that u is negative and the object above the air now.

    Of weighted points (n,) with radius, speed squared and angular momentum squared.
    """
    top = A_M + ORBIT_HEIGHT_M
    u = speed2 - 2.0 * GM_M3_S2 / radius_m + 2.0 * GM_M3_S2 / top - momentum2 / top**2
    mean, covariance = moments(np.column_stack([u, top - radius_m]), weights)
    never_there, above_now = ndtr(-mean / np.sqrt(np.maximum(np.diag(covariance), 1e-12)))
    return float(never_there * above_now)


def perigee_range_km(x: Floats, P: Floats) -> tuple[float, float]:
    """Kilometres of perigee height at two sigma below and above the mean, for people to read; unscented."""
    points, weights = sigma_points(x, P)
    mean, variance = moments(orbit.perigee_height_m(Ecef(points))[:, None], weights)
    sigma = float(np.sqrt(variance[0, 0]))
    return (float(mean[0]) - 2.0 * sigma) / 1e3, (float(mean[0]) + 2.0 * sigma) / 1e3
