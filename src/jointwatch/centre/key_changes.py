"""A change of a serving centre's keys, as its operator asks for it: drafted, and taken up once it is signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jointwatch.centre import cards, configuration, drafts, founding, service_keys
from jointwatch.centre.client import CentreLine
from jointwatch.centre.configuration import ConfigurationError, Place
from jointwatch.centre.drafts import Author, Enrolled
from jointwatch.centre.founding import Client
from jointwatch.centre.intake import sensor_keys
from jointwatch.earth.timescale import NS_PER_S, now_tai_ns
from jointwatch.exchange import shard
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.keys import SigningKey, read_key, write_key
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import Message
from jointwatch.messages.party_root import Officer


@dataclass(frozen=True)
class Wanted:
    """What is to change. since: log -> position from which on the compromised key no longer holds."""

    rotate: tuple[str, ...] = ()
    enrol: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    compromised: str | None = None
    since: Mapping[str, int] = field(default_factory=dict)
    officers: tuple[tuple[str, bytes], ...] = ()
    in_force_in_s: float = 3600.0


def draft(folder: Path, out: Path, wanted: Wanted) -> None:
    """Write a draft of the changes, signed with the centre's own keys; its new ones lie beside it until then."""
    known = configuration.read(folder)
    place, own = Place(folder), _own(folder)
    unknown = set(wanted.rotate) - set(service_keys.HELD)
    if unknown:
        raise ConfigurationError(f"{min(unknown)!r} is no key of a centre's own; it has log, cosign and desk")
    held = service_keys.held(place.keys, own)
    author = Author(own, own.rings[-1].roster.identity)
    now = now_tai_ns()
    said: list[Message] = []
    if wanted.officers:
        named = [Officer(name=name, public_key=key) for name, key in wanted.officers]
        said.append(author.root(named, now_tai_ns=now))
    new = {purpose: service_keys.draft_key(place.keys, purpose) for purpose in wanted.rotate}
    enrolled = [Enrolled(purpose, purpose, key.public.data) for purpose, key in new.items()]
    clients = [(client, _client_key(place, known, held, client)) for client in map(Client.parse, wanted.enrol)]
    enrolled += [Enrolled(str(client), client.purpose, key.public.data) for client, key in clients]
    again = {one.name for one in enrolled}
    drop = [*wanted.drop, *({wanted.compromised} - again if wanted.compromised else ())]
    if enrolled or drop:
        in_force = now + int(wanted.in_force_in_s * NS_PER_S)
        said.append(author.roster(enrolled, [name for name in drop if name], in_force_tai_ns=in_force))
    if wanted.compromised:
        until = _until(_ends(folder, known.centre), wanted.since)
        said.append(author.compromised(wanted.compromised, until, now_tai_ns=now))
    if not said:
        raise ConfigurationError(
            "nothing is to change; say what with --rotate, --enrol, --drop, --compromised or --officer"
        )
    mine = [held.log, held.cosign, *held.desks, *new.values(), *(key for _, key in clients)]
    drafts.write(out, said, [*mine, *_operators(place)])


def wanting(folder: Path, path: Path) -> str:
    """Return what a draft still lacks to be taken up by the centre, as a sentence; empty where it lacks nothing."""
    return drafts.wanting(drafts.read(path), _own(folder))


def publish(folder: Path, path: Path) -> list[tuple[str, int]]:
    """Return where the entries of a draft stand, once the centre, which is serving, has taken them up."""
    with CentreLine(Place(folder).clients / "admin") as line:
        return line.submit([envelope.encode() for envelope in drafts.read(path)]).places


def _own(folder: Path) -> Keyrings:
    """Return the centre's keys as its card has them, which is written anew with every change."""
    return cards.keys(cards.read(folder))


def _ends(folder: Path, centre: str) -> dict[str, int]:
    """Return how many entries each of the centre's own logs has now; of one with shards, the newest."""
    with CentreLine(Place(folder).clients / "admin") as line:
        logs = line.health()["logs"]
    own = shard.newest(LogId.parse(name) for name in logs if name.split("/")[0] == centre)
    return {str(log): logs[str(log)]["size"] for log in own}


def _until(ends: Mapping[str, int], given: Mapping[str, int]) -> dict[str, int]:
    """Return where a key ends: at the places given, and in the logs that these do not name where those end."""
    named = {LogId.parse(name).whole for name in given}
    return {name: at for name, at in ends.items() if LogId.parse(name).whole not in named} | dict(given)


def _client_key(
    place: Place, known: configuration.Configuration, held: service_keys.ServiceKeys, client: Client
) -> SigningKey:
    """Return the new key of a client, which lies in its folder: as signing.pem for a new one, else as next.pem.

    One that the centre holds for a sensor lies among the centre's own, and signs as soon as the roster names it.
    """
    box = founding.certify(place, known, held.line, client)
    if client.held:
        path = sensor_keys.new_file(place.keys, client.name)
    else:
        path = box / ("next.pem" if (box / "signing.pem").exists() else "signing.pem")
        path.unlink(missing_ok=True)
    write_key(path, key := SigningKey.generate())
    return key


def _operators(place: Place) -> list[SigningKey]:
    """Return the keys of those operators whose folders are still here; others sign the draft where they are."""
    return [read_key(path) for path in sorted(place.clients.glob("*/signing.pem"))]
