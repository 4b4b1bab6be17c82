"""Every value of the catalogue says who claims it, when, where it was read and how sure that is; doubts add up."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.catalogue import shelf
from jointwatch.catalogue.fact import OURS, Fact, Model, RangeClaim, Source, Tag, facts_in, rows_of
from jointwatch.catalogue.files import CatalogueError, entries_in, sources
from jointwatch.catalogue.quantities import NotNegative
from jointwatch.catalogue.radar_entries import load_radars
from jointwatch.catalogue.radars import radar_parameters
from jointwatch.catalogue.schema import FILES

DATE = re.compile(r"undated|\d{4}(-\d\d(-\d\d)?)?")
ENTRIES = [
    (f"{file}: {name}", entry)
    for file, model in FILES.items()
    if file != "sources.toml"
    for name, entry in entries_in(
        (resources.files("jointwatch.catalogue") / file).read_text("utf-8"), model, where=file
    ).items()
]
FACTS = [(f"{where}.{key}", fact) for where, entry in ENTRIES for key, fact in facts_in(entry)]


def test_every_file_of_the_room_has_its_model() -> None:
    files = {path.name for path in resources.files("jointwatch.catalogue").iterdir() if path.name.endswith(".toml")}
    assert files == set(FILES)


def test_every_value_has_a_source_a_tag_and_a_date() -> None:
    known = dict(sources())
    for where, fact in FACTS:
        for row in rows_of(where, fact, known):
            assert row.claimant, where
            assert row.source, where
            assert row.tag in get_args(Tag), where
            assert DATE.fullmatch(row.date), where


def test_every_default_has_its_reason_and_every_assumption_its_note() -> None:
    for where, fact in FACTS:
        if len(fact.claims) > 1:
            assert fact.default in fact.claims, where
            assert fact.reason, where
        for claim in fact.claims.values():
            assert claim.note or claim.tag not in OURS, where


def test_this_project_was_never_seen_to_claim_anything() -> None:
    ours = {claim.tag for _, fact in FACTS for claim in fact.claims.values() if claim.source == "project"}
    assert ours <= OURS


def test_every_range_says_what_cross_section_it_was_quoted_for() -> None:
    claims = [c for where, fact in FACTS if where.endswith(".instrumented_range_km") for c in fact.claims.values()]
    assert len(claims) > 20
    assert all(isinstance(claim, RangeClaim) for claim in claims)


def test_not_one_range_in_the_debate_was_quoted_with_a_cross_section() -> None:
    """The reason for this catalogue, as a count."""
    claims = [c for where, fact in FACTS if where.endswith(".instrumented_range_km") for c in fact.claims.values()]
    assert {claim.rcs_m2 for claim in claims} == {"not stated"}


@pytest.mark.parametrize("name", sorted(load_radars()))
def test_parameters_name_the_assumptions_that_the_rows_show(name: str) -> None:
    shown = {row.parameter for row in shelf.rows("radars", name) if row.taken and row.assumption}
    assert set(radar_parameters(name).assumed) == shown
    values, assumed, contested = shelf.tally("radars", name)
    assert assumed == len(shown)
    assert values >= max(assumed, contested)


def test_a_choice_of_what_was_read_is_no_longer_an_assumption() -> None:
    assert "revisit_s" in radar_parameters("gabala").assumed
    assert "revisit_s" not in radar_parameters("gabala", {"revisit_s": "pave-paws"}).assumed


# -- any file of the right shape ---------------------------------------------------------------------------------------

WORDS = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
TEXTS = st.text("abcdefgh ,;:éñ²°'", min_size=1, max_size=20)
CLAIMS = st.fixed_dictionaries(
    {
        "value": st.floats(0, 1e6),
        "source": st.just("gcat"),
        "tag": st.sampled_from(get_args(Tag)),
        "note": TEXTS,
        "claimant": st.one_of(st.just(""), TEXTS),
        "date": st.sampled_from(["", "1985", "2009-02", "2009-02-26"]),
    }
)
FACT_TABLES = st.dictionaries(WORDS, CLAIMS, min_size=1, max_size=5).flatmap(
    lambda claims: st.fixed_dictionaries(
        {"claims": st.just(claims), "default": st.sampled_from(sorted(claims)), "reason": TEXTS}
    )
)


class Thing(Model):
    title: str
    error_deg: Fact[NotNegative]


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" = {toml(part)}' for key, part in value.items()) + " }"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def thing(fact: dict[str, object]) -> str:
    return f'[it]\ntitle = "It"\nerror_deg = {toml(fact)}\n'


@given(FACT_TABLES)
def test_every_claim_is_kept_and_one_is_taken(table: dict) -> None:
    fact = entries_in(thing(table), Thing, where="things.toml")["it"].error_deg
    known = {"gcat": Source(claimant="J. McDowell", title="GCAT", date="2025-12-01")}
    rows = list(rows_of("error_deg", fact, known))
    assert [row.value for row in rows if row.taken] == [table["claims"][table["default"]]["value"]] == [fact.value]
    assert rows[0].taken
    assert sorted(row.value for row in rows) == sorted(claim["value"] for claim in table["claims"].values())
    assert all(row.assumption == (row.tag in OURS) and row.date and row.claimant for row in rows)
    for name in table["claims"]:
        (taken,) = (row for row in rows_of("error_deg", fact, known, name) if row.taken)
        assert taken.value == table["claims"][name]["value"]


@given(FACT_TABLES, st.data())
def test_whatever_is_misspelt_is_refused_with_file_and_entry_in_one_line(table: dict, data: st.DataObject) -> None:
    text = thing(table)
    keys = sorted(set(re.findall(r'"(value|source|tag|note|default|reason|claims)" = ', text)) | {"error_deg"})
    key = data.draw(st.sampled_from(keys))
    at = data.draw(st.integers(0, len(key) - 1))
    wrong = key[:at] + "x" + key[at + 1 :]
    text = text.replace(f'"{key}" =', f'"{wrong}" =') if key != "error_deg" else text.replace(key, wrong)
    tomllib.loads(text)
    with pytest.raises(CatalogueError, match=r"^things.toml: it\.") as caught:
        entries_in(text, Thing, where="things.toml")
    assert "\n" not in str(caught.value)
