from types import SimpleNamespace

import numpy as np
import pytest

from jointwatch.tracking import screen, sieve
from jointwatch.tracking.screen import Screen
from jointwatch.tracking.settings import Settings

GOOD = [1.2e6, 2.5, 0.3]
FINE = [100.0, 2e-3, 2e-3]


@pytest.fixture
def scan(sky):
    """A scan as a foreign feed might hand it over: nothing about it has been checked."""

    def make(z, sigma=None, seconds=0.0, radar="r"):
        sigma = [FINE] * len(z) if sigma is None else sigma
        return SimpleNamespace(
            site=sky.SOUTH, radar=radar, time_tai_ns=sky.tai(seconds), z=np.array(z), sigma=np.array(sigma)
        )

    return make


@pytest.mark.parametrize(
    ("z", "sigma", "reason"),
    [
        ([np.nan, 2.5, 0.3], FINE, screen.NOT_FINITE),
        (GOOD, [100.0, np.inf, 2e-3], screen.NOT_FINITE),
        (GOOD, [0.0, 2e-3, 2e-3], screen.NO_VARIANCE),
        (GOOD, [100.0, 2e-3, -1.0], screen.NO_VARIANCE),
        (GOOD, [2e6, 2e-3, 2e-3], screen.TOO_WIDE),
        (GOOD, [100.0, 0.5, 2e-3], screen.TOO_WIDE),
        ([2e8, 2.5, 0.3], FINE, screen.IMPOSSIBLE),
        ([1e6, 2.5, 1.7], FINE, screen.IMPOSSIBLE),
    ],
)
def test_an_unusable_plot_is_refused_with_its_reason_and_the_others_pass(scan, z, sigma, reason):
    gate = Screen(Settings())
    admitted = gate.admit(scan([GOOD, z], [FINE, sigma]))
    assert admitted.z.tolist() == [GOOD]
    assert +gate.refused == {reason: 1}


def test_a_plot_repeated_within_a_scan_or_by_a_repeated_scan_counts_once(scan):
    gate = Screen(Settings())
    assert len(gate.admit(scan([GOOD, [1e6, 1.0, 0.2], GOOD]))) == 2
    assert len(gate.admit(scan([GOOD, [9e5, 1.0, 0.2]]))) == 1, "the rest of a scan that came in two parts"
    assert len(gate.admit(scan([GOOD], radar="another"))) == 1
    assert len(gate.admit(scan([GOOD], seconds=5.0))) == 1, "a real object may stand still"
    assert +gate.refused == {screen.REPEATED: 2}


def test_of_scans_without_end_those_within_the_limit_are_remembered(scan):
    """Each is held against few others: what a flood of scans costs grows as their number, and not as its square."""
    gate, kept, walked = Screen(Settings()), [], 0
    for number in range(6_000):
        before = gate._said
        gate.admit(scan([GOOD], seconds=number / 50))
        walked += len(before) if gate._said is not before else 0
        kept.append(len(gate._said))
    assert min(kept[3_000:]) >= 20 * 50
    assert max(kept) <= 1.3 * 20 * 50
    assert walked <= 6 * len(kept)
    assert gate.heard("r", scan([GOOD], seconds=119.0).time_tai_ns)


def test_the_order_of_plots_tells_nothing(scan):
    z = np.random.default_rng(0).uniform([4e5, 0, 0.1], [2e6, 6, 1], (20, 3))
    one, other = (Screen(Settings()).admit(scan(rows)) for rows in (z, z[::-1]))
    assert (one.z == other.z).all()


def test_late_scans_pass_within_the_limit_and_are_refused_beyond(scan):
    gate = Screen(Settings(late_limit_s=20.0))
    assert gate.admit(scan([GOOD], seconds=100.0)) is not None
    assert gate.admit(scan([GOOD], seconds=80.0)) is not None
    assert gate.admit(scan([GOOD, GOOD], seconds=79.9)) is None
    assert +gate.refused == {screen.TOO_LATE: 2}


def test_one_scan_from_far_ahead_is_not_believed_but_several_are(scan):
    gate = Screen(Settings(jump_limit_s=600.0, jump_scans=3))
    gate.admit(scan([GOOD]))
    assert gate.admit(scan([GOOD], seconds=3600.0)) is None
    assert gate.admit(scan([GOOD], seconds=5.0)) is not None, "the others' clock goes on"
    assert [gate.admit(scan([GOOD], seconds=s)) is None for s in (3600.0, 3605.0, 3610.0)] == [True, True, False]
    assert +gate.refused == {screen.JUMPED: 3}


def test_of_too_many_plots_a_share_spread_over_the_ranges_is_kept(scan):
    gate = Screen(Settings(plots_per_scan_limit=100))
    z = np.random.default_rng(1).uniform([4e5, 0, 0.1], [6e6, 6, 1], (1000, 3))
    admitted = gate.admit(scan(z))
    assert len(admitted) == 100
    assert np.ptp(admitted.z[:, 0]) > 5e6
    assert +gate.refused == {screen.TOO_MANY: 900}


def test_an_empty_scan_passes(scan):
    assert len(Screen(Settings()).admit(scan(np.empty((0, 3)), np.empty((0, 3))))) == 0


@pytest.mark.parametrize("count", [1, 5, sieve.FEW - 1, sieve.FEW, 200])
def test_plots_stand_in_one_order_whatever_order_they_come_in(count):
    rng = np.random.default_rng(count)
    for _ in range(20):
        z = rng.integers(1, 6, (count, 3)).astype(float)  # many alike in range, some in all
        order = sieve.ordered(z)
        assert sorted(order.tolist()) == list(range(count))
        assert z[order].tolist() == sorted(z.tolist())
