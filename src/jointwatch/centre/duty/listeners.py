"""The listeners of a centre, in the order in which they hear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jointwatch.assessment.notification.owed import Rule
from jointwatch.centre.declared import Radars
from jointwatch.centre.duty.listener import Listener
from jointwatch.centre.notification.calendar import Calendar
from jointwatch.tracking.known import Known


def listeners(
    centre: str,
    known: Known | None,
    *,
    states: Mapping[str, Sequence[str]] | None = None,
    rules: tuple[Rule, ...] = (),
    declared: Radars | None = None,
) -> tuple[Listener, ...]:
    """Return the listeners of a centre. known: the satellites of the public catalogue, where it has one.

    states: those that it and its partners speak for; rules: the agreements on notification between them.
    declared: radars as their owners say they are; others are held against what their own plots state.
    """
    from jointwatch.centre.alerts.series import Alerts
    from jointwatch.centre.correlation.correlating import Correlating
    from jointwatch.centre.duty.feeds import Feeds

    calendar = Calendar(centre, states or {}, rules)
    return (Alerts(centre), calendar, Correlating(centre, known), Feeds(centre, known, declared))
