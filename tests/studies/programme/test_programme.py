"""The programme of the catalogue: nothing lost, no disagreement hidden, and the readings apart where sources are."""

from __future__ import annotations

import re

import numpy as np
import pytest

from jointwatch.assessment.programme.capability import capability, year_ends
from jointwatch.assessment.programme.missed import missed
from jointwatch.catalogue.events import load_launches
from jointwatch.earth import geodesic
from jointwatch.studies.programme import tables
from jointwatch.studies.programme.account import account
from jointwatch.studies.programme.chronology import (
    IRANIAN_SITES,
    READINGS,
    WIDEST,
    Test,
    chronology,
    iran_tests_2006_2010,
    series,
)
from jointwatch.studies.programme.disagreement import disagreements, pairings
from jointwatch.studies.programme.files import geojson
from jointwatch.studies.programme.growth import (
    DEMONSTRATED,
    LEAST_ENERGY,
    days_of_testing,
    growth,
    reach_by_year,
    reach_map,
    rises,
)
from jointwatch.studies.programme.noticed import Watched
from jointwatch.studies.scenario import load


@pytest.fixture(scope="module")
def readings() -> dict[str, list[Test]]:
    return {name: iran_tests_2006_2010(reading) for name, reading in READINGS.items()}


def test_every_row_of_the_list_and_both_reports_without_a_row_are_there(readings: dict[str, list[Test]]) -> None:
    # facts: 6, 1, 5, 7 and 4 rows from 2006 to 2010; two events of 2007 stand in the press alone
    years = [one.first_day[:4] for one in readings["neutral"]]
    assert [years.count(str(year)) for year in range(2006, 2011)] == [6, 3, 5, 7, 4]
    assert [one.name for one in readings["neutral"]] == [one.name for one in readings["iran"]]


def test_the_widest_reading_holds_all_others(readings: dict[str, list[Test]]) -> None:
    widest = series(readings["widest"])
    for name in ("neutral", "iran", "observers"):
        other = series(readings[name])
        known = np.isfinite(other.at_least_m)
        assert np.all(widest.at_least_m[known] <= other.at_least_m[known])
        assert np.all(widest.at_most_m[known] >= other.at_most_m[known])
        assert np.all(widest.first_day <= other.first_day)
        assert np.all(widest.last_day >= other.last_day)
        assert not np.any(widest.worked & ~other.worked)


def test_a_satellite_launcher_shows_no_range_and_a_disputed_outcome_is_a_perhaps(
    readings: dict[str, list[Test]],
) -> None:
    august = {name: next(one for one in tests if one.name == "gcat-2008-f02") for name, tests in readings.items()}
    assert all(one.basis == "none" and np.isnan(one.at_most_m) for one in august.values())
    worked = {name: (one.worked, one.may_have_worked) for name, one in august.items()}
    assert worked == {
        "neutral": (False, False),
        "iran": (True, True),
        "observers": (False, False),
        "widest": (False, True),
    }


def test_who_is_followed_decides_when_two_thousand_kilometres_were_shown(readings: dict[str, list[Test]]) -> None:
    by = growth(readings, 2007, 2010, bases=("claimed",))
    first = {name: int(np.argmax(each.at_least_m >= 1_900e3)) + 2007 for name, each in by.items()}
    assert first == {"neutral": 2009, "iran": 2008, "observers": 2009, "widest": 2009}
    assert by["neutral"].at_least_m.tolist() == [0.0, 1_200e3, 2_000e3, 2_000e3]
    for each in by.values():
        assert np.all(each.at_least_m <= each.at_most_m)


def test_the_catalogue_s_apogee_of_800_km_widens_what_the_sejil_showed(readings: dict[str, list[Test]]) -> None:
    sejil = {name: next(one for one in tests if one.name == "sejil-2009") for name, tests in readings.items()}
    assert (sejil["neutral"].at_least_m, sejil["neutral"].at_most_m) == (2_000e3, 2_500e3)
    assert sejil["widest"].at_least_m == 1_930e3
    assert 2_550e3 < sejil["widest"].at_most_m < 2_750e3


def test_that_the_solid_missile_was_new_is_seen_only_against_the_years_before() -> None:
    alone = rises(iran_tests_2006_2010())["mrbm-solid-2stage"]
    whole = rises(chronology(IRANIAN_SITES, 1998, 2010))["mrbm-solid-2stage"]
    assert (alone.of_class, whole.of_class) == (6, 6)
    assert whole.share_before == alone.share_before == 0.0
    assert whole.p_value < 0.01 < 0.05 < alone.p_value
    assert len(whole.places) < whole.trials - 1


