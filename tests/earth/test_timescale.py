"""UTC text and TAI nanoseconds, against ERFA's own leap seconds."""

import erfa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.earth.timescale import (
    LEAP_TABLE,
    NS_PER_S,
    days_from_tai_ns,
    now_tai_ns,
    tai_ns_from_days,
    tai_ns_from_utc,
    utc_from_tai_ns,
)

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


def test_a_time_before_utc_is_printed_as_a_partner_may_have_signed_it() -> None:
    assert utc_from_tai_ns(FIRST_NS - 1) == "1971-12-31T23:59:59Z"
    assert utc_from_tai_ns(0) == "1969-12-31T23:59:50Z"
    assert utc_from_tai_ns(2**63 - 1) == "2262-04-11T23:46:39Z"


def test_odd_digits_and_times_of_no_calendar_are_refused() -> None:
    with pytest.raises(ValueError, match="digits must be 0, 3 or 9"):
        utc_from_tai_ns(FIRST_NS, digits=6)
    with pytest.raises(ValueError, match="outside the calendar"):
        utc_from_tai_ns(10**21)


def test_now_is_after_this_was_written() -> None:
    assert utc_from_tai_ns(now_tai_ns()) > "2026-01-01"


def epoch_of(text: str) -> tuple[int, int]:
    """Day since 1970 and nanoseconds of the day of a text, by the calendar alone."""
    day = int(np.datetime64(text[:10], "D").astype(int))
    hour, minute, second = (float(part) for part in text[11:-1].split(":"))
    return day, round((hour * 3600 + minute * 60 + second) * NS_PER_S)


@given(st.lists(st.integers(FIRST_NS, LAST_NS), min_size=1, max_size=20))
def test_days_and_nanoseconds_say_what_the_text_says_and_come_back(times: list[int]) -> None:
    times += [tai_ns_from_utc(f"{day}T00:00:00Z") + k * NS_PER_S // 2 for day, _ in LEAP_TABLE[1:] for k in (-3, -1, 0)]
    day, ns = days_from_tai_ns(np.array(times))
    assert tai_ns_from_days(day, ns).tolist() == times
    whole = [time // NS_PER_S * NS_PER_S for time in times]
    assert [epoch_of(utc_from_tai_ns(time)) for time in whole] == list(
        zip(*(part.tolist() for part in days_from_tai_ns(np.array(whole))), strict=True)
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2009-06-30T23:59:60Z", "row 1: UTC had no such second on that day; got 2009-06-30 and 86400 s"),
        ("1971-12-31T12:00:00Z", "row 1: UTC with leap seconds begins on 1972-01-01; got 1971-12-31"),
    ],
)
def test_a_second_that_utc_never_had_is_refused_with_its_row(text: str, words: str) -> None:
    day, ns = zip(epoch_of("2009-02-02T18:30:00Z"), epoch_of(text), strict=True)
    with pytest.raises(ValueError, match=words):
        tai_ns_from_days(np.array(day), np.array(ns))


def test_no_utc_is_given_before_there_was_one() -> None:
    with pytest.raises(ValueError, match=r"row 0: UTC with leap seconds begins on 1972-01-01; 0 ns is before it"):
        days_from_tai_ns(np.array([0]))
