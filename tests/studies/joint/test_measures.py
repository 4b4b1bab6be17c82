"""The rows of a study: each measure against the flights it is of, laws between them, and nothing finer than a cell."""

from __future__ import annotations

from dataclasses import fields
from functools import cache

import numpy as np
import pytest

from jointwatch.studies.joint.chunk import STEP_S, Columns, Plan, chunk
from jointwatch.studies.joint.file import TOGETHER, load, parse
from jointwatch.studies.joint.measures import ALONE, UNITS, Row, joined, rows, table_of

DATA = load("europe-2007")[1].decode().replace("count = 12500", "count = 60")
PLAN = Plan(parse(DATA.encode(), where="small"))


@cache
def chunks() -> list[Columns]:
    return [chunk(PLAN, number) for number in range(len(PLAN))]


@cache
def told() -> list[Row]:
    return list(rows(PLAN, chunks()))


@cache
def together() -> dict[tuple[str, ...], Row]:
    return {(r.to, r.vehicle, r.architecture, r.party, r.assumptions, r.measure): r for r in told() if not r.radar}


@cache
def by_radar() -> list[Row]:
    return [r for r in told() if r.radar]


def values_of(measure: str) -> list[Row]:
    return [row for row in told() if row.measure == measure]


def test_every_cell_and_view_has_every_measure_once() -> None:
    assert len(together()) + len(by_radar()) == len(told())
    views, cells = len(PLAN.deployment.views), len(PLAN.cells)
    for measure in UNITS:
        wanted = {"in_reach": cells, "seen_by_neither": cells * views // 3}.get(measure, cells * views)
        if measure.startswith(ALONE):
            wanted = cells * sum(len(view.sensors) for view in PLAN.deployment.views if view.party == TOGETHER)
        assert len(values_of(measure)) == wanted, measure


def test_each_measure_is_that_of_its_flights() -> None:
    held = chunks()[1]
    for number, view in enumerate(PLAN.deployment.views):
        key = ("turkey", "irbm-solid-3stage", view.architecture, view.party, view.assumptions)
        assert together()[*key, "detected"].value == pytest.approx(float(held.detected_by[number].mean()), abs=1e-6)
        known = held.first_by[number] >= 0
        assert together()[*key, "first_after_launch"].flights == known.sum()
        assert together()[*key, "track_time"].value == pytest.approx(STEP_S * held.held_by[number].mean())
        assert together()[*key, "hand_overs"].value == pytest.approx(held.hand_overs[number].mean())
        if known.any():
            first = STEP_S * held.first_by[number][known]
            assert together()[*key, "first_after_launch"].value == np.median(first)
            left = held.flight_time_s[known] - first
            assert together()[*key, "time_left"].value == pytest.approx(float(np.median(left)), rel=1e-6)


def test_a_radar_by_itself_has_a_row_under_each_architecture_that_it_is_in() -> None:
    held = chunks()[1]
    for view in PLAN.deployment.views:
        where = ("turkey", "irbm-solid-3stage", view.architecture, view.assumptions)
        rows_of = [r for r in by_radar() if (r.to, r.vehicle, r.architecture, r.assumptions) == where]
        if view.party == TOGETHER:
            seen = {r.radar: r.value for r in rows_of if r.measure == "alone_detected"}
            expected = {PLAN.deployment.sensors[n].radar.name: held.detected[n].mean() for n in view.sensors}
            assert seen == pytest.approx(expected)
            assert max(seen.values()) <= together()[*where[:3], TOGETHER, where[3], "detected"].value + 1e-6
    assert {r.party for r in by_radar()} == {""}


def test_arcs_to_an_apogee_stand_beside_those_of_least_speed_and_take_longer() -> None:
    both = """[[launches]]
from = "iran"
to = ["turkey"]
vehicles = ["irbm-solid-3stage"]
apogee_km = 1500

[[launches]]"""
    plan = Plan(parse(DATA.replace("[[launches]]", both, 1).encode(), where="two apogees"))
    assert [cell.kind for cell in plan.cells][:3:2] == ["irbm-solid-3stage-1500km", "irbm-solid-3stage"]
    names = [plan.cells[plan.part(n)[0].number].name for n in range(len(plan))]
    assert len(set(names)) == len(plan.cells)
    times = {}
    for number in (0, 2):
        held = chunk(plan, number)
        times[plan.cells[number].kind] = float(np.median(held.flight_time_s))
        assert held.apogee_km == pytest.approx(1500.0, abs=30.0) or number
    assert times["irbm-solid-3stage-1500km"] > times["irbm-solid-3stage"] + 120.0


def test_shares_and_their_intervals_are_shares_and_lie_around_their_values() -> None:
    for row in told():
        if row.unit == "share" and row.flights:
            assert 0 <= row.low <= row.value <= row.high <= 1
        if np.isfinite(row.low):
            assert row.low <= row.value + 1e-9 <= row.high + 2e-9


def test_what_neither_sees_is_what_is_not_seen_together() -> None:
    for row in values_of("seen_by_neither"):
        if row.flights:
            seen = together()[row.to, row.vehicle, row.architecture, row.party, row.assumptions, "detected"]
            assert row.value + seen.value == pytest.approx(1.0)
            assert row.low == pytest.approx(1 - seen.high)


def test_a_cell_out_of_reach_is_said_to_be_so_and_has_no_figures() -> None:
    far = together()["europe-west", "mrbm-solid-2stage", "", "", "", "in_reach"]
    assert (far.value, far.flights) == (0.0, 60)
    assert far.high > 0
    one = together()["europe-west", "mrbm-solid-2stage", "none", "russia", "neutral", "detected"]
    assert np.isnan(one.value)
    assert one.flights == 0


def test_rows_name_classes_and_regions_and_nothing_of_a_flight() -> None:
    assert {"latitude", "longitude", "azimuth", "number"}.isdisjoint(field.name for field in fields(Row))
    assert {row.to for row in told()} == {cell.to.name for cell in PLAN.cells}


def test_chunks_of_a_cell_are_joined_as_if_they_were_one() -> None:
    twice = joined([chunks()[0], chunks()[0]])
    assert len(twice) == 2 * len(chunks()[0])
    assert twice.first_by.shape[1] == len(twice)


def test_rows_are_columns_of_one_length() -> None:
    table = table_of(told())
    assert {len(column) for column in table.values()} == {len(told())}
