"""Whether the arrays that a radar had on duty at a date look towards places: bearings, no ranges, no heights."""

from __future__ import annotations

from math import degrees
from typing import Any

import numpy as np

from jointwatch.catalogue.radars import FaceParameters, radar_parameters
from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats
from jointwatch.studies.claims.cases import Cases
from jointwatch.studies.claims.claim import ClaimFile
from jointwatch.studies.claims.figure import Figure


def facing(cases: Cases, claim: ClaimFile) -> list[Figure]:
    """Return the share of `about.places` that an array on duty faces, and by how much the worst is inside.

    Assumptions: `date`, or `about.date`; any parameter of the radar by the name that it has in the catalogue, its
    values names of claims there; `split`, such a name for the sectors of all arrays; `first_array`, the array that
    served first: where it is another than the catalogue's first, the dates go to the arrays in reverse order.
    """
    places = np.deg2rad([claim.place(name) for name in claim.about["places"]])
    told = [_of_case(cases, claim, i, places) for i in range(len(cases))]
    share, inside, low, high = np.array(told).T
    return [
        Figure("faced_share", "share of the places that an array on duty faces", share),
        Figure("inside_deg", "the place nearest to an edge is inside by", inside),
        Figure("lowest_bearing_deg", "lowest bearing of the places", low),
        Figure("highest_bearing_deg", "highest bearing of the places", high),
    ]


def _of_case(cases: Cases, claim: ClaimFile, case: int, places: Floats) -> tuple[float, float, float, float]:
    held = {axis.name: cases.words(axis.name)[case] for axis in cases.axes}
    date = held.pop("date", "") or str(claim.about["date"])
    first, split = held.pop("first_array", ""), held.pop("split", "")
    choices = _choices(claim.about["radar"], held, split)
    values = radar_parameters(claim.about["radar"], choices)
    bearings = geodesic.inverse(values.site.latitude_rad, values.site.longitude_rad, places[:, 0], places[:, 1])[1]
    azimuth = np.mod(np.rad2deg(bearings), 360.0)
    serving = [face for face, dates in zip(values.faces, _dates(values.faces, first), strict=True) if _on(dates, date)]
    none = np.full(len(places), -np.inf)
    inside = np.max([none, *(_inside_deg(face, azimuth) for face in serving)], axis=0)
    return float(np.mean(inside >= 0)), float(inside.min()), float(azimuth.min()), float(azimuth.max())


def _choices(radar: str, held: dict[str, str], split: str) -> dict[str, str]:
    """The claims of the catalogue that a case takes: its own, and one for the sectors of all arrays."""
    choices = dict(held)
    if split:
        choices |= {f"faces.{face.name}.sector_deg": split for face in radar_parameters(radar).faces}
    return choices


def _dates(faces: tuple[FaceParameters, ...], first: str) -> list[tuple[Any, Any]]:
    dates = [(face.on_duty_from_utc, face.on_duty_until_utc) for face in faces]
    return dates if not first or faces[0].name == first else dates[::-1]


def _on(dates: tuple[str | None, str | None], date: str) -> bool:
    """UTC texts of one length compare as times do; a day is taken at noon."""
    instant = f"{date}T12:00:00Z"
    return (dates[0] or "") <= instant < (dates[1] or "9")


def _inside_deg(face: FaceParameters, azimuth_deg: Floats) -> Floats:
    """Degrees from the nearer edge of a sector, negative outside."""
    start, end = degrees(face.azimuth_from_rad), degrees(face.azimuth_to_rad)
    half = ((end - start) % 360.0 or 360.0) / 2
    return np.asarray(half - np.abs((azimuth_deg - start - half + 180.0) % 360.0 - 180.0))
