"""The horizon, against the table computed independently for the debate's radars and sites."""

import numpy as np
import pytest

from jointwatch.earth.horizon import elevation_rad, minimum_visible_height_m

# ground distance km, then the lowest visible height in km at 0, 2 and 3 degrees of elevation; sphere of 6,371 km
TABLE = [
    (336, 9, 21, 27), (656, 34, 57, 69), (824, 54, 83, 98), (835, 55, 85, 100), (1708, 236, 300, 332),
    (880, 61, 93, 108), (1352, 146, 196, 221), (1537, 190, 247, 276), (1549, 193, 250, 279), (2395, 478, 574, 623),
    (743, 44, 70, 83), (1241, 123, 168, 191), (1475, 175, 229, 257), (2122, 370, 453, 495),
    (2873, 708, 830, 892), (3394, 1025, 1180, 1261), (3604, 1176, 1347, 1435), (4378, 1870, 2113, 2241),
]  # fmt: skip
ROUNDED_KM = 1.0  # distances and heights of the table are whole kilometres


@pytest.mark.parametrize("row", TABLE)
def test_lowest_visible_heights_of_the_debate(row: tuple[float, ...]) -> None:
    heights = minimum_visible_height_m(row[0] * 1e3, np.deg2rad([0.0, 2.0, 3.0])) / 1e3
    assert np.abs(heights - row[1:]).max() <= ROUNDED_KM


def test_elevation_undoes_the_lowest_visible_height() -> None:
    distance, elevation = np.linspace(1e4, 4e6, 50), np.deg2rad(3.0)
    assert elevation_rad(distance, minimum_visible_height_m(distance, elevation)) == pytest.approx(
        np.full(50, elevation)
    )


def test_beyond_the_quarter_turn_nothing_is_high_enough() -> None:
    assert minimum_visible_height_m(10.1e6) == np.inf
    assert minimum_visible_height_m(0.0) == 0.0


def test_a_negative_distance_is_refused() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        minimum_visible_height_m(-1.0)
