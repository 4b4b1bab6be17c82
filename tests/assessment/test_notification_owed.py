"""Who must be told of which launch: the thresholds of the agreements as they were read, at both sides of each."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.assessment.notification.owed import Launch, Owed, Rule, owed, spacing
from jointwatch.catalogue.agreements import rule_parameters

RULES = {p["agreement"]: Rule(**p) for p in rule_parameters()}
H = 3_600 * 10**9
BEGIN, END = 10**18, 10**18 + 4 * H
STATES = ("CN", "FR", "RU", "US")


def launch(**changes: object) -> Launch:
    plain = {"state": "RU", "vehicle": "missile", "from_tai_ns": BEGIN, "until_tai_ns": END}
    return Launch(**(plain | changes))  # type: ignore[arg-type]


def due(of: Launch, states: tuple[str, ...] = STATES) -> dict[str, Owed]:
    return {one.rule.agreement: one for one in owed(RULES.values(), of, states)}


@pytest.mark.parametrize(
    ("range_km", "apogee_km", "wanted"),
    [
        (499.0, 400.0, set()),
        (500.0, 500.0, set()),  # "above 500 km"
        (501.0, 400.0, {"plns-2000"}),
        (300.0, 501.0, {"plns-2000"}),
        (2_000.0, 600.0, {"plns-2000"}),
        (2_001.0, 600.0, {"plns-2000", "russia-china-2009"}),
        (5_499.0, 900.0, {"plns-2000", "russia-china-2009"}),
        (5_501.0, 900.0, {"plns-2000", "russia-china-2009", "launch-notification-1988"}),
    ],
)
def test_a_missile_is_owed_from_the_thresholds_of_each_agreement_on(
    range_km: float, apogee_km: float, wanted: set[str]
):
    found = due(launch(range_m=range_km * 1e3, apogee_m=apogee_km * 1e3, beyond=()))
    assert {name for name, one in found.items() if one.force == "obligation"} == wanted


def test_each_agreement_has_its_parties_told_and_the_code_all_who_subscribed():
    found = due(launch(generic_class="ICBM", beyond=("US",)))
    assert {name: one.to for name, one in found.items()} == {
        "accidents-measures-1971": ("US",),
        "launch-notification-1988": ("US",),
        "plns-2000": ("US",),
        "hague-code-2002": ("FR", "US"),
        "russia-china-2009": ("CN",),
    }
    assert found["hague-code-2002"].force == "voluntary"


def test_a_state_owes_nothing_under_an_agreement_it_is_no_party_to():
    assert set(due(launch(state="FR", generic_class="ICBM"))) == {"hague-code-2002"}
    assert not due(launch(state="IR", generic_class="MRBM"))
    assert due(launch(state="IN", range_m=3_000e3), ("PK",)).keys() == {"india-pakistan-2005"}


def test_a_space_launch_is_a_norm_with_exceptions_in_brussels_and_an_obligation_toward_china():
    found = due(launch(vehicle="space launch"))
    assert {name: one.force for name, one in found.items()} == {
        "plns-2000": "norm",
        "hague-code-2002": "voluntary",
        "russia-china-2009": "obligation",
    }
    assert not due(launch(vehicle="sounding rocket"))


def test_what_the_numbers_do_not_decide_is_open_and_says_why():
    found = due(launch())
    assert {name for name, one in found.items() if one.force == "open"} == {
        "accidents-measures-1971",
        "launch-notification-1988",
        "plns-2000",
        "russia-china-2009",
    }
    assert found["plns-2000"].because == "whether its range is over 500 km is not known"
    assert due(launch(generic_class="MRBM"))["plns-2000"].force == "obligation"  # 1,000 km at least
    assert due(launch(generic_class="MRBM"))["russia-china-2009"].force == "open"  # 1,000 to 3,000 km


def test_the_times_are_counted_from_the_window():
    plns = due(launch(generic_class="ICBM"))["plns-2000"]
    assert (plns.latest_tai_ns, plns.earliest_tai_ns) == (BEGIN - 24 * H, BEGIN - 30 * 24 * H)
    assert plns.report_by_tai_ns == END + 48 * H
    assert due(launch(generic_class="ICBM"))["hague-code-2002"].latest_tai_ns == BEGIN


@given(st.floats(0, 2e7), st.floats(0, 2e7), st.floats(0, 1e7), st.floats(0, 1e7))
def test_a_longer_or_higher_flight_is_never_owed_under_less(a: float, b: float, c: float, d: float):
    names = [
        {n for n, one in due(launch(range_m=r, apogee_m=h, beyond=())).items() if one.force == "obligation"}
        for r, h in ((min(a, b), min(c, d)), (max(a, b), max(c, d)))
    ]
    assert names[0] <= names[1]


@pytest.mark.parametrize(
    ("minutes", "word"),
    [
        ((), "single"),
        ((4.99,), "simultaneous"),
        ((5.0,), "near-simultaneous"),
        ((1.0, 59.9), "near-simultaneous"),
        ((60.0,), "apart"),
    ],
)
def test_launches_together_have_the_words_of_the_agreement_of_2009(minutes: tuple[float, ...], word: str):
    assert spacing(RULES["russia-china-2009"], [round(m * 60e9) for m in minutes]) == word


def test_the_values_nobody_was_seen_to_claim_are_named():
    assert set(RULES["plns-2000"].assumed) == {"at_least_before_h", "at_most_before_h", "after_within_h", "fields"}
    assert "at_least_before_h" not in RULES["launch-notification-1988"].assumed


def test_the_catalogue_gives_a_rule_every_value_it_has():
    for parameters in rule_parameters():
        assert list(parameters) == [field.name for field in fields(Rule)]
