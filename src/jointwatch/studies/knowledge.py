"""When one centre knew what of an object: from its pictures, from what it wrote, and from its receipts.

What a centre had of its partner counts from the receipt on that stands in its internal log, not from when it was
written: that is when it was verified there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.exchange.logid import LogId
from jointwatch.messages.correction import Correction
from jointwatch.messages.encoding import Heard
from jointwatch.messages.launch_report import LaunchItems, LaunchReport
from jointwatch.messages.picture import Event
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.receipt import Receipt
from jointwatch.messages.tracklet import Tracklet
from jointwatch.studies.followed import Followed
from jointwatch.studies.sightings import Sighting

Logs = Mapping[LogId, Sequence[Heard]]
RECORD = "record"


@dataclass(frozen=True)
class Knowledge:
    """When one centre knew what, TAI ns; None: never. Measurements, own or released to it, apart from tracklets."""

    centre: str
    first_plot: int | None = None
    last_plot: int | None = None
    first_tracklet: int | None = None  # the first estimate that a partner released instead of its plots
    confirmed: int | None = None
    burnout: int | None = None
    report: int | None = None
    partner_report: int | None = None
    correction: int | None = None
    corrections: int = 0


@dataclass(frozen=True)
class Logged:
    """What the logs of a run hold, in the order in which each log was written, with what each centre had verified."""

    logs: Logs
    _received: dict[str, tuple[Receipt, ...]] = field(init=False, default_factory=dict)

    def said(self, centre: str) -> Iterator[Heard]:
        """Everything a centre wrote for others to read."""
        for log, messages in self.logs.items():
            if log.owner == centre and not log.internal:
                yield from messages

    def verified(self, centre: str) -> Iterator[tuple[int, str, Heard]]:
        """Everything a centre verified of its partners: when, whose, what."""
        for receipt in self._receipts(centre):
            log = LogId.parse(receipt.head.log)
            for message in self.logs.get(log, ())[receipt.first_index : receipt.head.size]:
                yield receipt.verified_tai_ns, log.owner, message

    def _receipts(self, centre: str) -> tuple[Receipt, ...]:
        if centre not in self._received:
            record = self.logs.get(LogId(centre, centre, RECORD), ())
            self._received[centre] = tuple(message for message in record if isinstance(message, Receipt))
        return self._received[centre]


def knowledge(
    centre: str,
    logged: Logged,
    sightings: Sequence[Sighting],
    pictures: Mapping[str, Followed],
    is_of_it: Callable[[Tracklet], bool],
    events: Sequence[Event] = (),
) -> Knowledge:
    """Return when a centre knew what of one object.

    pictures: how each perspective that held it followed it; is_of_it: whether a tracklet is of this object; events:
    what was told as it happened, which is finer in time than the pictures, kept every five seconds.
    """
    own = pictures.get(centre)
    names = {name: set(each.ids) for name, each in pictures.items()}
    held = sorted(plots_held(centre, logged, sightings))
    reports = [time for time, correction in _reported(centre, logged, own) if not correction]
    corrections = [time for time, correction in _reported(centre, logged, own) if correction]
    return Knowledge(
        centre=centre,
        first_plot=held[0] if held else None,
        last_plot=held[-1] if held else None,
        first_tracklet=_first(
            when for when, _, m in logged.verified(centre) if isinstance(m, Tracklet) and is_of_it(m)
        ),
        confirmed=_first([*_shown(own, "boost", "coast"), *_told(centre, own, events, "confirmed")]),
        burnout=_first([*_shown(own, "coast"), *_told(centre, own, events, "burnout")]),
        report=_first(reports),
        partner_report=_first(
            when
            for when, owner, m in logged.verified(centre)
            if isinstance(m, LaunchReport) and m.items.track in names.get(owner, ())
        ),
        correction=max(corrections, default=None),
        corrections=len(corrections),
    )


def plots_held(centre: str, logged: Logged, sightings: Sequence[Sighting]) -> list[int]:
    """Return when a centre had each plot of an object, TAI ns: its radars' at once, others' once verified."""
    own = [int(time) for each in sightings if each.feeds == centre for time in each.plot_tai_ns]
    others = {(each.feeds, int(time)) for each in sightings if each.feeds != centre for time in each.plot_tai_ns}
    released = [
        when
        for when, owner, message in logged.verified(centre)
        if isinstance(message, PlotReport) and (owner, message.time_tai_ns) in others
    ]
    return own + released


def _items(message: Heard) -> LaunchItems | None:
    if isinstance(message, LaunchReport):
        return message.items
    return message.replacement if isinstance(message, Correction) else None


def _reported(centre: str, logged: Logged, own: Followed | None) -> list[tuple[int, bool]]:
    """Return when a centre reported the object, and whether that was a correction; once for all partners."""
    found = set()
    for message in logged.said(centre):
        items = _items(message)
        if items is not None and own is not None and items.track in own.ids:
            found.add((message.logged_tai_ns, isinstance(message, Correction)))
    return sorted(found)


def _shown(own: Followed | None, *phases: str) -> list[int]:
    """Return when the object was shown in one of these phases."""
    return [time for time, track in own.views if track.phase in phases] if own else []


def _told(centre: str, own: Followed | None, events: Sequence[Event], word: str) -> list[int]:
    """Return when a centre told that word of one of its tracks of the object, to the second."""
    begins = tuple(f"{name}: {word}" for name in own.ids) if own else ()
    told = (e for e in events if e.centre == centre and e.kind == "track" and e.text.startswith(begins))
    return [tai_ns_from_utc(event.time_utc) for event in told] if begins else []


def _first(times: Iterable[int]) -> int | None:
    return min(times, default=None)
