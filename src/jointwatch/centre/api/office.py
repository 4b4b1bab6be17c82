"""What the people's side needs of a centre in service, and how a person's act is put on its record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from jointwatch.centre import saying
from jointwatch.centre.accord.agreed import Agreed
from jointwatch.centre.api.acts import Look, Row
from jointwatch.centre.api.attempts import Attempts
from jointwatch.centre.api.metrics import Tally
from jointwatch.centre.api.sessions import Session, Sessions
from jointwatch.centre.configuration import Configuration, Place
from jointwatch.centre.notification.giving import Known
from jointwatch.centre.submission import Intake
from jointwatch.exchange.handed_in import Counter
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.roles import Caller
from jointwatch.messages.encoding import Heard, Message, kind_of

if TYPE_CHECKING:
    from jointwatch.centre.service import Service

KEPT_S = 30.0  # a disk that takes longer than this to keep an act


class Journal(Protocol):
    """Writes down what happens at a centre, for whoever runs it: a word for the sort, a sentence, and values."""

    def __call__(self, event: str, text: str, **values: str | float) -> None:
        """Write one line."""


@dataclass(frozen=True)
class Kept:
    """One message of an act, and where it stands."""

    log: str
    index: int
    id: str
    kind: str


@dataclass(frozen=True)
class Office:
    """A centre's desk for people. in_words: what an entry says, in a line."""

    place: Place
    known: Configuration
    store: Counter
    intake: Intake
    keys_of: Callable[[str], Keyrings]
    by_desk: Callable[[Message], bytes]
    health: Callable[[], dict[str, Any]]
    telling: Callable[[], Known]
    agreed: Callable[[], Agreed]
    journal: Journal
    in_words: Callable[[Heard], str]
    sessions: Sessions
    attempts: Attempts = field(default_factory=Attempts)
    tally: Tally = field(default_factory=Tally)

    @property
    def look(self) -> Look:
        """The record, for drafts."""
        return Look(self.store, tuple(self.known.partners), self.telling, self.agreed)

    def says(self) -> saying.Saying:
        """Return what the centre's people say now."""
        return saying.now(self.known.centre, self.known.run, self.known.mode)


def of(service: Service, journal: Journal, in_words: Callable[[Heard], str]) -> Office:
    """Return the desk for people of a centre in service."""
    return Office(
        place=service.place,
        known=service.known,
        store=service.store,
        intake=service.intake,
        keys_of=service.keys_of,
        by_desk=service.said_by_desk,
        health=service.health,
        telling=service.telling,
        agreed=service.agreed,
        journal=journal,
        in_words=in_words,
        sessions=Sessions(service.place),
    )


def performed(office: Office, session: Session, row: Row, form: Any) -> list[Kept]:
    """Return where the messages of an act stand, the act itself last, once all of them are on the disk.

    Raises ValueError for a form that cannot be said, and what `Intake.hand_in` raises.
    """
    person, says = session.person, office.says()
    if session.key is None:
        raise ValueError(f"{person.name} has no key to sign with, as {person.role}")
    drafted = row.draft(says, form, office.look)
    about = {"on": drafted.on, "subject": drafted.subject, "text": drafted.text}
    messages = [*drafted.messages, says.act(person.name, person.role, row.name, drafted.messages, **about)]
    caller = Caller(person.name, frozenset({person.role}), "")
    promise = office.intake.hand_in(caller, [saying.signed(message, session.key) for message in messages])
    places = promise.result(KEPT_S)
    return [Kept(str(at.log), at.index, said.id, kind_of(said)) for at, said in zip(places, messages, strict=True)]
