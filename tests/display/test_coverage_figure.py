"""The map of coverage: an equal-area sheet with the pole or the date line in it, drawn to PNG and SVG."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.image import imread

from jointwatch.display.coverage_figure import ASPECT, CoverageFigure, Mark, draw
from jointwatch.display.projection import RADIUS_KM, EqualArea, sheet_around

DEGREES = {"latitude": st.floats(-90, 90), "longitude": st.floats(-180, 180)}


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-89, 89), st.floats(-179, 179))
def test_there_and_back_is_the_same_place(lat0: float, lon0: float, latitude: float, longitude: float) -> None:
    sheet = EqualArea(lat0, lon0)
    x, y = sheet.forward(longitude, latitude)
    if np.hypot(x, y) > 1.98 * RADIUS_KM:  # so near the antipode that a centimetre is a degree
        return
    back = sheet.inverse(x, y)
    assert back[1] == pytest.approx(latitude, abs=1e-6)
    assert (back[0] - longitude + 180) % 360 - 180 == pytest.approx(0.0, abs=1e-6 / np.cos(np.radians(latitude)))


@pytest.mark.parametrize(("lat0", "lon0"), [(0.0, 0.0), (90.0, 0.0), (47.0, 175.0)])
def test_equal_areas_stay_equal(lat0: float, lon0: float) -> None:
    """Cells of a degree, by the shoelace formula, against their area on the sphere."""
    sheet = EqualArea(lat0, lon0)
    for south in (-30.0, 10.0, 60.0, 85.0):
        corners = np.array([(170, south), (171, south), (171, south + 1), (170, south + 1)], dtype=float)
        edges = np.vstack(
            [np.linspace(a, b, 50, endpoint=False) for a, b in zip(corners, np.roll(corners, -1, 0), strict=True)]
        )
        x, y = sheet.forward(edges[:, 0], edges[:, 1])
        area = 0.5 * abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
        true = RADIUS_KM**2 * np.radians(1.0) * np.diff(np.sin(np.radians([south, south + 1])))[0]
        assert area == pytest.approx(true, rel=1e-4)


@pytest.mark.parametrize(("lat", "lon"), [(40.0, 48.0), (90.0, 0.0), (10.0, 180.0), (-75.0, -179.0)])
def test_a_sheet_holds_all_it_was_asked_to_hold(lat: float, lon: float) -> None:
    rng = np.random.default_rng(2)
    middle = EqualArea(lat, lon)
    longitude, latitude = middle.inverse(*rng.uniform(-2000, 2000, (2, 50)))
    sheet = sheet_around(longitude, latitude, aspect=ASPECT, least_km=500.0)
    x, y = sheet.projection.forward(longitude, latitude)
    assert sheet.x_km[0] < x.min() < x.max() < sheet.x_km[1]
    assert sheet.y_km[0] < y.min() < y.max() < sheet.y_km[1]
    assert np.diff(sheet.x_km)[0] / np.diff(sheet.y_km)[0] == pytest.approx(ASPECT)
    assert np.diff(sheet.y_km)[0] < 6000


def figure(latitude: float, longitude: float, *, seen: bool = True) -> CoverageFigure:
    sheet = sheet_around([longitude - 10, longitude + 10], [latitude, latitude], aspect=ASPECT, least_km=3000.0)
    lon, lat = sheet.grid(90)
    away = np.hypot(*sheet.projection.forward(lon, lat))
    return CoverageFigure(
        sheet=sheet,
        radars=[Mark("a radar", latitude, longitude), Mark("nothing <&>$", latitude, longitude)],
        seen=np.stack([away < 900.0, away < 0.0]) & seen,
        first_km=np.where((away < 1200) & seen, away / 3, np.nan),
        altitude_km=200.0,
        title="Coverage by a radar: object of 1 m²",
        notes=["one sentence"],
        places=[Mark("a place", latitude - 3, longitude), Mark("far away", -latitude, longitude + 180)],
    )


@pytest.mark.parametrize(("lat", "lon"), [(40.9, 47.8), (89.9, 0.0), (0.0, 179.9), (-90.0, 0.0)])
def test_it_is_drawn_everywhere_with_its_colours(tmp_path: Path, lat: float, lon: float) -> None:
    draw(figure(lat, lon), tmp_path / "c.png")
    drawn = imread(tmp_path / "c.png")[..., :3]
    assert drawn.shape[1] > 1200
    outline = np.array([0xB3, 0x50, 0x0F]) / 255  # the first radar's colour
    assert (np.abs(drawn - outline).max(axis=2) < 0.02).sum() > 300


def test_nothing_seen_draws_a_map_that_says_so(tmp_path: Path) -> None:
    draw(figure(40.0, 50.0, seen=False), tmp_path / "c.svg")
    text = (tmp_path / "c.svg").read_text()
    assert "a radar (nothing)" in text
    assert "no colour: never" in text


def test_the_same_figure_is_the_same_svg_and_its_words_are_words(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        draw(figure(40.0, 50.0), tmp_path / name)
    first, second = ((tmp_path / name).read_bytes() for name in ("a.svg", "b.svg"))
    assert first == second
    assert b"nothing &lt;&amp;&gt;$" in first
