"""A scenario under the satellites of a file: when it can be played, since element sets say little of other weeks."""

from __future__ import annotations

from math import ceil
from pathlib import Path

import numpy as np

from jointwatch.earth.timescale import NS_PER_S, S_PER_DAY, tai_ns_from_utc, utc_from_tai_ns
from jointwatch.studies.scenario import Scenario, ScenarioError, moved
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
    day = day_of(sky)
    off_days = (tai_ns_from_utc(scenario.start_utc) - day) / (NS_PER_S * S_PER_DAY)
    if given is not None:
        return moved(scenario, ceil(-off_days)), sky
    if abs(off_days) > MOST_DAYS_OFF:
        raise ScenarioError(
            f"{path}: these element sets are of {utc_from_tai_ns(day)[:10]}, {scenario.name} is played on "
            f"{scenario.start_utc[:10]}; give a catalogue of within {MOST_DAYS_OFF} days of it"
        )
    return scenario, sky


def day_of(sky: Sky) -> int:
    """When its catalogue was new, TAI ns: nine tenths of the epochs lie before, and some sets are dated ahead."""
    return int(np.percentile(sky.published.epoch_tai_ns, 90))
