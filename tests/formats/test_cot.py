"""Cursor on Target: what is written is one event with all that the schema of MITRE asks for, whatever is said in it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.formats import cot_xml
from jointwatch.formats.cot_xml import Mark, Span

SPAN = Span("2009-05-20T08:52:20Z", "2009-05-20T08:50:00Z", "2009-05-21T08:52:20Z")
MARK = Mark(24.1, 63.0, 74_000.0, 22_000.0, 144.0, 30_232.5, "EXERCISE impact T-0001", "A & B < C\nsecond line")
# Event-PUBLIC.xsd: patterns of the attributes `type` and `how`
TYPE = re.compile(r"\w+(-\w+)*(;[^;]*)?")
HOW = re.compile(r"\w(-\w+)*")


def test_a_mark_is_an_event_with_all_that_the_schema_asks_for() -> None:
    event = ET.fromstring(cot_xml.marked("run-1:moscow:T-0001:impact", SPAN, MARK, opex="e-run-1"))
    assert (event.tag, event.attrib["version"]) == ("event", "2.0")
    assert {"uid", "type", "time", "start", "stale", "how"} <= set(event.attrib)
    assert TYPE.fullmatch(event.attrib["type"])
    assert HOW.fullmatch(event.attrib["how"])
    assert event.attrib["opex"] == "e-run-1"
    (point,) = event.findall("point")
    assert {name: float(value) for name, value in point.attrib.items()} == {
        "lat": 24.1, "lon": 63.0, "hae": 9_999_999.0, "ce": 30_232.5, "le": 9_999_999.0,
    }  # fmt: skip
    (ellipse,) = event.findall("detail/shape/ellipse")
    assert {name: float(value) for name, value in ellipse.attrib.items()} == {
        "major": 74_000.0, "minor": 22_000.0, "angle": 144.0,
    }  # fmt: skip
    assert event.findtext("detail/remarks") == "A & B < C\nsecond line"


def test_a_mark_is_taken_away_by_its_uid() -> None:
    event = ET.fromstring(cot_xml.taken_away("run-1:moscow:T-0001:impact", SPAN, opex="o-run-1"))
    assert event.attrib["type"] == "t-x-d-d"
    link = event.find("detail/link")
    assert link is not None
    assert link.attrib["uid"] == "run-1:moscow:T-0001:impact"
    assert event.find("detail/__forcedelete") is not None


@given(text=st.text(max_size=60), uid=st.text(min_size=1, max_size=40), angle=st.floats(-10, 10))
def test_no_text_breaks_out_of_its_place(text: str, uid: str, angle: float) -> None:
    mark = replace(MARK, remarks=text, callsign=text, angle_deg=angle)
    event = ET.fromstring(cot_xml.marked(uid, SPAN, mark, opex="e-run-1"))
    assert [child.tag for child in event] == ["point", "detail"]
    assert [child.tag for child in event[1]] == ["contact", "shape", "remarks"]
    assert 0.0 <= float(event[1][1][0].attrib["angle"]) <= 360.0


@pytest.mark.parametrize(
    "change", [{"latitude_deg": 91.0}, {"longitude_deg": float("nan")}, {"semi_minor_m": 80e3}, {"semi_minor_m": -1.0}]
)
def test_what_is_no_place_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="wanted"):
        replace(MARK, **change)


def test_a_time_with_another_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="wanted a time such as 2009-05-20T04:01:12Z"):
        Span("2009-05-20T08:52:20+04:00", SPAN.start, SPAN.stale)
