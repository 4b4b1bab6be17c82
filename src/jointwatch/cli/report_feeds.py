"""What each centre held of each radar's plots, for the report: every verdict that was another one than before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from jointwatch.display import report_data
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import Heard
from jointwatch.messages.feed_verdict import FeedVerdict


def feed_verdicts(logs: Mapping[LogId, Sequence[Heard]]) -> tuple[report_data.FeedVerdict, ...]:
    """Return the verdicts of the internal logs by time: of each feed the first, the last, and each that changed."""
    found = [each for log, messages in logs.items() if log.internal for each in _of(log.owner, messages)]
    return tuple(sorted(found, key=lambda each: (each.time_utc, each.centre, each.of, each.sensor)))


def _of(centre: str, messages: Sequence[Heard]) -> Iterator[report_data.FeedVerdict]:
    said = [message for message in messages if isinstance(message, FeedVerdict)]
    for feed in dict.fromkeys((message.of, message.sensor) for message in said):
        mine = [message for message in said if (message.of, message.sensor) == feed]
        for number, message in enumerate(mine):
            if number in (0, len(mine) - 1) or _causes(message) != _causes(mine[number - 1]):
                yield report_data.FeedVerdict(
                    time_utc=utc_from_tai_ns(message.logged_tai_ns, digits=0),
                    centre=centre,
                    of=message.of,
                    sensor=message.sensor,
                    standing=message.standing,
                    text=message.text,
                )


def _causes(message: FeedVerdict) -> tuple[str, ...]:
    return tuple(fault.cause + fault.quantity for fault in message.faults)
