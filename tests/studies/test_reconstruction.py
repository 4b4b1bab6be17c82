"""The sky of a run again: drawn anew where the scenario makes it up, else as the catalogue kept beside the run says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from msgspec.structs import replace

from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.studies import reconstruction
from jointwatch.studies.evidence import RunFile
from jointwatch.studies.scenario import Scenario, load
from jointwatch.studies.sky import made
from jointwatch.studies.sky_day import under_catalogue
from tests.display.report_sample import run_view

RUN = RunFile(run_view(), {}, 0, {}, "complete", {}, {}, {}, "catalogue.txt")


def small() -> Scenario:
    """The full sky with fifty satellites."""
    scenario = load("full-sky")
    assert scenario.sky is not None
    return scenario.model_copy(update={"sky": scenario.sky.model_copy(update={"objects": 50})})


def test_a_sky_that_was_made_up_is_made_up_again(tmp_path: Path) -> None:
    scenario = small()
    assert scenario.sky is not None
    there = made(scenario.sky, scenario.seed, tai_ns_from_utc(scenario.start_utc))
    (tmp_path / "catalogue.txt").write_bytes(there.text)
    again = reconstruction._sky(tmp_path, RUN, scenario)
    assert again is not None
    assert again.says == there.says
    assert np.array_equal(again.diameter_m, there.diameter_m)


def test_a_sky_that_was_given_is_that_of_the_file_kept(tmp_path: Path) -> None:
    scenario = small()
    assert scenario.sky is not None
    other = made(scenario.sky, scenario.seed + 1, tai_ns_from_utc(scenario.start_utc))
    (tmp_path / "catalogue.txt").write_bytes(other.text)
    played, there = under_catalogue(scenario, tmp_path / "catalogue.txt")
    again = reconstruction._sky(tmp_path, RUN, played)
    assert again is not None
    assert np.array_equal(again.diameter_m, there.diameter_m)
    time = tai_ns_from_utc(played.start_utc)
    assert np.array_equal(again.truth.at(time), there.truth.at(time))


def test_a_run_without_satellites_has_none_again(tmp_path: Path) -> None:
    assert reconstruction._sky(tmp_path, replace(RUN, catalogue=""), load("sejil-2009")) is None
