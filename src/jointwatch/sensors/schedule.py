"""When a radar looks, and what one look returns.

A scan is made at one instant: everything in the field of regard is measured at the scan's time. At 5 s revisit a real
fence spreads its looks over the whole period; a study of association at high load would have to resolve that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.states import Ecef
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.sensors.accuracy import measurement_sigma
from jointwatch.sensors.bias import NONE, Bias, biased
from jointwatch.sensors.detection import snr, threshold
from jointwatch.sensors.measurement import Plots, predict, wrap_azimuth
from jointwatch.sensors.propagation import NOTHING, Medium, apparent_elevation_rad
from jointwatch.sensors.radar import Face, Radar
from jointwatch.sensors.scan_loss import cos_off_boresight
from jointwatch.sensors.search import TrackList, false_confirmed
from jointwatch.sensors.sight import in_sight

_LEAST_MEASURED_SNR = 0.1  # where a threshold below the mean noise lets through what has no signal left


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
    *,
    medium: Medium = NOTHING,
    bias: Bias = NONE,
    tracks: TrackList | None = None,
    numbers: Ints | None = None,
) -> Plots:
    """Plots of one scan: detections with noise, and false plots, in an order that tells nothing.

    truth: states (n, 6) at the scan's time; rcs_m2: (n,) mean cross-sections in the radar's band. medium and bias: what
    bends the rays, and what the radar gets wrong throughout the run; its clock is in the time the plots carry. A radar
    that does not search all its field wants its `tracks`, and the objects' numbers in that list (n,), none twice.

    rng is drawn from always in this order and number for n objects, so that a seed fixes the plots, and an object
    outside the field costs what one inside does: (1) the n echo powers, exponentials for fading echoes in one pulse;
    (2) n x 3 normals, the errors; (3) of each confirming look n powers; (4) one Poisson number per face; then for the m
    false plots (5) m powers, exponentials, and (6) m x 3 uniforms, where they lie; (7) the order of all plots. Without
    a face on duty nothing is drawn and nothing returned.
    """
    said_tai_ns = time_tai_ns + round(bias.clock_s * NS_PER_S)
    if not faces:
        return Plots(radar.site, radar.name, said_tai_ns, np.empty((0, 3)), np.empty((0, 3)))
    r, rcs = np.atleast_2d(truth.r_m), np.atleast_1d(np.asarray(rcs_m2, dtype=float))
    _check_objects(radar, r, rcs)
    looks = _looks(radar, faces, r, rcs, medium, rng)
    true_z, true_sigma = _detections(radar, looks, bias, medium, tracks, numbers, rng)
    false_z, false_sigma = _false_plots(radar, faces, rng)
    z, sigma = np.concatenate([true_z, false_z]), np.concatenate([true_sigma, false_sigma])
    order = rng.permutation(len(z))
    return Plots(radar.site, radar.name, said_tai_ns, z[order], sigma[order])


@dataclass(frozen=True, eq=False, slots=True)
class _Looks:
    """One look at each of n objects; power and error are drawn, the rest is so."""

    z: Floats  # true rows
    in_sight: Bools
    in_fence: Bools
    cosine: Floats  # off boresight
    snr: Floats  # mean
    power: Floats
    error: Floats


def _looks(
    radar: Radar, faces: tuple[Face, ...], r: Floats, rcs: Floats, medium: Medium, rng: np.random.Generator
) -> _Looks:
    """Look once at every object, in the field or not."""
    z = predict(radar.site, r)
    cosine = cos_off_boresight(radar, faces, z)
    strength = snr(radar, z[:, 0], rcs) * cosine**radar.scan_loss_exponent
    power = _powers(radar, strength, rng)
    error = rng.standard_normal((len(z), 3))
    low = apparent_elevation_rad(radar.site, z, medium.air) <= radar.fence_top_rad
    return _Looks(z, in_sight(radar, faces, r, medium.air), low, cosine, strength, power, error)


def _powers(radar: Radar, strength: Floats, rng: np.random.Generator) -> Floats:
    """Summed power (n,) of a look's pulses in units of noise: the detector of `sensors.detection` played out.

    Fading and one pulse: exponential with mean 1 + SNR. Fading and n pulses: one of n dimensions holds all the signal.
    Steady: a noncentral chi-square of 2n degrees of freedom, halved.
    """
    n = radar.pulses
    if radar.swerling == 0:
        return np.asarray(rng.noncentral_chisquare(2 * n, 2 * n * strength) / 2)
    if n == 1:
        return np.asarray((1.0 + strength) * rng.standard_exponential(len(strength)))
    noise = rng.standard_gamma(n - 1, len(strength))
    return np.asarray(noise + (1.0 + n * strength) * rng.standard_exponential(len(strength)))


def _detections(
    radar: Radar,
    looks: _Looks,
    bias: Bias,
    medium: Medium,
    tracks: TrackList | None,
    numbers: Ints | None,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Measured rows and their sigmas of the objects seen.

    The radar judges its own accuracy by the SNR it measured, the power less its mean noise.
    """
    limit = threshold(radar.false_alarm_probability, pulses=radar.pulses)
    detected = (looks.power > limit) & looks.in_sight
    seen = detected if radar.searches_all else _kept_up(radar, looks, detected, limit, tracks, numbers, rng)
    measured_snr = np.maximum(looks.power[seen] - radar.pulses, _LEAST_MEASURED_SNR)
    sigma = measurement_sigma(radar, measured_snr, np.maximum(looks.cosine[seen], 0.1))
    z = biased(radar, looks.z[seen], bias, medium) + sigma * looks.error[seen]
    return _within_turn(z), sigma


