"""How the radio refractive index of the air falls with height: the exponential reference atmosphere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.horizon import MEAN_RADIUS_M


@dataclass(frozen=True)
class Refractivity:
    """A radio atmosphere: N = (n - 1) 1e6 at the sea, and the height over which it falls by e.

    As it stands, the world's mean: 315 and 7.35 km [ITU-R P.453]. From polar winter to tropical summer N goes from
    about 270 to 390 (recalled). NBS Monograph 4, 313 N-units and 0.143859 per km, is
    Refractivity(313, 6951.25).

    >>> round(Refractivity().effective_radius_factor(), 2)
    1.38
    """

    sea_level_n: float = 315.0
    scale_height_m: float = 7_350.0

    def __post_init__(self) -> None:
        if not (0 <= self.sea_level_n < np.inf and 0 < self.scale_height_m < np.inf):
            raise ValueError(f"wanted N of at least 0 and a scale height above 0 m, got {self}")
        if self.sea_level_n * 1e-6 * MEAN_RADIUS_M / self.scale_height_m >= 1:
            raise ValueError(f"{self} falls so fast that it traps level rays (a duct); rays in ducts are not modelled")

    def minus_one(self, height_m: Floats) -> Floats:
        """Refractive index minus one at heights (...)."""
        return np.asarray(self.sea_level_n * 1e-6 * np.exp(-height_m / self.scale_height_m))

    def effective_radius_factor(self, height_m: float = 0.0) -> float:
        """Radius, in true radii, of the sphere over which level rays at a height are straight: 4/3 in much use.

        That sphere bends a ray all the way, as if the air did not thin out. At elevation 0 the lowest visible height
        on it is right to 3 % out to 400 km (10 km of height), 11 % too low at 824 km, 20 % at 2,000 km; from 1,100 km
        on, no refraction at all is nearer the ray. [ITU-R P.834, section 2]
        """
        gradient = -float(self.minus_one(np.asarray(height_m))) / self.scale_height_m
        return 1 / (1 + MEAN_RADIUS_M * gradient)


MEAN_AIR = Refractivity()
