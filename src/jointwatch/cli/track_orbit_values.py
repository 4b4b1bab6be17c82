"""An orbit as plain values for `estimates.json`: degrees, metres, seconds, UTC."""

from __future__ import annotations

from math import degrees, isnan
from typing import Any

import numpy as np

from jointwatch.earth.states import Ecef
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.flight import orbit
from jointwatch.studies.recording_orbits import OrbitFound, Residuals
from jointwatch.tracking.observables import Kind


def orbit_values(found: OrbitFound) -> dict[str, Any]:
    """Everything that was found out about one object: its osculating orbit at the end, what is left, and the forces."""
    history = found.history
    last = Ecef(history.x[-1:])
    push, sigma = found.push_m_s2
    return {
        "orbit": found.id,
        "object": found.object,
        "first_number_utc": _utc(int(history.time_tai_ns[0])),
        "last_number_utc": _utc(int(history.time_tai_ns[-1])),
        "perigee_height_m": float(orbit.perigee_height_m(last)[0]),
        "apogee_height_m": float(orbit.apogee_height_m(last)[0]),
        "inclination_deg": degrees(float(orbit.inclination_rad(last)[0])),
        "sigma_position_m": float(np.sqrt(np.trace(history.P[-1, :3, :3]))),
        "push_m_s2": push,
        "sigma_push_m_s2": sigma,
        "noise_m2_s3": found.estimate.noise_m2_s3,
        "numbers_before_the_first_position": int((~found.estimate.taken).sum()),
        "residuals": [_residuals(each) for each in found.residuals],
        "forces": [
            {"force": each.name, "greatest_m_s2": each.greatest_m_s2, "moves_m": each.moves_m, "in_path": each.in_path}
            for each in found.forces
        ],
    }


def _residuals(of: Residuals) -> dict[str, Any]:
    angle = of.kind in (Kind.AZIMUTH, Kind.ELEVATION)
    unit = "m_s" if of.kind == Kind.RANGE_RATE else "deg" if angle else "m"
    values = {"rms": of.rms, "sigma": of.sigma, "bias": of.bias, "sigma_bias": of.sigma_bias}
    return {
        "sensor": of.sensor,
        "kind": of.kind.name.lower(),
        "numbers": of.numbers,
        "set_aside": of.set_aside,
        **{f"{name}_{unit}": _plain(degrees(value) if angle else value) for name, value in values.items()},
    }


def _plain(value: float) -> float | None:
    return None if isnan(value) else value


def _utc(tai_ns: int) -> str:
    return utc_from_tai_ns(tai_ns, digits=3)
