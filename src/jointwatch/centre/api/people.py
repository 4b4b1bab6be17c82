"""The people of a centre, as files: who may sign in at its page, and each one's key, sealed under a password.

people/ivanova.toml:

name = "ivanova"
role = "watch-officer"
salt = "..."
sealed = "..."

The centre holds no password and, until its person signs in, no key that it could use: the password gives the key of the
seal (Argon2id), and the seal keeps the key with which that person's acts are signed (XSalsa20-Poly1305). An auditor
signs nothing; there the seal only proves the password.
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from nacl import pwhash, utils
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from pydantic import AfterValidator, Field

from jointwatch.centre import configuration
from jointwatch.centre.configuration import CentreName, ConfigurationError, Model, Place
from jointwatch.exchange import whole_file
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.keys import SigningKey, read_key
from jointwatch.messages.act import Role

LEAST, MOST = 15, 256  # characters: NIST SP 800-63B-4 3.1.1.2 asks for 15 where a password is all there is
OPS, MEMORY_BYTES = 3, 64 << 20  # RFC 9106 4, the second recommended option; libsodium has one lane


class WrongPasswordError(Exception):
    """The password does not open the seal."""


def _octets(least: int, most: int) -> AfterValidator:
    def check(text: str) -> str:
        try:
            found = len(base64.b64decode(text, validate=True))
        except ValueError:
            raise ValueError("wanted base64") from None
        if not least <= found <= most:
            raise ValueError(f"wanted {least} to {most} bytes in base64; there are {found}")
        return text

    return AfterValidator(check)


class PersonFile(Model):
    """What a person's file says."""

    name: CentreName
    role: Role
    salt: Annotated[str, Field(max_length=64), _octets(pwhash.argon2id.SALTBYTES, pwhash.argon2id.SALTBYTES)]
    sealed: Annotated[str, Field(max_length=1_024), _octets(64, 512)]


@dataclass(frozen=True)
class Person:
    """Someone who may sign in."""

    name: str
    role: Role

    @property
    def key_name(self) -> str:
        """What the roster calls this person's key."""
        return f"{self.role}:{self.name}"


def add(place: Place, person: Person, password: str, own: Keyrings) -> Path:
    """Return the file of a person, written now with this password, in place of the one there is.

    The key is taken from the person's folder among the clients; of two that lie there, the one that the roster names.
    """
    _check(password)
    seed = utils.random(32) if person.role == "auditor" else _own_key(place, person, own).seed()
    salt = utils.random(pwhash.argon2id.SALTBYTES)
    sealed = SecretBox(_seal_key(password, salt)).encrypt(_head(person) + seed)
    place.people.mkdir(mode=0o700, exist_ok=True)
    path = place.people / f"{person.name}.toml"
    text = (
        f'# Who may sign in at the page; `jointwatch centre people` writes this.\nname = "{person.name}"\n'
        f'role = "{person.role}"\nsalt = "{_text(salt)}"\nsealed = "{_text(sealed)}"\n'
    )
    whole_file.write(path, text.encode(), mode=0o600)
    return path


def remove(place: Place, name: str) -> None:
    """Let a person sign in no more; ConfigurationError where there is none of that name."""
    path = place.people / f"{name}.toml"
    if name not in {person.name for person in listed(place)}:
        raise ConfigurationError(f"{path} is not there; nobody of that name may sign in")
    path.unlink()


def listed(place: Place) -> list[Person]:
    """Return everyone who may sign in, by name."""
    return sorted(_read_all(place), key=lambda person: person.name)


def opened(place: Place, name: str, password: str) -> tuple[Person, SigningKey | None]:
    """Return a person and the key of the seal; WrongPasswordError, after the same time, for anyone else."""
    found = _read(place, name)
    salt = base64.b64decode(found.salt) if found else bytes(pwhash.argon2id.SALTBYTES)
    key = _seal_key(password[:MOST], salt)
    if found is None:
        raise WrongPasswordError
    person = Person(found.name, found.role)
    try:
        data = SecretBox(key).decrypt(base64.b64decode(found.sealed))
    except CryptoError:
        raise WrongPasswordError from None
    head = _head(person)
    if person.name != name or not data.startswith(head):
        raise WrongPasswordError  # a file that was renamed, or whose role was written over
    return person, None if person.role == "auditor" else SigningKey(data[len(head) :])


def stamp(place: Place, name: str) -> tuple[int, int] | None:
    """Return what changes when a person's file does; None where there is none: whoever was signed in is so no more."""
    try:
        about = (place.people / f"{name}.toml").stat()
    except (OSError, ValueError):
        return None
    return about.st_mtime_ns, about.st_ino


def _check(password: str) -> None:
    length = len(unicodedata.normalize("NFKC", password))
    if not LEAST <= length <= MOST:
        raise ConfigurationError(f"a password has {LEAST} to {MOST} characters; this one has {length}")


def _own_key(place: Place, person: Person, own: Keyrings) -> SigningKey:
    """Return the key in a person's folder that the newest roster names, or that a roster is yet to name."""
    box = place.clients / person.name
    held = [read_key(path) for path in (box / "next.pem", box / "signing.pem") if path.exists()]
    named = {key.public_key for key in own.rings[-1].roster.keys if key.name == person.key_name} if own.rings else ()
    if not held:
        raise ConfigurationError(
            f"{box} holds no key of {person.name}; `jointwatch centre keys draft --enrol {person.key_name}` makes one"
        )
    return next((key for key in held if key.public.data in named), held[0])


def _read_all(place: Place) -> Iterator[Person]:
    for path in place.people.glob("*.toml"):
        found = configuration.parsed(path, PersonFile)
        yield Person(found.name, found.role)


def _read(place: Place, name: str) -> PersonFile | None:
    if not configuration.is_name(name):
        return None
    path = place.people / f"{name}.toml"
    return configuration.parsed(path, PersonFile) if path.is_file() else None


def _seal_key(password: str, salt: bytes) -> bytes:
    word = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return pwhash.argon2id.kdf(SecretBox.KEY_SIZE, word, salt, opslimit=OPS, memlimit=MEMORY_BYTES)


def _head(person: Person) -> bytes:
    return f"jointwatch person v1 {person.key_name}\n".encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
