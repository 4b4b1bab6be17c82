"""A notification given: drafted from what was filled in, and weighed under the agreements before anybody signs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jointwatch.assessment.notification.faults import faults, launch, overdue
from jointwatch.assessment.notification.owed import Owed, Rule
from jointwatch.assessment.notification.standing import Told, unfit
from jointwatch.centre.notification import drafting
from jointwatch.centre.notification.board import next_number
from jointwatch.centre.notification.forms import (
    CancellationForm,
    ExtensionForm,
    NotificationForm,
    OutcomeForm,
)
from jointwatch.centre.saying import Saying
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.messages.encoding import MessageRefused, encode
from jointwatch.messages.notification import Notification, WindowExtension
from jointwatch.messages.post_launch import PostLaunchNotice


@dataclass(frozen=True)
class Known:
    """What a centre knows when it gives a notification. states: those of each centre; told: all there is."""

    centre: str
    states: Mapping[str, Sequence[str]]
    told: Sequence[Told]
    rules: tuple[Rule, ...]

    def reached(self, audience: str, origin: str) -> tuple[str, ...]:
        """Return the states that hear what a centre says to an audience."""
        hear = [name for name in self.states if name != origin and audience in (COMMON, name)]
        return tuple(sorted({state for name in hear for state in self.states[name]}))

    def find(self, id: str) -> Told:
        """Return the notification that this centre gave under an identifier; ValueError where it gave none."""
        own = {one.notification.id: one for one in self.told if one.notification.origin == self.centre}
        if id not in own:
            raise ValueError(f"there is no notification {id[:80]!r}; {self.centre} gave {', '.join(own) or 'none'}")
        return own[id]


@dataclass(frozen=True)
class Given:
    """A draft: the message, what is owed of its launch, and what is wrong with it, a sentence for each fault."""

    message: Notification | WindowExtension | PostLaunchNotice
    owed: tuple[Owed, ...]
    faults: tuple[str, ...]


def given(saying: Saying, form: NotificationForm, known: Known) -> Given:
    """Return the draft of a notification; ValueError, in a sentence, for a form that makes none."""
    audience = form.to or COMMON
    if (audience != COMMON and audience not in known.states) or audience == known.centre:
        others = ", ".join(name for name in known.states if name != known.centre) or "none"
        raise ValueError(f"to: {audience!r} is no partner; there is {others}")
    states = known.reached(audience, known.centre)
    year = int(form.from_utc[:4])
    own = [one for one in known.told if one.notification.origin == known.centre]
    said = drafting.notified(saying, form, next_number(own, form.state, year), known.rules, states)
    _check(said)
    weighed = drafting.weighed(said, form, known.rules, states, own)
    wrong = [] if form.state in known.states[known.centre] else [_not_ours(form.state, known)]
    return Given(said, weighed.owed, (*wrong, *weighed.faults))


def going_on(saying: Saying, told: Told, form: ExtensionForm | OutcomeForm | CancellationForm) -> Given:
    """Return the draft of what goes on from a notification; ValueError for a form that makes nothing."""
    message: WindowExtension | PostLaunchNotice
    if isinstance(form, ExtensionForm):
        message = drafting.extended(saying, told, form)
    elif isinstance(form, OutcomeForm):
        message = drafting.reported(saying, told, form)
    else:
        message = drafting.cancelled(saying, told, form)
    _check(message)
    why = unfit(told, message)
    return Given(message, (), (why,) if why else ())


def concerns(told: Told, known: Known, now_tai_ns: int) -> tuple[str, ...]:
    """Return what is wrong with what was told, a sentence each, as whoever reads it at this centre sees it.

    Before the window is over that is what it lacks; afterwards, that nobody said what became of it; then nothing. Where
    nobody is known to speak for a state that heard it, no agreement is asked.
    """
    if told.outcome is not None:
        return ()
    said = told.notification
    states = known.reached(LogId.parse(said.log).audience, said.origin)
    if told.state(now_tai_ns) == "over":
        late = overdue(told, known.rules, states, now_tai_ns)
        return (late,) if late else ()
    if not states:
        return told.faults
    return (*(f"{said.id}: {fault}" for fault in faults(said, launch(said), known.rules, states)), *told.faults)


def _not_ours(state: str, known: Known) -> str:
    own = ", ".join(known.states[known.centre]) or "no state"
    return f"{known.centre} speaks for {own}, by `states` of its centre.toml, and not for {state}"


def _check(message: Notification | WindowExtension | PostLaunchNotice) -> None:
    """Raise ValueError for a message that no partner could read."""
    try:
        encode(message)
    except MessageRefused as refusal:
        raise ValueError(str(refusal)) from None
