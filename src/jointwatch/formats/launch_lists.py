"""Lists of launches and of launch sites: GCAT's tables (tab-separated), and orbital launches as comma-separated text.

GCAT: J. McDowell, General Catalog of Artificial Space Objects, https://planet4589.org/space/gcat, CC-BY. Its vague
dates say how well they are known: `1995 Jan 25 0624:48` to the second, `1994 Dec  7 1611` to the minute, `1994 Dec  8`
to the day, `1995 Feb` to the month; with a question mark behind, to no better than the next coarser step.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jointwatch.formats.lines import whole_text
from jointwatch.formats.refusal import Refusal, shown

LARGEST_BYTES = 64 << 20
LONGEST_CELL = 500
_LEAST = {"day": 1, "hour": 0, "minute": 0, "second": 0}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_VAGUE = re.compile(
    r"(?P<year>\d{4})(?:\s+(?P<month>[A-Z][a-z]{2})(?:\s+(?P<day>\d{1,2})"
    r"(?:\s+(?P<hour>\d\d)(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?)?)?)?(?P<doubt>\??)"
)
_STEPS = (
    *(timedelta(days=3653), timedelta(days=366), timedelta(days=31), timedelta(days=1)),
    *(timedelta(minutes=1), timedelta(seconds=1)),
)  # of a decade, a year, a month, a day, a minute, a second


@dataclass(frozen=True, slots=True)
class Launch:
    """One launch: its name in the list, from when to when it may have been (UTC), site and vehicle as coded there."""

    id: str
    earliest: datetime
    latest: datetime
    site: str
    vehicle: str
    flight: str


@dataclass(frozen=True, slots=True)
class LaunchSite:
    """Where a site is: degrees, and the list's own error of either."""

    code: str
    name: str
    latitude_deg: float
    longitude_deg: float
    error_deg: float


def read_launches(path: Path) -> tuple[Launch, ...]:
    """Return the launches of a list, in its order; raises Refusal, naming the line, and OSError."""
    text = whole_text(path, LARGEST_BYTES)
    if text.startswith("#Launch_Tag\t"):
        return tuple(_gcat(line, row) for line, row in _tabbed(text, "Launch_Date", "Launch_Site", "LV_Type"))
    if text.startswith("launch_id,"):
        return tuple(_orbital(line, row) for line, row in _commas(text))
    wanted = "GCAT's table of launches (#Launch_Tag ...) or one of orbital launches (launch_id,...)"
    raise Refusal("line 1", f"wanted {wanted}, got {shown(text.partition(chr(10))[0])}")


def read_sites(path: Path) -> Mapping[str, LaunchSite]:
    """Return the sites of GCAT's table that have a position, by code; raises Refusal, naming the line, and OSError."""
    rows = _tabbed(whole_text(path, LARGEST_BYTES), "Site", "Name", "Longitude", "Latitude", "Error")
    placed = (_site(line, row) for line, row in rows if row["Longitude"].strip() not in ("", "-"))
    return {site.code: site for site in placed}


def _gcat(line: int, row: Mapping[str, str]) -> Launch:
    earliest, latest = _vague(line, row["Launch_Date"])
    site, vehicle = row["Launch_Site"].strip(), row["LV_Type"].strip()
    return Launch(row["Launch_Tag"], earliest, latest, site, vehicle, row.get("Flight_ID", "-").strip())


def _vague(line: int, text: str) -> tuple[datetime, datetime]:
    """Return the earliest and latest time that a vague date may mean."""
    said = _VAGUE.fullmatch(text.strip())
    if said is None:
        raise _no_date(line, text)
    known = sum(said[part] is not None for part in ("year", "month", "day", "minute", "second"))
    day, hour, minute, second = (int(said[part] or least) for part, least in _LEAST.items())
    try:
        at = datetime(
            int(said["year"]), _MONTHS.index(said["month"] or "Jan") + 1, day, hour, minute, second, tzinfo=UTC
        )
    except ValueError:
        raise _no_date(line, text) from None
    return at, at + _STEPS[known - bool(said["doubt"])]


def _no_date(line: int, text: str) -> Refusal:
    return Refusal(f"line {line}", f"Launch_Date must be a date like 1995 Jan 25 0624:48, got {shown(text)}")


def _orbital(line: int, row: Mapping[str, str]) -> Launch:
    text = row["dt_min"]
    try:
        at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Refusal(f"line {line}", f"dt_min must be like 1990-01-01T00:07:00Z, got {shown(text)}") from None
    flight = row["launch_id"].rpartition("|")[2].strip()
    return Launch(row["launch_id"], at, at + timedelta(minutes=1), row["site_raw"], row["vehicle"], flight)


def _site(line: int, row: Mapping[str, str]) -> LaunchSite:
    try:
        longitude, latitude, error = (float(row[name]) for name in ("Longitude", "Latitude", "Error"))
    except ValueError:
        raise Refusal(f"line {line}", f"the position of {shown(row['Site'])} is no three numbers") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 360 and error >= 0):
        raise Refusal(f"line {line}", f"the position of {shown(row['Site'])} is none: {latitude:g}, {longitude:g}")
    return LaunchSite(row["Site"].strip(), row["Name"].strip(), latitude, longitude, error)


def _tabbed(text: str, *wanted: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a GCAT table with their line numbers; lines that begin with # are remarks."""
    first, _, rest = text.partition("\n")
    names = first.lstrip("#").split("\t")
    missing = [name for name in wanted if name not in names]
    if missing:
        raise Refusal("line 1", f"the table lacks the column {missing[0]}")
    for number, line in enumerate(rest.splitlines(), 2):
        if line.strip() and not line.startswith("#"):
            cells = line.split("\t")
            if len(cells) != len(names) or max(map(len, cells)) > LONGEST_CELL:
                raise Refusal(f"line {number}", f"wanted {len(names)} cells, got {len(cells)}, or one too long")
            yield number, dict(zip(names, cells, strict=True))


def _commas(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(text.splitlines(), strict=True)
    try:
        missing = {"launch_id", "dt_min", "site_raw", "vehicle"} - set(reader.fieldnames or ())
        if missing:
            raise Refusal("line 1", f"the table lacks the column {min(missing)}")
        for row in reader:
            if None in row or None in row.values():
                raise Refusal(f"line {reader.line_num}", "wanted as many cells as the first line has")
            yield reader.line_num, row
    except csv.Error as error:
        raise Refusal(f"line {reader.reader.line_num}", f"not comma-separated text: {error}") from None
