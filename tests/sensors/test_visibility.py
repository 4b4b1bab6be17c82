"""From which height on a radar sees: against an independent geometry, the rays of the air, and laws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pymap3d
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.earth.refraction import apparent_elevation_rad
from jointwatch.earth.refractivity import MEAN_AIR
from jointwatch.earth.topocentric import enu_basis
from jointwatch.sensors.looks import in_field, table
from jointwatch.sensors.radar import Face, Radar
from jointwatch.sensors.sight import in_sight
from jointwatch.sensors.site import Site
from jointwatch.sensors.visibility import (
    SEEN,
    first_detection_m,
    ground,
    in_straight_lines,
    lowest_visible_m,
    probability_at,
    views,
)

HEIGHT_SHARE = 0.002  # the sphere for the ellipsoid, in the bending and beside the one that fits
LIFT_RAD = 0.5e-3  # of one height for all, from 50 to 1,000 km up, at limits from 2 degrees on
EDGE_RAD = 1e-3  # what lies closer to an edge of a sector may fall to either side


def at(radar: Radar, latitude: float, longitude: float, *faces: Face, height_m: float = 0.0) -> Radar:
    site = Site("somewhere", *(float(angle) for angle in np.radians([latitude, longitude])), height_m)
    return replace(radar, site=site, faces=faces or radar.faces)


def face(start: float, end: float, low: float = 2.0, high: float = 60.0) -> Face:
    return Face("an array", *(float(angle) for angle in np.radians([start, end, low, high])))


def around(radar: Radar, count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes, radians, up to 45 degrees of arc around a radar."""
    rng = np.random.default_rng(seed)
    far, turn = np.radians(rng.uniform(0.5, 45, (count, 1))), rng.uniform(0, 2 * np.pi, (count, 1))
    east, north, up = enu_basis(radar.site.latitude_rad, radar.site.longitude_rad)
    n = np.cos(far) * up + np.sin(far) * (np.sin(turn) * east + np.cos(turn) * north)
    return np.arcsin(np.clip(n[:, 2], -1, 1)), np.arctan2(n[:, 1], n[:, 0])


@pytest.mark.parametrize("height_m", [0.0, 1500.0])
@pytest.mark.parametrize(("latitude", "longitude"), [(40.87, 47.8), (90.0, 0.0), (-89.0, 30.0), (17.0, 180.0)])
@pytest.mark.parametrize("limit", [0.0, 2.0, 5.5, 30.0])
def test_at_the_lowest_height_an_object_appears_at_the_limit(
    gabala: Radar, latitude: float, longitude: float, limit: float, height_m: float
) -> None:
    """By pymap3d's geometry and the ray traced back from its true elevation, all round radars of every awkward kind."""
    radar = replace(at(gabala, latitude, longitude, face(0, 360, limit, 89.0), height_m=height_m), minimum_range_m=0.0)
    phi, lam = around(radar, 500)
    low = lowest_visible_m(views(radar, ground(phi, lam)))
    known = np.isfinite(low)
    assert known.mean() > 0.4
    for share, sign in ((1 - HEIGHT_SHARE, -1), (1 + HEIGHT_SHARE, 1)):
        height = height_m + (low[known] - height_m) * share
        _, elevation, distance = pymap3d.geodetic2aer(
            phi[known], lam[known], height, radar.site.latitude_rad, radar.site.longitude_rad, height_m, deg=False
        )
        apparent = apparent_elevation_rad(elevation, distance, radar_height_m=height_m)
        assert (sign * (apparent - np.radians(limit)) > 0).all()


def test_what_is_in_view_is_what_the_radar_sees_through_the_air(gabala: Radar) -> None:
    """`sight.in_sight` traces the ray to every object; here intervals of height do, to 0.2 % of a height."""
    radars = [
        gabala,
        at(gabala, 90.0, 0.0, face(100, 250)),
        at(gabala, -20.0, 179.9, face(300, 60), face(60, 100, 3.0, 85.0)),
        at(gabala, 68.0, -179.9, face(330, 20, 1.0, 80.0)),
    ]
    rng = np.random.default_rng(7)
    for radar in radars:
        phi, lam = around(radar, 4000)
        height, places = rng.uniform(5e3, 2000e3, len(phi)), ground(phi, lam)
        over = views(radar, places)
        seen, wider, narrower = (
            np.any((over.low_m <= height * (1 + s)) & (height * (1 - s) <= over.high_m), axis=0)
            for s in (0.0, HEIGHT_SHARE, -HEIGHT_SHARE)
        )
        wanted = in_sight(radar, radar.faces, places.over(height), MEAN_AIR)
        azimuth = pymap3d.geodetic2aer(
            phi, lam, height, radar.site.latitude_rad, radar.site.longitude_rad, radar.site.height_m, deg=False
        )[0]
        ends = np.array([(f.azimuth_from_rad, f.azimuth_to_rad) for f in radar.faces]).ravel()
        inner = (np.abs((azimuth[:, None] - ends + np.pi) % (2 * np.pi) - np.pi) > EDGE_RAD).all(axis=1)
        assert wanted.mean() > 0.05
        assert (wanted <= wider)[inner].all()
        assert (narrower <= wanted)[inner].all()
        assert np.mean(seen != wanted) < 0.003


def test_semnan_shows_over_gabala_at_78_km_and_without_air_at_83(gabala: Radar) -> None:
    radar = replace(gabala, site=replace(gabala.site, height_m=0.0))
    low = lowest_visible_m(views(radar, ground(*np.radians([35.234, 53.921]))))
    assert low / 1e3 == pytest.approx(78.4, abs=0.3)


