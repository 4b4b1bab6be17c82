"""Numbered tracklets from the teller to the joint picture: what is counted, what is missing, and what is undone."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from jointwatch.tracking.account import (
    COUNTED,
    NO_ESTIMATE,
    OLDER,
    OVERLAPS,
    TOO_FAR,
    UNTIMELY,
    WITHOUT_BASE,
    Account,
)
from jointwatch.tracking.coasting import coasted
from jointwatch.tracking.fuse import fuse
from jointwatch.tracking.joint import Joint
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.tracker import Tracker
from jointwatch.tracking.tracklet import Teller, Tracklet

TIMES = np.arange(0.0, 211.0, 5.0)
AT = (30.0, 60.0, 90.0, 120.0, 150.0, 180.0, 210.0)
NO_NOISE = Settings(coast_noise_m2_s3=1e-12)


@pytest.fixture(scope="module")
def told(sky):
    """Two owners' trackers after each exchange time, as what their tellers would say with and without receipts."""
    truth = sky.flown(sky.start(33, 52, 250, 200, 35, 4000.0), TIMES)
    rng = np.random.default_rng(3)
    sides = [SimpleNamespace(radar=radar, tracker=Tracker(settings=NO_NOISE, name=radar[1])) for radar in sky.BOTH]
    for side in sides:
        name = side.radar[1]
        side.heard, side.unheard = (Teller(name, [name], settings=NO_NOISE) for _ in range(2))
        side.parts, side.wholes, side.local = [], [], []
    for k, t in enumerate(TIMES):
        for side in sides:
            side.tracker.scan(sky.seen(side.radar, t, truth[k], rng))
            if t in AT:
                now = sky.tai(t)
                side.parts += side.heard.tell(side.tracker, now)
                side.heard.acknowledge({"T-0001": len(side.parts)})
                side.wholes += side.unheard.tell(side.tracker, now)
                side.local.append(side.tracker.predicted(now, ["T-0001"]))
    return sides


def same(track, expected, rel=2e-3):
    """Alike to a share of a sigma, and in covariance: increments tell at least 1e-4 of a track's information."""
    sigma = np.sqrt(np.diagonal(expected.P[0]))
    assert np.abs(track.x[0] - expected.x[0]).max() < rel * sigma.max()
    assert track.P[0] / np.outer(sigma, sigma) == pytest.approx(expected.P[0] / np.outer(sigma, sigma), abs=rel)


# -- the sender ------------------------------------------------------------------------------------------------------


def test_numbers_run_without_gaps_and_each_says_which_plots_it_is_made_from(told):
    south = told[0]
    assert [one.number for one in south.parts] == [1, 2, 3, 4, 5, 6, 7]
    assert south.parts[0].since == 0
    assert [one.since for one in south.parts[-3:]] == [4, 5, 6]
    for one, after in zip(south.parts[-4:], south.parts[-3:], strict=False):
        assert after.from_tai_ns == one.to_tai_ns + 1
        assert after.plots == 6


def test_without_a_receipt_the_whole_track_is_told_again(told):
    assert {one.since for one in told[0].wholes} == {0}
    assert told[0].wholes[-1].plots == len(TIMES)


def test_what_has_no_receipt_can_be_sent_once_more_as_it_was(told):
    assert told[0].unheard.unheard() == told[0].wholes[-1:]
    assert told[0].heard.unheard() == []


def test_a_track_without_new_plots_is_not_told_again(told):
    assert told[0].heard.tell(told[0].tracker, told[0].parts[-1].time_tai_ns) == []


def test_a_track_with_a_partners_plots_is_refused(told):
    with pytest.raises(ValueError, match="has plots of gabala, not a radar of its own: it is a fused track"):
        Teller("south", ["dnestr"]).tell(told[0].tracker, told[0].parts[-1].time_tai_ns)


# -- the account -----------------------------------------------------------------------------------------------------


def test_increments_add_up_to_the_owners_own_track(told):
    account = Account("gabala", settings=NO_NOISE)
    account.hear(told[0].parts)
    same(account.at(told[0].local[-1].time_tai_ns), told[0].local[-1])
    assert account.counted() == {"T-0001": 7}


def test_increments_in_any_order_add_up_to_the_same(told):
    account = Account("gabala", settings=NO_NOISE)
    account.hear(told[0].parts[:5])
    account.hear(told[0].parts[6:])
    assert account.missing("T-0001") == (6,)
    assert account.counted() == {"T-0001": 5}
    account.hear(told[0].parts[5:6])
    assert account.missing("T-0001") == ()
    same(account.at(told[0].local[-1].time_tai_ns), told[0].local[-1], rel=5e-3)


