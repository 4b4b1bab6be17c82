"""Official warnings read: two hundred checked one by one, all by their own cancellation, and any text at all."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.formats.notice_areas import Box, Circle, Polygon, Track
from jointwatch.formats.notice_files import Warned, read_notices
from jointwatch.formats.notice_series import lives
from jointwatch.formats.notice_text import NoticeText, read
from jointwatch.formats.notice_tokens import MONTHS
from tests.formats.notice_words import in_short

ROOT = Path(__file__).parents[2]
NOTICES = ROOT.parent / "shared" / "data" / "notices" / "nga_rocket_missile_notices_2010_2018.jsonl.gz"
CHECKED = ROOT / "tests" / "oracles" / "notices_checked.jsonl"
ISSUED = datetime(2014, 12, 20, 6, tzinfo=UTC)
LAUNCHES = {"rocket launching", "missile operations", "falling debris"}
needs_notices = pytest.mark.skipif(not NOTICES.is_file(), reason="needs the warnings in ../shared/data/notices")


@pytest.fixture(scope="module")
def warnings() -> tuple[Warned, ...]:
    return read_notices(NOTICES)


def says(text: str, issued: datetime = ISSUED) -> NoticeText:
    return read(text, issued)


def windows(text: str, issued: datetime = ISSUED) -> list[tuple[str, str]]:
    found = [window for operation in says(text, issued).operations for window in operation.windows]
    return [(f"{window.start:%Y-%m-%d %H%M}", f"{window.end:%Y-%m-%d %H%M}") for window in found]


# -- against the real ones -------------------------------------------------------------------------------------------


@needs_notices
def test_two_hundred_checked_one_by_one_are_read_as_they_were_checked(warnings: tuple[Warned, ...]) -> None:
    """The goal is 98 of 100 fields. The oracle is what was read in the texts; what our reader lists counts wrong."""
    by_id = {str(each.id): each for each in warnings}
    rows = [json.loads(line) for line in CHECKED.read_text().splitlines()]
    fields = [(want, got) for row in rows for want, got in _fields(row["says"], in_short(by_id[row["id"]].says))]
    right = sum(want == got for want, got in fields)
    print(f"{right} of {len(fields)} fields right in {len(rows)} warnings")
    assert len(rows) == 200
    assert right / len(fields) >= 0.98


def _fields(want: list[str], got: list[str]) -> list[tuple[str, str]]:
    """Subjects, windows and areas of each paragraph, and what is ended, side by side."""
    size = max(len(want), len(got))
    lines = zip(want + [""] * (size - len(want)), got + [""] * (size - len(got)), strict=True)
    return [
        (each, other)
        for one, two in lines
        for each, other in zip((one + ": : :").split(": ")[:4], (two + ": : :").split(": ")[:4], strict=True)
        if each or other
    ]


@needs_notices
def test_nearly_all_warnings_of_launches_and_debris_yield_window_and_area(warnings: tuple[Warned, ...]) -> None:
    about = [each for each in warnings if LAUNCHES & set(each.says.subjects) and not each.says.cancels.at_once]
    whole = [
        each for each in about if each.says.operations and all(o.windows and o.areas for o in each.says.operations)
    ]
    print(f"{len(whole)} of {len(about)} warnings yield window and area")
    assert len(about) > 1_100
    assert len(whole) / len(about) >= 0.95


def _whole(says: NoticeText) -> bool:
    return bool(says.operations) and all(operation.windows and operation.areas for operation in says.operations)


@needs_notices
def test_the_last_window_ends_an_hour_before_the_warning_cancels_itself(warnings: tuple[Warned, ...]) -> None:
    """The two stand apart in each text, and the agency's habit is one hour: an oracle that no reader of ours made."""
    off = [
        each.says.cancels.itself - max(window.end for operation in each.says.operations for window in operation.windows)
        for each in warnings
        if each.says.cancels.itself and any(operation.windows for operation in each.says.operations)
    ]
    assert sum(gap == timedelta(hours=1) for gap in off) / len(off) > 0.93  # the rest ends at midnight after a sunset
    assert sum(timedelta(0) <= gap <= timedelta(hours=26) for gap in off) / len(off) > 0.99


