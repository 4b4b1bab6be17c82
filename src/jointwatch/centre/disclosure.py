"""Later disclosure: the internal entry behind a released view, proven to be the one that was committed to."""

from __future__ import annotations

from hmac import compare_digest
from typing import Any

from jointwatch.centre.release import COLUMNS, HEADER
from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.record import Record
from jointwatch.exchange.refused import Refused
from jointwatch.messages.consultation import Disclosure
from jointwatch.messages.correction import Correction
from jointwatch.messages.encoding import Message, MessageRefused, decode, kind_in
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.release import Release, commitment

RULE = "jointwatch release"
ROWS = 1_024


_OF_THE_VIEW = HEADER | {"withheld", "commitment"}


def behind(record: Record, released: EntryReference) -> Disclosure:
    """Return what stands behind a released entry of this centre's own: the internal entry and the salt.

    The newest shard of the record is looked through first.
    """
    record_log = LogId(record.owner, record.owner, "record")
    for log in sorted((log for log in record.logs() if log.whole == record_log), reverse=True):
        for start in reversed(range(0, 0 if record.archived(log) else record.size(log), ROWS)):
            for entry in reversed(record.entries(log, start, min(start + ROWS, record.size(log)))):
                payload = dsse.parse(entry).payload
                if kind_in(payload) != "release":
                    continue
                said = _message(entry)
                if isinstance(said, Release) and said.outbound == released:
                    internal = record.entry(LogId.parse(said.internal.log), said.internal.index)
                    return Disclosure(released=released, salt=said.salt, entry=internal)
    raise Refused(RULE, f"entry {released.index} of {released.log} holds nothing back that the record could disclose")


def disclosed(released_entry: bytes, shown: Disclosure) -> Message:
    """Return the internal message behind a released entry, once it is proven that the view was made from it.

    Proven: the released entry is the one named, the disclosed entry is the one committed to, and what the view says
    is what the entry says. Who signed the disclosed entry is for the caller to check against the sender's roster.
    """
    if merkle.leaf_hash(released_entry) != shown.released.leaf_hash:
        raise Refused(RULE, f"the disclosure is of another entry than this one of {shown.released.log}")
    view, internal = _said(_message(released_entry)), _message(shown.entry)
    held = getattr(view, "commitment", b"")
    if not held:
        raise Refused(RULE, "the released entry commits to nothing, so nothing can be disclosed of it")
    if not compare_digest(held, commitment(shown.salt, shown.entry)):
        raise Refused(RULE, "the disclosed entry is not the one that the released entry commits to")
    _check_same(view, _said(internal))
    return internal


def _message(entry: bytes) -> Message:
    try:
        return decode(dsse.parse(entry).payload)
    except MessageRefused as error:
        raise Refused(RULE, str(error)) from None


def _said(message: Message) -> Any:
    """Return the part of a message that is masked: the items of a report, else the message itself."""
    if isinstance(message, LaunchReport):
        return message.items
    return message.replacement if isinstance(message, Correction) else message


def _check_same(view: Any, internal: Any) -> None:
    if type(view) is not type(internal):
        raise Refused(RULE, "the released entry and the disclosed one are of different kinds")
    cut = isinstance(view, PlotReport)
    for name in set(view.__struct_fields__) - _OF_THE_VIEW - set(view.withheld) - (set(COLUMNS) if cut else set()):
        if getattr(view, name) != getattr(internal, name):
            raise Refused(RULE, f"the released entry says another {name} than the entry it commits to")
    if isinstance(view, PlotReport) and not set(_plots(view)) <= set(_plots(internal)):
        raise Refused(RULE, "the released entry has a plot that the entry it commits to does not have")


def _plots(scan: PlotReport) -> list[tuple[float, ...]]:
    return list(zip(*(getattr(scan, name) for name in COLUMNS), strict=True))
