"""One event or two, one object or two: by statistics of launches drawn, and the sentence that keeps two times apart."""

from __future__ import annotations

from dataclasses import replace
from math import radians

import numpy as np
import pytest
from scipy.stats import chi2

from jointwatch.assessment.correlation.launch import Launch
from jointwatch.assessment.correlation.same_event import CHI2_999, events, likeness, shared
from jointwatch.assessment.finding import Direction, Instant, Place
from jointwatch.earth import geodesic
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc

EVENT = tai_ns_from_utc("2013-09-03T06:15:00Z")
ONE = Launch(
    name="T-0001",
    place=Place(radians(34.0), radians(22.0), 400e6 * np.eye(2)),
    event=Instant(EVENT, 12.0),
    direction=Direction(radians(90.0), radians(2.0)),
    detected_tai_ns=EVENT + 190 * NS_PER_S,
)


def drawn(launch: Launch, rng: np.random.Generator) -> Launch:
    """Another estimate of the same launch, with errors of its own stated covariance."""
    east, north = rng.normal(0.0, 20e3, 2)
    latitude, longitude, _ = geodesic.direct(
        launch.place.latitude_rad, launch.place.longitude_rad, np.arctan2(east, north), np.hypot(east, north)
    )
    return replace(
        launch,
        place=Place(float(latitude), float(longitude), launch.place.cov_en_m2),
        event=Instant(launch.event.time_tai_ns + round(rng.normal(0.0, 12.0) * NS_PER_S), 12.0),
        direction=Direction(radians(90.0 + rng.normal(0.0, 2.0)), radians(2.0)),
    )


def test_the_bounds_are_the_99_9_percent_points_of_chi_square() -> None:
    assert {freedom: pytest.approx(chi2.ppf(0.999, freedom)) for freedom in (3, 4)} == CHI2_999


def test_two_estimates_of_one_launch_are_one_event_but_for_chance() -> None:
    rng = np.random.default_rng(5)
    pairs = [likeness(drawn(ONE, rng), drawn(ONE, rng)) for _ in range(1000)]
    assert sum(not pair.one_event for pair in pairs) <= 4, "one in a thousand by the bound, fewer by the least errors"


@pytest.mark.parametrize(
    "other",
    [
        replace(ONE, event=Instant(EVENT + 180 * NS_PER_S, 12.0)),
        replace(ONE, place=Place(radians(36.0), radians(22.0), ONE.place.cov_en_m2)),
        replace(ONE, direction=Direction(radians(130.0), radians(2.0))),
    ],
)
def test_another_time_place_or_direction_is_another_event(other: Launch) -> None:
    assert not likeness(ONE, other).one_event


def test_when_it_was_first_seen_separates_nothing() -> None:
    late = replace(ONE, detected_tai_ns=EVENT + 700 * NS_PER_S)
    assert likeness(ONE, late).one_event
    assert likeness(ONE, late).detection_apart_s == 510.0
    assert ONE.behind_event_s() == 190.0


def test_two_objects_of_one_launch_are_one_event_and_the_counts_that_differ_are_said() -> None:
    booster = replace(ONE, name="T-0002", event=Instant(EVENT + 4 * NS_PER_S, 12.0))
    told = replace(ONE, name="one target", event=Instant(EVENT, 30.0), direction=None, detected_tai_ns=None)
    (event,) = shared([ONE, booster], [told], us="moscow", them="brussels")
    assert (event.ours, event.theirs, event.same_count) == (("T-0001", "T-0002"), ("one target",), False)
    assert event.sentence == (
        "one event with one target of brussels: launch points 0 km and launch times 0 s apart (sigma 33 s); the counts "
        "differ: moscow has 2 objects, brussels 1 object"
    )


def test_launches_that_are_told_apart_are_two_events() -> None:
    salvo = replace(ONE, name="T-0002", event=Instant(EVENT + 300 * NS_PER_S, 12.0))
    theirs = replace(salvo, name="B-7", detected_tai_ns=EVENT + 360 * NS_PER_S)
    assert [[one.name for one in event] for event in events([ONE, salvo])] == [["T-0001"], ["T-0002"]]
    first, second = shared([ONE, salvo], [theirs], us="moscow", them="brussels")
    assert first.sentence == "moscow has 1 object launched 06:15:00Z, and brussels reports none of it"
    assert (second.theirs, second.same_count) == (("B-7",), True)
    assert "brussels first saw it 170 s after moscow" in second.sentence


def test_what_only_the_partner_has_is_an_event_too() -> None:
    (event,) = shared([], [ONE], us="moscow", them="brussels")
    assert event.sentence == "brussels has 1 object launched 06:15:00Z, and moscow reports none of it"


def test_the_order_of_launches_changes_no_event() -> None:
    rng = np.random.default_rng(11)
    many = [
        replace(drawn(replace(ONE, event=Instant(EVENT + 400 * (k % 3) * NS_PER_S, 12.0)), rng), name=f"T-{k}")
        for k in range(9)
    ]
    once = {frozenset(one.name for one in event) for event in events(many)}
    again = {frozenset(one.name for one in event) for event in events([many[k] for k in rng.permutation(9)])}
    assert once == again