def test_the_older_liquid_missile_is_not_called_new() -> None:
    assert rises(chronology(IRANIAN_SITES, 1998, 2010))["mrbm-liquid-1stage"].p_value > 0.5


def test_every_disagreement_of_the_window_is_told_with_all_its_claims() -> None:
    names = [one.name for one in iran_tests_2006_2010()]
    told = {(one.launch, one.claims[0].parameter): len(one.claims) for one in disagreements(names)}
    held = load_launches()
    assert told[("gcat-2008-s32", "range_km")] == 2
    assert told[("gcat-2008-f02", "outcome")] == 3
    assert told[("gcat-2008-s61", "day")] == 2
    assert ("sejil-2009", "outcome") not in told  # two sources, one word
    for launch, parameter in told:
        assert len(getattr(held[launch], parameter).claims) == told[(launch, parameter)]


def test_1200_and_2012_kilometres_of_july_2008_lie_far_apart_in_height_and_time() -> None:
    short, long = pairings(["gcat-2008-s32"])
    assert (short.apogee_m / 1e3, long.apogee_m / 1e3) == pytest.approx((285, 461), abs=1)  # facts, section 7, row 11
    assert long.flight_time_s - short.flight_time_s > 120
    assert (short.at_most_m, long.at_most_m) == (1_200e3, 2_012e3)


def test_distance_and_apogee_of_the_sejil_are_flown_in_every_pairing() -> None:
    found = pairings(["sejil-2009"])
    assert {(pair.range_by, pair.apogee_by) for pair in found} == {
        (by, apogee) for by in ("gates-2009", "iran-2008") for apogee in (None, "gcat")
    }
    lofted = next(pair for pair in found if pair.distance_m == 2_000e3 and pair.apogee_by == "gcat")
    assert (lofted.flight_time_s / 60, lofted.loft) == pytest.approx((16.9, 1.74), abs=0.1)  # docs/method/arcs.md
    assert lofted.at_least_m > 2_250e3


def test_rings_are_circles_of_the_reach_and_grow_with_the_years(readings: dict[str, list[Test]]) -> None:
    by = growth(readings, 2006, 2010)["neutral"]
    rings = reach_map(by, "semx")
    assert [one.year for one in rings] == [*range(2006, 2011)] * 2
    place = readings["neutral"][0].site
    for one in rings:
        far, _, _ = geodesic.inverse(place.latitude_rad, place.longitude_rad, one.latitude_rad, one.longitude_rad)
        np.testing.assert_allclose(far, one.range_m, atol=1.0)


def test_what_was_demonstrated_lies_within_what_the_same_flights_could_have_done() -> None:
    rings = reach_by_year("widest")
    radii = {(one.year, one.kind, one.bound): one.range_m for one in rings}
    for year in range(2006, 2011):
        for bound in ("at least", "at most"):
            assert radii[year, DEMONSTRATED, bound] <= radii[year, LEAST_ENERGY, bound]
    assert radii[2009, DEMONSTRATED, "at most"] == 2_500e3
    assert radii[2009, LEAST_ENERGY, "at most"] == pytest.approx(2_677e3, abs=1e3)  # 2,500 km with 800 km of apogee
    table = tables.rings_table(rings, "rings")
    assert table.rows[3] == ("2009", "1,930 to 2,500", "1,930 to 2,677")


def test_a_ring_on_a_map_is_closed_and_in_degrees_and_the_file_has_all_of_them() -> None:
    rings = reach_by_year()
    line = rings[0].lonlat_deg
    assert line.shape == (181, 2)
    np.testing.assert_array_equal(line[0], line[-1])
    assert line[0] == pytest.approx([55.33, 36.23 + 1_200 / 111.0], abs=0.05)  # due north first
    held = geojson({"neutral": rings})["features"]
    assert len(held) == len(rings) == 2 * 2 * 5
    assert {feature["geometry"]["type"] for feature in held} == {"LineString"}
    assert {feature["properties"]["kind"] for feature in held} == {DEMONSTRATED, LEAST_ENERGY}


def test_the_launch_that_nobody_announced_is_told_as_such() -> None:
    tests = chronology(IRANIAN_SITES, 2010, 2011)
    assert [one.name for one in tests if one.announced == "never"] == ["gcat-2010-s82", "gcat-2011-s20"]
    row = next(row for row in tables.shown_table(tests, "").rows if "2010-S82" in row[1])
    assert row[-1] == "never"


