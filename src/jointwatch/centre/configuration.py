"""A centre's own file, centre.toml: who it is, where it listens, and the partners it has pinned.

centre = "moscow"
run = "watch"
mode = "exercise"
listen = "127.0.0.1:8701"
publish = "/srv/www/moscow"

[partners.brussels]
identity = "SHA256:Zmh6rfhivXdsj8GLjp+OIAiXFIVu4jOzkCpZHQ1fKSU"
address = "127.0.0.1:8702"
certificate = '''
-----BEGIN CERTIFICATE-----
...
'''

[nats]
address = "127.0.0.1:4222"
consoles = ["ops-1", "ops-2"]
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from cryptography import x509
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

MAX_BYTES = 256 * 1024
FILE = "centre.toml"
_HOST_AND_PORT = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):([0-9]{1,5})")
_SENTENCES = {"extra_forbidden": "is no key of this file", "missing": "is missing"}


class ConfigurationError(ValueError):
    """A file of a centre cannot be used, as one sentence with file and key."""


def _address(text: str) -> str:
    found = _HOST_AND_PORT.fullmatch(text)  # nothing else: a partner's card brings it, and it is written into this file
    if not (found and int(found[1]) < 65_536):
        raise ValueError(f'wanted "host:port", such as "127.0.0.1:8701"; it is {text!r}')
    return text


def _certificate(text: str) -> str:
    try:
        x509.load_pem_x509_certificate(text.strip().encode())
    except ValueError:
        raise ValueError("wanted a certificate in PEM, from BEGIN CERTIFICATE to END CERTIFICATE") from None
    return text.strip() + "\n"


CentreName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
Run = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
Fingerprint = Annotated[str, Field(pattern=r"^SHA256:[A-Za-z0-9+/]{43}$")]
Address = Annotated[str, AfterValidator(_address)]
Certificate = Annotated[str, AfterValidator(_certificate)]


class Model(BaseModel):
    """Base of all parts: unknown keys refused, values frozen, no silent conversion."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PinnedPartner(Model):
    """Another centre: the fingerprint of its identity, its door, and the authority of its certificates.

    roles: what it may do at our door.
    """

    identity: Fingerprint
    address: Address
    certificate: Certificate
    roles: list[Literal["peer-reader", "peer-cosigner"]] = Field(default=["peer-reader", "peer-cosigner"])


class Nats(Model):
    """The party's own NATS server, and the consoles that may listen there."""

    address: Address
    consoles: list[CentreName] = []


class Configuration(Model):
    """What centre.toml says."""

    centre: CentreName
    run: Run
    mode: Literal["exercise", "operational"]
    listen: Address
    publish: Annotated[str, Field(min_length=1, max_length=1_024)] | None = None
    partners: dict[CentreName, PinnedPartner] = {}
    nats: Nats | None = None

    @model_validator(mode="after")
    def _not_itself(self) -> Configuration:
        if self.centre in self.partners:
            raise ValueError(f"partners.{self.centre}: a centre is not its own partner")
        return self

    @model_validator(mode="after")
    def _names_once(self) -> Configuration:
        """A name on the NATS server is one certificate's, and one asker's."""
        taken = {self.centre, *self.partners, "broker"}
        for name in self.nats.consoles if self.nats else ():
            if name in taken:
                raise ValueError(f"nats.consoles: {name!r} is taken; each console has a name of its own")
            taken.add(name)
        return self


M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Place:
    """The files in a centre's folder."""

    folder: Path

    @property
    def configuration(self) -> Path:
        """What the centre is, and whom it knows."""
        return self.folder / FILE

    @property
    def keys(self) -> Path:
        """The private keys, for this centre's process alone."""
        return self.folder / "keys"

    @property
    def clients(self) -> Path:
        """One folder for each client of the centre, to be handed to it."""
        return self.folder / "clients"

    @property
    def officers(self) -> Path:
        """The officers' root keys, until each is taken away by its officer; no command of the service reads them."""
        return self.folder / "officers"

    @property
    def card(self) -> Path:
        """What a partner needs to know this centre; public."""
        return self.folder / "card.toml"

    @property
    def denied(self) -> Path:
        """The certificates that are turned away."""
        return self.folder / "denied.txt"

    def record(self, run: str) -> Path:
        """Return the file of the record of a run."""
        return self.folder / "runs" / f"{run}.sqlite"


def read(folder: Path) -> Configuration:
    """Return what the centre.toml of a folder says; raise ConfigurationError, with file and key, at anything else."""
    path = Place(folder).configuration
    if not path.is_file():
        raise ConfigurationError(f"{path} is not there; make the centre with `jointwatch centre init {folder}`")
    return parsed(path, Configuration)


def parsed(path: Path, kind: type[M]) -> M:
    """Return what a TOML file says, as this model."""
    try:
        data = path.read_bytes()
        if len(data) > MAX_BYTES:
            raise ConfigurationError(f"{path}: has {len(data)} bytes; at most {MAX_BYTES} are read")
        return kind.model_validate(tomllib.loads(data.decode("utf-8-sig")))
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{path}: not valid TOML: {error}") from None
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {_sentence(error)}") from None


def split(address: str) -> tuple[str, int]:
    """Return host and port of an address.

    >>> split("127.0.0.1:8701")
    ('127.0.0.1', 8701)
    """
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    why = _SENTENCES.get(first["type"], first["msg"].removeprefix("Value error, "))
    return f"{key}: {why}" if key else why
