"""Numbers of the catalogue that follow from each other: sectors that add up, powers, areas, ranges by one law."""

from __future__ import annotations

import numpy as np
import pytest

from jointwatch.catalogue.architectures import load_architecture, load_architectures
from jointwatch.catalogue.files import UnknownNameError
from jointwatch.catalogue.interceptor_sites import load_interceptor_sites
from jointwatch.catalogue.radar_entries import FaceEntry, load_radar, load_radars
from jointwatch.catalogue.radars import provenance, radar_parameters
from jointwatch.catalogue.shelf import entries
from jointwatch.earth.geodesic import inverse

BOLTZMANN = 1.380649e-23
NAUTICAL_MILE_KM = 1.852


def width(face: FaceEntry, claim: str = "") -> float:
    start, end = face.sector_deg.claims[claim or face.sector_deg.taken].value
    return (end - start) % 360 or 360.0


def taken(name: str, key: str) -> object:
    (value,) = (row.value for row in provenance(name) if row.parameter == key and row.taken)
    return value


def range_km(energy_j: float, gain: float, area_m2: float, rcs_m2: float, snr: float = 20.0) -> float:
    """Range of the radar equation at 500 K and 8 dB of losses, kilometres."""
    noise = BOLTZMANN * 500 * 10**0.8 * snr
    return (energy_j * gain * area_m2 * rcs_m2 / ((4 * np.pi) ** 2 * noise)) ** 0.25 / 1e3


@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("gabala", 110),
        ("armavir", 240),
        ("lekhtusi", 110),
        ("pionersky", 120),
        ("olenegorsk", 60),
        ("pechora", 110),
        ("fylingdales", 360),
        ("thule", 240),
        ("cape-cod", 240),
        ("deveselu", 360),
        ("redzikowo", 360),
    ],
)
def test_the_arrays_together_see_what_was_published_for_the_station(name: str, total: float) -> None:
    assert sum(width(face) for face in load_radar(name).faces.values()) == total


def test_armavir_s_rival_splits_differ_by_their_overlap_alone() -> None:
    faces = load_radar("armavir").faces.values()
    assert sum(width(face, "overlapping") for face in faces) - sum(width(face) for face in faces) == 20


@pytest.mark.parametrize("name", sorted(load_radars()))
def test_a_boresight_is_in_the_middle_of_what_its_array_sees(name: str) -> None:
    for face in load_radar(name).faces.values():
        if face.boresight_azimuth_deg is not None:
            middle = face.sector_deg.value[0] + width(face) / 2
            assert (face.boresight_azimuth_deg.value - middle) % 360 == 0


@pytest.mark.parametrize("name", sorted(load_radars()))
def test_what_ended_had_begun(name: str) -> None:
    for face in load_radar(name).faces.values():
        if face.on_duty_from and face.on_duty_until:
            ends = {claim.value for claim in face.on_duty_until.claims.values()}
            assert max(claim.value for claim in face.on_duty_from.claims.values()) < min(ends)


def test_brdy_s_powers_follow_from_its_modules() -> None:
    assert taken("brdy", "elements") * 10 / 1e3 == pytest.approx(taken("brdy", "peak_power_kw"), rel=0.01)
    assert taken("brdy", "mean_power_kw") == taken("brdy", "peak_power_kw") * taken("brdy", "duty_cycle")
    claims = {row.value for row in provenance("brdy") if row.parameter == "mean_power_kw"}
    assert max(claims) / min(claims) == 4  # the official misreading


def test_the_american_radars_powers_follow_from_their_modules() -> None:
    assert taken("cape-cod", "active_elements") * 0.325 == pytest.approx(taken("cape-cod", "peak_power_kw"))
    assert taken("fylingdales", "elements") * 0.340 == pytest.approx(taken("fylingdales", "peak_power_kw"))
    assert 3 * taken("fylingdales", "peak_power_kw") == pytest.approx(2500, rel=0.05)  # published for the station
    for name in ("cape-cod", "fylingdales", "thule"):
        assert taken(name, "mean_power_kw") == pytest.approx(taken(name, "peak_power_kw") / 4)
        assert taken(name, "instrumented_range_km") == pytest.approx(3000 * NAUTICAL_MILE_KM)


def test_pave_paws_range_is_remade_by_the_radar_equation() -> None:
    wavelength_m, gain = 299_792_458 / 435e6, 10**3.86
    area_m2 = gain * wavelength_m**2 / (4 * np.pi)
    assert area_m2 == pytest.approx(taken("cape-cod", "aperture_m2"), rel=0.01)
    energy_j = taken("cape-cod", "mean_power_kw") * 1e3 * taken("cape-cod", "revisit_s") / 120
    point = taken("cape-cod", "detection")
    assert range_km(energy_j, gain, area_m2, point.rcs_m2) == pytest.approx(point.range_km, rel=0.01)
    larger, stronger = 2560 / 1792, taken("thule", "mean_power_kw") / taken("cape-cod", "mean_power_kw")
    thule = taken("thule", "detection")
    expected = range_km(energy_j * stronger, gain * larger, area_m2 * larger, thule.rcs_m2)
    assert expected == pytest.approx(thule.range_km, rel=0.01)
    assert taken("thule", "aperture_m2") == pytest.approx(area_m2 * larger, rel=0.01)


