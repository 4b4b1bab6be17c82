"""Do two centres' findings agree, item by item, and on what not?

Two values agree when their difference lies inside the 99 % region of the sum of their covariances: chance alone puts
it outside in one case of a hundred. Two centres that share plots have errors in common; their sum of covariances is
then too wide, so that agreement is claimed a little too easily and a disagreement stands all the more.

A partner's numbers are judged, not trusted: no sigma counts for less than 1 m, 1 ms or a microradian, and a covariance
that is none (indefinite) is taken at the nearest one that is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import degrees, pi, remainder, sqrt
from typing import Any, Literal

import numpy as np

from jointwatch.assessment.finding import Direction, Finding, Instant, Place
from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns
from jointwatch.earth.topocentric import enu_basis

CHI2_99 = {1: 6.634896601021213, 2: 9.210340371976182}  # 99 % points of chi-square; for two: -2 ln 0.01
NO_VERDICT = (None, "", "undecided")  # empty: withheld
LEAST_M, LEAST_S, LEAST_RAD = 1.0, 1e-3, 1e-6

Status = Literal["agree", "disagree", "one side has no value", "no value on either side"]


@dataclass(frozen=True, slots=True)
class Concordance:
    """How two centres stand on one item, and the sentence that carries both values.

    distance_sigma: the difference in sigmas of the sum of both covariances (Mahalanobis); None where there is none.
    """

    item: str
    status: Status
    distance_sigma: float | None
    sentence: str


def compare(a: Finding, b: Finding) -> list[Concordance]:
    """Concordance of two findings: launch place, time and direction, impact place and time, verdict, number of objects.

    Symmetric: with the findings exchanged only the order of the names in the sentences changes.
    """
    return [
        _item("launch place", a, b, lambda f: f.launch_place, _places),
        _item("launch time", a, b, lambda f: f.launch_time, _instants),
        _item("launch direction", a, b, lambda f: f.direction, _directions),
        _item("impact place", a, b, lambda f: f.impact_place, _places),
        _item("impact time", a, b, lambda f: f.impact_time, _instants),
        _item("verdict", a, b, lambda f: None if f.verdict in NO_VERDICT else f.verdict, _equals),
        _item("number of objects", a, b, lambda f: f.objects, _equals),
    ]


@dataclass(frozen=True, slots=True)
class _Difference:
    """Two values said by people, by how much they differ, and the squared distance with its degrees of freedom."""

    a: str
    b: str
    apart: str
    squared: float | None
    freedom: int
    inside: bool


def _item(
    item: str, a: Finding, b: Finding, value: Callable[[Finding], Any], differ: Callable[[Any, Any], _Difference]
) -> Concordance:
    of_a, of_b = value(a), value(b)
    if of_a is None or of_b is None:
        return _without(item, a, b, differ, of_a, of_b)
    found = differ(of_a, of_b)
    sigma = None if found.squared is None else sqrt(found.squared)
    said = f"{item}: {a.centre} {found.a}, {b.centre} {found.b}"
    if found.inside:
        return Concordance(item, "agree", sigma, f"{said}; they agree{found.apart}")
    return Concordance(item, "disagree", sigma, f"{said}; they disagree{found.apart}")


def _without(
    item: str, a: Finding, b: Finding, differ: Callable[[Any, Any], _Difference], of_a: object, of_b: object
) -> Concordance:
    """Concordance on an item for which a side has no value."""
    if of_a is None and of_b is None:
        return Concordance(
            item, "no value on either side", None, f"{item}: neither {a.centre} nor {b.centre} has a value"
        )
    one, none, value = (a.centre, b.centre, of_a) if of_b is None else (b.centre, a.centre, of_b)
    said = differ(value, value).a
    return Concordance(item, "one side has no value", None, f"{item}: {one} {said}, {none} has no value")


def _places(a: Place, b: Place) -> _Difference:
    """Difference of two places, in the east and north of the point between them, so that neither side is preferred."""
    r_a, r_b = (ecef_from_geodetic(place.latitude_rad, place.longitude_rad, 0.0) for place in (a, b))
    x, y, z = r_a + r_b
    basis = enu_basis(np.arctan2(z, np.hypot(x, y)), np.arctan2(y, x))
    away = (basis @ (r_b - r_a))[:2]
    squared = float(away @ np.linalg.solve(_covariance(a) + _covariance(b), away))
    distance_m, _, _ = geodesic.inverse(a.latitude_rad, a.longitude_rad, b.latitude_rad, b.longitude_rad)
    return _gaussian(_said_place(a), _said_place(b), f"{float(distance_m) / 1e3:.1f} km", squared, 2)


def _covariance(place: Place) -> Floats:
    """Return its covariance with no sigma below the least in any direction."""
    values, vectors = np.linalg.eigh(np.asarray(place.cov_en_m2, dtype=float))
    return np.asarray(vectors * np.maximum(values, LEAST_M**2) @ vectors.T)


def _instants(a: Instant, b: Instant) -> _Difference:
    apart_s = (b.time_tai_ns - a.time_tai_ns) / NS_PER_S
    squared = apart_s**2 / (max(a.sigma_s, LEAST_S) ** 2 + max(b.sigma_s, LEAST_S) ** 2)
    return _gaussian(_said_instant(a), _said_instant(b), f"{abs(apart_s):.1f} s", squared, 1)


def _directions(a: Direction, b: Direction) -> _Difference:
    apart_rad = abs(remainder(b.azimuth_rad - a.azimuth_rad, 2.0 * pi))
    squared = apart_rad**2 / (max(a.sigma_rad, LEAST_RAD) ** 2 + max(b.sigma_rad, LEAST_RAD) ** 2)
    return _gaussian(_said_direction(a), _said_direction(b), f"{degrees(apart_rad):.1f} deg", squared, 1)


def _equals(a: object, b: object) -> _Difference:
    return _Difference(f"says {a}", f"says {b}", "", None, 0, a == b)


def _gaussian(a: str, b: str, apart: str, squared: float, freedom: int) -> _Difference:
    inside = squared <= CHI2_99[freedom]
    return _Difference(a, b, f": {apart} apart, {sqrt(squared):.1f} sigma", squared, freedom, inside)


def _said_place(place: Place) -> str:
    latitude, longitude = degrees(place.latitude_rad), degrees(place.longitude_rad)
    largest_m = sqrt(float(np.linalg.eigvalsh(_covariance(place))[-1]))
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):.2f} {north} {abs(longitude):.2f} {east} (sigma up to {largest_m / 1e3:.1f} km)"


def _said_instant(instant: Instant) -> str:
    return f"{utc_from_tai_ns(instant.time_tai_ns)} (sigma {instant.sigma_s:.1f} s)"


def _said_direction(direction: Direction) -> str:
    return f"{degrees(direction.azimuth_rad) % 360.0:.1f} deg (sigma {degrees(direction.sigma_rad):.1f} deg)"
