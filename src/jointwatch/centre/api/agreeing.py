"""Consulting and agreeing at the page: ask, reply, take back, propose, sign, dissent; drafted as by the commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from jointwatch.centre.accord import asking, drafting
from jointwatch.centre.accord.asking import Outcome, Subject
from jointwatch.centre.api.acts import Drafted, Look, Row
from jointwatch.centre.api.forms import Form, Line, Partner, Pointed, Remark, Text
from jointwatch.centre.saying import Saying
from jointwatch.messages.accord import ACCORD, Dissent, JointText
from jointwatch.messages.encoding import Message
from jointwatch.messages.not_understood import NotUnderstood
from jointwatch.messages.reference import EntryReference

ROLES = ("watch-officer",)
Reason = Annotated[Remark, Field(title="Why")]
Paper = Annotated[Pointed, Field(title="The proposal")]


class AskForm(Form):
    """A question to another centre; about: the entries in question; within_s: how long a reply is waited for."""

    to: Annotated[Partner, Field(title="To")]
    subject: Annotated[Subject, Field(title="About what")] = "launch"
    text: Annotated[Text, Field(title="The question")]
    about: Annotated[tuple[Pointed, ...], Field(title="About the entries", max_length=64)] = ()
    within_s: Annotated[int, Field(title="Waited for, seconds", ge=1, le=10**7)] | None = None


class ReplyForm(Form):
    """The reply to a question; held: the entries that answer it."""

    query: Annotated[Pointed, Field(title="The question")]
    outcome: Annotated[Outcome, Field(title="Outcome")] = "answered"
    text: Annotated[Text, Field(title="The reply")]
    held: Annotated[tuple[Pointed, ...], Field(title="Answered by the entries", max_length=64)] = ()


class TakeBackForm(Form):
    """Something this centre said that no longer holds, and why."""

    entry: Annotated[Pointed, Field(title="What is taken back")]
    reason: Annotated[Text, Field(title="Why")]


class StatementForm(Form):
    """A joint statement in points; amends: the proposal in whose place it is put."""

    title: Annotated[Line, Field(title="Title", min_length=1)]
    points: Annotated[list[Text], Field(title="Points", min_length=1, max_length=32)]
    about: Annotated[tuple[Pointed, ...], Field(title="Resting on the entries", max_length=64)] = ()
    amends: Annotated[Pointed | None, Field(title="In place of the proposal")] = None
    reason: Reason = ""


class JoinForm(Form):
    """That a partner joins the rules; where there are none, the first rules between it and this centre."""

    centre: Annotated[Partner, Field(title="Who joins")]
    reason: Reason = ""


class SignForm(Form):
    """The signature of a proposal."""

    proposal: Paper
    text: Annotated[Remark, Field(title="What is said with it")] = ""


class Point(Form):
    """A point that is not shared, by its number or, of rules, by its name; and why."""

    point: Annotated[Line, Field(title="Point", min_length=1)]
    why: Annotated[Text, Field(title="Why")]


class DissentForm(SignForm):
    """The signature of a statement with the points that are not shared; of rules, what keeps them from being signed."""

    points: Annotated[list[Point], Field(title="Points not shared", min_length=1, max_length=32)]


def ask(saying: Saying, form: AskForm, look: Look) -> Drafted:
    """Return a query."""
    about = _references(look, form.about)
    until = None if form.within_s is None else saying.now_tai_ns + form.within_s * 10**9
    to = look.partner(form.to)
    return Drafted((asking.query(saying, to, form.subject, form.text, about=about, until_tai_ns=until),), on=about)


def reply(saying: Saying, form: ReplyForm, look: Look) -> Drafted:
    """Return a reply."""
    asked, message = look.reference(form.query), look.message(form.query)
    if isinstance(message, NotUnderstood):
        raise ValueError("that is of a later version, and cannot be replied to here")
    held = _references(look, form.held)
    return Drafted((asking.reply(saying, (asked, message), form.outcome, form.text, entries=held),), on=(asked,))


def take_back(saying: Saying, form: TakeBackForm, look: Look) -> Drafted:
    """Return the withdrawal of an entry; of a proposal, where it is not concluded."""
    entry = look.reference(form.entry)
    said: list[Message] = [asking.withdrawal(saying, entry, form.reason)]
    if entry.log.split("/")[2] == ACCORD:
        said = drafting.withdrawn(saying, look.agreed().standing, entry, form.reason)
    return Drafted(said, on=(entry,), text=form.reason)


def propose_statement(saying: Saying, form: StatementForm, look: Look) -> Drafted:
    """Return the proposal of a statement."""
    text = JointText(title=form.title, points=tuple(form.points), about=_references(look, form.about))
    amends = look.reference(form.amends) if form.amends else None
    known = look.agreed().standing
    return Drafted(drafting.statement(saying, known, text, reason=form.reason, amends=amends), text=form.title)


def propose_joining(saying: Saying, form: JoinForm, look: Look) -> Drafted:
    """Return the proposal that a partner joins."""
    agreed = look.agreed()
    rules = drafting.joined(saying, agreed.standing, [look.partner(form.centre)], agreed.identities)
    return Drafted(drafting.rules(saying, agreed.standing, rules, reason=form.reason), text=form.reason)


def sign(saying: Saying, form: SignForm, look: Look) -> Drafted:
    """Return a signature, with dissents where there are any."""
    entry = look.reference(form.proposal)
    points = form.points if isinstance(form, DissentForm) else []
    dissents = [Dissent(point=one.point, text=one.why) for one in points]
    said = drafting.signed(saying, look.agreed().standing, entry, dissents=dissents, text=form.text)
    return Drafted(said, on=(entry,), text=form.text)


def _references(look: Look, entries: Sequence[Pointed]) -> tuple[EntryReference, ...]:
    return tuple(look.reference(one) for one in entries)


_TAKEN_BACK = ("query", "reply", "launch_report", "notice", "proposal")
_CONCERNS = ("launch_report", "correction", "notice", "notification", "tracklet", "plot_report")
ROWS: tuple[Row, ...] = (
    Row("ask", "Ask a partner", "Ask another centre.", ROLES, AskForm, ask, of=_CONCERNS, pointed="about"),
    Row(
        "reply",
        "Reply",
        "Reply to a question.",
        ROLES,
        ReplyForm,
        reply,
        of=("query",),
        pointed="query",
        whose="theirs",
    ),
    Row(
        "take-back",
        "Take back",
        "Say that something this centre said no longer holds; it stays in its log.",
        ROLES,
        TakeBackForm,
        take_back,
        of=_TAKEN_BACK,
        pointed="entry",
        whose="own",
    ),
    Row(
        "propose",
        "Propose a statement",
        "Propose a joint statement to all who are party to the rules.",
        ROLES,
        StatementForm,
        propose_statement,
        of=("proposal",),
        pointed="amends",
    ),
    Row("join", "Propose who joins", "Propose that a partner joins the rules.", ROLES, JoinForm, propose_joining),
    Row("agree", "Sign", "Sign a proposal; a signature stands.", ROLES, SignForm, sign, ("proposal",), "proposal"),
    Row(
        "dissent",
        "Sign with a dissent",
        "Sign a statement but for some of its points, or say what keeps rules from being signed.",
        ROLES,
        DissentForm,
        sign,
        of=("proposal",),
        pointed="proposal",
    ),
)
