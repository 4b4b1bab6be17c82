"""A fence that finds, looks that confirm, tracks that are shed by the stated rule; frequencies, order, thousands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from jointwatch.earth.states import Ecef
from jointwatch.sensors.detection import probability, snr
from jointwatch.sensors.measurement import Plots, position
from jointwatch.sensors.radar import Face, Radar
from jointwatch.sensors.schedule import scan
from jointwatch.sensors.search import (
    TrackList,
    beam_positions,
    confirmed_probability,
    dwell_s,
    false_alarms_per_scan,
    false_confirmed,
)

FENCE = {"fence_top_rad": float(np.radians(8.0)), "false_plots_per_scan": 0.0}


def at(radar: Radar, *rows: tuple[float, float]) -> Ecef:
    """Objects at ranges (m) and elevations (degrees), all at bearing 162 or a degree apart."""
    z = np.array([[r, np.radians(162.0) + 0.01 * i, np.radians(e)] for i, (r, e) in enumerate(rows)])
    r, _ = position(radar.site, z, np.ones_like(z))
    return Ecef(np.hstack([r, np.zeros_like(r)]))


def look(radar: Radar, tracks: TrackList, truth: Ecef, rng: np.random.Generator, rcs: float = 1e4) -> Plots:
    n = len(truth.r_m)
    return scan(radar, radar.faces, 0, truth, np.full(n, rcs), rng, tracks=tracks, numbers=np.arange(n))


def test_a_fence_finds_low_objects_and_follows_them_up_but_not_what_was_never_low(gabala: Radar) -> None:
    radar, tracks, rng = replace(gabala, **FENCE), TrackList(2), np.random.default_rng(1)
    seen = [
        len(look(radar, tracks, at(radar, (1e6, low), (1.2e6, 30.0)), rng))
        for low in (5.0, 20.0, 50.0, 60.0, 20.0)  # in the fence, over it, over it, out of the field, back over it
    ]
    assert seen == [1, 1, 1, 0, 0]


@pytest.mark.parametrize(("looks", "needed"), [(1, 1), (3, 2), (4, 4)])
def test_objects_are_confirmed_as_often_as_the_binomial_says(gabala: Radar, looks: int, needed: int) -> None:
    """20,000 objects in one scan; within four binomial standard errors."""
    radar, n = replace(gabala, confirming_looks=looks, confirmations_needed=needed, false_plots_per_scan=0.0), 20_000
    z = np.tile([3.5e6, 2.8, 0.3], (n, 1))
    r, _ = position(radar.site, z, np.ones_like(z))
    truth = Ecef(np.hstack([r, np.zeros_like(r)]))
    plots = look(radar, TrackList(n), truth, np.random.default_rng(4), rcs=0.1)
    pd = float(probability(snr(radar, 3.5e6, 0.1), 1e-6))
    expected = pd * binom.sf(needed - 1, looks, pd)
    assert confirmed_probability(pd, looks=looks, needed=needed) == pytest.approx(expected)
    assert abs(len(plots) / n - expected) < 4 * np.sqrt(expected * (1 - expected) / n)


def test_a_full_radar_keeps_those_it_confirmed_first_and_of_one_scan_the_stronger(gabala: Radar) -> None:
    radar, tracks, rng = replace(gabala, **FENCE, track_capacity=3), TrackList(6), np.random.default_rng(1)
    low, numbers = 5.0, np.arange(6)
    look(radar, tracks, at(radar, (3e6, low), (2e6, low)), rng)  # 0 and 1 first
    assert tracks.held(numbers[:2]).all()
    many = at(radar, (3e6, low), (2e6, low), (1.6e6, low), (1.0e6, low), (1.8e6, low), (1.4e6, low))
    for _ in range(3):
        assert len(look(radar, tracks, many, rng)) == 3
        assert np.flatnonzero(tracks.held(numbers)).tolist() == [0, 1, 3]
    assert tracks.dropped >= 3


def test_the_time_for_tracks_goes_to_the_first_until_the_first_that_does_not_fit(gabala: Radar) -> None:
    """Three seconds of five; at the reference signal a track takes one, but none more than a tenth of all."""
    radar = replace(gabala, **FENCE, track_dwell_s=1.0, track_share=0.6)
    assert dwell_s(radar, [18.93, 189.3, 0.1]).tolist() == pytest.approx([0.3, 0.1, 0.3])
    tracks, rng = TrackList(40), np.random.default_rng(1)
    crowd = at(radar, *[(4e6, 5.0)] * 40)
    for _ in range(3):
        look(radar, tracks, crowd, rng, rcs=1.0)  # 189.3: a tenth of a second each
    assert tracks.held(np.arange(40)).sum() == 30


def test_a_track_missed_three_times_running_is_dropped_and_one_gone_from_the_field_at_once(gabala: Radar) -> None:
    radar, tracks, rng = replace(gabala, **FENCE), TrackList(1), np.random.default_rng(1)
    one, over = np.arange(1), at(replace(gabala, **FENCE), (1e6, 20.0))
    look(radar, tracks, at(radar, (1e6, 5.0)), rng)
    held = []
    for _ in range(4):
        look(radar, tracks, over, rng, rcs=0.0)
        held.append(bool(tracks.held(one)[0]))
    assert held == [True, True, False, False]
    look(radar, tracks, at(radar, (1e6, 5.0)), rng)
    assert tracks.held(one)[0]
    scan(
        radar, radar.faces, 0, Ecef(np.empty((0, 6))), np.empty(0), rng, tracks=tracks, numbers=np.empty(0, np.int64)
    )  # no more aloft
    assert not tracks.held(one)[0]


def test_the_same_scans_give_the_same_tracks_and_plots(gabala: Radar) -> None:
    radar = replace(gabala, track_capacity=20, confirming_looks=2, confirmations_needed=1, track_dwell_s=0.01)
    runs = []
    for _ in range(2):
        tracks, rng = TrackList(60), np.random.default_rng(8)
        crowd = at(radar, *[(3e6 + 1e4 * i, 10.0) for i in range(60)])
        runs.append([look(radar, tracks, crowd, rng, rcs=0.1).z.tobytes() for _ in range(5)])
    assert runs[0] == runs[1]


def test_of_thousands_of_objects_as_many_are_kept_as_there_is_room_for(gabala: Radar) -> None:
    n = 5000
    radar = replace(gabala, track_capacity=500, track_dwell_s=1e-3, confirming_looks=3, confirmations_needed=2)
    rng = np.random.default_rng(3)
    z = np.stack([rng.uniform(5e5, 3e6, n), rng.uniform(2.0, 3.7, n), rng.uniform(0.05, 0.9, n)], axis=-1)
    r, _ = position(radar.site, z, np.ones_like(z))
    truth, tracks = Ecef(np.hstack([r, np.zeros_like(r)])), TrackList(n)
    look(radar, tracks, truth, rng)
    plots = look(radar, tracks, truth, rng)
    assert 480 <= len(plots) <= 500 + 10


def test_pave_paws_searches_its_120_positions_in_its_2_5_seconds(gabala: Radar) -> None:
    """NRC 2005: 120 azimuth positions at 3 degrees elevation, 240 degrees: positions 2 degrees apart."""
    beam = float(np.radians(2.0))
    faces = tuple(
        Face(name, *(float(a) for a in np.radians([start, (start + 120) % 360, 3, 85])))
        for name, start in (("north", 347), ("south", 107))
    )
    radar = replace(
        gabala, faces=faces, beam_azimuth_rad=beam, beam_elevation_rad=beam, fence_top_rad=float(np.radians(4.0))
    )
    assert sum(beam_positions(radar, face) for face in radar.faces) == 120


def test_the_catalogues_two_false_plots_are_those_of_its_fence(gabala: Radar) -> None:
    """1e-6 times 100 beams by 3 rows by 6,000 range cells of a kilometre, rounded there to 2."""
    beam = float(np.radians(1.1))
    radar = replace(
        gabala, beam_azimuth_rad=beam, beam_elevation_rad=beam, range_resolution_m=1e3, minimum_range_m=0.0,
        fence_top_rad=float(np.radians(2.0 + 3.3)),
    )  # fmt: skip
    assert false_alarms_per_scan(radar, radar.faces[0]) == pytest.approx(1.8, abs=0.05)


def test_confirming_looks_pass_next_to_no_false_alarm(gabala: Radar) -> None:
    assert false_confirmed(gabala) == 1.0
    radar = replace(gabala, confirming_looks=2, confirmations_needed=1, false_plots_per_scan=1e6)
    assert false_confirmed(radar) == pytest.approx(2e-6, rel=1e-3)
    rng = np.random.default_rng(2)
    nothing = Ecef(np.empty((0, 6)))
    none = np.empty(0, np.int64)
    counts = [
        len(scan(radar, radar.faces, 0, nothing, np.empty(0), rng, tracks=TrackList(0), numbers=none))
        for _ in range(500)
    ]
    assert abs(np.mean(counts) - 2.0) < 4 * np.sqrt(2.0 / 500)


def test_wrong_use_is_refused_in_words(gabala: Radar) -> None:
    radar = replace(gabala, track_capacity=3)
    with pytest.raises(ValueError, match="it keeps tracks, so it wants its TrackList and the numbers of its 1 objects"):
        scan(radar, radar.faces, 0, at(radar, (1e6, 5.0)), np.ones(1), np.random.default_rng(1))
    with pytest.raises(ValueError, match="its beam is not stated"):
        beam_positions(gabala, gabala.faces[0])
    with pytest.raises(ValueError, match="confirmations_needed lies between 0 and confirming_looks = 1; got 2"):
        replace(gabala, confirming_looks=1, confirmations_needed=2)
    with pytest.raises(ValueError, match="track_share lies above 0 and up to 1; got 0 and 0"):
        replace(gabala, track_share=0.0)
