"""What overhead infrared says of a run's launches, and how much earlier it says it than the radars.

Declared sensors of a variant; without them nothing here speaks. A report reaches the centre it feeds as a notice: it is
no measurement that a tracker could use, and the picture shows it as a word of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import radians

import numpy as np

from jointwatch.earth.timescale import NS_PER_S
from jointwatch.messages.notice import NoticeArea, NoticeContents
from jointwatch.sensors.infrared import report
from jointwatch.studies.feed import INFRARED_STREAM
from jointwatch.studies.sensing import InfraredGiven
from jointwatch.studies.sightings import Sighting
from jointwatch.studies.truth import Flown


@dataclass(frozen=True)
class Overhead:
    """One report of one launch: which sensor said it, to whom, when (TAI ns), and where it saw the launch, radians."""

    sensor: str
    feeds: str
    flight: int
    time_tai_ns: int
    launched_from_tai_ns: int
    launched_until_tai_ns: int
    place_rad: tuple[float, float]
    ellipse_km: tuple[float, float]

    def notice(self) -> NoticeContents:
        """Return the report as a centre receives it."""
        major, minor = self.ellipse_km
        return NoticeContents(
            occasion="post-launch",
            from_tai_ns=self.launched_from_tai_ns,
            until_tai_ns=self.launched_until_tai_ns,
            received_tai_ns=self.time_tai_ns,
            vehicle="unknown",
            areas=(NoticeArea(role="launch", corners=(self.place_rad,)),),
            text=f"A launch seen from overhead, its place to {major:g} by {minor:g} km (one sigma).",
            source=f"{self.sensor}: overhead infrared declared by the exercise",
        )


@dataclass(frozen=True)
class FirstWord:
    """When anything first spoke of one launch, seconds after it; None: never. Radars by their first plot."""

    flight: str
    radars_s: float | None
    infrared_s: float | None

    @property
    def earlier_s(self) -> float | None:
        """How much earlier the infrared speaks than the radars; None where either is silent."""
        if self.radars_s is None or self.infrared_s is None:
            return None
        return self.radars_s - self.infrared_s


def overhead(sensors: Sequence[InfraredGiven], flown: Sequence[Flown], *, seed: int) -> tuple[Overhead, ...]:
    """Return every report of every declared sensor, by time."""
    streams = np.random.SeedSequence([seed, INFRARED_STREAM]).spawn(len(sensors))
    said = [
        word
        for given, stream in zip(sensors, streams, strict=True)
        for word in _reports(given, flown, np.random.Generator(np.random.PCG64(stream)))
    ]
    return tuple(sorted(said, key=lambda word: (word.time_tai_ns, word.sensor)))


def first_words(
    flown: Sequence[Flown], sightings: Sequence[Sequence[Sighting]], said: Sequence[Overhead]
) -> tuple[FirstWord, ...]:
    """Return, for each flight, the first word of the radars and of the infrared: how early with, how early without."""
    found = []
    for number, item in enumerate(flown):
        plots = [int(s.plot_tai_ns[0]) for s in sightings[number] if len(s.plot_tai_ns)]
        reports = [word.time_tai_ns for word in said if word.flight == number]
        found.append(FirstWord(item.flight.id, _since(item, plots), _since(item, reports)))
    return tuple(found)


def _reports(given: InfraredGiven, flown: Sequence[Flown], rng: np.random.Generator) -> list[Overhead]:
    sensor = given.sensor()
    launches = np.array([item.launch_tai_ns for item in flown], dtype=np.int64)
    places = [(radians(f.flight.launch_latitude_deg), radians(f.flight.launch_longitude_deg)) for f in flown]
    said = report(sensor, launches, places, rng)
    return [
        Overhead(
            sensor=given.name,
            feeds=given.feeds,
            flight=number,
            time_tai_ns=int(said.time_tai_ns[number]),
            launched_from_tai_ns=int(said.time_tai_ns[number]) - round(sensor.delay_greatest_s * NS_PER_S),
            launched_until_tai_ns=int(said.time_tai_ns[number]) - round(sensor.delay_least_s * NS_PER_S),
            place_rad=(float(said.place_rad[number, 0]), float(said.place_rad[number, 1])),
            ellipse_km=given.ellipse_km,
        )
        for number in np.flatnonzero(said.reported).tolist()
    ]


def _since(item: Flown, times_tai_ns: Sequence[int]) -> float | None:
    return (min(times_tai_ns) - item.launch_tai_ns) / NS_PER_S if times_tai_ns else None
