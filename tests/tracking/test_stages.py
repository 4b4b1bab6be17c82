"""Ascents of several stages, their gaps and burnouts, as the catalogue's classes have them: one track, told honestly.

Two ways to the truth. The catalogue's reference flights, each stage's acceleration as published or assumed; and an own
integration of a thrust that stops and starts again, with gravity and the air's drag.
"""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from jointwatch.catalogue.vehicles import load_vehicles, vehicle_parameters
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.standard_atmosphere import density_kg_m3
from jointwatch.flight.path import fly
from jointwatch.sensors.site import Site
from jointwatch.studies.vehicles import vehicle_class
from jointwatch.tracking.tracker import Tracker

RUNS = 2
FIRST_LOOK_S, EVERY_S = 20.0, 2.5
SIGMA = (150.0, 2.5e-3, 2.5e-3)
NEAR = [(Site(name, *np.radians(at)), name) for name, at in (("a", (32.0, 50.5)), ("b", (33.0, 57.0)))]
SETTLED_S = 20.0
"""After the first look and after a burnout: until then a track is still being found, and a burnout not yet noticed."""


def followed(sky, times, truth, runs=RUNS):
    """Rows of run, time, NEES and boost probability of all runs; how many tracks each run was sure of."""
    rows, count = [], []
    for run in range(runs):
        rng, tracker = np.random.default_rng(run), Tracker(name="ascent")
        for k, (t, state) in enumerate(zip(times, truth, strict=True)):
            tracker.scan(sky.seen(NEAR[k % 2], t, state, rng, sigma=SIGMA, pd=0.9, false=2))
            now = tracker.predicted(sky.tai(t))
            if len(now):
                of = np.linalg.norm(now.x[:, :3] - state[:3], axis=1).argmin()
                rows.append((run, t, sky.nees(now.x[of], now.P[of], state), now.boost_probability[of]))
        count.append(sum(track.status != "tentative" for track in tracker.tracks()))
    return np.array(rows), count


@pytest.mark.parametrize("name", sorted(load_vehicles()))
def test_a_reference_flight_is_one_track_through_every_stage(sky, name):
    profile, last = vehicle_class(name).staged, vehicle_parameters(name).stages[-1]
    flown = fly(
        profile,
        latitude_rad=np.radians(35.23),
        longitude_rad=np.radians(53.92),
        azimuth_rad=np.radians(190.0),
        burnout_speed_m_s=last.burnout_speed_m_s,
        burnout_angle_rad=last.burnout_angle_rad,
        times_s=np.arange(FIRST_LOOK_S, profile.burn_time_s + 60.0, EVERY_S),
    )
    rows, count = followed(sky, flown.times_s, flown.states.pos_vel)
    assert count == [1] * RUNS
    time, nees, boost = rows[:, 1], rows[:, 2], rows[:, 3]
    ends = profile.burn_time_s
    burning = (time > FIRST_LOOK_S + SETTLED_S) & (time <= ends)
    noticed = [rows[(rows[:, 0] == r) & (time > ends) & (boost < 0.5), 1].min() - ends for r in range(RUNS)]
    print(
        f"{name}: NEES {nees[burning].mean():.1f} of 6 under thrust, {nees[time > ends + SETTLED_S].mean():.1f} after, "
        f"thrust believed {boost[burning].mean():.2f}, its end after {np.median(noticed):.0f} s"
    )
    assert 2.0 < nees[burning].mean() < 9.0
    assert 2.0 < nees[time > ends + SETTLED_S].mean() < 11.0
    assert boost[burning].mean() > 0.5
    assert np.median(noticed) <= 20.0


@pytest.fixture(scope="module")
def relit(sky):
    """60 s at 35 m/s2, 30 s without thrust, then 90 s at 25 m/s2 and a coast, through the air from 15 km on; 8 runs."""
    times = np.arange(0.0, 260.0, EVERY_S)
    pieces = ((0.0, 60.0, 35.0), (60.0, 90.0, 0.0), (90.0, 180.0, 25.0), (180.0, 260.0, 0.0))
    state, states = sky.start(35.2, 53.0, 15, 170, 50, 500.0), []

    def slope(thrust):
        def of(t, s):
            height = geodetic_from_ecef(s[None, :3])[2][0]
            braking = 0.5 * density_kg_m3(height) * np.linalg.norm(s[3:]) / 5000.0
            return sky.fall(s, thrust) - np.concatenate([np.zeros(3), braking * s[3:]])

        return of

    for begin, end, thrust in pieces:
        at = times[(times >= begin) & (times < end)]
        flown = solve_ivp(slope(thrust), (begin, end), state, t_eval=[*at, end], rtol=1e-9, atol=1e-6, max_step=5.0)
        states.append(flown.y.T[:-1])
        state = flown.y[:, -1]
    return followed(sky, times, np.concatenate(states), runs=8)


def test_a_stage_that_lights_after_a_gap_keeps_its_track_and_soon_its_consistency(relit):
    """A coast of half a minute is known to 10 m/s; what 25 m/s2 add to that in ten seconds no scan tells at once."""
    rows, count = relit
    times = np.arange(20.0, 260.0, EVERY_S)
    mean = np.array([rows[rows[:, 1] == t, 2].mean() for t in times])
    surprised = (times > 90.0) & (times < 105.0)
    print(
        f"two stages 30 s apart: NEES {mean[~surprised].mean():.1f} of 6, at worst {mean[~surprised].max():.1f} on "
        f"average over 8 runs; {mean[surprised].max():.0f} in the 15 s after the second lights"
    )
    assert count == [1] * 8
    assert 2.0 < mean[~surprised].mean() < 8.0
    assert mean[~surprised].max() < 12.0


def test_the_gap_and_the_second_burn_are_told_within_a_few_scans(relit):
    rows, _ = relit
    believed = {t: np.median(rows[rows[:, 1] == t, 3]) for t in (55.0, 85.0, 115.0, 175.0, 205.0)}
    print("thrust believed: " + ", ".join(f"{p:.2f} at {t:.0f} s" for t, p in believed.items()))
    assert believed[55.0] > 0.8
    assert believed[85.0] < 0.2
    assert believed[115.0] > 0.8
    assert believed[175.0] > 0.8
    assert believed[205.0] < 0.2
