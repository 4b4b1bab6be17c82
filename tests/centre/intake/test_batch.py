"""What a radar writes becomes the same scans, whichever form it writes in; what is no plot is counted and named."""

from __future__ import annotations

import io

import numpy as np
import pytest

from jointwatch.centre.intake import batch, scans
from jointwatch.centre.intake.declared import Declared
from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.formats import tdm_kvn, tdm_xml
from jointwatch.formats.refusal import Refusal
from jointwatch.sensors.station import Sensor
from tests.formats.of_gabala import tdm

SEEN = """\
RANGE = 2009-02-02T18:36:00 1400.25
ANGLE_1 = 2009-02-02T18:36:00 155.1
ANGLE_2 = 2009-02-02T18:36:00 2.75
RANGE = 2009-02-02T18:36:10.5 1366.5
ANGLE_1 = 2009-02-02T18:36:10.5 154.9
ANGLE_2 = 2009-02-02T18:36:10.5 3.1
"""
TDM = tdm(SEEN).encode()
CSV = b"""time_utc,sensor,range_m,azimuth_deg,elevation_deg
2009-02-02T18:36:10.5Z,GABALA,1366500.0,154.9,3.1
2009-02-02T18:36:00Z,GABALA,1400250.0,155.1,2.75
"""
JSON = b"""{"sensor": "GABALA", "scans": [
 {"time_utc": "2009-02-02T18:36:10.5Z", "plots": [{"range_m": 1366500, "azimuth_deg": 154.9, "elevation_deg": 3.1}]},
 {"time_utc": "2009-02-02T18:36:00Z", "plots": [{"range_m": 1400250, "azimuth_deg": 155.1, "elevation_deg": 2.75}]}]}
"""
GABALA = Declared(
    latitude_deg=40.87, longitude_deg=47.8, sigma_range_m=150.0, sigma_azimuth_deg=0.1, sigma_elevation_deg=0.2
)


def xml() -> bytes:
    stream = io.BytesIO()
    tdm_xml.write(tdm_kvn.read(io.BytesIO(TDM)), stream)
    return stream.getvalue()


def sensor(**changed: object) -> Sensor:
    return scans.sensor("gabala", GABALA.model_copy(update=changed))


@pytest.mark.parametrize("text", [TDM, xml(), CSV, JSON], ids=["KVN", "XML", "CSV", "JSON"])
def test_every_form_tells_the_same_scans_in_order_of_time(text: bytes) -> None:
    told = batch.read(text)
    assert told.called == ("GABALA",)
    assert [scan.time_tai_ns for scan in told.scans] == [
        tai_ns_from_utc("2009-02-02T18:36:00Z"),
        tai_ns_from_utc("2009-02-02T18:36:10.5Z"),
    ]
    z = np.concatenate([scans.plots(scan, sensor()).z for scan in told.scans])
    np.testing.assert_allclose(
        z, [[1400250.0, np.radians(155.1), np.radians(2.75)], [1366500.0, np.radians(154.9), np.radians(3.1)]]
    )


def test_rows_of_one_instant_are_one_scan() -> None:
    told = batch.read(CSV + b"2009-02-02T18:36:00Z,GABALA,900000.0,10.0,20.0\n")
    assert [len(scan.z) for scan in told.scans] == [2, 1]


def test_a_time_of_reception_is_taken_back_by_the_way_of_the_light() -> None:
    told = batch.read(TDM.replace(b"META_STOP", b"TIMETAG_REF = RECEIVE\nMETA_STOP"))
    way_ns = 1400250.0 / 299_792_458.0 * 1e9
    assert scans.plots(told.scans[0], sensor()).time_tai_ns == tai_ns_from_utc("2009-02-02T18:36:00Z") - round(way_ns)


def test_rows_that_are_no_plots_are_counted_by_what_they_have() -> None:
    told = batch.read(CSV + b"2009-02-02T18:36:20Z,GABALA,900000.0,,\n2009-02-02T18:36:30Z,GABALA,,10.0,20.0\n")
    assert told.left_out == {"range only": 1, "azimuth and elevation only": 1}
    assert told.plots == 2


def test_a_look_that_saw_nothing_is_a_scan_without_plots() -> None:
    told = batch.read(b'{"scans": [{"tai_ns": 1000000000000000000, "plots": []}]}')
    assert len(scans.plots(told.scans[0], sensor())) == 0


def test_a_sigma_of_the_row_goes_before_the_declared_one() -> None:
    own = CSV.replace(b"elevation_deg\n", b"elevation_deg,sigma_range_m\n").replace(b",3.1", b",3.1,9.0")
    told = batch.read(own.replace(b",2.75", b",2.75,"))
    assert [float(scans.plots(scan, sensor()).sigma[0, 0]) for scan in told.scans] == [150.0, 9.0]


def test_what_is_declared_wrong_of_a_sensor_is_taken_off() -> None:
    plots = scans.plots(batch.read(CSV).scans[0], sensor(round_trip=True, bias_range_m=125.0))
    assert plots.z[0, 0] == 1400250.0 / 2 - 125.0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b" \n", "there is nothing in it; with curl, --data-binary @FILE sends a file"),
        (TDM.replace(b"\n", b""), "came without its line ends; with curl, send it with --data-binary"),
        (b"\x1f\x8b\x08 and so on", "packed with gzip"),
        (b"PAR1 and so on", "Parquet is read from files only"),
        (b"time_utc,sensor,range_m\n2009-02-02T18:36:00Z,G,5.0\n", "no row is a plot.* there are 1 with range only"),
        (TDM.replace(b"2009-02-02T", b"1969-02-02T"), "wanted times from 1972 to 2261, got one of 1969-02-02"),
        (CSV.replace(b"02-02T18:36:00Z", b"02-28T23:59:60Z"), "UTC had no such second on that day"),
        (JSON.replace(b"36:00Z", b"36:10.5Z"), r"scans\[0\]: another scan has the same time"),
    ],
)
def test_what_cannot_be_taken_says_why(text: bytes, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        batch.read(text)


def test_a_sigma_that_nobody_gave_is_asked_for_by_its_name() -> None:
    with pytest.raises(Refusal, match="sigma_azimuth_deg is neither with every plot nor declared of gabala"):
        scans.plots(batch.read(CSV).scans[0], sensor(sigma_azimuth_deg=None))
