"""What each launch was found to be, in the order in which the centres said it, for the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from jointwatch.display.report_data import Judgement
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns
from jointwatch.exchange.logid import LogId
from jointwatch.messages.correlation import Correlation
from jointwatch.messages.encoding import Heard


def judgements(logs: Mapping[LogId, Sequence[Heard]]) -> tuple[Judgement, ...]:
    """Return every judgement of the internal logs by time, each with how long its standing held."""
    found = [each for log, messages in logs.items() if log.internal for each in _of(log.owner, messages)]
    return tuple(sorted(found, key=lambda each: (each.time_utc, each.centre, each.object)))


def _of(centre: str, messages: Sequence[Heard]) -> Iterator[Judgement]:
    said = [message for message in messages if isinstance(message, Correlation)]
    for number, message in enumerate(said):
        later = (each for each in said[number + 1 :] if each.object == message.object)
        changed = next((each for each in later if each.standing != message.standing), None)
        judged = Judgement(
            time_utc=utc_from_tai_ns(message.logged_tai_ns, digits=0),
            centre=centre,
            object=message.object,
            standing=message.standing,
            announced=message.announced,
            nature=message.nature,
            text=message.text,
        )
        held_ns = None if changed is None else changed.logged_tai_ns - message.logged_tai_ns
        yield judged if held_ns is None else replace(judged, held_s=held_ns / NS_PER_S)
