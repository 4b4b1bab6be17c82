"""Which launch a warning was about: what must hold of the probabilities, and real warnings whose flight is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import notices as bench
from jointwatch.assessment import notice_match
from jointwatch.assessment.notice_match import DAY_NS, HOUR_NS, Announced, Launched
from jointwatch.formats.notice_files import read_notices
from jointwatch.formats.notice_series import lives

DATA = Path(__file__).parents[3] / "shared" / "data"
KOUROU, PLESETSK = np.radians([5.23, -52.75]), np.radians([62.9, 40.5])
NOON = 1_400_000_000_000_000_000
DOWNRANGE = np.radians([[5.0, -45.0], [4.0, -30.0], [0.0, 3.0]])  # off Brazil, mid-ocean, the Gulf of Guinea


def warning(windows: int = 10, areas: np.ndarray = DOWNRANGE, *, missiles: bool = False) -> Announced:
    """A warning of one hour a day."""
    begin = NOON + DAY_NS * np.arange(windows)
    return Announced(np.column_stack([begin, begin + HOUR_NS]), areas, missiles)


def launches(*each: tuple[int, np.ndarray]) -> Launched:
    times = np.array([[time, time + 60 * 10**9] for time, _ in each], dtype=np.int64).reshape(-1, 2)
    return Launched(times, np.array([site for _, site in each]).reshape(-1, 2))


WITHIN, OUTSIDE = NOON + 3 * DAY_NS + HOUR_NS // 2, NOON + 3 * DAY_NS + 8 * HOUR_NS


def test_the_launch_within_the_windows_and_up_range_of_the_areas_is_the_one() -> None:
    found = notice_match.probabilities(
        warning(), launches((WITHIN, KOUROU), (OUTSIDE, KOUROU), (WITHIN, PLESETSK), (OUTSIDE, PLESETSK))
    )
    assert found[0] > 0.9
    assert found[0] > 20 * found[1:].max()


@given(st.permutations(range(4)), st.floats(-np.pi, np.pi))
def test_neither_the_order_of_the_launches_nor_the_zero_of_longitude_matters(order: list[int], turn: float) -> None:
    each = [(WITHIN, KOUROU), (OUTSIDE, KOUROU), (WITHIN, PLESETSK), (OUTSIDE, PLESETSK)]
    found = notice_match.probabilities(warning(), launches(*each))
    turned = [(each[k][0], each[k][1] + np.array([0.0, turn])) for k in order]
    again = notice_match.probabilities(warning(areas=DOWNRANGE + np.array([0.0, turn])), launches(*turned))
    np.testing.assert_allclose(again, found[order], rtol=1e-6, atol=1e-9)


@given(st.integers(0, 6))
def test_probabilities_of_all_and_of_none_are_one(count: int) -> None:
    found = notice_match.probabilities(warning(), launches(*[(WITHIN, KOUROU)] * count))
    assert np.all(found >= 0)
    assert found.sum() < 1


def test_rarer_windows_missiles_and_areas_to_the_side_each_count() -> None:
    def odds(announced: Announced) -> float:
        (p,) = notice_match.probabilities(announced, launches((WITHIN, KOUROU)))
        return float(p / (1 - p))

    usual, bent = warning(), np.radians([[5.0, -45.0], [20.0, -45.0], [-15.0, -45.0]])
    wide = Announced(np.array([[NOON, NOON + 10 * DAY_NS]]), DOWNRANGE, False)
    assert odds(wide) < 0.5 * odds(usual)
    assert odds(warning(missiles=True)) < 0.5 * odds(usual)
    assert odds(warning(areas=bent)) < 0.5 * odds(usual)


def test_the_windows_share_of_time_counts_overlapping_ones_once() -> None:
    overlapping = Announced(np.array([[NOON, NOON + DAY_NS], [NOON, NOON + DAY_NS // 2]]), DOWNRANGE, False)
    assert notice_match.share(overlapping) == pytest.approx(0.5)  # one day of two: the last counts one more


@pytest.fixture(scope="module")
def cases() -> list[bench.Case]:
    if not DATA.is_dir():
        pytest.skip("needs ../shared/data")
    return bench.known_cases(
        lives(read_notices(DATA / "notices" / "nga_rocket_missile_notices_2010_2018.jsonl.gz")), DATA
    )


def test_in_the_year_left_out_what_is_likely_comes_true(cases: list[bench.Case]) -> None:
    """The weights in use were set without 2015."""
    pairs = [pair for case in cases if case.year == 2015 for pair in bench.pairs(case, notice_match.WEIGHTS)]
    p, true = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
    assert true.sum() >= 10
    assert true[p >= 0.7].mean() >= 0.8
    assert true[p < 0.1].mean() <= 0.01
    assert abs(p.sum() - true.sum()) < 3 * np.sqrt((p * (1 - p)).sum())
    assert np.mean((p - true) ** 2) < 0.02


def test_the_weights_in_use_are_the_ones_the_named_flights_give(cases: list[bench.Case]) -> None:
    weights = notice_match.fitted([bench.case_of(case) for case in cases if case.year != 2015])
    np.testing.assert_allclose(notice_match.WEIGHTS, weights, atol=0.3)
