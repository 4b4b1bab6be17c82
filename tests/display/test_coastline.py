from importlib import resources

import numpy as np
import pytest

from jointwatch.display import coastline

PLACES = {
    "Moscow": (37.6, 55.75, True),
    "Baku": (49.0, 40.4, True),
    "Semnan": (53.9, 35.2, True),
    "the Caspian Sea": (51.0, 42.0, False),
    "the Arabian Sea": (63.0, 18.0, False),
    "the Black Sea": (34.0, 43.3, False),
    "the South Pole": (0.0, -89.0, True),
}


def winding(ring: np.ndarray, x: float, y: float) -> int:
    """Sunday's winding number: how often the ring goes round the point."""
    (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
    left = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
    return int(((y0 <= y) & (y1 > y) & (left > 0)).sum() - ((y0 > y) & (y1 <= y) & (left < 0)).sum())


@pytest.mark.parametrize("name", PLACES)
def test_land_is_land_and_sea_is_sea(name):
    x, y, on_land = PLACES[name]
    assert (sum(winding(ring, x, y) for ring in coastline.land()) != 0) is on_land


def test_rings_are_closed_and_cannot_be_changed():
    for ring in coastline.land():
        assert (ring[0] == ring[-1]).all()
        with pytest.raises(ValueError, match="read-only"):
            ring[0, 0] = 0.0


def test_the_cut_along_the_antimeridian_is_no_coast():
    for line in coastline.polylines():
        assert np.abs(np.diff(line[:, 0])).max() < 180.0
        on_cut = np.abs(line[:, 0]) > 179.99
        assert not (on_cut[:-1] & on_cut[1:]).any()


def test_the_file_is_small_and_says_where_it_comes_from():
    raw = resources.files("jointwatch.display").joinpath("coastline.json").read_bytes()
    assert len(raw) < 150_000
    assert "Natural Earth" in coastline.world().source
    assert "public domain" in coastline.world().source


def test_iran_and_azerbaijan_share_a_border_drawn_once():
    near_astara = coastline.within(coastline.borders(), 47.0, 38.4, 49.0, 39.8)
    assert len(near_astara) == len({line.tobytes() for line in near_astara}) >= 1
