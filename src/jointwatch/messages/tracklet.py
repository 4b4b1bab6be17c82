"""Tracklets: what a centre's own local track has learnt since the last one; partners add it without double counting."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Commitment, Count, Finite, Id, MaskedId, Probability, TaiNs
from jointwatch.messages.withheld import FieldNames, check_withheld

_DIAGONAL = (0, 6, 11, 15, 18, 20)  # of the upper triangle, row by row


class Tracklet(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="tracklet"):
    """A state and covariance made from this centre's own plots alone, within [from_tai_ns, to_tai_ns].

    number: 1, 2, ... within the track. since: the number it adds to; 0: the whole local track, to be taken alone.
    state: x, y, z in metres and their rates in m/s, Earth-fixed (WGS 84), at time_tai_ns.
    covariance: upper triangle row by row, same units. source: the sensors' ids, slashes between them; empty: masked.
    """

    track: Id
    number: Annotated[int, Meta(ge=1, le=2**31)]
    since: Annotated[int, Meta(ge=0, le=2**31)]
    from_tai_ns: TaiNs
    to_tai_ns: TaiNs
    time_tai_ns: TaiNs
    state: Annotated[tuple[Finite, ...], Meta(min_length=6, max_length=6)]
    covariance: Annotated[tuple[Finite, ...], Meta(min_length=21, max_length=21)]
    boost_probability: Probability
    plots: Count
    source: MaskedId
    withheld: FieldNames = ()
    commitment: Commitment = b""

    def __post_init__(self) -> None:
        check_withheld(self, self.__struct_fields__)
        if self.since >= self.number:
            raise ValueError(
                f"tracklet {self.number} cannot add to tracklet {self.since}; it adds to an earlier one or to 0"
            )
        if self.from_tai_ns > self.to_tai_ns:
            raise ValueError("the tracklet's plots end before they begin")
        if any(self.covariance[k] < 0 for k in _DIAGONAL):
            raise ValueError("a variance on the covariance's diagonal is negative")
