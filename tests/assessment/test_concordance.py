"""Two findings, item by item: agreement by the 99 % region, both values in the sentence, neither side preferred."""

from dataclasses import replace
from math import radians

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from jointwatch.assessment.concordance import CHI2_99, compare
from jointwatch.assessment.finding import Direction, Finding, Instant, Place

T0 = 1_233_599_434_000_000_000  # 2009-02-02T18:30:00Z
KM2 = 1e6
MOSCOW = Finding(
    centre="moscow",
    launch_place=Place(radians(35.2), radians(53.9), 100 * KM2 * np.eye(2)),
    launch_time=Instant(T0, 8.0),
    direction=Direction(radians(355.0), radians(4.0)),
    verdict="missile",
    objects=1,
)
BRUSSELS = replace(MOSCOW, centre="brussels", direction=Direction(radians(3.0), radians(3.0)))


def by_item(a: Finding, b: Finding) -> dict[str, tuple[str, str]]:
    return {row.item: (row.status, row.sentence) for row in compare(a, b)}


def test_the_bounds_are_the_99_percent_points_of_chi_square() -> None:
    assert {freedom: pytest.approx(chi2.ppf(0.99, freedom)) for freedom in (1, 2)} == CHI2_99


def test_equal_values_agree_and_an_azimuth_through_north_is_no_difference() -> None:
    rows = compare(MOSCOW, BRUSSELS)
    assert [row.status for row in rows if not row.item.startswith("impact")] == ["agree"] * 5
    assert rows[2].distance_sigma == pytest.approx(8.0 / 5.0)


def test_a_disagreement_carries_both_values() -> None:
    late = replace(BRUSSELS, launch_time=Instant(T0 + 45_000_000_000, 6.0), verdict="space launch", objects=2)
    rows = by_item(MOSCOW, late)
    assert rows["launch time"] == (
        "disagree",
        "launch time: moscow 2009-02-02T18:30:00Z (sigma 8.0 s), brussels 2009-02-02T18:30:45Z (sigma 6.0 s); "
        "they disagree: 45.0 s apart, 4.5 sigma",
    )
    assert rows["verdict"][1] == "verdict: moscow says missile, brussels says space launch; they disagree"
    assert rows["number of objects"][0] == "disagree"


def test_a_missing_value_is_neither_agreement_nor_disagreement() -> None:
    rows = by_item(replace(MOSCOW, verdict="undecided"), replace(BRUSSELS, launch_place=None))
    assert rows["launch place"][0] == "one side has no value"
    assert (
        rows["launch place"][1] == "launch place: moscow 35.20 N 53.90 E (sigma up to 10.0 km), brussels has no value"
    )
    assert rows["verdict"][1] == "verdict: brussels says missile, moscow has no value"
    assert rows["impact place"] == (
        "no value on either side",
        "impact place: neither moscow nor brussels has a value",
    )


def test_one_in_a_hundred_honest_pairs_disagrees_on_a_place() -> None:
    rng = np.random.default_rng(5)
    P_a, P_b = KM2 * np.array([[400.0, 90.0], [90.0, 50.0]]), KM2 * np.array([[30.0, -20.0], [-20.0, 100.0]])
    truth = np.array([radians(35.2), radians(53.9)])
    metres = np.array([6371e3 * np.cos(truth[0]), 6371e3])  # of a radian of longitude, latitude: to 0.3 %

    def seen(centre: str, P: np.ndarray) -> Finding:
        east, north = rng.multivariate_normal([0.0, 0.0], P) / metres
        return Finding(centre=centre, launch_place=Place(truth[0] + north, truth[1] + east, P))

    outside = [compare(seen("a", P_a), seen("b", P_b))[0].status == "disagree" for _ in range(1000)]
    assert np.mean(outside) == pytest.approx(0.01, abs=0.0095)  # three sigma


def test_a_partner_who_claims_no_error_or_a_covariance_that_is_none_is_answered_all_the_same() -> None:
    certain = replace(
        BRUSSELS,
        launch_place=Place(radians(35.3), radians(53.9), np.zeros((2, 2))),
        launch_time=Instant(T0, 0.0),
        direction=Direction(radians(355.0), 0.0),
    )
    assert [row.status for row in compare(certain, certain)][:3] == ["agree"] * 3
    assert compare(MOSCOW, certain)[0].status == "agree"  # 11 km, and 10 km of sigma on one side
    indefinite = replace(certain, launch_place=Place(radians(35.3), radians(53.9), np.array([[1.0, 5e6], [5e6, 1.0]])))
    assert compare(MOSCOW, indefinite)[0].status == "agree"


def test_a_withheld_verdict_is_no_value() -> None:
    assert by_item(MOSCOW, replace(BRUSSELS, verdict=""))["verdict"][0] == "one side has no value"


places = st.builds(
    lambda latitude, longitude, a, b, c: Place(
        latitude, longitude, KM2 * np.array([[a, c * (a * b) ** 0.5], [c * (a * b) ** 0.5, b]])
    ),
    st.floats(-1.5, 1.5),
    st.floats(-3.1, 3.1),
    st.floats(0.1, 1e5),
    st.floats(0.1, 1e5),
    st.floats(-0.9, 0.9),
)
instants = st.builds(Instant, st.integers(T0, T0 + 10**12), st.floats(0.1, 300.0))
directions = st.builds(Direction, st.floats(-7.0, 7.0), st.floats(0.001, 1.0))
findings = st.builds(
    Finding,
    centre=st.sampled_from(["east", "west"]),
    launch_place=st.none() | places,
    launch_time=st.none() | instants,
    direction=st.none() | directions,
    impact_place=st.none() | places,
    impact_time=st.none() | instants,
    verdict=st.sampled_from([None, "missile", "space launch", "undecided"]),
    objects=st.none() | st.integers(0, 3),
)


@given(findings, findings)
@settings(max_examples=40)
def test_the_order_of_the_centres_changes_nothing_but_the_names(a: Finding, b: Finding) -> None:
    for forth, back in zip(compare(a, b), compare(b, a), strict=True):
        assert (forth.item, forth.status, forth.distance_sigma) == (back.item, back.status, back.distance_sigma)


@given(findings)
@settings(max_examples=40)
def test_a_finding_never_disagrees_with_itself(finding: Finding) -> None:
    assert all(row.status in ("agree", "no value on either side") for row in compare(finding, finding))
