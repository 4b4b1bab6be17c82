"""Generic vehicle classes with their sources, and each as plain values from which a flight can be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import radians
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, model_validator

from jointwatch.catalogue.fact import Fact, Model
from jointwatch.catalogue.files import shelf_of, unknown
from jointwatch.catalogue.quantities import Interval, NotNegative, Positive
from jointwatch.catalogue.radar_entries import Band
from jointwatch.catalogue.spread import Spread

VEHICLES = "vehicles.toml"
Fraction = Annotated[float, Field(ge=1 / 3, le=1 / 2)]
Climb = Annotated[float, Field(ge=-5, le=90)]
_ROUNDING_S = 0.5


class StageEntry(Model):
    """Where one stage of a class ends, on the class's own reference flight; speed relative to the turning Earth.

    coast_s: from its burnout to the next ignition; none where the next stage follows at once.
    """

    burn_time_s: Fact[Positive]
    coast_s: Fact[NotNegative] | None = None
    burnout_altitude_km: Fact[Positive]
    burnout_speed_km_s: Fact[Positive]
    burnout_angle_deg: Fact[Climb]
    burnout_downrange_km: Fact[Positive]


class VehicleEntry(Model):
    """One generic class; fractions are kappa at cut-off, rcs_m2 means by band with a common spread in decibels.

    A space launcher cuts off level, so that its height is given by burnout_altitude_km and not by altitude_fraction.
    The stages together burn and coast for burn_time_s.
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
    stages: dict[Literal["1", "2", "3"], StageEntry] = Field(min_length=1)

    @model_validator(mode="after")
    def _stages_burn_as_long_as_the_whole(self) -> VehicleEntry:
        numbers = [str(number) for number in range(1, len(self.stages) + 1)]
        if list(self.stages) != numbers:
            raise ValueError(f"stages stand in order and without a gap, {', '.join(numbers)}; got {list(self.stages)}")
        parts = [s.burn_time_s.value + (s.coast_s.value if s.coast_s else 0.0) for s in self.stages.values()]
        if abs(sum(parts) - self.burn_time_s.value) > _ROUNDING_S:
            raise ValueError(
                f"the stages burn and coast for {sum(parts):g} s together, the whole for {self.burn_time_s.value:g} s; "
                "make them agree"
            )
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class StageParameters:
    """One stage's end on the class's reference flight, each of its default claim; height over the launch point."""

    burn_time_s: float
    coast_s: float
    burnout_height_m: float
    burnout_speed_m_s: float
    burnout_angle_rad: float
    burnout_downrange_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleParameters:
    """What `flight.vehicle.VehicleClass` and `flight.boost` want to know, each of its default claim.

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
    stages: tuple[StageParameters, ...]


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
        stages=tuple(_stage(stage) for stage in entry.stages.values()),
    )


def _stage(entry: StageEntry) -> StageParameters:
    return StageParameters(
        burn_time_s=entry.burn_time_s.value,
        coast_s=entry.coast_s.value if entry.coast_s else 0.0,
        burnout_height_m=entry.burnout_altitude_km.value * 1e3,
        burnout_speed_m_s=entry.burnout_speed_km_s.value * 1e3,
        burnout_angle_rad=radians(entry.burnout_angle_deg.value),
        burnout_downrange_m=entry.burnout_downrange_km.value * 1e3,
    )
