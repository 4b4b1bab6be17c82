"""What `jointwatch track` prints of orbits: elements, what is left of each sensor and kind, and the forces."""

from __future__ import annotations

from math import degrees

import numpy as np
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from jointwatch.earth.states import Ecef
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.flight import orbit
from jointwatch.studies.recording_numbers import UNNAMED
from jointwatch.studies.recording_orbits import OrbitFound, Orbits, Residuals
from jointwatch.tracking.observables import Kind

UNITS = {Kind.RANGE: (1.0, "m", 1), Kind.AZIMUTH: (degrees(1), "°", 4), Kind.ELEVATION: (degrees(1), "°", 4),
         Kind.RANGE_RATE: (1.0, "m/s", 4)}  # fmt: skip
"""Of each kind what one in SI units is in the unit printed, that unit, and the decimals."""


def orbits(console: Console, found: Orbits) -> None:
    """Print each orbit, and why there is none of other objects."""
    for name, reason in found.refused.items():
        console.print(Text(f"no orbit of {_called(name)}: {reason}"))
    for each in found.found:
        console.print()
        console.print(Text(f"{each.id}: {title(each)}", "bold"))
        for line in (*_elements(each), *_noise(each)):
            console.print(Padding(Text(line), (0, 0, 0, 2)))
        for table in (_left(each), _forces(each)):
            console.print(Padding(table, (0, 0, 0, 2)))


def title(found: OrbitFound) -> str:
    """What was estimated of how much."""
    hours = (found.history.time_tai_ns[-1] - found.history.time_tai_ns[0]) / 3.6e12
    return f"orbit of {_called(found.object)} from {len(found.estimate.numbers):,} numbers of {hours:.1f} h"


def _called(name: str) -> str:
    return "what has no name" if name == UNNAMED else name


def _elements(found: OrbitFound) -> list[str]:
    history = found.history
    row = int(np.argmin(np.trace(history.P[:, :3, :3], axis1=1, axis2=2)))
    state = Ecef(history.x[row : row + 1])
    perigee, apogee, tilt = (
        float(of(state)[0]) for of in (orbit.perigee_height_m, orbit.apogee_height_m, orbit.inclination_rad)
    )
    sigma_m = float(np.sqrt(np.trace(history.P[row, :3, :3])))
    return [
        f"perigee  {perigee / 1e3:,.0f} km, apogee {apogee / 1e3:,.0f} km over the equator's radius, inclination "
        f"{degrees(tilt):.2f}°",
        f"place    known best at {utc_from_tai_ns(int(history.time_tai_ns[row]))}: to {sigma_m:,.0f} m (1 sigma)",
    ]


def _noise(found: OrbitFound) -> list[str]:
    size, sigma = found.push_m_s2
    return [
        f"push     {size:.1e} ± {sigma:.0e} m/s2 all the time, which no force in the path explains",
        f"noise    {found.estimate.noise_m2_s3:.0e} m2/s3 of acceleration besides, the likeliest",
    ]


def _left(found: OrbitFound) -> Table:
    """What is left: measured less path less bias."""
    table = _table(("sensor", "left"), ("kind", "left"), ("used", "right"), ("set aside", "right"), ("rms", "right"),
                   ("sigma", "right"), ("bias found", "right"))  # fmt: skip
    for each in found.residuals:
        bias = "-" if np.isnan(each.bias) else f"{_said(each, each.bias)} ± {_said(each, each.sigma_bias)}"
        table.add_row(
            each.sensor, f"{each.kind.name.lower().replace('_', ' ')}, {UNITS[each.kind][1]}",
            f"{each.numbers - each.set_aside:,}", f"{each.set_aside:,}", _said(each, each.rms), _said(each, each.sigma),
            bias,
        )  # fmt: skip
    return table


def _said(of: Residuals, value: float) -> str:
    scale, _, decimals = UNITS[of.kind]
    return f"{value * scale:,.{decimals}f}"


def _forces(found: OrbitFound) -> Table:
    table = _table(
        ("force beside J2", "left"), ("at most, m/s2", "right"), ("moves it, km", "right"), ("in it", "left")
    )
    for force in found.forces:
        moves = f"{force.moves_m / 1e3:,.1f}"
        table.add_row(force.name, f"{force.greatest_m_s2:.1e}", moves, "yes" if force.in_path else "no")
    return table


def _table(*columns: tuple[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, side in columns:
        table.add_column(name, justify="right" if side == "right" else "left", overflow="fold")
    return table