def test_the_ship_radar_s_two_recalled_ranges_are_one_law_and_the_other_is_remade() -> None:
    """A golf ball (0.0025 m2) at 165 km and a missile (0.03 m2) at 310 km: the fourth power agrees."""
    point = taken("deveselu", "detection")
    assert (point.range_km / 165) ** 4 == pytest.approx(point.rcs_m2 / 0.0025, rel=0.05)
    area_m2, wavelength_m = 0.8 * 12.0, 299_792_458 / 3.3e9
    other = range_km(58e3 * 0.1, 4 * np.pi * area_m2 / wavelength_m**2, area_m2, 0.01)
    computed = radar_parameters("deveselu", {"detection": "radar-equation"})
    assert other == pytest.approx(computed.reference_range_m / 1e3, rel=0.01)


def test_the_published_hill_of_brdy_is_seven_kilometres_from_the_recalled_one() -> None:
    claims = load_radar("brdy").position_deg.claims
    (lat_1, lon_1), (lat_2, lon_2) = np.radians([claims[name].value for name in ("ministry-2007", "recalled")])
    assert inverse(lat_1, lon_1, lat_2, lon_2)[0] == pytest.approx(7.1e3, abs=200)


def test_parameters_carry_what_was_published_in_si() -> None:
    p = radar_parameters("cape-cod")
    assert (p.frequency_hz, p.peak_power_w, p.aperture_m2) == (435e6, pytest.approx(582.4e3), 274.0)
    assert np.degrees([face.boresight_azimuth_rad for face in p.faces]) == pytest.approx([47, 167])
    assert radar_parameters("armavir").track_capacity == 500
    assert radar_parameters("armavir").peak_power_w is None
    assert radar_parameters("ship-eastern-mediterranean").position_error_m == 250e3


# -- architectures and interceptor sites -------------------------------------------------------------------------------


def test_the_architectures_of_the_design_are_there() -> None:
    assert list(load_architectures()) == [
        "none",
        "gabala-armavir-2007",
        "third-site-2007",
        "both-2007",
        "phased-2009",
        "phased-2011",
        "phased-2015",
        "phased-2018",
    ]
    assert load_architecture("none").elements == {}
    with pytest.raises(UnknownNameError, match="no architecture 'both'; did you mean 'both-2007'"):
        load_architecture("both")


def test_every_element_is_an_entry_there_is() -> None:
    for architecture in load_architectures().values():
        for element in architecture.elements.values():
            assert element.entry in entries(element.kind)


def test_both_is_the_sum_of_the_two_and_each_phase_holds_the_one_before() -> None:
    def elements(name: str) -> set[tuple[str, str]]:
        return {(element.kind, element.entry) for element in load_architecture(name).elements.values()}

    assert elements("both-2007") == elements("gabala-armavir-2007") | elements("third-site-2007")
    for before, after in (
        ("phased-2009", "phased-2011"),
        ("phased-2011", "phased-2015"),
        ("phased-2015", "phased-2018"),
    ):
        assert elements(before) < elements(after)


def test_no_element_stands_before_its_radar_served() -> None:
    for architecture in load_architectures().values():
        for element in architecture.elements.values():
            if element.kind != "radars" or element.since is None or element.since.claims[element.since.taken].note:
                continue  # a plan
            starts = [
                claim.value[:4]
                for face in load_radar(element.entry).faces.values()
                if face.on_duty_from
                for claim in face.on_duty_from.claims.values()
            ]
            assert not starts or element.since.value[:4] >= min(starts)


def test_both_sides_speeds_of_the_third_site_s_interceptor_stand_side_by_side() -> None:
    speeds = load_interceptor_sites()["poland-gbi-2007"].claimed_speed_km_s
    assert {name: claim.value for name, claim in speeds.claims.items()} == {
        "mda-burnout": (6.3, 6.3),
        "mda-slides": (5.4, 5.4),
        "postol-aaas": (7.7, 8.3),
        "postol-press": (9.0, 9.0),
    }


def test_an_interceptor_site_has_a_place_and_claims_and_nothing_to_fly() -> None:
    site = load_interceptor_sites()["redzikowo"]
    assert not {"burn_time_s", "stages", "kill", "acceleration"} & set(type(site).model_fields)