@needs_notices
def test_every_position_of_a_text_is_a_corner_or_is_listed(warnings: tuple[Warned, ...]) -> None:
    for each in warnings:
        halves = re.findall(r"\d{1,3}(?:-\d\d(?:\.\d+)?){1,2}[NSEW]", each.text)
        read_halves = sum(_halves(area) for operation in each.says.operations for area in operation.areas)
        assert read_halves == len(halves) or each.says.not_understood or "MARAD" in each.text, each.text


def _halves(area: Polygon | Box | Circle | Track) -> int:
    if isinstance(area, Polygon):
        return 2 * len(area.corners)
    return 4 if isinstance(area, Box) else 2 if isinstance(area, Circle) else 2 * len(area.points)


@needs_notices
def test_cancellations_and_repeats_are_joined_to_their_originals(warnings: tuple[Warned, ...]) -> None:
    found = {str(life.warned.id): life for life in lives(warnings)}
    ariane = found["HYDROLANT 2488/10"]  # ended by 2523/10, which is among them: operations completed
    assert str(ariane.ended_by) == "HYDROLANT 2523/10"
    assert ariane.reason == "OPERATIONS COMPLETED"
    assert ariane.ended == datetime(2010, 12, 29, 22, 25, tzinfo=UTC)
    assert not ariane.in_force(datetime(2011, 1, 5, tzinfo=UTC))
    assert sum(life.original != life.warned.id for life in found.values()) > 50


# -- phrases, as mariners write them ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "want"),
    [
        ("DAILY 29 DEC THRU 02 JAN", "2014-12-29 2014-12-30 2014-12-31 2015-01-01 2015-01-02"),
        ("DAILY 02, 03 AND 05 THRU 06 JAN", "2015-01-02 2015-01-03 2015-01-05 2015-01-06"),
        ("DAILY 30 AND 31 DEC AND 02 JAN", "2014-12-30 2014-12-31 2015-01-02"),
        ("DAILY 01 THRU 05 JAN EXCEPT SUNDAYS", "2015-01-01 2015-01-02 2015-01-03 2015-01-05"),
        ("DAILY UNTIL 22 DEC", "2014-12-20 2014-12-21 2014-12-22"),
        ("24 DEC", "2014-12-24"),
    ],
)
@pytest.mark.parametrize("order", ["1. MISSILES 0400Z TO 1300Z {}.", "1. MISSILES {} 0400Z TO 1300Z."])
def test_daily_hours(order: str, days: str, want: str) -> None:
    assert windows(order.format(days)) == [(f"{day} 0400", f"{day} 1300") for day in want.split()]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("1. ROCKETS 2100Z TO 0300Z COMMENCING DAILY 24 DEC.", [("2014-12-24 2100", "2014-12-25 0300")]),
        ("1. ROCKETS 302100Z DEC TO 010300Z JAN 15.", [("2014-12-30 2100", "2015-01-01 0300")]),
        ("1. ROCKETS 302100Z TO 010300Z JAN.", [("2014-12-30 2100", "2015-01-01 0300")]),
        ("1. ROCKETS IN PROGRESS UNTIL 221200Z DEC.", [("2014-12-20 0600", "2014-12-22 1200")]),
        ("1. ROCKETS 23 DEC.", [("2014-12-23 0000", "2014-12-24 0000")]),
        ("1. ROCKETS 0000Z TO 2400Z 23 DEC.", [("2014-12-23 0000", "2014-12-24 0000")]),
    ],
)  # fmt: skip
def test_spans(text: str, want: list[tuple[str, str]]) -> None:
    assert windows(text) == want


