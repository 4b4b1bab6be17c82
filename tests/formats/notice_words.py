"""What a warning says, in one short line for each paragraph, as a person writes it down who checks the reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from jointwatch.formats.notice_areas import Area, Box, Circle, Polygon
from jointwatch.formats.notice_text import NoticeText
from jointwatch.formats.notice_windows import Window


def in_short(says: NoticeText) -> list[str]:
    """One line for each paragraph, and one for what is cancelled.

    `1339-0001 10.4h x31 25Nov10..25Dec10`: hours, length, how many, first day, last day; `P6 C5000 B T2/9260`: a
    polygon of six corners, a circle by its radius in metres, a box, a line with its half width.
    """
    lines = []
    for each in says.operations:
        when, where = "; ".join(_runs(each.windows)), " ".join(map(_area, each.areas))
        lines.append(f"{each.paragraph}: {', '.join(each.subjects)}: {when}: {where}")
    c = says.cancels
    ended = [*map(str, c.others), *(["at once"] if c.at_once else []), *([_day(c.itself, "%H%M")] if c.itself else [])]
    return [*lines, f"ends {', '.join(ended)}{': ' + c.reason if c.reason else ''}"]


def _runs(windows: Sequence[Window]) -> Iterator[str]:
    def alike(window: Window) -> tuple[str, str, bool, tuple[str, ...]]:
        return f"{window.start:%H%M}", f"{window.end:%H%M}", window.alternate, window.by_sun

    for (first, last, alternate, sun), group in groupby(windows, key=alike):
        run = list(group)
        hours = (run[0].end - run[0].start).total_seconds() / 3600
        text = f"{first}-{last} {hours:.1f}h x{len(run)} {_day(run[0].start)}..{_day(run[-1].start)}"
        yield " ".join([text, *sun, *(["alternate"] if alternate else [])])


def _day(at: datetime, clock: str = "") -> str:
    return f"{at:%d%b%y}" + (f" {at.strftime(clock)}" if clock else "")


def _area(area: Area) -> str:
    if isinstance(area, Polygon):
        return f"P{len(area.corners)}"
    if isinstance(area, Box):
        return "B"
    if isinstance(area, Circle):
        sector = "" if area.bearings_deg is None else "({:g}-{:g})".format(*area.bearings_deg)
        return f"C{area.radius_m:.0f}{sector}"
    return f"T{len(area.points)}/{area.half_width_m:.0f}"
