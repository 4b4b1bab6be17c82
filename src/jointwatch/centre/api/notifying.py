"""Telling of launches at the page: a notification, and what goes on from one; the same drafts as the command's.

What has a fault under the agreements is refused with its sentences, unless it is to be given as it is.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from jointwatch.centre.api.acts import Drafted, Look, Row
from jointwatch.centre.api.forms import Form, Pointed
from jointwatch.centre.notification import giving
from jointwatch.centre.notification.forms import CancellationForm, ExtensionForm, NotificationForm, OutcomeForm
from jointwatch.centre.notification.giving import Given
from jointwatch.centre.saying import Saying

Anyway = Annotated[bool, Field(title="Give it with its faults: late is better than never")]
Notified = Annotated[Pointed, Field(title="The notification")]
ROLES = ("watch-officer",)


class TellForm(NotificationForm):
    """Tells beforehand of a launch, a geophysical experiment, or a spacecraft brought down."""

    anyway: Anyway = False


class ExtendForm(ExtensionForm):
    """Extends the window of a notification, or moves it to a later time."""

    notification: Notified
    anyway: Anyway = False


class ReportForm(OutcomeForm):
    """Tells what became of a launch."""

    notification: Notified
    anyway: Anyway = False


class CancelForm(CancellationForm):
    """Tells that there will be no launch."""

    notification: Notified
    anyway: Anyway = False


def tell(saying: Saying, form: TellForm, look: Look) -> Drafted:
    """Return the notification of a launch."""
    return _kept(giving.given(saying, form, look.telling()), anyway=form.anyway)


def go_on(saying: Saying, form: ExtendForm | ReportForm | CancelForm, look: Look) -> Drafted:
    """Return what goes on from a notification of this centre; ValueError where it points at none."""
    at = look.reference(form.notification)
    told = {one.at.leaf_hash: one for one in look.telling().told}.get(at.leaf_hash)
    if told is None:
        raise ValueError(f"entry {at.index} of {at.log} is no notification that holds")
    if told.notification.origin != saying.centre:
        raise ValueError(f"{told.notification.id} is {told.notification.origin}'s, who alone can go on from it")
    drafted = _kept(giving.going_on(saying, told, form), anyway=form.anyway)
    return Drafted(drafted.messages, (told.at,), None, drafted.text)


def _kept(draft: Given, *, anyway: bool) -> Drafted:
    if draft.faults and not anyway:
        raise ValueError("; ".join(draft.faults))
    return Drafted((draft.message,), text=draft.message.id)


def _row(name: str, title: str, summary: str, form: type[Form]) -> Row:
    """Return the row of what goes on from a notification."""
    return Row(name, title, summary, ROLES, form, go_on, of=("notification",), pointed="notification", whose="own")


ROWS: tuple[Row, ...] = (
    Row("notify", "Tell of a launch", "Tell partners of a launch, as the agreements want it.", ROLES, TellForm, tell),
    _row("extend", "Extend the window", "Extend the window of a launch that was told of.", ExtendForm),
    _row("report-launch", "What became of it", "Tell what became of a launch that was told of.", ReportForm),
    _row("cancel", "Cancel the launch", "Tell that there will be no launch after all.", CancelForm),
)
