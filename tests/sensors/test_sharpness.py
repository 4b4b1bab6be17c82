"""What a look says of a position is what its measurement, its error and its probability say of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.sensors.accuracy import measurement_sigma
from jointwatch.sensors.detection import snr
from jointwatch.sensors.looks import detection_probability, table
from jointwatch.sensors.measurement import jacobian, predict
from jointwatch.sensors.radar import Radar
from jointwatch.sensors.scan_loss import cos_off_boresight, loss
from jointwatch.sensors.sharpness import LEAST_PROBABILITY, accuracies, sharp_looks
from jointwatch.studies.architecture import catalogue_radar

HALF = replace(catalogue_radar("fylingdales")[0], scan_loss_exponent=2.5)
RADARS = [catalogue_radar("gabala")[0], catalogue_radar("armavir")[0], HALF]
RCS_M2, LOOKS = np.array([1.0, 0.3, 2.0]), np.array([1.0, 0.5, 2.0])
RNG = np.random.default_rng(4)
R = ecef_from_geodetic(RNG.uniform(0.4, 1.0, 240), RNG.uniform(0.0, 1.2, 240), RNG.uniform(1e5, 2e6, 240)).reshape(
    12, 20, 3
)
WATCH = table(RADARS)
P = detection_probability(WATCH, R, RCS_M2)
SHARP = sharp_looks(WATCH, accuracies(RADARS), R, P, rcs_m2=RCS_M2, looks_in_a_step=LOOKS)


def oracle(radar: Radar, r: np.ndarray, rcs_m2: float, weight: float) -> np.ndarray:
    z = predict(radar.site, r[None])
    cosine = cos_off_boresight(radar, radar.faces, z)
    sigma = measurement_sigma(radar, snr(radar, z[:, 0], rcs_m2) * loss(radar, radar.faces, z), cosine)
    H = jacobian(radar.site, r[None])[0] / sigma[0][:, None]
    return weight * H.T @ H


def test_every_look_that_may_detect_is_there_once_and_says_what_its_measurement_says() -> None:
    assert len(SHARP.step) == (P >= LEAST_PROBABILITY).sum() > 100
    for arc in range(len(R)):
        held = range(SHARP.begin[arc], SHARP.begin[arc + 1])
        assert [(SHARP.step[n], SHARP.radar[n]) for n in held] == sorted(
            (t, i) for i, t in np.argwhere(P[:, arc] >= LEAST_PROBABILITY)
        )
        for n in held:
            i, t = SHARP.radar[n], SHARP.step[n]
            expected = oracle(RADARS[i], R[arc, t], RCS_M2[i], P[i, arc, t] * LOOKS[i])
            found = SHARP.information[n][[0, 1, 2, 1, 3, 4, 2, 4, 5]].reshape(3, 3)
            assert found == pytest.approx(expected, rel=1e-6, abs=1e-9 * np.trace(expected))


def test_where_nothing_is_seen_there_are_no_looks() -> None:
    nothing = sharp_looks(WATCH, accuracies(RADARS), R, 0 * P, rcs_m2=RCS_M2, looks_in_a_step=LOOKS)
    assert nothing.begin.tolist() == [0] * (len(R) + 1)
    assert len(nothing.information) == 0
