"""Published tests reconstructed: against the flight times that were published, and against laws.

`tests/oracles/published_flights.json` is the real world: nothing of it was used to choose an assumption.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.earth import geodesic
from jointwatch.flight import reach
from jointwatch.flight.boost import BoostProfile
from jointwatch.flight.reconstruction import BoostSpread, Reconstruction, reconstruct, rounding_m

PUBLISHED = json.loads((Path(__file__).parents[1] / "oracles" / "published_flights.json").read_text())
LAUNCHES = Path(__file__).parents[2].parent / "shared" / "data" / "launches"
A_KILOMETRE = 1_000.0
PYONGYANG = {"latitude_rad": np.deg2rad(39.2), "longitude_rad": np.deg2rad(125.67)}
SPACE_LAUNCHES = {"unha", "unha-3", "chollima-1"}  # of these the list gives the orbit's apogee, or a failure's


def published() -> list[tuple[dict, dict]]:
    return [(flight, time) for flight in PUBLISHED["flights"] for time in flight["times"]]


@pytest.fixture(scope="module")
def reckoned() -> Reconstruction:
    pairs = published()
    column = {key: np.array([flight[key] for flight, _ in pairs], dtype=float) for key in ("distance_km", "apogee_km")}
    place = np.deg2rad([flight["place_deg"] for flight, _ in pairs])
    bearing = np.deg2rad([np.nan if flight["bearing_deg"] is None else flight["bearing_deg"] for flight, _ in pairs])
    width = [
        flight.get("distance_half_width_km") or rounding_m(flight["distance_km"] * 1e3) / 1e3 for flight, _ in pairs
    ]
    return reconstruct(
        column["distance_km"] * 1e3, column["apogee_km"] * 1e3, latitude_rad=place[:, 0], longitude_rad=place[:, 1],
        bearing_rad=bearing, distance_half_width_m=np.array(width) * 1e3,
        flight_time_s=[time["seconds"] for _, time in pairs],
        flight_time_half_width_s=[time["half_width_s"] for _, time in pairs],
    )  # fmt: skip


@pytest.mark.parametrize(("i", "pair"), list(enumerate(published())), ids=lambda value: str(value)[:40])
def test_a_published_flight_time_lies_in_the_bounds_unless_another_about_the_same_flight_contradicts_it(
    i: int, pair: tuple[dict, dict], reckoned: Reconstruction
) -> None:
    if pair[1].get("on_the_edge"):
        assert abs(pair[1]["seconds"] - reckoned.flight_time_high_s[i]) < 5.0
    else:
        assert reckoned.disagrees[i] == pair[1].get("disagrees", False), reckoned.why(i)


def test_each_of_sixteen_flights_has_a_published_time_that_agrees(reckoned: Reconstruction) -> None:
    dates = np.array([flight["date"] for flight, _ in published()])
    assert len(set(dates)) == 16
    assert {str(date) for date in dates[~reckoned.disagrees]} == set(dates)


def test_of_two_publications_about_one_flight_the_figures_tell_which_goes_with_them(reckoned: Reconstruction) -> None:
    one = [i for i, (flight, _) in enumerate(published()) if flight["date"] == "2022-03-24"]
    assert reckoned.disagrees[one].tolist() == [False, True]
    assert reckoned.late_s[one] == pytest.approx([15, -193], abs=10)  # 71 min of the one; 67.5 of the other
    assert "4052 s does not go with distance and apogee" in reckoned.why(one[1])


def test_where_they_agree_the_middle_is_off_by_less_than_a_per_cent_in_most_and_never_by_two_minutes(
    reckoned: Reconstruction,
) -> None:
    agree = ~reckoned.disagrees
    share = np.abs(reckoned.late_s[agree]) / reckoned.flight_time_s[agree]
    assert np.median(share) < 0.01
    assert np.max(np.abs(reckoned.late_s[agree])) < 120.0


@pytest.mark.parametrize("told", PUBLISHED["reach"], ids=lambda told: told["date"])
def test_published_estimates_of_range_lie_between_equal_energy_and_equal_effort(
    told: dict, reckoned: Reconstruction
) -> None:
    i = next(i for i, (flight, _) in enumerate(published()) if flight["date"] == told["date"])
    low, high = np.array(told["range_km"]) * 1e3
    assert reckoned.reach_at_energy_m[i] < high
    assert reckoned.reach_at_effort_m[i] > low


@pytest.fixture(scope="module")
def listed() -> tuple[list[dict], Reconstruction]:
    if not LAUNCHES.exists():
        pytest.skip("the list of tests, shared/data/launches, is not beside this repository")
    tests = json.loads((LAUNCHES / "dprk_tests_1984_2023.json").read_text())
    places = json.loads((LAUNCHES / "dprk_facilities.json").read_text())["facilities"]
    assert len(tests) == 262
    full = [test for test in tests if all(not isinstance(test[key], str) for key in ("distance", "apogee", "bearing"))]
    figure = {key: np.array([test[key] for test in full], dtype=float) for key in ("distance", "apogee", "bearing")}
    where = np.deg2rad([[places[test["facility"]][key] for key in ("lat", "lon")] for test in full])
    return full, reconstruct(
        figure["distance"] * 1e3, figure["apogee"] * 1e3, latitude_rad=where[:, 0], longitude_rad=where[:, 1],
        bearing_rad=np.deg2rad(figure["bearing"]),
    )  # fmt: skip


def test_of_262_listed_tests_160_have_the_three_figures_and_all_have_an_arc(
    listed: tuple[list[dict], Reconstruction],
) -> None:
    tests, flights = listed
    assert len(tests) == 160
    assert np.all(np.isfinite(flights.flight_time_s))
    assert np.all(
        (flights.flight_time_low_s <= flights.flight_time_s) & (flights.flight_time_s <= flights.flight_time_high_s)
    )


def test_96_of_them_are_ballistic_and_what_is_not_is_low_or_depressed(
    listed: tuple[list[dict], Reconstruction],
) -> None:
    tests, flights = listed
    assert np.sum(flights.ballistic) == 96
    for i in np.flatnonzero(~flights.ballistic):
        assert tests[i]["apogee"] <= 60
        assert flights.loft[i] < 0.65 or tests[i]["apogee"] <= 25
        assert flights.why(i).startswith("not ballistic with these figures: on this arc the air alone moves the impact")
    # the two that glided by the list's own account are among them
    assert not np.any(flights.ballistic[[i for i, test in enumerate(tests) if "glide" in test]])


def test_no_long_range_missile_of_the_list_is_called_anything_but_ballistic(
    listed: tuple[list[dict], Reconstruction],
) -> None:
    tests, flights = listed
    high = np.array([test["apogee"] > 100 for test in tests])
    assert np.all(flights.consistent[high])
    lofted = flights.loft[[i for i, test in enumerate(tests) if test["missile"] in ("hwasong-14", "hwasong-17")]]
    assert np.all(lofted > 10)


def test_impacts_lie_at_the_published_distance_and_bearing_to_a_kilometre(
    listed: tuple[list[dict], Reconstruction],
) -> None:
    tests, flights = listed
    places = json.loads((LAUNCHES / "dprk_facilities.json").read_text())["facilities"]
    where = np.deg2rad([[places[test["facility"]][key] for key in ("lat", "lon")] for test in tests])
    ends = geodesic.direct(
        where[:, 0], where[:, 1], np.deg2rad([t["bearing"] for t in tests]), [1e3 * t["distance"] for t in tests]
    )
    off, _, _ = geodesic.inverse(ends[0], ends[1], flights.impact_latitude_rad, flights.impact_longitude_rad)
    assert np.max(off) < A_KILOMETRE


def test_a_flight_of_another_country_and_a_disagreement_of_two_catalogues() -> None:
    # Sejil-2, 20 May 2009, Semnan province: 2,000 km claimed; GCAT has an apogee of 800 km, least energy 459 km
    semnan = {"latitude_rad": np.deg2rad(35.2347), "longitude_rad": np.deg2rad(53.921)}
    flights = reconstruct(2000e3, [800e3, 459e3], **semnan, bearing_rad=np.deg2rad(140.0))
    assert np.all(flights.consistent)
    assert flights.loft == pytest.approx([1.74, 1.0], abs=0.01)
    assert flights.flight_time_s / 60 == pytest.approx([16.9, 13.0], abs=0.2)
    assert flights.reach_at_energy_m[0] > flights.reach_at_energy_m[1] + 250e3


def test_without_a_bearing_the_time_is_bounded_and_the_impact_unknown() -> None:
    known = reconstruct(1000e3, 6000e3, **PYONGYANG, bearing_rad=np.deg2rad([0.0, 90.0, 180.0, 270.0]))
    unknown = reconstruct(1000e3, 6000e3, **PYONGYANG)
    assert np.all(np.isnan([unknown.impact_latitude_rad, unknown.azimuth_rad]))
    assert np.all(unknown.flight_time_low_s < known.flight_time_s)
    assert np.all(unknown.flight_time_high_s > known.flight_time_s)


def test_a_flight_time_that_cannot_be_is_named_with_its_bounds() -> None:
    flight = reconstruct(787e3, 2111.5e3, **PYONGYANG, bearing_rad=1.2, flight_time_s=20 * 60.0)
    assert [flight.ballistic[0], flight.disagrees[0], flight.consistent[0]] == [True, True, False]
    assert flight.why(0).startswith("the published flight time of 1200 s does not go with distance and apogee: 17")


def test_figures_that_no_arc_has_are_told_and_the_others_go_on() -> None:
    flights = reconstruct([950e3, -5.0, np.nan, 500e3], [4475e3, 100e3, 100e3, np.nan], **PYONGYANG, bearing_rad=1.2)
    assert np.isfinite(flights.flight_time_s).tolist() == [True, False, False, False]
    assert flights.ballistic.tolist() == [True, False, False, False]
    assert "a distance that is positive" in flights.why(1)
    assert "apogee_m must be positive" in flights.why(3)


def test_no_tests_at_all_are_none() -> None:
    assert len(reconstruct([], [], **PYONGYANG).flight_time_s) == 0


def test_a_boost_that_is_known_narrows_the_time() -> None:
    profile = BoostProfile(170.0, 0.41, 0.34)
    known = reconstruct(1001e3, 6648e3, **PYONGYANG, bearing_rad=1.1, boost=BoostSpread(profile, profile, profile))
    by_class = reconstruct(1001e3, 6648e3, **PYONGYANG, bearing_rad=1.1)
    assert known.burn_time_s[0] == 170.0
    assert known.flight_time_high_s - known.flight_time_low_s < 0.3 * (
        by_class.flight_time_high_s - by_class.flight_time_low_s
    )


@settings(max_examples=12)
@given(
    distance_km=st.floats(300, 8000), loft=st.floats(0.8, 10), more=st.floats(1.05, 1.5), bearing=st.floats(-3.1, 3.1),
    latitude=st.floats(-1.5, 1.5), longitude=st.floats(-3.1, 3.1),
)  # fmt: skip
def test_higher_is_longer_in_time_and_farther_in_energy(
    distance_km: float, loft: float, more: float, bearing: float, latitude: float, longitude: float
) -> None:
    apogee = loft * 6371e3 / 2 * (np.sin(distance_km / 12742) + np.cos(distance_km / 12742) - 1)
    profile = BoostProfile(60.0, 0.41, 0.34)
    flights = reconstruct(
        distance_km * 1e3, [apogee, more * apogee], latitude_rad=latitude, longitude_rad=longitude,
        bearing_rad=bearing, boost=BoostSpread(profile, profile, profile),
    )  # fmt: skip
    assert np.diff(flights.flight_time_s) > 0
    if loft > 1.6:  # lower, the turning Earth may have the least energy elsewhere
        assert np.diff(flights.burnout_speed_m_s) > 0
        assert np.diff(flights.reach_at_effort_m) >= 0


def test_reach_is_the_published_closed_form_and_the_inverse_of_effort() -> None:
    assert reach.at_energy(0.0, [4113.0, 7198.0]) / 1e3 == pytest.approx([2000, 10000], abs=3)
    assert reach.at_energy(0.0, 8500.0) == pytest.approx(reach.FARTHEST_M)
    assert reach.at_effort(12e3, BoostProfile(100.0, 0.4, 0.36)) == reach.FARTHEST_M


def test_effort_is_speed_and_gravity_of_a_rise_in_a_flat_world() -> None:
    # straight up with constant acceleration: v + g T, but for gravity's fall with height
    straight_up = float(reach.effort(1000.0, np.pi / 2, BoostProfile(50.0, 0.5, 0.34)))
    assert straight_up == pytest.approx(1000 + 9.82 * 50, abs=4)


@pytest.mark.parametrize(
    ("figure_km", "half_km"), [(950, 5), (4475, 0.5), (6248.5, 0.05), (800, 40), (50, 2.5), (97, 0.5)]
)
def test_rounding_is_half_the_last_place_that_is_not_zero(figure_km: float, half_km: float) -> None:
    assert rounding_m(figure_km * 1e3) == pytest.approx(half_km * 1e3)
