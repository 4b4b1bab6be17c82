"""The reader of the catalogue's files: strict, and every complaint names file and key."""

from __future__ import annotations

import subprocess
import sys

import pytest

from jointwatch.catalogue import shelf
from jointwatch.catalogue.fact import Source, facts_in
from jointwatch.catalogue.files import CatalogueError, checked_sources, entries_in, shelf_of, sources
from jointwatch.catalogue.places import SiteEntry
from jointwatch.catalogue.radar_entries import MODELS, FaceEntry, Performance, RadarEntry

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
        (
            changed("title", "titel"),
            r"sites.toml: here.titel: this key is not known; did you mean 'title'\? \(and 1 more\)",
        ),
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
        (GOOD + 'error_deg.default = "list"\n', "here.error_deg: the default 'list' stands without its reason"),
        (
            GOOD + 'error_deg.default = "list"\nerror_deg.default = "other"\n',
            r"^sites.toml: here.error_deg.default: this key is given twice \(line 8\); keep one$",
        ),
        (GOOD + 'error_deg.default = ["list", "other"]\n', "here.error_deg.default: input should be a valid string"),
        (
            changed('0.1, source = "gcat", ', "0.1, "),
            r"^sites.toml: here.error_deg.claims.list.source: this key is missing$",
        ),
        (
            changed('0.1, source = "gcat"', '0.1, sourze = "gcat"'),
            r"here.error_deg.claims.list.sourze: this key is not known; did you mean 'source'\? \(and 1 more\)",
        ),
        (
            changed('tag = "seen" }\nerror', 'tag = "seen", nota = "x" }\nerror'),
            r"^sites.toml: here.position_deg.claims.list.nota: this key is not known; did you mean 'note'\?$",
        ),
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


RADAR = """
[there]
title = "There"
operator = "somebody"
place = "There"
model = "daryal"
summary = ""
position_deg.claims.a = { value = [40.0, 47.0], source = "gcat", tag = "seen" }
height_m.claims.a = { value = 100.0, source = "gcat", tag = "seen" }
instrumented_range_km.claims.a = { value = 4000.0, rcs_m2 = "not stated", source = "gcat", tag = "seen" }
frequency_mhz.claims.a = { value = [150.0, 200.0], source = "gcat", tag = "seen" }
band.claims.a = { value = "VHF", source = "gcat", tag = "seen" }
[there.faces.south]
sector_deg.claims.a = { value = [107.0, 217.0], source = "gcat", tag = "seen" }
elevation_deg.claims.a = { value = [2.0, 55.0], source = "gcat", tag = "seen" }
"""


def test_a_radar_is_read_with_a_range_that_nobody_gave_a_cross_section_for() -> None:
    claim = entries_in(RADAR, RadarEntry, where="radars.toml")["there"].instrumented_range_km.claims["a"]
    assert (claim.value, claim.rcs_m2) == (4000.0, "not stated")
    stated = entries_in(RADAR.replace('"not stated"', "0.1"), RadarEntry, where="radars.toml")["there"]
    assert stated.instrumented_range_km.claims["a"].rcs_m2 == 0.1


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "4000.0",
            "4_000_000.0",
            "instrumented_range_km.claims.a.value: a range in kilometres .* another unit",
        ),
        ('rcs_m2 = "not stated", ', "", "instrumented_range_km.claims.a.rcs_m2: this key is missing"),
        ('"not stated"', '"unknown"', "instrumented_range_km.claims.a.rcs_m2: "),
        ('"not stated"', "-1.0", "instrumented_range_km.claims.a.rcs_m2: input should be greater than 0"),
        (
            "instrumented_range_km",
            "instrumented_range_m",
            "not known; did you mean 'instrumented_range_km'",
        ),
        ("100.0", "210_000.0", "height_m.claims.a.value: a height of the ground in metres .* another unit"),
        ("[150.0, 200.0]", "[0.15, 0.2]", "frequency_mhz.claims.a.value: a frequency in megahertz .* another unit"),
        (
            "[150.0, 200.0]",
            "[9000.0, 9500.0]",
            ": the band VHF runs from 30 to 300 MHz, frequency_mhz says 9000 to 9500",
        ),
        ("[107.0, 217.0]", "[6107.0, 217.0]", "faces.south.sector_deg.claims.a.value: bearings lie between 0 and 360"),
        ('"VHF"', '"vhf"', "band.claims.a.value: "),
    ],
)
def test_a_value_in_another_unit_is_refused_by_key(old: str, new: str, complaint: str) -> None:
    assert RADAR.count(old) == 1
    with pytest.raises(CatalogueError, match=f"^radars.toml: there.*{complaint}") as caught:
        entries_in(RADAR.replace(old, new), RadarEntry, where="radars.toml")
    assert "\n" not in str(caught.value)


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
