"""Launches fill both regions evenly, end where they should, and are the same however they are cut."""

from __future__ import annotations

import numpy as np
import pytest

from jointwatch.earth import geodesic
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.studies.bundle import positions
from jointwatch.studies.joint.file import load
from jointwatch.studies.joint.launches import Cell, cells, flown
from jointwatch.studies.vehicles import vehicle_class

STUDY, _ = load("europe-2007")
EVERY = cells(STUDY)
TURKEY = EVERY[0]


def test_a_cell_for_each_region_destination_and_class_in_the_order_of_the_file() -> None:
    assert [cell.number for cell in EVERY] == list(range(9))
    assert TURKEY.name == "iran to turkey, mrbm-solid-2stage"
    europe = {"turkey", "europe-south-east", "europe-central", "europe-west"}
    assert {cell.to.name for cell in EVERY} == europe | {"america-east"}


def test_flights_are_the_same_to_the_bit_however_they_are_cut() -> None:
    whole = flown(TURKEY, 0, 60, seed=7)
    parts = [flown(TURKEY, begin, begin + 20, seed=7) for begin in (0, 20, 40)]
    for name in ("latitude_rad", "longitude_rad"):
        assert np.array_equal(
            getattr(whole.flights, name), np.concatenate([getattr(part.flights, name) for part in parts])
        )
    assert np.array_equal(whole.numbers, np.concatenate([part.numbers for part in parts]))


def test_launches_lie_evenly_in_their_region_and_fall_in_the_other() -> None:
    held = flown(EVERY[1], 0, 300, seed=7)
    assert len(held) == 300  # all of Turkey's box lies within this class's range of all of Iran's
    flights, box = held.flights, TURKEY.origin
    east = (flights.longitude_rad - box.west_rad) / box.wide_rad
    assert np.histogram(east, bins=5, range=(0, 1))[0] == pytest.approx(60, abs=8)
    r = positions(flights, slice(0, 300), step_s=1.0)
    last = np.array([each[np.isfinite(each[:, 0])][-1] for each in r])
    latitude, longitude, _ = geodetic_from_ecef(last)
    slack = np.radians(0.1)
    assert np.all((latitude > TURKEY.to.south_rad - slack) & (latitude < TURKEY.to.north_rad + slack))
    assert np.all(
        (longitude > TURKEY.to.west_rad - slack) & (longitude < TURKEY.to.west_rad + TURKEY.to.wide_rad + slack)
    )
    ends = np.isfinite(r[..., 0]).sum(axis=1) - 1
    assert ends == pytest.approx(held.flight_time_s, abs=1.5)


def test_nothing_flies_beyond_the_published_range_and_the_rest_all_does() -> None:
    west = next(cell for cell in EVERY if cell.to.name == "europe-south-east" and cell.vehicle.startswith("mrbm"))
    held = flown(west, 0, 400, seed=7)
    assert 0 < len(held) < 400
    burnout = held.flights
    r = positions(burnout, slice(0, len(held)), step_s=1.0)
    last = np.array([each[np.isfinite(each[:, 0])][-1] for each in r])
    latitude, longitude, _ = geodetic_from_ecef(last)
    far, _, _ = geodesic.inverse(burnout.latitude_rad, burnout.longitude_rad, latitude, longitude)
    longest = vehicle_class(west.vehicle).range_m
    assert longest is not None
    assert far.max() < longest[1] + 15e3  # to a step of a second


def test_another_seed_draws_other_places_and_another_cell_too() -> None:
    first = flown(TURKEY, 0, 1, seed=7).flights.latitude_rad
    assert not np.allclose(first, flown(TURKEY, 0, 1, seed=8).flights.latitude_rad)
    moved = Cell(1, TURKEY.origin, TURKEY.to, TURKEY.vehicle)
    assert not np.allclose(first, flown(moved, 0, 1, seed=7).flights.latitude_rad)


def test_a_cell_out_of_reach_has_no_flights_and_an_apogee_is_met() -> None:
    west = next(cell for cell in EVERY if cell.to.name == "europe-west" and cell.vehicle.startswith("mrbm"))
    assert len(flown(west, 0, 30, seed=7)) == 0
    lofted = Cell(0, TURKEY.origin, TURKEY.to, TURKEY.vehicle, apogee_km=900.0)
    held = flown(lofted, 0, 10, seed=7)
    r = positions(held.flights, slice(0, len(held)), step_s=1.0)
    tops = [geodetic_from_ecef(each[np.isfinite(each[:, 0])])[2].max() for each in r]
    assert tops
    assert tops == pytest.approx([900e3] * len(tops), abs=2e3)
