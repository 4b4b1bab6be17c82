"""What a change of centre.toml means for a centre in service: a new partner is followed, anything else is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from jointwatch.centre import configuration
from jointwatch.centre.newcomers import Newcomers
from tests.centre import serving


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The centre.toml of Moscow before and after it met Brussels."""
    folder = tmp_path_factory.mktemp("pair")
    serving.found(folder, "moscow")
    before = (folder / "moscow" / "centre.toml").read_text()
    done = serving.command("centre", "init", folder / "brussels", "--partner", folder / "moscow", "--no-page")
    assert done.returncode == 0, done.stderr
    return before, (folder / "moscow" / "centre.toml").read_text()


class Serving:
    """A centre that serves, as far as its file goes."""

    def __init__(self, folder: Path, text: str) -> None:
        self.file, self.told = folder / "centre.toml", list[str]()
        self.file.write_text(text)
        self.newcomers = Newcomers(folder, configuration.read(folder), self.told.append)

    def changed(self, text: str) -> tuple[str, ...]:
        self.file.write_text(text)
        return self.newcomers.met()


def test_a_new_partner_is_told_once(tmp_path: Path, pair: tuple[str, str]) -> None:
    at = Serving(tmp_path, pair[0])
    assert at.newcomers.met() == ()
    assert at.changed(pair[1]) == ("brussels",)
    assert at.newcomers.met() == ()
    assert not at.told


def test_a_partner_that_was_pinned_while_the_centre_began_to_serve_is_told(
    tmp_path: Path, pair: tuple[str, str]
) -> None:
    (tmp_path / "centre.toml").write_text(pair[0])
    known = configuration.read(tmp_path)
    (tmp_path / "centre.toml").write_text(pair[1])
    newcomers = Newcomers(tmp_path, known, lambda text: None)
    assert (newcomers.met(), newcomers.met()) == (("brussels",), ())


def test_what_a_start_by_hand_needs_is_said_once_and_changes_nothing(tmp_path: Path, pair: tuple[str, str]) -> None:
    at = Serving(tmp_path, pair[0])
    both = pair[1].replace("[partners.brussels]", "[partners.brussels]\nentries_per_s = 7")
    assert at.changed(f"{both}\n[release]\nplots = true\n") == ()
    assert at.told == ["centre.toml was changed: start the centre again to put it in force, and follow brussels"]
    assert at.changed(f"{both}\n\n[release]\nplots = true\n") == ()
    assert len(at.told) == 1
    assert Serving(tmp_path, pair[1]).changed(f"# a remark\n{pair[1]}") == ()


def test_a_file_that_cannot_be_read_ends_nothing(tmp_path: Path, pair: tuple[str, str]) -> None:
    at = Serving(tmp_path, pair[0])
    assert at.changed("centre = ") == ()
    assert len(at.told) == 1
    assert at.told[0].endswith("; the centre goes on as it was started")
    assert at.changed(pair[1]) == ("brussels",), "half of it had been written"


def test_a_radar_of_a_newcomer_is_declared_by_a_start_by_hand(tmp_path: Path, pair: tuple[str, str]) -> None:
    """A name that is in no catalogue would end the start; nobody is there to see it."""
    at = Serving(tmp_path, pair[0])
    assert at.changed(pair[1].replace("[partners.brussels]", '[partners.brussels]\nradars = ["nowhere"]')) == ()
    assert at.told
