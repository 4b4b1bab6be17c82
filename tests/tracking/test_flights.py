"""Whole flights as radars would see them: a missile and a space launcher, echoes fading with range, false plots."""

import numpy as np
import pytest

from jointwatch.earth.states import Ecef
from jointwatch.flight.boost import BoostProfile
from jointwatch.flight.path import fly
from jointwatch.sensors.radar import Face, Radar
from jointwatch.sensors.schedule import scan
from jointwatch.tracking.tracker import Tracker

RUNS = 8


def radar(sky, index, azimuths_deg):
    site, name = sky.BOTH[index]
    start, end, lowest, highest = np.radians([*azimuths_deg, 2, 60])
    return Radar(
        site=site,
        name=name,
        band="VHF",
        faces=(Face("array", start, end, lowest, highest),),
        reference_range_m=2e6,
        reference_rcs_m2=1.0,
        reference_snr=30.0,
        instrumented_range_m=6e6,
        minimum_range_m=3e5,
        sigma_range_m=150.0,
        sigma_azimuth_rad=2.5e-3,
        sigma_elevation_rad=2.5e-3,
        revisit_s=5.0,
        false_alarm_probability=1e-5,
        false_plots_per_scan=3.0,
    )


def follow(sky, profile, heading_deg, speed, climb_deg, until_s):
    """Per run: times (s), errors squared by covariance (NEES), boost probabilities, and the tracker at the end."""
    site = np.radians([35.23, 53.92])
    flown = fly(
        profile,
        latitude_rad=site[0],
        longitude_rad=site[1],
        azimuth_rad=np.radians(heading_deg),
        burnout_speed_m_s=speed,
        burnout_angle_rad=np.radians(climb_deg),
        times_s=np.arange(0.0, until_s, 2.5),
    )
    fence = (radar(sky, 0, (107, 217)), radar(sky, 1, (65, 260)))
    for run in range(RUNS):
        rng, tracker, rows = np.random.default_rng(run), Tracker(name="fence"), []
        for k, (t, truth) in enumerate(zip(flown.times_s, flown.states.pos_vel, strict=True)):
            looking = fence[k % 2]
            tracker.scan(scan(looking, looking.faces, sky.tai(t), Ecef(truth), np.array([1.0]), rng))
            now = tracker.predicted(sky.tai(t))
            if len(now):
                rows.append((t, sky.nees(now.x[0], now.P[0], truth), now.boost_probability[0]))
        yield np.array(rows), tracker


@pytest.mark.parametrize(
    ("name", "profile", "heading_deg", "speed", "climb_deg", "until_s"),
    [
        ("missile", BoostProfile(150.0, 0.48, 0.48), 180, 4200.0, 42.0, 260.0),
        (
            "space launcher, thrust 25 degrees off its velocity",
            BoostProfile(300.0, None, 0.45, 300e3),
            200,
            7400.0,
            0.0,
            350.0,
        ),
    ],
)
def test_a_flight_is_one_track_from_boost_through_burnout(sky, name, profile, heading_deg, speed, climb_deg, until_s):
    burn, nees = profile.burn_time_s, []
    for rows, tracker in follow(sky, profile, heading_deg, speed, climb_deg, until_s):
        known = [track for track in tracker.tracks() if track.status != "tentative"]
        assert len(known) == 1, "no second track, no false one"
        assert rows[0, 0] < burn, "confirmed while it still burns"
        assert rows[(rows[:, 0] > burn - 20) & (rows[:, 0] <= burn), 2].mean() > 0.6
        assert rows[rows[:, 0] <= burn + 25, 2][-1] < 0.5
        nees.append(rows[rows[:, 0] > rows[0, 0] + 20])
    print(f"{name}: mean NEES {np.concatenate(nees)[:, 1].mean():.1f} of 6 from 20 s after confirmation")
    assert 2 < np.concatenate(nees)[:, 1].mean() < 9
