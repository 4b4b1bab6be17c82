"""The tables of the debate, computed again: horizons from five Iranian places, and what published radar figures imply.

Expected numbers stand as they were computed before, on a sphere of 6,371 km; each tolerance is its rounding, plus what
the ellipsoid changes where our own geodesics are asked.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import constants

from jointwatch.earth import geodesic, horizon
from jointwatch.earth.ionosphere import TECU, Ionosphere, range_delay_m
from jointwatch.sensors.range_equation import gain, tracking_range_m

R_KM = 6371.0
PLACES = {
    "tabriz": (38.08, 46.29),
    "tehran": (35.69, 51.39),
    "semnan": (35.234, 53.921),
    "shahroud": (36.20, 55.33),
    "bandar-abbas": (27.2, 56.3),
}
RADARS = {
    "gabala": (40.8707, 47.8027),
    "armavir": (44.9251, 40.9839),
    "kurecik": (38.34944, 37.79361),
    "brdy": (49.67, 13.83),
}
# ground range km, bearing deg, lowest visible height km at 0, 2 and 3 degrees; places in the order above
TABLE = {
    "gabala": [(336, 203, 9, 21, 27), (656, 150, 34, 57, 69), (824, 138, 54, 83, 98), (835, 126, 55, 85, 100),
               (1708, 150, 236, 300, 332)],
    "armavir": [(880, 148, 61, 93, 108), (1352, 136, 146, 196, 221), (1537, 130, 190, 247, 276),
                (1549, 124, 193, 250, 279), (2395, 140, 478, 574, 623)],
    "kurecik": [(743, 90, 44, 70, 83), (1241, 100, 123, 168, 191), (1475, 99, 175, 229, 257), (1568, 93, 198, 256, 286),
                (2122, 120, 370, 453, 495)],
    "brdy": [(2873, 104, 708, 830, 892), (3394, 103, 1025, 1180, 1261), (3604, 101, 1176, 1347, 1435),
             (3638, 98, 1201, 1375, 1465), (4378, 109, 1870, 2113, 2241)],
}  # fmt: skip
ROWS = [(radar, place, row) for radar, rows in TABLE.items() for place, row in zip(PLACES, rows, strict=True)]

CITY_KM = 4.0  # the table's Tehran and Bandar Abbas are places within the cities, not written down
BEARING_DEG = 1.0  # rounding, and those places


def sphere(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    """Distance, km, and bearing, degrees, on the sphere, by the formulas of the books."""
    (a, x), (b, y) = (tuple(math.radians(v) for v in point) for point in (start, end))
    distance = math.acos(math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(y - x))
    east = math.sin(y - x) * math.cos(b)
    north = math.cos(a) * math.sin(b) - math.sin(a) * math.cos(b) * math.cos(y - x)
    return R_KM * distance, math.degrees(math.atan2(east, north)) % 360


def lowest_km(distance_km: float, elevation_deg: float) -> float:
    """Height, by the law of sines in the triangle of centre, radar and object."""
    psi, elevation = distance_km / R_KM, math.radians(elevation_deg)
    return R_KM * (math.sin(math.pi / 2 + elevation) / math.sin(math.pi / 2 - elevation - psi) - 1)


@pytest.mark.parametrize(("radar", "place", "row"), ROWS)
def test_the_horizon_table_on_a_sphere(radar: str, place: str, row: tuple[float, ...]) -> None:
    distance, bearing = sphere(RADARS[radar], PLACES[place])
    assert distance == pytest.approx(row[0], abs=CITY_KM)
    assert bearing == pytest.approx(row[1], abs=BEARING_DEG)
    for elevation, height in zip((0, 2, 3), row[2:], strict=True):
        # a kilometre of rounding; two more of distance lift the height by the slope of the line of sight
        slope = (lowest_km(row[0] + 1, elevation) - lowest_km(row[0] - 1, elevation)) / 2
        assert lowest_km(distance, elevation) == pytest.approx(height, abs=1 + slope * CITY_KM)


@pytest.mark.parametrize(("radar", "place", "row"), ROWS)
def test_the_horizon_table_by_our_own_geodesics(radar: str, place: str, row: tuple[float, ...]) -> None:
    """Our distances are the ellipsoid's: up to 0.4 % longer, which at Brdy is 15 km, and 1.2 % of the height."""
    distance, bearing, _ = geodesic.inverse(*np.deg2rad([*RADARS[radar], *PLACES[place]]))
    heights = horizon.minimum_visible_height_m(distance, np.deg2rad([0.0, 2.0, 3.0])) / 1e3
    assert distance / 1e3 == pytest.approx(row[0], rel=0.004, abs=CITY_KM)
    assert np.rad2deg(bearing) % 360 == pytest.approx(row[1], abs=BEARING_DEG)
    assert heights == pytest.approx(np.array(row[2:], dtype=float), rel=0.012, abs=3.0)


