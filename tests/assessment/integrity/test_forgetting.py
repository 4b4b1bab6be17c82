"""What is kept of each object has a bound, and forgetting those long unseen changes no verdict."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from jointwatch.assessment.integrity import accounts, detections, offsets
from jointwatch.assessment.integrity.comparison import Comparer, Comparison
from jointwatch.assessment.integrity.detections import Detections
from jointwatch.assessment.integrity.judge import Judge
from jointwatch.assessment.integrity.offsets import Offsets
from jointwatch.earth.arrays import Floats
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.studies import dishonest
from jointwatch.studies.feed_trials import Ground, ground, hear
from jointwatch.studies.overflights import Minute

FEW = 100  # some forty satellites are in sight at a time


@lru_cache(maxsize=1)
def traffic() -> tuple[Ground, tuple[Minute, ...]]:
    here = ground(3)
    return here, tuple(here.minutes(40))


@lru_cache(maxsize=1)
def compared() -> tuple[Comparison, ...]:
    here, minutes = traffic()
    comparer = Comparer(here.known, here.declared)
    return tuple(comparer.compare(minute.scans()) for minute in minutes)


def only(what: Comparison, plots: np.ndarray) -> Comparison:
    """A stretch with these of its plots alone."""
    names = ("look", "off", "sigma", "by_orbit", "by_offset", "time_s")
    return replace(what, **{name: getattr(what, name)[plots] for name in names})


def test_what_was_forgotten_is_as_if_it_had_never_been_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    here, _ = traffic()
    monkeypatch.setattr(offsets, "MOST_OBJECTS", FEW)
    pruned, since = Offsets(here.known, here.declared), dict[int, int]()
    forgotten = 0
    for what in compared():
        pruned.hear(what)
        forgotten += len(since.keys() - pruned._place.keys())
        since = {row: since.get(row, what.tai_ns) for row in pruned._place}
        assert len(since) <= FEW
    assert forgotten > 20
    monkeypatch.undo()
    whole = Offsets(here.known, here.declared)
    for what in compared():
        rows = what.rows[what.look]
        whole.hear(
            only(what, np.array([since.get(row, 2**63 - 1) <= what.tai_ns for row in rows.tolist()], dtype=bool))
        )
    size, sigma = pruned.estimate()
    expected, expected_sigma = whole.estimate()
    np.testing.assert_allclose(sigma, expected_sigma, rtol=0.02)
    np.testing.assert_array_less(np.abs(size - expected), 0.2 * sigma)
    np.testing.assert_allclose(pruned.log, whole.log, atol=0.5)


@pytest.mark.parametrize("cheat", ["honest", "offset", "thinned"])
def test_the_verdicts_are_those_of_a_judge_that_forgets_nothing(cheat: str, monkeypatch: pytest.MonkeyPatch) -> None:
    here, minutes = traffic()
    rng = np.random.default_rng(1)
    told = list(minutes)
    if cheat == "offset":
        told[25:] = [dishonest.offset(minute, (0.0, 2.0e-3, 0.0)) for minute in told[25:]]
    if cheat == "thinned":
        told[25:] = [dishonest.thinned(minute, 0.2, rng) for minute in told[25:]]

    def standing(judge: Judge) -> list[list[str]]:
        return [(hear(judge, minute), sorted(judge.faults))[1] for minute in told]

    whole = standing(here.judge())
    monkeypatch.setattr(offsets, "MOST_OBJECTS", FEW)
    monkeypatch.setattr(detections, "MOST_OBJECTS", FEW)
    pruned = here.judge()
    assert standing(pruned) == whole
    assert bool(whole[-1]) == (cheat != "honest")
    assert pruned.detections is not None
    assert len(pruned.detections._region) <= FEW


def passes(rng: np.random.Generator, number: int, catalogue: int) -> Comparison:
    """A minute, each day one, in which objects from anywhere in a catalogue are looked for six times each."""
    objects = np.sort(rng.choice(catalogue, 60, replace=False))
    rows = np.repeat(objects, 6)
    k = len(rows)
    z = np.column_stack([rng.uniform(1e6, 3e6, k), rng.uniform(0.0, 6.0, k), rng.uniform(0.1, 1.0, k)])
    slopes: Floats = 1e-3 * rng.standard_normal((k, 3, 10))
    return Comparison(
        tai_ns=10**18 + number * 24 * 3600 * NS_PER_S, rows=rows, z=z,
        strength=np.full(k, 30.0), counts=np.ones(k, dtype=bool), seen=rng.random(k) < 0.9, look=np.arange(k),
        off=rng.standard_normal((k, 3)), sigma=np.ones((k, 3)), by_orbit=slopes[..., :6], by_offset=slopes[..., 6:],
        time_s=np.tile(np.arange(6) * 10.0, 60), plots=k, unexplained=0,
    )  # fmt: skip


def held_bytes(kept: object) -> int:
    values = [getattr(kept, name) for name in kept.__dataclass_fields__]  # type: ignore[attr-defined]
    return sum(value.nbytes for value in values if isinstance(value, np.ndarray))


def test_a_year_of_passes_over_a_full_catalogue_needs_no_more_than_its_first_weeks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, _ = traffic()
    monkeypatch.setattr(offsets, "MOST_OBJECTS", 600)
    monkeypatch.setattr(detections, "MOST_OBJECTS", 600)
    rng, catalogue = np.random.default_rng(2), 30_000
    by_offset, missing, sizes = Offsets(here.known, here.declared), Detections(here.declared, catalogue), list[int]()
    for number in range(365):
        what = passes(rng, number, catalogue)
        by_offset.hear(what)
        missing.hear(what)
        sizes.append(held_bytes(by_offset._objects) + held_bytes(missing))
    assert max(sizes[60:]) <= 1.5 * max(sizes[:60])
    assert max(sizes) < (600 + accounts.ROOM + 60) * 16_000 + 600 * 2_000 + 8 * catalogue
    assert len(by_offset._rows) <= 600
    assert len(missing._region) <= 600
