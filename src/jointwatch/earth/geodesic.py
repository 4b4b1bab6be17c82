"""Shortest lines on the WGS 84 ellipsoid: distance and azimuths between points, and the point at the end of a line.

Vincenty's series, below 1 mm; nearly antipodal pairs, where his inverse does not converge, are solved by bisection
on the azimuth, with the same series. [T. Vincenty, Survey Review 23 (1975) 88; C. F. F. Karney, J. Geodesy 87
(2013) 43, section 4]
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.ellipsoid import A_M, B_M, F

_EP2 = (A_M**2 - B_M**2) / B_M**2  # second eccentricity squared
_CONVERGED_RAD = 1e-14
_ITERATIONS = 60
_HALVINGS = 60


def direct(
    latitude_rad: ArrayLike, longitude_rad: ArrayLike, azimuth_rad: ArrayLike, distance_m: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Latitude, longitude and onward azimuth, radians, at the end of a geodesic begun at a point in a direction.

    Arguments broadcast; the distance may be negative (backwards). Longitude and azimuth come in (-pi, pi].

    >>> latitude, _, _ = direct(0.0, 0.0, 0.0, 10_001_965.729)  # a quarter of the meridian
    >>> round(float(np.rad2deg(latitude)), 6)
    90.0
    """
    phi1, lambda1, alpha1, s = _floats(latitude_rad, longitude_rad, azimuth_rad, distance_m)
    U1 = np.arctan2((1 - F) * np.sin(phi1), np.cos(phi1))
    sigma1 = np.arctan2(np.sin(U1), np.cos(U1) * np.cos(alpha1))
    A, B = _distance_series(1 - (np.cos(U1) * np.sin(alpha1)) ** 2)
    sigma = s / (B_M * A)
    for _ in range(8):
        sigma = s / (B_M * A) + _delta_sigma(B, np.sin(sigma), np.cos(sigma), np.cos(2 * sigma1 + sigma))
    return _end_of_line(U1, lambda1, alpha1, sigma1, sigma)


