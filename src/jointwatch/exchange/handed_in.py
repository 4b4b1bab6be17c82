"""What clients hand in, appended once: whoever hands the same entry in again is told where it stands.

The ids are kept in the transaction that keeps the entries: a retry after a kill or a cut line makes no second one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from jointwatch.exchange import dsse, schema
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import decode
from jointwatch.messages.plot_report import PlotReport

RULE = "one id per origin"


@dataclass(frozen=True)
class HandedIn:
    """An entry for one of the centre's logs, with the id of the message in it; both were checked."""

    log: LogId
    id: str
    entry: bytes


@dataclass(frozen=True)
class Place:
    """Where an entry stands."""

    log: LogId
    index: int


def said_again(before: bytes, now: bytes) -> bool:
    """Return whether two entries are the same plots, which were only signed at different times."""
    old, new = (decode(dsse.parse(entry).payload) for entry in (before, now))
    if not (isinstance(old, PlotReport) and isinstance(new, PlotReport)):
        return False
    return msgspec.structs.replace(old, logged_tai_ns=new.logged_tai_ns) == new


class Counter(Store):
    """A record at which entries can be handed in."""

    def hand_in(self, entries: Sequence[HandedIn]) -> list[Place]:
        """Return the place of each entry, once all of them are on the disk under signed checkpoints.

        An entry whose id stands in the record already keeps its place; with other bytes than those, nothing of the
        batch is written and Refused is raised. The same plots, signed anew by whoever did not hear the answer, are no
        other.
        """
        with self.together():
            return self.hand_in_together(entries)

    def hand_in_together(self, entries: Sequence[HandedIn]) -> list[Place]:
        """Return the same within a block of `together`, at whose end they are on the disk."""
        known = {entry.id: self._place(entry) for entry in entries}
        known |= self._append(one for one in entries if known[one.id] is None)
        return [place for entry in entries if (place := known[entry.id]) is not None]

    def knows(self, id: str) -> bool:
        """Return whether an entry was handed in under this id."""
        with self._lock:
            return schema.handed_in(self._db, id) is not None

    def sign_with(self, log_key: SigningKey) -> None:
        """Sign checkpoints with this key from now on."""
        with self._lock:
            self._key = log_key

    def take_up(self, entries: Sequence[HandedIn], log_key: SigningKey) -> list[Place]:
        """Return the places of entries of the roster log, from which on this key signs the checkpoints.

        The newest checkpoint of every own log is signed anew with it, in the same transaction, and those of smaller
        sizes when they are asked for: what a key that may no longer hold has signed, nobody needs.
        """
        with self._lock:
            before, self._key = self._key, log_key
            try:
                with self.together():
                    places = self.hand_in_together(entries)
                    for log in [log for log in self._ids if log.owner == self.owner]:
                        size = self.size(log)
                        schema.only_checkpoint(self._db, self._ids[log], size, self._signed(log, size, self.root(log)))
            except BaseException:
                self._key = before
                raise
        return places

    def _place(self, one: HandedIn) -> Place | None:
        found = schema.handed_in(self._db, one.id)
        if found is None:
            return None
        names = {number: log for log, number in self._ids.items()}
        place = Place(names[found[0]], found[1])
        if found[2] not in (None, one.entry) and not said_again(found[2], one.entry):
            raise Refused(RULE, f"the id {one.id} stands at entry {place.index} of {place.log} with other bytes")
        return place

    def _append(self, entries: Iterable[HandedIn]) -> dict[str, Place | None]:
        """Return the places of entries that are new, each id once."""
        fresh: dict[str, HandedIn] = {}
        for one in entries:
            if fresh.setdefault(one.id, one).entry != one.entry:
                raise Refused(RULE, f"two entries of the batch have the id {one.id}")
        batch: dict[LogId, list[HandedIn]] = {}
        for one in fresh.values():
            batch.setdefault(one.log, []).append(one)
        written = self.append({log: [one.entry for one in ones] for log, ones in batch.items()})
        places: dict[str, Place | None] = {}
        for (log, positions), ones in zip(written.items(), batch.values(), strict=True):
            places |= {one.id: Place(log, at) for one, at in zip(ones, positions, strict=True)}
        rows = [(id, self._ids[place.log], place.index) for id, place in places.items() if place is not None]
        schema.put_handed_in(self._db, rows)
        return places
