"""What is assumed of a launch before any radar has seen it: the boost-phase class prior, as values handed in."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isfinite


@dataclass(frozen=True, slots=True, kw_only=True)
class BoostPriors:
    """How vehicles of the expected classes climb to cut-off: means and one-sigmas.

    kappa_altitude: height at cut-off divided by (climb rate at cut-off times burn time). An ascent from rest at
        constant acceleration has 1/2, one whose acceleration grows from nothing 1/3.
    kappa_downrange: the same for ground distance and ground speed.
    burnout_altitude_m: for tracks first seen after cut-off.
    burn_time_s: for ascents so flat that height says little about age (space launchers near their orbit).
    log_beta: natural logarithm of the ballistic coefficient in kg/m2, for the fall through the air.

    The numbers below stand for generic classes and are assumptions; the catalogue hands in its own with their sources.
    """

    kappa_altitude: float = 0.42
    kappa_altitude_sigma: float = 0.04
    kappa_downrange: float = 0.36
    kappa_downrange_sigma: float = 0.04
    burnout_altitude_m: float = 110e3
    burnout_altitude_sigma_m: float = 40e3
    burn_time_s: float = 250.0
    burn_time_sigma_s: float = 110.0
    log_beta_mean: float = 8.5
    log_beta_sigma: float = 0.5

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isfinite(value) or (field.name != "log_beta_mean" and value < 0.0):
                raise ValueError(f"{field.name} must be a finite number, zero or more; got {value!r}")
        for name in ("kappa_altitude", "kappa_downrange"):
            if not 0.2 < getattr(self, name) < 1.0:
                raise ValueError(
                    f"{name} is height or distance over (speed x burn time), near 0.4; got {getattr(self, name)!r}: "
                    "give the fraction, not metres or per cent"
                )