def _kept_up(
    radar: Radar,
    looks: _Looks,
    detected: Bools,
    limit: float,
    tracks: TrackList | None,
    numbers: Ints | None,
    rng: np.random.Generator,
) -> Bools:
    """Which objects the radar has in track and detected, after its fence found and its list shed what it does."""
    n = len(looks.z)
    if tracks is None or numbers is None or len(numbers) != n:
        raise ValueError(
            f"scan of {radar.name}: it keeps tracks, so it wants its TrackList and the numbers of its {n} objects"
        )
    again = sum((_powers(radar, looks.snr, rng) > limit for _ in range(radar.confirming_looks)), np.zeros(n, dtype=int))
    found = detected & looks.in_fence & (again >= radar.confirmations_needed)
    return tracks.looked(radar, numbers, in_sight=looks.in_sight, found=found, detected=detected, snr=looks.snr)


def _false_plots(radar: Radar, faces: tuple[Face, ...], rng: np.random.Generator) -> tuple[Floats, Floats]:
    """False plots, uniform in range, azimuth and elevation over each face's search: a Poisson number for every face."""
    mean = radar.false_plots_per_scan * (false_confirmed(radar) if radar.confirming_looks else 1.0)
    counts = rng.poisson(mean, size=len(faces))
    total = int(counts.sum())
    limit = threshold(radar.false_alarm_probability, pulses=radar.pulses)
    power = limit + rng.standard_exponential(total)  # beyond T an exponential again; nearly so for several pulses
    low = np.array([[radar.minimum_range_m, face.azimuth_from_rad, face.elevation_min_rad] for face in faces])
    span = np.array(
        [
            [
                radar.instrumented_range_m - radar.minimum_range_m,
                face.azimuth_width_rad,
                max(min(face.elevation_max_rad, radar.fence_top_rad) - face.elevation_min_rad, 0.0),
            ]
            for face in faces
        ]
    )
    which = np.repeat(np.arange(len(faces)), counts)
    z = _within_turn(low[which] + span[which] * rng.random((total, 3)))
    return z, measurement_sigma(radar, np.maximum(power - radar.pulses, _LEAST_MEASURED_SNR))


def _check_objects(radar: Radar, r_ecef_m: Floats, rcs_m2: Floats) -> None:
    """Refuse objects without a cross-section each, and the first whose place or cross-section is no number."""
    if len(r_ecef_m) != len(rcs_m2):
        raise ValueError(
            f"scan of {radar.name}: {len(r_ecef_m)} objects came with {len(rcs_m2)} cross-sections; give one each"
        )
    lost = np.flatnonzero(~np.isfinite(r_ecef_m).all(axis=1))
    if len(lost):
        raise ValueError(f"scan of {radar.name}: the position of object {lost[0]} is not a number; leave it out")
    dark = np.flatnonzero(~(np.isfinite(rcs_m2) & (rcs_m2 >= 0)))
    if len(dark):
        raise ValueError(
            f"scan of {radar.name}: the cross-section of object {dark[0]} must be 0 m2 or more; got {rcs_m2[dark[0]]!r}"
        )


def _within_turn(z: Floats) -> Floats:
    """The same rows with azimuth in [0, 2 pi)."""
    z[:, 1] = wrap_azimuth(z[:, 1])
    return z
