"""The air, as a scalar function compiled by Numba: an exponential atmosphere that turns with the Earth.

Model `exp`, the one our accuracy goals and peers are measured with. Against the real atmosphere it is good to some
tens of per cent below 80 km and means little above 120 km, where it hardly matters to a ballistic flight.
"""

from __future__ import annotations

from math import exp

from jointwatch.earth.compiled import kernel

SEA_LEVEL_DENSITY_KG_M3 = 1.225  # US Standard Atmosphere 1976
SCALE_HEIGHT_M = 7_200.0
# A trial step of an integrator may look far under the ground, where the exponential overflows. It is followed down
# to here, so that the ground itself is no kink, and is constant below.
LOWEST_M = -10_000.0


@kernel
def density_kg_m3(height_m: float) -> float:
    """Density of the air, in kilograms per cubic metre, at a height over the ellipsoid."""
    return SEA_LEVEL_DENSITY_KG_M3 * exp(-max(height_m, LOWEST_M) / SCALE_HEIGHT_M)
