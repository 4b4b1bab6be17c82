"""Times as a warning to mariners words them: date-time groups, daily hours, days, days of the week, "until".

    1622Z TO 0013Z COMMENCING DAILY 28 DEC THRU 28 JAN
    222100Z TO 272100Z OCT, ALTERNATE 290000Z TO 302100Z OCT

They are read as they stand; which days they are, `notice_windows` finds out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time

from jointwatch.formats.notice_tokens import MONTHS, Reader

WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
SUN = ("SUNRISE", "SUNSET")
_FILLING = ("IN PROGRESS", "COMMENCING", "FROM", "DAILY", "DURING", "EACH DAY", "EVERY DAY", ":")
_TO = ("TO", "THRU", "THROUGH", "UNTIL", "T0", "TRHU", "-")
EXCEPT = ("EXCEPTING", "EXCEPT", "EXCLUDING")
_ALTERNATE = ("ALTERNATES", "ALTERNATE", "ALTERNATIVELY", "BACKUP")


class NotATime(ValueError):  # noqa: N818 - the phrase is listed as not understood, nothing went wrong
    """A phrase that begins like a time and is none."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it stands, with the hour of a date-time group; month and year where they stand beside it."""

    day: int
    month: int | None = None
    year: int | None = None
    clock: time | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Two days, with hours of their own where they came as date-time groups; without a first one, since the issue."""

    first: Day | None
    last: Day
    weekdays: frozenset[int] = frozenset(range(7))
    to_sun: bool = False
    alternate: bool = False


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when on each day."""

    first: time | None  # None: sunrise
    last: time | None  # None: sunset


@dataclass(frozen=True, slots=True)
class Times:
    """Times as they stand: hours of the day, days or spans, days of the week excepted. Either may stand elsewhere."""

    hours: tuple[Hours, ...]
    spans: tuple[Span, ...]
    excepted: frozenset[int] = frozenset()
    alternate: bool = False

    def within(self, lead: Times) -> Times:
        """Return the same, with the hours or the days of the paragraph above where none stand here."""
        if not self.spans:
            return replace(self, spans=lead.spans, excepted=lead.excepted | self.excepted)
        own = self.hours or any(span.last.clock for span in self.spans)
        return self if own else replace(self, hours=lead.hours)


def times(reader: Reader) -> tuple[Times, ...]:
    """Return the times that stand here, and move behind them; none where no time stands here.

    Raises NotATime, the reader wherever it stopped.
    """
    found: list[Times] = []
    alternate = False
    while True:
        begun = reader.at
        alternate = _separated(reader) or alternate
        part = _part(reader)
        if part is None:
            reader.at = begun
            return tuple(found)
        found.append(replace(part, alternate=alternate))


def _part(reader: Reader) -> Times | None:
    """Read hours, days or spans, and what is excepted, in whatever order they stand."""
    hours: tuple[Hours, ...] = ()
    spans: tuple[Span, ...] = ()
    excepted: frozenset[int] = frozenset()
    begun, moved = reader.at, True
    while moved:
        at = reader.at
        while reader.word(*_FILLING):
            pass
        filled = reader.at
        hours = hours or tuple(_hours(reader))
        spans = spans or tuple(_spans(reader, sure=bool(hours)))
        excepted |= _excepted(reader)
        moved = reader.at > filled
        if not moved:
            reader.at = at if hours or spans else begun
    return Times(hours, spans, excepted) if hours or spans else None


def _separated(reader: Reader) -> bool:
    """Skip what stands between two times; return whether the next is an alternative."""
    alternate = False
    while skipped := reader.word(",", "AND", "OR", "ALSO", *_ALTERNATE):
        alternate = alternate or skipped in _ALTERNATE
    return alternate


def _hours(reader: Reader) -> list[Hours]:
    found: list[Hours] = []
    while True:
        at = reader.at
        if found:
            reader.word(",")
            reader.word("AND")
        first = _hour(reader)
        if first is None or not reader.word(*_TO):
            reader.at = at
            return found
        last = _hour(reader)
        if last is None:
            reader.at = at
            return found
        found.append(Hours(None if first == "SUNRISE" else _clock(first), None if last == "SUNSET" else _clock(last)))


def _hour(reader: Reader) -> str | None:
    """Return an hour as it is written: 0400Z, 0400 where TO or a Z stands beside it, SUNRISE or SUNSET."""
    if sun := reader.word(*SUN):
        return sun
    token = reader.take("clock")
    if token is None and reader.peek().kind == "number" and len(reader.peek().text) == 4:
        token = reader.take("number")
    return token.text.rstrip("Z") if token else None


