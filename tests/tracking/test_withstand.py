"""What a tracker must live through: silence, floods, halves of scans, nonsense, wild clocks."""

import time
from types import SimpleNamespace

import numpy as np
import pytest

from jointwatch.sensors.measurement import Plots
from jointwatch.tracking import screen
from jointwatch.tracking.settings import Settings
from tests.tracking.conftest import after

FLOOD = 100_000
HOUR_NS = 3600 * 10**9


@pytest.fixture
def scans(alone):
    """Forty scans of one object by one radar, every 5 s."""
    return alone[:40]


def the_object(tracker):
    """The one confirmed track."""
    (track,) = tracker.confirmed()
    return track


def raw(scan, **changed):
    """The scan as a foreign feed might hand it over: nothing about it has been checked."""
    names = ("site", "radar", "time_tai_ns", "z", "sigma", "whole")
    return SimpleNamespace(**({name: getattr(scan, name) for name in names} | changed))


def flood(sky, scan, rng, count=FLOOD):
    z = np.concatenate([scan.z, sky.false_plots(rng, count)])
    return Plots(scan.site, scan.radar, scan.time_tai_ns, rng.permutation(z), np.broadcast_to(sky.SIGMA, z.shape))


def test_silence(sky, scans):
    nothing = np.empty((0, 3))
    tracker = after([Plots(*sky.BOTH[0], sky.tai(5.0 * k), nothing, nothing) for k in range(50)])
    assert tracker.tracks() == []
    assert tracker.refused == {}


def test_one_plot(sky, scans):
    assert after(scans[:1]).tracks() == []


def test_everything_at_one_instant(sky):
    rng = np.random.default_rng(1)
    z = sky.false_plots(rng, 500)
    halves = [
        Plots(*sky.BOTH[0], sky.tai(0), part, np.broadcast_to(sky.SIGMA, part.shape)) for part in (z[:250], z[250:])
    ]
    assert after(halves).confirmed() == []


def test_every_scan_told_three_times(scans):
    once, thrice = after(scans), after([plots for plots in scans for _ in range(3)])
    assert the_object(thrice).x.tobytes() == the_object(once).x.tobytes()
    assert thrice.refused == {screen.REPEATED: 2 * len(scans)}


def test_a_clock_that_jumps_an_hour_ahead_and_back(scans):
    ahead = [
        raw(scan, time_tai_ns=scan.time_tai_ns + 3600 * 10**9) if k == 20 else scan for k, scan in enumerate(scans)
    ]
    tracker = after(ahead)
    assert the_object(tracker).plots == len(scans) - 1
    assert tracker.refused == {screen.JUMPED: 1}


def test_a_clock_that_jumps_an_hour_back(scans):
    tracker = after([*scans[:20], raw(scans[20], time_tai_ns=scans[20].time_tai_ns - HOUR_NS), *scans[21:]])
    assert the_object(tracker).plots == len(scans) - 1
    assert tracker.refused == {screen.TOO_LATE: 1}


def test_clocks_a_century_wrong_that_all_agree_cost_the_tracks_and_no_time(scans):
    before = [raw(scan, time_tai_ns=scan.time_tai_ns - 876_600 * HOUR_NS) for scan in scans]
    start = time.process_time()
    tracker = after([*before, *scans])
    assert time.process_time() - start < 60.0
    assert the_object(tracker).plots == len(scans) - Settings().jump_scans + 1


@pytest.mark.parametrize(
    ("row", "sigma", "reason"),
    [
        ((np.nan, 2.5, 0.3), (100.0, 2e-3, 2e-3), screen.NOT_FINITE),
        ((1.2e6, 2.5, 0.3), (100.0, 0.0, 2e-3), screen.NO_VARIANCE),
        ((1.2e6, 2.5, 0.3), (100.0, -2e-3, 2e-3), screen.NO_VARIANCE),
        ((1.2e6, 2.5, 0.3), (100.0, np.nan, 2e-3), screen.NOT_FINITE),
        ((-5.0, 2.5, 0.3), (100.0, 2e-3, 2e-3), screen.TOO_WIDE),
        ((1e12, 2.5, 0.3), (100.0, 2e-3, 2e-3), screen.IMPOSSIBLE),
    ],
)
def test_nonsense_among_the_plots_of_every_scan(scans, row, sigma, reason):
    spoilt = [
        raw(scan, z=np.concatenate([[row], scan.z]), sigma=np.concatenate([[sigma], scan.sigma])) for scan in scans
    ]
    tracker = after(spoilt)
    assert the_object(tracker).x.tobytes() == the_object(after(scans)).x.tobytes()
    assert tracker.refused == {reason: len(scans)}


