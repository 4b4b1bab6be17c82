"""Sums of evidence over all beginnings: their law under honesty, and how soon they see a fault."""

from __future__ import annotations

import numpy as np

from jointwatch.assessment.integrity.evidence import Sum, limit, log_marginal, log_mean, log_sum


def steps_until(limit_log: float, shift: float, rng: np.random.Generator, most: int) -> int:
    """Steps of normal numbers of a mean until the test for a mean of one accuses; or so many."""
    total = Sum.of(1)
    for step in range(1, most + 1):
        x = rng.normal(shift)
        total.step(np.array([x - 0.5]))  # the log ratio of N(1, 1) to N(0, 1)
        if total.log >= limit_log:
            return step
    return most


def test_an_honest_series_is_accused_no_sooner_than_stated_on_average() -> None:
    rng = np.random.default_rng(1)
    steps = [steps_until(np.log(50.0), 0.0, rng, 2_000) for _ in range(200)]
    assert np.mean(steps) > 50.0


def test_a_fault_is_seen_long_before() -> None:
    rng = np.random.default_rng(2)
    steps = [steps_until(np.log(5e4), 1.0, rng, 2_000) for _ in range(50)]
    assert np.mean(steps) < 40.0  # log(5e4) / 0.5 nats a step is 22


def test_what_an_honest_history_said_does_not_delay_what_begins_later() -> None:
    rng = np.random.default_rng(3)
    total = Sum.of(1)
    for _ in range(5_000):
        total.step(np.array([rng.normal() - 0.5]))
    assert total.log < 8.0
    steps = 0
    while total.log < limit(60.0):
        total.step(np.array([rng.normal(1.0) - 0.5]))
        steps += 1
    assert steps < 80


def test_a_mixture_over_sizes_has_the_mean_one_under_honesty() -> None:
    rng = np.random.default_rng(4)
    Y = np.diag([4.0, 0.5, 9.0])
    s = rng.standard_normal((200_000, 3)) * np.sqrt(np.diag(Y))  # s ~ N(0, Y) where there is no offset
    ratio = np.exp(log_marginal(np.broadcast_to(Y, (len(s), 3, 3)), s, np.array([0.3, 0.0, 0.2])))
    assert abs(ratio.mean() - 1.0) < 0.02


def test_the_marginal_is_the_ratio_of_two_normal_densities() -> None:
    rng = np.random.default_rng(5)
    C, y, sigma = rng.standard_normal((7, 4)), rng.standard_normal(7), np.array([0.5, 0.0, 2.0, 1.0])
    S = np.eye(7) + C @ np.diag(sigma**2) @ C.T
    direct = -0.5 * (y @ np.linalg.solve(S, y) - y @ y + np.linalg.slogdet(S)[1])
    assert np.isclose(log_marginal(C.T @ C, C.T @ y, sigma), direct)


def test_logarithms_of_means_and_sums_survive_what_exponentials_do_not() -> None:
    logs = np.array([1000.0, 1000.0, -np.inf])
    assert np.isclose(log_mean(logs), 1000.0 + np.log(2 / 3))
    assert np.isclose(log_sum(logs), 1000.0 + np.log(2))
    assert log_sum(np.array([-np.inf, -np.inf])) == -np.inf
    assert log_mean(np.array([-np.inf])) == -np.inf
