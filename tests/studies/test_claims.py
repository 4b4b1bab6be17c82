"""Claims as data: files read strictly, every combination computed once, verdicts that name what decides them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.catalogue.events import load_statements
from jointwatch.catalogue.fact import Provenance
from jointwatch.studies.claims import claim as claim_files
from jointwatch.studies.claims.assessed import QUESTIONS, as_json, assess, assess_file, inputs
from jointwatch.studies.claims.cases import Axis, Cases
from jointwatch.studies.claims.claim import ClaimError, assumed, load, names, read, sources_of
from jointwatch.studies.claims.verdict import decides, turned, verdict

FOLDER = Path(claim_files.__file__).parent / "files"
GOOD = (FOLDER / "gabala-faces-iran.toml").read_text(encoding="utf-8")


def cases(*sizes: int) -> Cases:
    def row(value: str) -> Provenance:
        return Provenance(
            parameter="p", value=value, unit="", claimant="", date="", source="", tag="seen", taken=True, note=""
        )  # fmt: skip

    axes = [Axis(f"a{i}", f"axis {i}", {str(k): row(str(k)) for k in range(size)}) for i, size in enumerate(sizes)]
    return Cases(tuple(axes))


# -- files -------------------------------------------------------------------------------------------------------------


def test_the_claims_of_the_debate_are_here() -> None:
    assert set(names()) >= {
        "armavir-faces-iran",
        "brdy-five-thousand",
        "brdy-is-blind",
        "earlier-than-brdy",
        "gabala-faces-iran",
        "kurecik-circle",
        "only-early",
        "two-objects-2013",
    }


@pytest.mark.parametrize("name", names())
def test_every_claim_says_who_said_what_and_where(name: str) -> None:
    claim = load(name)
    known = sources_of(claim)
    assert not claim.said[0].against
    for said in claim.said:
        assert said.words
        assert known[said.source].claimant
        assert known[said.source].title


@pytest.mark.parametrize("name", names())
def test_a_claim_has_the_words_that_the_catalogue_has(name: str) -> None:
    statement = load_statements().get(name)
    if statement is not None:
        assert {said.words for said in load(name).said} & {each.value for each in statement.words.claims.values()}


@pytest.mark.parametrize("name", names())
def test_something_may_be_otherwise_and_what_nobody_said_is_an_assumption(name: str) -> None:
    claim = load(name)
    axes = {key: assumed(claim, key) for key in claim.assumptions}
    assert any(len(values) > 1 for values in axes.values())
    for values in axes.values():
        for row in values.values():
            assert row.assumption == (row.tag in {"recalled", "computed", "inferred"})
            assert row.claimant
            assert row.note or not row.assumption


def test_what_all_cases_take_alike_is_told_with_its_tag() -> None:
    rows = {row.parameter: row for row in inputs(load("only-early"))}
    assert rows["kurecik.faces.east.sector_deg"].assumption
    assert "gabala.faces.south.sector_deg" not in rows  # an assumption of the claim speaks on it


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('question = "facing"', 'question = "facing"\nqestion = "x"', "mine.toml: qestion:"),
        ('source = "qabala-wikipedia-copy"\ntag', 'source = "qabala"\ntag', "mine.toml: 'qabala' is no source"),
        ('tag = "seen"', 'tag = "heard"', "mine.toml: said.0.tag"),
        (", at_least = 1.0", "", "mine.toml: test: a test wants at_least or at_most"),
        ('default = "encyclopedia"', 'default = "blog"', "the default 'blog' is none of the claims"),
        ('note = "117 to 207: 45 degrees to each side of 162"', 'note = ""', "needs a note that says what it rests on"),
        ('title = "sector"', 'title = "sector"\nradar = "gabala"\nparameter = "x"', "give claims, or a radar"),
        ('question = "facing"', "question = facing", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_key(old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(ClaimError, match=words.replace("(", r"\(")):
        read(GOOD.replace(old, new, 1), where="mine.toml")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('question = "facing"', 'question = "fencing"', "there is no question 'fencing'; there are lead"),
        ('figure = "faced_share"', 'figure = "share"', "has no figure 'share'; it has faced_share"),
        ('"bandar-abbas"]', '"basra"]', "has no 'basra'"),
    ],
)
def test_what_cannot_be_computed_says_why(old: str, new: str, words: str) -> None:
    with pytest.raises(ClaimError, match=words):
        assess_file("mine", read(GOOD.replace(old, new, 1), where="mine.toml"))


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ClaimError, match="did you mean 'only-early'"):
        assess("only-erly")


def test_every_question_is_put_by_some_claim() -> None:
    assert {load(name).question for name in names()} == set(QUESTIONS)


def test_plain_values_hold_no_infinity_and_all_words() -> None:
    document = as_json(assess("two-objects-2013"))
    first = next(figure for figure in document["figures"] if figure["name"] == "first_s")
    assert first["default"] is None
    assert first["never_in_some_case"]
    assert document["said"][0]["words"].startswith("two ballistic objects")


# -- cases -------------------------------------------------------------------------------------------------------------


def test_cases_are_every_combination_once_with_the_defaults_first() -> None:
    held = cases(2, 3, 1)
    assert len(held) == 6
    assert held.index[0].tolist() == [0, 0, 0]
    assert len({tuple(row) for row in held.index.tolist()}) == 6


@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.data())
def test_what_depends_on_some_axes_is_the_same_through_their_distinct_cases(
    sizes: list[int], data: st.DataObject
) -> None:
    held = cases(*sizes)
    chosen = data.draw(st.lists(st.sampled_from([axis.name for axis in held.axes]), unique=True))
    fewer, which = held.distinct(chosen)
    for name in chosen:
        assert (fewer.numbers(name)[which] == held.numbers(name)).all()
    assert len(np.unique(which)) == len(fewer)


def test_an_assumption_that_is_not_declared_is_refused() -> None:
    with pytest.raises(LookupError, match="declares no assumption 'b'; it has a0"):
        cases(2).numbers("b")


# -- verdicts ----------------------------------------------------------------------------------------------------------


def test_in_all_cases_in_none_and_in_some() -> None:
    held = cases(2, 3)
    assert verdict(held, np.ones(6, dtype=bool)).outcome == "supported"
    assert verdict(held, np.zeros(6, dtype=bool)).outcome == "not supported"
    some = verdict(held, held.index[:, 1] == 2)
    assert some.outcome == "depends"
    assert some.depends_on == ("a1",)
    assert some.combinations == ((("0",), False), (("1",), False), (("2",), True))
    assert some.rarer == {"a1": ("2",)}


def test_two_that_decide_only_together_are_both_named() -> None:
    held = cases(2, 2, 3)
    either = verdict(held, (held.index[:, 0] + held.index[:, 1]) % 2 == 1)
    assert set(either.depends_on) == {"a0", "a1"}
    assert either.turning == {"a0": 1.0, "a1": 1.0, "a2": 0.0}


def test_where_four_decide_only_the_weightiest_are_named() -> None:
    held = cases(2, 2, 2, 2, 2)
    found = verdict(held, (held.index * [8, 4, 2, 1, 1]).sum(axis=1) >= 8.5)
    assert found.mostly
    assert found.depends_on[0] == "a0"
    assert not found.combinations


@given(st.lists(st.booleans(), min_size=12, max_size=12))
def test_the_named_assumptions_decide_and_no_fewer_do(holds: list[bool]) -> None:
    held, told = cases(2, 3, 2), np.array(holds)
    found = verdict(held, told)
    if found.outcome == "depends" and not found.mostly:
        assert decides(held, told, found.depends_on)
        for left_out in found.depends_on:
            assert not decides(held, told, tuple(name for name in found.depends_on if name != left_out))


@given(st.lists(st.booleans(), min_size=12, max_size=12))
def test_turning_counts_pairs_that_differ_in_one_assumption(holds: list[bool]) -> None:
    held = cases(2, 3, 2)
    for column, axis in enumerate(held.axes):
        pairs = [
            (i, j)
            for i in range(12)
            for j in range(i)
            if np.flatnonzero(held.index[i] != held.index[j]).tolist() == [column]
        ]
        by_hand = np.mean([holds[i] != holds[j] for i, j in pairs])
        assert turned(held, np.array(holds), axis.name) == pytest.approx(float(by_hand))
