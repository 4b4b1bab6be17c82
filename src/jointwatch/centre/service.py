"""A centre that serves: its record, its door, a follower for each partner, and the queue of what its clients hand in.

All of it lives in one process, which alone holds the private keys and writes the record. It ends in order: the door
closes first, what was taken in is written, the lines hang up, the record closes. Ended at once, it goes on from the
record the next time, as nothing was acknowledged that is not in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jointwatch.centre import cards, configuration, founding, opened, service_keys, standing
from jointwatch.centre.accord.agreed import Agreed
from jointwatch.centre.accord.consulted import ConsultationRecord
from jointwatch.centre.accord.keeping import AccordKeeper
from jointwatch.centre.accord.obligations import falls_short
from jointwatch.centre.clocks import Clocks
from jointwatch.centre.configuration import Place
from jointwatch.centre.counter import CounterApp
from jointwatch.centre.duty.keeper import Keeper
from jointwatch.centre.following import Following
from jointwatch.centre.incidents import Incidents
from jointwatch.centre.intake.posted import Reception
from jointwatch.centre.intake.sensor_keys import SensorKeys
from jointwatch.centre.marks import Marks
from jointwatch.centre.notification.board import SHOWN_NS, NoticeBoard, Notices
from jointwatch.centre.notification.giving import Known
from jointwatch.centre.submission import Intake
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange.audit import Audited
from jointwatch.exchange.carrier import WIRE_VERSION
from jointwatch.exchange.handed_in import HandedIn
from jointwatch.exchange.handed_in import Place as Written
from jointwatch.exchange.keyrings import Keyrings, roster_log
from jointwatch.exchange.record import Damaged
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import Message
from jointwatch.messages.release_policy import ReleasePolicy

if TYPE_CHECKING:
    from jointwatch.assessment.notification.owed import Rule
    from jointwatch.centre.alerts.desk import AlertDesk
    from jointwatch.centre.duty.station import Station
    from jointwatch.exchange.nats.broker import Broker
    from jointwatch.sensors.radar import Radar

AUDIT_EVERY_S = 3600.0
Tell = Callable[[str], None]


class Service:
    """A centre in service, from the moment it is made until `close`.

    priors: values of the boost-phase prior by name; asked for when there is something to watch. agreements: on
    notification, between the states that the centres speak for. radar: the values of one of the catalogue, by its name.
    """

    def __init__(
        self,
        folder: Path,
        tell: Tell,
        *,
        without: Collection[str] = (),
        priors: Callable[[], Mapping[str, float]] = dict,
        agreements: Callable[[], tuple[Rule, ...]] = tuple,
        radar: Callable[[str], Radar] = opened.unknown_radar,
    ) -> None:
        self.place, self.known, self._tell = Place(folder), configuration.read(folder), tell
        self._priors, self.agreements = priors, agreements
        self._declared = opened.declared(self.place, self.known, radar)
        self.audited = Audited(0, 0, 0.0)
        self._stop, self._open = threading.Event(), ExitStack()
        self.broker: Broker | None = None
        self.alert_desk: AlertDesk | None = None
        if self.known.mode == "operational" and any(self.place.officers.glob("*.pem")):
            tell(f"{self.place.officers} still holds officers' root keys; they belong with three people")
        with ExitStack() as opening:
            self._open_record(opening, frozenset(without))
            self._take_in(opening)
            self._watch(opening)
            self._open_door(opening)
            self._keep_on(opening)
            self._open = opening.pop_all()

    def _open_record(self, opening: ExitStack, without: frozenset[str]) -> None:
        """Open the record and the replicas in it, closed to new words until the partners were asked."""
        card = cards.keys(cards.read(self.place.folder))  # by which the log key is known before the record is open
        self._own_keys: Callable[[], Keyrings] = lambda: card
        self.keys = service_keys.held(self.place.keys, card)
        found = founding.reopened(self.place, self.known, self.keys, self.said_by_desk)
        self.store = opening.enter_context(found.store)
        self.incidents = Incidents(self.store, self.known, self.said_by_desk, self._tell)
        self.mirror = opened.mirror(self.known, self.store, self.keys.cosign)
        self.guard = opened.guard(self.known, self.mirror, card.identity, found, without, self.incidents)
        self._own_keys = lambda: self.guard.keys
        self._catch_up(card)

    def _take_in(self, opening: ExitStack) -> None:
        """Make ready what follows the partners, takes in what clients hand in, and reads what was agreed and asked."""
        self.clocks = Clocks(self.known.partners, self._clock_alarm)
        self.following = Following(
            self.known, self.mirror, self.guard, self.incidents, self.clocks, tell=self._tell, damaged=self._audited
        )
        self.marks = Marks(self.store, self.keys_of)
        self.intake = Intake(
            self.store,
            lambda: self.own_keys,
            frozenset(self.known.partners),
            self._take_up,
            damaged=self._audited,
            short=self._short,
        )
        self.accord = opening.enter_context(
            AccordKeeper(self.store, self.known, self.keys_of, sign=self.said_by_desk, tell=self._tell)
        )
        self.notices = NoticeBoard(self.store, self.keys_of)
        self.consulted = ConsultationRecord(self.store, self.keys_of, self.accord.record.standing)

    def _watch(self, opening: ExitStack) -> None:
        """Publish, keep the watch, alert the receivers, and tell the consoles."""
        opened.publish(self.place, self.known, self.store, self._tell, opening)
        at_once = self.known.release is not None
        keeper = Keeper(self.store, self._station, tell=self._tell, damaged=self._audited, at_once=at_once)
        self.keeper = opening.enter_context(keeper)
        opening.callback(self.intake.close)
        self._alert(opening)
        identity = self.own_keys.identity
        self.broker = opened.told_consoles(
            self.place, self.known, self.keys.line, self.mirror, identity, self._tell, opening
        )

    def _open_door(self, opening: ExitStack) -> None:
        """Let partners and the centre's own clients in."""
        self.reception = Reception(self.known, lambda: self.own_keys, SensorKeys(self.place.keys), self.intake)
        clients = CounterApp(self.intake, self.health, self.agreed, self.reception, self._noticed)
        self.door = opened.door(self.place, self.known, self.keys.line, self.mirror, self.clocks, clients)
        self.port = self.door.start()
        opening.callback(self.door.stop)

    def _keep_on(self, opening: ExitStack) -> None:
        """Begin what goes on for as long as the centre serves: audits, followers, renewal of certificates."""
        audit = opened.auditing(self.store, self._audited, stop=self._stop, every_s=AUDIT_EVERY_S)
        opening.callback(audit.join, 15)
        self.following.begin(self.keys.line, self._stop, opening)
        self.renewal, renewing = opened.renewal(
            self.place, self.keys.line, self.door, self.following, self._tell, self._stop
        )
        opening.callback(renewing.join, 15)
        opening.callback(self._stop.set)

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
        return standing.health(
            standing.Parts(
                self.known,
                self.store,
                lambda: self.own_keys,
                self.intake,
                self.marks,
                self.reception,
                self.guard,
                self.keeper,
                self.following,
                self.clocks,
                self.alert_desk,
                self.broker,
            )
        )

    def _short(self, policy: ReleasePolicy) -> tuple[str, ...]:
        """Return where a policy of this centre gives less than the rules in force promise."""
        found = self.accord.record.standing().in_force(self.known.centre)
        return tuple(why for one in found for why in falls_short(self.known.centre, policy.rules, one.rules))

    def agreed(self) -> Agreed:
        """Return how the accord stands, what was asked, and the identities of the centres."""
        identities = {name: partner.identity for name, partner in self.known.partners.items()}
        identities[self.known.centre] = self.own_keys.identity
        return Agreed(self.accord.record.standing(), identities, self.consulted.consultations())

    def telling(self) -> Known:
        """Return what is known when a launch is told of: by whom, under which agreements, and what was told before."""
        return Known(self.known.centre, self.known.speaks_for, self.notices.told(), self.agreements())

    def _noticed(self) -> Notices:
        """Return what was told of launches, for the centre's own people."""
        return Notices(WIRE_VERSION, self.known.speaks_for, self.notices.posted(now_tai_ns() - SHOWN_NS))

    @property
    def own_keys(self) -> Keyrings:
        """The centre's own keys as its rosters name them."""
        return self._own_keys()

    def keys_of(self, centre: str) -> Keyrings:
        """Return a centre's keys, this one's or a partner's, as its rosters name them."""
        return self.own_keys if centre == self.known.centre else self.mirror.keys(centre)

    def _station(self) -> Station:
        """Return the centre's station, made now that there is something to watch."""
        from jointwatch.centre.duty import opening

        return opening.station(
            self.place,
            self.known,
            self.store,
            opening.Lent(
                keys=self.keys_of,
                desks=lambda: self.keys.desks,
                desk_key=lambda at: self.keys.desk(self.own_keys, at),
                opens=lambda log: not self.guard.closed(log),
                tell=self._tell,
                fast=lambda name, text: self.incidents.happened("rate", name, text),
            ),
            priors=self._priors(),
            rules=self.agreements(),
            declared=self._declared,
        )

    def said_by_desk(self, message: Message) -> bytes:
        """Return a message of the centre's own as an entry under its desk key."""
        return self.keys.said_by_desk(message, self.own_keys)

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

    def _alert(self, opening: ExitStack) -> None:
        """Alert the receivers that centre.toml names."""
        if self.known.alerts.receivers:
            from jointwatch.centre.alerts.desk import AlertDesk

            desk = AlertDesk(
                self.store, self.place, self.known, lambda: self.own_keys, self.said_by_desk, self._alert_trouble
            )
            self.alert_desk = opening.enter_context(desk)

    def _alert_trouble(self, text: str) -> None:
        self.incidents.happened("alert", "", text)

    def _clock_alarm(self, partner: str, text: str) -> None:
        self.incidents.happened("clock", partner, text)

    def _audited(self, found: Audited | Damaged) -> None:
        """Append nothing more to a file that was altered; whoever made this service makes another one."""
        if isinstance(found, Damaged):
            self.guard.damaged(found.sentence)
            self._tell(f"the record is damaged, and read-only from now on: {found.sentence}")
        else:
            self.audited = found
