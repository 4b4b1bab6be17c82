"""An act: what it is called, who may do it, what is filled in, and what is put on record by it.

    consult   watch-officer   form: to, subject, text, about     draft -> one query

A draft gets a `Saying`, the form, and a way to look entries up; it signs nothing and keeps nothing. Each message of it
and the act itself are then signed with the person's own key and kept together, or none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from jointwatch.centre.accord.agreed import Agreed
from jointwatch.centre.api.forms import Pointed
from jointwatch.centre.notification.giving import Known
from jointwatch.centre.saying import Saying
from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.record import Record
from jointwatch.messages.encoding import Heard, Message, hear
from jointwatch.messages.reference import EntryReference


@dataclass(frozen=True)
class Look:
    """The record, for a draft that points at something in it.

    telling: what is known when a launch is told of. agreed: how the accord stands.
    """

    record: Record
    partners: tuple[str, ...]
    telling: Callable[[], Known]
    agreed: Callable[[], Agreed]

    def reference(self, at: Pointed) -> EntryReference:
        """Return the reference to an entry; ValueError where there is none."""
        return EntryReference(log=at.log, index=at.index, leaf_hash=merkle.leaf_hash(self.entry(at)))

    def message(self, at: Pointed) -> Heard:
        """Return what an entry says."""
        return hear(dsse.parse(self.entry(at)).payload)

    def entry(self, at: Pointed) -> bytes:
        """Return an entry; ValueError where there is none."""
        log = LogId.parse(at.log)
        if log not in self.record.logs() or at.index >= self.record.size(log):
            raise ValueError(f"there is no entry {at.index} of {at.log} here")
        return self.record.entry(log, at.index)

    def partner(self, name: str) -> str:
        """Return the name of a pinned partner; ValueError for any other."""
        if name not in self.partners:
            raise ValueError(f"{name} is no partner; there is {', '.join(self.partners) or 'none'}")
        return name


@dataclass(frozen=True)
class Drafted:
    """What an act puts on record. on, subject, text: what its own entry says beside it (see `messages.act`)."""

    messages: Sequence[Message] = ()
    on: tuple[EntryReference, ...] = ()
    subject: bytes | None = None
    text: str = ""


Whose = Literal["own", "theirs", "any"]


@dataclass(frozen=True)
class Row:
    """One act. roles: who may do it; form: the pydantic model that is filled in; of: kinds of entries it answers.

    title, summary: its name on a button, and what it does, in a sentence. pointed: the form's field for such an entry;
    where that must be filled in, the act is offered on such entries alone. whose: this centre's, its partners', or any.
    """

    name: str
    title: str
    summary: str
    roles: tuple[str, ...]
    form: type[Any]
    draft: Callable[[Saying, Any, Look], Drafted]
    of: tuple[str, ...] = ()
    pointed: str = ""
    whose: Whose = "any"
