"""Passes over a site: against Skyfield, and against a look at every second."""

from __future__ import annotations

import doctest
import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jointwatch.earth.frames import ecef_from_teme
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc, utc_from_tai_ns
from jointwatch.earth.topocentric import azimuth_elevation_range
from jointwatch.flight.passes import Passes, passes
from jointwatch.flight.satellites import Catalogue, catalogue_of, ephemeris
from jointwatch.flight.view import View
from jointwatch.formats.tle import read_tle

DATA = Path(__file__).parents[2].parent / "shared" / "data"
START = tai_ns_from_utc("2026-03-19T12:00:00Z")
HOUR_NS = 3600 * NS_PER_S
GABALA = View(np.radians(40.87), np.radians(47.80), 680.0, elevation_min_rad=np.radians(2.0))
# Skyfield leaves the pole out (15 m) and has another table of UT1
TIME_S = 0.1
VANGUARD = """VANGUARD 1
1 00005U 58002B   20287.20333880 -.00000016  00000-0 -22483-4 0  9998
2 00005  34.2443 225.5254 1845686 162.2516 205.2356 10.84869164218149"""


def lines_of(name: str = "celestrak_active_2026-03-19.txt.gz") -> list[str]:
    path = DATA / "catalogue" / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return gzip.decompress(path.read_bytes()).decode().splitlines()


@pytest.fixture(scope="module")
def active() -> Catalogue:
    return catalogue_of(read_tle("\n".join(lines_of())).elements)


def some(catalogue: Catalogue, count: int, seed: int = 3) -> Catalogue:
    return catalogue[np.sort(np.random.default_rng(seed).choice(len(catalogue), count, replace=False))]


def seconds(found: Passes) -> np.ndarray:
    """Rise, culmination and set (p, 3), in seconds after START."""
    return (np.stack([found.rise_tai_ns, found.culmination_tai_ns, found.set_tai_ns], axis=-1) - START) / NS_PER_S


class Sky:
    """Elevations as Skyfield has them: its frames, its table of UT1, the lines read by its own route."""

    def __init__(self, lines: list[str]) -> None:
        from skyfield.api import EarthSatellite, load, wgs84

        self.times = load.timescale(builtin=True)
        self.gabala = wgs84.latlon(40.87, 47.80, elevation_m=680.0)
        self.satellites = [
            EarthSatellite(line_1, line_2, name, self.times)
            for name, line_1, line_2 in zip(lines[::3], lines[1::3], lines[2::3], strict=True)
        ]
        self.every_minute = self.moments(np.arange(0.0, 86_401.0, 60.0))

    def moments(self, after_start_s: np.ndarray) -> object:
        return self.times.utc(2026, 3, 19, 12, 0, after_start_s)

    def elevation(self, row: int, moments: object) -> np.ndarray:
        return (self.satellites[row] - self.gabala).at(moments).altaz()[0].radians


