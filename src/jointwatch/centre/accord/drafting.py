"""The next entry of an accord: a proposal, a signature, a withdrawal, a conclusion; none that would not count.

Each function takes how the accord stands and plain values, and gives messages that stand together in the centre's own
accord log, in this order. Who cannot do what is asked is told so in a ValueError of one sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from jointwatch.centre.accord.papers import InForce, Paper, Purpose, Standing, place
from jointwatch.centre.saying import Saying
from jointwatch.messages.accord import (
    ACCORD,
    AgreedMember,
    Assent,
    Conclusion,
    Dissent,
    JointText,
    Proposal,
    Rules,
)
from jointwatch.messages.correction import Correction
from jointwatch.messages.encoding import Message
from jointwatch.messages.reference import EntryReference


def statement(
    saying: Saying, standing: Standing, text: JointText, *, reason: str = "", amends: EntryReference | None = None
) -> list[Message]:
    """Return the proposal of a joint statement by the parties to the rules in force, or of another version of one."""
    amended = _paper(standing, amends) if amends else None
    under = amended.proposal.under if amended else _own(saying, standing).since
    before, after = _freed(saying, standing, amended.purpose) if amended else ([], ())
    header = saying.header(saying.common(ACCORD), "proposal")
    return [*before, Proposal(**header, under=under, amends=amends, after=after, statement=text, reason=reason)]


def rules(
    saying: Saying, standing: Standing, next_rules: Rules, *, reason: str = "", amends: EntryReference | None = None
) -> list[Message]:
    """Return the proposal of the next rules: under those in force here, or as the first. Their number is put in."""
    found = standing.in_force(saying.centre)
    old = _own(saying, standing) if found else None
    under = old.since if old else None
    numbered = replace(next_rules, number=old.rules.number + 1 if old else 1)
    if saying.centre not in {*numbered.names, *(old.rules.names if old else ())}:
        raise ValueError(f"{saying.centre} proposes rules to which it is party; these bind {', '.join(numbered.names)}")
    before, after = _freed(saying, standing, ("rules", under))
    header = saying.header(saying.common(ACCORD), "proposal")
    return [*before, Proposal(**header, under=under, amends=amends, after=after, rules=numbered, reason=reason)]


def joined(saying: Saying, standing: Standing, names: Sequence[str], identities: Mapping[str, str]) -> Rules:
    """Return the rules in force with more members, or the first rules between this centre and these.

    identities: centre -> fingerprint of its identity, for this centre and all that it has pinned.
    """
    found = standing.in_force(saying.centre)
    old = _own(saying, standing).rules if found else None
    members = {member.centre: member for member in old.members} if old else {}
    for name in dict.fromkeys([*([] if old else [saying.centre]), *names]):
        if name in members:
            raise ValueError(f"{name} is party to the rules in force already")
        if name not in identities:
            raise ValueError(f"{name} is no pinned partner; let {saying.centre} meet it first")
        members[name] = AgreedMember(centre=name, identity=identities[name])
    listed = tuple(members[name] for name in sorted(members))
    if old is None:
        return Rules(number=1, members=listed)
    number = old.number + 1
    return Rules(number=number, members=listed, sensors=old.sensors, releases=old.releases, thresholds=old.thresholds)


def signed(
    saying: Saying, standing: Standing, entry: EntryReference, *, dissents: Sequence[Dissent] = (), text: str = ""
) -> list[Message]:
    """Return the signature of a paper; with dissents, what is not shared of it: then rules are not signed by it.

    A proposal of one's own for the same purpose is withdrawn first.
    """
    paper = _open(standing, entry)
    if saying.centre not in paper.must_sign:
        raise ValueError(f"{saying.centre} is not party to {place(entry)}: that is {', '.join(paper.must_sign)}")
    if saying.centre not in paper.waits_for:
        raise ValueError(f"{saying.centre} has signed {place(entry)} already, and a signature stands")
    for dissent in dissents:
        if dissent.point not in paper.points:
            raise ValueError(f"{place(entry)} has no point {dissent.point!r}; it has {', '.join(paper.points)}")
    refuses = bool(dissents) and paper.proposal.rules is not None
    before, after = ([], ()) if refuses else _freed(saying, standing, paper.purpose)
    header = saying.header(saying.common(ACCORD), "assent")
    return [*before, Assent(**header, proposal=entry, dissents=tuple(dissents), after=after, text=text)]


def withdrawn(saying: Saying, standing: Standing, entry: EntryReference, reason: str) -> list[Message]:
    """Return the withdrawal of a paper of one's own."""
    paper = _open(standing, entry, or_overtaken=True)
    if paper.proposer != saying.centre:
        raise ValueError(f"{place(entry)} is {paper.proposer}'s, and only {paper.proposer} can withdraw it")
    return [Correction(**saying.header(saying.common(ACCORD), "withdrawal"), corrects=entry, reason=reason)]


def conclusions(saying: Saying, standing: Standing) -> list[Message]:
    """Return the conclusions of this centre's own papers that all have signed; it says nothing that they did not."""
    due = [paper for paper in standing.open if paper.proposer == saying.centre and not paper.waits_for]
    return [_conclusion(saying, paper) for paper in due]


def _conclusion(saying: Saying, paper: Paper) -> Conclusion:
    header = saying.header(saying.common(ACCORD), f"conclusion-{paper.entry.index}")
    assents = tuple(signature.entry for signature in paper.signatures)
    return Conclusion(**header, proposal=paper.entry, assents=assents)


def _own(saying: Saying, standing: Standing) -> InForce:
    """Return the rules in force here."""
    found = standing.in_force(saying.centre)
    if not found:
        raise ValueError(f"no rules are in force to which {saying.centre} is party; propose the first ones, and sign")
    if len(found) > 1:
        named = " and ".join(f"rules {one.rules.number} between {', '.join(one.rules.names)}" for one in found)
        raise ValueError(f"{saying.centre} is party to {named}; which are meant cannot be told")
    return found[0]


def _paper(standing: Standing, entry: EntryReference) -> Paper:
    paper = standing.paper(entry)
    if paper is None:
        raise ValueError(f"{place(entry)} is no proposal that counts")
    return paper


def _open(standing: Standing, entry: EntryReference, *, or_overtaken: bool = False) -> Paper:
    paper = _paper(standing, entry)
    if paper.state not in ("open", *(["overtaken"] if or_overtaken else [])):
        raise ValueError(f"{paper.in_words()}; nothing more is signed there")
    return paper


def _freed(saying: Saying, standing: Standing, purpose: Purpose) -> tuple[list[Message], tuple[EntryReference, ...]]:
    """Return the withdrawal of one's own open paper of a purpose, and the withdrawals of others' that were signed."""
    mine = [paper for paper in standing.papers if paper.purpose == purpose and paper.is_signed_by(saying.centre)]
    own: list[Message] = []
    after = []
    for paper in mine:
        if paper.state == "withdrawn" and paper.ended is not None and paper.proposer != saying.centre:
            after.append(paper.ended)
        elif paper.state == "open" and paper.proposer == saying.centre:
            own += withdrawn(saying, standing, paper.entry, "another version takes its place")
        elif paper.state != "withdrawn":
            raise ValueError(
                f"{saying.centre} has signed {place(paper.entry)} for the same purpose, and {paper.in_words()}; only "
                f"once {paper.proposer} withdraws it can another be signed"
            )
    return own, tuple(after[-16:])
