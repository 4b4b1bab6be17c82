"""Shard openings: the first entry of a log's shard of one month, with which the shard before it is closed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Month, TaiNs, octets

MAX_CHECKPOINT_BYTES = 16_384


class ShardOpening(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="shard_opening"):
    """Here the log's shard of the month `shard` begins, in which this is logged.

    closes: the last checkpoint of the shard before, as signed by the owner; nothing is added to that one any more.
    last_logged_tai_ns: when its last entry was logged. Empty and null in the first shard of a log.
    """

    shard: Month
    closes: Annotated[bytes, octets(0, MAX_CHECKPOINT_BYTES)] = b""
    last_logged_tai_ns: TaiNs | None = None

    def __post_init__(self) -> None:
        if bool(self.closes) != (self.last_logged_tai_ns is not None):
            raise ValueError(
                "a shard's last checkpoint and the time of its last entry are given together or not at all"
            )
        if self.shard != month_of(self.logged_tai_ns):
            raise ValueError(f"the shard of {self.shard} is opened in {month_of(self.logged_tai_ns)}")


def month_of(tai_ns: int) -> str:
    """Return year and month of a time in TAI, which is 37 s ahead of UTC: a month needs no table of leap seconds.

    >>> month_of(1_795_219_200 * 10**9)  # 2026-11-21T00:00:00 TAI
    '2026-11'
    """
    return datetime.fromtimestamp(tai_ns // 10**9, UTC).strftime("%Y-%m")
