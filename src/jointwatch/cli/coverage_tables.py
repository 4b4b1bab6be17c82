"""The tables of `jointwatch coverage`: regions, launch sites and classes of vehicles down, radars across."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.progress import Progress
from rich.table import Table

from jointwatch.catalogue.places import Place, load_sites, site_place
from jointwatch.catalogue.regions import regions
from jointwatch.cli.coverage_request import AIR, FLIGHTS, Request, flights
from jointwatch.sensors.maps import cell_areas_m2, coverage_map, global_grid
from jointwatch.sensors.radar import Radar, service
from jointwatch.sensors.visibility import CAP_M
from jointwatch.studies.regional import RegionalFlights, over_places, shares

TOGETHER = "together"
_WORTH_A_LINE = 0.05  # of the flights
_NOISE = 1e-3  # of the flights; a look at nothing "detects" with the false-alarm probability
_COLUMNS = 4  # of radars beside each other: a table is to fit a screen of 80 characters
_SOON_M = 500.0  # half of what a printed kilometre rounds
_TEXT = {"array", "sector", "elevations", "service"}


def tables(request: Request, progress: Progress) -> list[Any]:
    """Everything to print, in order."""
    areas = _areas(request, progress)
    by_class = flights(request, progress)
    return [
        f"[bold]Coverage[/bold] of {request.words}.",
        _radars(request, areas),
        *_regions(request),
        *_launch_sites(request),
        *_flights(request, by_class),
    ]


def _areas(request: Request, progress: Progress) -> list[float]:
    """Areas that each radar, and last any, sees at the altitude, square metres."""
    latitude, longitude = global_grid(0.5)
    task = progress.add_task("areas", total=len(request.radars))
    seen = coverage_map(
        request.radars, latitude[:, None], longitude[None, :], altitude_m=request.altitude_m, rcs_m2=request.rcs_m2,
        done=lambda name: progress.advance(task),
    )  # fmt: skip
    cells = cell_areas_m2(latitude, longitude)
    return [float(cells[each].sum()) for each in (*seen.seen, seen.together)]


def _radars(request: Request, areas: Sequence[float]) -> Table:
    table = _table("Radars", "array", "sector", "elevations", "service", "million km²")
    for number, radar in enumerate(request.radars):
        for row, face in enumerate(radar.faces):
            turn, low, high = (
                f"{np.degrees(face.azimuth_from_rad):g} to {np.degrees(face.azimuth_to_rad):g}°",
                np.degrees(face.elevation_min_rad),
                np.degrees(face.elevation_max_rad),
            )
            area = _million_km2(areas[number]) if row == 0 else ""
            name = radar.name if row == 0 else ""
            table.add_row(name, face.name, turn, f"{low:g} to {high:g}°", service(face), area)
    table.add_row(f"[bold]{TOGETHER}[/bold]", "", "", "", "", _million_km2(areas[-1]))
    return table


def _regions(request: Request) -> Iterable[Table]:
    every = regions()
    seen = shares(request.radars, every, altitude_m=request.altitude_m, rcs_m2=request.rcs_m2)
    title = f"Share of regions over which the object is seen at {request.altitude_m / 1e3:g} km, %"
    columns = [[_percent(share) for share in row] for row in seen]
    yield from _crossed(title, [region.name for region in every], request.names, columns)


def _launch_sites(request: Request) -> Iterable[Any]:
    places = [site_place(name) for name in load_sites()]
    over = over_places(
        request.radars, [(p.latitude_rad, p.longitude_rad) for p in places], altitude_m=request.altitude_m,
        rcs_m2=request.rcs_m2,
    )  # fmt: skip
    lowest = np.array([*over.lowest_visible_m, np.fmin.reduce(over.lowest_visible_m)])
    first = np.array([*over.first_detection_m, over.first_detection_by_any_m])
    shown = np.flatnonzero(np.isfinite(lowest[-1]))
    title = f"Lowest height in view over launch sites, km; *: {request.rcs_m2:g} m² is not seen from there on"
    columns = [[_height(heights[i], seen[i]) for i in shown] for heights, seen in zip(lowest, first, strict=True)]
    if len(shown):
        yield from _crossed(title, [_titled(places[i]) for i in shown], request.names, columns)
    hidden = [_titled(place) for i, place in enumerate(places) if i not in shown]
    if hidden:
        yield f"Nothing is in view up to {CAP_M / 1e3:,.0f} km over {'; '.join(hidden)}."


def _flights(request: Request, by_class: dict[tuple[str, str], RegionalFlights]) -> Iterable[Any]:
    given = request.given_rcs_m2
    section = "their class's cross-section by band" if given is None else f"{given:g} m²"
    for region in dict.fromkeys(region for region, _ in by_class):
        here = {vehicle: each for (where, vehicle), each in by_class.items() if where == region}
        if not any(each.detected_by_any > _NOISE for each in here.values()):
            yield f"Flights out of {region}: none of any class is detected."
            continue
        title = (
            f"Flights out of {region}: detected, and when first, by the median, after launch "
            f"({FLIGHTS} a class, bearings all round, {section})"
        )
        columns = [
            *([_detected(e.detected[i], e.first_s[i]) for e in here.values()] for i in range(len(request.names))),
            [_detected(each.detected_by_any, each.first_by_any_s) for each in here.values()],
        ]
        gaps = {"with gaps": [_gaps(each) for each in here.values()]}
        yield from _crossed(title, [*here], request.names, columns, gaps)
        yield from filter(None, (_hand_overs(request.radars, each) for each in here.values()))
    yield f"Assumed: {AIR}; search of the whole field in every revisit. See `jointwatch catalogue radars NAME`."


def _crossed(
    title: str, rows: Sequence[str], names: Sequence[str], columns: Sequence[Sequence[str]],
    more: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Iterable[Table]:  # fmt: skip
    """Tables of a few radars each, the last with what all see together (the last column) and with what is more."""
    heads = [*names] if len(names) == 1 else [*names, TOGETHER]
    cells = {**dict(zip(heads, columns, strict=False)), **more}
    keys = [*cells]
    for begin in range(0, len(keys), _COLUMNS):
        part = keys[begin : begin + _COLUMNS]
        table = _table(title if begin == 0 else "", *part)
        for number, row in enumerate(rows):
            table.add_row(row, *(cells[key][number] for key in part))
        yield table


def _titled(place: Place) -> str:
    """A site's title without its list's code, which stands in the catalogue."""
    return re.sub(r" \([A-Z0-9-]+\)$", "", place.title)


def _gaps(each: RegionalFlights) -> str:
    """How many flights in a hundred are lost and found again, and for how long at most."""
    return _percent(each.with_gap) + (f"%, up to {each.longest_gap_s:.0f} s" if each.with_gap > _NOISE else "%")


def _hand_overs(radars: Sequence[Radar], each: RegionalFlights) -> str:
    """One line on which radar hands flights of a class to which, and how long both held them; empty for none."""
    told = []
    for a, b in np.argwhere(each.hand_overs.count >= _WORTH_A_LINE * each.flights):
        both = each.hand_overs.mean_overlap_s[a, b]
        held = f"{both:.0f} s together" if both >= 0 else f"{-both:.0f} s apart"
        share = 100 * each.hand_overs.count[a, b] / each.flights
        told.append(f"{radars[a].name} to {radars[b].name} {share:.0f}% ({held})")
    return f"  {each.vehicle} handed over: {'; '.join(told)}" if told else ""


def _table(title: str, *columns: str) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        caption_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    table.add_column("", overflow="fold")
    for column in columns:
        table.add_column(_strong(column), justify="left" if column in _TEXT else "right", overflow="fold")
    return table


def _strong(name: str) -> str:
    return f"[bold]{name}[/bold]" if name == TOGETHER else name


def _million_km2(area_m2: float) -> str:
    return f"{area_m2 / 1e12:.2f}"


def _percent(share: float) -> str:
    """A share in per cent, 100 only where it is all; what noise alone would give is 0."""
    if _NOISE < share < 0.005:
        return "<1"
    return ">99" if 0.995 <= share < 1 else f"{100 * share:.0f}"


def _height(lowest_m: float, first_m: float) -> str:
    if not np.isfinite(lowest_m):
        return "–"
    return f"{lowest_m / 1e3:.0f}{'' if first_m <= lowest_m + _SOON_M else '*'}"


def _detected(share: float, first_s: float) -> str:
    return f"{_percent(share)}%" if not np.isfinite(first_s) else f"{_percent(share)}%, {first_s:.0f} s"
