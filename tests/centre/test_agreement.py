"""The joint statement is a pure function of the findings: whoever has them makes the same bytes."""

from __future__ import annotations

from math import radians

import pytest

from jointwatch.centre.agreement import statement
from jointwatch.messages.encoding import encode
from jointwatch.messages.finding import Finding, ObjectFinding, PointFinding
from jointwatch.messages.reference import EntryReference

T0 = 1_242_799_234_000_000_000
KM2 = 1e6


def point(latitude: float, longitude: float, seconds: float, sigma_km: float) -> PointFinding:
    variance = sigma_km**2 * KM2
    return PointFinding(
        latitude_rad=radians(latitude),
        longitude_rad=radians(longitude),
        time_tai_ns=T0 + round(seconds * 1e9),
        covariance=(variance, 0.0, 0.0, variance, 0.0, 25.0),
    )


def found(
    name: str, *, latitude: float = 36.2, seconds: float = 0.0, sigma_km: float = 10.0, verdict: str = "missile"
) -> ObjectFinding:
    return ObjectFinding(
        object=name,
        tracks=(name,),
        first_seen_tai_ns=T0 + 110_000_000_000,
        launch=point(latitude, 55.3, seconds, sigma_km),
        direction_rad=2.6,
        direction_sigma_rad=0.02,
        impact=point(latitude - 16.0, 64.0, seconds + 900, sigma_km),
        verdict=verdict,
        p_space=0.01,
        reason="its perigee lies deep in the Earth",
        range_class="MRBM",
    )


def said(centre: str, *objects: ObjectFinding) -> tuple[Finding, EntryReference]:
    log = f"{centre}/common/assess"
    finding = Finding(
        mode="exercise",
        run="r",
        origin=centre,
        log=log,
        logged_tai_ns=T0,
        id=f"{centre}-finding-1",
        as_of_tai_ns=T0,
        objects=objects,
    )
    return finding, EntryReference(log=log, index=0, leaf_hash=centre[:1].encode() * 32)


def make(
    moscow: tuple[Finding, EntryReference], brussels: tuple[Finding, EntryReference], *, swapped: bool = False
) -> bytes:
    both = {"moscow": moscow, "brussels": brussels}
    ordered = dict(reversed(both.items())) if swapped else both
    return encode(statement("r", "exercise", ordered, ()))


def test_both_centres_make_the_same_bytes_whoever_comes_first() -> None:
    moscow, brussels = said("moscow", found("T-1")), said("brussels", found("B-7", latitude=36.25))
    assert make(moscow, brussels) == make(moscow, brussels, swapped=True)


def test_findings_within_their_uncertainty_agree() -> None:
    made = statement("r", "exercise", {"a": said("a", found("T-1")), "b": said("b", found("T-9", latitude=36.3))}, ())
    assert made.agree
    (joint,) = made.objects
    assert {(member.centre, member.object) for member in joint.members} == {("a", "T-1"), ("b", "T-9")}


def test_findings_beyond_their_uncertainty_disagree_and_the_statement_says_on_what() -> None:
    far = found("T-9", latitude=37.9, sigma_km=5.0)
    made = statement("r", "exercise", {"a": said("a", found("T-1", sigma_km=5.0)), "b": said("b", far)}, ())
    assert not made.agree
    differing = {item.item for joint in made.objects for item in joint.concordance if not item.agree}
    assert "launch place" in differing
    assert any("not agreed" in sentence and "launch place" in sentence for sentence in made.sentences)


def test_a_verdict_on_one_side_alone_is_said() -> None:
    undecided = found("T-9", verdict="undecided")
    made = statement("r", "exercise", {"a": said("a", found("T-1")), "b": said("b", undecided)}, ())
    assert not made.agree


def test_an_object_of_one_centre_only_is_kept_and_not_agreed_on() -> None:
    other = found("T-2", latitude=30.0, seconds=600.0)
    made = statement("r", "exercise", {"a": said("a", found("T-1"), other), "b": said("b", found("T-9"))}, ())
    assert len(made.objects) == 2
    assert [len(joint.members) for joint in made.objects] == [2, 1]
    assert not made.agree
    assert any("held by one centre only" in sentence for sentence in made.sentences)


def test_two_launches_from_one_place_minutes_apart_are_two() -> None:
    pair = (found("T-1"), found("T-2", seconds=400.0))
    made = statement("r", "exercise", {"a": said("a", *pair), "b": said("b", *pair)}, ())
    assert [len(joint.members) for joint in made.objects] == [2, 2]
    assert made.agree


@pytest.mark.parametrize("absent", [(), ("b",)])
def test_a_centre_alone_makes_no_agreement(absent: tuple[str, ...]) -> None:
    made = statement("r", "exercise", {"a": said("a", found("T-1"))}, absent)
    assert made.absent == absent
    assert made.agree == (not absent)


def test_nothing_found_is_a_statement_too() -> None:
    made = statement("r", "exercise", {"a": said("a"), "b": said("b")}, ())
    assert made.objects == ()
    assert made.agree
