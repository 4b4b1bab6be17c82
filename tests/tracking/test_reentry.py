"""Bodies of unknown ballistic coefficient that come down through the air, and the mode that follows them all the way.

The truth is the flight room's: DOP853 through the US Standard Atmosphere 1976, or through the exponential one, which
the filter does not know of. Coefficients are drawn from the filter's own prior, 500 to 15,000 kg/m2 nine times in ten.
"""

import numpy as np
import pytest

from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.flight.coast import trajectory
from jointwatch.flight.model import EXP, US76
from jointwatch.sensors.site import Site
from jointwatch.tracking import drag
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.tracker import Tracker

RUNS = 16
BEFORE_S, AFTER_S = 40.0, 160.0
LOWEST_M = 12e3
BANDS = ((200e3, 120e3), (120e3, 60e3), (60e3, 40e3), (40e3, 25e3), (25e3, LOWEST_M))


def falling(sky, rng, beta, model, every_s):
    """Times, states and heights of one body that comes in from 200 km, and two radars around where it ends."""
    start = sky.start(36, 50, 200, rng.uniform(0, 360), rng.uniform(-60, -15), rng.uniform(2500, 6500))
    times = np.arange(-BEFORE_S, AFTER_S, every_s)
    states = trajectory(Ecef(start[None]), times, beta_kg_m2=beta, model=model).pos_vel
    height = geodetic_from_ecef(states[:, :3])[2]
    down = int(np.argmax(height < LOWEST_M))
    flying = slice(0, down if down else len(times))
    latitude, longitude, _ = (float(of[0]) for of in geodetic_from_ecef(states[flying][-1:, :3]))
    near = [(latitude + np.radians(2.5), longitude - np.radians(1.5)), (latitude, longitude + np.radians(3.5))]
    radars = [(Site(name, *at, 0.0), name) for name, at in zip("ab", near, strict=True)]
    return times[flying], states[flying], height[flying], radars


def follow(sky, rng, beta, model, every_s=2.5, **seeing):
    """Rows of height, NEES, errors of position and velocity, boost probability, coefficient, its ends; and tracks."""
    times, states, height, radars = falling(sky, rng, beta, model, every_s)
    tracker, rows = Tracker(name="entry"), []
    for k, (t, truth) in enumerate(zip(times, states, strict=True)):
        tracker.scan(sky.seen(radars[k % 2], t, truth, rng, **seeing))
        now = tracker.predicted(sky.tai(t))
        if len(now) and t > 0:
            off = now.x[0] - truth
            error = np.linalg.norm(off[:3]), np.linalg.norm(off[3:])
            nees = sky.nees(now.x[0], now.P[0], truth)
            rows.append((height[k], nees, *error, now.boost_probability[0], *tracker.ballistic_coefficient(now.ids[0])))
    return np.array(rows), tracker.tracks()


@pytest.fixture(scope="module", params=[US76, EXP], ids=["standard air", "other air"])
def falls(sky, request):
    """Rows of all runs, the last row of each with its true coefficient, and how many tracks each run ended with."""
    rng = np.random.default_rng(3)
    every, last, count = [], [], []
    for beta in drag.BETA0_KG_M2 / drag.ratio_of(Settings().drag_sigma * rng.standard_normal(RUNS)):
        rows, tracks = follow(sky, rng, beta, request.param)
        every.append(rows)
        last.append((*rows[-1], beta))
        count.append(len(tracks))
    return np.concatenate(every), np.array(last), count


def test_a_body_is_one_track_from_space_to_the_ground_and_never_takes_for_thrust_what_is_drag(falls):
    rows, _, count = falls
    assert count == [1] * RUNS
    assert rows[:, 4].max() < 0.05


def test_errors_stay_what_they_were_above_the_air_and_covariances_hold_them(falls):
    rows, _, _ = falls
    for high, low in BANDS:
        of = rows[(rows[:, 0] <= high) & (rows[:, 0] > low)]
        position, velocity = (np.sqrt(np.mean(of[:, k] ** 2)) for k in (2, 3))
        band = f"{high / 1e3:.0f} to {low / 1e3:.0f} km"
        print(f"{band}: RMSE {position:.0f} m, {velocity:.0f} m/s, NEES {of[:, 1].mean():.1f} of 6")
        assert position < 450.0
        assert 1.5 < of[:, 1].mean() < 9.0


def test_the_ballistic_coefficient_is_learned_on_the_way(falls):
    _, last, _ = falls
    told, least, most, true = last[:, 5:9].T
    wrong, prior = np.log(told / true), np.log(drag.BETA0_KG_M2 / true)
    rms = [float(np.sqrt(np.mean(of**2))) for of in (wrong, prior)]
    print(f"logarithm of the coefficient: off by {rms[0]:.2f} at {LOWEST_M / 1e3:.0f} km, {rms[1]:.2f} before")
    assert rms[0] < 0.5 * rms[1]
    assert ((least < told) & (told < most)).all()
    assert np.mean((least / 2 < true) & (true < 2 * most)) > 0.8, "an interval of one sigma, made wider by two"


def test_a_filter_without_drag_loses_them(sky):
    """The same bodies, with an index that stands still at none: what the mode is for."""
    rng = np.random.default_rng(3)
    tracker = Tracker(name="none", settings=Settings(drag_sigma=1e-9))
    tracker._file._prior[1] = -1e12
    times, states, height, radars = falling(sky, rng, 1500.0, US76, 2.5)
    nees = []
    for k, (t, truth) in enumerate(zip(times, states, strict=True)):
        tracker.scan(sky.seen(radars[k % 2], t, truth, rng))
        now = tracker.predicted(sky.tai(t))
        if len(now) and height[k] < 40e3:
            nees.append(sky.nees(now.x[0], now.P[0], truth))
    assert np.mean(nees) > 50


@pytest.mark.parametrize(
    ("sigma", "every_s"), [((150.0, 8.7e-3, 8.7e-3), 5.0), ((5.0, 3e-4, 3e-4), 2.5)], ids=["VHF, 5 s", "X band"]
)
def test_it_holds_for_a_radar_ten_times_worse_or_better(sky, sigma, every_s):
    rng, nees = np.random.default_rng(9), []
    for index in Settings().drag_sigma * rng.standard_normal(8):
        rows, tracks = follow(sky, rng, drag.BETA0_KG_M2 / drag.ratio_of(index), US76, every_s, sigma=sigma)
        assert len(tracks) == 1
        nees.append(rows[rows[:, 0] < 100e3, 1])
    print(f"NEES below 100 km {np.concatenate(nees).mean():.1f} of 6")
    assert 1.5 < np.concatenate(nees).mean() < 9.0