def _clock(text: str) -> time:
    hour, minute = int(text[:2]), int(text[2:4])
    if text[:4] == "2400":
        return time(0)
    if hour > 23 or minute > 59:
        raise NotATime(f"{text} is no time of day")
    return time(hour, minute)


def _spans(reader: Reader, *, sure: bool) -> list[Span]:
    """Read a list of days, of ranges of days or of date-time groups, with the days of the week before them.

    Numbers without a month or an hour are days only where it is `sure` that days stand here.
    """
    found: list[Span] = []
    begun, weekdays, alternate = reader.at, frozenset(range(7)), False
    while True:
        at = reader.at
        alternate = _separated(reader) or alternate
        if found and reader.at == at:
            return found if sure else _days_of_a_month(reader, found, begun)
        weekdays = _weekdays(reader) or weekdays
        span = _span(reader)
        if span is None:
            reader.at = at
            return found if sure else _days_of_a_month(reader, found, begun)
        found.append(replace(span, weekdays=weekdays, alternate=alternate))


def _days_of_a_month(reader: Reader, found: list[Span], begun: int) -> list[Span]:
    """Return the spans, none where they are mere numbers: no month, and no hour."""
    if any(span.last.month or span.last.clock for span in found):
        return found
    reader.at = begun
    return []


def _span(reader: Reader) -> Span | None:
    if reader.word("UNTIL"):
        last = _day(reader)
        return None if last is None else Span(None, last)
    first = _day(reader)
    if first is None:
        return None
    at = reader.at
    if reader.word(*_TO):
        if reader.word("SUNSET"):
            return Span(first, first, to_sun=True)
        last = _day(reader)
        if last is not None:
            return Span(first, last)
        reader.at = at
    return Span(first, first) if first.clock is None else None


def _day(reader: Reader) -> Day | None:
    """Read 28, 28 DEC, 28 DEC 10, 281630Z or 281630Z DEC 10."""
    token = reader.peek()
    if token.kind == "number" and not (token.text.isdigit() and len(token.text) in (1, 2, 6)):
        return None
    if token.kind not in ("dtg", "number") or not 1 <= int(token.text[:2]) <= 31:
        return None
    reader.at += 1
    clock = _clock(token.text[2:6]) if len(token.text) >= 6 else None
    month, year = _month_and_year(reader)
    return Day(int(token.text[:2]), month, year, clock)


def _month_and_year(reader: Reader) -> tuple[int | None, int | None]:
    named = reader.word(*MONTHS)
    if named is None:
        return None, None
    token = reader.peek()
    if token.kind == "number" and len(token.text) in (2, 4) and token.text.isdigit() and not _begins_a_day(reader):
        reader.at += 1
        return MONTHS.index(named) + 1, int(token.text) + (2000 if len(token.text) == 2 else 0)
    return MONTHS.index(named) + 1, None


def _begins_a_day(reader: Reader) -> bool:
    """Whether the number here is not a year but a day or an hour: a month or TO follows an hour."""
    token, following = reader.peek(), reader.peek(1).text
    return following in MONTHS or (len(token.text) == 4 and (following in _TO or not token.text.startswith("20")))


def _weekdays(reader: Reader) -> frozenset[int]:
    """Read WEDNESDAYS THRU FRIDAYS, or SATURDAYS AND SUNDAYS."""
    found: frozenset[int] = frozenset()
    while True:
        at = reader.at
        if found:
            reader.word("AND", ",")
        first = _weekday(reader)
        if first is None:
            reader.at = at
            return found
        last = _weekday(reader) if reader.word("THRU", "TO", "THROUGH") else first
        if last is None:
            raise NotATime("days of the week without an end")
        found |= {(first + day) % 7 for day in range((last - first) % 7 + 1)}


def _weekday(reader: Reader) -> int | None:
    for number, name in enumerate(WEEKDAYS):
        if reader.word(name, name + "S"):
            return number
    return None


def _excepted(reader: Reader) -> frozenset[int]:
    """Read EXCEPT SUNDAYS; holidays beside them are left standing: of which country is not said."""
    begun = reader.at
    found = _weekdays(reader) if reader.word(*EXCEPT) else frozenset[int]()
    if not found:
        reader.at = begun
    return found
