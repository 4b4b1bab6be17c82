"""Orbit ephemeris messages: public samples of three writers, both forms alike, damage refused by name."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jointwatch.formats import oem_kvn, oem_texts, oem_xml
from jointwatch.formats.epochs import Instant, read_instant
from jointwatch.formats.oem import Covariances, Ephemeris, Header, Metadata, Oem, Segment
from jointwatch.formats.refusal import Refusal

DATA = Path(__file__).parents[2].parent / "shared" / "data"
needs_samples = pytest.mark.skipif(not DATA.is_dir(), reason="needs the samples in ../shared/data")

WHOLE = """\
CCSDS_OEM_VERS = 2.0
COMMENT a track and what it may be worth
CREATION_DATE = 2009-02-02T18:40:00
ORIGINATOR = MOSCOW

META_START
OBJECT_NAME = OMID
OBJECT_ID = 2009-004A
CENTER_NAME = EARTH
REF_FRAME = ITRF2014
TIME_SYSTEM = UTC
START_TIME = 2009-02-02T18:36:00
STOP_TIME = 2009-02-02T18:36:20
INTERPOLATION = HERMITE
INTERPOLATION_DEGREE = 3
META_STOP

COMMENT Earth-fixed
2009-02-02T18:36:00 6778.1 0.0 -12.5 0.01 7.6 0.25
2009-02-02T18:36:10 6778.0 76.0 -10.0 0.0 7.6 0.25 0.001 -0.002 1.0e-05
2009-02-02T18:36:20 6777.5 152.0 -7.5 -0.01 7.6 0.25

