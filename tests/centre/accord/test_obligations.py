"""What a centre promised to let go, and a policy of its own that would not."""

from __future__ import annotations

from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from jointwatch.centre.accord.obligations import covers, falls_short
from jointwatch.messages.accord import AgreedRelease
from jointwatch.messages.release_policy import Region, ReleaseRule
from tests.centre.accord.worlds import rules

GROUND = Region(south_rad=0.3, north_rad=0.8, west_rad=0.5, east_rad=1.2)
PROMISED = ReleaseRule(
    audience="brussels", klass="track", form="source masked", every_ns=10**10, delay_ns=10**9, region=GROUND
)
RULES = replace(rules(1, "brussels", "moscow"), releases=(AgreedRelease(centre="moscow", rule=PROMISED),))
WIDER = replace(GROUND, south_rad=0.0)


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({}, ""),
        ({"form": "whole", "every_ns": 0, "delay_ns": 0, "region": None}, ""),
        ({"region": WIDER}, ""),
        ({"every_ns": 10**11}, "thins it to one in 100 s"),
        ({"delay_ns": 10**10}, "holds it back 10 s"),
        ({"region": replace(GROUND, east_rad=1.0)}, "a region that is smaller"),
        ({"klass": "plot"}, "withholds it"),
        ({"audience": "riga"}, "withholds it"),
    ],
)
def test_a_policy_gives_no_less_than_was_promised(own: dict[str, object], words: str):
    found = falls_short("moscow", [replace(PROMISED, **own)], RULES)
    assert found == () if not words else (len(found) == 1 and words in found[0])


def test_five_items_are_less_than_a_masked_report_and_others_promises_are_not_ours():
    promised = ReleaseRule(audience="brussels", klass="notify", form="source masked")
    agreed = replace(RULES, releases=(AgreedRelease(centre="moscow", rule=promised),))
    assert "gives five items only" in falls_short("moscow", [replace(promised, form="five items")], agreed)[0]
    assert falls_short("brussels", [], agreed) == ()


ALL_AROUND = replace(GROUND, west_rad=-pi, east_rad=pi)


@pytest.mark.parametrize(
    ("west_rad", "east_rad"), [(0.5, 1.2), (3.0, -3.0), (-pi, 0.1), (0.1, pi), (pi, -3.0), (-pi, pi)]
)
def test_a_region_all_around_the_earth_covers_every_part_of_its_zone_and_no_other_covers_it(
    west_rad: float, east_rad: float
):
    part = replace(GROUND, west_rad=west_rad, east_rad=east_rad)
    assert covers(ALL_AROUND, part)
    assert covers(part, ALL_AROUND) == (part == ALL_AROUND)


longitudes = st.floats(-3.14, 3.14).map(lambda rad: round(rad, 9))  # to centimetres
latitudes = st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5)).map(sorted)
regions = st.builds(
    lambda ns, west, east: Region(south_rad=ns[0], north_rad=ns[1], west_rad=west, east_rad=east),
    latitudes,
    longitudes,
    longitudes,
)


@given(regions, regions, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_what_covers_a_region_holds_every_place_in_it(outer: Region, inner: Region, up: float, along: float):
    latitude = inner.south_rad + up * (inner.north_rad - inner.south_rad)
    longitude = inner.west_rad + along * ((inner.east_rad - inner.west_rad) % (2 * pi))
    longitude = (longitude + pi) % (2 * pi) - pi
    assert covers(inner, inner)
    assert covers(None, inner)
    if covers(outer, inner) and inner.holds(latitude, longitude):
        grown = replace(
            outer, south_rad=max(outer.south_rad - 1e-9, -pi / 2), north_rad=min(outer.north_rad + 1e-9, pi / 2)
        )
        near = [max(-pi, min(pi, longitude + d)) for d in (-1e-9, 0.0, 1e-9)]
        assert any(grown.holds(latitude, one) for one in near)
