"""Tracking data messages: public samples, both forms alike, and every kind of damage refused by name."""

from __future__ import annotations

import io
import pickle
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jointwatch.formats import tdm_kvn, tdm_xml
from jointwatch.formats.epochs import TIME_SYSTEMS, Instant, read_instant
from jointwatch.formats.refusal import Refusal
from jointwatch.formats.tdm import Header, Metadata, Observations, Segment, Tdm
from jointwatch.formats.tdm_keywords import CODES, KEYWORDS, METADATA, OBSERVABLES

SAMPLES = Path(__file__).parents[2].parent / "shared" / "data" / "ccsds"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs the samples in ../shared/data/ccsds")

WHOLE = """\
CCSDS_TDM_VERS = 2.0
COMMENT one radar, one object
CREATION_DATE = 2009-02-02T18:40:00
ORIGINATOR = MOSCOW
MESSAGE_ID = 2009-033/1
META_START
COMMENT a pass
TIME_SYSTEM = UTC
START_TIME = 2009-02-02T18:36:00
STOP_TIME = 2009-02-02T18:36:10
PARTICIPANT_1 = GABALA
PARTICIPANT_2 = UNKNOWN
MODE = SEQUENTIAL
PATH = 1,2,1
RANGE_MODULUS = 0.0
RANGE_UNITS = km
ANGLE_TYPE = AZEL
CORRECTION_RANGE = -0.25
CORRECTIONS_APPLIED = NO
META_STOP
DATA_START
COMMENT in order of time
RANGE = 2009-02-02T18:36:00 1400.25
ANGLE_1 = 2009-02-02T18:36:00 155.1
ANGLE_2 = 2009-02-02T18:36:00 2.75
DOPPLER_INSTANTANEOUS = 2009-02-02T18:36:00 -3.5
RCS = 2009-02-02T18:36:00 0.08
RANGE = 2009-02-02T18:36:10 1366.5
DATA_STOP
"""


def kvn(text: str | bytes) -> Tdm:
    return tdm_kvn.read(io.BytesIO(text.encode() if isinstance(text, str) else text))


def xml(text: str | bytes) -> Tdm:
    return tdm_xml.read(io.BytesIO(text.encode() if isinstance(text, str) else text))


def written(message: Tdm, write: Callable[[Tdm, io.BytesIO], None]) -> bytes:
    stream = io.BytesIO()
    write(message, stream)  # type: ignore[arg-type]
    return stream.getvalue()


MESSAGE = kvn(WHOLE)
WHOLE_XML = written(MESSAGE, tdm_xml.write).decode()


def test_what_we_write_reads_back_to_the_byte_and_both_forms_hold_the_same() -> None:
    assert written(MESSAGE, tdm_kvn.write).decode() == WHOLE
    assert xml(WHOLE_XML) == MESSAGE
    assert written(xml(WHOLE_XML), tdm_xml.write).decode() == WHOLE_XML


def test_a_message_is_columns_with_their_time_system_and_units_beside_them() -> None:
    (segment,) = MESSAGE.segments
    day, ns, ranges_km = segment.observations.of("RANGE")
    assert ranges_km.tolist() == [1400.25, 1366.5]
    assert [Instant(int(d), int(n)).text() for d, n in zip(day, ns, strict=True)][1] == "2009-02-02T18:36:10"
    assert segment.metadata.time_system == "UTC"
    assert segment.metadata.participants == {1: "GABALA", 2: "UNKNOWN"}
    assert (segment.metadata.path, segment.metadata.range_units) == ((1, 2, 1), "km")
    assert MESSAGE.header.creation_date == read_instant("2009-02-02T18:40:00")
    assert not segment.observations.value.flags.writeable
    assert pickle.loads(pickle.dumps(segment)) == segment  # noqa: S301 - our own bytes


DAMAGED = {"TDM-issue963.txt", "TDM-metadata-timesystem-not-implemented.txt", "TDM-external-doctype.xml",
           "TDM-metadata-timesystem-not-implemented.xml"}  # fmt: skip