def test_days_from_a_29_february_on_are_of_the_year_that_has_one() -> None:
    text = "1. ROCKETS 0400Z TO 0500Z DAILY 29 FEB THRU 01 MAR."
    days = ("2012-02-29", "2012-03-01")
    assert windows(text, datetime(2012, 2, 20, tzinfo=UTC)) == [(f"{day} 0400", f"{day} 0500") for day in days]


def test_an_alternate_is_marked_and_the_sun_is_named() -> None:
    (operation,) = says("1. ROCKETS 221200Z TO 221300Z DEC, ALTERNATE 231200Z TO 231300Z DEC WITHIN 5 MILES OF 10-00N 020-00E.").operations  # fmt: skip # noqa: E501
    assert [window.alternate for window in operation.windows] == [False, True]
    (operation,) = says("1. MISSILES 0500Z TO SUNSET DAILY 23 DEC WITHIN 5 MILES OF 10-00N 020-00E.").operations
    assert operation.windows[0].by_sun == ("sunset",)


def test_lettered_paragraphs_take_days_hours_or_reach_from_above() -> None:
    text = """1. ROCKET LAUNCHING COMMENCING DAILY 24 AND 25 DEC:
       A. 0400Z TO 0500Z IN AREA BOUND BY 10-00N 020-00E, 11-00N 020-00E, 11-00N 021-00E.
       B. WITHIN 1000 METERS OF 12-00.5N 020-30-30.0W."""
    first, second = says(text).operations
    assert [window.start.hour for window in first.windows] == [4, 4]
    assert len(second.windows) == 2
    circle = second.areas[0]
    assert isinstance(circle, Circle)
    assert circle.centre.latitude_deg == pytest.approx(12.0 + 0.5 / 60)
    assert circle.centre.longitude_deg == pytest.approx(-(20.0 + 30.5 / 60))


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("WITHIN TWO MILES OF 10-00N 020-00E BETWEEN 350 DEGREES AND 010 DEGREES", "C3704(350-10)"),
        ("WITHIN 10 KILOMETERS OF 10-00N 020-00E", "C10000"),
        ("WITHIN 10 MILES OF TRACKLINE BETWEEN 10-00N 020-00E AND 11-00N 021-00E", "T2/18520"),
        ("ALONG TRACKLINE JOINING 10-00N 020-00E, 11-00N 021-00E", "T2/0"),
        ("IN AREA BETWEEN 10-00N 11-00N AND 020-00E 021-00E", "B"),
        ("IN AREA BOUND BY 10-00N 020-00E 11-00N 021-00E 10-00N 022-00E", "P3"),
    ],
)
def test_areas(text: str, want: str) -> None:
    assert in_short(says(f"1. ROCKETS 0400Z TO 0500Z 24 DEC {text}."))[0].split(": ")[-1] == want


def test_a_distance_that_begins_a_line_is_no_paragraph() -> None:
    (operation,) = says("1. ROCKETS 0400Z TO 0500Z 24 DEC WITHIN\n   22 MILES OF 44-09N 029-23E.").operations
    assert isinstance(operation.areas[0], Circle)


