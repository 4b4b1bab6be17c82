"""Scans as JSON: they read back alike, tell of a look that saw nothing, and are refused by place and reason."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.formats import scans_json
from jointwatch.formats.refusal import Refusal
from jointwatch.formats.scans_json import Batch, Plot, Scan

PLOT = {"range_m": 1400250.0, "azimuth_deg": 155.1, "elevation_deg": 2.75}
SCAN = {"time_utc": "2026-11-22T09:00:00.5Z", "plots": [PLOT]}


def read(found: Any) -> Batch:
    return scans_json.read(io.BytesIO(found if isinstance(found, bytes) else json.dumps(found).encode()))


def written(batch: Batch) -> bytes:
    stream = io.BytesIO()
    scans_json.write(batch, stream)
    return stream.getvalue()


plots = st.builds(
    Plot,
    range_m=st.floats(1e-3, 1e9),
    azimuth_deg=st.floats(-180, 360),
    elevation_deg=st.floats(-90, 90),
    sigma_range_m=st.none() | st.floats(1e-6, 1e6),
    sigma_azimuth_deg=st.none() | st.floats(1e-6, 10),
    sigma_elevation_deg=st.none() | st.floats(1e-6, 10),
)
scans = st.builds(Scan, tai_ns=st.integers(0, 2**63 - 1), plots=st.lists(plots, max_size=4))


@given(st.builds(Batch, sensor=st.none() | st.just("gabala"), scans=st.lists(scans, min_size=1, max_size=4)))
def test_scans_read_back_alike_and_are_written_alike(batch: Batch) -> None:
    assert read(written(batch)) == batch
    assert written(read(written(batch))) == written(batch)


def test_a_look_that_saw_nothing_can_be_told() -> None:
    batch = read({"scans": [{"time_utc": "2016-12-31T23:59:60Z", "plots": []}]})
    system, day, ns = scans_json.epochs(batch)
    assert (system, day.tolist(), ns.tolist()) == ("UTC", [17166], [86_400_000_000_000])
    assert batch.scans[0].plots == []


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ({"scans": []}, "scans: wanted `array` of length >= 1"),
        ({"scans": [SCAN | {"plots": [PLOT | {"range_m": "far"}]}]}, "scans[0].plots[0].range_m: wanted a number, got"),
        ({"scans": [SCAN | {"plots": [PLOT | {"azimuth_deg": 400}]}]}, "azimuth_deg: wanted a number <= 360.0"),
        ({"scans": [SCAN | {"plots": [PLOT | {"sigma_range_m": 0}]}]}, "sigma_range_m: wanted a number > 0.0"),
        ({"scans": [{"time_utc": SCAN["time_utc"]}]}, "scans[0]: it lacks the field `plots`; a scan has"),
        ({"scans": [SCAN | {"rcs": 1}]}, "scans[0]: it contains unknown field `rcs`; a scan has time_utc"),
        ({"scans": [{"plots": []}]}, "scans[0]: wanted exactly one of time_utc and tai_ns"),
        ({"scans": [SCAN | {"tai_ns": 5}]}, "scans[0]: wanted exactly one of time_utc and tai_ns"),
        ({"scans": [SCAN, {"tai_ns": 5, "plots": []}]}, "scans: wanted time_utc in every scan or tai_ns in every scan"),
        ({"scans": [SCAN, SCAN | {"time_utc": "2026-11-22T09:00:00"}]}, "scans[1].time_utc: wanted a UTC time that"),
        ({"scans": [SCAN | {"time_utc": "yesterdayZ"}]}, "scans[0].time_utc: "),
        ({"sensor": "a,b", "scans": [SCAN]}, "without commas and quotes"),
        (b'{"scans": [{"tai_ns": 1, "plots": []}]} and more', "JSON is malformed: trailing characters"),
        (b'{"scans": [{"tai_ns": 1, "plots": [{"range_m": 1e999}]}]}', "range_m: a number out of range"),
        (b'{"scans\nx": []}', "JSON is malformed"),
    ],
)
def test_what_is_not_in_the_form_is_refused_by_its_place(found: Any, sentence: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read(found)
    assert sentence in str(refusal.value)


def test_a_name_that_came_cannot_fill_the_sentence_or_end_its_line() -> None:
    with pytest.raises(Refusal) as refusal:
        read({"scans": [SCAN | {"x\n" * 900: 1}]})
    assert len(str(refusal.value)) < 400
    assert "\n" not in str(refusal.value)


def test_a_text_over_the_limit_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans_json, "MAX_BYTES", 1 << 20)
    with pytest.raises(Refusal, match="longer than the 1 MiB that are read"):
        read(b"[" * ((1 << 20) + 1))
