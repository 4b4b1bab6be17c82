"""UT1 and the pole by date, against astropy and ERFA; what holds outside the table; damaged tables."""

from functools import lru_cache
from pathlib import Path

import erfa
import numpy as np
import pytest
from astropy.time import Time
from astropy.utils import iers
from astropy_iers_data import IERS_A_FILE, IERS_B_FILE

from jointwatch.earth.julian import julian_date_tt
from jointwatch.earth.nutation import ARCSEC_RAD
from jointwatch.earth.orientation import known_inside, orientation, read_finals, table_span_tai_ns
from jointwatch.earth.timescale import LEAP_TABLE, NS_PER_S, S_PER_DAY, tai_ns_from_utc

UT1_S = 2e-11  # the same table interpolated the same way: rounding only
POLE_ARCSEC = 1e-12
DAY_NS = S_PER_DAY * NS_PER_S
FIRST_NS, LAST_NS = table_span_tai_ns()
CONTENT = Path(IERS_A_FILE).read_bytes()


@lru_cache
def astropy_table() -> iers.IERS_A:
    return iers.IERS_A.open(IERS_A_FILE)


def from_astropy(tai_ns: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """UT1 - TAI, s, and the pole, arcsec."""
    at = Time(*julian_date_tt(tai_ns), format="jd", scale="tt")
    at.delta_ut1_utc = astropy_table().ut1_utc(at)
    ut1_s = ((at.ut1.jd1 - at.tai.jd1) + (at.ut1.jd2 - at.tai.jd2)) * S_PER_DAY
    pole = astropy_table().pm_xy(at)
    return ut1_s, pole[0].to_value("arcsec"), pole[1].to_value("arcsec")


def test_ut1_and_pole_are_those_of_astropy_at_any_time() -> None:
    tai_ns = np.random.default_rng(1).integers(FIRST_NS, LAST_NS, 2_000)
    earth, (ut1_s, x, y) = orientation(tai_ns), from_astropy(tai_ns)
    assert np.abs(earth.ut1_minus_tai_s - ut1_s).max() < UT1_S
    assert np.abs(earth.pole_x_rad / ARCSEC_RAD - x).max() < POLE_ARCSEC
    assert np.abs(earth.pole_y_rad / ARCSEC_RAD - y).max() < POLE_ARCSEC
    assert not earth.outside.any()


@pytest.mark.parametrize("day", [day for day, _ in LEAP_TABLE[3:]])
def test_ut1_runs_smoothly_over_every_leap_second(day: str) -> None:
    seconds = np.arange(-S_PER_DAY, S_PER_DAY, 600) + 0.5  # half seconds, one of them within the leap second's day
    tai_ns = tai_ns_from_utc(f"{day}T00:00:00Z") + (seconds * NS_PER_S).astype(np.int64)
    ut1_s = orientation(tai_ns).ut1_minus_tai_s
    assert np.abs(ut1_s - from_astropy(tai_ns)[0]).max() < 1e-7  # ERFA's stretched day shifts astropy's argument by 1 s
    assert np.abs(np.diff(ut1_s)).max() < 4.1e-3 / 144


def test_error_is_centimetres_now_metres_in_1973_and_grows_in_the_prediction() -> None:
    days = ["1973-03-01", "1990-01-01", "2010-01-01"]
    old, middle, new = orientation([tai_ns_from_utc(f"{day}T00:00:00Z") for day in days]).error_m
    assert 0.2 < old < 2
    assert middle < 0.1
    assert new < 0.02
    late = orientation(np.array([LAST_NS - 300 * DAY_NS, LAST_NS]))
    assert late.predicted.all()
    assert late.error_m[0] < late.error_m[1] < 30
    assert not orientation(tai_ns_from_utc("2020-01-01T00:00:00Z")).predicted


def test_a_time_outside_is_refused_or_carried_on_with_its_error() -> None:
    later = LAST_NS + DAY_NS
    with pytest.raises(ValueError, match=r"tabulated from 1973-01-02 to \d{4}-\d\d-\d\d.*astropy-iers-data.*error of"):
        known_inside(np.array([LAST_NS, later]))
    with pytest.raises(ValueError, match="tabulated from"):
        known_inside(FIRST_NS - 1)
    assert not known_inside(np.array([FIRST_NS, LAST_NS])).outside.any()
    carried = orientation(np.array([LAST_NS, LAST_NS + NS_PER_S, later, LAST_NS + 3_650 * DAY_NS]))
    assert carried.outside.tolist() == [False, True, True, True]
    assert np.all(np.diff(carried.error_m) >= 0)
    assert abs(carried.ut1_minus_tai_s[2] - carried.ut1_minus_tai_s[0]) < 0.005


@pytest.mark.parametrize("days", [30, 180, 365, 1_461, 3_652])
def test_the_error_stated_outside_is_the_error_made(days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables cut at twenty dates, carried on, against the whole table: root mean square of error over stated sigma."""
    measured, ratios = CONTENT[: 19_600 * 188], []
    for rows in range(400, 19_600 - days, (19_600 - days - 400) // 20):
        table = read_finals(measured[: rows * 188], "cut")
        monkeypatch.setattr("jointwatch.earth.orientation._table", lambda table=table: table)
        at = table.first_tai_ns + (round(table.tai_s[-1]) + days * S_PER_DAY) * NS_PER_S
        carried = orientation(at)
        monkeypatch.undo()
        truth = orientation(at)
        turn = 2 * np.pi / 86_164 * (carried.ut1_minus_tai_s - truth.ut1_minus_tai_s)
        pole = np.hypot(carried.pole_x_rad - truth.pole_x_rad, carried.pole_y_rad - truth.pole_y_rad)
        ratios.append(6_378_137 * np.hypot(turn, pole) / carried.error_m)
    assert 0.5 < np.sqrt(np.mean(np.square(ratios))) < 1.6


def test_before_1973_it_is_carried_back_within_its_stated_error() -> None:
    """C04 of the Paris observatory begins in 1962, when UTC ran at other rates: ERFA knows them."""
    lines = [line.split() for line in Path(IERS_B_FILE).read_text().splitlines() if not line.startswith("#")]
    for year, month, day, *_, ut1_utc in np.array([line[:8] for line in lines[:4_010:200]], dtype=float):
        tai_utc = erfa.dat(int(year), int(month), int(day), 0.0)
        mjd = erfa.cal2jd(int(year), int(month), int(day))[1]
        tai_ns = round(((mjd - 40_587) * S_PER_DAY + tai_utc) * NS_PER_S)
        earth = orientation(tai_ns)
        turn_m = 465.1 * abs(earth.ut1_minus_tai_s - (ut1_utc - tai_utc))
        assert earth.outside
        assert turn_m < 3 * earth.error_m


def damaged(line: int, column: int, text: bytes) -> bytes:
    at = (line - 1) * 188 + column - 1
    return CONTENT[:at] + text + CONTENT[at + len(text) :]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "wanted lines of 187 characters"),
        (CONTENT[:-5], "wanted lines of 187 characters"),
        (CONTENT[:188] + b"\n" + CONTENT[189:], "wanted lines of 187 characters"),
        (CONTENT[: 188 * 300], "wanted more than a year of daily values, got 300"),
        (CONTENT[: 188 * 500] + CONTENT[188 * 501 :], "one line for each day"),
        (damaged(700, 156, b"    x      "), "should hold a number"),
        (damaged(700, 156, b" 1.8000000 "), "UT1 - TAI jumps by 2.* after line 699.*LEAP_TABLE lacks"),
        (damaged(700, 156, b"   nan     "), "UT1 - TAI jumps by nan"),
        (damaged(700, 135, b"  2.000000"), "within 1 arcsec"),
    ],
)
def test_a_damaged_table_is_refused_in_words(content: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"finals: .*{sentence}"):
        read_finals(content, "finals")


def test_seconds_as_floats_are_refused() -> None:
    with pytest.raises(TypeError, match="whole nanoseconds of TAI"):
        orientation(1.2e18)
