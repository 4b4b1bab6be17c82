"""UTC text and TAI nanoseconds, against ERFA's own leap seconds."""

import erfa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.earth.timescale import LEAP_TABLE, NS_PER_S, now_tai_ns, tai_ns_from_utc, utc_from_tai_ns

LEAP_SECONDS_EVER = 27
FIRST_NS = tai_ns_from_utc("1972-01-01T00:00:00Z")
LAST_NS = tai_ns_from_utc("2100-01-01T00:00:00Z")


def erfa_tai_s(year: int, month: int, day: int, hour: int, minute: int, second: float) -> float:
    utc = erfa.dtf2d("UTC", year, month, day, hour, minute, second)
    tai1, tai2 = erfa.utctai(*utc)
    return ((tai1 - 2440587.5) + tai2) * 86400


@pytest.mark.parametrize(("day", "offset"), LEAP_TABLE)
def test_the_leap_table_is_that_of_erfa(day: str, offset: int) -> None:
    year, month, first = map(int, day.split("-"))
    assert erfa.dat(year, month, first, 0.0) == offset
    assert tai_ns_from_utc(f"{day}T00:00:00Z") / NS_PER_S == pytest.approx(
        erfa_tai_s(year, month, first, 0, 0, 0.0), abs=1e-4
    )


def test_every_leap_second_is_read_printed_and_one_second_long() -> None:
    leaps = [tai_ns_from_utc(f"{day}T00:00:00Z") - NS_PER_S for day, _ in LEAP_TABLE[1:]]
    assert len(leaps) == LEAP_SECONDS_EVER
    for leap_ns in leaps:
        text = utc_from_tai_ns(leap_ns)
        assert text.endswith("T23:59:60Z")
        assert tai_ns_from_utc(text) == leap_ns
        assert utc_from_tai_ns(leap_ns - 1, digits=9).endswith("T23:59:59.999999999Z")
        assert utc_from_tai_ns(leap_ns + NS_PER_S - 1, digits=9).endswith("T23:59:60.999999999Z")
        assert utc_from_tai_ns(leap_ns + NS_PER_S).endswith("T00:00:00Z")


@given(st.integers(FIRST_NS, LAST_NS))
def test_nanoseconds_survive_the_round_trip(tai_ns: int) -> None:
    assert tai_ns_from_utc(utc_from_tai_ns(tai_ns, digits=9)) == tai_ns
    assert utc_from_tai_ns(tai_ns, digits=3) == utc_from_tai_ns(tai_ns, digits=9)[:23] + "Z"  # cut, never rounded up


@given(st.tuples(st.integers(FIRST_NS, LAST_NS), st.integers(FIRST_NS, LAST_NS)))
def test_text_sorts_as_time_does(pair: tuple[int, int]) -> None:
    early, late = sorted(pair)
    assert utc_from_tai_ns(early, digits=9) <= utc_from_tai_ns(late, digits=9)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2009-02-02 18:30:00Z", "wanted a UTC time such as"),
        ("2009-02-02T18:30:00", "wanted a UTC time such as"),
        ("2009-02-02T18:30:00+00:00", "wanted a UTC time such as"),
        ("2009-02-02T18:30:00.1234567890Z", "wanted a UTC time such as"),
        ("２００９-02-02T18:30:00Z", "wanted a UTC time such as"),
        ("2009-02-30T18:30:00Z", "names no day"),
        ("2009-02-02T24:00:00Z", "is not a time of day"),
        ("2009-02-02T23:60:00Z", "is not a time of day"),
        ("2009-02-02T23:59:60Z", "no such second on 2009-02-02"),
        ("1971-12-31T23:59:60Z", "begins on 1972-01-01"),
        ("1970-01-01T00:00:00Z", "begins on 1972-01-01"),
    ],
)
def test_what_is_no_utc_time_is_refused_in_words(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        tai_ns_from_utc(text)


def test_times_before_utc_and_odd_digits_are_refused() -> None:
    with pytest.raises(ValueError, match="begins on 1972-01-01"):
        utc_from_tai_ns(FIRST_NS - 1)
    with pytest.raises(ValueError, match="digits must be 0, 3 or 9"):
        utc_from_tai_ns(FIRST_NS, digits=6)
    with pytest.raises(ValueError, match="outside the calendar"):
        utc_from_tai_ns(10**21)


def test_now_is_after_this_was_written() -> None:
    assert utc_from_tai_ns(now_tai_ns()) > "2026-01-01"
