"""Signing in: the password, how often it may be tried, and whether the roster still knows the person's key."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from fastapi import HTTPException

from jointwatch.centre.api import people
from jointwatch.centre.api.answers import refusal
from jointwatch.centre.api.office import Office
from jointwatch.centre.api.people import Person
from jointwatch.centre.configuration import ConfigurationError
from jointwatch.exchange.handed_in import HandedIn
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.messages.sentence import plain

QUEUE_S = 3.0  # how long a sign-in waits behind others, as one password is tried at a time
_COUNT = "jointwatch_sign_ins_total"
MOST_IN_LINE = 8
_one_at_a_time, _line = threading.Lock(), threading.BoundedSemaphore(MOST_IN_LINE)


def checked(office: Office, name: str, password: str, address: str) -> tuple[Person, SigningKey | None]:
    """Return who signs in, and the key of that person's acts; an HTTP refusal for anyone else."""
    _check_allowance(office, name, address)
    try:
        with _turn():
            _check_allowance(office, name, address)  # whoever waited may have tried elsewhere meanwhile
            person, key = people.opened(office.place, name, password)
    except (people.WrongPasswordError, ConfigurationError) as error:
        office.attempts.failed(name, address)
        _told(office, "refused", name, address, why=str(error))
        raise refusal(401, "the name or the password is not right") from None
    if office.sessions.turned_away(person):
        _told(office, "turned away", name, address)
        raise refusal(
            403, f"{person.name} was turned away by this centre; `jointwatch centre people add` lets in again"
        )
    if key is not None and not _enrolled(office, person, key):
        _told(office, "not enrolled", name, address)
        raise refusal(403, f"the roster in force does not name the key of {person.key_name}; its officers can enrol it")
    _told(office, "signed in", name, address)
    return person, key


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """Wait for one's turn, behind a few others at most: the threads in which people wait are those they act in."""
    if not _line.acquire(blocking=False):
        raise _others()
    try:
        if not _one_at_a_time.acquire(timeout=QUEUE_S):
            raise _others()
        try:
            yield
        finally:
            _one_at_a_time.release()
    finally:
        _line.release()


def _others() -> HTTPException:
    return refusal(429, "others are signing in; try again in a moment", retry_after_s=QUEUE_S)


def noted(office: Office, person: Person, what: str) -> None:
    """Write down, by the centre's desk, that a person came or went; a record that takes nothing now does without."""
    act = office.says().act(person.name, person.role, what)
    with contextlib.suppress(Refused, OSError):
        office.store.hand_in([HandedIn(LogId.parse(act.log), act.id, office.by_desk(act))])


def _check_allowance(office: Office, name: str, address: str) -> None:
    wait_s = office.attempts.wait_s(name, address)
    if wait_s:
        office.tally.count(_COUNT, outcome="too many")
        raise refusal(429, f"too many wrong passwords; try again in {wait_s:.0f} s", retry_after_s=wait_s)


def _enrolled(office: Office, person: Person, key: SigningKey) -> bool:
    """Return whether the roster in force names this key as the person's."""
    roster = office.keys_of(office.known.centre).at(office.says().now_tai_ns).roster
    return any(named.name == person.key_name and named.public_key == key.public.data for named in roster.keys)


def _told(office: Office, outcome: str, name: str, address: str, why: str = "") -> None:
    office.tally.count(_COUNT, outcome=outcome)
    said = plain(name)
    text = f"sign-in of {said} from {address}: {outcome}" + (f", {why}" if why else "")
    office.journal("sign-in", text, person=said, address=address, outcome=outcome)
