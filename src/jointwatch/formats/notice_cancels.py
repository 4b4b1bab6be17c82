"""What a warning ends: other warnings by series, number and year, itself at once or at a time, and why.

CANCEL HYDROLANT 2485/10, 2487/10, 2488/10 AND THIS MSG, OPERATIONS COMPLETED.
CANCEL THIS MSG 290113Z JAN 11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jointwatch.formats.notice_tokens import MONTHS

SENTENCE = re.compile(r"\bCANCEL\b(?P<body>.*?)(?:\.(?=\s|$)|$)", re.DOTALL)
_SERIES = r"HYDRO?[A-Z]{2,4}|NAVAREA\s+[IVX]+|NAVTEX|COASTAL"
_ITEM = re.compile(
    rf"(?:(?P<series>{_SERIES})\s+)?(?P<number>\d{{1,5}})/(?P<year>\d\d)(?:\([^)]*\))?(?P<refers>\s+REFERS)?"
)
_ITSELF = re.compile(
    r"(?:\bTHIS(?:\s+(?:MSG|MESSAGE))?|^(?=\d{6}Z))"
    rf"(?:\s*(?P<day>\d\d)(?P<clock>\d{{4}})?Z?\s+(?P<month>{'|'.join(MONTHS)})(?:\s+(?P<year>\d\d))?)?"
)
_MISSPELT = {"HYDROLANT": r"HYDR?O?LAN[TD]|HYROLANT", "HYDROARC": r"HYDR?O?ARC", "HYDROPAC": r"HYDR?O?PAC"}


@dataclass(frozen=True, slots=True)
class WarningId:
    """Which warning: its series (HYDROLANT, HYDROARC, NAVAREA XX ...), its number, its year."""

    series: str
    number: int
    year: int

    def __str__(self) -> str:
        return f"{self.series} {self.number}/{self.year % 100:02}"


@dataclass(frozen=True, slots=True)
class Cancels:
    """Others that end with this warning, whether and when it ends itself (UTC), and the reason as it stands."""

    others: tuple[WarningId, ...] = ()
    at_once: bool = False
    itself: datetime | None = None
    reason: str = ""


def cancels(body: str, series: str, issued: datetime) -> Cancels | None:
    """Return what the words behind CANCEL say, None where they are not understood; `series` is the warning's own."""
    body = " ".join(body.split())
    others, last = [], series
    for item in _ITEM.finditer(body):
        last = _spelt(item["series"]) if item["series"] else last
        if not item["refers"]:
            others.append(WarningId(last, int(item["number"]), 2000 + int(item["year"])))
    itself = _ITSELF.search(body)
    if not others and not itself:
        return None
    rest = re.sub(r"^[\s,]*(?:AND\b)?[\s,]*", "", _ITSELF.sub("", _ITEM.sub("", body)).strip(" ,"))
    reason = re.sub(r"^(?:[\s,]|AND\b)*", "", re.sub(rf"\b(?:{_SERIES})\b", "", rest)).strip(" ,")
    at = _at(itself, issued) if itself and itself["day"] else None
    return Cancels(tuple(others), bool(itself and not itself["day"]), at, reason)


def joined(found: list[Cancels]) -> Cancels:
    """Return what several sentences say together."""
    return Cancels(
        tuple(dict.fromkeys(other for each in found for other in each.others)),
        any(each.at_once for each in found),
        next((each.itself for each in found if each.itself), None),
        "; ".join(dict.fromkeys(each.reason for each in found if each.reason)),
    )


def _spelt(series: str) -> str:
    series = " ".join(series.split())
    return next((name for name, pattern in _MISSPELT.items() if re.fullmatch(pattern, series)), series)


def _at(itself: re.Match[str], issued: datetime) -> datetime | None:
    """Return the time; of a day without a year the first that is not before the warning was issued."""
    month, day, clock = MONTHS.index(itself["month"]) + 1, int(itself["day"]), itself["clock"] or "0000"
    years = [2000 + int(itself["year"])] if itself["year"] else [issued.year, issued.year + 1]
    for year in years:
        try:
            at = datetime(year, month, day, int(clock[:2]) % 24, int(clock[2:]), tzinfo=UTC)
        except ValueError:
            continue
        if itself["year"] or at >= issued - timedelta(days=1):
            return at
    return None