PUBLIC = [
    path for path in sorted(SAMPLES.rglob("*")) if path.parts[-3:-1] in {("tdm", "kvn"), ("tdm", "xml")}
] + sorted(SAMPLES.glob("beyond/tdm.*"))


@needs_samples
@pytest.mark.parametrize("path", [path for path in PUBLIC if path.name not in DAMAGED], ids=lambda path: path.name)
def test_public_samples_read_and_come_back_the_same_in_both_forms(path: Path) -> None:
    message = tdm_xml.read(path) if path.suffix == ".xml" else tdm_kvn.read(path)
    for read, write in ((kvn, tdm_kvn.write), (xml, tdm_xml.write)):
        text = written(message, write)
        assert read(text) == message
        assert written(read(text), write) == text


@needs_samples
@pytest.mark.parametrize("name", ["TDMExample2", "TDMExample4", "TDMExample6", "TDMExample8", "TDMExample15"])
def test_samples_given_in_both_forms_hold_the_same_message(name: str) -> None:
    folder = SAMPLES / "orekit" / "tdm"
    assert tdm_kvn.read(folder / "kvn" / f"{name}.txt") == tdm_xml.read(folder / "xml" / f"{name}.xml")


@needs_samples
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("kvn/TDM-issue963.txt", "line 13: PATH must list participants such as 1,2,1 without blanks, got '2, 1'"),
        ("kvn/TDM-metadata-timesystem-not-implemented.txt", "line 7: TIME_SYSTEM must be one of UTC, TAI, "),
        ("xml/TDM-metadata-timesystem-not-implemented.xml", "line 14: TIME_SYSTEM must be one of UTC, TAI, "),
        ("xml/TDM-external-doctype.xml", "line 2: a document type ('foo') is not allowed"),
    ],
)
def test_public_samples_that_are_damaged_are_refused_by_line_and_reason(name: str, sentence: str) -> None:
    read = tdm_xml.read if name.endswith("xml") else tdm_kvn.read
    with pytest.raises(Refusal) as raised:
        read(SAMPLES / "orekit" / "tdm" / name)
    assert str(raised.value).startswith(sentence)


