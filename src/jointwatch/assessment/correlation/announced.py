"""Was a launch announced? The estimate of it against the notices in force, within the uncertainty of the estimate.

A notice is about a launch when it names the launch's surroundings and a day near it. Of such a notice three things are
asked: is the time in the window, does the place lie in the launch area, and does it go where the notice says. Each is a
distance in sigmas of the estimate; up to the 99 % point of chi-square it holds, so that of launches made as they were
announced one in a hundred fails each question by chance. The surroundings and the day are rules of this project.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, pi, remainder, sqrt
from typing import Literal

import numpy as np

from jointwatch.assessment.concordance import CHI2_99
from jointwatch.assessment.correlation.area import Area, sigmas_outside
from jointwatch.assessment.correlation.launch import Launch
from jointwatch.assessment.ground_track import offsets_en
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns

SURROUNDINGS_M = 500e3  # further from the launch area the notice is about another launch
DAY_S = 86_400.0  # further from the window too
LONGEST_NS = 62 * round(DAY_S) * NS_PER_S  # a notice of a longer window says of no launch when it is
LEAST_S = 30.0  # windows are told to the minute
LEAST_RAD = np.deg2rad(3.0)  # an ascent turns with the Earth while it burns
HOLDS = {dof: sqrt(value) for dof, value in CHI2_99.items()}

Announced = Literal[
    "announced", "announced elsewhere", "announced for another time", "told afterwards", "not announced"
]
_BEST_FIRST: tuple[Announced, ...] = (
    "announced",
    "told afterwards",
    "announced elsewhere",
    "announced for another time",
    "not announced",
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Announcement:
    """A notice in force as values: when, where from, where to.

    launches: how many objects it speaks of; None: it does not say. afterwards: it was given after the launch, and its
    window is the time of the launch.
    """

    name: str
    says: str
    from_tai_ns: int
    until_tai_ns: int
    launch: tuple[Area, ...] = ()
    impact: tuple[Area, ...] = ()
    direction_rad: float | None = None
    launches: int | None = None
    afterwards: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """How a launch stands against the notices: which one is about it, how far it is off, and the sentence.

    late_s: seconds after the window (before it: negative), zero inside. place_sigma, impact_sigma, direction_sigma: how
    many sigmas outside the area or off the direction; None where the notice, or the launch, says nothing of it.
    """

    standing: Announced
    notice: str
    late_s: float
    place_sigma: float | None
    impact_sigma: float | None
    direction_sigma: float | None
    sentence: str


def against(launch: Launch, notices: Sequence[Announcement]) -> Held:
    """Return how a launch stands against the notices in force: by the one that fits it best."""
    held = [_against(launch, notice) for notice in notices if about(launch, notice)]
    if not held:
        many = f"{len(notices)} notice{'s' if len(notices) != 1 else ''} in force"
        none = "no notice is in force" if not notices else f"none of {many} is about it"
        return Held("not announced", "", 0.0, None, None, None, f"not announced: {none}")
    return min(held, key=lambda each: (_BEST_FIRST.index(each.standing), abs(each.late_s), _worst(each)))


def about(launch: Launch, notice: Announcement) -> bool:
    """Return whether a notice is about a launch or its surroundings at all: within a day of its window, and 500 km."""
    if not notice.launch and not notice.impact:
        return False
    if notice.until_tai_ns - notice.from_tai_ns > LONGEST_NS or abs(_late_s(launch, notice)) > DAY_S:
        return False
    if notice.launch:
        return min(_from_place_m(launch, area) for area in notice.launch) <= SURROUNDINGS_M
    return launch.impact is not None and sigmas_outside(launch.impact, notice.impact) <= HOLDS[2]


def _against(launch: Launch, notice: Announcement) -> Held:
    late_s = _late_s(launch, notice)
    in_time = abs(late_s) <= HOLDS[1] * hypot(launch.event.sigma_s, LEAST_S)
    place = sigmas_outside(launch.place, notice.launch) if notice.launch else None
    impact = sigmas_outside(launch.impact, notice.impact) if notice.impact and launch.impact else None
    direction = _off_direction(launch, notice)
    there = (place or 0.0) <= HOLDS[2] and (impact or 0.0) <= HOLDS[2] and (direction or 0.0) <= HOLDS[1]
    standing = _standing(in_time, there, afterwards=notice.afterwards)
    return Held(
        standing,
        notice.name,
        0.0 if in_time else late_s,
        place,
        impact,
        direction,
        _sentence(standing, notice, late_s, place, impact, direction),
    )


def _standing(in_time: bool, there: bool, *, afterwards: bool) -> Announced:
    if not in_time and not there:
        return "not announced"
    if not in_time:
        return "not announced" if afterwards else "announced for another time"
    if not there:
        return "announced elsewhere"
    return "told afterwards" if afterwards else "announced"


def _late_s(launch: Launch, notice: Announcement) -> float:
    """Seconds from the window's end to the launch, or, negative, from the launch to its beginning; else zero."""
    at = launch.event.time_tai_ns
    off = max(at - notice.until_tai_ns, 0) + min(at - notice.from_tai_ns, 0)
    return off / NS_PER_S


