"""The documents hold: links lead somewhere, commands exist, every decision is listed."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from jointwatch.cli.main import COMMANDS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(ROOT.glob("docs/**/*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_is_shown_exists(page: Path) -> None:
    shown = re.findall(r"^\$ jointwatch (\w+)|`jointwatch (\w+)", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert {name for pair in shown for name in pair if name} <= set(COMMANDS)


def test_every_decision_is_listed_and_numbered_without_a_gap() -> None:
    folder = ROOT / "docs/decisions"
    records = sorted(path.name for path in folder.glob("0*.md"))
    assert [int(name[:4]) for name in records] == list(range(1, len(records) + 1))
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert all(f"({name})" in index for name in records)
    for name in records:
        text = (folder / name).read_text(encoding="utf-8")
        assert all(f"\n## {part}\n" in text for part in ("Question", "Options", "Choice", "Price")), name


def test_the_example_in_the_readme_prints_what_it_says() -> None:
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried > 0
    assert failed == 0


def test_every_make_target_that_is_shown_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    shown = {
        name for page in PAGES for name in re.findall(r"(?:^\$ |`)make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE)
    }
    assert shown <= targets


def test_the_reference_of_commands_is_current() -> None:
    from jointwatch.cli.reference import page

    assert (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8") == page(), "run `make docs`"