def test_every_keyword_of_the_standard_reads_and_comes_back_in_both_forms() -> None:
    values = {f"PARTICIPANT_{n}": f"P{n}" for n in range(1, 6)}
    given = {"text": "A b", "real": 1.5, "whole": 3, "instant": Instant(14277, 10**9 // 4), "path": (1, 2, 1)}
    for keyword, entry in METADATA.items():
        values.setdefault(keyword, given.get(entry.kind, (entry.choices or ("UTC",))[0]))  # type: ignore[arg-type]
    del values["PATH_1"], values["PATH_2"]
    values["DATA_TYPES"] = KEYWORDS  # type: ignore[assignment]
    n = len(KEYWORDS)
    observations = Observations(np.arange(n), np.full(n, 14277), np.arange(n) * 10**9, np.arange(1.0, n + 1))  # type: ignore[arg-type]
    message = Tdm(MESSAGE.header, (Segment(Metadata(values), observations),))
    assert kvn(written(message, tdm_kvn.write)) == message
    assert xml(written(message, tdm_xml.write)) == message
    assert n == 22 + 5 * 5  # table 3-5: 22 names without index and five for each of five participants


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("CCSDS_TDM_VERS = 2.0", "CCSDS_TDM_VERS = 3.0", "line 6: CCSDS_TDM_VERS must be one of 1.0, 2.0, got '3.0'"),
        ("CCSDS_TDM_VERS = 2.0\n", "", "line 1: a message begins with CCSDS_TDM_VERS = 2.0, got 'COMMENT one radar"),
        ("CCSDS_TDM_VERS", "CCSDS_OEM_VERS", "line 1: a message begins with CCSDS_TDM_VERS = 2.0"),
        ("ORIGINATOR = MOSCOW\n", "", "line 5: ORIGINATOR is missing from the header"),
        ("ORIGINATOR = MOSCOW", "ORIGINATOR =", "line 4: ORIGINATOR has no value; leave the line out or give one"),
        ("ORIGINATOR", "ORIGINATER", "line 4: ORIGINATER is no keyword of the header"),
        ("18:40:00\n", "18:40:61\n", "line 6: '2009-02-02T18:40:61' is no time of a day in UTC"),
        ("META_STOP\n", "", "line 20: DATA_START came inside the metadata, where an assignment or META_STOP"),
        ("META_START\n", "", "line 6: comments stand at the beginning of the header, not after keywords"),
        ("META_START\nCOMMENT a pass\n", "", "line 6: TIME_SYSTEM is no keyword of the header"),
        ("DATA_START\n", "", "line 21: wanted DATA_START after the metadata, got 'COMMENT in order of time'"),
        ("DATA_STOP\n", "", "line 28: the file ends inside the data section; wanted DATA_STOP"),
        ("DATA_STOP\n", "META_START\n", "line 29: wanted KEYWORD = time value or DATA_STOP, got 'META_START'"),
        ("META_STOP\nDATA_START", "DATA_START\nMETA_STOP", "line 20: DATA_START came inside the metadata"),
        ("TIME_SYSTEM = UTC\n", "", "line 19: TIME_SYSTEM is missing from the metadata"),
        ("TIME_SYSTEM = UTC", "TIME_SYSTEM = UTZ", "line 8: TIME_SYSTEM must be one of UTC, TAI, "),
        ("PARTICIPANT_2 = UNKNOWN\n", "", "line 19: PATH speaks of PARTICIPANT_2, which is missing from the metadata"),
        ("PARTICIPANT_1 = GABALA\n", "", "line 19: PATH speaks of PARTICIPANT_1, which is missing"),
        ("PARTICIPANT_2 = U", "PARTICIPANT_1 = U", "line 12: PARTICIPANT_1 was already given on line 11"),
        ("PARTICIPANT_2 = U", "PARTICIPANT_6 = U", "line 12: PARTICIPANT_6 is no keyword of the metadata"),
        ("PATH = 1,2,1\n", "", "line 19: MODE = SEQUENTIAL needs PATH, without PATH_1"),
        ("PATH = 1,2,1", "PATH = 1;2", "line 14: PATH must list participants such as 1,2,1 without blanks, got '1;2'"),
        ("MODE = SEQUENTIAL", "MODE = SINGLE_DIFF", "line 20: MODE = SINGLE_DIFF needs PATH_1 and PATH_2"),
        ("RANGE_UNITS = km", "RANGE_UNITS = m", "line 16: RANGE_UNITS must be one of km, s, RU, got 'm'"),
        ("RANGE_MODULUS = 0.0", "RANGE_MODULUS = -1.0", "line 15: RANGE_MODULUS must be at least 0, got -1"),
        ("RANGE_MODULUS = 0.0", "RANGE_MODULUS = NaN", "line 15: 'NaN' is no number such as 12.5"),
        ("ANGLE_TYPE = AZEL", "ANGLE_TYPE = AZIM", "line 17: ANGLE_TYPE must be one of AZEL, RADEC, XEYN, XSYE"),
        ("CORRECTIONS_APPLIED = NO\n", "", "line 19: CORRECTIONS_APPLIED must say whether the corrections given"),
        ("STOP_TIME = 2009", "STOP_TIME = 2008", "line 20: STOP_TIME is before START_TIME"),
        ("PATH = 1,2,1", "DATA_TYPES = RANG", "line 14: DATA_TYPES must list kinds of observations, got 'RANG'"),
        ("MODE = S", "DATA_TYPES = RCS\nMODE = S", "line 24: DATA_TYPES does not list ANGLE_1, which the data section"),
        ("1400.25", "1400.25 km", "line 23: after KEYWORD = time value nothing more is written, no units either; got"),
        ("1400.25", "1400.25 [km]", "line 23: after KEYWORD = time value nothing more is written"),
        ("1400.25", "nan", "line 23: RANGE: 'nan' is no number such as 12.5 or 1.25e+01"),
        ("1400.25", "-Inf", "line 23: RANGE: '-Inf' is no number"),
        ("1400.25", "1e999", "line 23: RANGE: '1e999' is too large for a double"),
        ("1400.25", "", "line 23: wanted KEYWORD = time value or DATA_STOP, got 'RANGE = 2009-02-02T18:36:00'"),
        ("RANGE = 2009-02-02T18:36:00 ", "RANGE = ", "line 23: wanted KEYWORD = time value or DATA_STOP"),
        ("0.08", "0.0", "line 27: RCS must be above 0 m**2, got 0"),
        ("RCS = ", "RSC = ", "line 27: 'RSC' is no kind of observation (503.0-B-2, table 3-5)"),
        ("T18:36:10 1366", "T18:36:00 1366", "line 28: RANGE came twice for the time 2009-02-02T18:36:00"),
        ("T18:36:10 1366", "T18:35:59 1366", "line 28: RANGE came out of order of time (each keyword by itself is in"),
        ("T18:36:10 1366", "T18:36:60 1366", "line 28: '2009-02-02T18:36:60' is no time of a day in UTC"),
        ("RCS = 2009", "COMMENT RCS = 2009", "line 27: comments stand at the beginning of the data section, not among"),
        ("COMMENT a pass", "COMMENT=a pass", "line 7: wanted KEYWORD = value or COMMENT text, got 'COMMENT=a pass'"),
        ("COMMENT a pass\nTIME_SYSTEM = UTC", "TIME_SYSTEM = UTC\nCOMMENT a", "line 8: comments stand at the"),
        ("MOSCOW", "MOSCÓW", "line 4: only printable ASCII may stand outside comments, got byte 0xC3"),
        ("MOSCOW", "M" * 300, "line 4: longer than the 254 characters a line may have (313)"),
        ("MODE = ", "mode = ", "line 13: wanted KEYWORD = value or COMMENT text, got 'mode = SEQUENTIAL'"),
        ("DATA_STOP\n", "DATA_STOP\nmore\n", "line 30: wanted KEYWORD = value or COMMENT text, got 'more'"),
        ("DATA_STOP\n", "DATA_STOP\nDATA_START\n", "line 30: wanted META_START of a next segment, got 'DATA_START'"),
    ],
)  # fmt: skip
def test_damage_is_refused_by_line_and_reason(before: str, after: str, sentence: str) -> None:
    assert before in WHOLE
    with pytest.raises(Refusal) as raised:
        kvn(WHOLE.replace(before, after, 1))
    assert str(raised.value).startswith(sentence)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('version="2.0"', 'version="1.1"', "line 8, element header: CCSDS_TDM_VERS must be one of 1.0, 2.0, got '1.1'"),
        (' version="2.0"', "", 'line 2, element tdm: wanted the attributes id="CCSDS_TDM_VERS" and version'),
        ("CCSDS_TDM_VERS", "CCSDS_OEM_VERS", 'line 2, element tdm: wanted the attributes id="CCSDS_TDM_VERS"'),
        ("<tdm ", "<oem ", "line 2, element oem: it holds <header>, but only these hold elements: body, data, header,"),
        ("<tdm ", '<tdm other="1" ', "line 2, element tdm: unknown attribute 'other'"),
        ("<tdm ", '<tdm xmlns="urn:other" ', "line 2, element tdm: unknown namespace 'urn:other'"),
        ("<tdm ", "<!DOCTYPE tdm [<!ENTITY a 'b'>]><tdm ", "line 2: a document type ('tdm') is not allowed"),
        ("MOSCOW", "&lol;", "line 6: not well-formed XML: undefined entity"),
        ("<RANGE>1400.25", '<RANGE units="m">1400.25', "line 30, element RANGE: its unit is km, got units='m'"),
        ("<RCS>", '<RCS units="dBsm">', "line 46, element RCS: its unit is m**2, got units='dBsm'"),
        ("<RCS>", '<RCS unit="m**2">', "line 46, element RCS: unknown attribute 'unit'"),
        ("<MODE>", '<MODE units="km">', "line 18, element MODE: its unit is none, got units='km'"),
        ("<RANGE>1400.25</RANGE>", "", "line 32, element observation: an observation holds its EPOCH and one value"),
        ("<RANGE>1400.25</RANGE>", "<RANGE>1.0</RANGE><RCS>1.0</RCS>", "line 30, element RCS: an observation holds"),
        ("<RANGE>1400.25</RANGE>", "<RANGE>1<b/></RANGE>", "line 30, element RANGE: it holds <b>, but only these"),
        ("<RANGE>1400.25</RANGE>", "<RANGE>NaN</RANGE>", "line 30: RANGE: 'NaN' is no number"),
        ("<RANGE>1400.25</RANGE>", "<range>1400.25</range>", "line 30: 'range' is no kind of observation"),
        ("<MODE>SEQUENTIAL</MODE>", "<MODE></MODE>", "line 18, element MODE: it has no value; leave the element out"),
        ("<MODE>SEQUENTIAL</MODE>", "loose", "line 19: text outside an element: 'loose'"),
        ("<MODE>SEQUENTIAL</MODE>", "<WODE>1</WODE>", "line 18, element WODE: this is no keyword of the metadata"),
        ("<MODE>SEQUENTIAL</MODE>", "<PATH>1,2</PATH>", "line 19, element PATH: it was already given on line 18"),
        ("<PARTICIPANT_2>UNKNOWN</PARTICIPANT_2>", "", "line 25: PATH speaks of PARTICIPANT_2, which is missing"),
        ("metadata>", "data>", "line 25: not well-formed XML: mismatched tag"),
        ("<header>", "<body/><header>", "line 3, element body: wanted <header> here"),
        ("</tdm>", "", "line 56: not well-formed XML: no element found"),
        ("</tdm>", "</tdm><tdm/>", "line 55: not well-formed XML: junk after document element"),
        ("</body>", "</bod>", "line 54: not well-formed XML: mismatched tag"),
        ('encoding="UTF-8"', 'encoding="KLINGON"', "line 1: "),
        ("MOSCOW", "M" * 5000, "line 6, element ORIGINATOR: its text is longer than 4096 characters"),
        ("MOSCOW", "M" * 236, "line 8, element header: ORIGINATOR may have 235 characters, got 236"),
        ("MOSCOW", "MOSCÓW", "line 8, element header: ORIGINATOR must be printable ASCII and not blank, got 'MOSCÓW'"),
    ],
)  # fmt: skip
def test_damaged_xml_is_refused_by_line_element_and_reason(before: str, after: str, sentence: str) -> None:
    assert before in WHOLE_XML
    with pytest.raises(Refusal) as raised:
        xml(WHOLE_XML.replace(before, after, 1))
    assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize("cut", range(0, len(WHOLE) - 1, 7))
