"""Whatever the bytes: a reader refuses with one sentence, or what it read writes and reads back alike.

Hypothesis damages good texts here in every run; tests/fuzz/formats.py lets atheris look for longer.
"""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jointwatch.formats import measurement_csv, measurement_parquet, oem_kvn, oem_xml, tdm_kvn, tdm_xml

FUZZ = Path(__file__).parents[1] / "fuzz" / "formats.py"


def target() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz_formats", FUZZ)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FORMATS = target()

TDM = b"""CCSDS_TDM_VERS = 2.0
COMMENT a
CREATION_DATE = 2009-033T18:40:00Z
ORIGINATOR = MOSCOW
META_START
TIME_SYSTEM = UTC
PARTICIPANT_1 = GABALA
PARTICIPANT_2 = UNKNOWN
MODE = SEQUENTIAL
PATH = 1,2,1
RANGE_UNITS = km
ANGLE_TYPE = AZEL
TRANSMIT_DELAY_1 = 7.7E-5
META_STOP
DATA_START
COMMENT b
RANGE = 2009-02-02T18:36:00 1400.25
ANGLE_1 = 2009-033T18:36:00.5 155.1
RCS = 2009-02-02T18:36:00 +8.e-2
RANGE = 2009-02-28T23:59:60 1366.5
DATA_STOP
"""
OEM = b"""CCSDS_OEM_VERS = 3.0
CREATION_DATE = 2009-02-02T18:40:00
ORIGINATOR = MOSCOW
META_START
OBJECT_NAME = OMID
OBJECT_ID = 2009-004A
CENTER_NAME = EARTH
REF_FRAME = GCRF
TIME_SYSTEM = UTC
START_TIME = 2009-02-02T18:36:00
STOP_TIME = 2009-02-02T18:36:20
META_STOP
2009-02-02T18:36:00 6778.1 0.0 -12.5 0.01 7.6 0.25
2009-02-02T18:36:10 6778.0 76.0 -10.0 0.0 7.6 0.25 0.001 -0.002 1.0e-05
COVARIANCE_START
EPOCH = 2009-02-02T18:36:00
COV_REF_FRAME = RSW
1
0 1
0 0 1
0 0 0 1
0 0 0 0 1
0 0 0 0 0 1
COVARIANCE_STOP
"""
CSV = b"""time_utc,sensor,object,range_m,azimuth_deg,sigma_range_m
2009-02-02T18:36:00Z,GABALA,,1400250.0,155.1,50.0
2009-033T18:36:10.5Z,GABALA,7,1366500.0,,
"""


def _written(form: ModuleType, value: object) -> bytes:
    stream = io.BytesIO()
    form.write(value, stream)
    return stream.getvalue()


SEEDS: dict[str, bytes] = {
    "tdm_kvn": TDM,
    "tdm_xml": _written(tdm_xml, tdm_kvn.read(io.BytesIO(TDM))),
    "oem_kvn": OEM,
    "oem_xml": _written(oem_xml, oem_kvn.read(io.BytesIO(OEM))),
    "measurement_csv": CSV,
    "measurement_parquet": _written(measurement_parquet, measurement_csv.read(io.BytesIO(CSV))),
}
PIECES = [
    b"", b" ", b"\n", b"\r", b"\t", b"=", b",", b"-", b".", b"0", b"9" * 40, b"nan", b"inf", b"1e999", b"1_0", b"\x00",
    b"\xff", b"\xc3\xa9", b"COMMENT ", b"COMMENT\n", b"META_START\n", b"META_STOP\n", b"DATA_START\n", b"DATA_STOP\n",
    b"<", b">", b"</", b"&amp;", b"&x;", b"<!--", b"]]>", b"<data>", b"units=\"m\"", b'"', b"Z", b"T24:00:00",
    b"2009-366", b"UTC", b"TAI", b"RANGE", b"ANGLE_1", b"x" * 300, b"PARTICIPANT_1", b"tai_ns",
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, seed: bytes) -> bytes:
    """A good text with a few places cut out, doubled, replaced or filled with what such texts are made of."""
    text = seed
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + draw(st.sampled_from([0, 1, 2, 8, 40, 400])))))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=4) | st.just(text[start:end] * 2))
        text = text[:start] + piece + text[end:]
    return text


DECODED_APART = "measurement_parquet"
"""Half a second for each example; a file that broke polars' decoder down is kept as a case of its own."""
TEXTS = [name for name in FORMATS.FORMS if name != DECODED_APART]


@pytest.mark.parametrize("name", TEXTS)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(data=st.data())
def test_a_damaged_text_is_refused_or_reads_back_alike(name: str, data: st.DataObject) -> None:
    form = FORMATS.FORMS[name]
    FORMATS.holds(data.draw(damaged(SEEDS[name])), form.read, form.write)


@settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_a_damaged_table_is_refused_or_reads_back_alike(data: st.DataObject) -> None:
    FORMATS.holds(data.draw(damaged(SEEDS[DECODED_APART])), measurement_parquet.read, measurement_parquet.write)


@pytest.mark.parametrize("name", FORMATS.FORMS)
def test_the_seeds_themselves_are_read(name: str) -> None:
    form = FORMATS.FORMS[name]
    assert FORMATS.holds(SEEDS[name], form.read, form.write) is None


@pytest.mark.parametrize("name", TEXTS)
@given(noise=st.binary(max_size=300))
def test_noise_is_refused(name: str, noise: bytes) -> None:
    form = FORMATS.FORMS[name]
    assert FORMATS.holds(noise, form.read, form.write) is not None
