"""Founding a centre: its folder, its keys, its first roster and the files its clients get. Nothing is overwritten."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from jointwatch.centre import cards, configuration, service_keys
from jointwatch.centre.addresses import split
from jointwatch.centre.configuration import Configuration, ConfigurationError, Place
from jointwatch.centre.drafts import Author, Enrolled
from jointwatch.centre.intake import sensor_keys
from jointwatch.centre.service_keys import ServiceKeys
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse, roles, salvage, tls, whole_file
from jointwatch.exchange.handed_in import Counter, HandedIn
from jointwatch.exchange.keyrings import Keyrings, roster_log
from jointwatch.exchange.keys import SigningKey, read_or_create_key
from jointwatch.exchange.shard import Monthly
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode
from jointwatch.messages.party_root import Officer

FIRST_PORT, FIRST_PAGE = 8701, 8711
OFFICERS = ("officer-1", "officer-2", "officer-3")
_HEAD = "# A centre of Jointwatch. Its partners follow, one table each; `jointwatch centre meet` adds them.\n"


@dataclass(frozen=True)
class Client:
    """Whoever hands something in or looks: a role, and a name, which is also that of its sensor where it has one."""

    role: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Client:
        """Return the client that "role:name" means."""
        role, _, name = text.partition(":")
        if role not in roles.CLIENT or not name:
            raise ConfigurationError(
                f"{text!r} is no client; wanted ROLE:NAME with a role of {', '.join(roles.CLIENT)}"
            )
        if not tls.LABEL.fullmatch(name):
            raise ConfigurationError(
                f"{text!r}: a client's name has lower-case letters, digits and hyphens, such as {role}:radar-1"
            )
        return cls(role, name)

    def __str__(self) -> str:
        return f"{self.role}:{self.name}"

    @property
    def purpose(self) -> str:
        """What its signing key is for in the roster; empty where it signs nothing."""
        return roles.SIGNING.get(self.role, "").format(name=self.name)

    @property
    def held(self) -> bool:
        """Whether the centre holds its signing key and signs for it."""
        return self.role in roles.HELD_BY_CENTRE


def found(
    folder: Path,
    *,
    run: str,
    mode: str,
    listen: str | None,
    clients: Sequence[Client],
    taken: Sequence[str] = (),
    page: str | None = None,
    states: Sequence[str] = (),
) -> Configuration:
    """Return what a new centre's file says, once keys, record, first roster, card and clients' files are there.

    taken: addresses that its partners on this machine have, which it cannot have too. page: where people sign in.
    states: for which it speaks, two letters each.
    """
    place, name = Place(folder), folder.resolve().name
    if place.configuration.exists():
        raise ConfigurationError(f"{place.configuration} is there already; a centre is made once")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = f'centre = "{name}"\nrun = "{run}"\nmode = "{mode}"\nlisten = "{listen or free(FIRST_PORT, taken)}"\n'
    text += configuration.states_line(states)
    known = _checked(place, text + (f'\n[page]\nlisten = "{page}"\n' if page else ""))
    keys = service_keys.make(place.keys, name)
    signing = [_client_files(place, known, keys.line, client) for client in clients]
    rosters = _enrol(place, known, keys, clients, signing)
    cards.write(place, known, rosters)
    place.denied.touch(mode=0o600)
    return known


def certify(place: Place, known: Configuration, line: tls.Identity, client: Client) -> Path:
    """Return the folder of a client with a certificate for its role, issued now."""
    box = place.clients / client.name
    sensor = client.name if client.role in roles.OF_A_SENSOR else ""
    tls.ensure_client(line, box, client.name, [roles.uri(client.role, sensor)])
    text = (
        f"# The way to {known.centre} for {client.name}; this folder is private to it.\n"
        f'centre = "{known.centre}"\nrun = "{known.run}"\nmode = "{known.mode}"\naddress = "{known.listen}"\n'
        f'client = "{client.name}"\nrole = "{client.role}"\n'
    )
    whole_file.write(box / "client.toml", text.encode())
    return box


def _client_files(place: Place, known: Configuration, line: tls.Identity, client: Client) -> SigningKey | None:
    """Return the key with which a client signs what it hands in; None where its role signs nothing."""
    box = certify(place, known, line, client)
    path = sensor_keys.new_file(place.keys, client.name) if client.held else box / "signing.pem"
    return read_or_create_key(path) if client.purpose else None


def _enrol(
    place: Place,
    known: Configuration,
    keys: ServiceKeys,
    clients: Sequence[Client],
    signing: Sequence[SigningKey | None],
) -> list[bytes]:
    """Return the entries with which the roster log now begins: the officers, the centre's keys, those of its clients.

    The identity key is made here, signs that these are the officers, and is forgotten: nothing of it is kept.
    """
    identity = SigningKey.generate()
    officers = {name: read_or_create_key(place.officers / f"{name}.pem") for name in OFFICERS}
    place.officers.chmod(0o700)
    enrolled = list(_enrolled(keys, clients, signing))
    author = Author(Keyrings(known.centre, known.run, known.mode), identity.public.data)
    named = [Officer(name=name, public_key=key.public.data) for name, key in officers.items()]
    root, roster = (
        author.root(named, now_tai_ns=now_tai_ns()),
        author.roster(enrolled, (), in_force_tai_ns=now_tai_ns()),
    )
    desks = [key for client, key in zip(clients, signing, strict=True) if key is not None and client.purpose == "desk"]
    entries = [
        _entry(root, [identity, *officers.values()]),
        _entry(roster, [*officers.values(), keys.log, keys.cosign, *keys.desks, *desks]),
    ]
    own = author.own
    for entry in entries:
        own = own.learn(entry)
    with opened(place, known, keys, lambda said: keys.said_by_desk(said, own)) as store:
        log = roster_log(known.centre)
        store.hand_in([HandedIn(log, said.id, entry) for said, entry in zip((root, roster), entries, strict=True)])
    return entries


def _enrolled(keys: ServiceKeys, clients: Sequence[Client], signing: Sequence[SigningKey | None]) -> Iterator[Enrolled]:
    """Return the keys of the first roster: the centre's own desk key comes behind those of operators' desks."""
    yield Enrolled("log", "log", keys.log.public.data)
    yield Enrolled("cosign", "cosign", keys.cosign.public.data)
    for client, key in zip(clients, signing, strict=True):
        if key is not None:
            yield Enrolled(str(client), client.purpose, key.public.data)
    yield Enrolled("desk", "desk", keys.desks[-1].public.data)
    yield Enrolled("tls-ca", "tls-ca", ssl.PEM_cert_to_DER_cert(keys.line.authority_pem()))


def reopened(
    place: Place, known: Configuration, keys: ServiceKeys, desk: Callable[[Message], bytes]
) -> salvage.Opened[Counter]:
    """Return a centre's record as `opened` does; where it is damaged, a new one that takes its place."""
    return salvage.opened(place.record(known.run), lambda: opened(place, known, keys, desk))


