"""The share of tests missed: from the flights of a small study, counted again, and the laws between architectures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from jointwatch.assessment.programme.missed import missed, rule_of_three
from jointwatch.studies.joint.chunk import Columns, Plan, chunk
from jointwatch.studies.joint.file import load, parse
from jointwatch.studies.programme.files import write
from jointwatch.studies.programme.growth import reach_by_year
from jointwatch.studies.programme.noticed import Watched, missed_by_class, missed_by_region
from jointwatch.studies.programme.tables import missed_by_view_table

PLAN = Plan(parse(load("programme")[1].replace(b"count = 12500", b"count = 60"), where="small"))


@pytest.fixture(scope="module")
def chunks() -> list[Columns]:
    return [chunk(PLAN, number) for number in range(len(PLAN))]


@pytest.fixture(scope="module")
def watched(chunks: list[Columns]) -> list[Watched]:
    return missed_by_class(PLAN, chunks)


def test_every_class_and_view_has_a_figure_of_all_its_flights(chunks: list[Columns], watched: list[Watched]) -> None:
    classes = dict.fromkeys(cell.vehicle for cell in PLAN.cells)
    assert len(watched) == len(classes) * len(PLAN.deployment.views)
    for vehicle in classes:
        held = [one for cell, one in zip(PLAN.cells, chunks, strict=True) if cell.vehicle == vehicle]
        of_class = [one for one in watched if one.vehicle == vehicle]
        for number, one in enumerate(of_class):
            by_hand = np.concatenate([1.0 - part.detected_by[number] for part in held])
            assert one.missed.flights == len(by_hand)
            assert one.missed.share == pytest.approx(by_hand.mean(), abs=1e-6)


def test_each_share_lies_between_its_bounds_and_no_bound_is_nought(watched: list[Watched]) -> None:
    for one in watched:
        assert one.missed.low <= one.missed.share <= one.missed.high
        assert one.missed.high > 0.0


def test_more_radars_never_miss_more(watched: list[Watched]) -> None:
    share = {(one.architecture, one.party, one.assumptions, one.vehicle): one.missed.share for one in watched}
    for (architecture, party, assumed, vehicle), value in share.items():
        assert share[architecture, "together", assumed, vehicle] <= value + 1e-6
        if architecture != "none":
            assert value <= share["none", party, assumed, vehicle] + 1e-6


def test_a_class_misses_what_its_regions_miss_between_them(chunks: list[Columns], watched: list[Watched]) -> None:
    apart = missed_by_region(PLAN, chunks)
    assert {(one.origin, one.to) for one in apart} == {("iran", "iran"), ("iran", "arabian-sea")}
    for whole in watched:
        key = (whole.architecture, whole.party, whole.assumptions, whole.vehicle)
        parts = [one.missed for one in apart if (one.architecture, one.party, one.assumptions, one.vehicle) == key]
        assert sum(part.flights for part in parts) == whole.missed.flights
        together = sum(part.flights * part.share for part in parts) / whole.missed.flights
        assert together == pytest.approx(whole.missed.share, abs=1e-9)


def test_the_table_by_region_has_a_row_for_each_party_and_says_what_no_miss_proves(chunks: list[Columns]) -> None:
    apart = [one for one in missed_by_region(PLAN, chunks) if one.architecture == "both-2007"]
    table = missed_by_view_table(apart, "missed")
    assert len(table.rows) == len({(one.vehicle, one.to, one.party) for one in apart})
    assert table.head[3:] == tuple(f"as {name} assumes" for name in ("neutral", "russia", "united-states"))
    seen = Watched("a", "p", "neutral", "mrbm-solid-2stage", missed(np.ones(300)), "iran", "iran")
    assert missed_by_view_table([seen], "").rows[0][3] == "none, below 0.99 (3/n: 1.00)"
    assert rule_of_three(300) == 0.01


def test_the_file_holds_every_share_of_every_view(chunks: list[Columns], tmp_path: Path) -> None:
    apart = missed_by_region(PLAN, chunks)
    rings, shares = write({"neutral": reach_by_year()}, apart, tmp_path)
    held = pl.read_parquet(shares)
    assert len(held) == len(apart)
    assert held["missed"].to_list() == [one.missed.share for one in apart]
    assert len(json.loads(rings.read_text())["features"]) == 20