def test_a_lost_tracklet_is_noticed_and_a_whole_track_brings_what_it_held(told):
    account = Account("gabala", settings=NO_NOISE)
    account.hear([*told[0].parts[:4], told[0].parts[5]])
    assert account.missing("T-0001") == (5,)
    poorer = account.at(told[0].local[-2].time_tai_ns)
    assert np.trace(poorer.P[0]) > np.trace(told[0].local[-2].P[0])
    account.hear([replace(told[0].wholes[-1], number=7)])
    assert account.missing("T-0001") == ()
    same(account.at(told[0].local[-1].time_tai_ns), told[0].local[-1])


def test_nothing_is_counted_twice(told):
    account = Account("gabala", settings=NO_NOISE)
    account.hear(told[0].parts)
    before = account.at(told[0].local[-1].time_tai_ns)
    assert account.hear([*told[0].parts, replace(told[0].parts[-1], number=8, since=3)]) == []
    same(account.at(told[0].local[-1].time_tai_ns), before, rel=1e-9)
    assert account.refused == {COUNTED: 7, OVERLAPS: 1}


def test_what_cannot_be_counted_is_refused_and_says_why(told):
    first, later = told[0].parts[0], told[0].parts[-1]
    account = Account("gabala")
    torn = replace(first, P=-first.P)
    account.hear([later, torn, replace(first, x=first.x * np.nan)])
    assert account.refused == {WITHOUT_BASE: 1, NO_ESTIMATE: 2}
    account.hear([told[0].wholes[3], told[0].parts[6]])
    account.hear([told[0].wholes[4]])
    assert account.refused[OLDER] == 1


def test_a_partner_cannot_make_the_account_grow_or_wait_by_choosing_numbers_and_times(told):
    account = Account("gabala")
    far, year = 2**31, 365 * 86400 * 10**9
    first = told[0].wholes[0]
    account.hear([first, replace(told[0].parts[-1], number=far, since=far - 1)])
    account.hear([replace(told[0].parts[-1], number=8, time_tai_ns=first.time_tai_ns + year)])
    account.hear([replace(told[0].wholes[-1], number=far), replace(told[0].parts[-1], number=far + 1, since=3)])
    assert account.refused == {TOO_FAR: 1, UNTIMELY: 1, OVERLAPS: 1}
    assert account.counted() == {"T-0001": far}


def test_a_track_under_thrust_is_taken_whole_and_begins_anew(told):
    account = Account("gabala", settings=NO_NOISE)
    first, second = told[0].wholes[:2]
    (news,) = account.hear([replace(first, boost_probability=0.9)])
    assert news.fresh
    (news,) = account.hear([second])
    assert news.fresh, "what was believed under thrust is no base to take a difference from"


def nonsense(rng, owner, track, number, now):
    """A tracklet of any numbers, times, states and covariances, one in three of them sensible."""
    A, kind = rng.normal(size=(6, 6)), rng.integers(0, 6)
    sigma = 10.0 ** rng.uniform(-6, 9, 6) if kind < 2 else np.array([1e3] * 3 + [10.0] * 3)
    C = A @ A.T + 10.0 ** rng.uniform(-14, 0) * np.eye(6)
    P = C / np.sqrt(np.outer(np.diag(C), np.diag(C))) * np.outer(sigma, sigma) * (-1 if kind == 0 else 1)
    place = rng.normal(size=3)
    x = np.concatenate([7e6 * place / np.linalg.norm(place), 4e3 * rng.normal(size=3)])
    x = 10.0 ** rng.uniform(-3, 18, 6) if kind == 2 else (np.zeros(6) if kind == 3 else x)
    number = int(rng.choice([number, number, 1, 2**31]))
    since = min(int(rng.choice([0, number - 1, 1])), number - 1)
    at = max(0, now + int(rng.choice([0, 0, -20, 50]) * 10**9))
    return Tracklet(owner, track, number, since, 0, at, at, x, P, float(rng.random() ** 4), 3)


def test_no_tracklet_that_a_partner_can_make_stops_the_joint_picture():
    """Warnings are errors here: not a division by zero, not an overflow, and every object finite."""
    rng = np.random.default_rng(12)
    for _ in range(60):
        joint, now = Joint(), 0
        for number in range(1, 6):
            now += int(rng.choice([0, 1, 10, 30, 500]) * 10**9)
            joint.take([nonsense(rng, owner, f"T-{k}", number, now) for owner in "ab" for k in range(3)])
            for one in joint.at(now):
                assert np.isfinite(one.x).all()
                assert (np.diag(one.P) > 0).all()


# -- the joint picture -----------------------------------------------------------------------------------------------


