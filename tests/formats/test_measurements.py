"""Tables of measurements: CSV and Parquet alike, rows out of tracking messages, damage refused by row and column."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.formats import measurement_csv, measurement_files, measurement_parquet, tdm_kvn, tdm_xml
from jointwatch.formats.measurements import COLUMNS, NAMES, Measurements
from jointwatch.formats.refusal import Refusal
from jointwatch.formats.tdm_measurements import measurements
from tests.formats.of_gabala import tdm

DATA = Path(__file__).parents[2].parent / "shared" / "data"
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "measurements.md"

WHOLE = """\
time_utc,sensor,object,range_m,azimuth_deg,elevation_deg,sigma_range_m,rcs_m2
2009-02-02T18:36:00.000Z,GABALA,,1400250.0,155.1,2.75,50.0,0.08
2009-02-02T18:36:10.500Z,GABALA,7,1366500.0,,,,
2008-12-31T23:59:60.000Z,ARMAVIR,7,,10.0,-0.5,,
"""


def csv(text: str | bytes) -> Measurements:
    return measurement_csv.read(io.BytesIO(text.encode() if isinstance(text, str) else text))


def csv_text(table: Measurements) -> str:
    stream = io.BytesIO()
    measurement_csv.write(table, stream)
    return stream.getvalue().decode()


def through_parquet(table: Measurements) -> Measurements:
    stream = io.BytesIO()
    measurement_parquet.write(table, stream)
    stream.seek(0)
    return measurement_parquet.read(stream)


def test_a_table_reads_back_to_the_byte_and_through_parquet() -> None:
    table = csv(WHOLE)
    assert csv_text(table) == WHOLE
    assert csv_text(through_parquet(table)) == WHOLE
    assert (table.sensors, table.sensor.tolist()) == (("GABALA", "ARMAVIR"), [0, 0, 1])
    assert (table.objects, table.object.tolist()) == (("7",), [-1, 0, 0])
    assert np.isnan(table.values["range_m"][2])


finite = st.floats(1e-6, 1e9)


@given(
    st.lists(
        st.tuples(st.integers(-(2**62), 2**62), st.sampled_from(["A", "Don-2N", "x y"]), finite, st.none() | finite),
        min_size=1,
    ),
    st.sampled_from(["range_rate_m_s", "snr_db", "rcs_m2", "sigma_range_m"]),
)
def test_any_table_in_tai_comes_back_to_the_last_bit(
    rows: list[tuple[int, str, float, float | None]], extra: str
) -> None:
    lines = [f"tai_ns,sensor,range_m,{extra}"]
    lines += [f"{ns},{name},{r!r},{'' if v is None else repr(v)}" for ns, name, r, v in rows]
    table = csv("\n".join(lines))
    assert table.tai_ns.tolist() == [ns for ns, *_ in rows]
    assert table.values["range_m"].tolist() == [r for _, _, r, _ in rows]
    assert csv_text(csv(csv_text(table))) == csv_text(table)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("time_utc", "time", "line 1: unknown column 'time'; known are time_utc, tai_ns, sensor"),
        ("time_utc", "tai_ns", "line 2, column tai_ns: wanted whole nanoseconds within 64 bits, got '2009-02-02T18:36"),
        ("object", "tai_ns", "line 1: wanted exactly one column of time, time_utc or tai_ns"),
        ("object", "sensor", "line 1: column sensor is given twice"),
        ("time_utc,sensor", "time_utc,snr_db", "line 1: column sensor is missing"),
        ("range_m", "range_km", "line 1: unknown column 'range_km'"),
        ("18:36:00.000Z", "18:36:00.000", "line 2, column time_utc: wanted a UTC time that ends in Z"),
        ("18:36:00.000Z", "18:36:61.000Z", "line 2, column time_utc: '2009-02-02T18:36:61.000Z' is no time of a day"),
        ("GABALA,,1", ",,1", "line 2, column sensor: wanted the name of the sensor"),
        ("GABALA,7", '"GABALA",7', "line 3: quotes are not used in a table of measurements"),
        ("GABALA,7", "GAB,ALA,7", "line 3: wanted 8 cells as the first line names, got 9"),
        ("GABALA,7", f"{'G' * 65},7", "line 3, column sensor: wanted a name of 1 to 64 ASCII characters"),
        ("1400250.0", "NaN", "line 2, column range_m: 'NaN' is no number such as 12.5"),
        ("1400250.0", "1e999", "line 2, column range_m: '1e999' is too large for a double"),
        ("1400250.0", "-5.0", "line 2, column range_m: wanted a number above 0, got -5"),
        ("155.1", "400.0", "line 2, column azimuth_deg: wanted a number at least -180 and at most 360, got 400"),
        ("2.75", "91.0", "line 2, column elevation_deg: wanted a number at least -90 and at most 90, got 91"),
        (",50.0,", ",0.0,", "line 2, column sigma_range_m: wanted a number above 0, got 0"),
        ("1400250.0", "", "line 2, column sigma_range_m: a sigma came without its range_m"),
        ("7,1366500.0", "7,", "line 3, column range_m: nothing measured; wanted one of range_m, azimuth_deg"),
        (WHOLE.partition("\n")[2], "", "a table of measurements has a line of column names and one or more rows"),
        ("GABALA", "GÁBALA", "line 2: only printable ASCII may stand outside comments, got byte 0xC3"),
    ],
)  # fmt: skip
def test_damage_is_refused_by_line_column_and_reason(before: str, after: str, sentence: str) -> None:
    assert before in WHOLE
    with pytest.raises(Refusal) as raised:
        csv(WHOLE.replace(before, after, 1))
    assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"tai_ns": [1.0]}, "column tai_ns: wanted type Int64, got Float64"),
        ({"range_m": [1]}, "column range_m: wanted type Float64, got Int64"),
        ({"range_m": [float("nan")]}, "row 1, column range_m: NaN is no measurement; a missing value is null"),
        ({"range_m": [float("inf")]}, "row 1, column range_m: wanted a number above 0, got inf"),
        ({"range_m": pl.Series([None], dtype=pl.Float64)}, "row 1, column range_m: nothing measured"),
        ({"sensor": pl.Series([None], dtype=pl.String)}, "row 1, column sensor: wanted a value, got null"),
        ({"sensor": ["a,b"]}, "row 1, column sensor: wanted a name of 1 to 64 ASCII characters"),
        ({"more": [1.0]}, "unknown column 'more'"),
    ],
)
def test_damaged_parquet_is_refused_by_row_column_and_reason(columns: dict[str, object], sentence: str) -> None:
    stream = io.BytesIO()
    pl.DataFrame({"tai_ns": [0], "sensor": ["A"], "range_m": [1.0]} | columns).write_parquet(stream)
    stream.seek(0)
    with pytest.raises(Refusal) as raised:
        measurement_parquet.read(stream)
    assert str(raised.value).startswith(sentence)


def test_what_is_not_parquet_is_refused_in_one_sentence() -> None:
    for data in (b"", b"PAR1" * 100):
        with pytest.raises(Refusal, match="not a Parquet file that can be read"):
            measurement_parquet.read(io.BytesIO(data))


def test_a_decoder_that_breaks_down_over_a_file_takes_nobody_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """polars 2.1.0 aborts its process over some damaged files; here a stand-in does."""
    decoder = tmp_path / "python"
    decoder.write_text("#!/bin/sh\nkill -ABRT $$\n")
    decoder.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(decoder))
    with pytest.raises(Refusal, match="not a Parquet file that can be read: its decoder broke down over it"):
        measurement_parquet.read(io.BytesIO(b"PAR1"))


SEEN = """\
RANGE = 2009-02-02T18:36:10 1366.5
ANGLE_1 = 2009-02-02T18:36:00 155.1
ANGLE_2 = 2009-02-02T18:36:00 2.75
DOPPLER_INSTANTANEOUS = 2009-02-02T18:36:00 -3.5
PC_N0 = 2009-02-02T18:36:00 40.0
"""
MESSAGE = tdm(SEEN, more="CORRECTION_RANGE = -0.25\nCORRECTIONS_APPLIED = NO\n")


def rows_of(text: str) -> Measurements:
    return measurements(tdm_kvn.read(io.BytesIO(text.encode())))


def test_observations_of_one_instant_are_one_row_in_metres_and_corrections_not_applied_are_added() -> None:
    table = rows_of(MESSAGE)
    assert (len(table), table.sensors, table.objects, table.unused) == (2, ("GABALA",), ("UNKNOWN",), ("PC_N0",))
    np.testing.assert_array_equal(table.values["range_m"], [np.nan, 1366250.0])
    np.testing.assert_array_equal(table.values["azimuth_deg"], [155.1, np.nan])
    np.testing.assert_array_equal(table.values["range_rate_m_s"], [-3500.0, np.nan])
    applied = rows_of(MESSAGE.replace("APPLIED = NO", "APPLIED = YES"))
    np.testing.assert_array_equal(applied.values["range_m"], [np.nan, 1366500.0])


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("RANGE_UNITS = km", "RANGE_UNITS = RU", "segment 1: only unambiguous RANGE in km can be taken, got RU"),
        ("RANGE_UNITS = km", "RANGE_MODULUS = 5.0", "segment 1: only unambiguous RANGE in km can be taken, got km"),
        ("ANGLE_TYPE = AZEL", "ANGLE_TYPE = XEYN", "segment 1: only angles with ANGLE_TYPE = AZEL can be taken, got"),
        ("ANGLE_TYPE = AZEL\n", "", "segment 1: only angles with ANGLE_TYPE = AZEL can be taken, got None"),
        ("MODE = SEQUENTIAL\nPATH = 1,2,1\n", "", "segment 1: wanted MODE = SEQUENTIAL with a PATH"),
        ("TIME_SYSTEM = UTC", "TIME_SYSTEM = TDB", "measurements are taken in UTC or in TAI, TT and GPS time, this"),
        ("00 155.1", "00 2062.65", "segment 1: row 0, column azimuth_deg: wanted a number at least -180"),
        ("10 1366.5", "10 0.25", "segment 1: row 1, column range_m: wanted a number above 0, got 0"),
    ],
)  # fmt: skip
def test_a_message_that_leaves_open_what_it_measured_is_refused(before: str, after: str, sentence: str) -> None:
    assert before in MESSAGE
    with pytest.raises(Refusal) as raised:
        rows_of(MESSAGE.replace(before, after, 1))
    assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize(("system", "tai_less_s"), [("TAI", 0.0), ("TT", -32.184), ("GPS", 19.0)])
def test_scales_a_constant_away_from_tai_become_tai(system: str, tai_less_s: float) -> None:
    told = rows_of(MESSAGE)
    found = rows_of(MESSAGE.replace("TIME_SYSTEM = UTC", f"TIME_SYSTEM = {system}"))
    assert found.time_system == "TAI"
    clock_ns = told.day.astype(np.int64) * 86_400_000_000_000 + told.ns_of_day
    np.testing.assert_array_equal(found.tai_ns - clock_ns, np.full(len(told), round(tai_less_s * 1e9)))


def test_files_are_told_apart_by_how_they_begin(tmp_path: Path) -> None:
    table = rows_of(MESSAGE)
    message = tdm_kvn.read(io.BytesIO(MESSAGE.encode()))
    for number, (write, value) in enumerate(
        [
            (tdm_kvn.write, message),
            (tdm_xml.write, message),
            (measurement_csv.write, table),
            (measurement_parquet.write, table),
        ]
    ):
        path = tmp_path / f"{number}.dat"
        with path.open("wb") as stream:
            write(value, stream)  # type: ignore[operator]
        assert csv_text(measurement_files.read(path)) == csv_text(table)


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the samples in ../shared/data")
def test_a_public_pass_gives_ranges_and_angles_of_one_sensor_in_one_table() -> None:
    table = measurements(tdm_kvn.read(DATA / "ccsds" / "beyond" / "tdm.kvn"))
    assert (len(table), table.sensors, table.objects, table.unused) == (108, ("Toulouse",), ("1998-067A",), ())
    assert all(np.isfinite(table.values[name]).all() for name in ("range_m", "azimuth_deg", "elevation_deg"))
    assert table.values["range_m"][0] == pytest.approx(4304325.558, abs=1e-6)


def test_the_page_for_writers_names_every_column() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in (*NAMES, *COLUMNS))
