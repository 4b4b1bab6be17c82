"""Verdicts on feeds: whether a centre believes the plots of a radar, a partner's or its own, and the evidence for it.

Each plot of a catalogued satellite can be held against its public orbit. The centre that does so writes down what it
found, so that a partner that is doubted can be shown why, and one that is believed can be shown that it was looked at.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Count, Finite, MaskedId, Sentence, TaiNs, Word

Cause = Literal["offset", "noise", "withheld", "blanked", "repeated", "late", "silent at events"]
Quantity = Literal["range", "azimuth", "elevation", "clock", "share", "delay", ""]
_Four = Annotated[tuple[Finite, ...], Meta(min_length=4, max_length=4)]
_Three = Annotated[tuple[Finite, ...], Meta(min_length=3, max_length=3)]


class FeedFault(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One thing wrong. size, sigma: of an offset in m, rad or s; of noise a multiple; of what is missing a share.

    found_tai_ns: when it was first found; since_tai_ns: since when it is so, as far as that can be told.
    """

    cause: Cause
    quantity: Quantity = ""
    size: Finite
    sigma: Finite = 0.0
    found_tai_ns: TaiNs
    since_tai_ns: TaiNs | None = None
    text: Sentence

    def __post_init__(self) -> None:
        if self.sigma < 0:
            raise ValueError("a sigma is not negative")
        if self.since_tai_ns is not None and self.since_tai_ns > self.found_tai_ns:
            raise ValueError("a fault is found after it began")


class FeedVerdict(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="feed_verdict"):
    """The origin's verdict on the plots of a sensor of the centre `of`; an empty sensor is a masked one.

    As of a time: minutes of scans judged, plots heard and how many of them a catalogued satellite explains. offsets: in
    range m, azimuth and elevation rad, and time s, with one sigma; noise: in range, azimuth and elevation as multiples
    of what plots state; none where too little was seen. false_per_1000_h: accusations of an honest feed, at most.
    """

    of: Word
    sensor: MaskedId
    as_of_tai_ns: TaiNs
    standing: Literal["believed", "doubted"]
    minutes: Count
    plots: Count
    explained: Count
    offsets: _Four | None = None
    offset_sigmas: _Four | None = None
    noise: _Three | None = None
    faults: Annotated[tuple[FeedFault, ...], Meta(max_length=16)] = ()
    false_per_1000_h: Finite
    text: Sentence

    def __post_init__(self) -> None:
        if (self.standing == "doubted") != bool(self.faults):
            raise ValueError("a feed is doubted for a fault, and believed where none stands")
        if (self.offsets is None) != (self.offset_sigmas is None):
            raise ValueError("offsets come with their sigmas")
        if self.explained > self.plots:
            raise ValueError("no more plots are explained than were heard")
