"""Founding a centre: its folder, its keys, its first roster and the files its clients get. Nothing is overwritten."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jointwatch.centre import cards, configuration, credentials
from jointwatch.centre.configuration import Configuration, ConfigurationError, Place
from jointwatch.centre.orders import ReleaserKey, SensorKey
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import roles, salvage, tls, whole_file
from jointwatch.exchange.handed_in import Counter, HandedIn
from jointwatch.exchange.keyrings import roster_log
from jointwatch.exchange.keys import SigningKey, read_or_create_key
from jointwatch.exchange.shard import Monthly

FIRST_PORT = 8701
_HEAD = "# A centre of Jointwatch. Its partners follow, one table each; `jointwatch centre meet` adds them.\n"


@dataclass(frozen=True)
class Client:
    """Whoever hands something in or looks: a role, and a name; a sensor-writer's is also its sensor's."""

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
        return cls(role, name)

    @property
    def purpose(self) -> str:
        """What its signing key is for in the roster; empty where it signs nothing."""
        return roles.SIGNING.get(self.role, "").format(name=self.name)


def found(
    folder: Path, *, run: str, mode: str, listen: str | None, clients: Sequence[Client], taken: Sequence[str] = ()
) -> Configuration:
    """Return what a new centre's file says, once keys, record, first roster, card and clients' files are there.

    taken: addresses that its partners on this machine have, which it cannot have too.
    """
    place, name = Place(folder), folder.resolve().name
    if place.configuration.exists():
        raise ConfigurationError(f"{place.configuration} is there already; a centre is made once")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = _checked(place, f'centre = "{name}"\nrun = "{run}"\nmode = "{mode}"\nlisten = "{listen or _free(taken)}"\n')
    keys = credentials.ensure(place.keys, name)
    signing = [_client_files(place, known, keys.line, client) for client in clients]
    rosters = _enrol(place, known, keys, clients, signing)
    cards.write(place, known, rosters)
    place.denied.touch(mode=0o600)
    return known


def certify(place: Place, known: Configuration, line: tls.Identity, client: Client) -> Path:
    """Return the folder of a client with a certificate for its role, issued now."""
    box = place.clients / client.name
    sensor = client.name if client.role == "sensor-writer" else ""
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
    return read_or_create_key(box / "signing.pem") if client.purpose else None


def _enrol(
    place: Place,
    known: Configuration,
    keys: credentials.Credentials,
    clients: Sequence[Client],
    signing: Sequence[SigningKey | None],
) -> list[bytes]:
    """Return the entries with which the roster log now begins: the keys of the centre, and those of its clients."""
    held = [(client, key) for client, key in zip(clients, signing, strict=True) if key is not None]
    desks = [key for client, key in held if client.purpose == "desk"]
    roster = keys.roster(
        run=known.run,
        mode=known.mode,
        now_tai_ns=now_tai_ns(),
        sensors=tuple(SensorKey(c.name, k.public.data) for c, k in held if c.role == "sensor-writer"),
        releasers=tuple(ReleaserKey(c.name, k.public.data) for c, k in held if c.role == "releaser"),
        desks=tuple(key.public.data for key in desks),
    )
    entry, _ = keys.signed(roster, desks)
    with opened(place, known, keys) as store:
        store.hand_in([HandedIn(roster_log(known.centre), roster.id, entry)])
    return [entry]


def reopened(place: Place, known: Configuration, keys: credentials.Credentials) -> salvage.Opened[Counter]:
    """Return a centre's record as `opened` does; where it is damaged, a new one that takes its place."""
    return salvage.opened(place.record(known.run), lambda: opened(place, known, keys))


def opened(place: Place, known: Configuration, keys: credentials.Credentials) -> Counter:
    """Return a centre's record, open for writing."""
    path = place.record(known.run)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    monthly = Monthly(known.mode, now_tai_ns, keys.said_by_desk)
    return Counter(path, run=known.run, owner=known.centre, log_key=keys.held["log"], monthly=monthly)


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


def _free(taken: Sequence[str]) -> str:
    """Return the first address of this machine, from port 8701 on, at which nobody listens."""
    for address in (f"127.0.0.1:{port}" for port in range(FIRST_PORT, FIRST_PORT + 200)):
        with socket.socket() as probe:
            if address not in taken and probe.connect_ex(configuration.split(address)):
                return address
    raise ConfigurationError("no port from 8701 to 8900 is free on 127.0.0.1; give one with --listen")
