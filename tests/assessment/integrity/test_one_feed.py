"""Repeats, delays and silences: what needs no orbit to be seen."""

from __future__ import annotations

import numpy as np

from jointwatch.assessment.integrity.declared import Declared, tolerance
from jointwatch.assessment.integrity.gaps import Gaps
from jointwatch.assessment.integrity.lateness import Lateness
from jointwatch.assessment.integrity.repeats import Repeats
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.site import Site

SITE = Site("somewhere", 0.7, 0.6)
SIGMA = (100.0, 1e-3, 1e-3)
T0 = 1_642_809_600 * NS_PER_S


def scan(seconds: float, z: np.ndarray) -> Plots:
    return Plots(SITE, "radar", T0 + round(seconds * NS_PER_S), z, np.tile(SIGMA, (len(z), 1)))


def rows(rng: np.random.Generator, count: int = 20) -> np.ndarray:
    return rng.uniform([3e5, 0.0, 0.0], [4e6, 2.0, 1.0], (count, 3))


def test_an_hour_told_again_is_found_within_a_few_scans() -> None:
    rng = np.random.default_rng(1)
    hour = [rows(rng) for _ in range(720)]
    repeats = Repeats()
    for k, z in enumerate(hour):
        repeats.hear(scan(5 * k, z))
    assert repeats.found() is None
    for k, z in enumerate(hour[:3]):
        repeats.hear(scan(3600 + 5 * k, z[::-1]))  # in another order, and a third of it left out
    found = repeats.found()
    assert found is not None
    assert found.behind_s == 3600.0


def test_rounded_plots_of_an_honest_day_do_not_repeat() -> None:
    rng = np.random.default_rng(2)
    repeats = Repeats()
    for k in range(2_000):
        z = rows(rng)
        repeats.hear(scan(5 * k, np.round(z / [1.0, 1.7e-4, 1.7e-4]) * [1.0, 1.7e-4, 1.7e-4]))
    assert repeats.found() is None


def test_what_is_kept_of_plots_is_bounded_by_a_day() -> None:
    repeats, rng = Repeats(), np.random.default_rng(3)
    sizes = []
    for hour in range(72):
        for k in range(20):
            repeats.hear(scan(3600 * hour + 5 * k, rows(rng)))
        sizes.append(len(repeats._first_ns))
    assert sizes[-1] <= 1.3 * sizes[25]


def declared() -> Declared:
    return Declared(radar="radar", plot_sigma=SIGMA, allowed_offset=tolerance(SIGMA), delay_s=60.0)


def test_late_reports_are_found_and_one_in_a_hundred_is_not() -> None:
    honest, late = Lateness(declared()), Lateness(declared())
    rng = np.random.default_rng(4)
    for k in range(5_000):
        delay = 90.0 if rng.random() < 0.01 else 8.0
        honest.hear(T0 + k * NS_PER_S, T0 + k * NS_PER_S + round(delay * NS_PER_S))
    assert honest.found() is None
    for k in range(10):
        late.hear(T0 + k * NS_PER_S, T0 + (k + 90) * NS_PER_S)
    found = late.found()
    assert found is not None
    assert found.delay_s == 90.0


def test_reports_of_the_future_count_as_late() -> None:
    ahead = Lateness(declared())
    for k in range(10):
        ahead.hear(T0 + (k + 60) * NS_PER_S, T0 + k * NS_PER_S)
    assert ahead.found() is not None


def test_silences_at_events_are_found_and_silences_at_random_are_not() -> None:
    rng = np.random.default_rng(5)
    events = np.sort(rng.uniform(0, 200 * 3600, 60))
    hides, fails = Gaps(), Gaps()
    at_random = np.sort(rng.uniform(0, 200 * 3600, 60))
    for gaps, silences in ((hides, events - 60.0), (fails, at_random)):
        waiting = list(events)
        for second in range(0, 200 * 3600, 20):
            while waiting and waiting[0] <= second:
                gaps.happened(T0 + round(waiting.pop(0) * NS_PER_S))
            k = np.searchsorted(silences, second) - 1
            if k < 0 or second - silences[k] > 300:
                gaps.hear(T0 + second * NS_PER_S)
    assert fails.found() is None
    found = hides.found()
    assert found is not None
    assert found.silent > 0.9 * found.events


def test_a_silent_feed_that_never_spoke_is_asked_nothing() -> None:
    gaps = Gaps()
    gaps.happened(T0)
    gaps.hear(T0 + NS_PER_S)
    assert gaps.found() is None
    assert gaps.share == 0.0
