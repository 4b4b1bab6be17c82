"""Flights and radars of all cases of a claim: each distinct flight flown once, each distinct radar looking at it once.

What a radar can face is the catalogue's default unless an assumption of the claim says otherwise, by its name:
`gabala_lowest_deg`, or `lowest_deg` for all radars; so with `highest_deg`, `sector_deg`, `position_deg`, `reach_km`;
and `air`.
A radar with several arrays is named with the one that is meant: `armavir:south-east`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import degrees
from typing import Any

import numpy as np

from jointwatch.catalogue.radars import load_radar, radar_parameters
from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.studies.claims.cases import Cases
from jointwatch.studies.claims.claim import ClaimError, ClaimFile
from jointwatch.studies.claims.flights import Flight, Paths, flight, paths
from jointwatch.studies.claims.sight import Limits, first_s, last_s, margin, sky

AIR = {"straight lines": False, "refracted": True}
_KINDS = ("lowest_deg", "highest_deg", "sector_deg", "position_deg", "reach_km")


@dataclass(frozen=True, eq=False)
class Flown:
    """The distinct flights of a claim, and which of them each case (n) has."""

    paths: Paths
    which: Ints

    @property
    def end_s(self) -> Floats:
        """Seconds from launch to impact, (n)."""
        return self.paths.end_s[self.which]


@dataclass(frozen=True, eq=False)
class Seen:
    """When one radar has the flights: margins (limits, flights, times), and which limits and flight each case has."""

    flown: Flown
    margins: Floats
    which: Ints

    def first_s(self) -> Floats:
        """Seconds after launch of first sight, (n); inf for never."""
        return self._of_each(first_s)

    def last_s(self) -> Floats:
        """Seconds after launch of last sight, (n); -inf for never."""
        return self._of_each(last_s)

    def held(self) -> Bools:
        """Whether it is seen at each time of the paths, (n, m)."""
        return np.asarray((self.margins > 0)[self.which, self.flown.which])

    def _of_each(self, measure: Any) -> Floats:
        found = np.stack([measure(self.flown.paths, each) for each in self.margins])
        return np.asarray(found[self.which, self.flown.which])


def fly(cases: Cases, claim: ClaimFile) -> Flown:
    """Return the flights of all cases, from the assumptions launch_place, destination, propellant and ascent."""
    names = [each for each in ("launch_place", "destination", "propellant", "ascent") if _has(cases, each)]
    fewer, which = cases.distinct(names)
    return Flown(paths([_flight(fewer, claim, i) for i in range(len(fewer))]), which)


def look(cases: Cases, flown: Flown, radar: str) -> Seen:
    """Return when a radar has the flights, under what each case assumes of it."""
    names = [held for kind in _KINDS if (held := _named(cases, radar, kind))]
    names += [each for each in ("air",) if _has(cases, each)]
    fewer, which = cases.distinct(names)
    base = limits(radar)
    margins = []
    for i in range(len(fewer)):
        asked = _asked(base, fewer, radar, i)
        margins.append(margin(sky(flown.paths, asked), asked))
    return Seen(flown, np.stack(margins), which)


def called(radar: str) -> str:
    """Return what a reader calls a radar, and its array where one is named.

    >>> called("armavir:south-east")
    'Armavir, south-east'
    """
    name, _, array = radar.partition(":")
    plain = load_radar(name).title.split(" (")[0].split(",")[0]
    return f"{plain}, {array}" if array else plain


def limits(radar: str) -> Limits:
    """Return what the catalogue says by default that a radar, or one array of it, can face."""
    name, _, array = radar.partition(":")
    values = radar_parameters(name)
    faces = [face for face in values.faces if face.name == array or not array]
    if len(faces) != 1:
        arrays = ", ".join(face.name for face in values.faces)
        raise ClaimError(f"{radar!r} must name one array; {name} has {arrays}: write {name}:ARRAY")
    face = faces[0]
    start, end = degrees(face.azimuth_from_rad), degrees(face.azimuth_to_rad)
    return Limits(
        position_deg=(degrees(values.site.latitude_rad), degrees(values.site.longitude_rad)),
        height_m=values.site.height_m,
        lowest_deg=degrees(face.elevation_min_rad),
        highest_deg=degrees(face.elevation_max_rad),
        sector_deg=(start, end),
        least_m=values.minimum_range_m,
        reach_m=values.instrumented_range_m,
    )


def _flight(cases: Cases, claim: ClaimFile, case: int) -> Flight:
    return flight(
        _place(cases, claim, "launch_place", case),
        _place(cases, claim, "destination", case),
        propellant=cases.words("propellant")[case] if _has(cases, "propellant") else str(claim.about["propellant"]),
        ascent=cases.words("ascent")[case] if _has(cases, "ascent") else str(claim.about["ascent"]),
    )


def _place(cases: Cases, claim: ClaimFile, name: str, case: int) -> tuple[float, float]:
    if _has(cases, name):
        latitude, longitude = cases.numbers(name)[case]
        return float(latitude), float(longitude)
    return claim.place(claim.about[name])


def _asked(base: Limits, cases: Cases, radar: str, case: int) -> Limits:
    changed: dict[str, Any] = {}
    for kind in _KINDS:
        held = _named(cases, radar, kind)
        if held:
            value = cases.numbers(held)[case]
            changed[kind.replace("_km", "_m")] = value * 1e3 if kind == "reach_km" else _plain(value)
    if _has(cases, "air"):
        changed["refracted"] = AIR[cases.words("air")[case]]
    return replace(base, **changed)


def _plain(value: Any) -> Any:
    return tuple(float(part) for part in value) if np.ndim(value) else float(value)


def _named(cases: Cases, radar: str, kind: str) -> str:
    """Name of the assumption that speaks on a limit of a radar: its own before that of all; empty for none."""
    own = f"{radar.partition(':')[0]}_{kind}"
    return own if _has(cases, own) else kind if _has(cases, kind) else ""


def _has(cases: Cases, name: str) -> bool:
    return any(axis.name == name for axis in cases.axes)
