"""A plot report's bytes straight from arrays of plots: those that `encode` writes, several times sooner.

A scan holds thousands of numbers, and all that `encode` asks of each is to be one and to lie within its bounds: NumPy
asks that of all at once. Whatever does not pass goes to `encode` itself, which says what is wrong.
"""

from __future__ import annotations

from typing import get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from jointwatch.messages.encoding import MAX_MESSAGE_BYTES, encode
from jointwatch.messages.plot_report import MAX_PLOTS, PlotReport
from jointwatch.messages.quantities import Azimuth, Elevation, Range, SigmaMetres, SigmaRadians

_COLUMNS = ("range_m", "azimuth_rad", "elevation_rad", "sigma_range_m", "sigma_azimuth_rad", "sigma_elevation_rad")
_KEYS = [msgspec.msgpack.encode(name) for name in _COLUMNS]
# What stands after the plots, less the head of the map.
_AFTER = msgspec.msgpack.encode({"withheld": (), "commitment": b""})[1:]
_EMPTY = b"".join(key + b"\x90" for key in _KEYS) + _AFTER
_BOUNDS = [get_args(kind)[1] for kind in (Range, Azimuth, Elevation, SigmaMetres, SigmaRadians, SigmaRadians)]
_LEAST, _GREATEST = (np.array([getattr(bound, end) for bound in _BOUNDS]).reshape(2, 3) for end in ("ge", "le"))
_FEW = 48  # plots, up to which NumPy takes longer
_REAL = np.dtype([("is", "u1"), ("value", ">f8")])  # MessagePack's float 64


def encode_plots(report: PlotReport, z: NDArray[np.float64], sigma: NDArray[np.float64]) -> bytes:
    """Return the bytes of a report that has no plots yet with these: range, azimuth, elevation (n, 3), and sigmas.

    The same as `encode(with_plots(report, z, sigma))`, and refused in the same words.
    """
    if len(z) < _FEW:
        return encode(with_plots(report, z, sigma))
    bare = encode(report)
    if not (bare.endswith(_EMPTY) and len(sigma) == len(z) <= MAX_PLOTS and _within(z, 0) and _within(sigma, 1)):
        return encode(with_plots(report, z, sigma))
    head = b"\xdc" + len(z).to_bytes(2, "big")
    real = np.empty((6, len(z)), dtype=_REAL)
    real["is"], real["value"][:3], real["value"][3:] = 0xCB, z.T, sigma.T
    parts = [part for key, column in zip(_KEYS, real, strict=True) for part in (key, head, column.tobytes())]
    data = b"".join((bare[: -len(_EMPTY)], *parts, _AFTER))
    return data if len(data) <= MAX_MESSAGE_BYTES else encode(with_plots(report, z, sigma))


def with_plots(report: PlotReport, z: NDArray[np.float64], sigma: NDArray[np.float64]) -> PlotReport:
    """Return the report with these plots."""
    columns = [*z.T.tolist(), *sigma.T.tolist()]
    return msgspec.structs.replace(report, **dict(zip(_COLUMNS, map(tuple, columns), strict=True)))


def _within(rows: NDArray[np.float64], which: int) -> bool:
    return bool(((rows >= _LEAST[which]) & (rows <= _GREATEST[which])).all())
