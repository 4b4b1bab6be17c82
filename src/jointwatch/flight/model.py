"""What pulls and brakes a flight, as data: which zonal harmonics, which atmosphere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import J2, J3, J4
from jointwatch.earth.standard_atmosphere import Layers, exponential_layers, layers

Forces = tuple[float, float, float, Floats, Floats]


@dataclass(frozen=True)
class Model:
    """Zonal harmonics J2, J3, J4 and an atmosphere that turns with the Earth.

    air: "exp", 1.225 kg/m^3 exp(-h / 7,200 m), or "us76", the US Standard Atmosphere 1976.

    >>> Model("a point mass", (0.0, 0.0, 0.0), "exp").forces[:3]
    (0.0, 0.0, 0.0)
    """

    name: str
    zonal: tuple[float, float, float]
    air: Literal["exp", "us76"]

    @property
    def layers(self) -> Layers:
        """The atmosphere in pieces of height."""
        return layers() if self.air == "us76" else exponential_layers()

    @cached_property
    def forces(self) -> Forces:
        """The same for the kernels: J2, J3, J4, the pieces' bounds and the coefficients of each."""
        return (*self.zonal, self.layers.bounds_m, self.layers.log_density)


EXP = Model("J2 and exponential air", (J2, 0.0, 0.0), "exp")
"""What speed and accuracy of propagators are measured with."""

US76 = Model("J2 to J4 and the US Standard Atmosphere 1976", (J2, J3, J4), "us76")
"""Nearer to the world: density within some per cent below 80 km."""
