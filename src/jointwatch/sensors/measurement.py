"""Plots, and how an Earth-fixed position maps to range, azimuth and elevation and back.

One row of a measurement is always [range in metres, azimuth clockwise from north, elevation above the horizontal], both
angles in radians. Refraction and the ionosphere are not in the mapping: they are biases of a radar, not geometry.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.sensors.site import Site, east_north_up, frame

LEAST_GROUND_RANGE_M = 1.0
"""Straight above the site azimuth has no derivative; the Jacobian is that of an object this far to the side."""


@dataclass(frozen=True, slots=True, eq=False)
class Plots:
    """What one scan of one radar returned: rows of range, azimuth, elevation with their one-sigma, and no names.

    time_tai_ns: when the scan was made; z, sigma: (n, 3), metres and radians; n may be zero. Rows carry no order.
    whole: that the radar saw nothing else then. Not so of rows that come one by one: what is not among them was not
    missed.
    """

    site: Site
    radar: str
    time_tai_ns: int
    z: Floats
    sigma: Floats
    whole: bool = True

    def __post_init__(self) -> None:
        # in one layout, whatever the maker's: a kernel is compiled for each
        z, sigma = (np.array(rows, dtype=float, order="C").reshape(-1, 3) for rows in (self.z, self.sigma))
        if z.shape != sigma.shape:
            raise ValueError(
                f"plots of {self.radar}: {len(z)} measurements came with {len(sigma)} sigmas; give one each"
            )
        if not (np.isfinite(z).all() and np.isfinite(sigma).all() and (sigma > 0).all()):
            raise ValueError(f"plots of {self.radar}: measurements must be finite and sigmas above zero")
        for name, rows in (("z", z), ("sigma", sigma)):
            rows.setflags(write=False)
            object.__setattr__(self, name, rows)

    def __len__(self) -> int:
        return len(self.z)


def predict(site: Site, r_ecef_m: Floats) -> Floats:
    """Range in metres, azimuth and elevation in radians (n, 3) of Earth-fixed positions (n, 3) in metres.

    Azimuth lies in [0, 2 pi).

    >>> from jointwatch.sensors.site import Site
    >>> predict(Site("on the equator", 0.0, 0.0), np.array([[6378137.0 + 500e3, 0.0, 0.0]])).round(3)
    array([[5.000e+05, 0.000e+00, 1.571e+00]])
    """
    east, north, up = east_north_up(site, r_ecef_m).T
    ground = np.hypot(east, north)
    azimuth = wrap_azimuth(np.arctan2(east, north))
    return np.stack([np.hypot(ground, up), azimuth, np.arctan2(up, ground)], axis=-1)


def wrap_azimuth(azimuth_rad: Floats) -> Floats:
    """The same azimuths in [0, 2 pi); a remainder that rounds up to 2 pi becomes 0."""
    wrapped = np.mod(azimuth_rad, 2 * np.pi)
    return np.where(wrapped >= 2 * np.pi, 0.0, wrapped)


def jacobian(site: Site, r_ecef_m: Floats) -> Floats:
    """Derivative (n, 3, 3) of range, azimuth and elevation by Earth-fixed position, in m/m and rad/m."""
    _, basis = frame(site)
    east, north, up = east_north_up(site, r_ecef_m).T
    rho = np.maximum(np.hypot(east, north), LEAST_GROUND_RANGE_M)
    r2 = rho**2 + up**2
    r = np.sqrt(r2)
    zero = np.zeros_like(r)
    by_range = np.stack([east / r, north / r, up / r], axis=-1)
    by_azimuth = np.stack([north / rho**2, -east / rho**2, zero], axis=-1)
    by_elevation = np.stack([-east * up / (rho * r2), -north * up / (rho * r2), rho / r2], axis=-1)
    return np.asarray(np.stack([by_range, by_azimuth, by_elevation], axis=-2) @ basis)


def residual(z: Floats, z_predicted: Floats) -> Floats:
    """Measured minus predicted, metres and radians, with the azimuth difference wrapped to [-pi, pi).

    >>> np.degrees(residual(np.radians([[0, 359, 10]]), np.radians([[0, 1, 10]]))).round(6)
    array([[ 0., -2.,  0.]])
    """
    difference = np.asarray(z, dtype=float) - np.asarray(z_predicted, dtype=float)
    difference[..., 1] = np.mod(difference[..., 1] + np.pi, 2 * np.pi) - np.pi
    return np.asarray(difference)


def position(site: Site, z: Floats, sigma: Floats) -> tuple[Floats, Floats]:
    """Earth-fixed positions (n, 3) in metres of measurements, and their covariances (n, 3, 3) in square metres.

    The covariance is G diag(sigma^2) G' with the exact derivative G of position by measurement (Bar-Shalom, Li and
    Kirubarajan 2001, section 10.4, without its second-order debiasing: the mean of the curved cloud lies
    r sigma_angle^2 / 2 nearer than the point returned, 1 m at 1,000 km and 1.4 mrad).
    """
    origin, basis = frame(site)
    toward, across, upward, cos_elevation = _directions(np.asarray(z, dtype=float))
    r = np.asarray(z, dtype=float)[..., 0:1]
    G = np.stack([toward, across * r * cos_elevation, upward * r], axis=-1)  # columns: by range, azimuth, elevation
    scaled = (basis.T @ G) * np.asarray(sigma, dtype=float)[..., None, :]
    return origin + (r * toward) @ basis, scaled @ np.swapaxes(scaled, -1, -2)


def _directions(z: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Unit vectors (n, 3) in east, north, up along range, azimuth and elevation, and cos(elevation) (n, 1)."""
    sin_a, cos_a, sin_e, cos_e = np.sin(z[..., 1]), np.cos(z[..., 1]), np.sin(z[..., 2]), np.cos(z[..., 2])
    toward = np.stack([cos_e * sin_a, cos_e * cos_a, sin_e], axis=-1)
    across = np.stack([cos_a, -sin_a, np.zeros_like(sin_a)], axis=-1)
    upward = np.stack([-sin_e * sin_a, -sin_e * cos_a, cos_e], axis=-1)
    return toward, across, upward, cos_e[..., None]
