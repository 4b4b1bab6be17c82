"""A partner's logs, kept: nothing becomes visible before every check has passed, in this order.

1. limits and form of the frame; 2. the log is one this centre may hold and is not frozen; 3. for the roster log, the
rosters in it under the pinned identity; 4. the checkpoint's form, origin and signature, and that it ends where the
frame ends; 5. the position is exactly the next; 6. the root, recomputed from what is held; 7. every entry's envelope,
message, header and signature; 8. stored, durably; 9. cosigned.

What was seen before is accepted again without effect. Two histories of one log freeze that log, and that log alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from jointwatch.exchange import admission, equivocation, frame, shard
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange.carrier import MAX_LOGS, Position
from jointwatch.exchange.checkpoint import Cosigner
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.keyrings import Keyrings, roster_log
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roster import cosigner_name
from jointwatch.messages.encoding import Heard


class Identity(Protocol):
    """A pinned identity: its key, or what is written down of it."""

    @property
    def fingerprint(self) -> str:
        """The text people compare."""


@dataclass(frozen=True)
class Accepted:
    """What a frame brought: messages at these positions of a partner's log, verified, stored and cosigned.

    None stands in place of each message that must not be used, and `unverified` says why, by position.
    """

    log: LogId
    positions: range
    messages: tuple[Heard | None, ...]
    unverified: Mapping[int, str] = field(default_factory=dict)


class Mirror:
    """A centre's replicas of its partners' logs, in its own store.

    identities: the partners' pinned identity keys or their fingerprints. cosign_key: None for one who reads and vouches
    for nothing, such as a console. evidence_folder: where two histories of one log are kept as files. may_hold: which
    logs belong here; where it is not given, those for this centre or for all.
    """

    def __init__(
        self,
        store: Store,
        *,
        mode: str,
        identities: Mapping[str, Identity],
        cosign_key: SigningKey | None,
        evidence_folder: Path,
        may_hold: Callable[[LogId], bool] | None = None,
        now_posix_s: Callable[[], float] = time.time,
    ) -> None:
        self.store, self._may_hold = store, may_hold or self._for_us
        self._cosign_key, self._now_posix_s = cosign_key, now_posix_s
        self.evidence_folder = evidence_folder
        self._keys: dict[str, Keyrings] = {}
        self._receipts: dict[LogId, bytes] = {}
        self._dated: dict[LogId, int] = {}
        for centre, identity in identities.items():
            self._keys[centre] = Keyrings(centre, store.run, mode, identity.fingerprint)
            self._resume(centre)
        self.frozen = equivocation.logs_in(evidence_folder)

    # What is known

    def keys(self, centre: str) -> Keyrings:
        """Return the keys of a partner, as far as its rosters were mirrored."""
        if centre not in self._keys:
            raise Refused("pinned partners", f"{centre} is no partner; pinned are {', '.join(sorted(self._keys))}")
        return self._keys[centre]

    def positions(self, partner: str) -> dict[str, Position]:
        """Return how far each of the partner's logs was verified and kept: what to ask its desk with.

        Of a log with shards it is the newest one: those before it are closed and held to their ends.
        """
        logs = shard.newest(log for log in self.store.logs() if log.owner == partner)
        return {str(log): Position(self.store.size(log), self.store.root(log)) for log in logs}

    def without(self, partner: str) -> tuple[str, ...]:
        """Return the partner's logs that were shown with two histories: no more of them is wanted."""
        return tuple(sorted({str(log.whole) for log in self.frozen if log.owner == partner}))

    def receipts(self, partner: str) -> dict[str, bytes]:
        """Return our newest cosigned checkpoints that the partner has not yet taken; after a restart, all of them.

        As many as can be handed in at once.
        """
        waiting = list(self._receipts.items())  # at once: the lines of other partners add to it meanwhile
        found = {str(log): body for log, body in waiting if log.owner == partner}
        return dict(list(found.items())[:MAX_LOGS])

    def delivered(self, receipts: Mapping[str, bytes]) -> None:
        """Forget these receipts: the partner has kept them."""
        for name, body in receipts.items():
            log = LogId.parse(name)
            if self._receipts.get(log) == body:
                del self._receipts[log]

    def refresh(self, partner: str) -> None:
        """Cosign anew, with the time it is now, what is held of the partner's logs: that we are here, with a date.

        Closed shards keep the receipts they have, and so do logs that are frozen or were cosigned this very second.
        """
        frozen, now = {log.whole for log in tuple(self.frozen)}, int(self._now_posix_s())
        logs = [log for log in map(LogId.parse, self.positions(partner)) if log.whole not in frozen]
        stale = [log for log in logs if self.store.size(log) and self._dated.get(log) != now]
        if not stale:
            return
        with self.store.together():
            receipts = [self._cosigned(log) for log in stale]
        for receipt in receipts:
            self._receipts |= receipt

    def cosign_with(self, key: SigningKey) -> None:
        """Cosign with this key from now on, and anew what is held: partners take it once they have our roster."""
        self._cosign_key = key
        for partner in self._keys:
            self.refresh(partner)

    # What comes in

    def accept(self, data: bytes) -> Accepted:
        """Return what an encoded frame brought; raise Refused naming the rule it breaks, Equivocation with evidence."""
        return self.take(frame.decode(data))

    def take(self, came: Frame) -> Accepted:
        """Return what a frame brought, as `accept` does."""
        with equivocation.kept(self.evidence_folder, self.frozen):
            found = admission.admit(came, self.store, self._admitted(came.log))
        if not found.fresh.entries:
            return Accepted(came.log, range(found.fresh.start, found.fresh.start), ())
        with self.store.together():  # one flush to the disk; the cosignature leaves only after it
            positions = self.store.store_mirrored(found.fresh)
            receipt = self._cosigned(came.log)
        self._keys[came.log.owner] = found.keys
        self._receipts |= receipt
        return Accepted(came.log, positions, found.usable(), found.unverified)

    def contradicted(self, name: str, body: bytes) -> None:
        """Always raises: a partner says that the position we verified under its signature is not in its history.

        Equivocation where its signed checkpoint proves it, Refused as a rollback where it shows less than it once did.
        """
        log = LogId.parse(name)
        with equivocation.kept(self.evidence_folder, self.frozen):
            admission.contradicted(log, body, self.store, self._admitted(log))

    def _admitted(self, log: LogId) -> Keyrings:
        keys = self.keys(log.owner)
        if not self._may_hold(log):
            raise Refused("audience", f"{log} is not for {self.store.owner}; it is not kept here")
        if log.whole in {known.whole for known in tuple(self.frozen)}:
            why = f"{log} was shown with two histories and is frozen; see {self.evidence_folder}"
            raise Refused(equivocation.RULE, why)
        if not self.store.size(log):
            self._check_room(log)
        return keys

    def _check_room(self, log: LogId) -> None:
        """Raise Refused where a partner begins more logs than one question can name: names alone could fill a disk."""
        known = {held.whole for held in self.store.logs() if held.owner == log.owner}
        if log.whole not in known and len(known) >= MAX_LOGS:
            raise Refused("at most 256 logs", f"{log.owner} has {len(known)} logs here; {log} is one too many")

    def _for_us(self, log: LogId) -> bool:
        return log.audience in (self.store.owner, COMMON)

    # What follows

    def _cosigned(self, log: LogId) -> dict[LogId, bytes]:
        """Return the receipt for all that is held of a log, our cosignature kept beneath it; none without a key."""
        if self._cosign_key is None:
            return {}
        name, body = cosigner_name(self.store.run, self.store.owner), admission.held_note(self.store, log)
        self._dated[log] = int(self._now_posix_s())
        line = checkpoints.cosign(body, name, self._cosign_key, self._dated[log])
        self.store.add_cosignature(log, self.store.size(log), line.line(), Cosigner(name, self._cosign_key.public))
        return {log: self.store.checkpoint(log)}

    def _resume(self, centre: str) -> None:
        """Learn what the store holds of a partner; receipts that a kill or a cut may have kept back go out again."""
        self._keys[centre] = admission.learned(self._keys[centre], self.store.entries(roster_log(centre)))
        for log in self.store.logs():
            if log.owner == centre and self.store.size(log):
                self._receipts |= self._cosigned(log)