def test_every_place_bears_as_the_sectors_of_the_debate_want_it() -> None:
    def bearings(radar: str) -> list[float]:
        return [sphere(RADARS[radar], place)[1] for place in PLACES.values()]

    assert all(107 <= bearing <= 217 for bearing in bearings("gabala"))
    for split in ((55, 175), (55, 185)):
        assert all(split[0] <= bearing <= split[1] for bearing in bearings("armavir"))
    for split in ((175, 295), (165, 295)):
        assert not any(split[0] <= bearing <= split[1] for bearing in bearings("armavir"))


@pytest.mark.parametrize(("slant_km", "height_km"), [(4000, 1152), (6000, 2381)])
def test_how_high_a_level_line_of_sight_is_after_a_range(slant_km: float, height_km: float) -> None:
    distance = R_KM * 1e3 * math.atan(slant_km / R_KM)
    assert horizon.minimum_visible_height_m(distance) / 1e3 == pytest.approx(height_km, abs=1.0)
    assert math.hypot(R_KM, slant_km) - R_KM == pytest.approx(height_km, abs=1.0)


# -- consistency of published radar figures ----------------------------------------------------------------------------

ELEMENTS, APERTURE_M2, WAVELENGTH_M = 16_896, 105.0, constants.c / 9.5e9
QUARTER_M2 = ELEMENTS * WAVELENGTH_M**2 / 4


def by_hand_km(energy_j: float, gain: float, area_m2: float, rcs_m2: float) -> float:
    """The radar equation with a signal of 20 times the noise, 500 K and 8 dB."""
    noise = constants.k * 500 * 10**0.8 * 20
    return (energy_j * gain * area_m2 * rcs_m2 / ((4 * math.pi) ** 2 * noise)) ** 0.25 / 1e3


def ours_km(energy_j: float, gain: float, area_m2: float, rcs_m2: float) -> float:
    return tracking_range_m(20.0, rcs_m2, energy_j=energy_j, gain=gain, aperture_m2=area_m2,
                            noise_temperature_k=500.0, losses=10**0.8) / 1e3  # fmt: skip


def test_the_czech_radars_170_kilowatts_are_what_its_elements_send_in_a_pulse() -> None:
    assert pytest.approx(170, rel=0.01) == ELEMENTS * 10 / 1e3


@pytest.mark.parametrize(("area", "published"), [(APERTURE_M2, 2420), (QUARTER_M2, 485)])
def test_the_czech_radars_range_by_the_use_of_its_aperture(area: float, published: float) -> None:
    """A quarter of the time at 169 kW, and 0.8 of the area on reception: the second is not in the list of inputs."""
    inputs = ELEMENTS * 10 / 4 * 0.1, 4 * math.pi * area / WAVELENGTH_M**2, 0.8 * area, 0.01
    assert by_hand_km(*inputs) == pytest.approx(published, abs=5.0)
    assert ours_km(*inputs) == pytest.approx(by_hand_km(*inputs), rel=1e-6)
    without = *inputs[:2], area, 0.01
    assert ours_km(*without) == pytest.approx(published * 0.8**-0.25, rel=0.003)  # 2,560 and 512 km


