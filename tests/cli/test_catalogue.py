"""`jointwatch catalogue` as a person reads it: every claim, every source, assumptions named, at any width."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jointwatch.catalogue import shelf
from jointwatch.cli.catalogue import catalogue
from jointwatch.cli.errors import UserError

ADDRESS = "    http"
Shown = Callable[..., str]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shown:
    """Return what the command prints on a terminal of so many columns."""

    def run(kind: str, name: str | None = None, columns: int = 80) -> str:
        monkeypatch.setenv("COLUMNS", str(columns))
        catalogue(kind, name)
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize("columns", [80, 120])
def test_a_radar_is_shown_with_every_claimant_and_every_address_whole(shown: Shown, columns: int) -> None:
    text = shown("radars", "armavir", columns)
    assert all(len(line.rstrip()) <= columns for line in text.splitlines() if not line.startswith(ADDRESS))
    flat = " ".join(text.split())
    for row in shelf.rows("radars", "armavir"):
        assert row.claimant in flat
        assert row.shown in flat
        assert row.note in flat or row.reason in flat
    addresses = {row.source.rpartition(", ")[2] for row in shelf.rows("radars", "armavir")} - {""}
    assert all(address in text for address in addresses if address.startswith("http"))


def test_assumptions_and_missing_cross_sections_are_said_beside_the_value(shown: Shown) -> None:
    text = shown("radars", "gabala", 120)
    assert "values: 21, of them assumptions: 11" in text
    assert "taken range_km 4000, rcs_m2 0.1, snr 18.93  ASSUMPTION, recalled  this project" in text
    assert "taken 6000 km, cross-section not stated  seen  Wikipedia, older edition (undated)" in text
    assert text.count("ASSUMPTION, ") == sum(row.assumption for row in shelf.rows("radars", "gabala"))


@pytest.mark.parametrize("kind", list(shelf.KINDS))
def test_every_kind_lists_its_entries_with_their_doubts(shown: Shown, kind: str) -> None:
    head, *lines = shown(kind, columns=120).splitlines()
    assert head.split() == ["name", "what", "it", "is", "values", "assumed", "contested"]
    assert {line.split()[0] for line in lines if not line.startswith(" ")} == set(shelf.titles(kind))


def test_what_was_never_built_says_so(shown: Shown) -> None:
    assert "ever on duty: no" in shown("radars", "brdy")
    assert "ever built: no" in shown("interceptor-sites", "poland-gbi-2007")
    assert "ever on duty" not in shown("radars", "armavir")


def test_an_unknown_kind_or_name_is_wrong_use(shown: Shown) -> None:
    with pytest.raises(UserError, match="no kind 'radarz'; did you mean 'radars'"):
        shown("radarz")
    with pytest.raises(UserError, match="no entry under radars named 'gabbala'; did you mean 'gabala'"):
        shown("radars", "gabbala")
