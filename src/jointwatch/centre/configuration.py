"""A centre's own file, centre.toml: who it is, where it listens, and the partners it has pinned.

centre = "moscow"
run = "watch"
mode = "exercise"
listen = "127.0.0.1:8701"
publish = "/srv/www/moscow"
states = ["RU"]
radars = ["armavir"]

[partners.brussels]
radars = ["gabala"]
states = ["BE", "US"]
identity = "SHA256:Zmh6rfhivXdsj8GLjp+OIAiXFIVu4jOzkCpZHQ1fKSU"
address = "127.0.0.1:8702"
certificate = '''
-----BEGIN CERTIFICATE-----
...
'''

[release]
reports = true

[watch]
catalogue = "satellites.tle"

[page]
listen = "127.0.0.1:8711"

[nats]
address = "127.0.0.1:4222"
consoles = ["ops-1", "ops-2"]

[sensors.gabala]
latitude_deg = 40.87
longitude_deg = 47.80
height_m = 680.0
sigma_range_m = 150.0
sigma_azimuth_deg = 0.15
sigma_elevation_deg = 0.15
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from cryptography import x509
from pydantic import AfterValidator, Field, ValidationError, model_validator

from jointwatch.centre.addresses import LOOPBACK, Address, split
from jointwatch.centre.alerts.receivers import Receivers
from jointwatch.centre.intake.declared import Declared
from jointwatch.centre.strict import Model as Model

MAX_BYTES = 256 * 1024
FILE = "centre.toml"
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SENTENCES = {"extra_forbidden": "is no key of this file", "missing": "is missing"}


class ConfigurationError(ValueError):
    """A file of a centre cannot be used, as one sentence with file and key."""


def _certificate(text: str) -> str:
    try:
        x509.load_pem_x509_certificate(text.strip().encode())
    except ValueError:
        raise ValueError("wanted a certificate in PEM, from BEGIN CERTIFICATE to END CERTIFICATE") from None
    return text.strip() + "\n"


CentreName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
Run = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
Fingerprint = Annotated[str, Field(pattern=r"^SHA256:[A-Za-z0-9+/]{43}$")]
States = Annotated[list[Annotated[str, Field(pattern=r"^[A-Z]{2}$")]], Field(max_length=64)]
Radars = Annotated[list[CentreName], Field(max_length=64)]
Certificate = Annotated[str, AfterValidator(_certificate)]


class PinnedPartner(Model):
    """Another centre: the fingerprint of its identity, its door, and the authority of its certificates.

    roles: what it may do at our door. states: for which it speaks, two letters each; notifications are owed to states.
    radars: those of the catalogue whose plots it tells; how much each should see is then asked of it.
    entries_per_s: what was agreed that it says; what is more waits to be heard.
    """

    identity: Fingerprint
    address: Address
    certificate: Certificate
    entries_per_s: Annotated[int, Field(ge=1, le=100_000)] = 200
    roles: list[Literal["peer-reader", "peer-cosigner"]] = Field(default=["peer-reader", "peer-cosigner"])
    states: States = Field(default_factory=list)
    radars: Radars = Field(default_factory=list)


class Nats(Model):
    """The party's own NATS server, and the consoles that may listen there."""

    address: Address
    consoles: list[CentreName] = Field(default_factory=list)


class Opening(Model):
    """What is released to each partner as the centre opens, until two officers put another policy in force."""

    reports: bool = False
    tracklets: bool = False
    plots: bool = False
    mask_source: bool = True


class Watching(Model):
    """What the watch knows from elsewhere. catalogue: a file of mean elements of the catalogued satellites."""

    catalogue: Annotated[str, Field(min_length=1, max_length=1_024)] | None = None


class Page(Model):
    """Where people sign in. names: what else browsers may call this machine; certificate, key: files in PEM, for HTTPS.

    Without them the page is for browsers on this machine alone: passwords go over no line in the clear.
    """

    listen: Address
    names: list[Annotated[str, Field(pattern=r"^[a-z0-9.-]{1,253}$")]] = Field(default=[], max_length=16)
    certificate: Annotated[str, Field(min_length=1, max_length=1_024)] | None = None
    key: Annotated[str, Field(min_length=1, max_length=1_024)] | None = None

    @model_validator(mode="after")
    def _secret_on_the_way(self) -> Page:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("a certificate and its key belong together; one of them is missing")
        host = split(self.listen)[0]
        if self.certificate is None and (host not in LOOPBACK or self.names):
            raise ValueError(
                f"passwords would go to {host} in the clear; name a certificate and its key, or listen at 127.0.0.1"
            )
        return self

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by HTTPS."""
        return self.certificate is not None


class Configuration(Model):
    """What centre.toml says."""

    centre: CentreName
    run: Run
    mode: Literal["exercise", "operational"]
    listen: Address
    publish: Annotated[str, Field(min_length=1, max_length=1_024)] | None = None
    states: States = Field(default_factory=list)
    radars: Radars = Field(default_factory=list)
    partners: dict[CentreName, PinnedPartner] = Field(default_factory=dict)
    nats: Nats | None = None
    alerts: Receivers = Receivers()
    release: Opening | None = None
    watch: Watching = Watching()
    sensors: dict[CentreName, Declared] = Field(default_factory=dict)
    page: Page | None = None

    @model_validator(mode="after")
    def _meant_in_earnest(self) -> Configuration:
        if self.alerts.status == "Actual" and self.mode != "operational":
            raise ValueError("alerts.status: Actual is for the mode operational; an exercise alerts nobody in earnest")
        return self

    @model_validator(mode="after")
    def _not_itself(self) -> Configuration:
        if self.centre in self.partners:
            raise ValueError(f"partners.{self.centre}: a centre is not its own partner")
        return self

    @property
    def speaks_for(self) -> dict[str, list[str]]:
        """For which states this centre and each partner speak, by the centre's name."""
        return {self.centre: self.states, **{name: partner.states for name, partner in self.partners.items()}}

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
    def people(self) -> Path:
        """One file for each person who may sign in at the page."""
        return self.folder / "people"

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
    return parsed(made(Place(folder)).configuration, Configuration)


def made(place: Place) -> Place:
    """Return the place; raise ConfigurationError where no centre was made in it."""
    if not place.configuration.is_file():
        wanted = f"make the centre with `jointwatch centre init {place.folder}`"
        raise ConfigurationError(f"{place.configuration} is not there; {wanted}")
    return place


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


def states_line(states: Sequence[str]) -> str:
    """Return the line of a TOML file that says for which states a centre speaks; nothing for none.

    >>> states_line(["BE", "US"])
    'states = ["BE", "US"]\\n'
    """
    return f"states = [{', '.join(map(repr, states))}]\n".replace("'", '"') if states else ""


def is_name(text: str) -> bool:
    """Return whether a text may be the name of a centre, a client or a person: a DNS label.

    >>> is_name("ivanova"), is_name("../ivanova"), is_name("ivanova\\n")
    (True, False, False)
    """
    return _NAME.fullmatch(text) is not None


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    why = _SENTENCES.get(first["type"], first["msg"].removeprefix("Value error, "))
    return f"{key}: {why}" if key else why