@given(st.floats(0.001, 10.0), st.floats(1.0, 100.0), st.integers(0, 99), st.floats(0.0, 3.0))
@settings(max_examples=12)
def test_a_bigger_cross_section_is_never_seen_less(rcs: float, times: float, seed: int, loss: float) -> None:
    radar = replace(PLAIN, scan_loss_exponent=loss)
    over = views(radar, ground(*around(radar, 200, seed)))
    small, big = (first_detection_m(over, section) for section in (rcs, rcs * times))
    assert (np.where(np.isnan(big), np.inf, big) <= np.where(np.isnan(small), np.inf, small) + 1.0).all()
    assert (probability_at(over, 400e3, rcs * times) >= probability_at(over, 400e3, rcs)).all()


@pytest.mark.parametrize("loss", [0.0, 2.5])
def test_seeing_begins_where_one_look_detects_with_one_half(gabala: Radar, loss: float) -> None:
    """Not below what is in view; at that height with one half or more; and below it, where in view, with less."""
    radar = replace(gabala, scan_loss_exponent=loss, boresight_elevation_rad=0.5, reference_range_m=1.2e6)
    over = views(radar, ground(*around(radar, 3000)))
    low, first = lowest_visible_m(over), first_detection_m(over, 0.1)
    known = np.isfinite(first)
    assert (first[known] >= low[known]).all()
    later = np.flatnonzero(known & (first > low + 200.0))
    assert later.any() == (loss > 0)  # without scan loss an object is nearest where it comes into view
    assert 0.05 < known.mean() < np.isfinite(low).mean()
    for i in np.flatnonzero(known)[::40]:
        one = views(radar, over.places[np.array([i])])
        assert probability_at(one, float(first[i]), 0.1)[0] >= SEEN
    for i in later[::10]:
        one = views(radar, over.places[np.array([i])])
        assert probability_at(one, float(first[i]) - 100.0, 0.1)[0] < SEEN


def test_turning_the_earth_under_radar_and_places_changes_nothing(gabala: Radar) -> None:
    """Over Greenwich or over the date line."""
    here, there = at(gabala, 30.0, 0.0, face(300, 60)), at(gabala, 30.0, 180.0, face(300, 60))
    phi, lam = around(here, 500)
    a = lowest_visible_m(views(here, ground(phi, lam)))
    b = lowest_visible_m(views(there, ground(phi, lam - np.pi)))
    np.testing.assert_allclose(a, b, rtol=1e-9)


def test_nothing_is_seen_at_the_ground_nor_without_an_array_nor_on_the_far_side(gabala: Radar) -> None:
    places = ground(*around(gabala, 300))
    assert not probability_at(views(gabala, places), 0.0, 1.0).any()
    blind = views(replace(gabala, faces=()), places)
    assert np.isnan(lowest_visible_m(blind)).all()
    assert np.isnan(first_detection_m(blind, 1.0)).all()
    antipode = ground(-gabala.site.latitude_rad, gabala.site.longitude_rad + np.pi)
    assert np.isnan(lowest_visible_m(views(gabala, antipode))).all()


def test_straight_over_the_radar_any_sector_reaches_the_zenith_if_it_looks_so_high(gabala: Radar) -> None:
    high = replace(at(gabala, 30.0, 40.0, face(90, 180, 2.0, 90.0)), minimum_range_m=50e3)
    above = ground(high.site.latitude_rad, high.site.longitude_rad)
    assert lowest_visible_m(views(high, above)) == pytest.approx([50e3])
    assert np.isnan(lowest_visible_m(views(gabala, ground(gabala.site.latitude_rad, gabala.site.longitude_rad))))


@pytest.mark.parametrize("rcs", [0.0, -1.0, np.inf, np.nan])
def test_a_cross_section_that_is_none_is_refused(gabala: Radar, rcs: float) -> None:
    over = views(gabala, ground(0.6, 0.9))
    for ask in (lambda: first_detection_m(over, rcs), lambda: probability_at(over, 2e5, rcs)):
        with pytest.raises(ValueError, match="a mean cross-section above zero, in m2; got"):
            ask()


def test_moved_limits_see_in_straight_lines_what_the_air_lets_see(gabala: Radar) -> None:
    radar = at(gabala, 45.0, 40.0, face(0, 360, 2.0, 60.0))
    phi, lam = around(radar, 4000)
    height = np.random.default_rng(3).uniform(50e3, 1000e3, len(phi))
    r = ground(phi, lam).over(height)
    through_air = in_sight(radar, radar.faces, r, MEAN_AIR)
    for moved, sign in ((LIFT_RAD, 1), (-LIFT_RAD, -1)):
        shifted = replace(radar, faces=(replace(
            radar.faces[0], elevation_min_rad=radar.faces[0].elevation_min_rad + moved,
            elevation_max_rad=radar.faces[0].elevation_max_rad - moved,
        ),))  # fmt: skip
        straight = in_field(table([in_straight_lines(shifted)]), r)[0]
        assert (straight <= through_air).all() if sign > 0 else (through_air <= straight).all()
    below = at(gabala, 45.0, 40.0, face(0, 360, -3.0, 90.0))
    assert in_straight_lines(below).faces == below.faces


PLAIN = Radar(
    name="plain", site=Site("a place", 0.7, 0.8), band="VHF", faces=(face(107, 217),), reference_range_m=2e6,
    reference_rcs_m2=0.1, reference_snr=18.93, instrumented_range_m=6e6, minimum_range_m=3e5, sigma_range_m=200.0,
    sigma_azimuth_rad=1e-3, sigma_elevation_rad=1e-3, revisit_s=5.0, false_alarm_probability=1e-6,
    false_plots_per_scan=2.0,
)  # fmt: skip
