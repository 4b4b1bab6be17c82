"""Epochs: both forms of date, every second of a leap year's days, and what only UTC has."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.formats.epochs import Instant, epoch_texts, read_epochs, read_instant
from jointwatch.formats.refusal import BadRow

EPOCH = datetime(1970, 1, 1)


@given(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)))
def test_both_forms_of_a_date_name_the_day_that_python_names(when: datetime) -> None:
    calendar, ordinal = (when.strftime(form).rjust(len(EPOCH.strftime(form)), "0") for form in ("%Y-%m-%d", "%Y-%j"))
    time = f"T{when:%H:%M:%S}.{when.microsecond:06d}"
    day, ns = read_epochs([(calendar + time).encode(), (ordinal + time).encode()], "TAI")
    since = when - EPOCH
    assert day.tolist() == [since.days] * 2
    assert ns.tolist() == [(since.seconds * 10**6 + since.microseconds) * 1000] * 2


@given(st.lists(st.tuples(st.integers(-700_000, 2_900_000), st.integers(0, 86_400 * 10**9 - 1)), min_size=1))
def test_what_is_written_reads_back(instants: list[tuple[int, int]]) -> None:
    day = np.array([day for day, _ in instants], dtype=np.int32)
    ns = np.array([ns for _, ns in instants], dtype=np.int64)
    again_day, again_ns = read_epochs(epoch_texts(day, ns), "TAI")
    assert (again_day == day).all()
    assert (again_ns == ns).all()


def test_decimals_are_as_few_as_hold_all_epochs() -> None:
    day = np.zeros(2, dtype=np.int32)
    for ns, length in (([0, 10**9], 19), ([0, 10**6], 23), ([0, 10**3], 26), ([0, 1], 29)):
        assert {len(text) for text in epoch_texts(day, np.array(ns))} == {length}


def test_digits_beyond_the_ninth_are_dropped_and_not_rounded_up() -> None:
    assert read_instant("2009-02-02T23:59:59.9999999999").ns_of_day == 86_399_999_999_999


@pytest.mark.parametrize("text", ["2016-12-31T23:59:60.5", "2016-366T23:59:60.5Z", "2015-06-30T23:59:60"])
def test_a_leap_second_is_read_in_utc_and_written_again(text: str) -> None:
    instant = read_instant(text)
    assert instant.ns_of_day >= 86_400 * 10**9
    assert read_instant(instant.text()) == instant
    assert "23:59:60" in instant.text()


@pytest.mark.parametrize("system", ["TAI", "TT", "GPS", "UT1", "TDB"])
def test_no_other_time_system_has_a_leap_second_or_a_z(system: str) -> None:
    with pytest.raises(ValueError, match=f"no time of a day in {system}"):
        read_instant("2016-12-31T23:59:60", system)
    with pytest.raises(ValueError, match=f"ends in Z, which says UTC, in a file whose time system is {system}"):
        read_instant("2016-12-31T23:59:59Z", system)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2009-02-29T00:00:00", "names no day of the calendar"),
        ("2009-366T00:00:00", "names no day of the calendar"),
        ("2009-000T00:00:00", "names no day of the calendar"),
        ("2009-13-01T00:00:00", "names no day of the calendar"),
        ("0000-01-01T00:00:00", "names no day of the calendar"),
        ("2009-02-02T24:00:00", "is no time of a day"),
        ("2009-02-02T23:60:00", "is no time of a day"),
        ("2009-02-02T12:00:60", "is no time of a day"),
        ("2009-02-02T23:59:60", "has a second 60 that no month ends with"),
        ("2009-02-02T23:59:61", "is no time of a day"),
        ("2009-02-02 18:30:00", "is no time"),
        ("2009-02-02T18:30", "is no time"),
        ("2009-02-02T18:30:00.", "is no time"),
        ("2009-02-02T18:30:00.5ZZ", "is no time"),
        ("2009-02-02T18:30:00+01:00", "is no time"),
        ("2009-02-02T18:30:00.1e3", "is no time"),
        ("+2009-02-02T18:30:00", "is no time"),
        ("20090202T183000", "is no time"),
        ("", "is no time"),
        ("2009-02-02T18:30:00." + "0" * 60, "is no time"),
    ],
)
def test_what_is_no_time_is_named_with_its_row(text: str, reason: str) -> None:
    with pytest.raises(BadRow, match=reason) as raised:
        read_epochs([b"2009-02-02T18:30:00", b"2009-033T18:30:00", text.encode()], "UTC")
    assert raised.value.row == 2
    assert "wanted a time such as" in raised.value.sentence


def test_instants_sort_by_time_also_across_a_leap_second() -> None:
    texts = ["2016-12-31T23:59:59.9", "2016-12-31T23:59:60.1", "2017-01-01T00:00:00"]
    instants = [read_instant(text) for text in texts]
    assert sorted(instants) == instants
    assert instants[2] == Instant((datetime(2017, 1, 1) - EPOCH) // timedelta(days=1), 0)