def test_a_message_cut_short_is_refused_wherever_it_is_cut(cut: int) -> None:
    with pytest.raises(Refusal, match=r"^line [0-9]+"):
        kvn(WHOLE[:cut])


@pytest.mark.parametrize("cut", range(0, len(WHOLE_XML) - 2, 23))
def test_xml_cut_short_is_refused_wherever_it_is_cut(cut: int) -> None:
    with pytest.raises(Refusal, match=r"^line [0-9]+"):
        xml(WHOLE_XML[:cut])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("\n", "\n\n  \t\n"),
        lambda text: text.replace(" = ", "="),
        lambda text: text.replace(" = ", " \t =  "),
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("RANGE_UNITS = km", "RANGE_UNITS = KM").replace("UTC", "utc"),
        lambda text: text.replace("2009-02-02T", "2009-033T"),
        lambda text: text.replace("TIME_SYSTEM = UTC\n", "").replace("META_STOP", "TIME_SYSTEM = UTC\nMETA_STOP"),
    ],
)
def test_other_ways_of_writing_the_same_are_read_as_the_same(change: Callable[[str], str]) -> None:
    assert kvn(change(WHOLE)) == MESSAGE


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", ""),
        lambda text: text.replace("<tdm ", '<ndm:tdm xmlns:ndm="urn:ccsds:schema:ndmxml" ')
        .replace("</tdm>", "</ndm:tdm>"),
        lambda text: text.replace("<tdm ", "<ndm><tdm ").replace("</tdm>", "</tdm></ndm>"),
        lambda text: text.replace("<tdm ", "<!-- a comment --><tdm ").replace("MOSCOW", "<![CDATA[MOSCOW]]>"),
        lambda text: text.replace("<RANGE>1400.25", '<RANGE units="km">1400.25'),
        lambda text: text.replace("MOSCOW", "MOS&#67;OW"),
    ],
)  # fmt: skip
def test_other_ways_of_writing_the_same_xml_are_read_as_the_same(change: Callable[[str], str]) -> None:
    assert xml(change(WHOLE_XML)) == MESSAGE


