"""The judge of a feed on simulated traffic: an honest feed stays unaccused, each way to cheat is found.

A small version of `benchmarks/integrity.py`, which has 200 seeds and the distribution of times.
"""

from __future__ import annotations

import copy
import pickle
from functools import lru_cache

import numpy as np
import pytest

from jointwatch.assessment.integrity.comparison import Comparer, Comparison
from jointwatch.assessment.integrity.judge import Judge
from jointwatch.assessment.integrity.scatter import TERMS, blocks
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.studies import dishonest
from jointwatch.studies.feed_trials import CHEATS, RADAR, Ground, ground, hear, trial
from jointwatch.studies.overflights import Minute
from jointwatch.tracking.known import Known

SEED, MINUTES = 1, 45


@lru_cache(maxsize=1)
def traffic() -> tuple[Ground, tuple[Minute, ...]]:
    here = ground(SEED)
    return here, tuple(here.minutes(MINUTES))


@lru_cache(maxsize=1)
def judged() -> Judge:
    here, minutes = traffic()
    judge = here.judge()
    for minute in minutes:
        hear(judge, minute)
    return judge


@lru_cache(maxsize=1)
def compared() -> tuple[Comparison, ...]:
    here, minutes = traffic()
    comparer = Comparer(here.known, here.declared)
    return tuple(comparer.compare(minute.scans()) for minute in minutes)


def test_the_traffic_is_what_was_agreed_on() -> None:
    _, minutes = traffic()
    tracks = [np.concatenate([minute.object for minute in minutes[k : k + 30]]) for k in (0, 15)]
    assert all(50 < len(np.unique(each[each >= 0])) <= 200 for each in tracks)
    assert {len(minute.times_tai_ns) for minute in minutes} == {12}


def test_plots_go_to_the_objects_they_are_of() -> None:
    _, minutes = traffic()
    right = wrong = 0
    for minute, what in zip(minutes[:10], compared(), strict=False):
        z = what.z[what.look] + what.off
        z[:, 1] %= 2 * np.pi
        for row, k in zip(z.round(6).tolist(), what.rows[what.look].tolist(), strict=True):
            near = np.argmin(np.abs(minute.z[:, 0] - row[0]) + 1e6 * np.abs(minute.z[:, 2] - row[2]))
            right, wrong = right + (minute.object[near] == k), wrong + (minute.object[near] != k)
    assert right > 500
    assert wrong <= right // 500


def test_scatter_is_chi_square_whatever_the_orbits_are_off() -> None:
    parts = [blocks(each) for each in compared()]
    squares = np.concatenate([part[0] for part in parts])
    freedom = np.concatenate([part[1] for part in parts])
    total = freedom.sum()
    assert freedom.max() == 12 - TERMS
    assert (np.abs(squares.sum(axis=0) / total - 1.0) < 4 * np.sqrt(2 / total)).all()


def test_offsets_found_of_an_honest_feed_are_its_own_within_their_sigmas() -> None:
    here, _ = traffic()
    offsets = judged().offsets
    assert offsets is not None
    size, sigma = offsets.estimate()
    true = np.array([here.bias.range_m, here.bias.azimuth_rad, here.bias.elevation_rad, here.bias.clock_s])
    assert (np.abs(size - true) < 4 * sigma).all()
    assert sigma[3] < 0.05  # of the clock, from 45 minutes of orbits that are off by a kilometre and more


def test_an_honest_feed_is_not_accused() -> None:
    judge = judged()
    assert judge.standing == ()
    assert judge.minutes in (MINUTES - 1, MINUTES)  # its clock is a millisecond off, and so is its minute
    assert judge.explained > 0.5 * judge.plots


@pytest.mark.parametrize("name", sorted(set(CHEATS) - {"clock-0.05"}))
def test_each_way_to_cheat_is_found_within_half_an_hour(name: str) -> None:
    (found,) = trial(4, (name,), 30, honest_minutes=60 if name.startswith("replay") else 10)
    assert found.after_min is not None
    assert found.words


def test_a_clock_off_by_a_twentieth_second_shows_at_once_where_it_begins_and_not_where_it_always_was() -> None:
    (begins,) = trial(4, ("clock-0.05",), 30, honest_minutes=20)
    (always,) = trial(4, ("clock-0.05",), 10, honest_minutes=0)
    assert begins.after_min is not None
    assert begins.words.startswith("clock off by +")
    assert always.after_min is None


def test_an_offset_that_goes_away_is_taken_back() -> None:
    here, minutes = traffic()
    judge = here.judge()
    stood = []
    for k, minute in enumerate(minutes):
        hear(judge, dishonest.offset(minute, (0.0, 0.01, 0.0)) if 5 <= k < 25 else minute)
        stood.append("offset" in judge.faults)
    assert not any(stood[:5])
    assert all(stood[8:24])
    assert not stood[-1]


def test_one_object_that_has_manoeuvred_accuses_nobody() -> None:
    here, minutes = traffic()
    most = int(np.bincount(np.concatenate([minute.object[minute.object >= 0] for minute in minutes])).argmax())
    judge = here.judge()
    for minute in minutes[:30]:
        z = minute.z + np.where((minute.object == most)[:, None], [3000.0, 0.0, 0.0], 0.0)
        hear(judge, Minute(minute.radar, minute.times_tai_ns, minute.scan, z, minute.sigma, minute.object))
    assert judge.standing == ()


def test_without_a_catalogue_only_what_needs_none_is_judged() -> None:
    here, minutes = traffic()
    judge = Judge(None, here.declared)
    for minute in minutes[:3]:
        hear(judge, minute)
    assert judge.offsets is None
    assert judge.standing == ()
    empty = Judge(Known(here.sky.published[np.zeros(0, dtype=np.int64)]), here.declared)
    hear(empty, minutes[0])
    assert empty.offsets is None


def test_no_order_of_plots_in_a_scan_matters_and_a_kept_judge_goes_on_as_it_was() -> None:
    here, minutes = traffic()
    one, other = here.judge(), here.judge()
    for k, minute in enumerate(minutes[:6]):
        hear(one, minute)
        for plots in minute.scans():
            turned = type(plots)(plots.site, plots.radar, plots.time_tai_ns, plots.z[::-1], plots.sigma[::-1])
            other.hear(turned, plots.time_tai_ns + 5 * NS_PER_S)
        if k == 3:
            other = copy.deepcopy(other, {id(here.known): here.known})
    assert one.offsets is not None
    assert other.offsets is not None
    np.testing.assert_allclose(one.offsets.logs, other.offsets.logs, atol=1e-9)


def test_what_is_declared_survives_pickling() -> None:
    here, minutes = traffic()
    again = pickle.loads(pickle.dumps(here.declared))  # noqa: S301 - what was just written
    z = minutes[0].z[:, :1] * np.ones(3)
    assert again.look is not None
    assert here.declared.look is not None
    np.testing.assert_array_equal(again.look(z)[0], here.declared.look(z)[0])
    assert again.radar == RADAR


def test_a_flood_of_plots_is_not_compared() -> None:
    here, minutes = traffic()
    judge = here.judge()
    plots = minutes[0].scans()[0]
    z = np.repeat(plots.z, 60_000 // len(plots) + 1, axis=0)
    flood = type(plots)(plots.site, plots.radar, plots.time_tai_ns, z, np.ones_like(z))
    judge.hear(flood, plots.time_tai_ns)
    hear(judge, minutes[1])
    assert judge.plots < 1_000
