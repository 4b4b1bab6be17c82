"""How the accord stands: every paper with its signatures, the rules in force and since which entry, what did not count.

A paper is a proposal and what became of it. All of it is a function of the centres' accord logs (see `reading`).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from jointwatch.messages.accord import ACCORD, PARTS, Dissent, Proposal, Rules
from jointwatch.messages.reference import EntryReference

State: TypeAlias = Literal["open", "withdrawn", "concluded", "overtaken"]
Purpose: TypeAlias = tuple[Literal["rules", "statement"], EntryReference | None]
"""What a paper is for: rules that follow those concluded there, or a statement by the first of its versions."""


class Signature(msgspec.Struct, frozen=True):
    """That a centre signed a paper, with the points it does not share; of rules with dissents, that it did not."""

    centre: str
    entry: EntryReference
    logged_tai_ns: int
    dissents: tuple[Dissent, ...] = ()
    text: str = ""


class Paper(msgspec.Struct, frozen=True):
    """A proposal, who must sign it, who has, and what became of it. Of each purpose one is concluded.

    signatures: of the others than the proposer, as are objections: dissents from rules. ended: the entry by which it is
    withdrawn or concluded, or another was concluded in its place.
    """

    entry: EntryReference
    proposal: Proposal
    purpose: Purpose
    must_sign: tuple[str, ...]
    signatures: tuple[Signature, ...]
    objections: tuple[Signature, ...]
    state: State
    ended: EntryReference | None
    amended_by: tuple[EntryReference, ...]

    @property
    def proposer(self) -> str:
        """The centre whose proposal it is."""
        return self.proposal.origin

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Who must sign it and has not."""
        signed = {self.proposer, *(signature.centre for signature in self.signatures)}
        return tuple(name for name in self.must_sign if name not in signed)

    def is_signed_by(self, centre: str) -> bool:
        """Return whether a centre has signed it, or proposed it."""
        return centre == self.proposer or any(signature.centre == centre for signature in self.signatures)

    @property
    def points(self) -> tuple[str, ...]:
        """What a dissent may name."""
        return points(self.proposal)

    def in_words(self) -> str:
        """Return how it stands, as a sentence."""
        if self.state != "open":
            by = f" by {place(self.ended)}" if self.ended else ""
            return f"{place(self.entry)} is {self.state}{by}"
        wait = self.waits_for
        return f"{place(self.entry)} {'waits for ' + ' and '.join(wait) if wait else 'is signed by all'}"


class InForce(msgspec.Struct, frozen=True):
    """Rules, and since which entry they hold: the conclusion that names the signed entry of every party.

    replaced_by: the conclusion of the rules that came next; None: these are in force.
    """

    rules: Rules
    since: EntryReference
    since_tai_ns: int
    proposal: EntryReference
    signed: tuple[EntryReference, ...]
    replaced_by: EntryReference | None = None


class Void(msgspec.Struct, frozen=True):
    """An entry that counts for nothing, and why."""

    entry: EntryReference
    sentence: str


class Waiting(msgspec.Struct, frozen=True):
    """A log that is read up to an entry which rests on another that is not here; what follows it waits too."""

    centre: str
    index: int
    sentence: str


class Introduction(msgspec.Struct, frozen=True):
    """Under which identity a centre has named another in rules that it proposed last, whatever became of them."""

    by: str
    centre: str
    identity: str


class Standing(msgspec.Struct, frozen=True):
    """The whole accord. void: of each centre the last that did not count.

    introductions: also from logs that wait: who joins takes one partner's word for the others, and then reads on.
    """

    rules: tuple[InForce, ...] = ()
    papers: tuple[Paper, ...] = ()
    void: tuple[Void, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    introductions: tuple[Introduction, ...] = ()

    def in_force(self, centre: str) -> tuple[InForce, ...]:
        """Return the rules in force to which a centre is party: none, one, or one of each accord it is in."""
        return tuple(one for one in self.rules if one.replaced_by is None and centre in one.rules.names)

    def paper(self, entry: EntryReference) -> Paper | None:
        """Return the paper that an entry proposes."""
        return next((paper for paper in self.papers if paper.entry == entry), None)

    def signed_identity(self, signer: str, other: str) -> str | None:
        """Return the identity of a centre by the newest rules that `signer` proposed or signed; None: it named none."""
        papers = [paper for paper in self.papers if paper.state != "withdrawn" and paper.is_signed_by(signer)]
        papers.sort(key=lambda paper: paper.proposal.logged_tai_ns)
        agreed = [paper.proposal.rules for paper in reversed(papers) if paper.proposal.rules is not None]
        found = (member.identity for rules in agreed for member in rules.members if member.centre == other)
        return next(found, None)

    def introduced_identity(self, by: str, other: str) -> str | None:
        """Return the identity under which `by` has introduced a centre; None: it did not."""
        found = (one.identity for one in self.introductions if (one.by, one.centre) == (by, other))
        return next(found, None)

    @property
    def open(self) -> tuple[Paper, ...]:
        """The papers that are neither concluded nor withdrawn nor overtaken."""
        return tuple(paper for paper in self.papers if paper.state == "open")


def points(proposal: Proposal) -> tuple[str, ...]:
    """Return what a dissent from a proposal may name: a statement's points by number, or the parts of rules."""
    if proposal.statement is None:
        return PARTS
    return tuple(str(number) for number in range(1, len(proposal.statement.points) + 1))


def place(entry: EntryReference) -> str:
    """Return where an entry stands, for people."""
    return f"entry {entry.index} of {entry.log}"


def accord_log(centre: str) -> str:
    """Return the log in which a centre says what it agrees to.

    >>> accord_log("moscow")
    'moscow/common/accord'
    """
    return f"{centre}/common/{ACCORD}"


def in_order(entry: EntryReference) -> tuple[str, int]:
    """Return by what entries are put in order where time says nothing: log and position."""
    return entry.log, entry.index
