"""The life of a track: named, confirmed, lost, forgotten; what is kept of it; and what a tracker must withstand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.sensors.measurement import Plots
from jointwatch.tracking import screen
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.tracker import Tracker
from tests.tracking.conftest import after


@pytest.fixture(scope="module")
def scans(sky):
    """Three minutes of three objects, two radars, some plots missing and some false."""
    times = np.arange(0.0, 180.0, 2.5)
    starts = [sky.start(33 + i, 50 + 1.5 * i, 250, 170 + 30 * i, 40, 3500.0) for i in range(3)]
    truth = np.stack([sky.flown(x, times) for x in starts], axis=1)
    rng = np.random.default_rng(3)
    return [sky.seen(sky.BOTH[k % 2], t, truth[k], rng, pd=0.9, false=3) for k, t in enumerate(times)]


def empty(sky, seconds, radar=0):
    site, name = sky.BOTH[radar]
    return Plots(site, name, sky.tai(seconds), np.empty((0, 3)), np.empty((0, 3)))


def test_no_plots_no_tracks(sky):
    tracker = after([empty(sky, 5.0 * k) for k in range(5)])
    assert tracker.tracks() == tracker.confirmed() == []
    assert len(tracker.predicted(sky.tai(100))) == 0
    assert tracker.refused == {}
    with pytest.raises(KeyError, match="live now: none"):
        tracker.history("T-0001")


def test_a_track_gets_its_number_with_its_second_plot_and_is_confirmed_with_its_fourth(alone):
    tracker = Tracker(name="t")
    stages = []
    for plots in alone[:5]:
        tracker.scan(plots)
        stages.append([(track.id, str(track.status)) for track in tracker.tracks()])
    assert stages == [
        [],
        [("T-0001", "tentative")],
        [("T-0001", "tentative")],
        [("T-0001", "confirmed")],
        [("T-0001", "confirmed")],
    ]


def test_a_track_says_who_saw_it_how_often_and_when(sky, scans):
    for track in after(scans).confirmed():
        assert {name for name, _ in track.radars} == {"gabala", "armavir"}
        assert sum(count for _, count in track.radars) == track.plots > 50
        assert sky.tai(0) <= track.first_plot_tai_ns < track.last_plot_tai_ns == track.time_tai_ns <= sky.tai(180)


def test_history_is_the_filter_after_each_plot(scans):
    tracker = after(scans)
    for track in tracker.confirmed():
        history = tracker.history(track.id)
        assert len(history) == track.plots
        assert (np.diff(history.time_tai_ns) > 0).all()
        assert history.time_tai_ns[0] == track.first_plot_tai_ns
        assert (history.x[-1] == track.x).all()
        assert (history.P[-1] == track.P).all()
        assert history.radars[-1] in {("gabala",), ("armavir",)}


def test_a_long_history_keeps_its_beginning_and_its_end(alone):
    whole = after(alone).history("T-0001")
    short = after(alone, history_first=5, history_last=10).history("T-0001")
    assert len(short) == 15
    assert short.left_out == len(whole) - 15
    assert short.time_tai_ns.tolist() == [*whole.time_tai_ns[:5], *whole.time_tai_ns[-10:]]


def test_a_late_plot_is_added_to_the_newest_estimate(alone):
    in_order, late = alone[:10], [*alone[:7], alone[8], alone[7], alone[9]]
    history = after(late).history("T-0001")
    assert len(history) == len(after(in_order).history("T-0001")) - 1
    assert ("gabala", "gabala") in history.radars
    assert after(late).tracks()[0].plots == 10


def test_an_unseen_track_is_lost_after_a_while_stays_readable_and_is_forgotten(sky, alone):
    tracker = after(alone[:10], lost_after_s=60.0, lost_kept_s=600.0)
    statuses = []
    for seconds in (100.0, 110.0, 600.0, 700.0):
        tracker.scan(empty(sky, seconds))
        statuses.append([str(track.status) for track in tracker.tracks()])
    assert statuses == [["confirmed"], ["lost"], ["lost"], []]


def test_of_too_many_lost_tracks_the_first_are_forgotten(sky, scans):
    tracker = after(scans, lost_after_s=60.0, lost_tracks_limit=2)
    before = [track.id for track in tracker.confirmed()]
    tracker.scan(empty(sky, 245.0))  # all three lost at once, and so by number
    assert [(track.id, str(track.status)) for track in tracker.tracks()] == [(name, "lost") for name in before[1:]]
    assert all(len(tracker.history(name)) > 10 for name in before[1:])
    with pytest.raises(KeyError, match="live now: none"):
        tracker.history(before[0])


def test_histories_come_in_the_order_asked_for_live_and_lost_together(sky, scans, alone):
    later = [replace(scan, time_tai_ns=scan.time_tai_ns + 200 * 10**9) for scan in scans[:20]]
    tracker = after([*alone[:10], *later], lost_after_s=60.0)
    status = {track.id: str(track.status) for track in tracker.tracks()}
    assert {"lost", "confirmed"} <= set(status.values())
    ids = sorted(status, reverse=True)
    for name, found in zip(ids, tracker.histories(ids), strict=True):
        single = tracker.history(name)
        assert (found.track_id, found.radars) == (name, single.radars)
        assert np.array_equal(found.x, single.x)
    assert tracker.histories([]) == []


def test_a_lost_track_keeps_its_history_but_is_not_predicted(sky, alone):
    tracker = after([*alone[:10], empty(sky, 200.0)])
    assert len(tracker.history("T-0001")) == 10
    assert tracker.confirmed() == []
    with pytest.raises(KeyError, match="wanted a live track, got 'T-0001'"):
        tracker.predicted(sky.tai(200), ["T-0001"])


def test_a_track_is_carried_over_a_gap_between_two_fields(sky):
    """Eighty seconds unseen, then seen by another radar: the same track."""
    times = np.concatenate([np.arange(0.0, 120.0, 5.0), np.arange(200.0, 260.0, 5.0)])
    truth = sky.flown(sky.start(33, 52, 250, 200, 35, 4000.0), times)
    rng = np.random.default_rng(8)
    tracker = after([sky.seen(sky.BOTH[int(t > 150)], t, x, rng) for t, x in zip(times, truth, strict=True)])
    assert [(track.id, dict(track.radars)) for track in tracker.tracks()] == [("T-0001", {"gabala": 24, "armavir": 12})]


def test_the_same_scans_give_the_same_bits(scans):
    one, other = after(scans), after(scans)
    for a, b in zip(one.tracks(), other.tracks(), strict=True):
        assert a.id == b.id
        assert a.x.tobytes() + a.P.tobytes() == b.x.tobytes() + b.P.tobytes()


def test_the_order_of_plots_within_a_scan_changes_nothing(scans):
    turned = [Plots(p.site, p.radar, p.time_tai_ns, p.z[::-1], p.sigma[::-1]) for p in scans]
    for a, b in zip(after(scans).tracks(), after(turned).tracks(), strict=True):
        assert a.x.tobytes() + a.P.tobytes() == b.x.tobytes() + b.P.tobytes()


def test_a_repeated_scan_changes_nothing_and_is_counted(scans):
    twice = after([plots for plots in scans for _ in range(2)])
    assert twice.refused == {screen.REPEATED: sum(len(plots) for plots in scans)}
    for a, b in zip(after(scans).tracks(), twice.tracks(), strict=True):
        assert a.plots == b.plots
        assert a.x.tobytes() == b.x.tobytes()


def test_all_plots_from_one_instant_make_no_track(sky):
    rng = np.random.default_rng(9)
    tracker = after([Plots(*sky.BOTH[0], sky.tai(0), sky.false_plots(rng, 50), np.full((50, 3), 1e-3))])
    assert tracker.tracks() == []


def test_what_cannot_fly_is_not_confirmed(sky):
    """A hill: the same place in every scan."""
    rng = np.random.default_rng(11)
    hill = sky.start(38, 48, 3, 0, 0, 0.0)
    tracker = after([sky.seen(sky.BOTH[0], 5.0 * k, hill, rng) for k in range(40)])
    assert tracker.confirmed() == []


def test_predictions_of_many_tracks_stand_in_the_order_asked_for(sky, scans):
    tracker = after(scans)
    ids = [track.id for track in tracker.confirmed()]
    there = tracker.predicted(sky.tai(200))
    back = tracker.predicted(sky.tai(200), reversed(ids))
    assert there.ids == tuple(ids)
    assert back.ids == tuple(reversed(ids))
    assert (back.x[::-1] == there.x).all()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"confirm_plots": 7}, "confirm_window must be at least 7"),
        ({"confirm_window": 40}, "held in 32 bits"),
        ({"gate_probability": 1.0}, "gate_probability must lie between 0 and 1"),
    ],
)
def test_settings_that_contradict_themselves_are_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        Settings(**wrong)


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_whatever_radars_say_covariances_stay_positive_definite(sky, seed):
    """Scans at wild times, of wild plots and of one real object, with wild accuracies."""
    rng = np.random.default_rng(seed)
    real = sky.flown(sky.start(33, 52, 250, 200, 35, 4000.0), np.arange(0.0, 200.0, 5.0))
    tracker = Tracker(name="wild")
    for k, truth in enumerate(real):
        seconds = 5.0 * k + rng.choice([0.0, 0.0, -12.0, 3.0, 90.0])
        sigma = 10 ** rng.uniform([0, -6, -6], [5, -0.6, -0.6])
        clean = sky.seen(sky.BOTH[rng.integers(2)], seconds, truth, rng, sigma=sigma * rng.choice([1e-3, 1.0]))
        wild = rng.uniform([3, 0, -1.57], [8, 6.3, 1.57], (rng.integers(0, 6), 3))
        wild[:, 0] = 10 ** wild[:, 0]
        z = np.concatenate([clean.z, wild])
        tracker.scan(Plots(clean.site, clean.radar, clean.time_tai_ns, z, np.broadcast_to(sigma, z.shape)))
        there = tracker.predicted(
            sky.tai(seconds + 30), [track.id for track in tracker.tracks() if track.status != "lost"]
        )
        for P in (*(track.P for track in tracker.tracks()), *there.P):
            d = 1 / np.sqrt(np.diag(P))
            assert (P == P.T).all()
            assert np.linalg.eigvalsh(d[:, None] * P * d)[0] > 0
