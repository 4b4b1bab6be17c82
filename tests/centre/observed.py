"""What sensors see, as plot reports: rockets that climb, burn out and fall, seen by one radar with known noise."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.earth.topocentric import enu_basis
from jointwatch.messages import plot_report
from jointwatch.messages.plot_report import PlotReport
from jointwatch.sensors.measurement import predict
from jointwatch.sensors.site import Site

SITE = Site("gabala", *np.radians([40.87, 47.80]).tolist(), 0.0)
SIGMA = (100.0, 2e-3, 2e-3)
STEP_S, GM, RE, J2, SPIN = 0.25, 3.986004418e14, 6378137.0, 1.08262982e-3, np.array([0.0, 0.0, 7.292115e-5])


@lru_cache
def ascent(heading_deg: float, *, burns_s: float = 110.0, lasts_s: float = 600.0, every_s: float = 5.0) -> Floats:
    """Positions (k, 3) of a rocket from 33 N 52 E each so many seconds after its launch, Earth-fixed; read only."""
    up, heading = np.radians(80.0), np.radians(heading_deg)
    latitude, longitude = np.radians([33.0, 52.0])
    frame = enu_basis(latitude, longitude)
    toward = np.array([np.cos(up) * np.sin(heading), np.cos(up) * np.cos(heading), np.sin(up)]) @ frame
    r, v, found = ecef_from_geodetic(latitude, longitude, 10e3), 400.0 * toward, []
    for k in range(round(lasts_s / STEP_S)):
        if k % round(every_s / STEP_S) == 0:
            found.append(r)
        t = k * STEP_S
        thrust = (30.0 + 0.25 * t) if t < burns_s else 0.0
        pull = gravity(r) - 2 * np.cross(SPIN, v) - np.cross(SPIN, np.cross(SPIN, r))
        v = v + STEP_S * (pull + thrust * v / np.linalg.norm(v))
        r = r + STEP_S * v
    places = np.array(found)
    places.setflags(write=False)
    return places


def gravity(r: Floats) -> Floats:
    """The pull of the Earth with its J2, m/s2."""
    d = np.linalg.norm(r)
    flat = 1.5 * J2 * (RE / d) ** 2 * (np.array([1.0, 1.0, 3.0]) - 5 * (r[2] / d) ** 2)
    return -GM / d**3 * r * (1 + flat)


def scan(r_ecef_m: Floats, time_tai_ns: int, rng: np.random.Generator, sensor: str = "gabala") -> dict[str, Any]:
    """The content of a plot report of a radar that looks at these places (n, 3)."""
    z = predict(SITE, np.reshape(r_ecef_m, (-1, 3)))
    z = z + np.array(SIGMA) * rng.standard_normal(z.shape)
    columns = {"range_m": z[:, 0], "azimuth_rad": z[:, 1] % (2 * np.pi), "elevation_rad": z[:, 2]}
    sigmas = {f"sigma_{name}": np.full(len(z), SIGMA[k]) for k, name in enumerate(columns)}
    site = plot_report.Site(
        name="gabala", latitude_rad=SITE.latitude_rad, longitude_rad=SITE.longitude_rad, height_m=0.0
    )
    return {
        "sensor": sensor,
        "site": site,
        "time_tai_ns": time_tai_ns,
        **{name: tuple(column.tolist()) for name, column in {**columns, **sigmas}.items()},
    }


def reports(like: PlotReport, count: int, sensor: str = "gabala") -> Iterator[PlotReport]:
    """The first scans of one ascent, five seconds apart, with the header of another report."""
    rng = np.random.default_rng(8)
    for k, r in enumerate(ascent(200.0)[12:][:count]):
        at = at_s(like.logged_tai_ns, 5.0 * k)
        content = scan(r, at, rng, sensor) | {"withheld": (), "commitment": b""}
        yield msgspec.structs.replace(like, id=f"scan-{k}", logged_tai_ns=at, **content)


def at_s(start_tai_ns: int, seconds: float) -> int:
    """So many seconds after a time."""
    return start_tai_ns + round(seconds * NS_PER_S)
