"""Bundles: even over region, bearings and ranges; every position the one that a single flight has."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from jointwatch.catalogue.regions import load_regions, region, regions
from jointwatch.earth import geodesic
from jointwatch.flight import arcs, path
from jointwatch.studies import bundle as bundles
from jointwatch.studies import regional
from jointwatch.studies.architecture import catalogue_radar
from jointwatch.studies.bundle import bundle, positions
from jointwatch.studies.regional import flights_from, over_places, shares
from jointwatch.studies.vehicles import vehicle_class

STEP_S = 5.0
SAME_M = 3.0  # the ascent between its nodes, 2 m, and the coast between its own
RANGE_SHARE = 0.08  # of a range, by which the turning Earth moves an end


def test_a_bundle_fills_region_bearings_and_ranges_evenly() -> None:
    vehicle, place = vehicle_class("mrbm-solid-2stage"), region("europe-west")
    flights = bundle(vehicle, place, 1000)
    share_north = (np.sin(flights.latitude_rad) - np.sin(place.south_rad)) / np.diff(
        np.sin([place.south_rad, place.north_rad])
    )
    share_east = (flights.longitude_rad - place.west_rad) / place.wide_rad
    for share in (share_north, share_east, flights.azimuth_rad / (2 * np.pi)):
        assert np.histogram(share, bins=10, range=(0, 1))[0] == pytest.approx(100, abs=8)
    assert len(flights) == 1000


def test_ranges_are_those_published_for_the_class() -> None:
    vehicle = vehicle_class("mrbm-solid-2stage")
    flights = bundle(vehicle, region("iran"), 60)
    r = positions(flights, slice(0, 60), step_s=1.0)
    last = np.array([each[np.isfinite(each[:, 0])][-1] for each in r])
    end = np.arcsin(last[:, 2] / np.linalg.norm(last, axis=1)), np.arctan2(last[:, 1], last[:, 0])
    far, _, _ = geodesic.inverse(flights.latitude_rad, flights.longitude_rad, *end)
    assert vehicle.range_m is not None
    assert far.min() > vehicle.range_m[0] * (1 - RANGE_SHARE)
    assert far.max() < vehicle.range_m[1] * (1 + RANGE_SHARE)


@pytest.mark.parametrize("name", ["srbm-solid-1stage", "mrbm-solid-2stage", "icbm-liquid-2stage"])
def test_every_flight_is_where_one_flown_alone_is(name: str) -> None:
    vehicle = vehicle_class(name)
    flights = bundle(vehicle, region("iran"), 7)
    r = positions(flights, slice(2, 5), step_s=STEP_S, beta_kg_m2=vehicle.beta_kg_m2)
    for row, i in enumerate(range(2, 5)):
        alone = path.fly(
            flights.profile,
            latitude_rad=float(flights.latitude_rad[i]),
            longitude_rad=float(flights.longitude_rad[i]),
            azimuth_rad=float(flights.azimuth_rad[i]),
            burnout_speed_m_s=float(flights.burnout_speed_m_s[i]),
            burnout_angle_rad=float(flights.burnout_angle_rad[i]),
            times_s=np.arange(r.shape[1]) * STEP_S,
            beta_kg_m2=vehicle.beta_kg_m2,
        )
        flying = np.isfinite(r[row, :, 0])
        assert flying.sum() == len(alone.times_s)
        assert np.linalg.norm(r[row, flying] - alone.states.r_m, axis=1).max() < SAME_M


def test_solved_arcs_and_staged_ascents_can_be_watched_too() -> None:
    vehicle = vehicle_class("mrbm-solid-2stage")
    assert vehicle.staged is not None
    solved = arcs.between(
        vehicle.staged,
        latitude_rad=np.radians([35.2, 36.0]),
        longitude_rad=np.radians(53.9),
        end_latitude_rad=np.radians(25.0),
        end_longitude_rad=np.radians([65.0, 66.0]),
    )
    r = positions(solved, slice(0, 2), step_s=STEP_S)
    alone = solved.flown(1, np.arange(r.shape[1]) * STEP_S)
    flying = np.isfinite(r[1, :, 0])
    assert np.linalg.norm(r[1, flying] - alone.states.r_m, axis=1).max() < SAME_M


def test_a_class_without_a_range_is_refused() -> None:
    with pytest.raises(ValueError, match="wants a class with a published range"):
        bundle(vehicle_class("slv-liquid-2stage"), region("iran"), 3)


def test_flights_are_told_by_class_and_region_and_more_radars_detect_no_less() -> None:
    gabala, armavir = (catalogue_radar(name)[0] for name in ("gabala", "armavir"))
    one, both = (flights_from(r, "mrbm-solid-2stage", region("iran"), count=60) for r in ([gabala], [gabala, armavir]))
    assert (one.vehicle, one.region, one.flights) == ("mrbm-solid-2stage", "iran", 60)
    assert one.detected[0] == both.detected[0] == one.detected_by_any
    assert both.detected_by_any >= both.detected.max()
    assert 112.0 < both.first_by_any_s < 200.0
    assert 0.5 < one.detected_by_any < 1.0
    assert both.hand_overs.count[0, 1] > 0
    bigger = flights_from([gabala], "mrbm-solid-2stage", region("iran"), count=60, rcs_m2=10.0)
    assert bigger.detected[0] >= one.detected[0]


def test_regions_and_places_are_seen_as_the_debate_has_it() -> None:
    radars = [catalogue_radar(name)[0] for name in ("gabala", "armavir")]
    seen = shares(radars, regions(), altitude_m=200e3, rcs_m2=1.0)
    by_name = dict(zip(load_regions(), seen.T, strict=True))
    assert (seen[2] >= seen[:2].max(axis=0)).all()
    assert 0.4 < by_name["iran"][0] < 0.7
    assert by_name["norwegian-sea"].tolist() == [0.0, 0.0, 0.0]
    assert by_name["turkey"][1] > 0.9
    semnan = over_places(radars, [tuple(np.radians([35.234, 53.921]))], altitude_m=200e3, rcs_m2=1.0)
    assert semnan.lowest_visible_m[:, 0] / 1e3 == pytest.approx([78, 237], abs=2)


def test_nothing_public_takes_a_launch_place_bearing_or_apogee_to_look_at_coverage() -> None:
    """Class, region and count are all there is to say: coverage is not asked of a chosen launch, and nothing orders."""
    chosen = {"azimuth_rad", "bearing_rad", "apogee_m", "latitude_rad", "longitude_rad", "launch_tai_ns", "loft"}
    for module in (bundles, regional):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                assert not set(inspect.signature(function).parameters) & chosen, name
    for name, function in inspect.getmembers(regional, inspect.isfunction):
        source = inspect.getsource(function)
        assert not any(word in source for word in ("argmin", "argmax", "argsort", "lexsort", "minimize")), name