def joined(told, south, north, settings=NO_NOISE):
    joint = Joint(settings=settings)
    for a, b in zip(south, north, strict=True):
        joint.take([one for one in (a, b) if one is not None])
        objects = joint.at(told[0].local[0].time_tai_ns if a is None else a.time_tai_ns)
    return joint, objects


def test_without_process_noise_the_joint_track_is_the_sum_of_both_local_tracks(told):
    a, b = told[0].local[-1], told[1].local[-1]
    expected = SimpleNamespace(x=None, P=None)
    expected.x, expected.P = fuse(a.x, a.P, b.x, b.P)
    _, (one,) = joined(told, told[0].parts, told[1].parts)
    assert one.members == (("armavir", "T-0001"), ("gabala", "T-0001"))
    same(SimpleNamespace(x=one.x[None], P=one.P[None]), expected, rel=0.02)


def test_losses_leave_no_trace_once_a_whole_track_has_come(told):
    a, b = told[0].local[-1], told[1].local[-1]
    north = [*told[1].parts[:3], None, told[1].parts[4], None, told[1].wholes[-1]]
    expected = SimpleNamespace(x=None, P=None)
    expected.x, expected.P = fuse(a.x, a.P, b.x, b.P)
    _, (one,) = joined(told, told[0].parts, north)
    same(SimpleNamespace(x=one.x[None], P=one.P[None]), expected, rel=0.02)


def test_a_fused_track_cannot_be_sent_back(told):
    joint, (one,) = joined(told, told[0].parts, told[1].parts)
    with pytest.raises(TypeError, match="fused tracks are shown and never sent"):
        joint.take([one])


def test_two_objects_taken_for_one_are_parted_when_they_are_known_better():
    """Both owners vague at first; then each knows its own object, 9 km apart."""
    x = np.array([7e6, 0.0, 0.0, 0.0, 4000.0, 3000.0])
    vague, sharp = np.diag([4e3**2] * 3 + [100.0**2] * 3), np.diag([500.0**2] * 3 + [5.0**2] * 3)

    def tell(owner, number, t, offset, P):
        there = coasted((x + offset)[None], P[None], t, 0.0)[0][0]
        return Tracklet(owner, "T-0001", number, 0, 0, round(t * 1e9), round(t * 1e9), there, P, 0.0, 6)

    beside = np.array([0.0, 0.0, 9000.0, 0.0, 0.0, 0.0])
    joint = Joint()
    joint.take([tell("south", 1, 30.0, 0 * beside, vague), tell("north", 1, 30.0, beside, vague)])
    (wrong,) = joint.at(round(30e9))
    assert len(wrong.members) == 2
    joint.take([tell("south", 2, 60.0, 0 * beside, sharp), tell("north", 2, 60.0, beside, sharp)])
    one, other = joint.at(round(60e9))
    assert joint.undone == 1
    assert {one.members, other.members} == {(("south", "T-0001"),), (("north", "T-0001"),)}
    south = one if one.members[0][0] == "south" else other
    assert south.x == pytest.approx(tell("south", 2, 60.0, 0 * beside, sharp).x, abs=1e-6), "nothing of the other stays"


def test_three_owners_make_one_object():
    x, P = np.array([7e6, 0.0, 0.0, 0.0, 4000.0, 3000.0]), np.diag([300.0**2] * 3 + [3.0**2] * 3)
    said = [Tracklet(owner, "T-0009", 1, 0, 0, 5, 5, x, P, 0.0, 6) for owner in ("east", "north", "south")]
    joint = Joint()
    joint.take(said)
    (one,) = joint.at(5)
    assert pytest.approx(P / 3, rel=1e-9) == one.P
    assert [owner for owner, _ in one.members] == ["east", "north", "south"]


def test_under_thrust_tracks_are_intersected_for_their_errors_are_alike():
    x, P = np.array([7e6, 0.0, 0.0, 0.0, 4000.0, 3000.0]), np.diag([300.0**2] * 3 + [3.0**2] * 3)
    joint = Joint()
    joint.take([Tracklet(owner, "T-0001", 1, 0, 0, 5, 5, x, P, 0.95, 6) for owner in ("north", "south")])
    assert pytest.approx(P, rel=1e-6) == joint.at(5)[0].P


def test_a_track_told_of_the_future_is_forgotten_and_not_flown_back_through_a_century(told):
    account = Account("gabala")
    one = told[0].wholes[0]
    century = 100 * 365 * 86_400 * 10**9
    account.hear([one])
    ahead = {name: getattr(one, name) + century for name in ("from_tai_ns", "to_tai_ns", "time_tai_ns")}
    account.hear([replace(one, track="T-0002", **ahead)])
    assert account.at(one.time_tai_ns).ids == ("T-0001",)
    assert account.refused == {UNTIMELY: 1}
