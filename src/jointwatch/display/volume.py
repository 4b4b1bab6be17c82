"""A radar's coverage as a binary glTF 2.0 file (.glb): a thin shell with a line grid on it, in the radar's own axes.

What comes in is a grid of ranges over azimuth and elevation, computed elsewhere; nothing is decided here about what
a radar sees. Axes follow glTF's convention of y up: (x, y, z) = (north, up, east), metres, origin at the site.
Source: Khronos, glTF 2.0 Specification (2021), sections 3.6 (buffers), 3.7 (meshes), 4.4 (GLB).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_GLB, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942
_FLOAT, _UINT = 5126, 5125  # component types
_VERTICES, _INDICES = 34962, 34963  # buffer view targets
_LINES, _TRIANGLES = 1, 4  # primitive modes
FILL_ALPHA, LINE_ALPHA = 0.16, 0.75


@dataclass(frozen=True)
class Shell:
    """How far one array reaches: `range_m[i, j]` at `azimuth_rad[i]` (clockwise from north) and `elevation_rad[j]`."""

    azimuth_rad: NDArray[np.float64]
    elevation_rad: NDArray[np.float64]
    range_m: NDArray[np.float64]

    def __post_init__(self) -> None:
        wanted = (len(self.azimuth_rad), len(self.elevation_rad))
        if min(wanted) < 2 or self.range_m.shape != wanted:
            raise ValueError(
                f"a shell needs two azimuths and two elevations at least and a range for each pair: "
                f"wanted {wanted}, got {self.range_m.shape}"
            )
        if not (np.isfinite(self.range_m).all() and (self.range_m >= 0.0).all()):
            raise ValueError("ranges of a shell must be finite and not negative; put 0 m where nothing is seen")

    def positions(self) -> NDArray[np.float64]:
        """Return (azimuths x elevations + 1, 3) points in metres as (north, up, east); the last one is the site."""
        azimuth, elevation = np.meshgrid(self.azimuth_rad, self.elevation_rad, indexing="ij")
        north = self.range_m * np.cos(elevation) * np.cos(azimuth)
        east = self.range_m * np.cos(elevation) * np.sin(azimuth)
        up = self.range_m * np.sin(elevation)
        return np.vstack([np.stack([north, up, east], axis=-1).reshape(-1, 3), np.zeros((1, 3))])


def glb(shells: Sequence[Shell], *, name: str, every_rad: float = np.deg2rad(22.0)) -> bytes:
    """Return the .glb of one radar: white, translucent and unlit, so that who draws it chooses the colour.

    every_rad: the lines of constant azimuth are drawn at about this spacing.

    >>> shell = Shell(np.radians([107.0, 162.0, 217.0]), np.radians([2.0, 30.0]), np.full((3, 2), 3.0e6))
    >>> data = glb([shell], name="gabala")
    >>> data[:4], int.from_bytes(data[8:12], "little") == len(data)
    (b'glTF', True)
    """
    if not shells:
        raise ValueError(f"coverage of {name}: no shell given; a radar with no array on duty has no volume")
    points: list[NDArray[np.float64]] = []
    triangles: list[NDArray[np.int64]] = []
    lines: list[NDArray[np.int64]] = []
    offset = 0
    for shell in shells:
        shape = (len(shell.azimuth_rad), len(shell.elevation_rad))
        points.append(shell.positions())
        triangles.append(_faces(*shape) + offset)
        lines.append(_grid(shape, _step(shell.azimuth_rad, every_rad)) + offset)
        offset += len(points[-1])
    return _file(np.vstack(points), np.vstack(triangles), np.vstack(lines), name)


def _faces(azimuths: int, elevations: int) -> NDArray[np.int64]:
    """Return triangles: the outer surface, then a fan from the site along each of the four edges of the grid."""
    index = np.arange(azimuths * elevations).reshape(azimuths, elevations)
    site = azimuths * elevations
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    outer = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    edges = (index[:, 0], index[:, -1][::-1], index[0][::-1], index[-1])
    fans = [np.stack([np.full(len(e) - 1, site), e[:-1], e[1:]], -1) for e in edges]
    return np.concatenate([outer, *fans])


def _grid(shape: tuple[int, int], step: int) -> NDArray[np.int64]:
    """Return line segments: the rim, the four corner rays, and arcs of constant azimuth with their rays."""
    azimuths, elevations = shape
    index = np.arange(azimuths * elevations).reshape(shape)
    site = azimuths * elevations
    drawn = sorted({*range(0, azimuths, step), azimuths - 1})
    arcs = [index[i] for i in drawn] + [index[:, 0], index[:, -1]]
    rays = [np.array([site, index[i, 0]]) for i in drawn] + [np.array([site, index[i, -1]]) for i in (0, azimuths - 1)]
    return np.concatenate([np.stack([line[:-1], line[1:]], -1) for line in arcs + rays])


def _step(azimuth_rad: NDArray[np.float64], every_rad: float) -> int:
    spacing = abs(float(azimuth_rad[-1] - azimuth_rad[0])) / (len(azimuth_rad) - 1)
    return max(1, round(every_rad / spacing)) if spacing > 0.0 else 1


def _file(points: NDArray[np.float64], triangles: NDArray[np.int64], lines: NDArray[np.int64], name: str) -> bytes:
    vertices = points.astype("<f4")
    parts = [vertices.tobytes(), triangles.astype("<u4").tobytes(), lines.astype("<u4").tobytes()]
    starts = np.cumsum([0, *map(len, parts)]).tolist()
    targets = (_VERTICES, _INDICES, _INDICES)
    views = [
        {"buffer": 0, "byteOffset": start, "byteLength": len(part), "target": target}
        for start, part, target in zip(starts, parts, targets, strict=False)
    ]
    low, high = vertices.min(axis=0).tolist(), vertices.max(axis=0).tolist()
    accessors = [
        {"bufferView": 0, "componentType": _FLOAT, "count": len(vertices), "type": "VEC3", "min": low, "max": high},
        {"bufferView": 1, "componentType": _UINT, "count": triangles.size, "type": "SCALAR"},
        {"bufferView": 2, "componentType": _UINT, "count": lines.size, "type": "SCALAR"},
    ]
    primitives = [
        {"attributes": {"POSITION": 0}, "indices": 1, "mode": _TRIANGLES, "material": 0},
        {"attributes": {"POSITION": 0}, "indices": 2, "mode": _LINES, "material": 1},
    ]
    document = {
        "asset": {"version": "2.0", "generator": "jointwatch"},
        "extensionsUsed": ["KHR_materials_unlit"],
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": name}],
        "meshes": [{"name": name, "primitives": primitives}],
        "materials": [_material("volume", FILL_ALPHA), _material("lines", LINE_ALPHA)],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": starts[-1]}],
    }
    return _container(json.dumps(document, separators=(",", ":")).encode(), b"".join(parts))


def _material(name: str, alpha: float) -> dict[str, object]:
    return {
        "name": name,
        "alphaMode": "BLEND",
        "doubleSided": True,
        "extensions": {"KHR_materials_unlit": {}},
        "pbrMetallicRoughness": {"baseColorFactor": [1.0, 1.0, 1.0, alpha], "metallicFactor": 0.0},
    }


def _container(document: bytes, binary: bytes) -> bytes:
    document += b" " * (-len(document) % 4)
    binary += b"\0" * (-len(binary) % 4)
    header = struct.pack("<III", _GLB, 2, 12 + 8 + len(document) + 8 + len(binary))
    return b"".join(
        [header, struct.pack("<II", len(document), _JSON), document, struct.pack("<II", len(binary), _BIN), binary]
    )
