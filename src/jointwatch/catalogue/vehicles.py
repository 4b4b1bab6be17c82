"""Generic vehicle classes with their sources, and each as plain values from which a flight can be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from jointwatch.catalogue.fact import Fact, Interval, Model, NotNegative, Positive
from jointwatch.catalogue.files import shelf_of, unknown
from jointwatch.catalogue.radars import Band
from jointwatch.catalogue.spread import Spread

VEHICLES = "vehicles.toml"
Fraction = Annotated[float, Field(ge=1 / 3, le=1 / 2)]


class VehicleEntry(Model):
    """One generic class; fractions are kappa at cut-off, rcs_m2 means by band with a common spread in decibels.

    A space launcher cuts off level, so that its height is given by burnout_altitude_km and not by altitude_fraction.
    """

    title: str
    kind: Literal["missile", "space"]
    range_km: Fact[Interval] | None = None
    burn_time_s: Fact[Positive]
    altitude_fraction: Fact[Fraction] | None = None
    downrange_fraction: Fact[Fraction]
    burnout_altitude_km: Fact[Spread]
    ballistic_coefficient_kg_m2: Fact[Positive]
    rcs_m2: dict[Band, Fact[Positive]] = Field(min_length=1)
    rcs_spread_db: Fact[NotNegative]


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleParameters:
    """Fields of `flight.vehicle.VehicleClass` and `flight.boost.BoostProfile`, each of its default claim.

    Of altitude_fraction and burnout_height_m one is None, as the profile wants it.
    """

    name: str
    title: str
    kind: Literal["missile", "space"]
    range_m: tuple[float, float] | None
    burn_time_s: float
    altitude_fraction: float | None
    burnout_height_m: float | None
    downrange_fraction: float
    ballistic_coefficient_kg_m2: float
    rcs_m2: Mapping[str, float]
    rcs_spread_db: float


def load_vehicles() -> Mapping[str, VehicleEntry]:
    """All vehicle classes by name."""
    return shelf_of(VEHICLES, VehicleEntry)


def load_vehicle(name: str) -> VehicleEntry:
    """One vehicle class; an unknown name is refused with the nearest ones."""
    entries = load_vehicles()
    if name not in entries:
        raise unknown("vehicle", name, entries)
    return entries[name]


def vehicle_parameters(name: str) -> VehicleParameters:
    """A vehicle class as plain values, SI.

    >>> vehicle_parameters("mrbm-solid-2stage").rcs_m2["UHF"]
    0.3
    """
    entry = load_vehicle(name)
    interval = entry.range_km.value if entry.range_km else None
    return VehicleParameters(
        name=name,
        title=entry.title,
        kind=entry.kind,
        range_m=(interval[0] * 1e3, interval[1] * 1e3) if interval else None,
        burn_time_s=entry.burn_time_s.value,
        altitude_fraction=entry.altitude_fraction.value if entry.altitude_fraction else None,
        burnout_height_m=None if entry.altitude_fraction else entry.burnout_altitude_km.value.mean * 1e3,
        downrange_fraction=entry.downrange_fraction.value,
        ballistic_coefficient_kg_m2=entry.ballistic_coefficient_kg_m2.value,
        rcs_m2=MappingProxyType({band: fact.value for band, fact in entry.rcs_m2.items()}),
        rcs_spread_db=entry.rcs_spread_db.value,
    )
