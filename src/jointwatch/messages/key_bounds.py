"""Bounds of keys: from and to which places of which logs a key holds, whatever anyone's clock says."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Count, Sentence, TreeName, octets

Places = Annotated[tuple["LogPlace", ...], Meta(max_length=1_024)]


class LogPlace(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A position of a log."""

    log: TreeName
    index: Count


class KeyBounds(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="key_bounds"):
    """Where one key of the origin holds: from the positions `since` on, and before the positions `until`.

    since: a log that is not named: from its start. until: null: no end; a log that is not named: nowhere. A place in a
    shard lies behind all earlier shards of its log and before all later ones. compromised: another may have had the key
    there, so the end may lie before what was signed with it. All bounds ever said of a key hold together.
    """

    public_key: Annotated[bytes, octets(32, 4_096)]
    since: Places = ()
    until: Places | None = None
    compromised: bool = False
    reason: Sentence

    def __post_init__(self) -> None:
        for name, places in (("since", self.since), ("until", self.until or ())):
            logs = [_whole(place.log) for place in places]
            if len(set(logs)) != len(logs):
                raise ValueError(f"{name} names a log twice")
        if self.compromised and self.until is None:
            raise ValueError("a compromised key has an end; until says where")

    def hold(self, log: str, index: int) -> bool:
        """Return whether the key holds at a position of a log or shard, as far as these bounds say."""
        if not _reached(self.since, log, index):
            return False
        return self.until is None or not _reached(self.until, log, index)


def _reached(places: Places, log: str, index: int) -> bool:
    """Return whether a position is not before the one named for its log; where none is named, none is before it."""
    place = next((place for place in places if _whole(place.log) == _whole(log)), None)
    return place is None or (log, index) >= (place.log, place.index)


def _whole(log: str) -> str:
    """Return the name of the log that a shard is of; of a log without shards its own."""
    return "/".join(log.split("/")[:3])
