"""Official warnings as notices: every window of 1,314 real ones, and polygons that hold what they stand for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.centre.notification import mariners
from jointwatch.centre.notification.mariners import LAUNCHINGS, polygon, taken
from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats
from jointwatch.formats.notice_areas import Box, Circle, Place, Track
from jointwatch.formats.notice_cancels import WarningId
from jointwatch.formats.notice_files import Warned, read_notices
from jointwatch.formats.notice_series import Life, lives
from jointwatch.formats.notice_text import read
from jointwatch.messages.encoding import encode
from tests.centre.test_notification import saying

REAL = Path(__file__).parents[3] / "shared/data/notices/nga_rocket_missile_notices_2010_2018.jsonl.gz"
ISSUED = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
TEXT = """BARENTS SEA. ROCKETS.
1. HAZARDOUS OPERATIONS, ROCKET LAUNCHING
0600Z TO 1000Z DAILY 24 THRU 26 NOV
IN AREA BOUND BY 70-00N 040-00E, 70-00N 045-00E, 68-00N 045-00E, 68-00N 040-00E.
2. CANCEL THIS MSG 261100Z NOV 26."""


def life(text: str = TEXT) -> Life:
    warned = Warned(WarningId("HYDROARC", 207, 2026), ISSUED, "NAVAREA XX 91/26", text, read(text, ISSUED, "HYDROARC"))
    return lives([warned])[0]


def test_a_warning_becomes_a_notice_for_each_window_that_is_not_over():
    each = taken(saying(), life(), ISSUED).notices
    assert [notice.id for notice in each] == [f"moscow-warning-HYDROARC-207-26-{k}" for k in (1, 2, 3)]
    first = each[0].contents
    assert (first.until_tai_ns - first.from_tai_ns) / 3_600e9 == 4.0
    assert first.source == "HYDROARC 207/26, NAVAREA XX 91/26"
    assert first.areas[0].role == "hazard"
    assert np.degrees(first.areas[0].corners[0]) == pytest.approx([70.0, 40.0])
    later = taken(saying(), life(), datetime(2026, 11, 25, 10, 30, tzinfo=UTC)).notices
    assert [notice.id for notice in later] == ["moscow-warning-HYDROARC-207-26-3"]  # under the id it had


def test_a_warning_that_ended_or_is_of_gunnery_becomes_none():
    assert taken(saying(), life(), datetime(2026, 11, 26, 11, 0, tzinfo=UTC)).notices == ()
    gunnery = TEXT.replace("ROCKETS", "GUNNERY").replace(", ROCKET LAUNCHING", ", GUNNERY")
    assert taken(saying(), life(gunnery), ISSUED).notices == ()


def test_every_real_warning_of_launchings_becomes_notices_that_can_be_sent():
    if not REAL.is_file():
        pytest.skip(f"{REAL} is not here")
    found = lives(list({each.id: each for each in read_notices(REAL)}.values()))
    without = left_out = 0
    for one in found:
        result = taken(saying(), one, one.warned.issued + timedelta(minutes=1))
        for notice in result.notices:
            encode(notice)
        said = one.warned.says
        without += bool(set(said.subjects) & set(LAUNCHINGS)) and not said.cancels.at_once and not result.notices
        left_out += len(result.left_out)
    assert (without, left_out) == (2, 0)


def inside(corners: Floats, places: Floats) -> Floats:
    """Whether places lie in a polygon, on a plane about its middle that keeps azimuth and distance."""
    middle = geodesic.middle(*corners.T)

    def flat(points: Floats) -> Floats:
        distance, azimuth, _ = geodesic.inverse(*middle, *points.T)
        return np.column_stack([distance * np.sin(azimuth), distance * np.cos(azimuth)])

    ring, x = flat(corners), flat(places)
    a, b = ring, np.roll(ring, -1, axis=0)
    crosses = (a[:, 1] > x[:, 1, None]) != (b[:, 1] > x[:, 1, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        at = (b[:, 0] - a[:, 0]) * (x[:, 1, None] - a[:, 1]) / (b[:, 1] - a[:, 1]) + a[:, 0]
    return np.sum(crosses & (x[:, 0, None] < at), axis=1) % 2 == 1


@given(st.floats(-80, 80), st.floats(-180, 180), st.floats(1e3, 3e5))
def test_a_circle_lies_within_its_polygon(latitude: float, longitude: float, radius_m: float):
    corners = polygon(Circle(Place(latitude, longitude), radius_m))
    assert np.all(np.abs(corners) <= [np.pi / 2, np.pi])
    bearings = np.linspace(0, 2 * np.pi, 37)
    rim = geodesic.direct(np.radians(latitude), np.radians(longitude), bearings, 0.999 * radius_m)
    assert np.all(inside(corners, np.column_stack(rim[:2])))


@given(st.floats(-70, 70), st.floats(-180, 180), st.floats(0, 359), st.floats(2e4, 5e5), st.floats(0, 2e4))
def test_a_line_lies_within_its_polygon(latitude: float, longitude: float, way: float, long_m: float, half_m: float):
    start = np.radians([latitude, longitude])
    end = geodesic.direct(*start, np.radians(way), long_m)
    far = Place(float(np.degrees(end[0])), float(np.degrees(end[1])))
    corners = polygon(Track((Place(latitude, longitude), far), half_m))
    along = geodesic.direct(*start, np.radians(way), long_m * np.linspace(0.01, 0.99, 9))
    assert np.all(inside(corners, np.column_stack(along[:2])))


def test_a_wide_box_follows_its_parallels_and_a_daily_warning_of_a_year_is_one_window():
    assert len(polygon(Box(50.0, 60.0, 170.0, -170.0))) == 10
    assert np.all(np.abs(polygon(Box(50.0, 60.0, 170.0, -170.0))[:, 1]) <= np.pi)
    year = TEXT.replace("24 THRU 26 NOV", "01 DEC 26 THRU 15 JAN 27").replace("261100Z NOV 26", "161100Z JAN 27")
    (operation,) = life(year).warned.says.operations
    assert len(operation.windows) > mariners.WINDOWS
    (notice,) = taken(saying(), life(year), ISSUED).notices
    assert (notice.contents.until_tai_ns - notice.contents.from_tai_ns) / 86_400e9 > 45
