"""What `jointwatch notices` prints and writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from jointwatch.formats.notice_areas import Area, Box, Circle, Place, Polygon

if TYPE_CHECKING:
    from rich.console import Console

    from jointwatch.centre.warned import Match
    from jointwatch.formats.notice_series import Life
    from jointwatch.formats.notice_text import NoticeText

SUBJECTS = ("rocket launching", "missile operations", "falling debris")
LIKELY = 0.5
LEAST_WRITTEN = 0.001


def share_read(found: Sequence[Life]) -> float:
    """Return the share of warnings about launches that yield window and area, of those that hold more than an end."""
    about = [life.warned.says for life in found if _about_launches(life.warned.says)]
    return sum(map(_whole, about)) / max(len(about), 1)


def count_likely(matched: Sequence[tuple[Match, ...]]) -> int:
    """Return how many warnings have a launch that is likelier than not."""
    return sum(bool(matches) and matches[0].probability >= LIKELY for matches in matched)


def print_reading(console: Console, found: Sequence[Life]) -> None:
    """Print how many there are of each subject, how many were read, how they ended; then what was not understood."""
    from rich.table import Column, Table

    right = [Column(name, justify="right") for name in ("warnings", "window and area", "ended by another", "repeats")]
    table = Table("about", *right, box=None, pad_edge=False, header_style="")
    for subject in (*SUBJECTS, "gunnery", ""):
        of = [
            life
            for life in found
            if (subject in life.warned.says.subjects if subject else not life.warned.says.subjects)
        ]
        ended = sum(life.ended_by is not None for life in of)
        repeats = sum(life.original != life.warned.id for life in of)
        whole = sum(_whole(life.warned.says) for life in of)
        table.add_row(subject or "something else", *(f"{count:,}" for count in (len(of), whole, ended, repeats)))
    console.print(table)
    listed = [(life.warned.id, phrase) for life in found for phrase in life.warned.says.not_understood]
    console.print(
        f"\nNot understood, {len(listed)} phrases:" if listed else "\nNothing was left that was not understood."
    )
    for which, phrase in listed:
        console.print(f"  {which}: {phrase[:300]}", markup=False, soft_wrap=True)


def print_matches(console: Console, found: Sequence[Life], matched: Sequence[tuple[Match, ...]]) -> None:
    """Print the warnings that have a likely launch, in the order of their issue."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="")
    for heading in ("warning", "issued", "launch (UTC)", "site", "vehicle", "probability"):
        table.add_column(heading, no_wrap=True)
    for life, matches in zip(found, matched, strict=True):
        if matches and matches[0].probability >= LIKELY:
            launch = matches[0].launch
            cells = (f"{launch.earliest:%Y-%m-%d %H:%M}", launch.site, launch.vehicle, f"{matches[0].probability:.2f}")
            table.add_row(str(life.warned.id), f"{life.warned.issued:%Y-%m-%d}", *cells)
    console.print()
    console.print(table if table.row_count else "No warning has a likely launch.")


def write(path: Path, found: Sequence[Life], matched: Sequence[tuple[Match, ...]]) -> None:
    """Write everything that was read, one object for each warning: times in UTC, degrees, metres."""
    from jointwatch.cli.errors import UserError

    rows = [_row(life, matches) for life, matches in zip(found, matched, strict=True)]
    try:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=1) + b"\n")
    except OSError as error:
        raise UserError(f"--out {path}: {error.strerror}") from None


def _whole(says: NoticeText) -> bool:
    return bool(says.operations) and all(operation.windows and operation.areas for operation in says.operations)


def _about_launches(says: NoticeText) -> bool:
    return bool(set(SUBJECTS) & set(says.subjects)) and not says.cancels.at_once


def _row(life: Life, matches: Sequence[Match]) -> dict[str, Any]:
    says = life.warned.says
    return {
        "id": str(life.warned.id),
        "issued_utc": _time(life.warned.issued),
        "authority": life.warned.authority,
        "subjects": says.subjects,
        "regions": says.heading,
        "original": str(life.original),
        "ended_utc": _time(life.ended) if life.ended else None,
        "ended_by": str(life.ended_by) if life.ended_by else None,
        "reason": life.reason,
        "operations": [
            {
                "paragraph": operation.paragraph,
                "subjects": operation.subjects,
                "windows": [
                    {
                        "from_utc": _time(w.start),
                        "until_utc": _time(w.end),
                        "alternate": w.alternate,
                        "by_sun": w.by_sun,
                    }
                    for w in operation.windows
                ],
                "areas": [_area(area) for area in operation.areas],
            }
            for operation in says.operations
        ],
        "cancels": [str(other) for other in says.cancels.others],
        "not_understood": says.not_understood,
        "remarks": says.remarks,
        "launches": [
            {"launch": match.launch.id, "probability": round(match.probability, 4)}
            for match in matches
            if match.probability >= LEAST_WRITTEN
        ],
    }


def _area(area: Area) -> dict[str, Any]:
    if isinstance(area, Polygon):
        return {"polygon_deg": [_pair(corner) for corner in area.corners]}
    if isinstance(area, Box):
        return {
            "box_deg": {"south": area.south_deg, "north": area.north_deg, "west": area.west_deg, "east": area.east_deg}
        }
    if isinstance(area, Circle):
        sector = {} if area.bearings_deg is None else {"bearings_deg": area.bearings_deg}
        return {"circle": {"centre_deg": _pair(area.centre), "radius_m": area.radius_m, **sector}}
    return {"line": {"points_deg": [_pair(point) for point in area.points], "half_width_m": area.half_width_m}}


def _pair(place: Place) -> tuple[float, float]:
    return round(place.latitude_deg, 7), round(place.longitude_deg, 7)


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
