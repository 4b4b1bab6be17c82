"""The air for the kernels: density from pieces of polynomials, as scalar functions compiled by Numba.

`standard_atmosphere` makes the pieces: `exponential_layers` of the model our accuracy goals and peers are measured
with, `layers` of the US Standard Atmosphere 1976. It turns with the Earth.
"""

from __future__ import annotations

from jointwatch.earth.arrays import Floats
from jointwatch.earth.compiled import inlined, kernel


@inlined
def exponential(x: float) -> float:
    """The exponential function of -45 to 10, to 1e-11: a series in x / 64, six times squared.

    No branch and no table, so a loop over it becomes vector instructions, which one over the C library's does not.
    """
    u = x * (1 / 64)
    p = 1 + u * (1 / 10)
    p = 1 + u * (1 / 9) * p
    p = 1 + u * (1 / 8) * p
    p = 1 + u * (1 / 7) * p
    p = 1 + u * (1 / 6) * p
    p = 1 + u * (1 / 5) * p
    p = 1 + u * (1 / 4) * p
    p = 1 + u * (1 / 3) * p
    p = 1 + u * (1 / 2) * p
    p = 1 + u * p
    p *= p
    p *= p
    p *= p
    p *= p
    p *= p
    return p * p


@kernel
def layer_at(height_m: float, bounds_m: Floats) -> int:
    """Which piece a height is in: the one below a bound for the bound itself, the nearest for heights outside."""
    layer = 0
    while layer < len(bounds_m) - 2 and height_m > bounds_m[layer + 1]:
        layer += 1
    return layer


@kernel
def density_kg_m3(height_m: float, bounds_m: Floats, log_density: Floats) -> float:
    """Density of the air, in kilograms per cubic metre, at a height over the ellipsoid.

    Nothing above the last bound. Below the first the value there: a trial step may look far under the ground.
    """
    if height_m > bounds_m[-1]:
        return 0.0
    layer = layer_at(height_m, bounds_m)
    low, high = bounds_m[layer], bounds_m[layer + 1]
    u = max(2 * (height_m - low) / (high - low) - 1, -1.0)
    value = 0.0
    for power in range(log_density.shape[1] - 1, -1, -1):
        value = value * u + log_density[layer, power]
    return exponential(value)


@kernel
def density_and_slope(height_m: float, layer: int, bounds_m: Floats, log_density: Floats) -> tuple[float, float]:
    """Density, in kilograms per cubic metre, by a piece's polynomial, and the slope of its logarithm, per metre.

    The slope jumps where pieces meet, so the caller says which piece; a little outside of it the polynomial goes on.
    Below the lowest piece the density is the value at its foot and the slope 0.
    """
    low, high = bounds_m[layer], bounds_m[layer + 1]
    u, value, slope = 2 * (height_m - low) / (high - low) - 1, 0.0, 0.0
    under = layer == 0 and u < -1
    if under:
        u = -1.0
    for power in range(log_density.shape[1] - 1, -1, -1):
        slope = slope * u + value
        value = value * u + log_density[layer, power]
    return exponential(value), 0.0 if under else slope * 2 / (high - low)
