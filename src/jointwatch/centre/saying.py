"""What every act of a person or a client is made of: a header, a signature, and the door.

A draft is a function of a `Saying` and plain values; it signs nothing and knows no line. So a command and the page
draft by the same function, and differ only in the way that the message takes.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jointwatch.centre.client import CentreLine
from jointwatch.centre.counter import Receipts
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse, roles
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.messages.act import Act
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode
from jointwatch.messages.quantities import Mode

if TYPE_CHECKING:
    from jointwatch.messages.act import Role

ACTS = "acts"


@dataclass(frozen=True)
class Saying:
    """A centre that says something, in which run and mode, and when. token: what makes the ids of this act unique.

    >>> saying = Saying("moscow", "watch", "exercise", 7, "5f1d")
    >>> saying.header(saying.to("brussels", "consult"), "query")["id"]
    'moscow-query-5f1d'
    """

    centre: str
    run: str
    mode: Mode
    now_tai_ns: int
    token: str

    def header(self, log: LogId, what: str) -> dict[str, Any]:
        """Return the fields that every message has, for one kept in `log`; what: names it in its id."""
        return {
            "mode": self.mode,
            "run": self.run,
            "origin": self.centre,
            "log": str(log),
            "logged_tai_ns": self.now_tai_ns,
            "id": f"{self.centre}-{what}-{self.token}",
        }

    def internal(self, klass: str) -> LogId:
        """Return the centre's own log of a class."""
        return LogId(self.centre, self.centre, klass)

    def common(self, klass: str) -> LogId:
        """Return the log of a class that is the same for all."""
        return LogId(self.centre, COMMON, klass)

    def to(self, partner: str, klass: str) -> LogId:
        """Return the log of a class for one partner."""
        return LogId(self.centre, partner, klass)

    def act(self, person: str, role: Role, act: str, said: Sequence[Message] = (), **content: Any) -> Act:
        """Return that a person did this, and put these messages on record by it."""
        return Act(
            **self.header(self.internal(ACTS), "act"),
            person=person,
            role=role,
            act=act,
            said=tuple(message.id for message in said),
            **content,
        )


def now(centre: str, run: str, mode: Mode) -> Saying:
    """Return what is said now, under ids of its own."""
    return Saying(centre, run, mode, now_tai_ns(), secrets.token_hex(8))


def by(line: CentreLine) -> Saying:
    """Return what the client at the end of this line says now."""
    return now(line.about.centre, line.about.run, line.about.mode)


def signed(message: Message, key: SigningKey) -> bytes:
    """Return a message as an entry under one key."""
    return dsse.sign(PAYLOAD_TYPE, encode(message), [key]).encode()


def hand_in(line: CentreLine, said: Sequence[Message], *, act: str, saying: Saying, text: str = "") -> Receipts:
    """Return where messages stand that a client signed and handed in, all or none; a person's act goes with them."""
    messages, role = list(said), roles.of_person(line.about.role)
    if role is not None:
        messages.append(saying.act(line.about.client, role, act, said, text=text))
    key = line.signing_key()
    return line.submit([signed(message, key) for message in messages])
