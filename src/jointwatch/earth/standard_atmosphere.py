"""The US Standard Atmosphere 1976, from 5 km under the sea to 1,000 km: density, pressure, temperature, speed of sound.

Up to 86 km by the standard's formulas; above, temperature by its formulas, density and pressure by a cubic spline, in
their logarithms, through rows of its Table I. Heights are geometric; the ellipsoid is taken as the sea. Above 1,000 km
the standard ends: no air. Section and equation numbers are those of NOAA, NASA, USAF, "U.S. Standard Atmosphere,
1976", NOAA-S/T 76-1562. Code against source: below 86 km every printed digit, above it 0.25 %.
The standard against the world: a given day's density is off by 10 % in the mesosphere, by a factor of two at 300 km.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats

LOWEST_M = -5_000.0
HIGHEST_M = 1_000_000.0
UPPER_M = 86_000.0
"""Where the formulas end and the table begins."""

_G0_M_S2, _R0_M = 9.80665, 6_356_766.0  # table 2; r0 gives the standard's gravity at 45 degrees latitude
_R_STAR, _M0, _GAMMA = 8_314.32, 28.9644, 1.4  # J/(kmol K), kg/kmol
_SEA_LEVEL_PA, _SEA_LEVEL_K = 101_325.0, 288.15
_K_PER_M = _G0_M_S2 * _M0 / _R_STAR

# table 4: geopotential base of each layer, metres, and gradient of the molecular-scale temperature, K/m
_BASE_M = np.array([0.0, 11e3, 20e3, 32e3, 47e3, 51e3, 71e3])
_LAPSE = np.array([-6.5e-3, 0.0, 1e-3, 2.8e-3, 0.0, -2.8e-3, -2e-3])
# table 8: mean molecular weight over that at sea level, every 500 m from 80 to 86 km
_WEIGHT_RATIO = np.array(
    [1.0, 0.999996, 0.999989, 0.999971, 0.999941, 0.999909, 0.999870, 0.999829, 0.999786, 0.999741, 0.999694, 0.999641,
     0.999579]
)  # fmt: skip

# Table I, geometric height: km, pressure in millibars, density in kg/m^3, as printed. Compared in three transcriptions
# and with an integration of the standard's own equations for the six gases (equations 25 to 42).
_TABLE = np.array([
    [86, 3.7338e-3, 6.958e-6], [91, 1.5381e-3, 2.860e-6], [95, 7.5966e-4, 1.393e-6], [100, 3.2011e-4, 5.604e-7],
    [104, 1.6882e-4, 2.769e-7], [107, 1.0751e-4, 1.643e-7], [110, 7.1042e-5, 9.708e-8], [112, 5.5547e-5, 6.838e-8],
    [115, 4.0096e-5, 4.289e-8], [120, 2.5382e-5, 2.222e-8], [125, 1.7354e-5, 1.291e-8], [130, 1.2505e-5, 8.152e-9],
    [140, 7.2028e-6, 3.831e-9], [150, 4.5422e-6, 2.076e-9], [160, 3.0395e-6, 1.233e-9], [180, 1.5271e-6, 5.194e-10],
    [200, 8.4736e-7, 2.541e-10], [250, 2.4767e-7, 6.073e-11], [300, 8.7704e-8, 1.916e-11], [350, 3.4498e-8, 7.014e-12],
    [400, 1.4518e-8, 2.803e-12], [500, 3.0236e-9, 5.215e-13], [600, 8.2130e-10, 1.137e-13],
    [700, 3.1908e-10, 3.070e-14], [800, 1.7036e-10, 1.136e-14], [900, 1.0873e-10, 5.759e-15],
    [1000, 7.5138e-11, 3.561e-15],
])  # fmt: skip

# Where the kernels' pieces meet above 86 km, in km. 91, 110 and 120 are the standard's own.
_UPPER_JOINS_KM = (91.0, 100.0, 110.0, 115.0, 120.0, 130.0, 150.0, 200.0, 250.0, 300.0, 400.0, 500.0, 700.0, 800.0, 1e3)
_DEGREE = 7


def density_kg_m3(height_m: ArrayLike) -> Floats:
    """Density of the air, in kilograms per cubic metre, at geometric heights (...) in metres; zero above 1,000 km.

    >>> [f"{value:.4g}" for value in density_kg_m3([0.0, 30e3, 100e3])]
    ['1.225', '0.01841', '5.604e-07']
    """
    height = _checked(height_m)
    temperature, pressure = _lower(np.minimum(height, UPPER_M))
    lower = pressure * _M0 / (_R_STAR * temperature)  # eq. 42; the molecular weight cancels
    return np.where(height > UPPER_M, _above(height, _logarithms()[1]), lower)


def pressure_pa(height_m: ArrayLike) -> Floats:
    """Pressure, in pascals, at geometric heights (...) in metres; zero above 1,000 km.

    >>> pressure_pa([0.0, 11e3]).round(0)
    array([101325.,  22700.])
    """
    height = _checked(height_m)
    return np.where(height > UPPER_M, _above(height, _logarithms()[0]), _lower(np.minimum(height, UPPER_M))[1])


def temperature_k(height_m: ArrayLike) -> Floats:
    """Kinetic temperature, in kelvins, at geometric heights (...) in metres; it tends to 1,000 K above 500 km.

    Between 80 and 86 km lower than the molecular-scale temperature by up to 0.04 %, for oxygen comes apart there.
    [section 1.2.4, equations 25, 27, 29, 31]

    >>> temperature_k([0.0, 86e3, 120e3]).round(2)
    array([288.15, 186.87, 360.  ])
    """
    height = _checked(height_m)
    below = np.minimum(height, UPPER_M)
    ratio = np.interp(below, 80e3 + 500.0 * np.arange(_WEIGHT_RATIO.size), _WEIGHT_RATIO)
    z = np.maximum(height, UPPER_M) / 1e3
    ellipse = 263.1905 - 76.3232 * np.sqrt(np.maximum(1 - ((z - 91) / 19.9429) ** 2, 0.0))
    xi = (z - 120) * (_R0_M / 1e3 + 120) / (_R0_M / 1e3 + z)
    above = np.select([z <= 91, z <= 110, z <= 120], [186.8673, ellipse, 240 + 12 * (z - 110)], 1000.0)
    above = np.where(z > 120, 1000 - 640 * np.exp(-0.01875 * np.maximum(xi, 0.0)), above)
    return np.where(height > UPPER_M, above, _lower(below)[0] * ratio)


def speed_of_sound_m_s(height_m: ArrayLike) -> Floats:
    """Speed of sound, in metres per second, at geometric heights (...) in metres, up to 86 km. [equation 50]

    >>> speed_of_sound_m_s(0.0).round(2)
    np.float64(340.29)
    """
    height = _checked(height_m)
    if np.any(height > UPPER_M):
        raise ValueError(
            f"the standard gives no speed of sound above 86,000 m; highest asked for: {float(np.max(height)):.0f} m"
        )
    return np.asarray(np.sqrt(_GAMMA * _R_STAR / _M0 * _lower(height)[0]))


@dataclass(frozen=True, eq=False)
class Layers:
    """Logarithm of the density as one polynomial for each piece of height, for kernels.

    bounds_m: (m + 1,) heights in metres where the pieces meet. log_density: (m, k) coefficients of ln(kg/m^3) in
    u = (height - middle) / half_width of the piece, u in [-1, 1], ascending powers. Above the last bound there is no
    air; below the first, follow the first piece's value at u = -1. The arrays are shared and stay writable, for a
    kernel would be compiled anew for read-only ones: do not write to them.
    """

    bounds_m: Floats
    log_density: Floats


@lru_cache(maxsize=1)
def layers() -> Layers:
    """Return this atmosphere in pieces: relative error 1e-7 of `density_kg_m3` below 86 km, 1e-4 above.

    All bounds of the standard's layers are bounds of the pieces, so that no piece has a kink inside.
    """
    lower = _geometric_m(_BASE_M[1:])
    bounds = np.concatenate([[LOWEST_M], lower, [UPPER_M], 1e3 * np.array(_UPPER_JOINS_KM)])
    # interpolation in the extremes of a Chebyshev polynomial: they hold the ends, so neighbours meet
    u = -np.cos(np.pi * np.arange(_DEGREE + 1) / _DEGREE)
    heights = (bounds[1:, None] + bounds[:-1, None]) / 2 + np.diff(bounds)[:, None] / 2 * u
    values = np.log(density_kg_m3(np.clip(heights, bounds[:-1, None], bounds[1:, None])))
    return Layers(bounds, np.ascontiguousarray(np.linalg.solve(np.vander(u, increasing=True), values.T).T))


@lru_cache(maxsize=1)
def exponential_layers() -> Layers:
    """Return the model `exp`, 1.225 exp(-h / 7,200 m), from -10 to 250 km as one piece."""
    bounds = np.array([-10e3, 250e3])
    return Layers(bounds, np.array([[np.log(1.225) - bounds.mean() / 7_200.0, -np.diff(bounds)[0] / 2 / 7_200.0]]))


def _geometric_m(geopotential_m: Floats) -> Floats:
    """Geometric heights, metres, of geopotential ones (eq. 19)."""
    return _R0_M * geopotential_m / (_R0_M - geopotential_m)


@lru_cache(maxsize=1)
def _bases() -> tuple[Floats, Floats]:
    """Molecular-scale temperature, kelvins, and pressure, pascals, at the foot of each layer."""
    temperature, pressure = [_SEA_LEVEL_K], [_SEA_LEVEL_PA]
    for thickness, lapse in zip(np.diff(_BASE_M), _LAPSE[:-1], strict=True):
        T = temperature[-1]
        temperature.append(T + lapse * thickness)
        pressure.append(pressure[-1] * float(_pressure_ratio(T, lapse, thickness)))
    return np.array(temperature), np.array(pressure)


def _pressure_ratio(T: ArrayLike, lapse: ArrayLike, rise_m: ArrayLike) -> Floats:
    """Pressure over that at the foot of the layer (eq. 33a and 33b)."""
    T, lapse, rise = np.asarray(T), np.asarray(lapse), np.asarray(rise_m)
    steady = lapse == 0
    gradient = np.where(steady, 1.0, lapse)
    warmed = np.where(steady, 1.0, 1 + gradient * rise / T)
    return np.where(steady, np.exp(-_K_PER_M * rise / T), warmed ** (-_K_PER_M / gradient))


def _lower(height: Floats) -> tuple[Floats, Floats]:
    """Molecular-scale temperature, kelvins, and pressure, pascals, up to 86 km (eq. 18, 23, 33)."""
    H = _R0_M * height / (_R0_M + height)
    layer = np.clip(np.searchsorted(_BASE_M, H, side="right") - 1, 0, None)
    bases, rise = _bases(), H - _BASE_M[layer]
    T = bases[0][layer]
    return T + _LAPSE[layer] * rise, bases[1][layer] * _pressure_ratio(T, _LAPSE[layer], rise)


@lru_cache(maxsize=1)
def _logarithms() -> tuple[Floats, Floats]:
    """Logarithms of pressure (Pa) and density at the table's heights, and under each their second derivatives.

    The first row is the formulas' own value, 1e-5 off the printed one, so that nothing jumps at 86 km.
    """
    temperature, pressure = _lower(np.array(UPPER_M))
    p, rho = np.log(_TABLE[:, 1] * 100), np.log(_TABLE[:, 2])
    p[0], rho[0] = np.log(pressure), np.log(pressure * _M0 / (_R_STAR * temperature))
    return np.stack([p, _curvature(p)]), np.stack([rho, _curvature(rho)])


def _curvature(values: Floats) -> Floats:
    """Second derivatives at the knots of the cubic spline through values at the table's heights, in km.

    At both ends the third derivative does not jump at the last knot but one. [C. de Boor, A Practical Guide to
    Splines, 1978, chapter IV]
    """
    h, n = np.diff(_TABLE[:, 0]), len(values)
    A, b = np.zeros((n, n)), np.zeros(n)
    inner = np.arange(1, n - 1)
    A[inner, inner - 1], A[inner, inner], A[inner, inner + 1] = h[:-1], 2 * (h[:-1] + h[1:]), h[1:]
    b[inner] = 6 * np.diff(np.diff(values) / h)
    A[0, :3] = h[1], -h[0] - h[1], h[0]
    A[-1, -3:] = h[-1], -h[-1] - h[-2], h[-2]
    return np.asarray(np.linalg.solve(A, b))


def _above(height: Floats, spline: Floats) -> Floats:
    """Value of a spline in logarithms above 86 km, and zero above 1,000 km."""
    knots, (y, c) = _TABLE[:, 0], spline
    z = np.clip(height, UPPER_M, HIGHEST_M) / 1e3
    i = np.clip(np.searchsorted(knots, z, side="right") - 1, 0, len(knots) - 2)
    h, a = knots[i + 1] - knots[i], knots[i + 1] - z
    b = h - a
    line = (a * y[i] + b * y[i + 1]) / h
    bend = ((a**3 / h - a * h) * c[i] + (b**3 / h - b * h) * c[i + 1]) / 6
    return np.where(height > HIGHEST_M, 0.0, np.exp(line + bend))


def _checked(height_m: ArrayLike) -> Floats:
    """Return the heights as floats; refuse what is not a height or lies under the standard."""
    height = np.asarray(height_m, dtype=np.float64)
    if not np.all(height >= LOWEST_M):
        wrong = height[~(height >= LOWEST_M)].flat[0]
        raise ValueError(f"heights from {LOWEST_M:.0f} m upward are wanted, in metres; got {wrong:g}")
    return height
