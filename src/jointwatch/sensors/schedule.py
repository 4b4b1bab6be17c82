"""When a radar looks, and what one look returns.

A scan is made at one instant: everything in the field of regard is measured at the scan's time. At 5 s revisit a real
fence spreads its looks over the whole period; a study of association at high load would have to resolve that.
"""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.states import Ecef
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.sensors.coverage import in_field_of_regard
from jointwatch.sensors.detection import measurement_sigma, snr
from jointwatch.sensors.measurement import Plots, predict, wrap_azimuth
from jointwatch.sensors.radar import Face, Radar


def scan_times(radar: Radar, start_tai_ns: int, end_tai_ns: int, offset_s: float = 0.0) -> Ints:
    """TAI times in nanoseconds of the radar's scans in [start, end): start + offset, then every revisit period."""
    first = start_tai_ns + round(offset_s * NS_PER_S)
    step = round(radar.revisit_s * NS_PER_S)
    times = np.arange(first, end_tai_ns, step, dtype=np.int64)
    return times[times >= start_tai_ns]


def scan(
    radar: Radar,
    faces: tuple[Face, ...],
    time_tai_ns: int,
    truth: Ecef,
    rcs_m2: Floats,
    rng: np.random.Generator,
) -> Plots:
    """Plots of one scan: detections with noise, and false plots, in an order that tells nothing.

    truth: states (n, 6) at the scan's time; rcs_m2: (n,) mean cross-sections in the radar's band.
    rng is drawn from always in this order and number for n objects, so that a seed fixes the plots, and an object
    outside the field costs what one inside does: (1) n exponentials, the echo powers; (2) n x 3 normals, the errors;
    (3) one Poisson number per face; then for the m false plots (4) m exponentials, their powers, and (5) m x 3
    uniforms, where they lie; (6) the order of all plots. Without a face on duty nothing is drawn and nothing returned.
    """
    if not faces:
        return Plots(radar.site, radar.name, time_tai_ns, np.empty((0, 3)), np.empty((0, 3)))
    true_z, true_sigma = _detections(radar, faces, np.atleast_2d(truth.r_m), np.atleast_1d(rcs_m2), rng)
    false_z, false_sigma = _false_plots(radar, faces, rng)
    z, sigma = np.concatenate([true_z, false_z]), np.concatenate([true_sigma, false_sigma])
    order = rng.permutation(len(z))
    return Plots(radar.site, radar.name, time_tai_ns, z[order], sigma[order])


def _detections(
    radar: Radar, faces: tuple[Face, ...], r_ecef_m: Floats, rcs_m2: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Measured rows and their sigmas of the objects seen.

    The echo's power y, in units of noise, is exponential with mean 1 + SNR, and seen above T = -ln Pfa: that is the
    Swerling 1 detector itself. The radar judges its own accuracy by the SNR it measured, y - 1.
    """
    if len(r_ecef_m) != len(rcs_m2):
        raise ValueError(
            f"scan of {radar.name}: {len(r_ecef_m)} objects came with {len(rcs_m2)} cross-sections; give one each"
        )
    z = predict(radar.site, r_ecef_m)
    power = (1.0 + snr(radar, z[:, 0], rcs_m2)) * rng.standard_exponential(len(z))
    error = rng.standard_normal((len(z), 3))
    seen = (power > -np.log(radar.false_alarm_probability)) & in_field_of_regard(radar, faces, r_ecef_m)
    sigma = measurement_sigma(radar, power[seen] - 1.0)
    return _within_turn(z[seen] + sigma * error[seen]), sigma


def _false_plots(radar: Radar, faces: tuple[Face, ...], rng: np.random.Generator) -> tuple[Floats, Floats]:
    """False plots, uniform in range, azimuth and elevation over each face: a Poisson number for every face."""
    counts = rng.poisson(radar.false_plots_per_scan, size=len(faces))
    total = int(counts.sum())
    power = -np.log(radar.false_alarm_probability) + rng.standard_exponential(total)  # an exponential beyond T again
    low = np.array([[radar.minimum_range_m, face.azimuth_from_rad, face.elevation_min_rad] for face in faces])
    span = np.array(
        [
            [
                radar.instrumented_range_m - radar.minimum_range_m,
                face.azimuth_width_rad,
                face.elevation_max_rad - face.elevation_min_rad,
            ]
            for face in faces
        ]
    )
    which = np.repeat(np.arange(len(faces)), counts)
    return _within_turn(low[which] + span[which] * rng.random((total, 3))), measurement_sigma(radar, power - 1.0)


def _within_turn(z: Floats) -> Floats:
    """The same rows with azimuth in [0, 2 pi)."""
    z[:, 1] = wrap_azimuth(z[:, 1])
    return z
