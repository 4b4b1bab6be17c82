"""A radar's values: dates of service, sectors through north, and refusals that say what to do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jointwatch.sensors.radar import NEVER_TAI_NS, Face, Radar, faces_on_duty, on_duty


def face(**changes: object) -> Face:
    plain = Face("south-western", 3.0, 5.0, 0.03, 1.0)
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_service_is_a_half_open_interval() -> None:
    served = face(on_duty_from_tai_ns=100, on_duty_until_tai_ns=200)
    assert [on_duty(served, t) for t in (99, 100, 199, 200)] == [False, True, True, False]


def test_open_ends_are_always() -> None:
    assert on_duty(face(), -(2**62))
    assert on_duty(face(), 2**62)


def test_a_planned_face_never_serves() -> None:
    assert not on_duty(face(on_duty_from_tai_ns=NEVER_TAI_NS), 2**62)


def test_each_array_has_its_own_dates(gabala: Radar) -> None:
    first, second = face(on_duty_from_tai_ns=10), face(name="south-eastern", on_duty_from_tai_ns=20)
    two = replace(gabala, faces=(first, second))
    assert [faces_on_duty(two, t) for t in (5, 15, 25)] == [(), (first,), (first, second)]


def test_a_sector_through_north_and_a_full_circle_have_their_widths() -> None:
    assert face(azimuth_from_rad=np.radians(305), azimuth_to_rad=np.radians(55)).azimuth_width_rad == pytest.approx(
        np.radians(110)
    )
    assert face(azimuth_from_rad=0.0, azimuth_to_rad=2 * np.pi).azimuth_width_rad == pytest.approx(2 * np.pi)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"elevation_min_rad": 1.2}, "from a lower to a higher angle"),
        ({"elevation_max_rad": 55.0}, "within a quarter turn, in radians"),
        ({"azimuth_to_rad": 217.0}, "convert degrees with numpy.radians"),
    ],
)
def test_a_face_refuses_degrees_and_upside_down_limits(changes: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        face(**changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reference_snr": 0.0}, "reference_snr must be above zero; got 0.0"),
        ({"sigma_range_m": float("nan")}, "sigma_range_m must be above zero; got nan"),
        ({"false_plots_per_scan": -1.0}, "false_plots_per_scan must not be negative; got -1.0"),
        ({"false_alarm_probability": 1.0}, "between 0 and 1"),
        ({"minimum_range_m": 7e6}, "minimum_range_m 7e[+]06 must be below instrumented_range_m 6e[+]06"),
    ],
)
def test_a_radar_refuses_values_it_cannot_have(gabala: Radar, changes: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(gabala, **changes)  # type: ignore[arg-type]
