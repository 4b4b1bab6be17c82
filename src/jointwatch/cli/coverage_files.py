"""The files of `jointwatch coverage`: a map, a grid, a globe. Each is whole or not there."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.progress import Progress

from jointwatch.catalogue.places import load_sites, site_place
from jointwatch.cli.coverage_request import Request, flights
from jointwatch.earth.arrays import Floats
from jointwatch.sensors.coverage import range_envelope
from jointwatch.sensors.maps import CoverageMap, coverage_map, global_grid
from jointwatch.studies.regional import RegionalFlights

if TYPE_CHECKING:
    from jointwatch.display.coverage_figure import Mark

_LEAST_KM = 2_000.0  # height of a map
_TITLE = 70  # letters of names that it can hold


def write(request: Request, out: Path, progress: Progress) -> None:
    """Write what the file's suffix says, beside it first, so that nothing half-made takes its place."""
    beside = out.with_name(f".{out.stem}.part{out.suffix}")
    try:
        {".png": _map, ".svg": _map, ".nc": _grid, ".glb": _globe}[out.suffix](request, beside, progress)
        os.replace(beside, out)
    finally:
        beside.unlink(missing_ok=True)


def _map(request: Request, out: Path, progress: Progress) -> None:
    from jointwatch.display import coastline
    from jointwatch.display.coverage_figure import ASPECT, CoverageFigure, Mark, draw
    from jointwatch.display.projection import sheet_around

    marks = [Mark(radar.name, *np.degrees([radar.site.latitude_rad, radar.site.longitude_rad]))
             for radar in request.radars]  # fmt: skip
    places = [site_place(name) for name in load_sites()]
    sheet = sheet_around(*_held(request, marks), aspect=ASPECT, least_km=_LEAST_KM)
    longitude, latitude = sheet.grid()
    seen = _seen(request, np.radians(latitude), np.radians(longitude), progress)
    draw(
        CoverageFigure(
            sheet=sheet,
            radars=marks,
            seen=seen.seen,
            first_km=seen.first_detection_by_any_m / 1e3,
            altitude_km=request.altitude_m / 1e3,
            title=f"Coverage by {_named(request.names)}: object of {request.rcs_m2:g} m² mean cross-section",
            notes=_wrapped(
                f"{request.words[0].upper()}{request.words[1:]}. {coastline.NOTE} Made by: {request.command}"
            ),
            places=[Mark(p.name, *np.degrees([p.latitude_rad, p.longitude_rad])) for p in places],
        ),
        out,
    )


def _held(request: Request, marks: list[Mark]) -> tuple[Floats, Floats]:
    """Longitudes and latitudes, degrees, of what the map has to hold: what is seen, and the radars."""
    latitude, longitude = global_grid(1.0)
    seen = coverage_map(
        request.radars, latitude[:, None], longitude[None, :], altitude_m=request.altitude_m, rcs_m2=request.rcs_m2
    ).together
    rows, columns = np.nonzero(seen)
    return (
        np.append(np.degrees(longitude[columns]), [mark.longitude_deg for mark in marks]),
        np.append(np.degrees(latitude[rows]), [mark.latitude_deg for mark in marks]),
    )


def _grid(request: Request, out: Path, progress: Progress) -> None:
    from jointwatch.catalogue import radars as catalogue
    from jointwatch.formats import coverage_netcdf

    latitude, longitude = global_grid()
    seen = _seen(request, latitude[:, None], longitude[None, :], progress)
    sites = [radar.site for radar in request.radars]
    claims = [row for name in request.names for row in catalogue.provenance(name) if row.taken]
    data = coverage_netcdf.dataset(
        radars=request.names,
        latitude_deg=np.degrees(latitude),
        longitude_deg=np.degrees(longitude),
        altitude_m=request.altitude_m,
        rcs_m2=seen.rcs_m2,
        radar_latitude_deg=[float(np.degrees(site.latitude_rad)) for site in sites],
        radar_longitude_deg=[float(np.degrees(site.longitude_rad)) for site in sites],
        radar_height_m=[site.height_m for site in sites],
        probability=seen.probability,
        lowest_visible_m=seen.lowest_visible_m,
        first_detection_m=seen.first_detection_m,
        first_radar=seen.first_radar,
        attributes=_attributes(request, sorted({row.source for row in claims})),
    )
    coverage_netcdf.write(coverage_netcdf.with_flights(data, **_by_class(flights(request, progress))), out)


def _by_class(flown: dict[tuple[str, str], RegionalFlights]) -> dict[str, Any]:
    """Return the flights as arrays over regions and classes, by the names `with_flights` has for them."""
    regions, vehicles = (list(dict.fromkeys(key[i] for key in flown)) for i in (0, 1))

    def every(of: Callable[[RegionalFlights], Any]) -> np.ndarray:
        return np.array([[of(flown[region, vehicle]) for vehicle in vehicles] for region in regions])

    return {
        "regions": regions,
        "vehicles": vehicles,
        "flights": next(iter(flown.values())).flights,
        "detected": every(lambda each: each.detected),
        "detected_by_any": every(lambda each: each.detected_by_any),
        "first_s": every(lambda each: each.first_s),
        "first_by_any_s": every(lambda each: each.first_by_any_s),
        "with_gap": every(lambda each: each.with_gap),
        "longest_gap_s": every(lambda each: each.longest_gap_s),
        "hand_overs": every(lambda each: each.hand_overs.count),
        "overlap_s": every(lambda each: each.hand_overs.mean_overlap_s),
    }


def _attributes(request: Request, sources: list[str]) -> dict[str, str]:
    from jointwatch import __version__

    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "title": f"Coverage by {', '.join(request.titles)}",
        "source": f"jointwatch {__version__}: {request.words}",
        "history": f"{now}: {request.command}",
        "references": "; ".join(sources),
        "comment": "Values nobody published are assumptions: jointwatch catalogue radars NAME shows which.",
    }


def _globe(request: Request, out: Path, progress: Progress) -> None:
    from jointwatch.display.volume import Shell, Volume, globe_glb

    task = progress.add_task("volumes", total=len(request.radars))
    volumes = []
    for radar in request.radars:
        shells = [
            Shell(*range_envelope(radar, face, altitude_cap_m=request.altitude_m, rcs_m2=request.rcs_m2))
            for face in radar.faces
        ]
        site = radar.site
        volumes.append(Volume(radar.name, shells, site.latitude_rad, site.longitude_rad, site.height_m))
        progress.advance(task)
    out.write_bytes(globe_glb(volumes))


def _seen(request: Request, latitude: Floats, longitude: Floats, progress: Progress) -> CoverageMap:
    task = progress.add_task("radars", total=len(request.radars))
    return coverage_map(
        request.radars, latitude, longitude, altitude_m=request.altitude_m, rcs_m2=request.rcs_m2,
        done=lambda name: progress.advance(task),
    )  # fmt: skip


def _named(names: tuple[str, ...]) -> str:
    together = ", ".join(names)
    return together if len(together) <= _TITLE else f"{len(names)} radars"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 165)
