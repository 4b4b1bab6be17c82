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

from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.topocentric import enu_basis

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


@dataclass(frozen=True)
class Volume:
    """The shells of one radar and where it stands: latitude and longitude in radians, height in metres (WGS 84)."""

    name: str
    shells: Sequence[Shell]
    latitude_rad: float
    longitude_rad: float
    height_m: float


def glb(shells: Sequence[Shell], *, name: str, every_rad: float = np.deg2rad(22.0)) -> bytes:
    """Return the .glb of one radar: white, translucent and unlit, so that who draws it chooses the colour.

    every_rad: the lines of constant azimuth are drawn at about this spacing.

    >>> shell = Shell(np.radians([107.0, 162.0, 217.0]), np.radians([2.0, 30.0]), np.full((3, 2), 3.0e6))
    >>> data = glb([shell], name="gabala")
    >>> data[:4], int.from_bytes(data[8:12], "little") == len(data)
    (b'glTF', True)
    """
    return _file([_mesh(shells, name, every_rad)])


def globe_glb(volumes: Sequence[Volume], *, every_rad: float = np.deg2rad(22.0)) -> bytes:
    """Return one .glb with the volumes of several radars, each a node at its place on the globe.

    The scene is Earth-fixed by the same rule of axes: (x, y, z) = (Y, Z, X) of WGS 84, metres. Loaded into Cesium
    without a position of its own (an identity matrix) it stands where it belongs.
    """
    if not volumes:
        raise ValueError("a globe of coverage wants at least one volume; got none")
    return _file([_mesh(v.shells, v.name, every_rad, matrix=_placed(v)) for v in volumes])


@dataclass(frozen=True)
class _Mesh:
    name: str
    points: NDArray[np.float64]
    triangles: NDArray[np.int64]
    lines: NDArray[np.int64]
    matrix: list[float] | None


def _mesh(shells: Sequence[Shell], name: str, every_rad: float, *, matrix: list[float] | None = None) -> _Mesh:
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
    return _Mesh(name, np.vstack(points), np.vstack(triangles), np.vstack(lines), matrix)


def _placed(volume: Volume) -> list[float]:
    """Return the matrix, column by column, from the radar's (north, up, east) to the globe's (Y, Z, X)."""
    east, north, up = enu_basis(volume.latitude_rad, volume.longitude_rad)
    origin = ecef_from_geodetic(volume.latitude_rad, volume.longitude_rad, volume.height_m)
    columns = [np.append(np.roll(axis, -1), end) for axis, end in ((north, 0), (up, 0), (east, 0), (origin, 1))]
    return [float(value) for value in np.concatenate(columns)]


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


def _file(meshes: Sequence[_Mesh]) -> bytes:
    parts: list[bytes] = []
    views: list[dict[str, object]] = []
    accessors: list[dict[str, object]] = []
    for mesh in meshes:
        vertices = mesh.points.astype("<f4")
        box = {"min": vertices.min(axis=0).tolist(), "max": vertices.max(axis=0).tolist()}
        triangles, lines = mesh.triangles.astype("<u4"), mesh.lines.astype("<u4")
        for values, use, said in (
            (vertices, _VERTICES, {"componentType": _FLOAT, "type": "VEC3", "count": len(vertices), **box}),
            (triangles, _INDICES, {"componentType": _UINT, "type": "SCALAR", "count": triangles.size}),
            (lines, _INDICES, {"componentType": _UINT, "type": "SCALAR", "count": lines.size}),
        ):
            accessors.append({"bufferView": len(views), **said})
            views.append({"buffer": 0, "byteOffset": sum(map(len, parts)), "byteLength": values.nbytes, "target": use})
            parts.append(values.tobytes())
    document = {
        "asset": {"version": "2.0", "generator": "jointwatch"},
        "extensionsUsed": ["KHR_materials_unlit"],
        "scene": 0,
        "scenes": [{"nodes": list(range(len(meshes)))}],
        "nodes": [_node(number, mesh) for number, mesh in enumerate(meshes)],
        "meshes": [{"name": mesh.name, "primitives": _primitives(3 * number)} for number, mesh in enumerate(meshes)],
        "materials": [_material("volume", FILL_ALPHA), _material("lines", LINE_ALPHA)],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": sum(map(len, parts))}],
    }
    return _container(json.dumps(document, separators=(",", ":")).encode(), b"".join(parts))


def _node(number: int, mesh: _Mesh) -> dict[str, object]:
    node: dict[str, object] = {"mesh": number, "name": mesh.name}
    return node if mesh.matrix is None else {**node, "matrix": mesh.matrix}


def _primitives(first: int) -> list[dict[str, object]]:
    at = {"POSITION": first}
    return [
        {"attributes": at, "indices": first + 1, "mode": _TRIANGLES, "material": 0},
        {"attributes": at, "indices": first + 2, "mode": _LINES, "material": 1},
    ]


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