@pytest.mark.parametrize("system", TIME_SYSTEMS)
def test_a_time_system_stays_with_the_observations_and_is_never_taken_for_utc(system: str) -> None:
    message = kvn(WHOLE.replace("TIME_SYSTEM = UTC", f"TIME_SYSTEM = {system}"))
    assert message.segments[0].metadata.time_system == system
    assert xml(written(message, tdm_xml.write)) == message
    if system != "UTC":
        with pytest.raises(Refusal, match=f"line 23: .*which says UTC, in a file whose time system is {system}"):
            kvn(WHOLE.replace("= UTC", f"= {system}").replace("T18:36:00 1400", "T18:36:00Z 1400"))


def test_a_leap_second_keeps_its_place_in_order_of_time() -> None:
    text = WHOLE.replace("2009-02-02T18:36:00 1400", "2008-12-31T23:59:60.5 1400")
    message = kvn(text.replace("2009-02-02T18:36:10 1366", "2009-01-01T00:00:00 1366"))
    assert written(message, tdm_kvn.write).count(b"2008-12-31T23:59:60.5") == 1
    with pytest.raises(Refusal, match="no time of a day in GPS"):
        kvn(text.replace("= UTC", "= GPS"))


def test_angles_alone_of_one_participant_are_refused_and_weather_is_not() -> None:
    lines = [line for line in WHOLE.splitlines() if not line.startswith(("PARTICIPANT_2", "MODE", "PATH"))]
    with pytest.raises(Refusal, match="ANGLE_1 is measured between two participants, and only one is named"):
        kvn("\n".join(lines))
    weather = [line for line in lines if " 2009-02-02T18:36:" not in line or "TIME" in line]
    weather.insert(-1, "PRESSURE = 2009-02-02T18:36:00 1013.25")
    assert kvn("\n".join(weather)).segments[0].observations.keywords == ("PRESSURE",)


