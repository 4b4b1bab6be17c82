"""The accord as the logs have it: each centre's accord log read in its order, each entry judged once, for good.

An entry is judged when all that it names was judged; until then its log waits there. What it counts for follows from
what it names and from what stands before it in its own log, and from nothing else. So whoever holds the same logs holds
the same accord, in whatever order they came, and what is in force is never undone by what comes later:

1. *A signature binds.* Whoever signed one of several papers for the same purpose (the rules that follow the same rules;
   the versions of one statement) signs another only after the first was withdrawn, and names the withdrawal.
2. *One log decides.* A paper is withdrawn or concluded by its proposer alone, whichever comes first in that log.
3. *All sign.* Rules are signed by every party to the old rules and to the new ones; so two papers that follow the same
   rules have a signer in common, and by 1 and 2 only one of them is ever concluded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from jointwatch.centre.accord.papers import (
    InForce,
    Introduction,
    Paper,
    Purpose,
    Signature,
    Standing,
    State,
    Void,
    Waiting,
    accord_log,
    in_order,
    place,
    points,
)
from jointwatch.centre.accord.verdicts import (
    AccordLog,
    Concluded,
    DoesNotCount,
    Judged,
    PaperRecord,
    Signed,
    TooEarly,
    Withdrawn,
    named_in,
    purpose_of,
    took_back,
)
from jointwatch.messages.accord import Assent, Conclusion, Proposal
from jointwatch.messages.correction import Correction
from jointwatch.messages.encoding import Heard
from jointwatch.messages.reference import EntryReference

MAX_OPEN = 256
"""Proposals that a centre may have neither withdrawn nor concluded: who floods its log does not fill our memory."""


class Reading:
    """Reads accord logs as they grow. followed: the centres whose logs are read."""

    def __init__(self, followed: Sequence[str]) -> None:
        self._logs = {centre: AccordLog(centre) for centre in followed}
        self._concluded: dict[Purpose, list[PaperRecord]] = {}
        self._judges: dict[type[Any], Callable[[AccordLog, EntryReference, Any], Judged]] = {
            Proposal: self._propose,
            Assent: self._assent,
            Correction: self._withdraw,
            Conclusion: self._conclude,
        }

    def heard(self, centre: str) -> int:
        """Return how many entries of a centre's accord log were heard."""
        return len(self._logs[centre].heard)

    def hear(self, centre: str, entries: Sequence[tuple[bytes, Heard | None]]) -> None:
        """Take in what follows in a centre's accord log: leaf hash and message; None where it may not be used."""
        log = self._logs[centre]
        log.heard.extend(entries)
        for _, said in entries:
            if isinstance(said, Proposal) and said.rules is not None:
                log.named |= {member.centre: member.identity for member in said.rules.members}
        while any(self._read_on(log) for log in self._logs.values()):
            pass

    def standing(self) -> Standing:
        """Return how the accord stands by what was heard."""
        logs = [self._logs[name] for name in sorted(self._logs)]
        judged = [one for log in logs for one in log.judged]
        rules = [one.rules for one in judged if isinstance(one, Concluded) and one.rules is not None]
        return Standing(
            rules=tuple(self._replaced(one) for one in rules),
            papers=tuple(self._shown(one) for one in judged if isinstance(one, PaperRecord)),
            void=tuple(void for log in logs for void in log.void),
            waiting=tuple(Waiting(log.centre, len(log.judged), log.waits) for log in logs if log.waits),
            introductions=tuple(
                Introduction(log.centre, other, log.named[other]) for log in logs for other in sorted(log.named)
            ),
        )

    # Reading on

    def _read_on(self, log: AccordLog) -> bool:
        """Judge what can be judged of a log; return whether anything was."""
        begun = len(log.judged)
        while len(log.judged) < len(log.heard):
            at = log.reference(len(log.judged))
            try:
                verdict = self._judge(log, at, log.heard[at.index][1])
            except TooEarly as early:
                log.waits = f"{place(at)} rests on {early}"
                break
            except DoesNotCount as why:
                verdict = None
                log.void.append(Void(at, f"{place(at)} counts for nothing: {why}"))
            log.judged.append(verdict)
            log.heard[at.index] = (at.leaf_hash, None)  # what was judged is not needed again
            log.waits = ""
        return len(log.judged) > begun

    def _judge(self, log: AccordLog, at: EntryReference, message: Heard | None) -> Judged:
        if message is None:
            raise DoesNotCount("the key that signed it does not hold there")
        judge = self._judges.get(type(message))
        if judge is None:
            raise DoesNotCount("it is nothing that is agreed by")
        self._check_here(log, named_in(message))
        return judge(log, at, message)

    def _check_here(self, log: AccordLog, named: Sequence[EntryReference]) -> None:
        """Raise TooEarly where any entry that is named may yet come, else DoesNotCount where one never will."""
        never: list[DoesNotCount] = []
        for one in named:
            if one.log == accord_log(log.centre) and one.index >= len(log.judged):
                never.append(DoesNotCount(f"it names {place(one)}, which does not stand before it"))
                continue
            try:
                self._named(one)
            except DoesNotCount as why:
                never.append(why)
        if never:
            raise never[0]

    def _named(self, named: EntryReference) -> Judged:
        """Return the verdict on an entry that is named by another."""
        centre = named.log.split("/")[0]
        if named.log != accord_log(centre):
            raise DoesNotCount(f"it names an entry of {named.log}, where nothing is agreed")
        log = self._logs.get(centre)
        if log is None:
            raise TooEarly(f"{place(named)}, and {centre} is not followed here")
        if named.index < len(log.heard) and log.heard[named.index][0] != named.leaf_hash:
            raise DoesNotCount(f"it names another entry than the one that stands as {place(named)}")
        if named.index >= len(log.judged):
            raise TooEarly(f"{place(named)}, which is not here")
        return log.judged[named.index]

    def _paper(self, named: EntryReference) -> PaperRecord:
        found = self._named(named)
        if not isinstance(found, PaperRecord):
            raise DoesNotCount(f"{place(named)} is no proposal that counts")
        return found

    def _own_paper(self, log: AccordLog, named: EntryReference) -> PaperRecord:
        """Return a paper that is this centre's own and not at its end."""
        if named.log != accord_log(log.centre):
            raise DoesNotCount(f"{place(named)} is no proposal of {log.centre}")
        if isinstance(self._named(named), Signed):
            raise DoesNotCount("a signature is not taken back; the proposer can withdraw the paper")
        paper = self._paper(named)
        if paper.ended is not None:
            raise DoesNotCount(f"{place(named)} was {paper.ended[0]} by {place(paper.ended[1])} before")
        return paper

    # What an entry counts for

    def _propose(self, log: AccordLog, at: EntryReference, said: Proposal) -> PaperRecord:
        old = self._rules(said.under) if said.under else None
        amended = self._paper(said.amends) if said.amends else None
        purpose, must_sign = purpose_of(at, said, old, amended)
        if log.centre not in must_sign:
            raise DoesNotCount(f"{log.centre} is not party to it; that is {', '.join(sorted(must_sign))}")
        if log.open >= MAX_OPEN:
            raise DoesNotCount(f"{log.centre} has {MAX_OPEN} proposals open; it must withdraw some first")
        paper = PaperRecord(at, said, must_sign, purpose)
        self._bind(log, paper, said.after)
        log.open += 1
        if amended:
            amended.amended_by.append(at)
        return paper

    def _assent(self, log: AccordLog, at: EntryReference, said: Assent) -> Signed | None:
        paper = self._paper(said.proposal)
        if log.centre not in paper.must_sign:
            raise DoesNotCount(f"{log.centre} is not party to {place(paper.entry)}")
        before = paper.entry if log.centre == paper.proposal.origin else None
        before = paper.signed[log.centre].entry if log.centre in paper.signed else before
        if before is not None:
            raise DoesNotCount(f"{log.centre} has signed that by {place(before)}, and a signature stands")
        unknown = {dissent.point for dissent in said.dissents} - set(points(paper.proposal))
        if unknown:
            raise DoesNotCount(f"{place(paper.entry)} has no point {min(unknown)!r}")
        signature = Signature(log.centre, at, said.logged_tai_ns, said.dissents, said.text)
        if said.dissents and paper.proposal.rules is not None:
            paper.objections[log.centre] = signature
            return None
        self._bind(log, paper, said.after)
        paper.objections.pop(log.centre, None)
        paper.signed[log.centre] = signature
        return Signed(paper, log.centre)

    def _withdraw(self, log: AccordLog, at: EntryReference, said: Correction) -> Withdrawn:
        if said.replacement is not None:
            raise DoesNotCount("a proposal is withdrawn or amended, and not replaced")
        paper = self._own_paper(log, said.corrects)
        paper.ended = ("withdrawn", at)
        log.open -= 1
        return Withdrawn(paper)

    def _conclude(self, log: AccordLog, at: EntryReference, said: Conclusion) -> Concluded:
        paper = self._own_paper(log, said.proposal)
        for named in said.assents:
            found = self._named(named)
            if not isinstance(found, Signed) or found.paper is not paper:
                raise DoesNotCount(f"{place(named)} does not sign {place(paper.entry)}")
        by = {named.log.split("/")[0] for named in said.assents}
        missing = paper.must_sign - by - {log.centre}
        if missing:
            raise DoesNotCount(f"{' and '.join(sorted(missing))} must sign {place(paper.entry)} too")
        paper.ended = ("concluded", at)
        log.open -= 1
        self._concluded.setdefault(paper.purpose, []).append(paper)
        rules = paper.proposal.rules
        if rules is None:
            return Concluded(paper, None)
        return Concluded(paper, InForce(rules, at, said.logged_tai_ns, paper.entry, (paper.entry, *said.assents)))

    def _rules(self, under: EntryReference) -> InForce:
        found = self._named(under)
        if not isinstance(found, Concluded) or found.rules is None:
            raise DoesNotCount(f"{place(under)} puts no rules in force")
        return found.rules

    def _bind(self, log: AccordLog, paper: PaperRecord, after: Sequence[EntryReference]) -> None:
        """Note that a centre signs a paper, unless it is bound by another of the same purpose."""
        released = [self._named(named) for named in after]
        if not all(isinstance(one, Withdrawn) for one in released):
            raise DoesNotCount("what it rests on withdraws no proposal")
        last = log.bound.get(paper.purpose)
        freed = {one.paper.entry for one in released if isinstance(one, Withdrawn)}
        if last is not None and last.entry not in freed and not took_back(log, last):
            raise DoesNotCount(
                f"{log.centre} has signed {place(last.entry)} for the same purpose, and names no withdrawal of it"
            )
        log.bound[paper.purpose] = paper

    # Showing

    def _shown(self, paper: PaperRecord) -> Paper:
        state, ended = paper.ended or self._overtaken(paper)
        return Paper(
            entry=paper.entry,
            proposal=paper.proposal,
            purpose=paper.purpose,
            must_sign=tuple(sorted(paper.must_sign)),
            signatures=tuple(paper.signed[name] for name in sorted(paper.signed)),
            objections=tuple(paper.objections[name] for name in sorted(paper.objections)),
            state=state,
            ended=ended,
            amended_by=tuple(sorted(paper.amended_by, key=in_order)),
        )

    def _overtaken(self, paper: PaperRecord) -> tuple[State, EntryReference | None]:
        """Return whether a paper of the same purpose was concluded by one who must sign this one."""
        others = (one for one in self._concluded.get(paper.purpose, ()) if one.must_sign & paper.must_sign)
        ends = sorted((one.ended[1] for one in others if one.ended), key=in_order)
        return ("overtaken", ends[0]) if ends else ("open", None)

    def _replaced(self, one: InForce) -> InForce:
        """Return rules with the conclusion of those that follow them; there is never more than one."""
        by = next((paper.ended[1] for paper in self._concluded.get(("rules", one.since), ()) if paper.ended), None)
        return replace(one, replaced_by=by)
