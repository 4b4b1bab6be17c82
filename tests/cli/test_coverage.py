"""`jointwatch coverage` as a person uses it: tables, a map, a grid, a globe, and one sentence where it cannot."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
import xarray
from matplotlib.image import imread


def row(printed: str, title: str, name: str) -> list[str]:
    """Return the cells of a radar's row in the table under a title."""
    lines = printed[printed.index(title) :].splitlines()
    return next(line.split() for line in lines if line.split()[:1] == [name])[1:]


def test_the_tables_answer_for_the_proposal_of_2007(jointwatch) -> None:
    code, out, _ = jointwatch("coverage", "gabala", "armavir")
    assert code == 0
    assert "1 m² mean cross-section at 200 km" in out
    assert "refraction by mean air, no terrain" in out
    assert "on duty from 2013-01-01" in out
    semnan, tabriz = (row(out, "Lowest height in view over launch sites", name) for name in ("Semnan", "Tabriz"))
    assert [float(height) for height in semnan[-3:]] == pytest.approx([78, 237, 78], abs=1)
    assert float(tabriz[-3]) == pytest.approx(20, abs=1)
    flights = row(out, "Flights out of iran", "mrbm-solid-2stage")
    gabala_alone, together = (float(flights[i].removesuffix("%,")) for i in (0, 6))
    assert 80 < gabala_alone < together <= 100
    assert "mrbm-solid-2stage handed over: gabala to armavir" in out
    gabala, together = (float(row(out, "Radars", name)[-1]) for name in ("gabala", "together"))
    assert gabala == pytest.approx(1.83, abs=0.02)
    assert together > gabala


def test_a_radar_named_twice_counts_once_and_that_is_said(jointwatch) -> None:
    once, twice = jointwatch("coverage", "brdy"), jointwatch("coverage", "brdy", "brdy")
    assert "named more than once counts once" in twice[1]
    assert twice[1].endswith(once[1])


def test_nothing_seen_is_told_not_an_error(jointwatch) -> None:
    code, out, _ = jointwatch("coverage", "olenegorsk", "--altitude-km", "0", "--rcs-m2", "1e-9")
    assert code == 0
    assert row(out, "Radars", "together") == ["0.00"]
    assert "Flights out of iran: none of any class is detected." in out


def test_a_map_is_drawn(jointwatch, tmp_path: Path) -> None:
    code, out, _ = jointwatch("coverage", "pechora", "--altitude-km", 400, "--out", tmp_path / "map.png")
    assert code == 0
    assert str(tmp_path / "map.png") in out.replace("\n", "")
    assert imread(tmp_path / "map.png").std() > 0.1
    assert [path.name for path in tmp_path.iterdir()] == ["map.png"]


def test_the_grid_says_what_the_tables_say_and_who_is_behind_it(jointwatch, tmp_path: Path) -> None:
    out = tmp_path / "grid.nc"
    assert jointwatch("coverage", "gabala", "armavir", "--rcs-m2", "0.5", "--out", out)[0] == 0
    with xarray.open_dataset(out) as data:
        semnan = data.sel(latitude=35.25, longitude=54.0, radar="gabala")
        assert float(semnan["lowest_visible_altitude"]) / 1e3 == pytest.approx(79, abs=2)
        assert float(semnan["detection_probability"]) > 0.5
        assert int(semnan["first_radar"]) == 0
        assert data["radar_rcs"].values.tolist() == [0.5, 0.5]
        assert "jointwatch coverage gabala armavir --rcs-m2 0.5" in data.attrs["history"]
        assert "Qabala" in data.attrs["references"]
        assert "assumptions" in data.attrs["comment"]
        assert 0.5 < float(data["flights_detected_by_any"].sel(region="iran", vehicle="mrbm-solid-2stage")) <= 1


def test_the_globe_has_a_volume_for_each_radar(jointwatch, tmp_path: Path) -> None:
    out = tmp_path / "globe.glb"
    assert jointwatch("coverage", "gabala", "pechora", "--altitude-km", "800", "--out", out)[0] == 0
    data = out.read_bytes()
    size = struct.unpack_from("<I", data, 12)[0]
    document = json.loads(data[20 : 20 + size])
    assert [node["name"] for node in document["nodes"]] == ["gabala", "pechora"]
    origin = np.array(document["nodes"][0]["matrix"][12:15])
    assert np.linalg.norm(origin) == pytest.approx(6.369e6, abs=2e3)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["gabalah"], "no radar 'gabalah'; did you mean 'gabala'?"),
        (["gabala", "--rcs-m2", "0"], "--rcs-m2 wants a mean cross-section above zero, in m²; got 0"),
        (["gabala", "--rcs-m2", "-1"], "--rcs-m2 wants a mean cross-section above zero, in m²; got -1"),
        (["gabala", "--rcs-m2", "nan"], "--rcs-m2 wants a mean cross-section above zero, in m²; got nan"),
        (["gabala", "--altitude-km", "-5"], "--altitude-km wants a height from 0 to 4,000 km; got -5"),
        (["gabala", "--altitude-km", "nan"], "--altitude-km wants a height from 0 to 4,000 km; got nan"),
        (["gabala", "--out", "x.pdf"], "--out wants a file that ends in .png, .svg, .nc, .glb; got 'x.pdf'"),
        (["gabala", "--out", "nowhere/x.png"], "lies in one that does not exist; make it first"),
        (["deveselu", "--altitude-km", "0", "--out", "x.glb"], "stands higher than the altitude asked for"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(
    jointwatch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = jointwatch("coverage", *arguments)
    assert code == 2
    assert sentence in err
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err + out
    assert not list(tmp_path.iterdir())
