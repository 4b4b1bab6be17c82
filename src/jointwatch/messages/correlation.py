"""Correlations: what a launch, or a report from outside, was found to be when held against all else that is known.

A launch report says what a radar saw. Whether it was announced, whether others saw the same event and as many objects
of it, and so whether it is an alarm, is a judgement of its own: the centre that makes it writes it down, and again when
something that it hears changes it.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Count, Finite, Id, Length, Sentence, SigmaSeconds, Word
from jointwatch.messages.reference import EntryReference

Standing = Literal["explained", "open", "alarm"]
Announced = Literal[
    "announced", "announced elsewhere", "announced for another time", "told afterwards", "not announced", ""
]
"""Empty: nothing was launched, so nobody had to announce it."""


class PartnerEvent(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What another centre reports of the event. reports: its newest entries on it; none: it reports nothing of it.

    ours, theirs: how many objects each side has of the event. event_apart_s: their time of the launch after ours, with
    the sigma of the difference; detection_apart_s: when they first saw it after we did; null: one side does not tell.
    """

    centre: Word
    reports: Annotated[tuple[EntryReference, ...], Meta(max_length=64)] = ()
    ours: Count
    theirs: Count
    apart_m: Length | None = None
    event_apart_s: Finite | None = None
    event_sigma_s: SigmaSeconds | None = None
    detection_apart_s: Finite | None = None

    def __post_init__(self) -> None:
        if bool(self.theirs) != (self.event_apart_s is not None):
            raise ValueError("an event that the other centre reports has a time apart, and another has none")
        if self.theirs != len(self.reports):
            raise ValueError("the other centre has as many objects of an event as reports of it are named")


class Correlation(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="correlation"):
    """The origin's judgement on one launch that it detected, or on one report from outside.

    subject: the entry that is judged; object: the track, or the report's id. notice: what announced it, or was about it
    but for what the text says. satellite: the number in the public catalogue of what was taken for a launch. nature: of
    a report from outside, what it was of; empty for a launch.
    """

    subject: EntryReference
    object: Id
    standing: Standing
    announced: Announced
    notice: EntryReference | None = None
    partners: Annotated[tuple[PartnerEvent, ...], Meta(max_length=16)] = ()
    satellite: Count | None = None
    nature: Literal["natural", "launched", "undecided", ""] = ""
    text: Sentence

    def __post_init__(self) -> None:
        if (self.nature or self.satellite is not None) and self.announced:
            raise ValueError("what is no launch of the origin's own is neither announced nor unannounced")
        if (self.notice is None) != (self.announced in ("not announced", "")):
            raise ValueError("a launch that a notice is about names it, and no other does")