def inverse(
    latitude1_rad: ArrayLike, longitude1_rad: ArrayLike, latitude2_rad: ArrayLike, longitude2_rad: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Distance, metres, and azimuths at both ends (onward, clockwise from north), radians, of the geodesic 1 to 2.

    Arguments broadcast; azimuths in (-pi, pi]. Coincident points give 0 and azimuths 0; of the many shortest lines
    between exact antipodes, one going by a pole.

    >>> distance, azimuth, _ = inverse(*np.deg2rad([40.8707, 47.8027, 35.234, 53.921]))  # Gabala to Semnan
    >>> round(float(distance) / 1e3), round(float(np.rad2deg(azimuth)))
    (824, 137)
    """
    phi1, lambda1, phi2, lambda2 = _floats(latitude1_rad, longitude1_rad, latitude2_rad, longitude2_rad)
    shape = phi1.shape
    U1 = np.arctan2((1 - F) * np.sin(phi1), np.cos(phi1)).ravel()
    U2 = np.arctan2((1 - F) * np.sin(phi2), np.cos(phi2)).ravel()
    L = _wrapped(lambda2 - lambda1).ravel()
    sigma, alpha1, alpha2, converged = _vincenty(U1, U2, L)
    sigma1 = np.arctan2(np.sin(U1), np.cos(U1) * np.cos(alpha1))
    hard = ~converged
    if np.any(hard):
        sigma[hard], sigma1[hard], alpha1[hard], alpha2[hard] = _nearly_antipodal(U1[hard], U2[hard], L[hard])
    A, B = _distance_series(1 - (np.cos(U1) * np.sin(alpha1)) ** 2)
    distance = B_M * A * (sigma - _delta_sigma(B, np.sin(sigma), np.cos(sigma), np.cos(2 * sigma1 + sigma)))
    return distance.reshape(shape), alpha1.reshape(shape), alpha2.reshape(shape)


def middle(latitude_rad: ArrayLike, longitude_rad: ArrayLike) -> tuple[float, float]:
    """Latitude and longitude, radians, of the middle of some places: of their directions, taken on a sphere.

    >>> [round(float(np.rad2deg(angle)), 6) for angle in middle(np.deg2rad([10.0, 10.0]), np.deg2rad([179.0, -177.0]))]
    [10.005972, -179.0]
    """
    latitude, longitude = _floats(latitude_rad, longitude_rad)
    flat = np.cos(latitude)
    x, y, z = (float(np.mean(part)) for part in (flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)))
    return float(np.arctan2(z, np.hypot(x, y))), float(np.arctan2(y, x))


def _vincenty(U1: Floats, U2: Floats, L: Floats) -> tuple[Floats, Floats, Floats, Bools]:
    """Arc on the auxiliary sphere, azimuths at both ends, and where the iteration settled."""
    sin_U1, cos_U1, sin_U2, cos_U2 = np.sin(U1), np.cos(U1), np.sin(U2), np.cos(U2)
    omega = L.copy()
    converged = np.zeros(L.shape, dtype=bool)
    for _ in range(_ITERATIONS):
        east = cos_U2 * np.sin(omega)
        north = cos_U1 * sin_U2 - sin_U1 * cos_U2 * np.cos(omega)
        sin_sigma, cos_sigma = np.hypot(east, north), sin_U1 * sin_U2 + cos_U1 * cos_U2 * np.cos(omega)
        sin_alpha = cos_U1 * east / np.where(sin_sigma == 0, 1.0, sin_sigma)
        cos2_alpha = 1 - sin_alpha**2
        cos_2sigma_m = cos_sigma - 2 * sin_U1 * sin_U2 / np.where(cos2_alpha < 1e-16, np.inf, cos2_alpha)
        sigma = np.arctan2(sin_sigma, cos_sigma)
        following = L + _longitude_excess(sin_alpha, sigma, cos_2sigma_m)
        converged = (np.abs(following - omega) < _CONVERGED_RAD) & (np.abs(following) < np.pi)
        if np.all(converged):
            break
        omega = np.where(converged, omega, following)
    alpha1 = np.arctan2(east, north)
    alpha2 = np.arctan2(cos_U1 * np.sin(omega), cos_U1 * sin_U2 * np.cos(omega) - sin_U1 * cos_U2)
    return sigma, alpha1, alpha2, converged


def _nearly_antipodal(U1: Floats, U2: Floats, L: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Arc, its start from the node, and azimuths, where Vincenty's iteration fails.

    1. Turn each pair so that point 1 is the southern and farther one from the equator and 2 lies to its east.
    2. The longitude reached at the latitude of 2 grows from 0 to pi with the azimuth at 1: halve (Karney, fig. 4).
    3. Turn the azimuths back.
    """
    swapped = np.abs(U1) < np.abs(U2)
    beta1, beta2 = np.where(swapped, U2, U1), np.where(swapped, U1, U2)
    mirror = np.where(beta1 >= 0, -1.0, 1.0)  # on the equator the northern of two equal lines
    beta1, beta2 = np.minimum(mirror * beta1, -1e-150), mirror * beta2
    wanted = np.abs(L)
    low, high = np.zeros_like(L), np.full_like(L, np.pi)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        beyond = _line_from(beta1, beta2, middle)[0] > wanted
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    alpha1 = (low + high) / 2
    _, sigma, sigma1, alpha2 = _line_from(beta1, beta2, alpha1)
    first, second = np.where(swapped, alpha2, alpha1), np.where(swapped, alpha1, alpha2)
    turned = np.where(swapped, -mirror, mirror) < 0
    first, second = np.where(turned, np.pi - first, first), np.where(turned, np.pi - second, second)
    side = np.where(L < 0, -1.0, 1.0)
    return sigma, sigma1, side * first, side * second


def _line_from(beta1: Floats, beta2: Floats, alpha1: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Longitude difference, arc, its start, and end azimuth of the line leaving at alpha1 (Karney eq. 5-12, 45)."""
    sin_alpha = np.sin(alpha1) * np.cos(beta1)
    across = np.cos(alpha1) * np.cos(beta1)
    rising = np.sqrt(np.maximum(across**2 + (np.cos(beta2) ** 2 - np.cos(beta1) ** 2), 0.0))
    sigma1, sigma2 = np.arctan2(np.sin(beta1), across), np.arctan2(np.sin(beta2), rising)
    omega1 = np.arctan2(sin_alpha * np.sin(beta1), across)
    omega2 = np.arctan2(sin_alpha * np.sin(beta2), rising)
    sigma, omega = np.mod(sigma2 - sigma1, 2 * np.pi), np.mod(omega2 - omega1, 2 * np.pi)
    longitude = omega - _longitude_excess(sin_alpha, sigma, np.cos(2 * sigma1 + sigma))
    return longitude, sigma, sigma1, np.arctan2(sin_alpha, rising)


def _end_of_line(
    U1: Floats, lambda1: Floats, alpha1: Floats, sigma1: Floats, sigma: Floats
) -> tuple[Floats, Floats, Floats]:
    """Latitude, longitude and azimuth an arc sigma further on (Vincenty eq. 8 to 12)."""
    sin_U1, cos_U1, sin_sigma, cos_sigma = np.sin(U1), np.cos(U1), np.sin(sigma), np.cos(sigma)
    sin_alpha = cos_U1 * np.sin(alpha1)
    along = cos_U1 * cos_sigma * np.cos(alpha1) - sin_U1 * sin_sigma
    latitude = np.arctan2(
        sin_U1 * cos_sigma + cos_U1 * sin_sigma * np.cos(alpha1), (1 - F) * np.hypot(sin_alpha, along)
    )
    omega = np.arctan2(sin_sigma * np.sin(alpha1), cos_U1 * cos_sigma - sin_U1 * sin_sigma * np.cos(alpha1))
    L = omega - _longitude_excess(sin_alpha, sigma, np.cos(2 * sigma1 + sigma))
    return latitude, _wrapped(lambda1 + L), np.arctan2(sin_alpha, along)


def _distance_series(cos2_alpha: Floats) -> tuple[Floats, Floats]:
    """Vincenty's A and B (eq. 3, 4)."""
    u2 = cos2_alpha * _EP2
    A = 1 + u2 / 16384 * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)))
    B = u2 / 1024 * (256 + u2 * (-128 + u2 * (74 - 47 * u2)))
    return A, B


