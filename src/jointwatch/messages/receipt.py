"""Receipts: what a centre has verified of a partner's log and keeps; written to its own internal log."""

from __future__ import annotations

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Count, TaiNs
from jointwatch.messages.reference import LogHead


class Receipt(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="receipt"):
    """I verified and keep the partner's log up to `head`; entries from first_index on came with this receipt.

    verified_tai_ns: when the checkpoint was verified, on this centre's clock. With it the picture "as it was known
    at 06:16" can be rebuilt: an entry of the partner's counts from its receipt on, not from when it was written.
    """

    head: LogHead
    first_index: Count
    verified_tai_ns: TaiNs

    def __post_init__(self) -> None:
        if self.first_index > self.head.size:
            raise ValueError(f"the receipt begins at entry {self.first_index}, beyond the log's size {self.head.size}")
