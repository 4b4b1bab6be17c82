"""The cases of benchmarks/consistency.py in few runs: at the bound, and honest about it, with wide angles too."""

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from consistency import CASES, SEED, filtered, measured, tracked

RUNS = 24
# What so few runs can tell: the mean NEES of a step to 0.7, and so, errors of successive steps being one another's, of
# all; and a root mean square of two directions to a seventh.
NEES_SLACK, RATIO_SLACK = 2 * np.sqrt(12 / RUNS), 1.2


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_tracker_is_near_the_bound_and_says_so(case):
    score = measured(case, RUNS, SEED, tracked)
    print(f"case {case.name}, {RUNS} runs: RMSE/bound, worst step, NEES, in its 95 % band: {score}")
    assert score.position.mean() < RATIO_SLACK
    assert score.velocity.mean() < RATIO_SLACK
    assert abs(score.nees.mean() - 6) < NEES_SLACK


def test_a_plain_extended_filter_fails_with_half_a_degree():
    case = next(case for case in CASES if case.name == "C")
    score = measured(case, RUNS, SEED, filtered)
    assert not score.met
    assert score.position.mean() > 2
    assert score.nees.mean() > chi2(6).ppf(0.9999)
