"""When a warning holds: the windows in UTC that its times come to.

The text names no year, or the year of the last day alone, and not every day has its month. They follow from when the
warning was issued and from when it cancels itself: the last year in which the window ends before that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from jointwatch.formats.notice_times import Day, Hours, NotATime, Span, Times

MOST_DAYS = 800
_DAY = timedelta(days=1)
_WHOLE_DAY = (Hours(time(0), time(0)),)


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when, UTC; `by_sun` names the edges ("sunrise", "sunset") that stand there as the day's own."""

    start: datetime
    end: datetime
    alternate: bool = False
    by_sun: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What gives a day its year: when the warning was issued, and when it cancels itself."""

    issued: datetime
    until: datetime | None = None


def windows(said: Sequence[Times], lead: Sequence[Times], known: Known) -> tuple[Window, ...]:
    """Return the windows of a paragraph's times, completed by those of the paragraph above; raises NotATime."""
    above = lead[0] if lead else Times((), ())
    whole = [each.within(above) for each in said]
    if not all(each.spans for each in whole):
        raise NotATime("hours without a day")
    dated = iter(_dated([span for each in whole for span in each.spans], known))
    return tuple(
        window for each in whole for span in islice(dated, len(each.spans)) for window in _of(each, span, known)
    )


def _of(said: Times, span: Span, known: Known) -> Iterator[Window]:
    """Yield the windows of one of the spans of a paragraph's times."""
    alternate = said.alternate or span.alternate
    if span.last.clock:
        yield replace(_absolute(span, known), alternate=alternate)
        return
    for day in _days(span, known):
        if day.weekday() in span.weekdays - said.excepted:
            yield from (replace(_daily(day, hours), alternate=alternate) for hours in said.hours or _WHOLE_DAY)


def _dated(spans: Sequence[Span], known: Known) -> list[Span]:
    """Give each day the month, and the year, that stands next after it: the month before, where its day is later."""
    following = _nearest(spans[-1].last, known)
    found: list[Span] = []
    for span in reversed(spans):
        last = _filled(span.last, following, known)
        first = None if span.first is None else _filled(span.first, last, known, same=span.first is not span.last)
        found.append(replace(span, first=first, last=last))
        following = first or last
    return found[::-1]


def _nearest(day: Day, known: Known) -> Day:
    """Return the month in which a day that names none comes last before the warning ends, where it ends within 28 d."""
    if known.until is None or known.until - known.issued > timedelta(days=28):
        return Day(31)
    at = known.until.date()
    while at.day != day.day and at > known.until.date() - timedelta(days=31):
        at -= _DAY
    return Day(day.day, at.month)


def _filled(day: Day, following: Day, known: Known, *, same: bool = False) -> Day:
    """`same`: both are of one span, so that the later day is of the month before; else only where that is not past."""
    if day.month is None and following.month is not None:
        taken = replace(day, month=following.month, year=following.year)
        before = _month_before(taken)
        return before if day.day > following.day and (same or not _past(before, known)) else taken
    if day.year is None and following.year is not None and day.month is not None and following.month is not None:
        return replace(day, year=following.year - (day.month > following.month))
    return day


def _past(day: Day, known: Known) -> bool:
    issued = known.issued
    return (day.month, day.day) < (issued.month, issued.day) and issued.month - (day.month or 0) < 6


def _month_before(day: Day) -> Day:
    month = day.month or 1
    year = None if day.year is None else day.year - (month == 1)
    return replace(day, month=month - 1 or 12, year=year)


def _placed(span: Span, known: Known) -> tuple[date, date]:
    """Return the days of a span, in the year that fits when the warning was issued and when it cancels itself."""
    if span.last.month is None:
        raise NotATime("a day without a month")
    if span.last.year is not None:
        return _dates(span, span.last.year, known)
    tried = list(_tried(span, known))
    if known.until is not None:
        issued = known.issued.date() - _DAY
        before = [each for each in tried if issued <= each[1] <= known.until.date() + _DAY]
        if before:
            return before[-1]
    after = [each for each in tried if each[1] >= known.issued.date() - _DAY]
    if not after:
        raise NotATime("a day that no year has")
    return min(after, key=lambda each: abs(each[0] - known.issued.date()))


def _dates(span: Span, year: int, known: Known) -> tuple[date, date]:
    last = _date(span.last, year)
    if span.first is None:
        return min(known.issued.date(), last), last
    first_year = span.first.year or year - ((span.first.month or 1, span.first.day) > (last.month, last.day))
    return _date(span.first, first_year), last


def _tried(span: Span, known: Known) -> Iterator[tuple[date, date]]:
    """Yield the days of a span in the years about the issue; not every year has a 29 February at either end."""
    for year in range(known.issued.year - 1, known.issued.year + 3):
        with suppress(NotATime):
            yield _dates(span, year, known)


def _date(day: Day, year: int) -> date:
    try:
        return date(year, day.month or 0, day.day)
    except ValueError:
        raise NotATime(f"{day.day} of month {day.month} is no day of {year}") from None


def _days(span: Span, known: Known) -> Iterator[date]:
    first, last = _placed(span, known)
    if not 0 <= (last - first).days <= MOST_DAYS:
        raise NotATime(f"from {first} to {last}")
    for number in range((last - first).days + 1):
        yield first + number * _DAY


def _daily(day: date, hours: Hours) -> Window:
    start = datetime.combine(day, hours.first or time(0), UTC)
    end = datetime.combine(day, hours.last or time(0), UTC)
    by_sun = tuple(name for name, at in (("sunrise", hours.first), ("sunset", hours.last)) if at is None)
    return Window(start, end if end > start else end + _DAY, by_sun=by_sun)


def _absolute(span: Span, known: Known) -> Window:
    first, last = _placed(span, known)
    end = datetime.combine(last, span.last.clock or time(0), UTC)
    start = known.issued if span.first is None else datetime.combine(first, span.first.clock or time(0), UTC)
    if span.to_sun:
        end = datetime.combine(last + _DAY, time(0), UTC)
    if start > end and span.first is not None:
        raise NotATime(f"an end, {end:%d %b %H:%M}, before its beginning")
    return Window(min(start, end), end, by_sun=("sunset",) if span.to_sun else ())
