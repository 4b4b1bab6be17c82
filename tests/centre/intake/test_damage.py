"""Whatever a sensor posts, it becomes scans that a report can hold, or is refused in one sentence; nothing else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jointwatch.centre.intake import batch, reports, scans
from jointwatch.centre.intake.declared import Declared
from jointwatch.centre.intake.reports import Destination
from jointwatch.formats.refusal import Refusal
from jointwatch.messages.encoding import decode, encode
from tests.centre.intake.test_batch import CSV, JSON, TDM, xml

SEEDS = {
    "tdm": TDM.replace(b"META_STOP", b"TIMETAG_REF = RECEIVE\nCORRECTION_RANGE = 1.5\nMETA_STOP"),
    "xml": xml(),
    "csv": CSV.replace(b"elevation_deg\n", b"elevation_deg,sigma_range_m\n").replace(b",2.75", b",2.75,40.0"),
    "json": JSON,
}
PIECES = [
    b"0",
    b"9",
    b"-",
    b"e",
    b".",
    b"999",
    b"1e308",
    b"nan",
    b"null",
    b"[]",
    b"{}",
    b"\n",
    b",",
    b'"',
    b"\x00",
    b"Z",
]
TO = Destination("moscow", "watch", "exercise")
PLAIN = {"sigma_range_m": 150.0, "sigma_azimuth_deg": 0.1, "sigma_elevation_deg": 0.2}
SENSORS = [
    scans.sensor("gabala", Declared(latitude_deg=40.87, longitude_deg=47.8, **PLAIN)),
    scans.sensor(
        "gabala", Declared(latitude_deg=-90.0, longitude_deg=360.0, refraction=True, round_trip=True, **PLAIN)
    ),
    scans.sensor("gabala", Declared(latitude_deg=0.0, longitude_deg=0.0, bias_range_m=1e7, bias_elevation_deg=-80.0)),
]


@st.composite
def damaged(draw: st.DrawFn, seed: bytes) -> bytes:
    """A good text with a few places cut out, doubled, or filled with what such texts are made of."""
    text = seed
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + draw(st.sampled_from([0, 1, 2, 8, 40])))))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=4) | st.just(text[start:end] * 2))
        text = text[:start] + piece + text[end:]
    return text


def holds(body: bytes) -> None:
    """Raises AssertionError, or what was not foreseen, unless the bytes are taken whole or refused in a sentence."""
    try:
        told = batch.read(body)
        for sensor in SENSORS:
            for scan in told.scans:
                for report in reports.drafted(scans.plots(scan, sensor), TO, logged_tai_ns=1):
                    assert decode(encode(report)) == report
    except Refusal as refusal:
        sentence = str(refusal)
        assert sentence
        assert "\n" not in sentence
        assert len(sentence) < 1_000


@pytest.mark.parametrize("name", SEEDS)
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_a_damaged_batch_is_taken_or_refused(name: str, data: st.DataObject) -> None:
    holds(data.draw(damaged(SEEDS[name])))


@given(st.binary(max_size=400) | st.binary(max_size=60).map(lambda noise: b"{" + noise))
def test_noise_is_refused(noise: bytes) -> None:
    holds(noise)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"1400.25", b"1e300"),
        (b"2.75", b"95.0"),
        (b"155.1", b"-500"),
        (b"2009-02-02", b"2261-12-31"),
        (b"1.5", b"-2e3"),
    ],
)
def test_numbers_that_no_report_holds_are_refused(old: bytes, new: bytes) -> None:
    holds(SEEDS["tdm"].replace(old, new))


def test_a_sigma_that_vanishes_in_radians_is_refused() -> None:
    text = JSON.replace(b'"elevation_deg": 3.1', b'"elevation_deg": 3.1, "sigma_azimuth_deg": 1e-323')
    with pytest.raises(Refusal, match="sigmas above zero"):
        [scans.plots(scan, SENSORS[0]) for scan in batch.read(text).scans]
