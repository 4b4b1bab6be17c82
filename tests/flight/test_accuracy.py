"""The page about flights says what its script measures, and names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from design import flight_accuracy

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "method" / "flight.md").read_text(encoding="utf-8")
ROOM = 1.5  # that other processors' rounding, which changes steps, may take of an error
LEAST_MM = 0.1


REGIMES = flight_accuracy.regimes()


def cells(name: str) -> list[list[float]]:
    """The numbers in each cell of the first row of the page that begins with a name."""
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| {name} |"))
    return [[float(n.replace(",", "")) for n in re.findall(r"[\d.,]+", cell)] for cell in row.split("|")[2:-1]]


@pytest.mark.parametrize("regime", REGIMES)
def test_impacts_are_as_near_to_heyoka_as_the_page_says(regime: str) -> None:
    off_mm = 1e3 * flight_accuracy.off_heyoka(REGIMES[regime])
    median, largest = cells(regime)[1]
    assert np.median(off_mm) < ROOM * median + LEAST_MM
    assert off_mm.max() < ROOM * largest + LEAST_MM


@pytest.mark.parametrize("regime", REGIMES)
def test_a_tenth_more_air_moves_impacts_as_far_as_the_page_says(regime: str) -> None:
    moved = flight_accuracy.by_density(REGIMES[regime])
    assert [np.median(moved), moved.max()] == pytest.approx(cells(regime)[4], rel=0.06)


def test_what_the_world_does_to_impacts_is_as_the_page_says() -> None:
    for name, off_m, later_s in flight_accuracy.worlds():
        here = [np.median(off_m), np.quantile(off_m, 0.95), off_m.max(), np.abs(later_s).max()]
        assert here == pytest.approx([number for (number,) in cells(name)], rel=0.06), name


def test_the_tests_that_the_page_names_exist() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    written = {
        name
        for path in Path(__file__).parent.glob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text())
    }
    assert named
    assert named <= written
