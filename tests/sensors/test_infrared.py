"""Overhead infrared: when it speaks, and from where, by its declared delay and ellipse."""

from __future__ import annotations

import numpy as np
import pytest

from jointwatch.earth.geodesic import inverse
from jointwatch.sensors.infrared import Infrared, Reports, report

S = 1_000_000_000
SEMNAN = np.radians([35.2347, 53.9210])


def many(sensor: Infrared, n: int = 4000) -> Reports:
    return report(sensor, np.full(n, 10 * S), np.tile(SEMNAN, (n, 1)), np.random.default_rng(3))


def test_reports_come_45_to_65_seconds_after_the_launch_evenly() -> None:
    from scipy.stats import kstest

    delay_s = (many(Infrared(name="overhead")).time_tai_ns - 10 * S) / S
    assert 45.0 <= delay_s.min() < delay_s.max() <= 65.0
    assert kstest((delay_s - 45) / 20, "uniform").pvalue > 1e-4


def test_places_scatter_by_the_ellipse_along_its_axis() -> None:
    """One sigma of 20 and 5 km about a bearing of 30 degrees, each within four standard errors of 4,000."""
    said = many(Infrared(name="overhead", semi_major_m=20e3, semi_minor_m=5e3, azimuth_rad=float(np.radians(30))))
    distance, bearing, _ = inverse(SEMNAN[0], SEMNAN[1], said.place_rad[:, 0], said.place_rad[:, 1])
    along, across = distance * np.cos(bearing - np.radians(30)), distance * np.sin(bearing - np.radians(30))
    for values, sigma in ((along, 20e3), (across, 5e3)):
        assert np.std(values) == pytest.approx(sigma, rel=4 / np.sqrt(2 * 4000))
        assert abs(np.mean(values)) < 4 * sigma / np.sqrt(4000)


def test_a_share_of_launches_goes_unreported() -> None:
    share = many(Infrared(name="overhead", sees=0.7)).reported.mean()
    assert abs(share - 0.7) < 4 * np.sqrt(0.21 / 4000)


def test_over_the_pole_and_the_date_line_places_stay_places() -> None:
    places = np.radians([[89.999, 10.0], [-90.0, 0.0], [0.0, 180.0], [10.0, -179.999]])
    said = report(Infrared(name="overhead"), np.zeros(4, np.int64), places, np.random.default_rng(1))
    distance, _, _ = inverse(places[:, 0], places[:, 1], said.place_rad[:, 0], said.place_rad[:, 1])
    assert (distance < 60e3).all()


def test_what_is_no_sensor_or_no_place_is_refused() -> None:
    with pytest.raises(ValueError, match="least to a greatest number of seconds after launch; got 65 to 45"):
        Infrared(name="overhead", delay_least_s=65.0, delay_greatest_s=45.0)
    with pytest.raises(ValueError, match="a major axis not below the minor"):
        Infrared(name="overhead", semi_major_m=1.0)
    with pytest.raises(ValueError, match="the place of launch 1 is not a number"):
        report(Infrared(name="o"), np.zeros(2, np.int64), [SEMNAN, [np.nan, 0.0]], np.random.default_rng(1))
