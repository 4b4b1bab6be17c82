"""What a radar can face, and the sentence when it cannot."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from jointwatch.earth.ellipsoid import A_M, ecef_from_geodetic, geodetic_from_ecef
from jointwatch.earth.geodesic import inverse
from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.sensors.coverage import (
    in_field_of_regard,
    in_line_of_sight,
    in_sector,
    range_envelope,
    range_to_altitude,
    why_not,
)
from jointwatch.sensors.detection import range_for_probability
from jointwatch.sensors.measurement import position
from jointwatch.sensors.radar import NEVER_TAI_NS, Face, Radar, faces_on_duty
from jointwatch.sensors.site import Site

SEMNAN = np.radians([35.2347, 53.9210])
MAY_2009 = tai_ns_from_utc("2009-05-20T06:00:00Z")


def over(place: np.ndarray, height_m: float) -> np.ndarray:
    return np.atleast_2d(ecef_from_geodetic(place[0], place[1], height_m))


def degrees_face(name: str, start: float, end: float, low: float = 2.0, high: float = 60.0, **service: int) -> Face:
    return Face(name, *(float(angle) for angle in np.radians([start, end, low, high])), **service)


def armavir(gabala: Radar) -> Radar:
    return replace(
        gabala,
        name="armavir",
        site=Site("Armavir", *(float(x) for x in np.radians([44.9251, 40.9839]))),
        faces=(
            degrees_face("south-western", 175, 295, on_duty_from_tai_ns=tai_ns_from_utc("2009-02-26T00:00:00Z")),
            degrees_face("south-eastern", 55, 175, on_duty_from_tai_ns=tai_ns_from_utc("2012-12-27T00:00:00Z")),
        ),
    )


@pytest.mark.parametrize(
    ("start", "end", "inside", "outside"),
    [
        (107, 217, [107, 162, 216.9], [106.9, 217.1, 0, 350]),
        (305, 55, [305, 359.9, 0, 54.9], [55.1, 180, 304.9]),
        (0, 360, [0, 90, 359.9], []),
    ],
)
def test_a_sector_holds_its_bearings_also_through_north(
    start: float, end: float, inside: list[float], outside: list[float]
) -> None:
    face = degrees_face("any", start, end)
    assert in_sector(face, np.radians(inside)).all()
    assert not in_sector(face, np.radians(outside)).any()


@pytest.mark.parametrize(("elevation_deg", "height_km"), [(2.0, 83.0), (3.0, 98.0)])
def test_over_semnan_gabala_begins_to_see_at_the_published_height(
    gabala: Radar, elevation_deg: float, height_km: float
) -> None:
    """The horizon table of the facts, spherical and to a kilometre; the ellipsoid moves it by less than 1 km."""
    face = replace(gabala.faces[0], elevation_min_rad=float(np.radians(elevation_deg)))
    radar = replace(gabala, site=replace(gabala.site, height_m=0.0))
    heights = np.arange(40e3, 140e3, 100.0)
    seen = in_field_of_regard(radar, (face,), np.vstack([over(SEMNAN, h) for h in heights]))
    assert (np.diff(seen.astype(int)) >= 0).all()
    assert heights[seen.argmax()] / 1e3 == pytest.approx(height_km, abs=1.5)


def test_the_earth_hides_what_lies_beyond_the_sphere_s_tangent() -> None:
    """On the equator the cut is a circle of radius A: from the ground the far point shows above A (1/cos psi - 1)."""
    site = Site("on the equator", 0.0, 0.0, 0.0)
    psi = np.radians([1.0, 10.0, 45.0, 80.0])
    tangent = A_M * (1 / np.cos(psi) - 1)
    for share, seen in ((0.999, False), (1.001, True)):
        points = np.vstack([over(np.array([0.0, p]), share * h) for p, h in zip(psi, tangent, strict=True)])
        assert (in_line_of_sight(site, points) == seen).all()


def test_the_far_side_and_the_site_itself_are_answered() -> None:
    pole = Site("pole", np.pi / 2, 0.0, 2000.0)
    assert not in_line_of_sight(pole, over(np.array([-np.pi / 2, 0.0]), 1e6)).any()
    assert in_line_of_sight(pole, over(np.array([np.pi / 2, 0.0]), 2000.0)).all()


def test_looking_takes_sector_elevation_and_both_ranges(gabala: Radar) -> None:
    z = np.array([[1e6, 162, 20], [1e6, 90, 20], [1e6, 162, 1], [1e6, 162, 70], [2.9e5, 162, 20], [6.1e6, 162, 20]])
    z[:, 1:] = np.radians(z[:, 1:])
    r, _ = position(gabala.site, z, np.ones_like(z))
    assert in_field_of_regard(gabala, gabala.faces, r).tolist() == [True, *[False] * 5]
    assert not in_field_of_regard(gabala, (), r).any()


def test_the_way_to_an_altitude_ends_at_that_altitude() -> None:
    site = Site("Gabala", 0.7133, 0.8343, 300.0)
    azimuth, elevation = np.meshgrid(np.linspace(0, 6.2, 25), np.linspace(0.0, 1.57, 20))
    for altitude, tolerance_m in ((100e3, 5.0), (1000e3, 20.0)):
        r = range_to_altitude(site, azimuth, elevation, altitude)
        ends, _ = position(site, np.stack([r, azimuth, elevation], -1).reshape(-1, 3), np.ones((500, 3)))
        assert np.abs(geodetic_from_ecef(ends)[2] - altitude).max() < tolerance_m


def test_a_site_above_the_cap_is_refused() -> None:
    with pytest.raises(ValueError, match="stands higher than the altitude asked for"):
        range_to_altitude(Site("mountain", 0.0, 0.0, 2000.0), 0.0, 0.1, 1000.0)


def test_the_envelope_is_the_least_of_its_three_limits(gabala: Radar) -> None:
    azimuths, elevations, reach = range_envelope(gabala, gabala.faces[0], altitude_cap_m=800e3, rcs_m2=0.1)
    assert reach.shape == (len(azimuths), len(elevations))
    assert np.degrees(azimuths[[0, -1]]) == pytest.approx([107, 217])
    cap = range_to_altitude(gabala.site, azimuths[:, None], elevations[None], 800e3)
    assert reach == pytest.approx(np.minimum(cap, 4e6), rel=1e-3)
    *_, tiny = range_envelope(gabala, gabala.faces[0], altitude_cap_m=8e6, rcs_m2=1e-6)
    assert tiny == pytest.approx(range_for_probability(gabala, 1e-6))
    *_, huge = range_envelope(gabala, gabala.faces[0], altitude_cap_m=5e7, rcs_m2=1e6)
    assert huge == pytest.approx(6e6)


def test_armavir_s_first_array_does_not_face_iran_and_the_sentence_says_which_would(gabala: Radar) -> None:
    radar = armavir(gabala)
    sentence = why_not(radar, faces_on_duty(radar, MAY_2009), MAY_2009, over(SEMNAN, 300e3)[0])
    bearing = np.degrees(inverse(radar.site.latitude_rad, radar.site.longitude_rad, *SEMNAN)[1])
    assert bearing == pytest.approx(130, abs=0.5)
    assert sentence == (
        "armavir: the bearing 130° lies outside the south-western sector 175° to 295°, all that looked on 2009-05-20; "
        "the south-eastern sector 55° to 175° would face it but south-eastern was on duty from 2012-12-27."
    ).replace("130°", f"{bearing:.1f}°")


def test_before_the_first_array_there_is_none_on_duty(gabala: Radar) -> None:
    radar, omid = armavir(gabala), tai_ns_from_utc("2009-02-02T18:30:00Z")
    assert why_not(radar, faces_on_duty(radar, omid), omid, over(SEMNAN, 0.0)[0]) == (
        "armavir: no array was on duty on 2009-02-02 (south-western was on duty from 2009-02-26; "
        "south-eastern was on duty from 2012-12-27)."
    )


def test_a_planned_radar_says_so(gabala: Radar) -> None:
    planned = replace(gabala, faces=(replace(gabala.faces[0], name="the array", on_duty_from_tai_ns=NEVER_TAI_NS),))
    assert "the array was planned and never stood on duty" in why_not(planned, (), MAY_2009, over(SEMNAN, 0.0)[0])


@pytest.mark.parametrize(
    ("z_km_deg", "rcs_m2", "words"),
    [
        ((5000, 150, -10), None, "below the horizon, at elevation -10°; the array begins at 2°, .* km up over"),
        ((1000, 150, 1), None, "gabala: at elevation 1°; the array begins at 2°, 11[0-9] km up over that place"),
        ((1000, 150, 60), None, "at elevation 60°, above the array's limit of 55°"),
        ((200, 150, 20), None, "the range 200 km lies outside what the radar listens to, from 300 to 6000 km"),
        ((5000, 150, 20), 0.01, "at 5000 km the echo of 0.01 m2 is too weak; .* at 2249 km"),
    ],
)
def test_each_obstacle_has_its_sentence(
    gabala: Radar, z_km_deg: tuple[float, float, float], rcs_m2: float | None, words: str
) -> None:
    z = np.array([[z_km_deg[0] * 1e3, *np.radians(z_km_deg[1:])]])
    r, _ = position(gabala.site, z, np.ones((1, 3)))
    assert re.search(words, why_not(gabala, gabala.faces, MAY_2009, r[0], rcs_m2=rcs_m2))


def test_where_nothing_stands_against_it_there_is_no_sentence(gabala: Radar) -> None:
    assert why_not(gabala, gabala.faces, MAY_2009, over(SEMNAN, 200e3)[0], rcs_m2=0.1) == ""


def test_a_sentence_is_empty_exactly_where_the_field_holds_the_object(gabala: Radar) -> None:
    rng = np.random.default_rng(5)
    radar = armavir(gabala)
    z = np.stack([rng.uniform(1e5, 7e6, 300), rng.uniform(0, 2 * np.pi, 300), rng.uniform(-0.5, 1.5, 300)], -1)
    r, _ = position(radar.site, z, np.ones_like(z))
    held = in_field_of_regard(radar, radar.faces, r)
    assert held.any()
    assert [why_not(radar, radar.faces, MAY_2009, one) == "" for one in r] == held.tolist()


def test_the_sentence_names_the_height_at_which_semnan_would_show(gabala: Radar) -> None:
    """83 km at 2 degrees in the facts' table."""
    sentence = why_not(gabala, gabala.faces, MAY_2009, over(SEMNAN, 40e3)[0])
    assert sentence == "gabala: below the horizon, at elevation -1°; the array begins at 2°, 83 km up over that place."
