"""The speeds needed are those of geometry after a view's first detection; every claim stands there; rings at range."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from jointwatch.catalogue.interceptor_sites import load_interceptor_sites
from jointwatch.studies.bundle import positions
from jointwatch.studies.joint.chunk import STEP_S, Plan, chunk
from jointwatch.studies.joint.file import StudyError, load, parse
from jointwatch.studies.joint.launches import flown
from jointwatch.studies.joint.sites import rings_of
from jointwatch.studies.joint.strategic import PARTS, WITHIN, ReachRow, reach_rows
from jointwatch.studies.reach import way_round_m

TEXT = load("strategic")[1].decode().replace("count = 12500", "count = 24")
PLAN = Plan(parse(TEXT.encode(), where="small"))
CHUNKS = [chunk(PLAN, number) for number in range(len(PLAN))]
ROWS = list(reach_rows(PLAN, CHUNKS))
Key = tuple[str, ...]


def by_view(rows: list[ReachRow]) -> dict[Key, dict[tuple[str, str, float], ReachRow]]:
    found: dict[Key, dict[tuple[str, str, float], ReachRow]] = {}
    for r in rows:
        key = (r.origin, r.to, r.site, r.architecture, r.party, r.assumptions)
        found.setdefault(key, {})[r.measure, r.claim, 0.0 if np.isnan(r.speed_km_s) else r.speed_km_s] = r
    return found


HELD = by_view(ROWS)


def test_the_speed_needed_is_the_least_of_way_over_time_after_the_first_detection() -> None:
    cell, begin, end = PLAN.part(0)
    flights = flown(cell, begin, end, seed=PLAN.study.seed).flights
    r = positions(flights, slice(0, len(flights)), step_s=STEP_S)
    for s, site in enumerate(PLAN.sites):
        for number in (0, 4, len(PLAN.deployment.views) - 1):
            for j in (0, 7, 19):
                first = int(CHUNKS[0].first_by[number, j])
                steps = range(first + 1, r.shape[1]) if first >= 0 else range(0)
                ways = [way_round_m(site.position_m, r[j, n]) / (STEP_S * (n - first)) for n in steps]
                found = CHUNKS[0].needed_speed[s, PLAN.view_of[number], j]
                assert found == pytest.approx(min(ways, default=np.inf), rel=1e-6)


def test_whoever_sees_more_needs_no_more_speed() -> None:
    for key, held in HELD.items():
        *launches, architecture, _, assumed = key
        together = HELD[*launches, architecture, "together", assumed]
        nothing = HELD[*launches, "none", "together", assumed]
        for part in PARTS:
            assert together[part, "", 0.0].value <= held[part, "", 0.0].value
            assert together[part, "", 0.0].value <= nothing[part, "", 0.0].value


def test_more_speed_leaves_no_fewer_within_and_every_claim_of_each_side_stands_there() -> None:
    claims = load_interceptor_sites()["poland-gbi-2007"].claimed_speed_km_s.claims
    wanted = {(WITHIN, name, speed) for name, claim in claims.items() for speed in claim.value}
    for key, held in HELD.items():
        within = sorted((speed, row.value) for (measure, _, speed), row in held.items() if measure == WITHIN)
        assert all(a <= b for (_, a), (_, b) in pairwise(within))
        assert all(held[a, "", 0.0].value <= held[b, "", 0.0].value for a, b in pairwise(PARTS))
        if key[2] == "poland-gbi-2007":
            assert {what for what in held if what[0] == WITHIN} == wanted
            assert held[WITHIN, "postol-aaas", 8.3].claimant == "T. Postol, 28 August 2007, by SpaceNews"


def test_flights_over_poland_ask_for_less_speed_from_there_than_from_alaska() -> None:
    def median(site: str) -> float:
        return HELD["iran", "europe-central", site, "both-2007", "together", "neutral"]["needed_50", "", 0.0].value

    assert median("poland-gbi-2007") < 2.0 < median("fort-greely")


def test_rings_lie_at_each_range_that_was_published() -> None:
    rings = rings_of(PLAN.study)
    assert {ring.claim: ring.range_km for ring in rings} == {
        "analysts-2008": 500.0,
        "officials-2011": 500.0,
        "interfax": 400.0,
        "lithuania-2016": 700.0,
    }
    for ring in rings:
        north, east = np.rad2deg([ring.latitude_rad[45], ring.longitude_rad[45]])
        far = Geodesic.WGS84.Inverse(54.71, 20.51, north, east)["s12"]
        assert far == pytest.approx(1e3 * ring.range_km, abs=1.0)


def test_without_sites_nothing_is_told_of_them() -> None:
    begin, end = TEXT.index("[reach]"), TEXT.index("[[launches]]")
    plan = Plan(parse((TEXT[:begin] + TEXT[end:]).encode(), where="without"))
    held = [chunk(plan, 0)]
    assert held[0].needed_speed.shape == (0, len(plan.distinct), len(held[0]))
    assert list(reach_rows(plan, held)) == []
    assert rings_of(plan.study) == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"fort-greely"', '"fort-grely"', "the catalogue has no site 'fort-grely'; did you mean 'fort-greely'?"),
        ('"fort-greely"', '"vandenberg"', "sites: 'vandenberg' stands there twice"),
        ('["iskander-kaliningrad"]', '["iskander"]', "no system in the news 'iskander'; did you mean"),
        ("rings =", "ring =", "reach.ring: this key is not known; did you mean 'rings'?"),
    ],
)
def test_a_fault_in_the_sites_is_one_sentence(old: str, new: str, told: str) -> None:
    with pytest.raises(StudyError) as refused:
        parse(TEXT.replace(old, new).encode(), where="mine.toml")
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_launch_site_is_a_point_without_claims() -> None:
    plan = Plan(parse(TEXT.replace('"fort-greely"', '"semx"').encode(), where="mine.toml"))
    assert plan.sites[1].claims == ()
    rows = list(reach_rows(plan, [chunk(plan, number) for number in range(len(plan))]))
    assert {row.measure for row in rows if row.site == "semx"} == set(PARTS)
