"""Flights of known truth and the tracks a filter of known covariance would have kept of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from jointwatch.flight.boost import BoostProfile
from jointwatch.flight.path import fly

LAUNCH_TAI_NS = 1_233_599_434_000_000_000  # 2009-02-02T18:30:00Z
LATITUDE_RAD, LONGITUDE_RAD, AZIMUTH_RAD = 0.615, 0.941, 2.3  # near Semnan, to the south-east


@dataclass(frozen=True)
class Track:
    """A track's history, as this room reads it."""

    time_tai_ns: np.ndarray
    x: np.ndarray
    P: np.ndarray
    boost_probability: np.ndarray


@dataclass(frozen=True)
class Climb:
    """An ascent and its cut-off: profile, speed and angle relative to the Earth."""

    profile: BoostProfile
    speed_m_s: float
    angle_rad: float


def observed(
    climb: Climb,
    rng: np.random.Generator,
    *,
    first_s: float,
    last_s: float,
    latitude_rad: float = LATITUDE_RAD,
    longitude_rad: float = LONGITUDE_RAD,
    azimuth_rad: float = AZIMUTH_RAD,
    sigma_m: float = 500.0,
    sigma_m_s: float = 60.0,
    coasting: float = 1 / 3,
) -> Track:
    """States every 5 s with independent errors of known covariance, `coasting` times as large after cut-off."""
    flown = fly(
        climb.profile,
        latitude_rad=latitude_rad,
        longitude_rad=longitude_rad,
        azimuth_rad=azimuth_rad,
        burnout_speed_m_s=climb.speed_m_s,
        burnout_angle_rad=climb.angle_rad,
        times_s=np.arange(first_s, last_s, 5.0),
    )
    burning = flown.times_s <= climb.profile.burn_time_s
    sigma = np.repeat([sigma_m, sigma_m_s], 3) * np.where(burning, 1.0, coasting)[:, None]
    return Track(
        LAUNCH_TAI_NS + np.round(flown.times_s * 1e9).astype(np.int64),
        flown.states.pos_vel + sigma * rng.standard_normal(sigma.shape),
        sigma[:, :, None] ** 2 * np.eye(6),
        np.where(burning, 0.97, 0.02),
    )


@pytest.fixture
def observe() -> Callable[..., Track]:
    return observed


@pytest.fixture
def medium_range() -> Climb:
    """About 2,000 km, burnt out after 112 s near 95 km."""
    return Climb(BoostProfile(112.0, 0.41, 0.34), 3900.0, np.radians(35.0))


@pytest.fixture
def into_orbit() -> Climb:
    """Level at 250 km after 300 s, into an orbit of about 240 by 390 km."""
    return Climb(BoostProfile(300.0, None, 0.34, burnout_height_m=250e3), 7465.0, 0.0)


@pytest.fixture
def empty() -> Track:
    return Track(np.zeros(0, np.int64), np.zeros((0, 6)), np.zeros((0, 6, 6)), np.zeros(0))
