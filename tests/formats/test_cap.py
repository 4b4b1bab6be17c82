"""CAP 1.2: our tables are those of the OASIS schema, what is written is valid under it, what breaks it is refused."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.formats import cap, cap_xml
from jointwatch.formats.cap import Alert, Area, Circle, Info, Named, Reference
from jointwatch.formats.refusal import Refusal

DATA = Path(__file__).parents[3] / "shared" / "data" / "cap"
SCHEMA = DATA / "CAP-v1.2.xsd"
XS = "{http://www.w3.org/2001/XMLSchema}"
needs_data = pytest.mark.skipif(not SCHEMA.exists(), reason="needs the OASIS schema in ../shared/data/cap")

SENT = datetime(2009, 5, 20, 4, 1, 12, tzinfo=UTC)
SQUARE = ((35.5, 53.9), (36.0, 54.0), (35.6, 54.2), (35.5, 53.9))
INFO = Info(
    categories=("Safety", "Security"),
    event="Missile launch",
    urgency="Immediate",
    severity="Severe",
    certainty="Likely",
)
ALERT = Alert("m-1", "moscow", SENT, "Exercise", "Alert", "Restricted", restriction="the exercise", infos=(INFO,))


def written(alert: Alert) -> bytes:
    stream = io.BytesIO()
    cap_xml.write(alert, stream)
    return stream.getvalue()


def read(data: bytes) -> Alert:
    return cap_xml.read(io.BytesIO(data))


@needs_data
def test_the_tables_are_those_of_the_schema() -> None:
    root = ET.parse(SCHEMA).getroot()
    found = dict(_containers(root[0]))
    assert {name: [(row.name, row.needed, row.many) for row in rows] for name, rows in cap_xml.ROWS.items()} == found


@needs_data
def test_the_words_are_those_of_the_schema() -> None:
    words = {}
    for element in ET.parse(SCHEMA).iter(f"{XS}element"):
        values = tuple(value.attrib["value"] for value in element.findall(f"./{XS}simpleType//{XS}enumeration"))
        if values:
            words[element.attrib["name"]] = values
    assert words == {
        "status": cap.STATUSES, "msgType": cap.TYPES, "scope": cap.SCOPES, "category": cap.CATEGORIES,
        "responseType": cap.RESPONSES, "urgency": cap.URGENCIES, "severity": cap.SEVERITIES,
        "certainty": cap.CERTAINTIES,
    }  # fmt: skip


@needs_data
def test_the_example_of_oasis_is_read_and_comes_back() -> None:
    alert = cap_xml.read(DATA / "cap_amber_alert_example.xml")
    assert (alert.identifier, alert.status, len(alert.infos)) == ("KAR0-0306112239-SW", "Actual", 2)
    assert alert.infos[0].areas[0].geocodes == (Named("SAME", "006037"),)
    assert read(written(alert)) == alert


@needs_data
def test_what_is_written_is_valid_under_the_schema() -> None:
    schema = xmlschema.XMLSchema(SCHEMA)
    schema.validate(io.BytesIO(written(full())))
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        schema.validate(io.BytesIO(written(ALERT).replace(b"Exercise", b"Rehearsal")))


def test_everything_there_is_comes_back() -> None:
    assert read(written(full())) == full()


def test_times_in_utc_are_written_with_minus_zero() -> None:
    """CAP 1.2, 3.3.2: no Z, and -00:00 for UTC."""
    assert b"<sent>2009-05-20T04:01:12-00:00</sent>" in written(ALERT)
    assert read(written(ALERT).replace(b"-00:00", b"+00:00")) == ALERT


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text.replace(b"Exercise", b"Rehearsal"), "must be one of Actual, Exercise, System, Test, Draft"),
        (lambda text: text.replace(b"-00:00", b"Z"), "wanted a time such as 2009-05-20T08:01:12+04:00"),
        (lambda text: text.replace(b"05-20", b"02-30"), "there is no such time"),
        (lambda text: text.replace(b"m-1", b"m 1"), "without spaces, commas, < and &"),
        (lambda text: text.replace(b":1.2", b":1.1"), "unknown namespace"),
        (lambda text: text.replace(b"<sender>moscow</sender>", b""), "wanted <sender> here, in <alert>"),
        (lambda text: text.replace(b"<event>", b"<note>x</note><event>"), "wanted <event> here, in <info>"),
        (lambda text: text.replace(b"</alert>", b"<info/></alert>"), "wanted <category> here, in <info>"),
        (lambda text: text.replace(b"</alert>", b"<note>x</note></alert>"), "no element of <alert>, or stands out of"),
        (lambda text: text.replace(b"<sent>", b'<sent x="1">'), "unknown attribute 'x'"),
        (lambda text: text.replace(b"Restricted", b"Private"), "addresses: wanted with the scope Private"),
        (lambda text: text.replace(b">Alert<", b">Cancel<"), "references: wanted with the msgType Cancel"),
        (lambda text: b"<!DOCTYPE alert [<!ENTITY a 'b'>]>" + text[39:], "a document type ('alert') is not allowed"),
        (lambda text: text + b"<alert/>", "not well-formed XML"),
    ],
)
def test_what_breaks_the_standard_is_refused_in_a_sentence(change: Callable[[bytes], bytes], sentence: str) -> None:
    changed = change(written(ALERT))
    assert changed != written(ALERT)
    with pytest.raises(Refusal) as refusal:
        read(changed)
    assert sentence in str(refusal.value)


def test_a_signed_message_is_refused_as_it_is_not_verified_here() -> None:
    signature = b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></alert>'
    with pytest.raises(Refusal, match="unknown namespace 'http"):
        read(written(ALERT).replace(b"</alert>", signature))


@pytest.mark.parametrize("corners", [SQUARE[:3], SQUARE[:3] + SQUARE[1:2], ((95.0, 0.0), *SQUARE[1:3], (95.0, 0.0))])
def test_a_polygon_is_closed_and_on_the_earth(corners: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="polygon"):
        Area("somewhere", polygons=(corners,))


def test_a_number_of_thousands_of_digits_is_refused_in_our_words() -> None:
    size = (
        b"<resource><resourceDesc>x</resourceDesc><mimeType>y</mimeType><size>" + b"9" * 20_000 + b"</size></resource>"
    )
    with pytest.raises(Refusal, match="wanted a whole number of at most 32 bits"):
        read(written(ALERT).replace(b"</info>", size + b"</info>"))


def test_no_more_is_read_than_is_bounded() -> None:
    many = b"".join(b"<code>x</code>" for _ in range(cap.MOST + 1))
    with pytest.raises(Refusal, match="at most 256 of these are read"):
        read(written(ALERT).replace(b"</restriction>", b"</restriction>" + many))
    with pytest.raises(Refusal, match="longer than 32768 characters"):
        read(written(ALERT).replace(b"Missile launch", b"x" * 40_000))


@given(
    text=st.text(st.characters(exclude_categories=("Cs",)), max_size=60),
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
)
def test_a_text_comes_back_to_the_letter_or_cannot_be_said(text: str, latitude: float, longitude: float) -> None:
    try:
        area = Area("x", circles=(Circle(latitude, longitude, 1.5),))
        alert = replace(ALERT, infos=(replace(INFO, description=text, areas=(area,)),))
    except ValueError:
        return
    assert read(written(alert)) == alert


def full() -> Alert:
    """An alert with something in every element."""
    area = Area("somewhere", (SQUARE,), (Circle(-10.0, 170.0, 12.5),), (Named("x", "1"),), 0.0, 100.5)
    info = replace(
        INFO, language="en-GB", responses=("Monitor",), audience="officers", event_codes=(Named("code", "1"),),
        effective=SENT, onset=SENT, expires=SENT, sender_name="Moscow", headline="Launch", description="A & B\n<C>\r.",
        instruction="Wait.", web="https://example.org", contact="the desk", parameters=(Named("track", "M1"),),
        resources=(cap.Resource("file", "text/plain", 3, "https://example.org/f", "YWJj", "ab"),), areas=(area, area),
    )  # fmt: skip
    return replace(
        ALERT, type="Update", source="desk", addresses=("desk", "civil protection"), codes=("a", "b"), note="note",
        references=(Reference("moscow", "m-0", SENT), Reference("x", "y", SENT)), incidents=("M1", "M 2"),
        infos=(info, INFO),
    )  # fmt: skip


def _containers(element: ET.Element) -> list[tuple[str, list[tuple[str, bool, bool]]]]:
    """Each container of the schema with its elements: name, whether needed, whether more than one may stand."""
    sequence = element.find(f"./{XS}complexType/{XS}sequence")
    if sequence is None:
        return []
    rows, inner = [], []
    for child in sequence.findall(f"{XS}element"):
        name = child.attrib.get("name") or child.attrib["ref"].removeprefix("cap:")
        rows.append((name, child.get("minOccurs") != "0", child.get("maxOccurs") == "unbounded"))
        inner += _containers(child)
    return [(element.attrib["name"], rows), *inner]
