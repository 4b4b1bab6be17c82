"""A centre's own file and its partners' cards: strict, and one sentence with file and key for whatever is wrong."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from jointwatch.centre import cards, configuration, founding
from jointwatch.centre.configuration import ConfigurationError, Place

CLIENTS = [founding.Client("sensor-writer", "armavir"), founding.Client("operator", "desk")]


def centre(folder: Path, name: str = "moscow", run: str = "watch", states: tuple[str, ...] = ()) -> Path:
    address = "127.0.0.1:8701"
    founding.found(folder / name, run=run, mode="exercise", listen=address, clients=CLIENTS, states=states)
    return folder / name


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('run = "watch"', 'run = "watch"\ncolour = "red"', r"centre\.toml: colour: is no key"),
        ('run = "watch"', 'run = "watch"\npublish = ""', r"centre\.toml: publish: "),
        ('run = "watch"', 'run = "watch"\npublish = ["web"]', r"centre\.toml: publish: "),
        ('run = "watch"', "", r"centre\.toml: run: is missing"),
        ('mode = "exercise"', 'mode = "rehearsal"', r"centre\.toml: mode: .*'exercise' or 'operational'"),
        ('centre = "moscow"', 'centre = "Moscow"', r"centre\.toml: centre: "),
        ("127.0.0.1:8701", "127.0.0.1", r'centre\.toml: listen: wanted "host:port"'),
        ("127.0.0.1:8701", "127.0.0.1:70000", r'centre\.toml: listen: wanted "host:port"'),
        ('run = "watch"', "run = watch", r"centre\.toml: not valid TOML"),
        ('run = "watch"', 'run = "watch"\npartners.moscow = 1', r"centre\.toml: partners\.moscow: "),
    ],
)
def test_what_is_wrong_in_the_file_is_said_with_file_and_key(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    path = Place(centre(tmp_path)).configuration
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(ConfigurationError, match=sentence):
        configuration.read(path.parent)


def test_a_folder_that_is_no_centre_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="jointwatch centre init"):
        configuration.read(tmp_path)


def test_a_centre_is_made_once(tmp_path: Path) -> None:
    centre(tmp_path)
    with pytest.raises(ConfigurationError, match="made once"):
        centre(tmp_path)


def test_private_files_are_for_their_owner_alone_and_no_identity_key_is_kept(tmp_path: Path) -> None:
    made = centre(tmp_path)
    secret = [path for path in made.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}
    assert {path.name for path in secret if path.parent.name == "officers"} == {f"officer-{n}.pem" for n in (1, 2, 3)}
    public = cards.keys(cards.read(made))
    assert public.root is not None
    assert len(public.root.officers) == 3
    assert not list(made.rglob("identity*"))


def test_a_card_is_pinned_under_the_fingerprint_that_was_told(tmp_path: Path) -> None:
    moscow, brussels = centre(tmp_path), centre(tmp_path, "brussels")
    card = cards.read(moscow)
    identity = cards.keys(card).identity
    cards.pin(Place(brussels), card, identity)
    assert configuration.read(brussels).partners["moscow"].identity == identity
    with pytest.raises(ConfigurationError, match="pinned already"):
        cards.pin(Place(brussels), card, identity)


PINNED_AND_KILLED = """
import os, signal, sys
from pathlib import Path
from jointwatch.centre import cards
from jointwatch.centre.configuration import Place
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
card = cards.read(Path(sys.argv[2]))
cards.pin(Place(Path(sys.argv[1])), card, cards.keys(card).identity)
"""


def test_killed_while_it_pins_a_card_a_centre_still_has_its_file(tmp_path: Path) -> None:
    """Killed once all is handed to the system and nothing of it is sure to be on the disk."""
    moscow, brussels = centre(tmp_path), Place(centre(tmp_path, "brussels"))
    before = brussels.configuration.read_bytes()
    ended = subprocess.run([sys.executable, "-c", PINNED_AND_KILLED, brussels.folder, moscow])
    assert ended.returncode == -signal.SIGKILL
    assert brussels.configuration.read_bytes() == before
    card = cards.read(moscow)
    cards.pin(brussels, card, cards.keys(card).identity)
    assert set(configuration.read(brussels.folder).partners) == {"moscow"}


def test_a_card_says_for_which_states_its_centre_speaks_and_whoever_pins_it_keeps_that(tmp_path: Path) -> None:
    moscow, brussels = centre(tmp_path, states=("RU", "BY")), centre(tmp_path, "brussels")
    card = cards.read(moscow)
    cards.pin(Place(brussels), card, cards.keys(card).identity)
    assert configuration.read(brussels).speaks_for == {"brussels": [], "moscow": ["RU", "BY"]}
    with pytest.raises(ConfigurationError, match=r"states\.0"):
        centre(tmp_path, "ankara", states=("Turkey",))


def test_a_card_that_was_exchanged_on_the_way_is_refused(tmp_path: Path) -> None:
    moscow, brussels = centre(tmp_path / "true"), centre(tmp_path, "brussels")
    told, shown = cards.keys(cards.read(moscow)).identity, cards.read(centre(tmp_path / "false"))
    with pytest.raises(ConfigurationError, match="is pinned"):
        cards.pin(Place(brussels), shown, told)
    assert not configuration.read(brussels).partners


def test_partners_are_of_one_run(tmp_path: Path) -> None:
    other, brussels = centre(tmp_path, run="other"), centre(tmp_path, "brussels")
    with pytest.raises(ConfigurationError, match="partners share both"):
        cards.pin(Place(brussels), cards.read(other), cards.keys(cards.read(other)).identity)


@pytest.mark.parametrize("text", ["peer-reader:brussels", "king:x", "operator", "operator:"])
def test_a_client_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="ROLE:NAME"):
        founding.Client.parse(text)


def test_a_card_brings_nothing_into_our_file_but_an_address(tmp_path: Path) -> None:
    """A card comes on any way, and its address is not signed: whoever carries it must not pin himself with it."""
    moscow, brussels = centre(tmp_path), Place(centre(tmp_path, "brussels"))
    stranger = f'127.0.0.1:1\\"\\n[partners.ankara]\\nidentity = \\"SHA256:{"a" * 43}\\"\\naddress = \\"127.0.0.1:2'
    brussels.card.write_text(brussels.card.read_text().replace("127.0.0.1:8701", stranger))
    assert "[partners.ankara]" in tomllib.loads(brussels.card.read_text())["address"]
    with pytest.raises(ConfigurationError, match=r'card\.toml: address: wanted "host:port"'):
        cards.read(brussels.folder)
    assert not configuration.read(moscow).partners
