"""Dates as exactly as a source has them: a year, a month or a day, and the instants at which they begin and end."""

from __future__ import annotations

from datetime import date, timedelta


def begin_utc(day: str) -> str:
    """The first instant of a year, month or day, as UTC text.

    >>> begin_utc("2012-12"), begin_utc("1985")
    ('2012-12-01T00:00:00Z', '1985-01-01T00:00:00Z')
    """
    return f"{_first(day).isoformat()}T00:00:00Z"


def end_utc(day: str) -> str:
    """The first instant after a year, month or day, as UTC text.

    >>> end_utc("2012-12"), end_utc("2009-02-26")
    ('2013-01-01T00:00:00Z', '2009-02-27T00:00:00Z')
    """
    first = _first(day)
    if len(day) == 4:
        return f"{first.year + 1:04d}-01-01T00:00:00Z"
    if len(day) == 7:
        first = (first + timedelta(days=31)).replace(day=1)
        return f"{first.isoformat()}T00:00:00Z"
    return f"{(first + timedelta(days=1)).isoformat()}T00:00:00Z"


def _first(day: str) -> date:
    return date.fromisoformat(f"{day}-01-01"[:10])
