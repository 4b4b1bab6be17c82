"""Every radar's look at every position gives what the radar's own functions give, one radar and one angle at a time."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.sensors.coverage import in_field_of_regard
from jointwatch.sensors.detection import probability, snr
from jointwatch.sensors.looks import detection_probability, in_field, range_and_elevation, table
from jointwatch.sensors.measurement import position, predict
from jointwatch.sensors.radar import NEVER_TAI_NS, Face, Radar, faces_on_duty
from jointwatch.sensors.site import Site

SAMPLES = 100_000


def face(start: float, end: float, low: float = 2.0, high: float = 55.0, **service: int) -> Face:
    return Face("an array", *(float(angle) for angle in np.radians([start, end, low, high])), **service)


def at(radar: Radar, latitude: float, longitude: float, height_m: float, *faces: Face) -> Radar:
    site = Site("somewhere", *(float(angle) for angle in np.radians([latitude, longitude])), height_m)
    return replace(radar, name=f"at {latitude} {longitude}", site=site, faces=faces)


def assorted(gabala: Radar) -> list[Radar]:
    """Radars of every awkward kind."""
    return [
        gabala,
        at(gabala, 90.0, 0.0, 0.0, face(107, 217)),
        at(gabala, -90.0, 123.0, 2800.0, face(300, 60, 0.0, 85.0)),
        at(gabala, 10.0, 180.0, 20.0, face(350, 20, 1.0, 90.0)),
        at(gabala, -17.0, -179.999, 0.0, face(0, 360, -90.0, 90.0)),
        at(gabala, 52.74, -0.1, 30.0, face(340, 100), face(100, 220, 3.0, 85.0), face(220, 340)),
        at(gabala, 64.3, -149.2, 200.0, face(171, 51, 3.0, 85.0), face(51, 53, 4.0, 6.0)),
        replace(
            at(gabala, 0.0, 0.0, 4000.0, face(20, 200, -20.0, 10.0), face(15, 25, -2.0, 0.05)), minimum_range_m=0.0
        ),
        at(gabala, 31.5, 35.4, -400.0, face(90, 270, -0.5, 80.0)),
        replace(at(gabala, 69.4, 30.8, 10.0, face(0, 180, 0.0, 90.0)), minimum_range_m=0.0),
        replace(at(gabala, 1.0, 1.0, 0.0, face(0, 0, 0.0, 90.0)), instrumented_range_m=1e5, minimum_range_m=0.0),
        at(gabala, 20.0, 20.0, 0.0),
    ]


def around(radars: list[Radar], count: int, seed: int = 4) -> np.ndarray:
    """Positions everywhere, and some near every radar, low over its horizon and around its limits."""
    rng = np.random.default_rng(seed)
    everywhere = ecef_from_geodetic(
        np.arcsin(rng.uniform(-1, 1, count)), rng.uniform(-np.pi, np.pi, count), rng.uniform(-1e4, 4e6, count)
    )
    which = rng.integers(0, len(radars), count)
    near = np.empty((count, 3))
    for i, radar in enumerate(radars):
        n = int(np.sum(which == i))
        z = np.stack([10 ** rng.uniform(3, 6.9, n), rng.uniform(0, 2 * np.pi, n), rng.uniform(-0.3, 1.57, n)], axis=-1)
        z[::3, 2] = rng.normal(0, 0.02, len(z[::3]))
        near[which == i] = position(radar.site, z, np.ones((n, 3)))[0]
    return np.where(rng.random(count)[:, None] < 0.3, everywhere, near)


def test_in_the_field_is_what_each_radar_says_itself(gabala: Radar) -> None:
    radars = assorted(gabala)
    r = around(radars, SAMPLES)
    one_by_one = np.array([in_field_of_regard(radar, radar.faces, r) for radar in radars])
    assert (in_field(table(radars), r) == one_by_one).all()
    assert (one_by_one.sum(axis=1) > 100)[:-1].all()  # each was really looked at, but the one without a face
    assert (~one_by_one).sum() > SAMPLES


@given(st.floats(0, 359.9), st.floats(0.1, 359.9), st.floats(-90, 89), st.floats(0.1, 90), st.integers(0, 99))
@settings(max_examples=40)
def test_any_sector_through_north_or_not_narrow_or_wide(
    start: float, width: float, low: float, tall: float, seed: int
) -> None:
    one = face(start, (start + width) % 360, low, min(low + tall, 90.0))
    radar = at(PLAIN, 60.0, 30.0, 100.0, one)
    r = around([radar], 300, seed)
    assert (in_field(table([radar]), r)[0] == in_field_of_regard(radar, (one,), r)).all()


def test_a_face_looks_only_while_it_is_in_service(gabala: Radar) -> None:
    first, second = (tai_ns_from_utc(f"{day}T00:00:00Z") for day in ("2009-02-26", "2012-12-27"))
    radar = at(
        gabala, 44.9, 41.0, 0.0,
        face(175, 295, on_duty_from_tai_ns=first, on_duty_until_tai_ns=second),
        face(55, 175, on_duty_from_tai_ns=second),
        face(295, 55, on_duty_from_tai_ns=NEVER_TAI_NS),
    )  # fmt: skip
    r = around([radar], 2000)
    times = np.random.default_rng(2).choice([0, first - 1, first, second - 1, second, second + 1], len(r))
    one_by_one = np.array(
        [in_field_of_regard(radar, faces_on_duty(radar, int(t)), x[None])[0] for t, x in zip(times, r, strict=True)]
    )
    assert one_by_one.any()
    assert (in_field(table([radar]), r, tai_ns=times)[0] == one_by_one).all()
    sorted_by_time = np.argsort(times)
    assert (
        in_field(table([radar]), r[sorted_by_time], tai_ns=times[sorted_by_time])[0] == one_by_one[sorted_by_time]
    ).all()
    for t in (0, first, second):
        on_duty = faces_on_duty(radar, t)
        assert (in_field(table([radar]), r, tai_ns=t)[0] == in_field_of_regard(radar, on_duty, r)).all()


def test_the_probability_is_the_one_of_a_single_look_and_none_outside(gabala: Radar) -> None:
    radars = [gabala, replace(gabala, site=Site("elsewhere", 0.5, 0.7), false_alarm_probability=1e-4)]
    r, rcs = around(radars, 20_000), np.array([0.01, 3.0])
    seen = in_field(table(radars), r)
    found = detection_probability(table(radars), r, rcs)
    for i, radar in enumerate(radars):
        strength = snr(radar, predict(radar.site, r)[:, 0], rcs[i])
        wanted = np.where(seen[i], probability(strength, radar.false_alarm_probability), 0.0)
        assert found[i] == pytest.approx(wanted, rel=2e-7, abs=1e-30)
    assert (found[seen] > 0).all()


def test_ranges_and_elevations_are_the_measured_ones(gabala: Radar) -> None:
    radars = [gabala, at(gabala, 90.0, 0.0, 0.0, face(0, 180))]
    r = around(radars, 100).reshape(20, 5, 3)
    distance, elevation = range_and_elevation(table(radars), r)
    z = predict(radars[1].site, r.reshape(-1, 3))
    assert distance.shape == elevation.shape == (2, 20, 5)
    assert distance[1].ravel() == pytest.approx(z[:, 0])
    assert elevation[1].ravel() == pytest.approx(z[:, 2])


def test_threads_shapes_and_states_change_nothing(gabala: Radar) -> None:
    radars = table(assorted(gabala))
    r = around(assorted(gabala), 1003)
    alone = in_field(radars, r, threads=1)
    assert (in_field(radars, r, threads=3) == alone).all()
    assert (in_field(radars, np.hstack([r, r])) == alone).all()
    assert (
        in_field(radars, r.reshape(17, 59, 3), tai_ns=np.zeros((17, 1), dtype=int)).reshape(alone.shape) == alone
    ).all()
    assert in_field(radars, np.empty((0, 3))).shape == (len(radars), 0)
    assert detection_probability(radars, r, 0.0, threads=2).shape == alone.shape


def test_straight_up_and_in_the_very_place(gabala: Radar) -> None:
    """Where a bearing means nothing: any sector sees the zenith if it reaches so high; nothing sees itself."""
    up = replace(at(gabala, 30.0, 40.0, 0.0, face(90, 180, 0.0, 90.0), face(10, 20)), minimum_range_m=0.0)
    r = np.array([ecef_from_geodetic(up.site.latitude_rad, up.site.longitude_rad, h) for h in (1e3, 1e6, 0.0)])
    assert in_field(table([up]), r)[0].tolist() == [True, True, False]


def test_what_is_not_a_number_is_not_seen_and_hides_no_neighbour(gabala: Radar) -> None:
    r = around([gabala], 500)
    r[::2] = np.nan
    seen = in_field(table([gabala]), r)[0]
    assert not seen[::2].any()
    assert (seen[1::2] == in_field_of_regard(gabala, gabala.faces, r[1::2])).all()


def test_wrong_use_is_refused_in_words(gabala: Radar) -> None:
    radars = table([gabala, gabala])
    with pytest.raises(ValueError, match="at least one radar; got none"):
        table([])
    with pytest.raises(ValueError, match=r"positions \(\.\.\., 3\) .* are wanted; got an array of shape \(4, 2\)"):
        in_field(radars, np.zeros((4, 2)))
    with pytest.raises(TypeError, match="whole TAI nanoseconds; got float64"):
        in_field(radars, np.zeros((4, 3)), tai_ns=0.5)
    for rcs in (-1.0, np.nan, [1.0, 2.0, 3.0]):
        with pytest.raises(ValueError, match="one for each of the 2 radars; got"):
            detection_probability(radars, np.zeros((4, 3)), rcs)


def test_numba_comes_with_the_first_result_only() -> None:
    code = "import sys, jointwatch.sensors.looks; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


PLAIN = Radar(
    name="plain", site=Site("a place", 0.0, 0.0), band="VHF", faces=(), reference_range_m=4e6, reference_rcs_m2=0.1,
    reference_snr=18.93, instrumented_range_m=6e6, minimum_range_m=3e5, sigma_range_m=200.0, sigma_azimuth_rad=1e-3,
    sigma_elevation_rad=1e-3, revisit_s=5.0, false_alarm_probability=1e-6, false_plots_per_scan=2.0,
)  # fmt: skip
