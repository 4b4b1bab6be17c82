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
from tests.formats.of_gabala import tdm

FUZZ = Path(__file__).parents[1] / "fuzz" / "formats.py"


def target() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz_formats", FUZZ)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FORMATS = target()

SEEN = """\
COMMENT b
RANGE = 2009-02-02T18:36:00 1400.25
ANGLE_1 = 2009-033T18:36:00.5 155.1
RCS = 2009-02-02T18:36:00 +8.e-2
RANGE = 2009-02-28T23:59:60 1366.5
"""
TDM = tdm(SEEN, created="2009-033T18:40:00Z", more="TRANSMIT_DELAY_1 = 7.7E-5\n", said="COMMENT a\n").encode()
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
CAP = b"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>moscow-watch-1</identifier>
  <sender>moscow</sender>
  <sent>2009-05-20T08:01:12+04:00</sent>
  <status>Exercise</status>
  <msgType>Update</msgType>
  <scope>Restricted</scope>
  <restriction>for those in the exercise</restriction>
  <addresses>desk "civil protection"</addresses>
  <code>a</code>
  <references>moscow,moscow-watch-0,2009-05-20T04:01:02-00:00</references>
  <incidents>M0001</incidents>
  <info>
    <language>en-GB</language>
    <category>Safety</category>
    <category>Security</category>
    <event>Missile launch</event>
    <responseType>Monitor</responseType>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Likely</certainty>
    <eventCode><valueName>jointwatch</valueName><value></value></eventCode>
    <effective>2009-05-20T04:01:12-00:00</effective>
    <description>A &amp; B&#13;
C</description>
    <parameter><valueName>track</valueName><value>M0001</value></parameter>
    <resource><resourceDesc>r</resourceDesc><mimeType>text/plain</mimeType><size>3</size></resource>
    <area>
      <areaDesc>somewhere</areaDesc>
      <polygon>35.5,53.9 36,54 35.6,54.2 35.5,53.9</polygon>
      <circle>-1e1,170 12.5</circle>
      <geocode><valueName>x</valueName><value>1</value></geocode>
      <altitude>0</altitude>
      <ceiling>100.5</ceiling>
    </area>
  </info>
</alert>
"""
CSV = b"""time_utc,sensor,object,range_m,azimuth_deg,sigma_range_m
2009-02-02T18:36:00Z,GABALA,,1400250.0,155.1,50.0
2009-033T18:36:10.5Z,GABALA,7,1366500.0,,
"""


def _written(form: ModuleType, value: object) -> bytes:
    stream = io.BytesIO()
    form.write(value, stream)
    return stream.getvalue()


SCANS = b"""{"sensor":"GABALA","scans":[
{"time_utc":"2009-02-02T18:36:00.5Z","plots":[{"range_m":1400250.0,"azimuth_deg":155.1,"elevation_deg":2.75,
"sigma_range_m":50.0}]},{"time_utc":"2009-033T18:36:10Z","plots":[]}]}
"""
SEEDS: dict[str, bytes] = {
    "scans_json": SCANS,
    "tdm_kvn": TDM,
    "tdm_xml": _written(tdm_xml, tdm_kvn.read(io.BytesIO(TDM))),
    "oem_kvn": OEM,
    "oem_xml": _written(oem_xml, oem_kvn.read(io.BytesIO(OEM))),
    "cap_xml": CAP,
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
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_a_damaged_text_is_refused_or_reads_back_alike(name: str, data: st.DataObject) -> None:
    form = FORMATS.FORMS[name]
    FORMATS.holds(data.draw(damaged(SEEDS[name])), form.read, form.write)


@settings(max_examples=4)
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
