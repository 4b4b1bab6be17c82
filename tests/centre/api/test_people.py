"""A person's key is sealed under the password: nothing else opens it, and a file that was altered opens nothing."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from jointwatch.centre import founding
from jointwatch.centre.api import people
from jointwatch.centre.api.people import Person, WrongPasswordError
from jointwatch.centre.configuration import ConfigurationError, Place
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.keys import read_key
from tests.centre import serving

OWN = Keyrings("moscow", "r", "exercise")
IVANOVA, NGO = Person("ivanova", "watch-officer"), Person("ngo", "auditor")
PASSWORD = "correct horse battery"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(people, "OPS", 1)
    monkeypatch.setattr(people, "MEMORY_BYTES", 8192)
    folder = tmp_path / "moscow"
    clients = [founding.Client("watch-officer", "ivanova"), founding.Client("auditor", "ngo")]
    founding.found(folder, run="r", mode="exercise", listen=serving.address(), clients=clients)
    return Place(folder)


def test_the_password_opens_the_key_that_lies_in_the_person_s_folder(place: Place) -> None:
    people.add(place, IVANOVA, PASSWORD, OWN)
    person, key = people.opened(place, "ivanova", PASSWORD)
    assert person == IVANOVA
    assert key is not None
    assert key.public == read_key(place.clients / "ivanova" / "signing.pem").public


def test_an_auditor_has_no_key(place: Place) -> None:
    people.add(place, NGO, PASSWORD, OWN)
    assert people.opened(place, "ngo", PASSWORD) == (NGO, None)


@pytest.mark.parametrize("password", ["", "correct horse batterz", PASSWORD + " ", "x" * 300, "\udcff" * 20, "\0" * 20])
def test_no_other_password_opens_it(place: Place, password: str) -> None:
    people.add(place, IVANOVA, PASSWORD, OWN)
    with pytest.raises(WrongPasswordError):
        people.opened(place, "ivanova", password)


@pytest.mark.parametrize(
    "name", ["nobody", "", ".", "..", "../clients/ivanova/client", "ivanova\0", "ivanova\n", "Ä" * 99]
)
def test_nobody_of_another_name_is_let_in(place: Place, name: str) -> None:
    people.add(place, IVANOVA, PASSWORD, OWN)
    with pytest.raises(WrongPasswordError):
        people.opened(place, name, PASSWORD)


def test_a_password_typed_on_another_keyboard_is_the_same(place: Place) -> None:
    people.add(place, IVANOVA, "Ärgerliche Übung 2009", OWN)  # with one character for the letter and its dots
    assert people.opened(place, "ivanova", "A\u0308rgerliche U\u0308bung 2009")[0] == IVANOVA


def test_who_writes_a_role_over_or_renames_a_file_opens_nothing(place: Place) -> None:
    path = people.add(place, NGO, PASSWORD, OWN)
    text = path.read_text()
    path.write_text(text.replace('role = "auditor"', 'role = "watch-officer"'))
    with pytest.raises(WrongPasswordError):
        people.opened(place, "ngo", PASSWORD)
    (place.people / "ivanova.toml").write_text(text)
    with pytest.raises(WrongPasswordError):
        people.opened(place, "ivanova", PASSWORD)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (r'salt = ".*"', 'salt = "AAAA"', "salt: wanted 16 to 16 bytes in base64; there are 3"),
        (r'sealed = ".*"', 'sealed = "?"', "sealed: wanted base64"),
        (r'role = ".*"', 'role = "admin"', "role: "),
        (r'salt = ".*"', "", "salt: is missing"),
    ],
)
def test_a_file_that_is_none_says_what_is_wrong(place: Place, old: str, new: str, sentence: str) -> None:
    path = people.add(place, NGO, PASSWORD, OWN)
    path.write_text(re.sub(old, new, path.read_text()))
    with pytest.raises(ConfigurationError, match=re.escape(f"{path}: {sentence}")):
        people.opened(place, "ngo", PASSWORD)


@pytest.mark.parametrize("password", ["", "x" * 14, "x" * 257])
def test_a_password_is_long_enough_to_stand_alone(place: Place, password: str) -> None:
    with pytest.raises(ConfigurationError, match=f"15 to 256 characters; this one has {len(password)}"):
        people.add(place, NGO, password, OWN)
    assert people.listed(place) == []


def test_whoever_signs_needs_a_key_first(place: Place) -> None:
    with pytest.raises(ConfigurationError, match="keys draft --enrol analyst:petrov"):
        people.add(place, Person("petrov", "analyst"), PASSWORD, OWN)


def test_of_two_keys_the_one_that_the_roster_names_is_taken(place: Place) -> None:
    from jointwatch.centre import cards

    box = place.clients / "ivanova"
    people.add(place, IVANOVA, PASSWORD, OWN)
    from jointwatch.exchange.keys import SigningKey, write_key

    write_key(box / "next.pem", SigningKey.generate())
    people.add(place, IVANOVA, PASSWORD, cards.keys(cards.read(place.folder)))
    key = people.opened(place, "ivanova", PASSWORD)[1]
    assert key is not None
    assert key.public == read_key(box / "signing.pem").public


def test_files_are_for_the_centre_alone_and_gone_when_removed(place: Place) -> None:
    path = people.add(place, NGO, PASSWORD, OWN)
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
    assert people.listed(place) == [NGO]
    people.remove(place, "ngo")
    assert people.listed(place) == []
    with pytest.raises(ConfigurationError, match="nobody of that name"):
        people.remove(place, "ngo")
