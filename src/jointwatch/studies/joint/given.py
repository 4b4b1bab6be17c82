"""The tables of a study file, each by itself: a party, an architecture, launches, assumptions, a package, sites."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from jointwatch.catalogue.files import nearest
from jointwatch.catalogue.regions import State, load_regions
from jointwatch.studies.complaint import once
from jointwatch.studies.joint.names import (
    Destination,
    Line,
    RadarName,
    Radars,
    Site,
    Slug,
    StudyDay,
    System,
    Vehicle,
    known,
)
from jointwatch.studies.package import MOST_ELEMENTS
from jointwatch.studies.strict import Model

EXCHANGE = "exchange"
Valued = Literal["detected", "warning", "track_time"]


class PartyGiven(Model):
    """One party: the radars it looks with in every architecture, and those that an architecture may bring it.

    states: two letters each, whom the agreements have told of launches; without any, of none.
    """

    title: Line
    states: Annotated[tuple[State, ...], Field(strict=False, max_length=64)] = ()
    radars: Radars = ()
    builds: Radars = ()

    @model_validator(mode="after")
    def _eachonce(self) -> PartyGiven:
        once("radars", self.radars)
        return self


class ArchitectureGiven(Model):
    """One architecture on a day: of the catalogue by its name, or, with `radars`, one given here.

    proposed: its elements look with all their arrays, whether or not they stood on the day.
    shared: whether each party has what the architecture's radars see; of the catalogue's, where it has a centre.
    """

    on: StudyDay
    proposed: bool = False
    title: Line | None = None
    radars: Radars | None = None
    shared: bool | None = None

    @model_validator(mode="after")
    def _eachonce(self) -> ArchitectureGiven:
        once("radars", self.radars or ())
        return self


def kind(vehicle: str, apogee_km: float | None) -> str:
    """Return what a class is called on arcs to an apogee, and on those of least speed, which are the class's own.

    >>> kind("irbm", 900.0), kind("irbm", None)
    ('irbm-900km', 'irbm')
    """
    return vehicle if apogee_km is None else f"{vehicle}-{apogee_km:.0f}km"


class LaunchesGiven(Model):
    """Launches from one region to others by classes of vehicles, at the least speed, or to an apogee."""

    origin: Annotated[str, Field(alias="from")]
    to: Annotated[tuple[Destination, ...], Field(strict=False, min_length=1)]
    vehicles: Annotated[tuple[Vehicle, ...], Field(strict=False, min_length=1)]
    apogee_km: Annotated[float, Field(ge=50, le=10_000)] | None = None

    @model_validator(mode="after")
    def _each_once_and_from_where_flights_began(self) -> LaunchesGiven:
        regions = load_regions()
        began = [name for name, entry in regions.items() if entry.launches]
        known("region", self.origin, regions)
        if self.origin not in began:
            raise ValueError(f"no launch of the debate began in {self.origin!r}; there are {', '.join(began)}")
        once("to", self.to)
        once("vehicles", self.vehicles)
        return self


class AssumptionsGiven(Model):
    """What one side assumes where sources disagree: claims by radar and key; all else is the catalogue's default.

    rcs: the mean cross-section of each class, or one sigma of the class's spread below or above it.
    """

    title: Line
    rcs: Literal["lower", "mean", "higher"] = "mean"
    claims: dict[RadarName, dict[str, str]] = Field(default_factory=dict)


class PackageGiven(Model):
    """Elements, each some radars; what every subset of them is worth to each party is asked.

    A subset is as an architecture on that day that brings its elements' radars. shared: whether each party has what
    they see; "element": that is an element too, called `exchange`. alternatives: two sets of elements, by their names,
    of which it is asked whether one is an alternative to the other or an addition.
    """

    on: StudyDay
    proposed: bool = False
    shared: bool | Literal["element"] = "element"
    measures: Annotated[tuple[Valued, ...], Field(strict=False, min_length=1)] = ("detected", "warning")
    elements: dict[Slug, Annotated[tuple[RadarName, ...], Field(strict=False, min_length=1, max_length=64)]]
    alternatives: dict[Slug, Annotated[tuple[str, ...], Field(strict=False, min_length=1)]] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The elements by their names, the exchange of data last where it is one."""
        return (*self.elements, *([EXCHANGE] if self.shared == "element" else []))

    @model_validator(mode="after")
    def _elements_are_some_and_apart(self) -> PackageGiven:
        if EXCHANGE in self.elements:
            raise ValueError(f'elements.{EXCHANGE}: this is the exchange of data itself; say shared = "element"')
        if not 1 <= len(self.names) <= MOST_ELEMENTS:
            raise ValueError(
                f"elements: one to {MOST_ELEMENTS} are valued, with all their subsets; got {len(self.names)}"
            )
        once("elements", [radar for radars in self.elements.values() for radar in radars])
        once("measures", self.measures)
        return self

    @model_validator(mode="after")
    def _alternatives_are_two_sets_of_elements(self) -> PackageGiven:
        if self.alternatives is None:
            return self
        if len(self.alternatives) != 2:
            raise ValueError(
                f"alternatives: it is one or the other, so two are asked for; got {len(self.alternatives)}"
            )
        for key, names in self.alternatives.items():
            for name in names:
                if name not in self.names:
                    raise ValueError(f"alternatives.{key}: there is no element {name!r}; {nearest(name, self.names)}")
        return self


class ReachGiven(Model):
    """Points on the map: how fast, on average, one would have had to be from each to reach a flight once tracked.

    sites: interceptor sites or launch sites of the catalogue. rings: systems in the news, as circles of their range.
    """

    sites: Annotated[tuple[Site, ...], Field(strict=False, min_length=1, max_length=8)]
    rings: Annotated[tuple[System, ...], Field(strict=False, max_length=8)] = ()

    @model_validator(mode="after")
    def _eachonce(self) -> ReachGiven:
        once("sites", self.sites)
        once("rings", self.rings)
        return self
