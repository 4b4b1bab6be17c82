"""The parts of a centre in service, each made of what it needs: replicas, guard, door, and what goes on beside them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jointwatch.centre import consoles, publication
from jointwatch.centre.addresses import split
from jointwatch.centre.clocks import Clocks, TimedDesk
from jointwatch.centre.configuration import Configuration, Place
from jointwatch.centre.counter import CounterApp
from jointwatch.centre.following import Following
from jointwatch.centre.incidents import Incidents
from jointwatch.centre.renewal import Renewal
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange.audit import Audited, keep_auditing
from jointwatch.exchange.door import Guests
from jointwatch.exchange.guard import Guard
from jointwatch.exchange.handed_in import Counter
from jointwatch.exchange.https.server import Server
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.mirror import Mirror
from jointwatch.exchange.record import Damaged
from jointwatch.exchange.salvage import Opened
from jointwatch.exchange.tls import Identity

if TYPE_CHECKING:
    from jointwatch.centre.declared import Radars
    from jointwatch.exchange.nats.broker import Broker
    from jointwatch.sensors.radar import Radar

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Pinned:
    """An identity as centre.toml names it."""

    fingerprint: str


def mirror(known: Configuration, store: Counter, cosign_key: SigningKey) -> Mirror:
    """Return the replicas of the partners' logs."""
    return Mirror(
        store,
        mode=known.mode,
        identities={name: Pinned(partner.identity) for name, partner in known.partners.items()},
        cosign_key=cosign_key,
        evidence_folder=store.path.with_suffix(".evidence"),
    )


def guard(
    known: Configuration,
    replicas: Mirror,
    identity: str,
    found: Opened[Counter],
    left_out: Collection[str],
    incidents: Incidents,
) -> Guard:
    """Return what keeps the own logs closed until the partners were asked what they hold of them."""
    keys = Keyrings(known.centre, known.run, known.mode, identity)
    made = Guard(replicas, keys, known.partners, aside=found.aside)
    if found.aside is not None:
        lies = f"the record is damaged and lies in {found.aside.parent}: {found.why}"
        incidents.happened("damage", known.centre, lies)
    for partner in left_out:
        made.without(partner)
        incidents.happened("without", partner, f"started without asking {partner} what it holds of our logs")
    return made


def door(
    place: Place, known: Configuration, line: Identity, replicas: Mirror, clocks: Clocks, clients: CounterApp
) -> Server:
    """Return the door, not yet open, for partners and the centre's own clients."""
    guests = Guests(
        {name: partner.certificate for name, partner in known.partners.items()},
        own_authority_pem=line.authority_pem(),
        partner_roles={name: frozenset(partner.roles) for name, partner in known.partners.items()},
        deny_list=place.denied,
    )
    host, port = split(known.listen)
    desk = TimedDesk(replicas.store, replicas.keys)
    desk.clocks = clocks
    return Server(desk, line, {}, host=host, port=port, guests=guests, clients=clients)


def unknown_radar(name: str) -> Radar:
    """Raise LookupError: without a catalogue at hand no radar is known by its name."""
    raise LookupError(f"no radar {name!r} is known here, nor any other")


def declared(place: Place, known: Configuration, radar: Callable[[str], Radar]) -> Radars:
    """Return the radars that centre.toml declares, by whose they are and their names."""
    if not known.radars and not any(partner.radars for partner in known.partners.values()):
        return {}
    from jointwatch.centre.declared import of_centre

    return of_centre(place, known, radar, now_tai_ns())


def told_consoles(
    place: Place, known: Configuration, line: Identity, replicas: Mirror, identity: str, tell: Tell, opening: ExitStack
) -> Broker | None:
    """Return what tells the consoles what is new, where centre.toml names a NATS server."""
    nats = known.nats
    if nats is None:
        return None
    consoles.need_extra(place.configuration)
    pinned = {name: partner.identity for name, partner in known.partners.items()} | {known.centre: identity}
    server = consoles.prepare(place, known, nats, line, pinned)
    tell(f"tells its consoles over NATS at {nats.address}; the server: nats-server -c {server}")
    return opening.enter_context(consoles.telling(nats, line, replicas.store, replicas.keys))


def publish(place: Place, known: Configuration, store: Counter, tell: Tell, opening: ExitStack) -> None:
    """Keep the common logs published, where centre.toml names a folder."""
    if known.publish is not None:
        opening.enter_context(publication.Publication(store, publication.folder(place, known.publish), tell))


def renewal(
    place: Place, line: Identity, served: Server, followed: Following, tell: Tell, stop: threading.Event
) -> tuple[Renewal, threading.Thread]:
    """Return what renews certificates while they are in use, and the thread in which it has begun."""
    kept = Renewal(line, [served.tls, *(one.tls for one in followed.lines)], place.clients, tell)
    thread = threading.Thread(target=kept.keep, args=(stop,), name="renewal", daemon=True)
    thread.start()
    return kept, thread


def auditing(
    store: Counter, audited: Callable[[Audited | Damaged], None], *, stop: threading.Event, every_s: float
) -> threading.Thread:
    """Return the thread that reads the whole record again and again."""
    more = {"stop": stop, "every_s": every_s}
    thread = threading.Thread(target=keep_auditing, args=(store, audited), kwargs=more, name="audit", daemon=True)
    thread.start()
    return thread