def _from_place_m(launch: Launch, area: Area) -> float:
    """Metres from a launch's estimated place, at the near end of its 99 % ellipse, to the nearest corner of an area."""
    corners = offsets_en(launch.place.latitude_rad, launch.place.longitude_rad, *area.corners_rad.T)
    spread_m = HOLDS[2] * sqrt(max(float(np.linalg.eigvalsh(launch.place.cov_en_m2)[-1]), 0.0))
    return max(float(np.hypot(*corners.T).min()) - area.radius_m - spread_m, 0.0)


def _off_direction(launch: Launch, notice: Announcement) -> float | None:
    """Sigmas by which a launch goes another way than the notice says, or than its impact areas lie."""
    if launch.direction is None:
        return None
    sigma_rad = hypot(launch.direction.sigma_rad, LEAST_RAD)
    if notice.direction_rad is not None:
        return abs(remainder(launch.direction.azimuth_rad - notice.direction_rad, 2 * pi)) / sigma_rad
    off = [_off_sector_rad(launch, area, launch.direction.azimuth_rad) for area in notice.impact]
    return min(off) / sigma_rad if off else None


def _off_sector_rad(launch: Launch, area: Area, azimuth_rad: float) -> float:
    """Angle between a direction and the sector in which an area lies, seen from the launch; zero inside it."""
    corners = offsets_en(launch.place.latitude_rad, launch.place.longitude_rad, *area.corners_rad.T)
    east, north = corners.mean(axis=0)
    middle, away_m = float(np.arctan2(east, north)), float(np.hypot(east, north))
    turned = np.array([remainder(bearing - middle, 2 * pi) for bearing in np.arctan2(*corners.T)])
    half = float(np.abs(turned).max()) + float(np.arctan2(area.radius_m, max(away_m, 1.0)))
    return max(abs(remainder(azimuth_rad - middle, 2 * pi)) - half, 0.0)


def _worst(held: Held) -> float:
    return max(held.place_sigma or 0.0, held.impact_sigma or 0.0, held.direction_sigma or 0.0)


def _sentence(
    standing: Announced,
    notice: Announcement,
    late_s: float,
    place: float | None,
    impact: float | None,
    direction: float | None,
) -> str:
    window = _window(notice)
    if standing in ("announced", "told afterwards"):
        when = "given afterwards" if notice.afterwards else "in force"
        return f"{standing} by {notice.name} ({when}, {window}): {notice.says}"
    off = [_time_off(late_s)] if standing != "announced elsewhere" else []
    off += [
        f"{what} {sigma:.1f} sigma {how}"
        for what, sigma, how, most in (
            ("the launch", place, "outside the launch area", HOLDS[2]),
            ("the impact", impact, "outside the impact area", HOLDS[2]),
            ("the direction", direction, "off the way announced", HOLDS[1]),
        )
        if sigma is not None and sigma > most
    ]
    return f"{standing}, not explained: {notice.name} ({window}) fits it but for {' and '.join(off)}"


def _time_off(late_s: float) -> str:
    minutes = abs(late_s) / 60.0
    much = f"{minutes:.0f} min" if minutes < 180.0 else f"{minutes / 60.0:.1f} h"
    return f"the time, {much} {'after' if late_s > 0 else 'before'} the window"


def _window(notice: Announcement) -> str:
    begin, end = (utc_from_tai_ns(at, digits=0).replace("T", " ") for at in (notice.from_tai_ns, notice.until_tai_ns))
    if notice.from_tai_ns == notice.until_tai_ns:
        return f"of {begin}"
    return f"from {begin} to {end}"
