"""Who is signed in: sessions, held in this process alone. They end when it does, as the keys in them are nowhere else.

A session lasts for a watch, twelve hours, in which its person may look; to act, there must have been an act or a
sign-in within the last half hour, or someone else may be sitting there by now. It ends at once when the person's file
changes or goes, or the deny list names the person. A token is kept by its hash, so that nothing here lets anyone in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from jointwatch.centre.api import people
from jointwatch.centre.api.people import Person
from jointwatch.centre.configuration import Place
from jointwatch.exchange.door import Guests
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.roles import Caller

WATCH_S = 12 * 3600.0
ACTING_S = 1800.0
MOST = 64  # sessions at a time
MOST_OF_ONE = 4


@dataclass
class Session:
    """A person who is signed in. guard: what a page of ours sends with every act, and no other site can know."""

    person: Person
    key: SigningKey | None
    stamp: tuple[int, int]
    begun_s: float
    acted_s: float
    guard: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def guarded_by(self, word: str) -> bool:
        """Return whether a request carries this session's guard."""
        return hmac.compare_digest(self.guard.encode(), word.encode("utf-8", "surrogateescape"))


class Sessions:
    """Everyone who is signed in at a centre. Safe to use from several threads."""

    def __init__(self, place: Place, clock: Callable[[], float] = time.monotonic) -> None:
        self._place, self._clock = place, clock
        self._guests = Guests({}, deny_list=place.denied)
        self._held: dict[bytes, Session] = {}
        self._lock = threading.Lock()

    def begin(self, person: Person, key: SigningKey | None) -> tuple[str, Session]:
        """Return the token of a new session, and it; of one person's sessions, or of all, the oldest makes room."""
        token, now = secrets.token_urlsafe(32), self._clock()
        session = Session(person, key, people.stamp(self._place, person.name) or (0, 0), now, now)
        with self._lock:
            self._forget_ended()
            own = [name for name, held in self._held.items() if held.person == person]
            for name in [*own[: max(0, len(own) - MOST_OF_ONE + 1)], *list(self._held)[: max(0, len(self) - MOST + 1)]]:
                self._held.pop(name, None)
            self._held[_kept(token)] = session
        return token, session

    def of(self, token: str) -> Session | None:
        """Return the session of a token while it lasts."""
        with self._lock:
            session = self._held.get(_kept(token))
            if session is not None and self._ended(session):
                del self._held[_kept(token)]
                return None
        return session

    def may_act(self, session: Session) -> bool:
        """Return whether its person was there within the last half hour."""
        return self._clock() - session.acted_s <= ACTING_S

    def acted(self, session: Session) -> None:
        """Take note that its person is there."""
        session.acted_s = self._clock()

    def left_s(self, session: Session) -> float:
        """Return how long a session still lasts."""
        return max(0.0, WATCH_S - (self._clock() - session.begun_s))

    def end(self, token: str) -> None:
        """End a session."""
        with self._lock:
            self._held.pop(_kept(token), None)

    def __len__(self) -> int:
        return len(self._held)

    def turned_away(self, person: Person) -> bool:
        """Return whether a person was put on the deny list since the file was written that lets them in."""
        written = people.stamp(self._place, person.name) or (0, 0)
        caller = Caller(person.name, frozenset({person.role}), "", issued_posix_s=written[0] // 10**9)
        return self._guests.denied(caller)

    def _ended(self, session: Session) -> bool:
        gone = people.stamp(self._place, session.person.name) != session.stamp
        return gone or self.turned_away(session.person) or self._clock() - session.begun_s > WATCH_S

    def _forget_ended(self) -> None:
        self._held = {name: held for name, held in self._held.items() if not self._ended(held)}


def _kept(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