def _delta_sigma(B: Floats, sin_sigma: Floats, cos_sigma: Floats, cos_2sigma_m: Floats) -> Floats:
    """Vincenty's eq. 6."""
    c2 = cos_2sigma_m**2
    third = B / 6 * cos_2sigma_m * (-3 + 4 * sin_sigma**2) * (-3 + 4 * c2)
    return B * sin_sigma * (cos_2sigma_m + B / 4 * (cos_sigma * (-1 + 2 * c2) - third))


def _longitude_excess(sin_alpha: Floats, sigma: Floats, cos_2sigma_m: Floats) -> Floats:
    """Longitude on the auxiliary sphere less that on the ellipsoid (Vincenty eq. 10, 11)."""
    cos2_alpha = 1 - sin_alpha**2
    C = F / 16 * cos2_alpha * (4 + F * (4 - 3 * cos2_alpha))
    wave = cos_2sigma_m + C * np.cos(sigma) * (-1 + 2 * cos_2sigma_m**2)
    return (1 - C) * F * sin_alpha * (sigma + C * np.sin(sigma) * wave)


def _wrapped(angle: Floats) -> Floats:
    """The same angle in (-pi, pi]."""
    return -(np.mod(-angle + np.pi, 2 * np.pi) - np.pi)


def _floats(*values: ArrayLike) -> list[Floats]:
    return [
        np.array(value) for value in np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in values))
    ]