def test_a_list_of_all_data_types_may_be_longer_than_a_line() -> None:
    text = WHOLE.replace("TIME_SYSTEM", f"DATA_TYPES = {','.join(KEYWORDS)}\nTIME_SYSTEM")
    message = kvn(text)
    assert message.segments[0].metadata.values["DATA_TYPES"] == KEYWORDS
    assert written(message, tdm_kvn.write).decode() == text.replace(
        f"DATA_TYPES = {','.join(KEYWORDS)}\nTIME_SYSTEM = UTC", f"DATA_TYPES = {','.join(KEYWORDS)}\nTIME_SYSTEM = UTC"
    )


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: Header(Instant(0, 0), "MOSCOW", version="9.0"), "CCSDS_TDM_VERS must be one of"),
        (lambda: Header(Instant(0, 0), "two\nlines"), "ORIGINATOR must be one line with single blanks only"),
        (lambda: Header(Instant(0, 0), "MOSCOW", comments=("two\nlines",)), "a comment is one printable line"),
        (lambda: Metadata({"TIME_SYSTEM": "UTC", "PARTICIPANT_1": "A", "FREQ_OFFSET": float("inf")}), "finite"),
        (lambda: Metadata({"TIME_SYSTEM": "UTC", "PARTICIPANT_1": "A  B"}), "it would read back as 'A B'"),
        (lambda: Metadata({"TIME_SYSTEM": "UTC", "PARTICIPANT_7": "A"}), "PARTICIPANT_7 is no keyword"),
        (lambda: columns(value=[np.nan]), "a value must be finite"),
        (lambda: columns(code=[200]), "200 is the code of no keyword"),
        (lambda: columns(ns_of_day=[-1]), "no such time of a day"),
        (lambda: columns(value=[]), "one or more observations in equal columns"),
        (lambda: Tdm(MESSAGE.header, ()), "one or more segments"),
    ],
)
def test_nothing_that_breaks_a_rule_can_be_made(build: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        build()


def columns(**changed: list[float]) -> Observations:
    given = {"code": [CODES["RANGE"]], "day": [0], "ns_of_day": [0], "value": [1.0]} | changed
    return Observations(**given)  # type: ignore[arg-type]


def many(n: int) -> bytes:
    head, _, _ = WHOLE.partition("RANGE = 2009")
    stamps = [f"2009-02-02T{k // 3600:02d}:{k // 60 % 60:02d}:{k % 60:02d}" for k in range(n // 3)]
    rows = [f"RANGE = {at} {k}.5\nANGLE_1 = {at} {k % 360}.25\nANGLE_2 = {at} 2.75\n" for k, at in enumerate(stamps)]
    return (head + "".join(rows) + "DATA_STOP\n").encode()


def test_a_long_message_streams_in_pieces_of_bounded_memory() -> None:
    """200,000 observations (8 MB of text): no piece holds more than a block of lines, nor does the reader."""
    text = many(199_998)
    stream = io.BytesIO(text)
    tracemalloc.start()
    _, pieces = tdm_kvn.read_stream(stream)
    lengths = [len(piece.observations) for piece in pieces]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(lengths) == 199_998
    assert max(lengths) < 40_000
    assert peak < 40 << 20
    whole = kvn(text)
    assert len(whole.segments) == 1
    assert sum(
        getattr(whole.segments[0].observations, name).nbytes for name in ("code", "day", "ns_of_day", "value")
    ) == (21 * 199_998)


def test_order_is_kept_across_the_pieces_of_a_long_message() -> None:
    text = many(120_000)
    late = text.replace(b"DATA_STOP", b"ANGLE_2 = 2009-02-02T00:00:00 1.0\nDATA_STOP")
    with pytest.raises(Refusal, match=r"line 120023: ANGLE_2 came out of order of time .* at 2009-02-02T00:00:00"):
        kvn(late)


def test_the_tables_hold_the_units_of_the_standard() -> None:
    assert {OBSERVABLES[k].unit for k in KEYWORDS} == {
        "deg", "dBW", "s", "s/s", "n/a", "km/s", "dBHz", "hPa", "km, s or RU", "m**2", "Hz", "%", "TECU", "K", "Hz/s",
        "m",
    }  # fmt: skip


def test_the_fields_own_reader_reads_what_we_write(tmp_path: Path) -> None:
    """ccsds-ndm (GPL, an oracle only): our text in both forms, its numbers ours."""
    ndm = pytest.importorskip("ccsds_ndm.ndm_io", reason="ccsds-ndm is not installed; `make bench` brings it")
    for name, write in (("m.kvn", tdm_kvn.write), ("m.xml", tdm_xml.write)):
        path = tmp_path / name
        path.write_bytes(written(MESSAGE, write))
        theirs = ndm.NdmIo().from_path(path)
        data = theirs.body.segment[0].data.observation
        ranges = [float(o.range) for o in data if o.range is not None]
        assert ranges == [1400.25, 1366.5]
        assert theirs.body.segment[0].metadata.participant_2 == "UNKNOWN"
