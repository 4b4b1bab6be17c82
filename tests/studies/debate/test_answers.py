"""The fifteen answers: none without its published row, and those that cost little by another way."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from jointwatch.studies.debate.answers import COMPUTED, answer
from jointwatch.studies.debate.flights import free_flight_s, january_1995
from jointwatch.studies.debate.published import questions
from jointwatch.studies.debate.rules import five_items, notified
from jointwatch.studies.debate.sights import armavir_2009, heights

R_KM, MU_KM3_S2 = 6371.0, 398600.44
CHEAP = (4, 5, 6, 8, 9, 12, 13, 15)


def test_there_are_fifteen_questions_and_every_source_is_known() -> None:
    assert list(questions()) == list(COMPUTED) == list(range(1, 16))
    for question in questions().values():
        for row in question.rows.values():
            assert row.read_in.claimant
            assert row.tag != "recalled"


@pytest.mark.parametrize("number", CHEAP)
def test_every_row_has_both_sides_and_nothing_computed_is_left_out(number: int) -> None:
    assert set(COMPUTED[number]()) == set(questions()[number].rows)
    shown = answer(number)
    text, table = repr(shown), shown._repr_markdown_()
    for row in shown.rows:
        assert row.published.published in text
        assert row.ours in text
        assert f"**{row.ours}**" in table
    assert len({line.count(" | ") for line in table.splitlines()[2:] if "---" not in line}) == 1


def test_a_question_that_was_not_asked_is_refused_with_those_there_are() -> None:
    with pytest.raises(LookupError, match="there are questions 1 to 15; asked for 16"):
        answer(16)


@pytest.mark.parametrize(
    ("radar", "site", "published"),
    [
        ("gabala", (40.8707, 47.8027), 83),
        ("armavir", (44.9251, 40.9839), 247),
        ("kurecik", (38.34944, 37.79361), 229),
        ("brdy", (49.67, 13.83), 1347),
    ],
)
def test_heights_over_semnan_are_those_of_a_sphere_but_for_the_ellipsoid(
    radar: str, site: tuple[float, float], published: float
) -> None:
    (a, x), (b, y) = (tuple(map(math.radians, point)) for point in (site, (35.234, 53.921)))
    psi = math.acos(math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(y - x))
    two = math.radians(2.0)
    sphere = R_KM * (math.cos(two) / math.cos(two + psi) - 1)
    assert sphere == pytest.approx(published, abs=1.0)
    assert float(heights()[radar].removesuffix(" km").replace(",", "")) == pytest.approx(sphere, rel=0.012)


class Ground:
    """Where a flight in a plane ends."""

    terminal = True

    def __call__(self, _: float, x: np.ndarray) -> float:
        return math.hypot(x[0], x[1]) - R_KM


def pull(_: float, x: np.ndarray) -> list[float]:
    return [x[2], x[3], *(-MU_KM3_S2 / math.hypot(x[0], x[1]) ** 3 * x[:2])]


@pytest.mark.parametrize("range_km", [400.0, 1_000.0, 1_500.0])
def test_the_free_flight_of_1995_takes_as_long_when_it_is_integrated(range_km: float) -> None:
    """In the plane of the flight from the apogee down to the ground, by SciPy; the speed there fitted to the range."""
    top = R_KM + 1_453.0

    def fall(v: float) -> tuple[float, float]:
        end = solve_ivp(pull, (0, 3_000), [0.0, top, v, 0.0], events=Ground(), rtol=1e-10, atol=1e-9)
        x, y = end.y[:2, -1]
        return 2 * R_KM * math.atan2(x, y), 2 * float(end.t[-1])

    low, high = 0.0, 5.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if fall(middle)[0] < range_km else (low, middle)
    assert free_flight_s(1_453e3, range_km * 1e3) == pytest.approx(fall(low)[1], abs=1.0)


def test_1995_fits_with_its_boost() -> None:
    assert january_1995()["whole"].endswith("fits")
    assert january_1995()["free"] == "21.6 to 21.9 min"


def test_which_array_came_first_decides_on_2009() -> None:
    found = armavir_2009()
    assert [found[row].split(":")[0] for row in ("analyst", "operator", "second")] == ["yes", "no", "yes"]


def test_rules_bind_as_their_thresholds_say_and_five_items_name_no_sensor() -> None:
    asked = notified()
    assert asked["plns"].startswith("obligation")  # 2,000 km is over 500 km
    assert asked["agreement-1988"] == "obligation; of 2,000 km nothing"  # an ICBM, and no ICBM
    assert asked["russia-china"] == "obligation; of 2,000 km nothing"  # over 2,000 km, not at it
    assert "Hague Code" in asked["hague"]
    left = five_items()
    assert left["items"] == "launch time, launch point, direction, impact point, impact time, each with its uncertainty"
    assert "the sensors" in left["source"]