@pytest.mark.parametrize(("rcs", "published"), [(0.01, 820), (0.1, 1455)])
def test_the_forward_radars_range_by_cross_section(rcs: float, published: float) -> None:
    assert by_hand_km(8100, 1.03e5, 0.8 * 9.2, rcs) == pytest.approx(published, abs=5.0)
    assert ours_km(8100, 1.03e5, 0.8 * 9.2, rcs) == pytest.approx(published, abs=5.0)


def test_the_drawn_circle_means_a_tenth_of_a_square_metre() -> None:
    reach = by_hand_km(8100, 1.03e5, 0.8 * 9.2, 0.1)
    assert 0.1 * (1500 / reach) ** 4 == pytest.approx(0.113, abs=0.002)


def test_gain_is_that_of_the_wavelength_squared() -> None:
    assert gain(APERTURE_M2, WAVELENGTH_M) == pytest.approx(4 * math.pi * APERTURE_M2 / WAVELENGTH_M**2)


def test_the_czech_radars_beam_goes_with_its_aperture() -> None:
    diameter = math.sqrt(4 * APERTURE_M2 / math.pi)
    assert math.degrees(1.02 * WAVELENGTH_M / diameter) == pytest.approx(0.16, abs=0.005)  # published: 0.18


def test_the_czech_radars_elements_stand_two_and_a_half_wavelengths_apart() -> None:
    """At 11.6 degrees a second beam is as strong as the first; weaker ones are in its field at any angle."""
    pitch = math.sqrt(APERTURE_M2 / ELEMENTS)
    assert pitch == pytest.approx(0.079, abs=0.0005)
    assert pitch / WAVELENGTH_M == pytest.approx(2.5, abs=0.01)
    assert math.degrees(math.asin(WAVELENGTH_M / 2 / pitch)) == pytest.approx(11.6, abs=0.1)
    assert WAVELENGTH_M / pitch - 1 < 0  # sine of the widest scan without any second beam: there is none


def test_daryals_beam_and_what_it_hands_over() -> None:
    beams = [math.degrees(0.886 * wavelength / 80) for wavelength in (1.5, 2.0)]
    assert beams == pytest.approx([0.95, 1.27], abs=0.005)
    assert 1000 * math.radians(beams[1]) / 10 == pytest.approx(2.0, abs=0.3)  # km across, a tenth of a beam
    assert 1000 * math.radians(0.18) == pytest.approx(3.1, abs=0.05)  # km, the X-band beam there


def test_fylingdales_and_pave_paws() -> None:
    assert pytest.approx(870, abs=1) == 2560 * 340 / 1e3
    assert pytest.approx(2.61, abs=0.01) == 3 * 2560 * 340 / 1e6  # published: 2.5 MW
    assert pytest.approx(20.8, abs=0.05) == 2.5 / 120 * 1e3
    assert 240 / 120 == 2.0


@pytest.mark.parametrize(("mhz", "metres"), [(160, 472), (430, 65), (9500, 0.13)])
def test_what_thirty_tecu_do_to_a_range(mhz: float, metres: float) -> None:
    day = Ionosphere(30 * TECU)
    overhead = range_delay_m(mhz * 1e6, np.pi / 2, 40_000e3, day)
    assert overhead == pytest.approx(metres, rel=0.04)
    assert overhead == pytest.approx(40.3 * 30e16 / (mhz * 1e6) ** 2, rel=0.005)
    if mhz == 160:  # "three times at low elevation, 1.4 km"
        assert range_delay_m(mhz * 1e6, np.deg2rad(2.0), 4_000e3, day) == pytest.approx(1_400, rel=0.03)
