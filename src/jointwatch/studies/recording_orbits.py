"""Orbits out of the numbers of a recording that are no plots, and what is left of each sensor and kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.studies.recording import Recording
from jointwatch.studies.recording_sites import Sensor
from jointwatch.tracking.first_orbit import NoFirstOrbitError
from jointwatch.tracking.observables import Kind
from jointwatch.tracking.orbit_estimate import FEWEST, NoOrbitError, OrbitEstimate, estimate
from jointwatch.tracking.orbit_forces import Force, forces
from jointwatch.tracking.track import History


@dataclass(frozen=True, slots=True)
class Residuals:
    """Of one sensor and kind, metres or radians: how many numbers, how many set aside, root mean square of the others.

    bias, sigma_bias: what the sensor measures too much beyond what was taken off, NaN where none was looked for.
    """

    sensor: str
    kind: Kind
    numbers: int
    set_aside: int
    rms: float
    sigma: float
    bias: float
    sigma_bias: float


@dataclass(frozen=True, slots=True, eq=False)
class OrbitFound:
    """The orbit of one object: what the file calls it, states at its instants, what is left, what the forces did."""

    id: str
    object: str
    history: History
    estimate: OrbitEstimate
    residuals: tuple[Residuals, ...]
    forces: tuple[Force, ...]

    @property
    def push_m_s2(self) -> tuple[float, float]:
        """Size of the constant acceleration found, and one sigma along it."""
        push = self.estimate.path.push_m_s2
        size = float(np.linalg.norm(push))
        along = push / max(size, 1e-30)
        return size, float(np.sqrt(along @ self.estimate.path.constants_cov[:3, :3] @ along))


@dataclass(frozen=True, slots=True, eq=False)
class Orbits:
    """Orbits found, and for each other object with numbers enough why there is none."""

    found: tuple[OrbitFound, ...]
    refused: Mapping[str, str]


def orbits(
    recording: Recording, sensors: Mapping[str, Sensor], done: Callable[[int], None] = lambda objects: None
) -> Orbits:
    """The orbits of all objects of which a recording has hardly full plots but numbers enough; Ctrl-C ends it early."""
    found: list[OrbitFound] = []
    refused: dict[str, str] = {}
    rows = np.bincount(recording.numbers.object, minlength=len(recording.numbers.objects))
    for place, name in enumerate(recording.numbers.objects):
        if rows[place] * len(Kind) < FEWEST:
            continue
        numbers, bias_sigma = recording.numbers.of(name, sensors, recording.names)
        if len(numbers) >= FEWEST:
            try:
                found.append(_found(f"O-{len(found) + 1:04d}", name, estimate(numbers, bias_sigma)))
            except (NoFirstOrbitError, NoOrbitError) as error:
                refused[name] = str(error)
            except KeyboardInterrupt:
                refused[name] = "interrupted"
                break
        done(place + 1)
    return Orbits(tuple(found), refused)


def _found(track_id: str, name: str, of: OrbitEstimate) -> OrbitFound:
    return OrbitFound(track_id, name, _history(track_id, of), of, _residuals(of), forces(of))


def _history(track_id: str, of: OrbitEstimate) -> History:
    """States at the nodes of the path: the instants of all numbers, and between those far apart."""
    numbers, path = of.numbers, of.path
    time = numbers.time_tai_ns[0] + np.rint(path.nodes.time_s * 1e9).astype(np.int64)
    names: list[tuple[str, ...]] = [()] * len(time)
    for node, sensor in zip(path.nodes.of_number[path.used], numbers.sensor[path.used], strict=True):
        name = numbers.sites[sensor].name
        names[node] = names[node] if name in names[node] else (*names[node], name)
    return History(track_id, time, path.nodes.x, path.P, np.zeros(len(time)), tuple(names))


def _residuals(of: OrbitEstimate) -> tuple[Residuals, ...]:
    numbers, path = of.numbers, of.path
    bias, sigma_bias = path.offsets()
    parts = []
    for place, site in enumerate(numbers.sites):
        for kind in Kind:
            mine = (numbers.sensor == place) & (numbers.kind == kind)
            if mine.any():
                parts.append(_of_one(of, site.name, kind, mine, bias[place, kind], sigma_bias[place, kind]))
    return tuple(parts)


def _of_one(of: OrbitEstimate, name: str, kind: Kind, mine: Bools, bias: float, sigma_bias: float) -> Residuals:
    used = mine & of.path.used
    left: Floats = of.path.residual[used]
    rms = float(np.sqrt(np.mean(left**2))) if left.size else np.nan
    sigma = float(np.median(of.numbers.sigma[mine]))
    counts = int(mine.sum()), int((mine & ~of.path.used).sum())
    return Residuals(name, kind, *counts, rms, sigma, float(bias), float(sigma_bias))
