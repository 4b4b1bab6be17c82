"""A 95 % ellipse on the ground, from a covariance in east and north."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, pi, sin, sqrt

import numpy as np

from jointwatch.earth.arrays import Bools, Floats

CHI2_95_2DOF = 5.991464547107979  # -2 ln 0.05: the 95 % point of chi-square with two degrees of freedom


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Where something lies with 95 %: centre, semi-axes, azimuth of the major one (clockwise from north, [0, pi))."""

    latitude_rad: float
    longitude_rad: float
    semi_major_m: float
    semi_minor_m: float
    azimuth_rad: float


def ellipse_95(latitude_rad: float, longitude_rad: float, cov_en_m2: Floats) -> Ellipse:
    """95 % ellipse, in metres, of a position with covariance (2, 2) in east and north, metres squared.

    >>> ellipse = ellipse_95(0.6, 0.9, np.diag([100.0, 400.0]))
    >>> round(ellipse.semi_major_m, 2), round(ellipse.semi_minor_m, 2), round(ellipse.azimuth_rad, 6)
    (48.95, 24.48, 0.0)
    """
    values, vectors = np.linalg.eigh(np.asarray(cov_en_m2, dtype=float))
    minor, major = np.sqrt(CHI2_95_2DOF * np.maximum(values, 0.0))
    azimuth = atan2(vectors[0, 1], vectors[1, 1]) % pi
    return Ellipse(latitude_rad, longitude_rad, float(major), float(minor), 0.0 if pi - azimuth < 1e-12 else azimuth)


def contains(ellipse: Ellipse, east_m: Floats, north_m: Floats) -> Bools:
    """Whether points, given in metres east and north of the centre, lie inside the ellipse."""
    along = east_m * sin(ellipse.azimuth_rad) + north_m * cos(ellipse.azimuth_rad)
    across = east_m * cos(ellipse.azimuth_rad) - north_m * sin(ellipse.azimuth_rad)
    return np.asarray((along / ellipse.semi_major_m) ** 2 + (across / ellipse.semi_minor_m) ** 2 <= 1.0)


def covariance_en(ellipse: Ellipse) -> Floats:
    """Covariance (2, 2) in east and north, metres squared, that the 95 % ellipse stands for."""
    along = np.array([sin(ellipse.azimuth_rad), cos(ellipse.azimuth_rad)])
    across = np.array([cos(ellipse.azimuth_rad), -sin(ellipse.azimuth_rad)])
    a, b = ellipse.semi_major_m / sqrt(CHI2_95_2DOF), ellipse.semi_minor_m / sqrt(CHI2_95_2DOF)
    return np.asarray(a * a * np.outer(along, along) + b * b * np.outer(across, across))
