"""The six numbers by which a satellite may be elsewhere than its elements say, held against SGP4 on other elements."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jointwatch.assessment.integrity.orbit_error import age_days, directions, displacement
from jointwatch.earth.ellipsoid import GM_M3_S2
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.flight.satellites import ShortArcs, catalogue_of
from jointwatch.studies.scenario import load
from jointwatch.studies.sky import made
from jointwatch.tracking.known import Known

START = 1_642_809_600 * NS_PER_S
OFF_M = 500.0
FITS_TO_M = 60.0
"""Of 500 m: the eccentricities are not zero, the period changes a little, and SGP4 is no two-body orbit."""


@pytest.fixture(scope="module")
def known() -> Known:
    given = load("full-sky").sky
    assert given is not None
    low = made(given.model_copy(update={"objects": 200}), 3, START).published
    near = [row for row, each in enumerate(low.elements) if each.mean_motion > 11 and each.eccentricity < 0.01]
    return Known(low[np.array(near)])


def off(known: Known, **changes: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """States by the elements, and by others that differ, over 20 minutes; and ages in days."""
    elements = list(known.catalogue.elements)
    other = []
    for each in elements:
        a = (GM_M3_S2 / (each.mean_motion * 2 * np.pi / 86400) ** 2) ** (1 / 3)
        by = {
            "mean_anomaly": lambda e, a=a: e.mean_anomaly + np.degrees(OFF_M / a),
            "eccentricity": lambda e, a=a: e.eccentricity + OFF_M / a,
            "inclination": lambda e, a=a: e.inclination + np.degrees(OFF_M / a),
        }
        other.append(replace(each, **{name: by[name](each) for name in changes}))  # type: ignore[type-var]
    times = START + np.arange(0, 1200, 60) * NS_PER_S
    here, there = ShortArcs(known.catalogue), ShortArcs(catalogue_of(other))
    x = np.concatenate([here.at(int(t)) for t in times])
    y = np.concatenate([there.at(int(t)) for t in times])
    rows = np.tile(np.arange(len(elements)), len(times))
    return x, y, age_days(known, rows, np.repeat(times, len(elements)))


@pytest.mark.parametrize("which", ["mean_anomaly", "eccentricity", "inclination"])
def test_a_wrong_element_is_a_sum_of_the_six(known: Known, which: str) -> None:
    x, y, age = off(known, **{which: ""})
    D, d = displacement(x, age), y[:, :3] - x[:, :3]
    objects = len(known.catalogue)
    for one in range(0, objects, 7):
        mine = np.arange(one, len(x), objects)
        p, *_ = np.linalg.lstsq(D[mine].reshape(-1, 6)[:, [0, 2, 3, 4, 5]], d[mine].ravel(), rcond=None)
        left = d[mine].ravel() - D[mine].reshape(-1, 6)[:, [0, 2, 3, 4, 5]] @ p
        assert np.abs(left).max() < FITS_TO_M
        assert np.linalg.norm(d[mine], axis=1).max() > 0.4 * OFF_M


def test_growth_along_the_track_is_the_offset_times_the_age(known: Known) -> None:
    x, _, age = off(known)
    D = displacement(x, age)
    np.testing.assert_allclose(D[:, :, 1], D[:, :, 0] * age[:, None])


def test_directions_are_a_right_handed_frame(known: Known) -> None:
    x, _, _ = off(known)
    outward, along, across = directions(x)
    np.testing.assert_allclose(np.cross(outward, along), across, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(outward, axis=1), 1.0)
    assert (np.einsum("ki,ki->k", outward, x[:, :3]) > 0.9 * np.linalg.norm(x[:, :3], axis=1)).all()
