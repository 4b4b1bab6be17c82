"""Scan loss: the angle off boresight by vectors, faces that share the sky, and the same in the looks of many radars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jointwatch.sensors.coverage import in_field_of_regard
from jointwatch.sensors.detection import of_radar, snr
from jointwatch.sensors.looks import detection_probability, table
from jointwatch.sensors.measurement import position, predict
from jointwatch.sensors.radar import Face, Radar
from jointwatch.sensors.scan_loss import cos_off_boresight, loss


def face(start: float, end: float, low: float = 2.0, high: float = 55.0) -> Face:
    return Face(f"{start:g} to {end:g}", *(float(angle) for angle in np.radians([start, end, low, high])))


def rows(count: int = 2000) -> np.ndarray:
    rng = np.random.default_rng(3)
    return np.stack(
        [10 ** rng.uniform(5.6, 6.7, count), rng.uniform(0, 2 * np.pi, count), rng.uniform(0, 1.5, count)], -1
    )


def unit(azimuth: np.ndarray, elevation: np.ndarray) -> np.ndarray:
    return np.stack(
        [np.cos(elevation) * np.sin(azimuth), np.cos(elevation) * np.cos(azimuth), np.sin(elevation)], axis=-1
    )


def test_the_cosine_is_that_of_the_angle_between_two_unit_vectors(gabala: Radar) -> None:
    radar, z = replace(gabala, scan_loss_exponent=2.5, boresight_elevation_rad=0.3), rows()
    expected = unit(z[:, 1], z[:, 2]) @ unit(np.radians(162.0), np.array(0.3))
    assert cos_off_boresight(radar, radar.faces, z) == pytest.approx(np.maximum(expected, 0.0), abs=1e-12)
    assert loss(radar, radar.faces, z) == pytest.approx(np.maximum(expected, 0.0) ** 2.5, abs=1e-12)


def test_on_boresight_nothing_is_lost_and_without_an_exponent_nowhere(gabala: Radar) -> None:
    ahead = np.array([[1e6, np.radians(162.0), 0.3]])
    assert loss(replace(gabala, scan_loss_exponent=3.0, boresight_elevation_rad=0.3), gabala.faces, ahead) == 1.0
    assert (loss(gabala, gabala.faces, rows()) == 1.0).all()


def test_where_two_faces_overlap_the_better_one_looks(gabala: Radar) -> None:
    faces = (face(305, 55), face(35, 145))  # one through north
    radar = replace(gabala, faces=faces, scan_loss_exponent=2.0)
    azimuth = np.radians([350.0, 36.0, 54.0, 90.0])
    z = np.stack([np.full(4, 1e6), azimuth, np.full(4, 0.05)], axis=-1)
    aside = np.degrees(np.arccos(cos_off_boresight(radar, faces, z) / np.cos(0.05)))
    assert aside == pytest.approx([10.0, 36.0, 36.0, 0.0], abs=1e-6)


@pytest.mark.parametrize("law", [{}, {"swerling": 0}, {"pulses": 8}, {"swerling": 0, "pulses": 3}])
def test_looks_of_many_radars_lose_and_detect_as_each_radar_does(gabala: Radar, law: dict[str, int]) -> None:
    """From a table that is read linearly: 2e-5."""
    radars = [
        replace(gabala, scan_loss_exponent=2.5, boresight_elevation_rad=0.35, **law),
        replace(gabala, faces=(face(305, 55), face(35, 145)), scan_loss_exponent=1.5, **law),
        gabala,
    ]
    r, _ = position(gabala.site, rows(), np.ones((2000, 3)))
    seen = detection_probability(table(radars), r, 0.1)
    for row, radar in zip(seen, radars, strict=True):
        z = predict(radar.site, r)
        pd = of_radar(radar, snr(radar, z[:, 0], 0.1) * loss(radar, radar.faces, z))
        expected = np.where(in_field_of_regard(radar, radar.faces, r), pd, 0.0)
        assert row == pytest.approx(expected, abs=2e-5)
        assert (expected > 0.01).sum() > 50


def test_one_array_wider_than_half_a_turn_is_refused(gabala: Radar) -> None:
    with pytest.raises(ValueError, match=r"face '0 to 240' is wider; give each array as a face of its own"):
        replace(gabala, faces=(face(0, 240),), scan_loss_exponent=2.0)
