"""Alerts: what a centre tells its own receivers of a launch, said in its internal log before anyone is told.

A launch report becomes an alert, a correction its update, a withdrawal its cancellation: all of one track of one centre
that reported it. What each receiver answered is a `dispatch`. Both stand in the log <centre>/<centre>/alerts, which is
the queue: an alert without its dispatch is still to be sent.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jointwatch.messages.correlation import Standing
from jointwatch.messages.header import Header
from jointwatch.messages.launch_report import LaunchItems
from jointwatch.messages.quantities import Count, Line, Sentence, TaiNs, Word, octets
from jointwatch.messages.reference import EntryReference

MAX_EARLIER = 32


class EarlierAlert(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """An alert said before of the same launch: the entry it followed from, and when it was to be sent."""

    about: EntryReference
    sent_tai_ns: TaiNs


class Alert(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="alert"):
    """Receivers are to be told of a launch. about: the entry this follows from; reported_by: whose it is.

    earlier: the alerts of this launch that it updates or cancels: the first and the last ones. items: what is held, of
    a cancellation what was held; reason: why it is updated or cancelled, as the entry says. standing, judged: what the
    origin found when it held the launch against notices and other reports (`correlation`); same_as: the launches that
    others report of the same event, as centre:track.
    """

    type: Literal["alert", "update", "cancel"]
    about: EntryReference
    reported_by: Word
    sent_tai_ns: TaiNs
    items: LaunchItems
    reason: Sentence = ""
    standing: Standing | Literal[""] = ""
    judged: Sentence = ""
    same_as: Annotated[tuple[Line, ...], Meta(max_length=16)] = ()
    earlier: Annotated[tuple[EarlierAlert, ...], Meta(max_length=MAX_EARLIER)] = ()

    def __post_init__(self) -> None:
        if (self.type == "alert") == bool(self.earlier):
            raise ValueError("an update or a cancellation names the alerts before it, and an alert has none before it")


class Dispatch(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="dispatch"):
    """What became of an alert at one receiver. tries: how often it was sent; answer: the last answer, or why none.

    outcome: "overtaken" by a later update before it could be sent; "refused" by the receiver for good; "expired" after
    a day without an answer. body_sha256: of what was sent; empty: nothing was. status: of the message, as CAP has it.
    """

    alert: EntryReference
    receiver: Word
    outcome: Literal["delivered", "refused", "overtaken", "expired"]
    status: Literal["Actual", "Exercise", "Test", "Draft", ""]
    tries: Count
    answer: Line = ""
    body_sha256: Annotated[bytes, octets(0, 32, "SHA-256, or none")] = b""

    def __post_init__(self) -> None:
        if len(self.body_sha256) != 32 * (self.tries > 0):
            raise ValueError("what was sent has a SHA-256 of 32 bytes, and where nothing was sent there is none")
