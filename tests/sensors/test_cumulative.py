"""Cumulative detection, gaps and hand-overs: against a plain account of each arc, and laws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from jointwatch.earth.topocentric import ecef_from_azimuth_elevation_range
from jointwatch.sensors.cumulative import PART, watch
from jointwatch.sensors.holding import hold, hold_by_sets
from jointwatch.sensors.radar import Face, Radar
from jointwatch.sensors.site import Site

STEP_S = 5.0


def account(p: np.ndarray, looks: np.ndarray) -> list[dict]:
    """What `hold` should say of each arc, told step by step in plain words; p is (radars, arcs, steps)."""
    told = []
    for arc in range(p.shape[1]):
        holds, missed = p[:, arc] >= 0.5, (1.0 - p[:, arc].astype(float)) ** looks[:, None]
        one = {"cumulative": 1 - missed.prod(axis=1), "by_any": 1 - missed.prod(), "held": holds.sum(axis=1)}
        reached = np.cumprod(missed, axis=1) <= 0.5
        one["first"] = [int(row.argmax()) if row.any() else -1 for row in reached]
        by_any = np.cumprod(missed.prod(axis=0)) <= 0.5
        one["first_by_any"] = int(by_any.argmax()) if by_any.any() else -1
        anyone = np.flatnonzero(holds.any(axis=0))
        gaps = np.diff(anyone) - 1
        one |= {"gap": int(gaps.sum()), "longest": int(gaps.max(initial=0)), "handed": []}
        holder, lost = None, None
        for step in range(p.shape[2]):
            having = [i for i in range(len(p)) if holds[i, step]]
            since = {i: step - int(np.argmin(np.append(holds[i, step::-1], False))) + 1 for i in having}
            if holder is not None and lost is None and holder not in having:
                lost = step
            if having and (holder is None or lost is not None):
                new = min(having, key=lambda i: (since[i], i))
                if holder is not None and new != holder:
                    one["handed"].append((holder, new, lost - since[new]))
                holder, lost = new, None
        told.append(one)
    return told


@pytest.mark.parametrize("seed", range(4))
def test_the_compiled_account_is_the_plain_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m, n, t = int(rng.integers(1, 5)), 150, int(rng.integers(2, 30))
    p = rng.uniform(0, 1, (m, n, t)).astype(np.float32)
    p[rng.random((m, n, t)) < rng.uniform(0.2, 0.9)] = 0.0
    p = np.repeat(p, 3, axis=2)
    looks = rng.uniform(0.2, 3.0, m)
    ints = [np.zeros(shape, np.int64) for shape in ((m, n), (m, n), n, n, n, n, (m, m), (m, m))]
    cumulative, by_any, least = np.zeros((m, n)), np.zeros(n), np.full((m, m), 10**9)
    first, held, first_by_any, gap, longest, passed, handed, overlap = ints
    hold(p, looks, 0.5, cumulative, first, held, by_any, first_by_any, gap, longest, handed, overlap, least, passed)
    every = [(*each, arc) for arc, one in enumerate(account(p, looks)) for each in one["handed"]]
    for arc, one in enumerate(account(p, looks)):
        assert cumulative[:, arc] == pytest.approx(one["cumulative"])
        assert by_any[arc] == pytest.approx(one["by_any"])
        assert first[:, arc].tolist() == one["first"]
        assert (first_by_any[arc], gap[arc], longest[arc]) == (one["first_by_any"], one["gap"], one["longest"])
        assert held[:, arc].tolist() == one["held"].tolist()
        assert passed[arc] == len(one["handed"])
    for a in range(m):
        for b in range(m):
            told = [together for x, y, together, _ in every if (x, y) == (a, b)]
            assert (handed[a, b], overlap[a, b]) == (len(told), sum(told))
            assert least[a, b] == min(told, default=10**9)


@pytest.fixture
def pair(gabala: Radar) -> list[Radar]:
    """Two radars on the equator, 10 degrees apart, that see all round to the horizon."""
    made = []
    for name, longitude in (("west", 0.0), ("east", 10.0)):
        around = Face("all", 0.0, 2 * np.pi, 0.0, np.pi / 2)
        site = Site(name, 0.0, float(np.radians(longitude)))
        made.append(
            replace(gabala, name=name, site=site, faces=(around,), minimum_range_m=0.0, instrumented_range_m=3e6)
        )
    return made


def eastwards(count: int, steps: int, *, height_m: float = 400e3) -> Callable[[slice], np.ndarray]:
    """Flights along the equator from 30 W to 40 E, each a little north of the one before."""
    longitude = np.radians(np.linspace(-30.0, 40.0, steps))
    radius = 6_378_137.0 + height_m
    r = np.stack([np.cos(longitude), np.sin(longitude), np.zeros(steps)], axis=-1) * radius
    every = r[None] + np.arange(count)[:, None, None] * np.array([0.0, 0.0, 10.0])
    return lambda part: every[part]


def test_one_radar_hands_over_to_the_other_while_both_see(pair: list[Radar]) -> None:
    steps = 281  # a quarter of a degree each
    seen = watch(pair, eastwards(3, steps), 3, step_s=STEP_S, rcs_m2=1.0)
    reach = np.degrees(np.arccos(6_378_137.0 / 6_778_137.0))  # to the straight horizon at 400 km
    assert seen.hand_overs.count.tolist() == [[0, 3], [0, 0]]
    together_s = (2 * reach - 10.0) / 0.25 * STEP_S
    assert seen.hand_overs.mean_overlap_s[0, 1] == pytest.approx(together_s, abs=3 * STEP_S)
    assert seen.first_s[:, 0] == pytest.approx([(30.0 - reach) / 0.25 * STEP_S, (40.0 - reach) / 0.25 * STEP_S], abs=10)
    assert seen.held_s == pytest.approx(2 * reach / 0.25 * STEP_S, abs=3 * STEP_S)
    assert (seen.gap_s == 0).all()
    assert np.isnan(seen.hand_overs.least_overlap_s[1, 0])


def test_radars_far_apart_leave_a_gap_between_them(pair: list[Radar]) -> None:
    far = replace(pair[1], site=Site("far", 0.0, float(np.radians(50.0))))
    longer = np.radians(np.arange(-30.1, 80.0, 0.25))
    r = np.stack([np.cos(longer), np.sin(longer), 0 * longer], axis=-1)[None] * 6_778_137.0
    seen = watch([pair[0], far], lambda part: r[part], 1, step_s=STEP_S, rcs_m2=1.0)
    gap = (50.0 - 2 * np.degrees(np.arccos(6_378_137.0 / 6_778_137.0))) / 0.25 * STEP_S
    assert seen.gap_s[0] == seen.longest_gap_s[0] == pytest.approx(gap, abs=3 * STEP_S)
    assert seen.hand_overs.mean_overlap_s[0, 1] == pytest.approx(-gap, abs=3 * STEP_S)


def test_an_arc_all_in_view_is_missed_with_the_product_of_all_looks(gabala: Radar) -> None:
    """Ten steps in one place, each with step over revisit looks of the known probability."""
    z = np.array([[np.radians(162.0), np.radians(20.0), 3.0e6]])
    r = ecef_from_azimuth_elevation_range(
        gabala.site.latitude_rad, gabala.site.longitude_rad, gabala.site.height_m, np.repeat(z, 10, axis=0)
    )[None]
    snr = gabala.reference_snr * (0.02 / gabala.reference_rcs_m2) * (gabala.reference_range_m / 3.0e6) ** 4
    missed = (1 - 1e-6 ** (1 / (1 + snr))) ** (10 * STEP_S / 2.5)
    seen = watch([replace(gabala, revisit_s=2.5)], lambda part: r[part], 1, step_s=STEP_S, rcs_m2=0.02)
    assert seen.probability[0, 0] == pytest.approx(1 - missed, rel=1e-5)
    twice = watch([replace(gabala, revisit_s=2.5)] * 2, lambda part: r[part], 1, step_s=STEP_S, rcs_m2=0.02)
    assert twice.by_any[0] == pytest.approx(1 - missed**2, rel=1e-5)  # two radars in one place look twice
    assert twice.hand_overs.count.sum() == 0


def test_a_bigger_cross_section_is_never_detected_less_and_any_never_less_than_one(pair: list[Radar]) -> None:
    small, big = (watch(pair, eastwards(20, 100), 20, step_s=STEP_S, rcs_m2=rcs) for rcs in (4e-6, 2e-5))
    assert (big.probability >= small.probability).all()
    assert (big.held_s >= small.held_s).all()
    assert (small.by_any >= small.probability.max(axis=0) - 1e-12).all()
    assert small.probability.min() < 0.95


def test_parts_and_threads_change_nothing_and_are_told(pair: list[Radar]) -> None:
    count = PART + 7
    where = eastwards(count, 30)
    told: list[int] = []
    one = watch(pair, where, count, step_s=STEP_S, rcs_m2=1.0, workers=1, done=told.append)
    three = watch(pair, where, count, step_s=STEP_S, rcs_m2=1.0, workers=3)
    assert told == [PART, 7]
    assert len(one) == count
    for name in ("probability", "by_any", "first_s", "held_s", "gap_s"):
        np.testing.assert_array_equal(getattr(one, name), getattr(three, name))
    np.testing.assert_array_equal(one.hand_overs.count, three.hand_overs.count)


def test_interrupted_it_begins_no_further_part(pair: list[Radar]) -> None:
    asked: list[slice] = []

    def where(part: slice) -> np.ndarray:
        asked.append(part)
        return eastwards(part.stop - part.start, 5)(slice(None))

    def interrupt(arcs: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watch(pair, where, 50 * PART, step_s=STEP_S, rcs_m2=1.0, workers=2, done=interrupt)
    assert len(asked) <= 3


def test_nothing_seen_is_nothing_and_no_arc_is_no_trouble(pair: list[Radar]) -> None:
    below = watch(pair, eastwards(2, 50, height_m=-100e3), 2, step_s=STEP_S, rcs_m2=1.0)
    assert not below.probability.any()
    assert np.isnan(below.first_s).all()
    assert np.isnan(below.first_by_any_s).all()
    assert not below.gap_s.any()
    assert len(watch(pair, eastwards(0, 5), 0, step_s=STEP_S, rcs_m2=1.0)) == 0


def test_wrong_use_is_refused_in_words(pair: list[Radar]) -> None:
    with pytest.raises(ValueError, match="a step of time above zero"):
        watch(pair, eastwards(1, 5), 1, step_s=0.0, rcs_m2=1.0)
    with pytest.raises(ValueError, match=r"mean cross-sections above zero, in m2; got 0\.0"):
        watch(pair, eastwards(1, 5), 1, step_s=1.0, rcs_m2=0.0)


@pytest.mark.parametrize("seed", range(12))
def test_sets_held_in_one_pass_are_each_as_by_themselves(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m, n, t, g = 5, 7, 30, 6
    p = np.where(rng.random((m, n, t)) < 0.4, rng.random((m, n, t)), 0.0).astype(np.float32)
    p[rng.random((m, n)) < 0.3] = 0.0
    looks = rng.uniform(0.3, 2.0, m)
    sets = np.full((g, m), -1)
    for row in sets:
        some = rng.permutation(m)[: rng.integers(0, m + 1)]
        row[: len(some)] = some
    each = [np.zeros((m, n)), *(np.zeros((m, n), np.int64) for _ in range(2))]
    found = [np.zeros((g, n)), *(np.zeros((g, n), np.int64) for _ in range(5))]
    hold_by_sets(p, looks, 0.5, sets, *each, *found)
    by_any, first_by_any, held_by_any, gap, longest, passed = found
    for row, some in enumerate(sets):
        members = some[some >= 0]
        k = len(members)
        own = [np.zeros((k, n)), *(np.zeros((k, n), np.int64) for _ in range(2))]
        of_any = [np.zeros(n), *(np.zeros(n, np.int64) for _ in range(3))]
        passed_on = np.zeros(n, np.int64)
        pairs = [np.zeros((k, k), np.int64) for _ in range(3)]
        hold(p[members], looks[members], 0.5, *own, *of_any, *pairs, passed_on)
        assert by_any[row] == pytest.approx(of_any[0], abs=1e-12)
        for mine, alone in zip((first_by_any, gap, longest, passed), (*of_any[1:], passed_on), strict=True):
            assert np.array_equal(mine[row], alone)
        assert np.array_equal(held_by_any[row], (p[members] >= 0.5).any(axis=0).sum(axis=-1))
        assert [np.array_equal(a[members], b) for a, b in zip(each, own, strict=True)] == [True] * 3