def test_years_before_anything_was_shown_have_no_ring() -> None:
    nothing = capability(series([]), year_ends(2006, 2007))
    assert nothing.at_most_m.tolist() == [0.0, 0.0]
    assert reach_map(nothing, "sem") == []


def test_tables_have_a_row_for_everything_and_say_on_what_it_rests(readings: dict[str, list[Test]]) -> None:
    tests = readings["neutral"]
    table = tables.shown_table(tests, "what each test showed")
    assert len(table.rows) == len(tests)
    july = next(row for row in table.rows if "8 July 2008" in row[1])
    assert july == ("2008-07-08", "Ghadr 1, 8 July 2008 (2008-S32)", "1,200", "MRBM", "claimed", "yes", "-")
    assert tables.growth_table(growth(readings, 2008, 2009), "growth").rows[1] == (
        ("2009", "2,000 to 2,500", "2,012", "2,000 to 2,500", "1,930 to 2,677")
    )
    names = [one.name for one in tests]
    claims = tables.disagreement_table(disagreements(names), "disagreed")
    assert ("1200 km", "ArmsControlWonk, July 2008 (taken)") in [row[2:4] for row in claims.rows]
    assert all(len(row) == len(each.head) for each in (table, claims) for row in each.rows)
    flown = tables.pairings_table(pairings(names), "flown")
    assert flown.rows[0][:3] == ("gcat-2008-s32", "1,200 (wonk-2008)", "285 (least energy)")
    minutes, low, high = (
        float(part) for part in flown.rows[0][3].replace("(", "").replace(")", "").split() if part != "to"
    )
    assert low < minutes == 9.9 < high


def test_the_table_of_rises_names_days_and_the_table_of_misses_what_certainty_would_take() -> None:
    known = [one for one in iran_tests_2006_2010() if one.vehicle]
    rows = {row[0]: row for row in tables.rises_table(rises(known), days_of_testing(known), "new").rows}
    assert rows["mrbm-solid-2stage"][2:4] == ("2007-11-20", "0% to 46%")
    assert rows["mrbm-liquid-1stage"][2] == "-"
    table = tables.missed_table(
        {"MRBM": missed(np.ones(1000)), "SRBM": missed(np.full(100, 0.5))}, {"MRBM": 6}, "missed"
    )
    assert table.rows[0] == ("MRBM", "1,000", "0.000%", "0.000% to 0.299%", "6", "0.00% to 1.78%", "0.00% to 0.00%")
    assert "2,995 flights" in table.note


def test_a_reading_that_follows_all_takes_every_claim() -> None:
    tests = {one.name: one for one in chronology(("semx",), 2008, 2008, WIDEST)}
    assert (tests["gcat-2008-s61"].first_day, tests["gcat-2008-s61"].last_day) == ("2008-11-11", "2008-11-12")


def test_the_whole_account_has_every_table_and_one_for_each_view() -> None:
    watched = [
        Watched(architecture, "together", "neutral", vehicle, missed(np.ones(30)))
        for architecture in ("none", "both-2007")
        for vehicle in ("mrbm-solid-2stage", "srbm-liquid-1stage")
    ]
    told = account(watched)
    assert len(told) == 8 + 2
    assert all(table.rows and all(len(row) == len(table.head) for row in table.rows) for table in told)
    assert told[-1].title == "Missed by together with both-2007, as neutral assumes"
    assert [row[0] for row in told[-1].rows] == ["mrbm-solid-2stage", "srbm-liquid-1stage"]


def test_the_flights_of_the_programme_are_its_tests_of_medium_range_that_worked() -> None:
    scenario = load("iran-tests-2006-2010")
    told = " ".join(one.value for one in scenario.alternatives if one.key == "series" and one.taken)
    listed = [f"gcat-{row.lower()}" for row in re.findall(r"\((20\d\d-S\d\d)\)", told)]
    series = [
        (test.vehicle, test.name, test.worked)
        for test in iran_tests_2006_2010()
        if test.vehicle.startswith("mrbm") or test.name == "gcat-2006-s74"
    ]
    names = ["gcat-2009-s22" if name == "sejil-2009" else name for _, name, worked in series if worked]
    failed = [name for _, name, worked in series if not worked]
    assert listed == [*names, *failed]
    assert [flight.vehicle for flight in scenario.flights] == [vehicle for vehicle, _, worked in series if worked]
