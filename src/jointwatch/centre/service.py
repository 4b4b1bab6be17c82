"""A centre that serves: its record, its door, a follower for each partner, and the queue of what its clients hand in.

All of it lives in one process, which alone holds the private keys and writes the record. It ends in order: the door
closes first, what was taken in is written, the lines hang up, the record closes. Ended at once, it goes on from the
record the next time, as nothing was acknowledged that is not in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jointwatch.centre import cards, configuration, consoles, founding, publication, service_keys
from jointwatch.centre.clocks import Clocks, TimedDesk
from jointwatch.centre.configuration import Place
from jointwatch.centre.counter import CounterApp
from jointwatch.centre.following import Following
from jointwatch.centre.incidents import Incidents
from jointwatch.centre.marks import Marks
from jointwatch.centre.renewal import Renewal
from jointwatch.centre.submission import Intake
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange.audit import Audited, keep_auditing
from jointwatch.exchange.door import Guests
from jointwatch.exchange.guard import Guard
from jointwatch.exchange.handed_in import Counter, HandedIn
from jointwatch.exchange.handed_in import Place as Written
from jointwatch.exchange.https.server import Server
from jointwatch.exchange.keyrings import Keyrings, roster_log
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.mirror import Mirror
from jointwatch.exchange.record import Damaged
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.salvage import Opened
from jointwatch.messages.encoding import Message

if TYPE_CHECKING:
    from jointwatch.exchange.nats.broker import Broker

AUDIT_EVERY_S = 3600.0
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Pinned:
    """An identity as centre.toml names it."""

    fingerprint: str


class Service:
    """A centre in service, from the moment it is made until `close`."""

    def __init__(self, folder: Path, tell: Tell, *, without: Collection[str] = ()) -> None:
        self.place, self.known, self._tell = Place(folder), configuration.read(folder), tell
        self._left_out, self.audited = frozenset(without), Audited(0, 0, 0.0)
        self._stop, self._open = threading.Event(), ExitStack()
        self.broker: Broker | None = None
        if self.known.mode == "operational" and any(self.place.officers.glob("*.pem")):
            tell(f"{self.place.officers} still holds officers' root keys; they belong with three people")
        with ExitStack() as opening:
            card = cards.keys(cards.read(folder))  # by which the log key is known before the record is open
            self._own_keys: Callable[[], Keyrings] = lambda: card
            self.keys = service_keys.held(self.place.keys, card)
            found = founding.reopened(self.place, self.known, self.keys, self.said_by_desk)
            self.store = opening.enter_context(found.store)
            self.incidents = Incidents(self.store, self.known, self.said_by_desk, tell)
            self.clocks = Clocks(self.known.partners, self._clock_alarm)
            self.mirror = self._mirror()
            self.guard = self._guard(found, card.identity)
            self._own_keys = lambda: self.guard.keys
            self._catch_up(card)
            self.following = self._following()
            self.marks = Marks(self.store, self._keys_of)
            self.intake = Intake(
                self.store,
                lambda: self.own_keys,
                frozenset(self.known.partners),
                self._take_up,
                damaged=self._audited,
            )
            self._publish(opening)
            opening.callback(self.intake.close)
            self._tell_consoles(opening)
            self.door = self._door()
            self.port = self.door.start()
            opening.callback(self.door.stop)
            self._audit(opening)
            self.following.begin(self.keys.line, self._stop, opening)
            self._renew(opening)
            self._open = opening.pop_all()

    @property
    def damaged(self) -> bool:
        """Whether the record was found altered: nothing is written to it any more; a new service sets it aside."""
        return bool(self.guard.damage)

    def close(self) -> None:
        """End in order."""
        self._stop.set()
        self._open.close()

    def health(self) -> dict[str, Any]:
        """Return how things stand, for the centre's own people."""
        about = {"centre": self.known.centre, "run": self.known.run, "mode": self.known.mode}
        logs = {str(log): {"size": self.store.size(log), "cosigned": self._cosigned(log)} for log in self.store.logs()}
        partners = {name: self._partner(name) for name in self.known.partners}
        own = {"identity": self.own_keys.identity, "waiting": self.intake.waiting}
        own |= {"unverified": self.marks.counts()}
        own |= {"damage": self.guard.damage, "waits_for": [name for name in partners if self.guard.waits_for(name)]}
        told = {} if self.broker is None else {"nats": {"linked": self.broker.connected, "cut": self.broker.cut}}
        return {**about, **own, "logs": logs, "partners": partners, **told}

    def _cosigned(self, log: LogId) -> int:
        kept = self.store.cosigned(log)
        return 0 if kept is None else checkpoints.unverified(kept).size

    @property
    def own_keys(self) -> Keyrings:
        """The centre's own keys as its rosters name them."""
        return self._own_keys()

    def _partner(self, name: str) -> dict[str, Any]:
        at = self.following.standing[name]
        clock = {"clock_off_s": self.clocks.off_s(name), "future": self.clocks.future(name)}
        return asdict(at) | {"linked": not at.cut} | clock

    def _keys_of(self, centre: str) -> Keyrings:
        return self.own_keys if centre == self.known.centre else self.mirror.keys(centre)

    def said_by_desk(self, message: Message) -> bytes:
        """Return a message of the centre's own as an entry under its desk key."""
        return self.keys.said_by_desk(message, self.own_keys)

    def _guard(self, found: Opened[Counter], identity: str) -> Guard:
        """Return what keeps the own logs closed until the partners were asked what they hold of them."""
        known = Keyrings(self.known.centre, self.known.run, self.known.mode, identity)
        guard = Guard(self.mirror, known, self.known.partners, aside=found.aside)
        if found.aside is not None:
            self.incidents.happened(
                "damage", self.known.centre, f"the record is damaged and lies in {found.aside.parent}: {found.why}"
            )
        for partner in self._left_out:
            guard.without(partner)
            self.incidents.happened("without", partner, f"started without asking {partner} what it holds of our logs")
        return guard

    def _mirror(self) -> Mirror:
        pinned = {name: Pinned(partner.identity) for name, partner in self.known.partners.items()}
        return Mirror(
            self.store,
            mode=self.known.mode,
            identities=pinned,
            cosign_key=self.keys.cosign,
            evidence_folder=self.store.path.with_suffix(".evidence"),
        )

    def _take_up(self, entries: Sequence[HandedIn]) -> list[Written]:
        """Put in force what officers said of the centre's keys: learned, kept, and signed with from now on.

        Partners hear of it before anything that the new keys sign, as the roster log goes before all others.
        """
        own = self.own_keys
        for one in entries:
            own = own if own.knows(one.entry) else own.learn(one.entry)
        rosters = own.rings[len(self.own_keys.rings) :]
        if any(ring.roster.logged_tai_ns < now_tai_ns() for ring in rosters):
            raise Refused(service_keys.RULE, "the roster was to be in force before now; draft it anew, with more time")
        service_keys.take_up(self.place.keys, own)
        keys = service_keys.held(self.place.keys, own)
        places = self.store.take_up(entries, keys.log)
        self.keys = keys
        self._use()
        self._tell(f"took up {', '.join(one.id for one in entries)}")
        return places

    def _catch_up(self, card: Keyrings) -> None:
        """Go on with the keys that the record names: an end while they were taken up may have left the card behind."""
        if len(self.own_keys.known) > len(card.known):
            service_keys.take_up(self.place.keys, self.own_keys)
            self.keys = service_keys.held(self.place.keys, self.own_keys)
            self.store.sign_with(self.keys.log)
            self._use()

    def _use(self) -> None:
        """Cosign with the keys as they are now, and write the card anew."""
        self.mirror.cosign_with(self.keys.cosign)
        cards.write(self.place, self.known, self.store.entries(roster_log(self.known.centre)))

    def _following(self) -> Following:
        return Following(
            self.known,
            self.mirror,
            self.guard,
            self.incidents,
            self.clocks,
            tell=self._tell,
            damaged=self._audited,
        )

    def _door(self) -> Server:
        partners = self.known.partners
        guests = Guests(
            {name: partner.certificate for name, partner in partners.items()},
            own_authority_pem=self.keys.line.authority_pem(),
            partner_roles={name: frozenset(partner.roles) for name, partner in partners.items()},
            deny_list=self.place.denied,
        )
        host, port = configuration.split(self.known.listen)
        desk = TimedDesk(self.store, self.mirror.keys)
        desk.clocks = self.clocks
        clients = CounterApp(self.intake, self.health)
        return Server(desk, self.keys.line, {}, host=host, port=port, guests=guests, clients=clients)

    def _tell_consoles(self, opening: ExitStack) -> None:
        """Tell the consoles what is new, where centre.toml names a NATS server."""
        nats = self.known.nats
        if nats is not None:
            consoles.need_extra(self.place.configuration)
            pinned = {name: partner.identity for name, partner in self.known.partners.items()}
            pinned[self.known.centre] = self.own_keys.identity
            server = consoles.prepare(self.place, self.known, nats, self.keys.line, pinned)
            self.broker = opening.enter_context(consoles.telling(nats, self.keys.line, self.store, self.mirror.keys))
            self._tell(f"tells its consoles over NATS at {nats.address}; the server: nats-server -c {server}")

    def _publish(self, opening: ExitStack) -> None:
        """Keep the common logs published, where centre.toml names a folder."""
        if self.known.publish is not None:
            out = publication.folder(self.place, self.known.publish)
            opening.enter_context(publication.Publication(self.store, out, self._tell))

    def _clock_alarm(self, partner: str, text: str) -> None:
        self.incidents.happened("clock", partner, text)

    def _renew(self, opening: ExitStack) -> None:
        """Have certificates renewed while they are in use."""
        contexts = [self.door.tls, *(line.tls for line in self.following.lines)]
        self.renewal = Renewal(self.keys.line, contexts, self.place.clients, self._tell)
        thread = threading.Thread(target=self.renewal.keep, args=(self._stop,), name="renewal", daemon=True)
        thread.start()
        opening.callback(thread.join, 15)
        opening.callback(self._stop.set)

    def _audit(self, opening: ExitStack) -> None:
        thread = threading.Thread(
            target=keep_auditing,
            args=(self.store, self._audited),
            kwargs={"stop": self._stop, "every_s": AUDIT_EVERY_S},
            name="audit",
            daemon=True,
        )
        thread.start()
        opening.callback(thread.join, 15)

    def _audited(self, found: Audited | Damaged) -> None:
        """Append nothing more to a file that was altered; whoever made this service makes another one."""
        if isinstance(found, Damaged):
            self.guard.damaged(found.sentence)
            self._tell(f"the record is damaged, and read-only from now on: {found.sentence}")
        else:
            self.audited = found
