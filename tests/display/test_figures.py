import re
import runpy
from importlib import resources
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from jointwatch.display import figures, maps, outlines, theme
from jointwatch.display.report_data import Point
from jointwatch.messages.picture import Ellipse

sample = runpy.run_path(str(Path(__file__).with_name("report_sample.py")))
DATA = sample["sejil"]()
DRAWINGS = {
    "map": maps.map_figure,
    "areas": figures.areas_figure,
    "altitude": figures.altitude_figure,
    "errors": figures.error_figure,
}
SPHERE = 5e-3  # a sphere against the ellipsoid: distances differ by up to 0.5 %
MEAN_RADIUS_KM = 6371.0
TEXT_CONTRAST, LINE_CONTRAST = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11


@pytest.fixture(scope="module")
def drawn():
    return {name: draw(DATA, DATA.objects[0], mark="EXERCISE") for name, draw in DRAWINGS.items()}


def stylesheet() -> str:
    return resources.files("jointwatch.display").joinpath("templates/report.css").read_text("utf-8")


def palettes() -> list[dict[str, str]]:
    """Return the variables of the light and the dark page."""
    blocks = re.findall(r":root \{(.*?)\}", stylesheet(), flags=re.DOTALL)
    return [dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in blocks]


def great_circle_km(lat1, lon1, lat2, lon2):
    """Haversine: independent of the geodesics that draw the outlines."""
    p1, l1, p2, l2 = (np.radians(x) for x in (lat1, lon1, lat2, lon2))
    h = np.sin((p2 - p1) / 2) ** 2 + np.cos(p1) * np.cos(p2) * np.sin((l2 - l1) / 2) ** 2
    return 2 * MEAN_RADIUS_KM * np.arcsin(np.sqrt(h))


def luminance(colour: str) -> float:
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_figure_is_one_well_formed_svg_element_with_a_name(drawn, name):
    root = ElementTree.fromstring(drawn[name])
    assert root.tag.endswith("svg")
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert root.get("width") is None  # as wide as the page lets it be


def test_figures_of_one_page_share_no_ids(drawn):
    ids = [found for svg in drawn.values() for found in re.findall(r'\bid="([^"]+)"', svg)]
    assert len(ids) == len(set(ids)) > 10


def test_no_figure_has_a_colour_of_its_own_and_the_page_defines_all_of_them_twice(drawn):
    text = "".join(drawn.values())
    assert not re.search(r"(?:fill|stroke): #", text)
    used = set(re.findall(r"var\(--(\w+)\)", text + stylesheet()))
    light, dark = palettes()
    assert used <= light.keys()
    assert used <= dark.keys()


def test_text_and_lines_stand_out_from_the_paper_in_both_schemes():
    for palette in palettes():
        for text in ("ink", "soft", "alarm"):
            assert contrast(palette[text], palette["paper"]) >= TEXT_CONTRAST
        for line in ("truth", "joint", "side1", "side2", "side3"):
            for ground in ("paper", "land", "sea"):
                assert contrast(palette[line], palette[ground]) >= LINE_CONTRAST


def test_text_with_mathematics_or_missing_letters_is_drawn_as_it_is():
    def draw(figure):
        figure.subplots().set_title("cost $x_1$ \\frac{ 漢字 <b>")

    assert "cost $x_1$ \\frac{ 漢字 &lt;b&gt;</text>" in theme.svg(
        draw, name="t", title='a "title"', width_in=3, height_in=2, mark="EXERCISE"
    )


def test_the_sector_of_a_radar_keeps_its_range_and_turns_through_north():
    line = outlines.sector(44.9251, 40.9839, azimuth_from_deg=305, azimuth_to_deg=55, ground_range_km=1800.0)
    distance = great_circle_km(44.9251, 40.9839, line[1:-1, 1], line[1:-1, 0])
    np.testing.assert_allclose(distance, 1800.0, rtol=SPHERE)
    assert line[1:-1, 1].min() > 44.9251  # 110 degrees around north: all of the arc lies to the north
    assert line[1, 0] < 40.9839 < line[-2, 0]  # from north-west, clockwise, to north-east


def test_a_full_circle_has_no_edges_and_an_outline_across_the_antimeridian_stays_whole():
    line = outlines.sector(65.0, 178.0, azimuth_from_deg=0, azimuth_to_deg=360, ground_range_km=500.0)
    assert np.abs(np.diff(line[:, 0])).max() < 5.0
    np.testing.assert_allclose(line[0], line[-1], atol=1e-9)


def test_an_ellipse_is_as_long_and_wide_as_stated_and_points_where_stated():
    area = Ellipse(35.0, 54.0, 40.0, 10.0, 63.0)
    line = outlines.ellipse(area, points=361)
    distance = great_circle_km(35.0, 54.0, line[:, 1], line[:, 0])
    np.testing.assert_allclose([distance.max(), distance.min()], [40.0, 10.0], rtol=SPHERE)
    east, north = figures.offset_km(Point(line[0, 1], line[0, 0]), Point(35.0, 54.0))
    assert np.degrees(np.arctan2(east, north)) == pytest.approx(63.0, abs=0.5)


def test_offsets_on_the_plane_are_good_to_one_percent_within_a_hundred_km():
    origin = Point(35.234, 53.921)
    for azimuth in range(0, 360, 30):
        line = outlines.ellipse(Ellipse(origin.latitude_deg, origin.longitude_deg, 100.0, 100.0, float(azimuth)))
        east, north = figures.offset_km(Point(line[0, 1], line[0, 0]), origin)
        assert np.hypot(east, north) == pytest.approx(100.0, rel=0.01)


@pytest.mark.parametrize("points", [[[10.0, 50.0]], [[41.0, 45.0], [66.7, 21.2]], [[16.0, 69.0], [15.0, 79.0]]])
def test_the_window_of_the_map_holds_every_point_in_its_aspect(points):
    points = np.array(points)
    west, south, east, north = maps.window(points)
    assert (points > [west, south]).all()
    assert (points < [east, north]).all()
    if north < 90.0:
        squeeze = np.cos(np.radians((south + north) / 2))
        assert (east - west) * squeeze / (north - south) == pytest.approx(maps.ASPECT, rel=1e-6)


def test_an_array_not_on_duty_is_an_outline_only():
    omid, item = sample["omid"](), sample["omid"]().objects[0]
    assert maps.map_figure(omid, item, mark="").count("opacity: 0.1") < maps.map_figure(DATA, item, mark="").count(
        "opacity: 0.1"
    )