def test_a_box_across_the_date_line_is_the_narrow_one() -> None:
    (operation,) = says(
        "1. ROCKETS 0400Z TO 0500Z 24 DEC IN AREA BETWEEN 80-00N 81-00N AND 170-00E 170-00W."
    ).operations
    assert operation.areas == (Box(80.0, 81.0, 170.0, -170.0),)


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("IN AREA BOUND BY 10-00N 020-00E, 69.48.0N 011-00E, 11-00N 021-00E, 12-00N 022-00E", "69.48.0N"),
        ("IN AREA BOUND BY 10-61N 020-00E, 11-00N 021-00E, 12-00N 022-00E", "10-61N"),
        ("WITHIN 9 MILES OF 73-17N 053-53E EXCEPT AREA BOUND 72-06N 051-41E 74-26N 055-47E 73-54N 057-52E", "EXCEPT"),
        ("IN POSITION 10-00N 020-00E", "10-00N"),
        ("ON CHANNEL 16", "16"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_listed_and_never_half_taken(text: str, listed: str) -> None:
    said = says(f"1. ROCKETS 0400Z TO 0500Z 24 DEC {text}.")
    assert any(listed in each for each in said.not_understood)
    assert all(len(operation.areas) <= 1 for operation in said.operations)


# -- written by rule, and read again ---------------------------------------------------------------------------------


Written = tuple[str, list[tuple[datetime, datetime]], list[tuple[float, float]]]


@st.composite
def written(draw: st.DrawFn) -> Written:
    """A warning in mariners' English with its windows and corners, made without the reader's help."""
    first = ISSUED.date() + timedelta(days=draw(st.integers(0, 200)))
    days = draw(st.integers(1, 20))
    last = first + timedelta(days=days - 1)
    start, length = draw(st.integers(0, 1439)), draw(st.integers(1, 1440))
    begins = [
        datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(days=k, minutes=start) for k in range(days)
    ]
    clock = [f"{minutes % 1440 // 60:02}{minutes % 60:02}Z" for minutes in (start, start + length)]
    named = [f"{day.day:02} {MONTHS[day.month - 1]}" for day in (first, last)]
    over = "COMMENCING " if start + length > 1440 else ""
    when = f"{clock[0]} TO {clock[1]} {over}DAILY {named[0]}" + (f" THRU {named[1]}" if days > 1 else "")
    halves = st.tuples(st.integers(-5399, 5399), st.integers(-10799, 10799))  # minutes of arc
    corners = draw(st.lists(halves, min_size=3, max_size=9))
    where = ", ".join(f"{_half(lat, 2, 'NS')} {_half(lon, 3, 'EW')}" for lat, lon in corners)
    windows = [(begin, begin + timedelta(minutes=length)) for begin in begins]
    return f"1. ROCKETS {when}\n   IN AREA BOUND BY {where}.", windows, [(lat / 60, lon / 60) for lat, lon in corners]


def _half(minutes: int, digits: int, sides: str) -> str:
    return f"{abs(minutes) // 60:0{digits}}-{abs(minutes) % 60:02}{sides[minutes < 0]}"


@given(written())
def test_what_is_written_is_read_again(case: Written) -> None:
    text, want, corners = case
    said = says(text)
    assert not said.not_understood
    (operation,) = said.operations
    assert [(window.start, window.end) for window in operation.windows] == want
    (polygon,) = operation.areas
    assert isinstance(polygon, Polygon)
    assert [(p.latitude_deg, p.longitude_deg) for p in polygon.corners] == [pytest.approx(corner) for corner in corners]


WORDS = [
    "1.",
    "2.",
    "A.",
    "B.",
    "0400Z",
    "1300Z",
    "312200Z",
    "24",
    "31",
    "DEC",
    "FEB",
    "15",
    "TO",
    "THRU",
    "DAILY",
    "UNTIL",
    "AND",
    ",",
    "EXCEPT",
    "SUNDAYS",
    "SUNSET",
    "ALTERNATE",
    "IN",
    "AREA",
    "BOUND",
    "BY",
    "BETWEEN",
    "WITHIN",
    "5",
    "MILES",
    "OF",
    "10-00N",
    "020-00E",
    "99-99S",
    "181-00W",
    "CANCEL",
    "THIS",
    "MSG",
    "HYDROLANT",
    "12/15",
    "REFERS",
    ":",
    ".",
]


@given(st.lists(st.sampled_from([*WORDS, "\n"]), max_size=40) | st.text(max_size=200).map(list))
@settings(max_examples=300)
def test_no_text_breaks_the_reader(words: list[str]) -> None:
    said = says(" ".join(words))
    for operation in said.operations:
        assert all(window.start <= window.end for window in operation.windows)


def test_a_text_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="64,000 characters"):
        says("A" * 64_001)
