"""A scenario under the satellites of a file: when it can be played, since element sets say little of other weeks."""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil
from pathlib import Path

import numpy as np

from jointwatch.earth.timescale import NS_PER_S, S_PER_DAY, tai_ns_from_utc, utc_from_tai_ns
from jointwatch.flight.satellites import Catalogue
from jointwatch.studies.scenario import Notice, Scenario, ScenarioError
from jointwatch.studies.sky import Sky, of_file
from jointwatch.studies.sky_given import ElementsGiven, SizesGiven

MOST_DAYS_OFF = 14
"""From its catalogue's day a scenario may lie so far: low orbits are then off by tens of kilometres."""


def under_catalogue(scenario: Scenario, path: Path) -> tuple[Scenario, Sky]:
    """Return the scenario to play under the satellites of a file, and them; raises ValueError with one sentence.

    One that makes up a sky has no day of its own: it is moved to the catalogue's, at its hour. Any other must lie near.
    """
    given = scenario.sky
    elements, sizes = (given.elements, given.sizes) if given else (ElementsGiven(), SizesGiven())
    sky = of_file(path, elements, sizes, scenario.seed)
    start = tai_ns_from_utc(scenario.start_utc)
    if given is not None:
        return moved(scenario, ceil(-_days_after(sky.published, start))), sky
    check_day(str(path), sky.published, start, f"{scenario.name} is played on {scenario.start_utc[:10]}")
    return scenario, sky


def moved(scenario: Scenario, days: int) -> Scenario:
    """Return the scenario played so many days later: its clock, its flights and its notices."""
    flights = tuple(f.model_copy(update={"launch_utc": _later(f.launch_utc, days)}) for f in scenario.flights)
    notices = tuple(_notice_later(n, days) for n in scenario.notices)
    start = _later(scenario.start_utc, days)
    return scenario.model_copy(update={"start_utc": start, "flights": flights, "notices": notices})


def _notice_later(notice: Notice, days: int) -> Notice:
    times = {key: getattr(notice, key) for key in ("time_utc", "from_utc", "until_utc")}
    return notice.model_copy(update={key: _later(utc, days) for key, utc in times.items() if utc is not None})


def _later(utc: str, days: int) -> str:
    return (date.fromisoformat(utc[:10]) + timedelta(days=days)).isoformat() + utc[10:]


def check_day(where: str, catalogue: Catalogue, tai_ns: int, what: str) -> None:
    """Raise ScenarioError, a ValueError, where a catalogue is of another time than what is followed with it."""
    if abs(_days_after(catalogue, tai_ns)) > MOST_DAYS_OFF:
        raise ScenarioError(
            f"{where}: these element sets are of {utc_from_tai_ns(day_of(catalogue))[:10]}, {what}; "
            f"give a catalogue of within {MOST_DAYS_OFF} days of it"
        )


def day_of(catalogue: Catalogue) -> int:
    """When a catalogue was new, TAI ns: nine tenths of its epochs lie before, and some sets are dated ahead."""
    return int(np.percentile(catalogue.epoch_tai_ns, 90))


def _days_after(catalogue: Catalogue, tai_ns: int) -> float:
    return (tai_ns - day_of(catalogue)) / (NS_PER_S * S_PER_DAY)