def test_a_hundred_thousand_false_plots_in_one_scan(sky, scans):
    """Bounded time, the plot of the track found among them, and the rest counted."""
    rng, tracker = np.random.default_rng(2), after(scans[:12])
    begun = time.process_time()
    tracker.scan(flood(sky, scans[12], rng))
    spent = time.process_time() - begun
    print(f"{FLOOD} false plots in one scan: {spent:.2f} s")
    assert spent < 1.0
    assert the_object(tracker).plots == 13
    taken = 1 + tracker.settings.new_tracks_per_scan_limit
    assert tracker.refused == {screen.NO_ROOM: FLOOD + 1 - taken}
    for scan in scans[13:]:
        tracker.scan(scan)
    assert np.linalg.norm(the_object(tracker).x - the_object(after(scans)).x) < 50.0


def test_a_radar_that_is_jammed_for_a_minute(sky, scans):
    """A hundred thousand false plots in every scan: the real track goes on, and every scan is done before the next."""
    rng, tracker = np.random.default_rng(3), after(scans[:12])
    own, slowest = the_object(tracker).id, 0.0
    for scan in scans[12:24]:
        begun = time.process_time()
        tracker.scan(flood(sky, scan, rng))
        slowest = max(slowest, time.process_time() - begun)
    false = len(tracker.confirmed()) - 1
    print(f"jammed for a minute: {slowest:.2f} s for the slowest scan, {false} false tracks confirmed")
    assert slowest < 2.0
    now = {track.id: track for track in tracker.confirmed()}[own]
    assert sky.nees(now.x, now.P, the_object(after(scans[:24])).x) < 30
    for scan in scans[24:]:
        tracker.scan(scan)
    assert own in {track.id for track in tracker.confirmed()}


def test_more_than_any_scan_may_bring(sky, scans):
    rng, tracker = np.random.default_rng(5), after(scans[:12], plots_per_scan_limit=1000)
    tracker.scan(flood(sky, scans[12], rng, 5000))
    assert tracker.refused[screen.TOO_MANY] == 5001 - 1000


@pytest.fixture(scope="module")
def several(sky):
    """Scans of six objects by one radar, every 5 s: all at one time, or each 0.2 s after the one before it."""
    times = np.arange(0.0, 60.0, 5.0)
    starts = [sky.start(33 + k, 50 + k, 250 + 40 * k, 200, 35, 4000.0) for k in range(6)]
    rng = np.random.default_rng(6)
    at_once = np.stack([sky.flown(x, times) for x in starts], axis=1)
    in_turn = [sky.flown(x, times + 0.2 * k) for k, x in enumerate(starts)]
    return (
        [sky.seen(sky.BOTH[0], t, at_once[k], rng) for k, t in enumerate(times)],
        [
            [sky.seen(sky.BOTH[0], t + 0.2 * i, one[k], rng) for i, one in enumerate(in_turn)]
            for k, t in enumerate(times)
        ],
    )


def part(scan, rows, *, whole):
    return Plots(scan.site, scan.radar, scan.time_tai_ns, scan.z[rows], scan.sigma[rows], whole)


def test_scans_that_come_in_two_halves_are_one_scan(several):
    halves = [part(scan, rows, whole=True) for scan in several[0] for rows in (slice(3), slice(3, None))]
    assert len(after(several[0]).confirmed()) == len(after(halves).confirmed()) == 6
    assert len(after(halves[:8]).confirmed()) == 6, "no half is a miss of what the other half holds"


def test_rows_of_one_scan_that_come_one_by_one_are_no_misses_of_the_others(several):
    tracker = after([part(scan, slice(k, k + 1), whole=False) for scan in several[0] for k in range(6)])
    assert [track.plots for track in tracker.confirmed()] == [12] * 6


def test_rows_that_each_have_their_own_time_are_no_misses_of_the_others(several):
    rows = [row for scan in several[1] for row in scan]
    tracker = after([part(row, slice(None), whole=False) for row in rows])
    assert [track.plots for track in tracker.confirmed()] == [12] * 6
    assert len(after(rows).confirmed()) < 6, "told as whole scans, each is a miss of five objects"
