"""Local tracks: what a centre's own radars alone make of an object, whole; a partner compares it and never adds it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Commitment, Count, Finite, Id, MaskedId, Probability, TaiNs
from jointwatch.messages.withheld import FieldNames, check_withheld

_DIAGONAL = (0, 6, 11, 15, 18, 20)  # of the upper triangle, row by row


class LocalTrack(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="local_track"):
    """The track as it stands at time_tai_ns, from this centre's own plots alone.

    status: lost, once it is seen no more. satellite: its number in the public catalogue, where it was recognised.
    state: x, y, z in metres and their rates in m/s, Earth-fixed (WGS 84). covariance: upper triangle row by row, same
    units. source: the sensors' ids, slashes between them; empty: masked.
    """

    track: Id
    status: Literal["confirmed", "lost"]
    satellite: Annotated[int, Meta(ge=1, le=999_999_999)] | None = None
    first_plot_tai_ns: TaiNs
    last_plot_tai_ns: TaiNs
    plots: Count
    time_tai_ns: TaiNs
    state: Annotated[tuple[Finite, ...], Meta(min_length=6, max_length=6)]
    covariance: Annotated[tuple[Finite, ...], Meta(min_length=21, max_length=21)]
    boost_probability: Probability
    source: MaskedId
    withheld: FieldNames = ()
    commitment: Commitment = b""

    def __post_init__(self) -> None:
        check_withheld(self, self.__struct_fields__)
        if self.first_plot_tai_ns > self.last_plot_tai_ns:
            raise ValueError("the track's plots end before they begin")
        if any(self.covariance[k] < 0 for k in _DIAGONAL):
            raise ValueError("a variance on the covariance's diagonal is negative")
