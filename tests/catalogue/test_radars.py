"""Radars of the catalogue: what they hand to the sensors, what they say of service dates, who says what."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from jointwatch.catalogue.files import CatalogueError, UnknownNameError
from jointwatch.catalogue.radars import RadarParameters, load_radar, load_radars, provenance, radar_parameters
from jointwatch.earth.geodesic import inverse
from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.sensors.coverage import in_sector
from jointwatch.sensors.radar import NEVER_TAI_NS, Face, Radar, faces_on_duty
from jointwatch.sensors.site import Site

IRANIAN_SITES = {
    "Tabriz": (38.08, 46.29),
    "Semnan": (35.234, 53.921),
    "Shahroud": (36.20, 55.33),
    "Bandar Abbas": (27.2, 56.3),
}


def sensor(p: RadarParameters) -> Radar:
    """The few lines in which a study makes a sensor of a catalogue entry."""

    def tai(utc: str | None) -> int | None:
        return None if utc is None else tai_ns_from_utc(utc)

    faces = tuple(
        Face(
            face.name,
            face.azimuth_from_rad,
            face.azimuth_to_rad,
            face.elevation_min_rad,
            face.elevation_max_rad,
            tai(face.on_duty_from_utc) if face.ever_on_duty else NEVER_TAI_NS,
            tai(face.on_duty_until_utc),
        )
        for face in p.faces
    )
    return Radar(name=p.name, site=Site(*astuple(p.site)), faces=faces, **p.performance())


def on_duty(name: str, utc: str) -> list[str]:
    return [face.name for face in faces_on_duty(sensor(radar_parameters(name)), tai_ns_from_utc(utc))]


@pytest.mark.parametrize("name", sorted(load_radars()))
def test_every_radar_becomes_a_sensor(name: str) -> None:
    assert sensor(radar_parameters(name)).name == name


def test_the_radars_of_the_debate_are_there() -> None:
    debate = {"gabala", "armavir", "lekhtusi", "pionersky", "olenegorsk", "pechora", "brdy", "kurecik"}
    assert debate <= set(load_radars())


def test_armavir_s_arrays_served_from_their_own_days_on() -> None:
    assert on_duty("armavir", "2009-02-02T18:30:00Z") == []
    assert on_duty("armavir", "2009-05-20T06:00:00Z") == ["south-west"]
    assert on_duty("armavir", "2013-09-03T06:16:00Z") == ["south-west", "south-east"]


def test_gabala_served_until_the_end_of_2012_and_brdy_never() -> None:
    assert on_duty("gabala", "2009-02-02T18:30:00Z") == ["south"]
    assert on_duty("gabala", "2013-01-01T00:00:01Z") == []
    assert on_duty("brdy", "2015-01-01T00:00:00Z") == []


@pytest.mark.parametrize("split", ["halves", "overlapping"])
@pytest.mark.parametrize("site", sorted(IRANIAN_SITES))
def test_iran_lies_before_armavir_s_second_array_under_either_split(site: str, split: str) -> None:
    choices = {f"faces.{face}.sector_deg": split for face in ("south-west", "south-east")}
    radar = sensor(radar_parameters("armavir", choices))
    there = np.radians(IRANIAN_SITES[site])
    _, bearing, _ = inverse(radar.site.latitude_rad, radar.site.longitude_rad, there[0], there[1])
    assert [face.name for face in radar.faces if in_sector(face, bearing)] == ["south-east"]


@pytest.mark.parametrize(
    ("name", "site", "ground_km", "bearing_deg"),
    [
        ("gabala", "Tabriz", 336, 203),
        ("gabala", "Semnan", 824, 138),
        ("armavir", "Semnan", 1537, 130),
        ("armavir", "Bandar Abbas", 2395, 140),
        ("kurecik", "Semnan", 1475, 99),
        ("brdy", "Tabriz", 2873, 104),
    ],
)
def test_positions_give_the_published_distances_and_bearings(
    name: str, site: str, ground_km: float, bearing_deg: float
) -> None:
    """The horizon table of the facts is spherical: 0.5 % in distance and half a degree besides its rounding."""
    p, there = radar_parameters(name).site, np.radians(IRANIAN_SITES[site])
    distance_m, bearing, _ = inverse(p.latitude_rad, p.longitude_rad, there[0], there[1])
    assert distance_m / 1e3 == pytest.approx(ground_km, rel=5e-3)
    assert np.degrees(bearing) % 360 == pytest.approx(bearing_deg, abs=1.0)


@pytest.mark.parametrize("name", ["gabala", "armavir", "lekhtusi", "pionersky", "olenegorsk", "pechora"])
def test_what_nobody_published_of_a_russian_radar_is_shown_as_an_assumption(name: str) -> None:
    unpublished = {"detection", "sigma_angle_deg", "sigma_range_m", "revisit_s", "false_plots_per_scan"}
    taken = {row.parameter: row for row in provenance(name) if row.taken}
    assert {key for key in unpublished if taken[key].assumption} == unpublished
    assert all(taken[key].note for key in unpublished)


def test_rows_hold_every_claim_with_claimant_and_source_the_one_taken_first() -> None:
    rows = [row for row in provenance("armavir") if row.parameter == "instrumented_range_km"]
    assert [(row.shown, row.unit, row.taken) for row in rows] == [
        ("6000", "km", True),
        ("6000", "km", False),
        ("4000", "km", False),
        ("4000", "km", False),
        ("4200", "km", False),
        ("3700", "km", False),
        ("600", "km", False),
    ]
    assert rows[3].claimant == "RIA Novosti, 2008 to 2011"
    assert rows[3].source.endswith("https://sputnikglobe.com/20100928/160757170.html")
    assert {row.tag for row in rows} == {"seen", "seen-2nd"}


def test_a_choice_takes_another_claimant_s_value_in_parameters_and_rows() -> None:
    choices = {"detection": "thinned-array"}
    assert radar_parameters("brdy").reference_range_m == 2420e3
    assert radar_parameters("brdy", choices).reference_range_m == 485e3
    (row,) = (row for row in provenance("brdy", choices) if row.parameter == "detection" and row.taken)
    assert row.shown == "range_km 485, rcs_m2 0.01, snr 20"


def test_brdy_s_two_ranges_come_out_of_the_radar_equation() -> None:
    """42 kW mean for 100 ms, 500 K, 8 dB, SNR 20; the beam from gain 4 pi A / lambda^2 with efficiency 0.8.

    Full aperture 105 m2; thinned, each of 16,896 elements a quarter of a squared wavelength: the ratio of the two
    fourth powers is the square of the ratio of areas, whatever the other inputs are."""
    wavelength, full = 0.0316, 105.0
    thinned = 16_896 * wavelength**2 / 4
    gain = 4 * np.pi * 0.8 * full / wavelength**2
    numerator = 42e3 * 0.1 * gain * 0.8 * full * 0.01
    range_m = (numerator / ((4 * np.pi) ** 2 * 1.38e-23 * 500 * 10**0.8 * 20)) ** 0.25
    assert range_m == pytest.approx(radar_parameters("brdy").reference_range_m, rel=0.07)
    ratio = radar_parameters("brdy", {"detection": "thinned-array"}).reference_range_m / 2420e3
    assert ratio == pytest.approx((thinned / full) ** 0.5, rel=0.02)


def test_an_unknown_radar_is_answered_with_its_neighbours() -> None:
    with pytest.raises(UnknownNameError, match=r"^the catalogue has no radar 'gabalah'; did you mean 'gabala'\?$"):
        load_radar("gabalah")
    with pytest.raises(UnknownNameError, match="there are armavir, brdy, cape-cod"):
        radar_parameters("zzzz")


def test_an_unknown_choice_is_answered_with_what_there_is() -> None:
    with pytest.raises(CatalogueError, match=r"no value 'detektion' to choose; did you mean 'detection'\?"):
        radar_parameters("gabala", {"detektion": "x"})
    with pytest.raises(
        CatalogueError, match="nobody called 'x' speaks on detection; there are recalled-high, recalled-low"
    ):
        radar_parameters("gabala", {"detection": "x"})


def test_what_was_loaded_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        load_radars()["gabala"] = load_radar("armavir")  # type: ignore[index]
    with pytest.raises(ValueError, match="frozen"):
        load_radar("gabala").title = "other"  # type: ignore[misc]
