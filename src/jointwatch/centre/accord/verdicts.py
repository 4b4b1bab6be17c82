"""What an entry of an accord log was judged to be, kept while the logs are read; and what each centre is bound by."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TypeAlias

from jointwatch.centre.accord.papers import InForce, Purpose, Signature, State, Void, accord_log, place
from jointwatch.messages.accord import Assent, Conclusion, Proposal
from jointwatch.messages.correction import Correction
from jointwatch.messages.encoding import Heard
from jointwatch.messages.reference import EntryReference

MAX_VOID = 64
"""Sentences on entries that do not count, kept for each centre."""


class DoesNotCount(Exception):  # noqa: N818 - a verdict
    """What an entry says is void, in a sentence."""


class TooEarly(Exception):  # noqa: N818
    """What an entry names is not here yet."""


@dataclass(eq=False)
class PaperRecord:
    """A proposal that counts, and what was judged of it since. purpose: of its kind only one is concluded."""

    entry: EntryReference
    proposal: Proposal
    must_sign: frozenset[str]
    purpose: Purpose
    signed: dict[str, Signature] = field(default_factory=dict)
    objections: dict[str, Signature] = field(default_factory=dict)
    ended: tuple[State, EntryReference] | None = None
    amended_by: list[EntryReference] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Signed:
    """That a centre signed a paper."""

    paper: PaperRecord
    centre: str


@dataclass(frozen=True, eq=False)
class Withdrawn:
    """That a paper was withdrawn."""

    paper: PaperRecord


@dataclass(frozen=True, eq=False)
class Concluded:
    """That a paper was concluded, and the rules that it put in force."""

    paper: PaperRecord
    rules: InForce | None


Judged: TypeAlias = PaperRecord | Signed | Withdrawn | Concluded | None


@dataclass(eq=False)
class AccordLog:
    """One centre's accord log: what was heard of it, and how far it was judged."""

    centre: str
    heard: list[tuple[bytes, Heard | None]] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    bound: dict[Purpose, PaperRecord] = field(default_factory=dict)  # what it signed last for each purpose
    open: int = 0
    void: deque[Void] = field(default_factory=lambda: deque(maxlen=MAX_VOID))
    waits: str = ""
    named: dict[str, str] = field(default_factory=dict)  # centre -> identity, in the rules it proposed last

    def reference(self, index: int) -> EntryReference:
        """Return the reference to an entry that was heard."""
        return EntryReference(log=accord_log(self.centre), index=index, leaf_hash=self.heard[index][0])


def named_in(message: Heard) -> tuple[EntryReference, ...]:
    """Return the entries that an entry of an accord rests on; what a statement is about is none of them."""
    if isinstance(message, Proposal):
        return (*(one for one in (message.under, message.amends) if one is not None), *message.after)
    if isinstance(message, Assent):
        return (message.proposal, *message.after)
    if isinstance(message, Conclusion):
        return (message.proposal, *message.assents)
    return (message.corrects,) if isinstance(message, Correction) else ()


def purpose_of(
    at: EntryReference, said: Proposal, old: InForce | None, amended: PaperRecord | None
) -> tuple[Purpose, frozenset[str]]:
    """Return what a proposal is for, so that of several for the same only one is concluded, and who must sign it."""
    parties = frozenset(old.rules.names) if old else frozenset()
    if said.rules is None:
        purpose: Purpose = ("statement", at) if amended is None else amended.purpose
        if amended and (amended.proposal.statement is None or amended.proposal.under != said.under):
            raise DoesNotCount(f"{place(amended.entry)} is no statement under the same rules, to be amended by it")
        return purpose, parties
    purpose = ("rules", said.under)
    if old and said.rules.number != old.rules.number + 1:
        raise DoesNotCount(f"it is of rules {said.rules.number}; {old.rules.number + 1} is next")
    if amended and amended.purpose != purpose:
        raise DoesNotCount(f"{place(amended.entry)} is no proposal of rules that follow the same, to be amended by it")
    return purpose, parties | frozenset(said.rules.names)


def took_back(log: AccordLog, paper: PaperRecord) -> bool:
    """Return whether a paper is this centre's own and it has withdrawn it by now, in the same log."""
    return paper.proposal.origin == log.centre and paper.ended is not None and paper.ended[0] == "withdrawn"
