"""Maps of several radars: together is or, areas are those of caps, poles and the date line are places like others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jointwatch.earth.refraction import ray
from jointwatch.sensors.maps import NOBODY, CoverageMap, cell_areas_m2, coverage_map, global_grid
from jointwatch.sensors.radar import Face, Radar
from jointwatch.sensors.site import Site
from jointwatch.sensors.visibility import SEEN

LATITUDE, LONGITUDE = global_grid(1.0)
AREA_SHARE = 0.015  # a ring of a quarter of a degree around a pole, and the ellipsoid


def everywhere(*radars: Radar, altitude_m: float = 400e3, rcs_m2: object = 0.1) -> CoverageMap:
    return coverage_map(radars, LATITUDE[:, None], LONGITUDE, altitude_m=altitude_m, rcs_m2=rcs_m2)


def placed(radar: Radar, latitude: float, longitude: float, start: float = 0.0, end: float = 360.0) -> Radar:
    site = Site("there", *(float(angle) for angle in np.radians([latitude, longitude])))
    face = Face("an array", *(float(angle) for angle in np.radians([start, end, 2.0, 89.99])))
    return replace(radar, name=f"{latitude} {longitude}", site=site, faces=(face,), minimum_range_m=0.0)


@pytest.mark.parametrize(("latitude", "longitude"), [(0.0, 180.0), (90.0, 0.0)])
def test_all_round_a_radar_sees_a_cap_of_the_sphere(gabala: Radar, latitude: float, longitude: float) -> None:
    lines, meridians = global_grid(0.25)
    radar = placed(gabala, latitude, longitude)
    seen = coverage_map([radar], lines[:, None], meridians, altitude_m=400e3, rcs_m2=100.0).together
    angle = float(ray(np.radians(2.0), 400e3).ground_angle_rad)
    cap = 2 * np.pi * 6.371e6**2 * (1 - np.cos(angle))
    assert cell_areas_m2(lines, meridians)[seen].sum() == pytest.approx(cap, rel=AREA_SHARE)


@pytest.mark.parametrize(("latitude", "longitude"), [(10.0, 180.0), (60.0, -179.5), (85.0, 20.0)])
def test_a_third_of_a_turn_through_north_is_a_third_of_the_area(
    gabala: Radar, latitude: float, longitude: float
) -> None:
    whole, part = placed(gabala, latitude, longitude), placed(gabala, latitude, longitude, 300.0, 60.0)
    areas = [float(cell_areas_m2(LATITUDE, LONGITUDE)[each].sum()) for each in everywhere(whole, part).seen]
    assert areas[1] / areas[0] == pytest.approx(1 / 3, rel=2 * AREA_SHARE)


def test_the_grid_is_the_whole_earth() -> None:
    assert cell_areas_m2(LATITUDE, LONGITUDE).sum() == pytest.approx(4 * np.pi * 6.371e6**2)
    assert len(LATITUDE), len(LONGITUDE) == (181, 360)


def test_together_is_or_and_the_first_is_the_lowest(gabala: Radar) -> None:
    north = placed(gabala, 55.0, 20.0, 90.0, 250.0)
    both, alone = everywhere(gabala, north), [everywhere(radar) for radar in (gabala, north)]
    assert (both.together == (alone[0].together | alone[1].together)).all()
    lowest = np.fmin(*(each.first_detection_m[0] for each in alone))
    np.testing.assert_array_equal(both.first_detection_by_any_m, lowest)
    first = both.first_radar
    assert ((first == NOBODY) == np.isnan(lowest)).all()
    assert (first[~np.isnan(lowest)] >= 0).all()
    chosen = np.take_along_axis(both.first_detection_m, np.maximum(first, 0)[None], axis=0)[0]
    np.testing.assert_array_equal(chosen[first >= 0], lowest[first >= 0])


def test_a_radar_named_twice_adds_nothing_to_a_map(gabala: Radar) -> None:
    once, twice = everywhere(gabala), everywhere(gabala, gabala)
    assert (once.together == twice.together).all()
    np.testing.assert_array_equal(once.first_detection_by_any_m, twice.first_detection_by_any_m)
    assert set(np.unique(twice.first_radar)) == {NOBODY, 0}


def test_maps_of_heights_and_of_one_height_agree(gabala: Radar) -> None:
    """What is seen at a height is first seen there or lower; what can be looked at there is visible there or lower."""
    radar = placed(gabala, 41.0, 48.0, 100.0, 220.0)
    for altitude_m in (0.0, 60e3, 200e3, 900e3):
        seen = everywhere(radar, altitude_m=altitude_m)
        assert (seen.seen[0] <= (seen.first_detection_m[0] <= altitude_m + 1.0)).all()
        assert ((seen.probability[0] > 0) <= (seen.lowest_visible_m[0] <= altitude_m + 1.0)).all()
        assert (seen.seen == (seen.probability >= SEEN)).all()
        np.testing.assert_array_equal(
            np.fmax(seen.first_detection_m, seen.lowest_visible_m), np.where(
                np.isnan(seen.first_detection_m), seen.lowest_visible_m, seen.first_detection_m)
        )  # fmt: skip


def test_each_radar_has_its_own_cross_section(gabala: Radar) -> None:
    pair = everywhere(gabala, gabala, rcs_m2=[1e-6, 10.0])
    assert pair.seen[0].sum() < pair.seen[1].sum()
    assert pair.rcs_m2 == (1e-6, 10.0)


def test_an_object_that_is_too_small_is_in_view_and_not_seen(gabala: Radar) -> None:
    tiny = everywhere(gabala, rcs_m2=1e-12)
    assert not tiny.together.any()
    assert np.isnan(tiny.first_detection_m).all()
    assert np.isfinite(tiny.lowest_visible_m).any()
    assert (tiny.first_radar == NOBODY).all()


def test_wrong_use_is_refused_in_words(gabala: Radar) -> None:
    with pytest.raises(ValueError, match="wants at least one radar; got none"):
        everywhere()
    with pytest.raises(ValueError, match=r"a height of zero or more, in metres; got -1"):
        everywhere(gabala, altitude_m=-1.0)
    for rcs in (0.0, -2.0, [1.0, 1.0], np.nan):
        with pytest.raises(
            ValueError, match="one mean cross-section above zero, in m2, or one for each of the 1 radars"
        ):
            everywhere(gabala, rcs_m2=rcs)
