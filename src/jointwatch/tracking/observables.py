"""Single measured numbers of one object: a range here, an azimuth there, each of its own sensor, instant and kind.

Stations of satellites measure so: a range at one instant, a pair of angles at another. A plot has all three at once and
goes to the tracker; what is here goes to `orbit_estimate`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.sensors import measurement
from jointwatch.sensors.site import Site, frame

LIGHT_M_S = 299_792_458.0


class Kind(IntEnum):
    """What a number is: metres, radians clockwise from north, radians above the horizontal, metres per second."""

    RANGE = 0
    AZIMUTH = 1
    ELEVATION = 2
    RANGE_RATE = 3


@dataclass(frozen=True, slots=True, eq=False)
class Observables:
    """Numbers (m,) of one object in order of time, metres, radians, metres per second.

    sensor: place (m,) in `sites`; kind: of `Kind`; sigma: of the noise, not of a bias; received: whether the time is
    that at which the signal came back, which left the object a range over the speed of light earlier.
    """

    sites: tuple[Site, ...]
    time_tai_ns: Ints
    sensor: Ints
    kind: Ints
    value: Floats
    sigma: Floats
    received: Bools

    def __post_init__(self) -> None:
        lengths = {f.name: len(getattr(self, f.name)) for f in fields(self) if f.name != "sites"}
        if len(set(lengths.values())) != 1:
            raise ValueError(f"wanted columns of one length, got {lengths}")
        if np.any(np.diff(self.time_tai_ns) < 0):
            raise ValueError("wanted numbers in order of time; sort them first")
        if not (np.isfinite(self.value).all() and np.isfinite(self.sigma).all() and (self.sigma > 0).all()):
            raise ValueError("wanted finite numbers with sigmas above zero")

    def __len__(self) -> int:
        return len(self.time_tai_ns)

    def only(self, which: Bools) -> Observables:
        """Those of them (m,) that are wanted."""
        columns = (getattr(self, f.name)[which] for f in fields(self) if f.name != "sites")
        return Observables(self.sites, *columns)


def predicted(of: Observables, x: Floats) -> tuple[Floats, Floats]:
    """What the numbers (m,) would be without bias and noise, and their derivatives (m, 6) by state.

    x: Earth-fixed states (m, 6) at the times of the numbers. Where the time is that of reception, the object is taken
    back along its velocity by the way of the light; its acceleration meanwhile, 0.1 m at 40,000 km, is left out.
    """
    z, H = np.empty(len(of)), np.zeros((len(of), 6))
    for place, site in enumerate(of.sites):
        rows = np.flatnonzero(of.sensor == place)
        if rows.size:
            z[rows], H[rows] = _of_one(site, x[rows], of.kind[rows], of.received[rows])
    return z, H


def residuals(of: Observables, z: Floats) -> Floats:
    """Measured less predicted (m,), azimuths within half a turn."""
    off = of.value - z
    turned = (off + np.pi) % (2 * np.pi) - np.pi
    return np.where(of.kind == Kind.AZIMUTH, turned, off)


def _of_one(site: Site, x: Floats, kind: Ints, received: Bools) -> tuple[Floats, Floats]:
    r, v = x[:, :3], x[:, 3:]
    here = frame(site)[0]
    way_s = np.linalg.norm(r - here, axis=1) / LIGHT_M_S
    r = np.where(received[:, None], r - v * way_s[:, None], r)
    z, by_r = measurement.predict(site, r), measurement.jacobian(site, r)
    towards = by_r[:, 0]
    rate = np.einsum("ni,ni->n", towards, v)
    by_rate = (v - rate[:, None] * towards) / z[:, :1]
    values = np.column_stack([z, rate])
    by = np.zeros((len(x), 4, 6))
    by[:, :3, :3], by[:, 3, :3], by[:, 3, 3:] = by_r, by_rate, towards
    by[..., 3:] -= np.where(received, way_s, 0.0)[:, None, None] * by[..., :3]
    row = np.arange(len(x))
    return values[row, kind], by[row, kind]