COVARIANCE_START
EPOCH = 2009-02-02T18:36:00
COV_REF_FRAME = RSW
0.01
0.001 0.02
0.0 0.0 0.03
0.0 0.0 0.0 1.0e-06
0.0 0.0 0.0 0.0 2.0e-06
0.0 0.0 0.0 0.0 0.0 3.0e-06
EPOCH = 2009-02-02T18:36:20
0.04
0.0 0.04
0.0 0.0 0.04
0.0 0.0 0.0 4.0e-06
0.0 0.0 0.0 0.0 4.0e-06
0.0 0.0 0.0 0.0 1.0e-07 4.0e-06
COVARIANCE_STOP
"""


def kvn(text: str | bytes) -> Oem:
    return oem_kvn.read(io.BytesIO(text.encode() if isinstance(text, str) else text))


def xml(text: str | bytes) -> Oem:
    return oem_xml.read(io.BytesIO(text.encode() if isinstance(text, str) else text))


def written(message: Oem, write: Callable[[Oem, io.BytesIO], None]) -> bytes:
    stream = io.BytesIO()
    write(message, stream)
    return stream.getvalue()


MESSAGE = kvn(WHOLE)
WHOLE_XML = written(MESSAGE, oem_xml.write).decode()


def test_what_we_write_reads_back_to_the_byte_and_both_forms_hold_the_same() -> None:
    assert written(MESSAGE, oem_kvn.write).decode() == WHOLE
    assert xml(WHOLE_XML) == MESSAGE
    assert written(xml(WHOLE_XML), oem_xml.write).decode() == WHOLE_XML


def test_states_and_covariances_are_arrays_with_their_frames_beside_them() -> None:
    (segment,) = MESSAGE.segments
    assert segment.ephemeris.state_m_m_s[0].tolist() == [6778100.0, 0.0, -12500.0, 10.0, 7600.0, 250.0]
    acceleration = segment.ephemeris.acceleration_km_s2
    assert acceleration is not None
    assert np.isnan(acceleration[[0, 2]]).all()
    assert acceleration[1].tolist() == [0.001, -0.002, 1e-5]
    assert segment.covariances is not None
    assert segment.covariances.frame == ("RSW", "ITRF2014")  # the second in the frame of the states
    assert segment.covariances.matrix[0, 0, 1] == segment.covariances.matrix[0, 1, 0] == 0.001
    assert segment.metadata.start == read_instant("2009-02-02T18:36:00")


# each NASA file is as large as all others together; one is enough here
READABLE = [
    path
    for path in sorted(
        [*DATA.glob("ccsds/orekit/odm/oem/*"), *DATA.glob("ccsds/beyond/oem*"), *DATA.glob("ephemeris/*2-22.xml.gz")]
    )
    if not path.name.startswith(("OEM-", "OEMExample7", "OEMExample8")) or path.name == "OEM-Issue839.txt"
]


@needs_samples
@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.name)
def test_public_samples_read_and_come_back_the_same_in_both_forms(path: Path) -> None:
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    message = xml(text) if ".xml" in path.name else kvn(text)
    for read, write in ((kvn, oem_kvn.write), (xml, oem_xml.write)):
        assert read(written(message, write)) == message


@needs_samples
@pytest.mark.parametrize("name", ["oem", "oem_cov", "oem_cov_qsw", "oem_cov_tnw", "oem_double", "oem_interplanetary"])
def test_samples_given_in_both_forms_hold_the_same_states(name: str) -> None:
    one, other = oem_kvn.read(DATA / f"ccsds/beyond/{name}.kvn"), oem_xml.read(DATA / f"ccsds/beyond/{name}.xml")
    assert [s.ephemeris for s in one.segments] == [s.ephemeris for s in other.segments]
    assert [s.covariances for s in one.segments] == [s.covariances for s in other.segments]
    assert [s.metadata for s in one.segments] == [s.metadata for s in other.segments]


@needs_samples
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("OEM-keyword-within-ephemeris.txt", "line 24: wanted a time with 6 or 9 numbers, META_START or COVARIANCE"),
        ("OEM-keyword-within-covariance.txt", "line 91: a covariance begins with EPOCH = time, got 'USER_DEFINED_TEST"),
        ("OEM-too-few-covariance-columns.txt", "line 55: row 5 of a covariance has 5 numbers, got '-2.2118325e-07"),
        ("OEM-too-many-covariance-columns.txt", "line 51: row 1 of a covariance has 1 numbers, got '3.3313494e-04"),
        ("OEM-too-small-covariance-dimension.txt", "line 89: row 5 of a covariance has 5 numbers, got 'EPOCH = 1996"),
        ("OEM-too-large-covariance-dimension.txt", "line 91: wanted KEYWORD = value or COMMENT text, got '1.0e-12"),
        ("OEMExample8.txt", "line 17: INTERPOLATION and INTERPOLATION_DEGREE come together"),
        ("OEMExample7.txt.pre", "line 9: the file ends inside the metadata; wanted META_STOP"),
    ],
)  # fmt: skip
def test_public_samples_that_are_damaged_are_refused_by_line_and_reason(name: str, sentence: str) -> None:
    with pytest.raises(Refusal) as raised:
        oem_kvn.read(DATA / "ccsds/orekit/odm/oem" / name)
    assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("VERS = 2.0", "VERS = 4.0", "line 6: CCSDS_OEM_VERS must be one of 1.0, 2.0, 3.0, got '4.0'"),
        ("CCSDS_OEM", "CCSDS_TDM", "line 1: a message begins with CCSDS_OEM_VERS = 2.0, got 'CCSDS_TDM_VERS = 2.0'"),
        ("REF_FRAME = ITRF2014\n", "", "line 15: REF_FRAME is missing from the metadata"),
        ("TIME_SYSTEM = UTC", "TIME_SYSTEM = ZULU", "line 11: TIME_SYSTEM must be one of UTC, TAI, "),
        ("INTERPOLATION_DEGREE = 3\n", "", "line 15: INTERPOLATION and INTERPOLATION_DEGREE come together"),
        ("INTERPOLATION_DEGREE = 3", "INTERPOLATION_DEGREE = 3.5", "line 15: wanted a whole number"),
        ("STOP_TIME = 2009", "STOP_TIME = 2008", "line 16: STOP_TIME is before START_TIME"),
        ("CENTER_NAME", "CENTRE_NAME", "line 9: CENTRE_NAME is no keyword of the metadata"),
        ("META_STOP\n", "", "line 17: comments stand at the beginning of the metadata, not after keywords"),
        ("T18:36:20 6777.5", "T18:36:05 6777.5", "line 21: the epoch 2009-02-02T18:36:05 is earlier than the one"),
        ("T18:36:20 6777.5", "T18:36:10 6777.5", "line 21: the epoch 2009-02-02T18:36:10 came twice with different"),
        (" 6777.5 ", " nan ", "line 21: 'nan' is no number such as 12.5"),
        (" 1.0e-05\n", " 1.0f-05\n", "line 20: '1.0f-05' is no number such as 12.5"),
        (" 6777.5 ", " ", "line 21: wanted a time with 6 or 9 numbers, META_START or COVARIANCE_START, got '2009"),
        ("2009-02-02T18:36:20 6777", "COMMENT late\n2009-02-02T18:36:20 6777", "line 21: comments stand before the"),
        ("0.0 0.0 0.03\n", "0.0 0.0 -0.03\n", "line 24: a covariance must be finite with no variance below zero"),
        ("0.001 0.02\n", "0.001 inf\n", "line 24: 'inf' is no number"),
        ("0.001 0.02\n", "0.001\n", "line 27: row 2 of a covariance has 2 numbers, got '0.001'"),
        ("COVARIANCE_STOP\n", "", "line 38: the file ends inside the covariances; wanted COVARIANCE_STOP"),
        ("EPOCH = 2009-02-02T18:36:20", "EPOCH = 2009-02-02T18:35:20", "line 32: the epoch 2009-02-02T18:35:20 is"),
        ("COVARIANCE_STOP\n", "COVARIANCE_STOP\nmore\n", "line 40: wanted KEYWORD = value or COMMENT text, got 'more'"),
    ],
)  # fmt: skip
def test_damage_is_refused_by_line_and_reason(before: str, after: str, sentence: str) -> None:
    assert before in WHOLE
    with pytest.raises(Refusal) as raised:
        kvn(WHOLE.replace(before, after, 1))
    assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('<X units="km">6778.1<', '<X units="m">6778.1<', "line 25, element X: its unit is km, got units='m'"),
        ('<X units="km">6778.1</X>', "", "line 26, element Y: wanted <X> here"),
        ('<X units="km">6778.1<', '<X units="km">1d3<', "line 23: '1d3' is no number"),
        ("<CX_X>0.01</CX_X>", "", "line 57, element CY_X: wanted <CX_X> here"),
        ("<stateVector>", "<!DOCTYPE a><stateVector>", "line 23: not well-formed XML"),
        ("<oem ", "<ndm><oem ", "line 106: not well-formed XML: no element found"),
    ],
)
def test_damaged_xml_is_refused_by_line_element_and_reason(before: str, after: str, sentence: str) -> None:
    assert before in WHOLE_XML
    with pytest.raises(Refusal) as raised:
        xml(WHOLE_XML.replace(before, after, 1))
    assert str(raised.value).startswith(sentence)


def test_only_one_message_may_stand_in_a_wrapper() -> None:
    body = WHOLE_XML.partition("\n")[2]
    assert xml(f"<ndm>{body}</ndm>") == MESSAGE
    with pytest.raises(Refusal, match="only one message may stand in <ndm>; give each its own file"):
        xml(f"<ndm>{body}{body}</ndm>")


@pytest.mark.parametrize("cut", range(0, len(WHOLE) - 1, 11))
def test_a_message_cut_short_is_refused_or_is_whole_up_to_there(cut: int) -> None:
    try:
        part = kvn(WHOLE[:cut])
    except Refusal:
        return
    (segment,) = part.segments
    assert segment.covariances is None  # a text may end after any whole state, and only there
    assert "COVARIANCE_START" not in WHOLE[:cut]


def test_a_state_given_twice_alike_is_kept() -> None:
    line = "2009-02-02T18:36:20 6777.5 152.0 -7.5 -0.01 7.6 0.25\n"
    assert len(kvn(WHOLE.replace(line, line + line)).segments[0].ephemeris) == 4


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: Ephemeris([], [], np.empty((0, 6))), "one or more states"),  # type: ignore[arg-type]
        (lambda: Ephemeris([0], [0], np.full((1, 6), np.inf)), "a state must be finite"),  # type: ignore[arg-type]
        (lambda: Ephemeris([0], [10**15], np.zeros((1, 6))), "no such time of a day"),  # type: ignore[arg-type]
        (lambda: Covariances([0], [0], ("RSW",), np.triu(np.ones((1, 6, 6)))), "must be symmetric"),  # type: ignore[arg-type]
        (lambda: Covariances([0], [0], (), np.zeros((1, 6, 6))), "as many epochs"),  # type: ignore[arg-type]
    ],
)
def test_nothing_that_breaks_a_rule_can_be_made(build: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        build()


def test_many_covariances_are_read_in_parts_and_come_back() -> None:
    """Of thousands the texts are never held all at once, and the line of a fault is still the right one."""
    number = oem_texts.COVARIANCES_AT_ONCE * 2 + 7
    day, ns = np.full(number, 14_277, dtype=np.int32), np.arange(number) * 1_000_000_000
    matrix = np.tile(np.eye(6), (number, 1, 1)) * (1 + np.arange(number))[:, None, None]
    state = np.ones((1, 6))
    start = Instant(14_277, 0)
    metadata = Metadata("A", "A", "EARTH", "GCRF", "UTC", start, start)
    covariances = Covariances(day, ns, ("GCRF",) * number, matrix)
    message = Oem(Header(start, "M"), (Segment(metadata, Ephemeris(day[:1], ns[:1], state), covariances),))
    for form in (oem_kvn, oem_xml):
        stream = io.BytesIO()
        form.write(message, stream)
        assert form.read(io.BytesIO(stream.getvalue())) == message
    lines = _kvn(message).splitlines()
    lines[-3] = lines[-3].replace(b"0.0", b"x", 1)
    with pytest.raises(Refusal, match=rf"^line {len(lines) - 7}: 'x' is no number"):
        oem_kvn.read(io.BytesIO(b"\n".join(lines) + b"\n"))


def _kvn(message: Oem) -> bytes:
    stream = io.BytesIO()
    oem_kvn.write(message, stream)
    return stream.getvalue()