@pytest.fixture(scope="module")
def fifty() -> tuple[Sky, Catalogue, Passes]:
    lines = lines_of()
    picks = np.sort(np.random.default_rng(7).choice(len(lines) // 3, 50, replace=False))
    sets = [line for pick in picks for line in lines[3 * pick : 3 * pick + 3]]
    catalogue = catalogue_of(read_tle("\n".join(sets)).elements)
    return Sky(sets), catalogue, passes(catalogue, GABALA, from_tai_ns=START, until_tai_ns=START + 24 * HOUR_NS)


def test_fifty_satellites_rise_and_set_when_skyfield_has_them_at_that_elevation(
    fifty: tuple[Sky, Catalogue, Passes],
) -> None:
    sky, catalogue, ours = fifty
    count = 0
    for row in range(len(catalogue)):
        mine = ours.object == row
        rise, _, set_ = seconds(ours)[mine].T
        for at, sign in ((rise[ours.rise_seen[mine]], 1.0), (set_[ours.set_seen[mine]], -1.0)):
            if len(at):
                before, after = (sky.elevation(row, sky.moments(at + d)) - np.radians(2.0) for d in (-TIME_S, TIME_S))
                assert np.all(sign * before < 0), catalogue.names[row]
                assert np.all(sign * after > 0), catalogue.names[row]
            count += len(at)
    assert count > 500


def test_skyfield_knows_of_no_pass_that_is_missing(fifty: tuple[Sky, Catalogue, Passes]) -> None:
    sky, catalogue, ours = fifty
    for row in range(len(catalogue)):
        minutes = np.flatnonzero(sky.elevation(row, sky.every_minute) > np.radians(2.0)) * 60.0
        rise, _, set_ = seconds(ours)[ours.object == row].T
        inside = (minutes[:, None] >= rise - TIME_S) & (minutes[:, None] <= set_ + TIME_S)
        assert inside.any(axis=1).all(), catalogue.names[row]
        assert set_.size == 0 or np.all(inside.any(axis=0) | (set_ - rise < 60.0)), catalogue.names[row]


def test_the_events_that_skyfield_finds_are_ours(fifty: tuple[Sky, Catalogue, Passes]) -> None:
    """Its search is good to half a second, and loses crossings of very eccentric orbits: those are left out here."""
    sky, catalogue, ours = fifty
    begin, end = sky.moments(np.array([0.0, 86_400.0]))
    for row in range(1, len(catalogue), 12):
        assert catalogue.elements[row].eccentricity < 0.1
        event, kind = sky.satellites[row].find_events(sky.gabala, begin, end, altitude_degrees=2.0)
        at_s = (event - begin) * 86_400
        mine = ours.object == row
        rise, top, set_ = seconds(ours)[mine].T
        both = ours.rise_seen[mine] & ours.set_seen[mine]
        assert np.allclose(at_s[kind == 0], rise[ours.rise_seen[mine]], rtol=0, atol=0.5)
        assert np.allclose(at_s[kind == 2], set_[ours.set_seen[mine]], rtol=0, atol=0.5)
        assert all(np.abs(at_s[kind == 1] - each).min() < 0.5 for each in top[both])


VIEWS = {
    "a sector through north": {"azimuth_from_rad": np.radians(300.0), "azimuth_to_rad": np.radians(75.0)},
    "a sector through south": {"azimuth_from_rad": np.radians(110.0), "azimuth_to_rad": np.radians(230.0)},
    "a greatest elevation": {"elevation_max_rad": np.radians(30.0)},
    "a greatest range": {"range_max_m": 1.5e6},
    "below the horizontal": {"elevation_min_rad": np.radians(-5.0), "height_m": 3000.0},
}


@pytest.mark.parametrize("name", VIEWS)
def test_passes_are_those_of_a_look_at_every_second(active: Catalogue, name: str) -> None:
    catalogue = some(active, 40, seed=len(name))
    view = replace(GABALA, **VIEWS[name])
    found = passes(catalogue, view, from_tai_ns=START, until_tai_ns=START + 4 * HOUR_NS)
    visible = looked_at(catalogue, view, np.arange(0, 4 * 3600 + 1))
    for row in range(len(catalogue)):
        rise, _, set_ = seconds(found)[found.object == row].T
        ours = np.zeros(visible.shape[1], dtype=bool)
        for begin, end in zip(rise, set_, strict=True):
            ours[int(np.ceil(begin - 1e-3)) : int(np.floor(end + 1e-3)) + 1] = True
        differing = np.flatnonzero(ours != visible[row])
        # at an edge a second may fall to either side; a stay below SHORTEST_S may be missed
        runs = np.split(differing, np.flatnonzero(np.diff(differing) > 1) + 1)
        assert all(len(run) <= 10 for run in runs), catalogue.names[row]
        assert sum(len(run) > 1 for run in runs) <= 1, catalogue.names[row]
    assert len(found) > 10


def looked_at(catalogue: Catalogue, view: View, times_s: np.ndarray) -> np.ndarray:
    """Whether each object is in view at each time, by the states themselves."""
    times = START + times_s * NS_PER_S
    visible = np.zeros((len(catalogue), len(times)), dtype=bool)
    lowest = max(view.elevation_min_rad, -np.arccos(6378137.0 / (6378137.0 + view.height_m)))
    width = (view.azimuth_to_rad - view.azimuth_from_rad) % (2 * np.pi) or 2 * np.pi
    for row in range(len(catalogue)):
        one = ephemeris(catalogue[row : row + 1], times)
        fixed = ecef_from_teme(type(one.at(0))(one.pos_vel[0]), times).r_m
        z = azimuth_elevation_range(view.latitude_rad, view.longitude_rad, view.height_m, fixed)
        azimuth, elevation, reach = z.T
        visible[row] = (
            ((azimuth - view.azimuth_from_rad) % (2 * np.pi) <= width)
            & (elevation >= lowest)
            & (elevation <= view.elevation_max_rad)
            & (reach <= view.range_max_m)
        )
    return visible


def test_what_is_seen_at_rise_top_and_set_is_where_the_states_are(active: Catalogue) -> None:
    catalogue = some(active, 100)
    found = passes(catalogue, GABALA, from_tai_ns=START, until_tai_ns=START + 12 * HOUR_NS)
    rng = np.random.default_rng(1)
    for p in rng.choice(len(found), 40, replace=False):
        row = int(found.object[p])
        for at, seen in (
            (found.rise_tai_ns[p], found.rise[p]),
            (found.culmination_tai_ns[p], found.culmination[p]),
            (found.set_tai_ns[p], found.setting[p]),
        ):
            fixed = ecef_from_teme(ephemeris(catalogue[row : row + 1], [at]).at(0), int(at)).r_m
            z = azimuth_elevation_range(GABALA.latitude_rad, GABALA.longitude_rad, GABALA.height_m, fixed)[0]
            assert abs(z[2] - seen[2]) < 30.0  # the cubic between two grid times
            assert np.abs(np.sin(z[:2] - seen[:2])).max() * z[2] * np.cos(z[1]) < 30.0
    assert np.all(found.culmination[:, 1] >= np.maximum(found.rise[:, 1], found.setting[:, 1]) - 1e-9)
    edge = np.concatenate([found.rise[found.rise_seen, 1], found.setting[found.set_seen, 1]])
    assert np.abs(edge - GABALA.elevation_min_rad).max() < 1e-4  # 2.4 ms at a degree a second


def test_objects_that_turn_with_the_earth_are_said_to_be_always_in_view(active: Catalogue) -> None:
    motion = np.array([each.mean_motion for each in active.elements])
    ring = active[np.flatnonzero(np.abs(motion - 1.0027) < 1e-3)]
    found = passes(ring, GABALA, from_tai_ns=START, until_tai_ns=START + 24 * HOUR_NS)
    visible = looked_at(ring[::10], GABALA, np.arange(0, 86_400, 600))
    assert [row // 10 for row in found.always if row % 10 == 0] == np.flatnonzero(visible.all(axis=1)).tolist()
    assert len(found.always) > 100
    there = np.isin(found.object, found.always)
    assert np.all(found.rise_tai_ns[there] == START)
    assert np.all(found.set_tai_ns[there] == START + 24 * HOUR_NS)


def test_a_window_cut_in_two_gives_the_same_passes(active: Catalogue) -> None:
    """What goes on at the cut is a set that was not seen, then a rise that was not seen."""
    catalogue, cut = some(active, 150), START + 5 * HOUR_NS + 123_456_789
    whole = passes(catalogue, GABALA, from_tai_ns=START, until_tai_ns=START + 10 * HOUR_NS)
    parts = [
        passes(catalogue, GABALA, from_tai_ns=START, until_tai_ns=cut),
        passes(catalogue, GABALA, from_tai_ns=cut, until_tai_ns=START + 10 * HOUR_NS),
    ]
    rises = np.sort(np.concatenate([seconds(part)[part.rise_seen, 0] for part in parts]))
    assert np.abs(rises - np.sort(seconds(whole)[whole.rise_seen, 0])).max() < TIME_S
    assert np.array_equal(parts[0].object[~parts[0].set_seen], parts[1].object[~parts[1].rise_seen])


def test_blocks_do_not_show(active: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = some(active, 40)
    whole = passes(catalogue, GABALA, from_tai_ns=START, until_tai_ns=START + 6 * HOUR_NS)
    monkeypatch.setattr("jointwatch.flight.passes._STATES_AT_ONCE", 700)
    parts = passes(catalogue, GABALA, from_tai_ns=START, until_tai_ns=START + 6 * HOUR_NS)
    assert np.array_equal(whole.object, parts.object)
    assert np.abs(seconds(whole) - seconds(parts)).max() < 1e-6


def test_an_object_whose_elements_fail_is_listed_and_loses_its_set() -> None:
    lines = lines_of("3le_2022-01-22.txt.gz")
    read = read_tle("\n".join(lines)).elements
    catalogue = catalogue_of([each for each in read if each.mean_motion > 16.2])
    start = tai_ns_from_utc("2022-01-22T12:00:00Z")
    found = passes(catalogue, GABALA, from_tai_ns=start, until_tai_ns=start + 72 * HOUR_NS)
    assert len(found.failed) > 10
    assert set(found.failed.values()) <= {
        "decayed: the orbit has come below the surface",
        "the mean eccentricity has left 0 to 1: the elements do not reach so far from their epoch",
    }
    assert np.all(np.isfinite(found.culmination))


def test_passes_run_on_over_a_leap_second() -> None:
    """The night of 31 December 2016: rises after midnight UTC are those of minutes since the epoch, in TAI."""
    text = VANGUARD.replace("20287.20333880", "16366.50000000").replace("0  9998", "0  9999")
    catalogue = catalogue_of(read_tle(text).elements)
    start = catalogue.epoch_tai_ns[0]
    found = passes(catalogue, GABALA, from_tai_ns=start, until_tai_ns=start + 24 * HOUR_NS)
    after = found.rise_tai_ns > tai_ns_from_utc("2017-01-01T00:00:00Z")
    assert after.any()
    assert (~after).any()
    for at in found.rise_tai_ns[found.rise_seen]:
        _, r_km, v_km_s = catalogue.satellites[0].sgp4_tsince((at - start) / NS_PER_S / 60)
        teme = type(ephemeris(catalogue, [at]).at(0))(np.array([[*r_km, *v_km_s]]) * 1e3)
        fixed = ecef_from_teme(teme, int(at)).r_m
        elevation = azimuth_elevation_range(GABALA.latitude_rad, GABALA.longitude_rad, 680.0, fixed)[0, 1]
        assert abs(elevation - GABALA.elevation_min_rad) < 5e-5, utc_from_tai_ns(int(at))


def test_no_objects_make_no_passes() -> None:
    found = passes(catalogue_of([]), GABALA, from_tai_ns=START, until_tai_ns=START + HOUR_NS)
    assert (len(found), found.always.tolist(), found.failed) == (0, [], {})


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"latitude_rad": 40.87}, "meant in radians"),
        ({"azimuth_to_rad": 120.0}, "meant in radians"),
        ({"elevation_min_rad": 1.0, "elevation_max_rad": 0.5}, "must lie below elevation_max_rad"),
        ({"range_max_m": 0.0}, "range_max_m positive"),
        ({"height_m": np.nan}, "height_m must be finite"),
    ],
)
def test_a_view_that_is_none_is_refused(wrong: dict[str, float], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        replace(GABALA, **wrong)


def test_time_must_run_forward() -> None:
    with pytest.raises(ValueError, match="until_tai_ns must be after from_tai_ns"):
        passes(catalogue_of([]), GABALA, from_tai_ns=START, until_tai_ns=START)


def test_the_guide_says_what_comes_out() -> None:
    page = Path(__file__).parents[2] / "docs" / "guide" / "satellites.md"
    assert doctest.testfile(str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0
