"""A partner's logs, kept: nothing becomes visible before every check has passed, in this order.

1. limits and form of the frame; 2. the log is one this centre may hold and is not frozen; 3. for the roster log, the
rosters in it under the pinned identity; 4. the checkpoint's form, origin and signature, and that it ends where the
frame ends; 5. the position is exactly the next; 6. the root, recomputed from what is held; 7. every entry's envelope,
message, header and signature; 8. stored, durably; 9. cosigned.

What was seen before is accepted again without effect. Two histories of one log freeze that log, and that log alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import equivocation, frame, merkle, note
from jointwatch.exchange.carrier import Position
from jointwatch.exchange.checkpoint import Checkpoint, Cosigner
from jointwatch.exchange.equivocation import Equivocation, Evidence
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.keyrings import ROSTER, Keyrings, logged_tai_ns, roster_log
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import COMMON, LogId, parse_origin
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roster import cosigner_name
from jointwatch.messages.encoding import Message

ROLLBACK = "no rollback"
ROOT = "RFC 6962 2.1 tree hash"
POSITION = "next position"


class Identity(Protocol):
    """A pinned identity: its key, or what is written down of it."""

    @property
    def fingerprint(self) -> str:
        """The text people compare."""


@dataclass(frozen=True)
class Accepted:
    """What a frame brought: messages at these positions of a partner's log, verified, stored and cosigned."""

    log: LogId
    positions: range
    messages: tuple[Message, ...]


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
        self._evidence = evidence_folder
        self._keys: dict[str, Keyrings] = {}
        self._receipts: dict[LogId, bytes] = {}
        for centre, identity in identities.items():
            self._keys[centre] = Keyrings(centre, store.run, mode, identity.fingerprint)
            self._resume(centre)
        self.frozen = {_log_of(path) for path in sorted(evidence_folder.glob("equivocation-*.json"))}

    # What is known

    def keys(self, centre: str) -> Keyrings:
        """Return the keys of a partner, as far as its rosters were mirrored."""
        if centre not in self._keys:
            raise Refused("pinned partners", f"{centre} is no partner; pinned are {', '.join(sorted(self._keys))}")
        return self._keys[centre]

    def positions(self, partner: str) -> dict[str, Position]:
        """Return how far each of the partner's logs was verified and kept: what to ask its desk with."""
        logs = [log for log in self.store.logs() if log.owner == partner]
        return {str(log): Position(self.store.size(log), self.store.root(log)) for log in logs}

    def receipts(self, partner: str) -> dict[str, bytes]:
        """Return our newest cosigned checkpoints that the partner has not yet taken; after a restart, all of them."""
        return {str(log): body for log, body in self._receipts.items() if log.owner == partner}

    def delivered(self, receipts: Mapping[str, bytes]) -> None:
        """Forget these receipts: the partner has kept them."""
        for name, body in receipts.items():
            log = LogId.parse(name)
            if self._receipts.get(log) == body:
                del self._receipts[log]

    # What comes in

    def accept(self, data: bytes) -> Accepted:
        """Return what an encoded frame brought; raise Refused naming the rule it breaks, Equivocation with evidence."""
        came = frame.decode(data)
        keys, held = self._admitted(came.log), self.store.size(came.log)
        fresh = came.entries[max(0, held - came.start) :]
        if came.log.klass == ROSTER:
            keys = _learned(keys, fresh)
        claimed = self._opened(came.checkpoint, came.log, keys, self._time_under(came, keys))
        self._check_position(came, claimed, held)
        self._check_history(came, claimed, held)
        if came.end <= held:
            return Accepted(came.log, range(held, held), ())
        messages = _messages(came.log, held, fresh, keys)
        body = _owners_note(came.checkpoint, claimed.origin)
        with self.store.together():  # one flush to the disk; the cosignature leaves only after it
            positions = self.store.store_mirrored(Frame(came.log, held, fresh, body))
            receipt = self._cosigned(came.log)
        self._keys[came.log.owner] = keys
        self._receipts |= receipt
        return Accepted(came.log, positions, messages)

    def contradicted(self, name: str, body: bytes) -> None:
        """Always raises: a partner says that the position we verified under its signature is not in its history.

        Equivocation where its signed checkpoint proves it, Refused as a rollback where it shows less than it once did.
        """
        log = LogId.parse(name)
        keys, held = self._admitted(log), self.store.size(log)
        claimed = self._opened(body, log, keys, self._time_under(Frame(log, held, (), b""), keys))
        if claimed.size <= held and self.store.root(log, claimed.size) != claimed.root:
            self._freeze(log, self._evidence_of(log, body, claimed))
        if claimed.size < held:
            raise Refused(
                ROLLBACK, f"{log.owner} shows {claimed.size} entries of {log}; {held} were verified under its signature"
            )
        raise Refused(POSITION, f"{log.owner} denies the position {held} of {log}, but its checkpoint proves nothing")

    # The checks

    def _admitted(self, log: LogId) -> Keyrings:
        keys = self.keys(log.owner)
        if not self._may_hold(log):
            raise Refused("audience", f"{log} is not for {self.store.owner}; it is not kept here")
        if log in self.frozen:
            raise Refused(equivocation.RULE, f"{log} was shown with two histories and is frozen; see {self._evidence}")
        return keys

    def _for_us(self, log: LogId) -> bool:
        return log.audience in (self.store.owner, COMMON)

    def _time_under(self, came: Frame, keys: Keyrings) -> int:
        """Return when the last entry under the checkpoint was logged; for an empty log, the first roster's time."""
        if came.entries:
            return logged_tai_ns(came.entries[-1])
        end = min(came.end, self.store.size(came.log))
        return logged_tai_ns(self.store.entry(came.log, end - 1)) if end else keys.at(0).roster.logged_tai_ns

    def _opened(self, body: bytes, log: LogId, keys: Keyrings, tai_ns: int) -> Checkpoint:
        return keys.open_checkpoint(body, log, tai_ns)

    def _check_position(self, came: Frame, claimed: Checkpoint, held: int) -> None:
        if claimed.size != came.end:
            raise Refused(POSITION, f"a frame of {came.log} ends at {came.end}; its checkpoint covers {claimed.size}")
        if came.start > held:
            raise Refused(
                POSITION, f"{came.log} is held up to {held}; the frame begins at {came.start}, so entries are missing"
            )

    def _check_history(self, came: Frame, claimed: Checkpoint, held: int) -> None:
        """What is held and what came must lead to the signed root; where they do not, find out whose fault it is."""
        if came.end <= held and self.store.root(came.log, came.end) != claimed.root:
            self._freeze(came.log, self._evidence_of(came.log, came.checkpoint, claimed))
        known = self.store.entries(came.log, came.start, min(held, came.end))
        same = list(came.entries[: len(known)]) == known
        edge, _ = self.store.edge(came.log).extend(map(merkle.leaf_hash, came.entries[len(known) :]))
        if same and (came.end <= held or edge.root() == claimed.root):
            return
        if not same and came.end > held:
            self._check_other_history(came, claimed, held)
        raise Refused(ROOT, f"the entries {came.start} to {came.end - 1} of {came.log} do not lead to the signed root")

    def _check_other_history(self, came: Frame, claimed: Checkpoint, held: int) -> None:
        """Raise Equivocation where the frame's other entries do lead to the root that was signed over them."""
        entries = [*self.store.entries(came.log, 0, came.start), *came.entries]
        theirs = merkle.tree_of([merkle.leaf_hash(entry) for entry in entries])
        if merkle.root(theirs, came.end) == claimed.root:
            proof = merkle.consistency_proof(theirs, held, came.end)
            found = (self._held_note(came.log), came.checkpoint, merkle.root(theirs, held), proof)
            self._freeze(came.log, equivocation.evidence(*found))

    # What follows

    def _evidence_of(self, log: LogId, body: bytes, claimed: Checkpoint) -> Evidence:
        """Return the evidence that a signed checkpoint, no larger than what is held, is of another history."""
        root = self.store.root(log, claimed.size)
        proof = self.store.consistency_proof(log, claimed.size, self.store.size(log))
        return equivocation.evidence(body, self._held_note(log), root, proof)

    def _freeze(self, log: LogId, found: Evidence) -> None:
        equivocation.write(found, self._evidence)
        self.frozen.add(log)
        raise Equivocation(log, found)

    def _held_note(self, log: LogId) -> bytes:
        return _owners_note(self.store.checkpoint(log), log.origin(self.store.run))

    def _cosigned(self, log: LogId) -> dict[LogId, bytes]:
        """Return the receipt for all that is held of a log, our cosignature kept beneath it; none without a key."""
        if self._cosign_key is None:
            return {}
        name, body = cosigner_name(self.store.run, self.store.owner), self._held_note(log)
        line = checkpoints.cosign(body, name, self._cosign_key, int(self._now_posix_s()))
        self.store.add_cosignature(log, self.store.size(log), line.line(), Cosigner(name, self._cosign_key.public))
        return {log: self.store.checkpoint(log)}

    def _resume(self, centre: str) -> None:
        """Learn what the store holds of a partner; receipts that a kill or a cut may have kept back go out again."""
        self._keys[centre] = _learned(self._keys[centre], self.store.entries(roster_log(centre)))
        for log in self.store.logs():
            if log.owner == centre and self.store.size(log):
                self._receipts |= self._cosigned(log)


def _learned(keys: Keyrings, rosters: Sequence[bytes]) -> Keyrings:
    for entry in rosters:
        keys = keys.learn(entry)
    return keys


def _messages(log: LogId, start: int, entries: Sequence[bytes], keys: Keyrings) -> tuple[Message, ...]:
    found = []
    for position, entry in enumerate(entries, start):
        try:
            found.append(keys.open_entry(entry, log))
        except Refused as refusal:
            raise Refused(refusal.rule, f"entry {position} of {log}: {refusal.sentence}") from None
    return tuple(found)


def _owners_note(body: bytes, origin: str) -> bytes:
    """Return the note with its owner's signature lines alone: nothing that was not verified is kept."""
    parsed = note.parse(body)
    return replace(parsed, signatures=tuple(s for s in parsed.signatures if s.name == origin)).encode()


def _log_of(path: Path) -> LogId:
    return parse_origin(equivocation.read(path).origin)[1]
