"""Who looks with what: own radars, what an architecture brings, what is shared, as on the day or as proposed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jointwatch.studies.architecture import catalogue_radar
from jointwatch.studies.joint.deployment import Deployment, brought, deploy, shared
from jointwatch.studies.joint.file import TOGETHER, Study, StudyError, load, parse

EUROPE, _ = load("europe-2007")
HELD = deploy(EUROPE)


def looking(held: Deployment, architecture: str, party: str, assumed: str = "neutral") -> dict[str, list[str]]:
    """Arrays by radar of a view."""
    view = next(v for v in held.views if (v.architecture, v.party, v.assumptions) == (architecture, party, assumed))
    radars = [held.sensors[number].radar for number in view.sensors]
    assert len({radar.name for radar in radars}) == len(radars)
    return {radar.name: [face.name for face in radar.faces] for radar in radars}


def changed(old: str, new: str) -> Study:
    data = load("europe-2007")[1].decode()
    assert old in data
    return parse(data.replace(old, new).encode(), where="changed")


def test_every_architecture_is_seen_by_each_party_and_all_under_each_set_of_assumptions() -> None:
    seen = {(v.architecture, v.party, v.assumptions) for v in HELD.views}
    assert len(seen) == len(HELD.views) == 4 * 3 * 3
    assert {v.party for v in HELD.views} == {"russia", "united-states", TOGETHER}


def test_where_nothing_is_shared_a_party_has_its_own_radars_of_the_day() -> None:
    russia = looking(HELD, "none", "russia")
    assert "gabala" in russia
    assert russia["armavir"] == ["south-west"]
    assert "pionersky" not in russia  # on duty from 2011
    assert "gabala" not in looking(HELD, "none", "united-states")
    assert set(looking(HELD, "none", TOGETHER)) == set(russia) | set(looking(HELD, "none", "united-states"))


def test_an_offer_with_centres_gives_each_party_all_arrays_of_what_was_offered_and_nothing_beside() -> None:
    assert shared(EUROPE, "gabala-armavir-2007")
    assert not shared(EUROPE, "third-site-2007")
    states = looking(HELD, "gabala-armavir-2007", "united-states")
    assert states["armavir"] == ["south-west", "south-east"]
    assert "gabala" in states
    assert "pechora" not in states
    assert "brdy" not in looking(HELD, "gabala-armavir-2007", TOGETHER)


def test_what_is_not_shared_stays_with_the_party_that_builds_it() -> None:
    assert "brdy" in looking(HELD, "third-site-2007", "united-states")
    assert "brdy" not in looking(HELD, "third-site-2007", "russia")
    assert "brdy" in looking(HELD, "both-2007", "russia")


def test_a_claim_named_by_a_side_is_taken_in_its_set_alone() -> None:
    def law(assumed: str) -> tuple[float, float]:
        view = next(v for v in HELD.views if v.architecture == "both-2007" and v.assumptions == assumed)
        (radar,) = (HELD.sensors[i].radar for i in view.sensors if HELD.sensors[i].radar.name == "brdy")
        return radar.reference_range_m, radar.reference_rcs_m2

    assert law("neutral") == law("united-states") == (2420e3, 0.01)
    assert law("russia") == (485e3, 0.01)


def test_where_the_debate_disagreed_the_sides_assume_different_things_and_all_of_it_was_claimed() -> None:
    for name in ("europe-2007", "phased", "programme"):
        study, _ = load(name)
        sides = [study.assumptions[party].claims for party in study.parties]
        disputed = {radar for side in sides for radar in side}
        assert {"armavir"} < disputed
        for radar in disputed:
            radars = {
                side: catalogue_radar(radar, study.assumptions[side].claims.get(radar))[0] for side in study.parties
            }
            assert len(set(radars.values())) == 2, (name, radar)
    armavir = [s.radar for s in deploy(EUROPE).sensors if s.radar.name == "armavir"]
    assert {radar.instrumented_range_m for radar in armavir} == {6000e3, 3700e3}  # the press of 2011, and UPI


def test_radars_alike_under_two_sets_are_one_sensor() -> None:
    names = [sensor.radar.name for sensor in HELD.sensors]
    assert names.count("thule") == 1
    assert names.count("brdy") == 2


def test_swapping_the_parties_changes_nothing_but_their_names() -> None:
    data = load("europe-2007")[1].decode()
    swapped = data.replace("russia", "x").replace("united-states", "russia").replace(".x]", ".united-states]")
    other = deploy(parse(swapped.replace("x.claims", "united-states.claims").encode(), where="swapped"))
    names = {"russia": "united-states", "united-states": "russia"}
    for v in HELD.views:
        party, assumed = names.get(v.party, v.party), names.get(v.assumptions, v.assumptions)
        assert looking(other, v.architecture, party, assumed) == looking(HELD, v.architecture, v.party, v.assumptions)


def test_the_phases_bring_what_stood_on_their_days() -> None:
    phased, _ = load("phased")
    assert brought(phased, "phased-2009") == ("ship-eastern-mediterranean", "kurecik")
    assert set(brought(phased, "phased-2018")) - set(brought(phased, "phased-2015")) == {"redzikowo"}
    assert deploy(phased).views


def test_the_study_in_the_guide_is_one() -> None:
    guide = (Path(__file__).parents[3] / "docs/guide/studies.md").read_text(encoding="utf-8")
    shown = re.search(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert shown is not None
    study = parse(shown[1].encode(), where="guide")
    held = deploy(study)
    assert shared(study, "gabala-shared")
    assert "gabala" in looking(held, "gabala-shared", "united-states")
    assert {sensor.rcs for sensor in held.sensors} == {"mean", "lower"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('builds = ["brdy"]', "builds = []", "third-site-2007: 'brdy' is of no party"),
        (
            '[architectures.third-site-2007]\non = "2009-06"\nproposed = true',
            '[architectures.phased-2018]\non = "1975"',
            r"architectures.phased-2018.on: none of its radars stood on 1975",
        ),
        ('"narrow"', '"narow"', "assumptions.united-states.claims.gabala: .*'narow'"),
        ('gabala.detection', 'gabala.detecton', "assumptions.russia.claims.gabala: .*'detecton'"),
    ],
)  # fmt: skip
def test_what_cannot_be_deployed_is_one_sentence(old: str, new: str, told: str) -> None:
    with pytest.raises(StudyError, match=told):
        deploy(changed(old, new))
