"""What is wrong with a radar's measurements all through a run, and the same: offsets, its clock, its model of the air.

Drawn once per run, where noise is drawn per measurement. A radar corrects what air and ionosphere add by models of
them; a share of each stays, the same in all its looks. With a model of monthly medians half the ionosphere's delay is
a cautious share (Allen 1977: 50 to 75 % of the uncertainty stays, a quarter with content measured on the day).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isfinite

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.sensors.measurement import wrap_azimuth
from jointwatch.sensors.propagation import NOTHING, Medium, air_excess, ionosphere_excess
from jointwatch.sensors.radar import Radar


@dataclass(frozen=True, slots=True)
class Bias:
    """Offsets of one radar in one run: metres, radians, seconds; and the shares of air and ionosphere left in.

    clock_s: how much later than it was the radar's clock says it is. Shares: 0, fully corrected; 1, not at all.
    """

    range_m: float = 0.0
    azimuth_rad: float = 0.0
    elevation_rad: float = 0.0
    clock_s: float = 0.0
    air_share: float = 0.0
    ionosphere_share: float = 0.0


NONE = Bias()


@dataclass(frozen=True, slots=True)
class BiasSpread:
    """One sigma of each part of a bias; `uncorrected`: the medium is left in whole, whatever the two shares say."""

    range_m: float = 0.0
    azimuth_rad: float = 0.0
    elevation_rad: float = 0.0
    clock_s: float = 0.0
    air_share: float = 0.0
    ionosphere_share: float = 0.0
    uncorrected: bool = False

    def __post_init__(self) -> None:
        for field in fields(Bias):
            if not (isfinite(value := getattr(self, field.name)) and value >= 0):
                raise ValueError(f"the spread of a bias is 0 or more in each part; {field.name} is {value!r}")


NO_ERRORS = BiasSpread()


def drawn(spread: BiasSpread, rng: np.random.Generator) -> Bias:
    """One bias: six normals in the order of its fields, each times its sigma.

    >>> drawn(BiasSpread(range_m=100.0), np.random.default_rng(3)).range_m.__round__(1)
    204.1
    """
    normals = rng.standard_normal(len(fields(Bias)))
    parts = {f.name: float(getattr(spread, f.name) * n) for f, n in zip(fields(Bias), normals, strict=True)}
    if spread.uncorrected:
        parts |= {"air_share": 1.0, "ionosphere_share": 1.0}
    return Bias(**parts)


def biased(radar: Radar, z: Floats, bias: Bias, medium: Medium = NOTHING) -> Floats:
    """Rows (n, 3) of range, azimuth and elevation as the radar would have them without noise, from the true rows.

    The same rows, to the bit, where the bias is none.
    """
    if bias == NONE:
        return z
    measured: Floats = z + np.array([bias.range_m, bias.azimuth_rad, bias.elevation_rad])
    if medium.air is not None and bias.air_share:
        measured[:, [0, 2]] += bias.air_share * air_excess(radar.site, z, medium.air)
    if medium.ionosphere is not None and bias.ionosphere_share:
        measured[:, [0, 2]] += bias.ionosphere_share * ionosphere_excess(radar, z, medium.ionosphere)
    measured[:, 1] = wrap_azimuth(measured[:, 1])
    return measured
