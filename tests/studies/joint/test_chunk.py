"""A chunk is what the same sensors make of the same flights by `sensors.cumulative`, and the same however it is cut."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from jointwatch.sensors.cumulative import watch
from jointwatch.studies.bundle import positions
from jointwatch.studies.joint import chunk as joint_chunk
from jointwatch.studies.joint.chunk import COLUMNS, SIZE, STEP_S, Columns, Plan, chunk, watched
from jointwatch.studies.joint.file import StudyError, load, parse
from jointwatch.studies.joint.launches import flown
from jointwatch.studies.vehicles import vehicle_class
from tests.studies.joint.small import small

TEXT = load("europe-2007")[1].decode()


def plan_of(*changes: tuple[str, str]) -> Plan:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return Plan(parse(text.encode(), where="changed"))


PLAN = plan_of(("count = 12500", "count = 40"))


@cache
def held() -> Columns:
    return chunk(PLAN, 0)


def test_a_view_is_what_its_radars_make_of_the_flights_together() -> None:
    cell, begin, end = PLAN.part(0)
    flights = flown(cell, begin, end, seed=PLAN.study.seed).flights
    sections = PLAN.cross_sections(cell.vehicle)
    for number, view in enumerate(PLAN.deployment.views[:9]):
        some = list(view.sensors)
        radars = [PLAN.deployment.sensors[i].radar for i in some]
        oracle = watch(
            radars, lambda part: positions(flights, part, step_s=STEP_S), len(flights), step_s=STEP_S,
            rcs_m2=sections[some],
        )  # fmt: skip
        assert held().detected[some] == pytest.approx(oracle.probability, abs=1e-6)
        assert held().detected_by[number] == pytest.approx(oracle.by_any, abs=1e-6)
        first = np.where(held().first_by[number] < 0, np.nan, held().first_by[number] * STEP_S)
        assert np.array_equal(first, oracle.first_by_any_s, equal_nan=True)
        assert np.array_equal(held().held[some] * STEP_S, oracle.held_s)
        assert np.array_equal(held().longest_gap[number] * STEP_S, oracle.longest_gap_s)
        assert held().hand_overs[number].sum() == oracle.hand_overs.count.sum()
        assert np.all(held().held_by[number] >= held().held[some].max(axis=0, initial=0))


def test_together_sees_no_less_than_any_party_and_an_offer_no_less_than_nothing() -> None:
    rows = {
        (v.architecture, v.party, v.assumptions): held().detected_by[i] for i, v in enumerate(PLAN.deployment.views)
    }
    for (architecture, party, assumed), row in rows.items():
        assert np.all(row <= rows[architecture, "together", assumed] + 1e-6)
        assert np.all(row >= rows["none", party, assumed] - 1e-6)


def test_chunks_of_one_size_cover_every_cell_once() -> None:
    plan = plan_of(("count = 12500", f"count = {2 * SIZE + 7}"))
    assert len(plan) == 3 * len(plan.cells)
    parts = [plan.part(number) for number in range(len(plan))]
    for cell in plan.cells:
        ends = [(begin, end) for held, begin, end in parts if held == cell]
        assert ends == [(0, SIZE), (SIZE, 2 * SIZE), (2 * SIZE, 2 * SIZE + 7)]


def test_a_chunk_is_the_same_to_the_bit_again_and_cut_elsewhere() -> None:
    again = chunk(PLAN, 0)
    for name in COLUMNS:
        assert np.array_equal(getattr(held(), name), getattr(again, name), equal_nan=True)
    cell, begin, end = PLAN.part(0)
    parts = [watched(PLAN, cell, flown(cell, a, b, seed=PLAN.study.seed)) for a, b in ((begin, 13), (13, end))]
    for name in ("detected", "first", "detected_by", "longest_gap"):
        joined = np.concatenate([getattr(part, name) for part in parts], axis=-1)
        assert np.array_equal(getattr(held(), name), joined)


def test_a_lower_cross_section_is_held_less_and_by_the_spread_of_the_class() -> None:
    lower = plan_of(("count = 12500", "count = 40"), ("for a whole missile only", '"\nrcs = "lower" #'))
    row = [i for i, v in enumerate(PLAN.deployment.views) if v.assumptions == "united-states"]
    less, more = chunk(lower, 3), chunk(PLAN, 3)
    assert np.all(less.detected_by[row] <= more.detected_by[row] + 1e-6)
    assert np.all(less.held_by[row] <= more.held_by[row])
    assert less.held_by[row].sum() < more.held_by[row].sum()
    sections = lower.cross_sections("mrbm-solid-2stage")
    held = {(s.radar.band, s.rcs): value for s, value in zip(lower.deployment.sensors, sections, strict=True)}
    assert held["UHF", "lower"] == pytest.approx(held["UHF", "mean"] / 10**0.5)  # 5 dB, in the catalogue


def test_out_of_reach_and_without_radars_are_rows_of_nothing() -> None:
    west = next(i for i, cell in enumerate(PLAN.cells) if cell.to.name == "europe-west")
    empty = chunk(PLAN, west)
    assert len(empty) == 0
    assert empty.detected_by.shape == (len(PLAN.deployment.views), 0)
    sections = """
parties.one.title = "One"
[architectures.none]
on = "2009-06"
[assumptions]
neutral.title = "defaults"
one.title = "its own"
"""
    blind = parse(small(sections, title="nobody looks", count=9).encode(), where="blind")
    held: Columns = chunk(Plan(blind), 0)
    assert len(held) > 0
    assert not held.detected_by.any()
    assert np.all(held.first_by == -1)


def test_a_class_without_a_cross_section_in_a_band_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    vehicle = vehicle_class("mrbm-solid-2stage")
    fewer = replace(vehicle, rcs_m2={band: value for band, value in vehicle.rcs_m2.items() if band != "X"})
    monkeypatch.setattr(joint_chunk, "vehicle_class", lambda _: fewer)
    with pytest.raises(StudyError, match="'mrbm-solid-2stage' has no cross-section in band X, in which 'brdy' looks"):
        plan_of(("count = 12500", "count = 40"))