def opened(place: Place, known: Configuration, keys: ServiceKeys, desk: Callable[[Message], bytes]) -> Counter:
    """Return a centre's record, open for writing. desk: signs what the centre itself says."""
    path = place.record(known.run)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    monthly = Monthly(known.mode, now_tai_ns, desk)
    return Counter(
        path,
        run=known.run,
        owner=known.centre,
        log_key=keys.log,
        former_log_keys=keys.former_log_keys,
        monthly=monthly,
    )


def _entry(message: Message, keys: Sequence[SigningKey]) -> bytes:
    return dsse.sign(PAYLOAD_TYPE, encode(message), keys).encode()


def _checked(place: Place, text: str) -> Configuration:
    """Return what the new centre.toml says, written only where it may be read again."""
    draft = place.folder / f".{configuration.FILE}.part"
    draft.write_text(_HEAD + text)
    try:
        known = configuration.parsed(draft, Configuration)
    finally:
        draft.unlink(missing_ok=True)
    whole_file.write(place.configuration, (_HEAD + text).encode())
    return known


def beside(folder: Path) -> list[str]:
    """Return the addresses of the centres in the folders beside this one, served or not."""
    found = []
    for file in sorted(folder.absolute().parent.glob(f"*/{configuration.FILE}")):
        with suppress(ConfigurationError):  # what is wrong with another centre is its own business
            other = configuration.read(file.parent)
            found += [other.listen, *([other.page.listen] if other.page else [])]
    return found


def free(first_port: int, taken: Sequence[str]) -> str:
    """Return the first address of this machine, from a port on, at which nobody listens."""
    for address in (f"127.0.0.1:{port}" for port in range(first_port, first_port + 200)):
        with socket.socket() as probe:
            if address not in taken and probe.connect_ex(split(address)):
                return address
    raise ConfigurationError(
        f"no port from {first_port} to {first_port + 199} is free on 127.0.0.1; give one with --listen or --page"
    )
