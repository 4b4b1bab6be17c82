"""The reader of the catalogue's files: strict, and every complaint names file and key."""

from __future__ import annotations

import subprocess
import sys

import pytest

from jointwatch.catalogue import shelf
from jointwatch.catalogue.fact import Source, facts_in
from jointwatch.catalogue.files import CatalogueError, checked_sources, entries_in, shelf_of, sources
from jointwatch.catalogue.places import SiteEntry
from jointwatch.catalogue.radars import MODELS, FaceEntry, Performance

GOOD = """
[here]
title = "Here"
summary = ""
position_deg.claims.list = { value = [35.0, 53.0], source = "gcat", tag = "seen" }
error_deg.claims.list = { value = 0.1, source = "gcat", tag = "seen" }
"""


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def test_a_good_file_is_read() -> None:
    assert entries_in(GOOD, SiteEntry, where="sites.toml")["here"].position_deg.value == (35.0, 53.0)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[here", "sites.toml: not valid TOML"),
        (changed("title", "titel"), r"sites.toml: here.title: this key is missing \(and 1 more\)"),
        (GOOD + 'summry = "x"\n', r"here.summry: this key is not known; did you mean 'summary'\?"),
        (changed("35.0", '"35"'), r"here.position_deg.claims.list.value.0: .*valid number.*\(given: '35'\)"),
        (changed("35.0", "nan"), "here.position_deg.claims.list.value.0: .*finite"),
        (changed("35.0, 53.0", "53.0, 190.0"), "a position is latitude .*, then longitude"),
        (changed("0.1", "-0.1"), r"here.error_deg.claims.list.value: .*\(given: -0.1\)"),
        (changed('"seen" }\nerror', '"heard" }\nerror'), r"here.position_deg.claims.list.tag: .*\(given: 'heard'\)"),
        (
            changed('tag = "seen" }\nerror', 'tag = "recalled" }\nerror'),
            "here.position_deg.claims.list: a value tagged 'recalled' needs a note that says what it rests on",
        ),
        (
            GOOD + 'error_deg.claims.other = { value = 0.2, source = "gcat", tag = "seen" }\n',
            "here.error_deg: 2 claims stand here: name one as default, and give the reason",
        ),
        (GOOD + 'error_deg.default = "liste"\n', "here.error_deg: the default 'liste' is none of the claims list"),
    ],
)
def test_each_fault_has_its_sentence(text: str, complaint: str) -> None:
    with pytest.raises(CatalogueError, match=complaint):
        entries_in(text, SiteEntry, where="sites.toml")


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("[10.0, 400.0]", "bearings lie between 0 and 360 degrees; got 10 to 400"),
        ("[10.0]", "sector_deg.claims.a.value.1"),
    ],
)
def test_a_sector_is_two_bearings(value: str, complaint: str) -> None:
    text = f'[f]\nsector_deg.claims.a = {{ value = {value}, source = "gcat", tag = "seen" }}\n'
    with pytest.raises(CatalogueError, match=complaint):
        entries_in(text, FaceEntry, where="radars.toml")


def test_a_day_that_is_none_is_refused() -> None:
    claim = '.claims.a = {{ value = {}, source = "gcat", tag = "seen" }}\n'
    values = {"sector_deg": "[10.0, 20.0]", "elevation_deg": "[2.0, 60.0]", "on_duty_from": '"2009-02-30"'}
    text = "[f]\n" + "".join(key + claim.format(value) for key, value in values.items())
    with pytest.raises(
        CatalogueError, match=r"^radars.toml: f.on_duty_from.claims.a.value: day .* \(given: '2009-02-30'\)"
    ):
        entries_in(text, FaceEntry, where="radars.toml")


def test_a_claim_without_a_known_source_is_refused() -> None:
    entries = entries_in(changed("gcat", "gkat"), SiteEntry, where="sites.toml")
    known = {"gcat": Source(claimant="J. McDowell", title="GCAT", date="2025-12-01")}
    complaint = (
        r"sites.toml: here.position_deg.claims.list.source: 'gkat' is not in sources.toml; did you mean 'gcat'\?"
    )
    with pytest.raises(CatalogueError, match=complaint):
        checked_sources(entries, known, where="sites.toml")


def test_every_source_is_used() -> None:
    entries = [entry for kind in shelf.KINDS for entry in shelf.entries(kind).values()]
    entries += list(shelf_of(MODELS, Performance).values())
    used = {claim.source for entry in entries for _, fact in facts_in(entry) for claim in fact.claims.values()}
    assert set(sources()) - used == set()


def test_leaked_documents_are_no_sources() -> None:
    assert not [name for name, source in sources().items() if "wikileaks" in f"{source.address}{source.title}".lower()]


def test_importing_the_room_reads_nothing() -> None:
    code = "import sys, jointwatch.catalogue; print('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
