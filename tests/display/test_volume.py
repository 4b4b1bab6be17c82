import json
import struct

import numpy as np
import pymap3d
import pytest

from jointwatch.display.volume import Shell, Volume, glb, globe_glb


def shell(azimuths=7, elevations=5, range_m=2.0e6, width_deg=110.0):
    azimuth = np.radians(np.linspace(107.0, 107.0 + width_deg, azimuths))
    elevation = np.radians(np.linspace(2.0, 55.0, elevations))
    return Shell(azimuth, elevation, np.full((azimuths, elevations), range_m))


def parsed(data):
    """Read a .glb by the specification (glTF 2.0, 4.4), independently of the writer."""
    magic, version, length = struct.unpack_from("<4sII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    chunks, at = [], 12
    while at < length:
        size, kind = struct.unpack_from("<I4s", data, at)
        assert size % 4 == 0
        chunks.append((kind, data[at + 8 : at + 8 + size]))
        at += 8 + size
    assert [kind for kind, _ in chunks] == [b"JSON", b"BIN\0"]
    return json.loads(chunks[0][1]), chunks[1][1]


def array(document, binary, accessor):
    spec = document["accessors"][accessor]
    view = document["bufferViews"][spec["bufferView"]]
    kind, columns = {5126: "<f4", 5125: "<u4"}[spec["componentType"]], {"VEC3": 3, "SCALAR": 1}[spec["type"]]
    raw = binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
    values = np.frombuffer(raw, kind).reshape(-1, columns)
    assert len(values) == spec["count"]
    return values


def test_the_file_is_whole_and_its_parts_agree():
    document, binary = parsed(glb([shell()], name="gabala"))
    points = array(document, binary, 0)
    for primitive, corners in zip(document["meshes"][0]["primitives"], (3, 2), strict=True):
        indices = array(document, binary, primitive["indices"])
        assert indices.max() < len(points)
        assert len(indices) % corners == 0
    assert document["accessors"][0]["min"] == points.min(axis=0).tolist()
    assert document["accessors"][0]["max"] == points.max(axis=0).tolist()
    assert document["buffers"][0]["byteLength"] <= len(binary) < document["buffers"][0]["byteLength"] + 4
    assert all(view["byteOffset"] % 4 == 0 for view in document["bufferViews"])


def test_points_lie_where_azimuth_elevation_and_range_put_them():
    one = Shell(np.radians([0.0, 90.0]), np.radians([0.0, 30.0]), np.array([[1e6, 1e6], [2e6, 2e6]]))
    document, binary = parsed(glb([one], name="x"))
    north, up, east = array(document, binary, 0).T
    np.testing.assert_allclose(north, [1e6, 1e6 * np.cos(np.pi / 6), 0.0, 0.0, 0.0], atol=0.2)
    np.testing.assert_allclose(up, [0.0, 5e5, 0.0, 1e6, 0.0], atol=0.2)
    np.testing.assert_allclose(east, [0.0, 0.0, 2e6, 2e6 * np.cos(np.pi / 6), 0.0], atol=0.2)


def test_the_surface_is_closed_every_edge_belongs_to_two_triangles():
    document, binary = parsed(glb([shell()], name="x"))
    triangles = array(document, binary, 1).reshape(-1, 3)
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    _, counts = np.unique(edges, axis=0, return_counts=True)
    assert set(counts) == {2}


def test_the_volume_within_is_that_of_the_spherical_sector():
    fine = shell(azimuths=221, elevations=107)
    document, binary = parsed(glb([fine], name="x"))
    a, b, c = (
        array(document, binary, 0).astype(float)[array(document, binary, 1).reshape(-1, 3)[:, i]] for i in range(3)
    )
    within = abs(np.einsum("ij,ij->i", a, np.cross(b, c)).sum()) / 6.0
    sector = 2.0e6**3 / 3.0 * np.radians(110.0) * (np.sin(np.radians(55.0)) - np.sin(np.radians(2.0)))
    assert within == pytest.approx(sector, rel=2e-4)


def test_two_arrays_share_one_file_without_touching():
    document, binary = parsed(glb([shell(), shell(range_m=1e6)], name="armavir"))
    half = len(array(document, binary, 0)) // 2
    triangles = array(document, binary, 1).reshape(-1, 3)
    assert ((triangles < half).all(axis=1) | (triangles >= half).all(axis=1)).all()


@pytest.mark.parametrize(
    ("ranges", "words"),
    [(np.full((3, 3), np.nan), "must be finite"), (np.full((3, 2), 1e6), r"wanted \(3, 3\), got \(3, 2\)")],
)
def test_a_wrong_grid_is_refused(ranges, words):
    with pytest.raises(ValueError, match=words):
        Shell(np.zeros(3), np.zeros(3), ranges)


def test_a_radar_with_no_array_on_duty_has_no_volume():
    with pytest.raises(ValueError, match="armavir: no shell given"):
        glb([], name="armavir")


def test_on_the_globe_each_radar_stands_at_its_place():
    """Its node's matrix takes north, up and east to the Earth-fixed frame, whose (X, Y, Z) glTF calls (z, x, y)."""
    places = [(40.87, 47.8, 300.0), (90.0, 0.0, 0.0), (-33.0, 180.0, 50.0)]
    volumes = [
        Volume(f"radar {n}", [shell(range_m=1.5e6)], *np.radians(place[:2]), place[2]) for n, place in enumerate(places)
    ]
    document, binary = parsed(globe_glb(volumes))
    assert [document["nodes"][n]["name"] for n in document["scenes"][0]["nodes"]] == ["radar 0", "radar 1", "radar 2"]
    for node, (latitude, longitude, height) in zip(document["nodes"], places, strict=True):
        local = array(document, binary, document["meshes"][node["mesh"]]["primitives"][0]["attributes"]["POSITION"])
        matrix = np.array(node["matrix"]).reshape(4, 4).T
        scene = local.astype(float) @ matrix[:3, :3].T + matrix[:3, 3]
        fixed = scene[:, [2, 0, 1]]
        north, up, east = local.T.astype(float)
        wanted = np.column_stack(pymap3d.enu2ecef(east, north, up, latitude, longitude, height))
        np.testing.assert_allclose(fixed, wanted, atol=0.01)


def test_a_globe_without_a_volume_is_refused():
    with pytest.raises(ValueError, match="at least one volume"):
        globe_glb([])
    with pytest.raises(ValueError, match="coverage of idle: no shell given"):
        globe_glb([Volume("idle", [], 0.0, 0.0, 0.0)])
