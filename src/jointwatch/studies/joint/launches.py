"""Launches of a study: arcs between places spread evenly over two regions, a class of vehicles at a time.

Every launch region, destination and class is a cell, and nothing finer is told of it. Places in both regions lie evenly
by a sequence that fills evenly, turned by the study's seed; nobody chooses them, and nothing looks at coverage. Pairs
of places further apart than the class's published range are drawn and not flown: their share is told.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.catalogue.regions import Region, region
from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats, Ints
from jointwatch.flight import arcs
from jointwatch.flight.vehicle import VehicleClass
from jointwatch.studies.bundle import Bundle, evenly
from jointwatch.studies.joint.file import Study
from jointwatch.studies.joint.given import kind
from jointwatch.studies.vehicles import vehicle_class


@dataclass(frozen=True)
class Cell:
    """One launch region, destination and class of vehicles, and the apogee asked for; None for the least speed."""

    number: int
    origin: Region
    to: Region
    vehicle: str
    apogee_km: float | None = None

    @property
    def kind(self) -> str:
        """What the class is called on these arcs."""
        return kind(self.vehicle, self.apogee_km)

    @property
    def name(self) -> str:
        """What the cell is called in tables."""
        return f"{self.origin.name} to {self.to.name}, {self.kind}"


@dataclass(frozen=True, eq=False)
class Flown:
    """Flights of a cell: their numbers in its sequence (k,), how to fly them, how long each takes, and how far."""

    numbers: Ints
    flights: Bundle
    flight_time_s: Floats
    range_m: Floats

    def __len__(self) -> int:
        return len(self.numbers)


def cells(study: Study) -> tuple[Cell, ...]:
    """Return the cells of a study, in the order of its file."""
    asked = [(given, to, name) for given in study.launches for to in given.to for name in given.vehicles]
    return tuple(
        Cell(number, region(given.origin), region(to), name, given.apogee_km)
        for number, (given, to, name) in enumerate(asked)
    )


def flown(cell: Cell, begin: int, end: int, *, seed: int) -> Flown:
    """Return the flights among the pairs of places that are begin to end, less one, of a cell's sequence.

    Left out is what is beyond the class's range, and what no flight of its shape reaches.
    """
    vehicle = vehicle_class(cell.vehicle)
    numbers = np.arange(begin, end)
    places = _places(cell, numbers, seed)
    far_m = geodesic.inverse(*places)[0]
    near = far_m <= _reach_m(vehicle)
    solved = arcs.between(
        vehicle.profile,
        **dict(zip(_NAMES, places[:, near], strict=True)),
        apogee_m=np.nan if cell.apogee_km is None else 1e3 * cell.apogee_km,
    )
    return _flights(cell, vehicle, numbers[near], far_m[near], solved)


_NAMES = ("latitude_rad", "longitude_rad", "end_latitude_rad", "end_longitude_rad")


def _flights(cell: Cell, vehicle: VehicleClass, numbers: Ints, range_m: Floats, solved: arcs.Arcs) -> Flown:
    there = solved.solved
    flights = Bundle(
        vehicle,
        cell.origin,
        latitude_rad=solved.latitude_rad[there],
        longitude_rad=solved.longitude_rad[there],
        azimuth_rad=solved.azimuth_rad[there],
        burnout_speed_m_s=solved.burnout_speed_m_s[there],
        burnout_angle_rad=solved.burnout_angle_rad[there],
    )
    return Flown(numbers[there], flights, solved.flight_time_s[there], range_m[there])


def _places(cell: Cell, numbers: Ints, seed: int) -> Floats:
    """Latitudes and longitudes (4, k) of launches and destinations, radians."""
    turned = np.random.default_rng([seed, cell.number]).random(4)
    shares = evenly(numbers, 4, turned)
    return np.concatenate([_within(cell.origin, *shares[:2]), _within(cell.to, *shares[2:])])


def _within(box: Region, north: Floats, east: Floats) -> Floats:
    south, top = np.sin([box.south_rad, box.north_rad])
    return np.array([np.arcsin(south + north * (top - south)), box.west_rad + east * box.wide_rad])


def _reach_m(vehicle: VehicleClass) -> float:
    if vehicle.range_m is None:
        raise ValueError(f"launches to a destination want a class with a published range; {vehicle.title!r} has none")
    return vehicle.range_m[1]
