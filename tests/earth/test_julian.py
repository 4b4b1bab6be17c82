"""Julian dates and TAI - UTC of arrays of times, against ERFA and the printed calendar."""

import erfa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.earth.julian import centuries_tt, julian_date_tt, julian_date_utc, tai_minus_utc_s
from jointwatch.earth.timescale import LEAP_TABLE, NS_PER_S, S_PER_DAY, tai_ns_from_utc, utc_from_tai_ns

FIRST_NS, LAST_NS = (tai_ns_from_utc(f"{year}-01-01T00:00:00Z") for year in (1972, 2100))
ROUNDING_S = 1e-9


def seconds_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    return abs((float(one[0]) - other[0]) + (float(one[1]) - other[1])) * S_PER_DAY


@given(st.integers(FIRST_NS, LAST_NS))
def test_the_julian_date_in_tt_is_that_of_erfa(tai_ns: int) -> None:
    ours = julian_date_tt(tai_ns)
    theirs = erfa.taitt(2_440_587.5 + tai_ns // (NS_PER_S * S_PER_DAY), tai_ns % (NS_PER_S * S_PER_DAY) / 8.64e13)
    assert seconds_between(ours, theirs) < ROUNDING_S
    assert 0 <= ours[1] < 1
    assert centuries_tt(tai_ns) == pytest.approx((ours[0] - 2_451_545 + ours[1]) / 36_525, abs=1e-15)


@given(st.integers(FIRST_NS, LAST_NS))
def test_the_julian_date_in_utc_is_the_printed_day_and_second(tai_ns: int) -> None:
    text = utc_from_tai_ns(tai_ns, digits=9)
    midnight, mjd = erfa.cal2jd(*map(int, text[:10].split("-")))
    second = int(text[11:13]) * 3_600 + int(text[14:16]) * 60 + float(text[17:29])
    assert seconds_between(julian_date_utc(tai_ns), (midnight + mjd, second / S_PER_DAY)) < ROUNDING_S


@pytest.mark.parametrize(("day", "offset"), LEAP_TABLE[1:])
def test_a_leap_second_belongs_to_the_day_it_ends_and_repeats_a_date(day: str, offset: int) -> None:
    midnight = tai_ns_from_utc(f"{day}T00:00:00Z")
    around = midnight + np.array([-NS_PER_S - 1, -NS_PER_S, -1, 0])
    assert tai_minus_utc_s(around).tolist() == [offset - 1] * 3 + [offset]
    whole, fraction = julian_date_utc(around)
    assert whole[1] == whole[3]
    assert fraction[1] == fraction[3] == 0.5


def test_shapes_are_kept_and_times_before_utc_refused() -> None:
    assert julian_date_utc(FIRST_NS)[0].shape == ()
    assert tai_minus_utc_s(np.full((2, 3), FIRST_NS)).shape == (2, 3)
    with pytest.raises(ValueError, match="begins on 1972-01-01"):
        julian_date_utc(FIRST_NS - 1)
    with pytest.raises(TypeError, match="whole nanoseconds"):
        julian_date_tt(np.array([1e18]))
