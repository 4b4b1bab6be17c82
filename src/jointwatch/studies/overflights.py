"""A radar's plots of the satellites that pass over it, minute by minute: the traffic by which a feed is judged.

The same laws as `sensors.schedule.scan` (field of regard, range law, fading, thermal noise, biases, false plots), for
all scans of a minute in one go, as a judge of feeds wants thousands of hours. Every look stands alone: no fence, no
limit on tracks. What a dishonest feed makes of them is in `dishonest`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.sensors.accuracy import measurement_sigma
from jointwatch.sensors.bias import NONE, Bias, biased
from jointwatch.sensors.detection import snr, threshold
from jointwatch.sensors.measurement import Plots, predict, wrap_azimuth
from jointwatch.sensors.radar import Radar
from jointwatch.sensors.scan_loss import cos_off_boresight
from jointwatch.sensors.sight import in_sight
from jointwatch.studies.sky import Sky, sphere_rcs_m2, wavelength_m

MINUTE_NS = 60 * NS_PER_S
_LEAST_SNR = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Minute:
    """Plots (n) of a minute's scans, by scan: with the truth of each, which object it is of, -1 for a false plot."""

    radar: Radar
    times_tai_ns: Ints
    scan: Ints
    z: Floats
    sigma: Floats
    object: Ints

    def scans(self) -> list[Plots]:
        """The scans as a centre gets them."""
        ends = np.searchsorted(self.scan, np.arange(len(self.times_tai_ns) + 1))
        return [
            Plots(self.radar.site, self.radar.name, int(time), self.z[a:b], self.sigma[a:b])
            for time, a, b in zip(self.times_tai_ns, ends[:-1], ends[1:], strict=True)
        ]

    def only(self, which: Bools) -> Minute:
        """The minute with these plots alone."""
        return Minute(
            self.radar, self.times_tai_ns, self.scan[which], self.z[which], self.sigma[which], self.object[which]
        )


def minutes(
    radar: Radar, sky: Sky, start_tai_ns: int, count: int, rng: np.random.Generator, bias: Bias = NONE
) -> Iterator[Minute]:
    """The plots of so many minutes from a whole one on: radar as declared but for its bias, all arrays on duty."""
    sections = sphere_rcs_m2(sky.diameter_m, wavelength_m(radar))
    every_ns = round(radar.revisit_s * NS_PER_S)
    for k in range(count):
        begin = start_tai_ns + k * MINUTE_NS
        times = np.arange(-(-begin // every_ns) * every_ns, begin + MINUTE_NS, every_ns, dtype=np.int64)
        yield _minute(radar, sky, sections, times, rng, bias)


def _minute(radar: Radar, sky: Sky, sections: Floats, times: Ints, rng: np.random.Generator, bias: Bias) -> Minute:
    x, objects, scan = _in_sight(radar, sky, times)
    z = predict(radar.site, x)
    cosine = cos_off_boresight(radar, radar.faces, z)
    strength = snr(radar, z[:, 0], sections[objects]) * cosine**radar.scan_loss_exponent
    power = (1 + strength) * rng.standard_exponential(len(z))
    seen = power > threshold(radar.false_alarm_probability)
    sigma = measurement_sigma(radar, np.maximum(power[seen] - 1, _LEAST_SNR), np.maximum(cosine[seen], 0.1))
    measured = biased(radar, z[seen], bias) + sigma * rng.standard_normal(sigma.shape)
    false_scan, false_z, false_sigma = _false(radar, len(times), rng)
    said = np.concatenate([measured, false_z])
    said[:, 1] = wrap_azimuth(said[:, 1])
    of = np.concatenate([scan[seen], false_scan])
    order = np.lexsort((rng.random(len(of)), of))
    numbers = np.concatenate([objects[seen], np.full(len(false_z), -1)])
    late = round(bias.clock_s * NS_PER_S)
    return Minute(
        radar, times + late, of[order], said[order], np.concatenate([sigma, false_sigma])[order], numbers[order]
    )


def _in_sight(radar: Radar, sky: Sky, times: Ints) -> tuple[Floats, Ints, Ints]:
    """Positions (k, 3), objects and scans of all looks at objects in the field."""
    everyone = sky.truth.at(int(times[len(times) // 2]))[:, :3]
    near = np.flatnonzero(np.linalg.norm(everyone - _origin(radar), axis=1) < radar.instrumented_range_m + 4e5)
    x = sky.truth.at_each(times, near)[..., :3].reshape(-1, 3)
    inside = in_sight(radar, radar.faces, x)
    return x[inside], np.tile(near, len(times))[inside], np.repeat(np.arange(len(times)), len(near))[inside]


def _origin(radar: Radar) -> Floats:
    from jointwatch.sensors.site import frame

    return frame(radar.site)[0]


def _false(radar: Radar, scans: int, rng: np.random.Generator) -> tuple[Ints, Floats, Floats]:
    """False plots: scan, rows of range, azimuth and elevation evenly over each face, and sigmas."""
    counts = rng.poisson(radar.false_plots_per_scan, size=(scans, len(radar.faces)))
    scan = np.repeat(np.arange(scans), counts.sum(axis=1))
    face = np.concatenate([np.repeat(np.arange(len(radar.faces)), row) for row in counts])
    low = np.array([[radar.minimum_range_m, f.azimuth_from_rad, f.elevation_min_rad] for f in radar.faces])
    span = np.array(
        [
            [
                radar.instrumented_range_m - radar.minimum_range_m,
                f.azimuth_width_rad,
                f.elevation_max_rad - f.elevation_min_rad,
            ]
            for f in radar.faces
        ]
    )
    power = threshold(radar.false_alarm_probability) + rng.standard_exponential(len(scan))
    sigma = measurement_sigma(radar, np.maximum(power - 1, _LEAST_SNR), np.ones(len(scan)))
    return scan, low[face] + span[face] * rng.random((len(scan), 3)), sigma
