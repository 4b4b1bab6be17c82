"""After an exercise: what each centre said of each launch, when, to whom, and how far off it was.

Read from the centres' logs and held against the truth, which nobody but this room knows. A report is of the launch
that is nearest to it in time, where it is near in time and place; one that is of none is named as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import degrees, inf, radians

from jointwatch.centre.intake.pace import Pace
from jointwatch.earth import geodesic
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.messages.correction import Correction
from jointwatch.messages.encoding import Heard
from jointwatch.messages.launch_report import Ellipse95, LaunchItems, LaunchReport
from jointwatch.studies.truth import Flown

NEAR_S, NEAR_KM = 300.0, 500.0
WORDS = {"missile": "missile", "space": "space launch"}


@dataclass(frozen=True)
class Entry:
    """One entry of a centre's log, as it was read."""

    log: str
    index: int
    message: Heard

    @property
    def audience(self) -> str:
        """Who may read the log."""
        return self.log.split("/")[1]


@dataclass(frozen=True)
class Launch:
    """One launch of the exercise, at the times that it was moved to."""

    flight: str
    kind: str
    launch_tai_ns: int
    place_deg: tuple[float, float]
    impact_tai_ns: int | None
    impact_deg: tuple[float, float] | None


@dataclass(frozen=True)
class Told:
    """What a centre said of a launch to one audience: first and last word, and how far off the last one was.

    flight: None where it was of no launch of the exercise. right: whether the verdict is what it was.
    """

    flight: str | None
    centre: str
    audience: str
    track: str
    first_s: float | None
    last_s: float | None
    words: int
    withdrawn: bool
    verdict: str
    right: bool | None
    launch_off_km: float | None
    launch_time_off_s: float | None
    impact_off_km: float | None


def launches(flown: Sequence[Flown], ahead_ns: int) -> tuple[Launch, ...]:
    """Return the launches of a scenario as they were, moved in time by so much."""
    found = []
    for item in flown:
        impact = None
        if item.impact is not None:
            latitude, longitude, _ = geodetic_from_ecef(item.impact.r_m)
            impact = (degrees(float(latitude[0])), degrees(float(longitude[0])))
        found.append(
            Launch(
                flight=item.flight.id,
                kind=WORDS[item.kind],
                launch_tai_ns=item.launch_tai_ns + ahead_ns,
                place_deg=(item.flight.launch_latitude_deg, item.flight.launch_longitude_deg),
                impact_tai_ns=None if item.impact_tai_ns is None else item.impact_tai_ns + ahead_ns,
                impact_deg=impact,
            )
        )
    return tuple(found)


def told(entries: Iterable[Entry], truth: Sequence[Launch], pace: Pace) -> tuple[Told, ...]:
    """Return what was said of launches, each object of each centre to each audience, by the time of the first word.

    How long after the launch it was said is by the clock of the scenario, which at real time is everybody's.
    """
    words: dict[tuple[str, str, str], list[tuple[int, LaunchItems | None]]] = {}
    of_entry: dict[tuple[str, str, int], str] = {}
    for entry in entries:
        message = entry.message
        items: LaunchItems | None
        if isinstance(message, LaunchReport):
            items, corrected = message.items, ""
        elif isinstance(message, Correction):
            items = message.replacement
            corrected = of_entry.get((message.origin, message.corrects.log, message.corrects.index), "")
        else:
            continue
        track = items.track if items else corrected
        of_entry[message.origin, entry.log, entry.index] = track
        if track:
            words.setdefault((message.origin, entry.audience, track), []).append(
                (pace.moved(message.logged_tai_ns), items)
            )
    found = [_told(*of, said, truth) for of, said in words.items() if any(items is not None for _, items in said)]
    return tuple(sorted(found, key=lambda one: (one.flight or "~", inf if one.first_s is None else one.first_s)))


def _told(
    centre: str, audience: str, track: str, said: list[tuple[int, LaunchItems | None]], truth: Sequence[Launch]
) -> Told:
    items = next(items for _, items in reversed(said) if items is not None)
    launch = _nearest(items, truth)
    first, last = said[0][0], said[-1][0]
    return Told(
        flight=launch.flight if launch else None,
        centre=centre,
        audience=audience,
        track=track,
        first_s=(first - launch.launch_tai_ns) / NS_PER_S if launch else None,
        last_s=(last - launch.launch_tai_ns) / NS_PER_S if launch else None,
        words=len(said),
        withdrawn=said[-1][1] is None,
        verdict=items.verdict,
        right=items.verdict == launch.kind if launch and items.verdict in WORDS.values() else None,
        launch_off_km=_off_km(items.launch, launch.place_deg) if launch else None,
        launch_time_off_s=(items.launch_time_tai_ns - launch.launch_tai_ns) / NS_PER_S if launch else None,
        impact_off_km=_off_km(items.impact, launch.impact_deg) if launch and items.impact else None,
    )


def _nearest(items: LaunchItems, truth: Sequence[Launch]) -> Launch | None:
    """Return the launch that a report is of: near in time and place, and of those the nearest in time."""

    def off_s(launch: Launch) -> float:
        return abs(items.launch_time_tai_ns - launch.launch_tai_ns) / NS_PER_S

    near = [one for one in truth if off_s(one) <= NEAR_S and (_off_km(items.launch, one.place_deg) or 0.0) <= NEAR_KM]
    return min(near, key=off_s, default=None)


def _off_km(said: Ellipse95, place_deg: tuple[float, float] | None) -> float | None:
    if place_deg is None:
        return None
    distance, _, _ = geodesic.inverse(said.latitude_rad, said.longitude_rad, *map(radians, place_deg))
    return float(distance) / 1e3
