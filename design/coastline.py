"""Which lines must the map show, and how few bytes do they need?

The report and the plain page draw a small map without asking anyone on the network, so the package carries
its own coast and borders: Natural Earth 1:110 million (public domain), version 4.1.0, as redistributed by the npm
package `world-atlas` 2.0.2 (Mike Bostock, ISC). This script fetches that package into a temporary folder,
decodes its TopoJSON and writes `src/jointwatch/display/coastline.json`:

    land     closed rings, longitude and latitude; inland seas (the Caspian) are rings too, wound the other way
    borders  open lines, each shared by two countries, so drawn once

Natural Earth draws borders as they are held, not as they are claimed; every map made from it has to say so.

    $ python design/coastline.py
    land: 128 rings, 5140 points; borders: 327 lines, 2976 points; 119 kB

Why 1:110 million: 1:50 million is 756 kB as TopoJSON for a map that is 15 cm wide in print. Why two decimals (1.1 km):
the data itself is not better than some 10 km.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

PACKAGE = "world-atlas@2.0.2"
TARGET = Path(__file__).parents[1] / "src/jointwatch/display/coastline.json"
SOURCE = (
    "Natural Earth 1:110m, version 4.1.0 (public domain), after npm world-atlas 2.0.2 (ISC); "
    "borders as held, not as claimed. Made by design/coastline.py."
)
Point = tuple[float, float]


def fetch() -> dict[str, Any]:
    """Return the TopoJSON of the world's countries and land, fetched with npm."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "install", "--silent", "--no-save", "--prefix", folder, PACKAGE], check=True)
        return json.loads((Path(folder) / "node_modules/world-atlas/countries-110m.json").read_text())


def decode(topology: dict[str, Any]) -> list[list[Point]]:
    """Return the arcs in degrees: TopoJSON stores quantised differences (topojson-specification 1.0, §2.1.3)."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((round(x * sx + tx, 2), round(y * sy + ty, 2)))
        arcs.append(line)
    return arcs


def ring(indices: list[int], arcs: list[list[Point]]) -> list[Point]:
    """Return one closed ring: the arcs joined, a negative index meaning the arc read backwards."""
    points: list[Point] = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    return points


def polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    """Return the polygons of a geometry or collection as rings of arc indices."""
    if geometry["type"] == "GeometryCollection":
        return [polygon for part in geometry["geometries"] for polygon in polygons(part)]
    return [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]


def unwrapped(points: list[Point]) -> list[Point]:
    """Return a ring without jumps of 360 degrees; one that goes round the pole is closed along latitude -90."""
    line = [points[0]]
    for x, y in points[1:]:
        line.append((x + 360.0 * round((line[-1][0] - x) / 360.0), y))
    if abs(line[-1][0] - line[0][0]) > 1.0:  # only Antarctica does
        line += [(line[-1][0], -90.0), (line[0][0], -90.0), line[0]]
    return line


def clipped(points: list[Point], edge: float, side: int) -> list[Point]:
    """Return the part of a ring on one side of a meridian [Sutherland and Hodgman, CACM 17 (1974) 32]."""
    kept: list[Point] = []
    for (x0, y0), (x1, y1) in pairwise(points):
        if side * (x0 - edge) <= 0:
            kept.append((x0, y0))
        if (x0 - edge) * (x1 - edge) < 0:
            kept.append((edge, round(y0 + (y1 - y0) * (edge - x0) / (x1 - x0), 2)))
    return [*kept, kept[0]] if len(kept) > 2 else []


def cut(points: list[Point]) -> list[list[Point]]:
    """Return a ring as rings between -180 and 180 degrees; the source has it stitched across the antimeridian."""
    parts = []
    for turn in (-360.0, 0.0, 360.0):
        shifted = [(round(x + turn, 2), y) for x, y in unwrapped(points)]
        part = clipped(shifted, 180.0, 1)
        part = clipped(part, -180.0, -1) if part else []
        if len({x for x, _ in part}) > 1:  # more than a touch of the meridian
            parts.append(part)
    return parts


def borders(countries: dict[str, Any], arcs: list[list[Point]]) -> list[list[Point]]:
    """Return the arcs that two countries share."""
    seen: dict[int, int] = {}
    for polygon in polygons(countries):
        for indices in polygon:
            for index in indices:
                arc = index if index >= 0 else ~index
                seen[arc] = seen.get(arc, 0) + 1
    return [arcs[arc] for arc, count in sorted(seen.items()) if count > 1]


def main() -> None:
    """Write coastline.json and print how much it holds."""
    topology = fetch()
    arcs = decode(topology)
    rings = [ring(indices, arcs) for polygon in polygons(topology["objects"]["land"]) for indices in polygon]
    land = [part for points in rings for part in cut(points)]
    lines = borders(topology["objects"]["countries"], arcs)
    text = json.dumps({"source": SOURCE, "land": land, "borders": lines}, separators=(",", ":"))
    TARGET.write_text(text + "\n", encoding="utf-8")
    print(
        f"land: {len(land)} rings, {sum(map(len, land))} points; borders: {len(lines)} lines, "
        f"{sum(map(len, lines))} points; {len(text) // 1000} kB"
    )


if __name__ == "__main__":
    main()
