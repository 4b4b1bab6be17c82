"""What a frame must pass before anything in it is used, whether it is of a partner's log or of one's own, given back.

1. the rosters in it, where it is of the roster log; 2. the checkpoint's form, origin and signature, and that it ends
where the frame ends; 3. the position is exactly the next; 4. the root, recomputed from what is held; 5. every entry's
envelope, message, header and signature; 6. a shard goes on where the one before it ended. Two histories of one log come
out as Equivocation, with the evidence.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, partial

from jointwatch.exchange import equivocation, merkle, note, shard
from jointwatch.exchange.checkpoint import Checkpoint
from jointwatch.exchange.dsse import Claim
from jointwatch.exchange.equivocation import Equivocation, Evidence
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.keyrings import ROSTER, Keyrings, Unverified, logged_tai_ns
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.proofs import Proofs
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import Heard

ROLLBACK = "no rollback"
ROOT = "RFC 6962 2.1 tree hash"
POSITION = "next position"
_SHARE = 500  # signatures that a processor verifies at a time, some 30 ms: fewer, and waiting for Python costs more


@dataclass(frozen=True)
class Admitted:
    """What passed: the frame cut to what is new, its owner's signature lines alone beneath; the messages in it; the
    owner's keys as they are after it. unverified: position -> why what stands there may be kept but not be used.
    """

    fresh: Frame
    messages: tuple[Heard, ...]
    keys: Keyrings
    unverified: Mapping[int, str] = field(default_factory=dict)

    def usable(self) -> tuple[Heard | None, ...]:
        """Return the messages, with None in place of each that may not be used."""
        numbered = enumerate(self.messages, self.fresh.start)
        return tuple(None if position in self.unverified else message for position, message in numbered)


def admit(came: Frame, kept: Proofs, keys: Keyrings) -> Admitted:
    """Return what is new in a frame beside what is kept of its log; nothing of it was written.

    Raises Refused naming the rule it breaks, Equivocation where its owner signed another history than the one kept.
    """
    held = kept.size(came.log)
    entries = came.entries[max(0, held - came.start) :]
    if came.log.klass == ROSTER:
        keys = learned(keys, entries)
    claimed = keys.open_checkpoint(came.checkpoint, came.log, _time_under(came, kept, keys))
    _check_position(came, claimed, held)
    _check_history(came, claimed, kept)
    if came.end <= held:
        return Admitted(Frame(came.log, held, (), came.checkpoint), (), keys)
    messages, unverified = _messages(came.log, held, entries, keys)
    _check_shard(came.log, messages, kept, keys)
    return Admitted(
        Frame(came.log, held, entries, owners_note(came.checkpoint, claimed.origin)), messages, keys, unverified
    )


def contradicted(log: LogId, body: bytes, kept: Proofs, keys: Keyrings) -> None:
    """Always raises: the owner says that what was verified under its signature is not in its history.

    body: its signed checkpoint. Equivocation where that proves it, Refused as a rollback where it shows less.
    """
    held = kept.size(log)
    claimed = keys.open_checkpoint(body, log, _time_under(Frame(log, held, (), b""), kept, keys))
    if claimed.size <= held and kept.root(log, claimed.size) != claimed.root:
        raise Equivocation(log, _evidence_of(log, body, claimed, kept))
    if claimed.size < held:
        raise Refused(
            ROLLBACK, f"{log.owner} shows {claimed.size} entries of {log}; {held} were verified under its signature"
        )
    raise Refused(POSITION, f"{log.owner} denies the position {held} of {log}, but its checkpoint proves nothing")


def learned(keys: Keyrings, rosters: Sequence[bytes]) -> Keyrings:
    """Return the keys as they are after these rosters."""
    for entry in rosters:
        keys = keys.learn(entry)
    return keys


def owners_note(body: bytes, origin: str) -> bytes:
    """Return the note with its owner's signature lines alone: nothing that was not verified is kept."""
    parsed = note.parse(body)
    return replace(parsed, signatures=tuple(s for s in parsed.signatures if s.name == origin)).encode()


def held_note(kept: Proofs, log: LogId) -> bytes:
    """Return the newest checkpoint that is kept of a log, with its owner's lines alone."""
    return owners_note(kept.checkpoint(log), log.origin(kept.run))


def _time_under(came: Frame, kept: Proofs, keys: Keyrings) -> int:
    """Return when the last entry under the checkpoint was logged; for an empty log, the first roster's time."""
    if came.entries:
        return logged_tai_ns(came.entries[-1])
    end = min(came.end, kept.size(came.log))
    return logged_tai_ns(kept.entry(came.log, end - 1)) if end else keys.at(0).roster.logged_tai_ns


def _check_position(came: Frame, claimed: Checkpoint, held: int) -> None:
    if claimed.size != came.end:
        raise Refused(POSITION, f"a frame of {came.log} ends at {came.end}; its checkpoint covers {claimed.size}")
    if came.start > held:
        raise Refused(
            POSITION, f"{came.log} is held up to {held}; the frame begins at {came.start}, so entries are missing"
        )


def _check_history(came: Frame, claimed: Checkpoint, kept: Proofs) -> None:
    """What is held and what came must lead to the signed root; where they do not, find out whose fault it is."""
    held = kept.size(came.log)
    if came.end <= held and kept.root(came.log, came.end) != claimed.root:
        raise Equivocation(came.log, _evidence_of(came.log, came.checkpoint, claimed, kept))
    known = kept.entries(came.log, came.start, min(held, came.end))
    same = list(came.entries[: len(known)]) == known
    edge, _ = merkle.grown(kept.edge(came.log), came.entries[len(known) :])
    if same and (came.end <= held or edge.root() == claimed.root):
        return
    if not same and came.end > held:
        _check_other_history(came, claimed, kept)
    raise Refused(ROOT, f"the entries {came.start} to {came.end - 1} of {came.log} do not lead to the signed root")


def _check_other_history(came: Frame, claimed: Checkpoint, kept: Proofs) -> None:
    """Raise Equivocation where the frame's other entries do lead to the root that was signed over them."""
    edge, _ = kept.edge_at(came.log, came.start).extend(map(merkle.leaf_hash, came.entries))
    if edge.root() != claimed.root:
        return  # the whole log is read only where there is something to prove: a partner could ask for it for ever
    held, entries = kept.size(came.log), [*kept.entries(came.log, 0, came.start), *came.entries]
    theirs = merkle.tree_of([merkle.leaf_hash(entry) for entry in entries])
    proof = merkle.consistency_proof(theirs, held, came.end)
    found = (held_note(kept, came.log), came.checkpoint, merkle.root(theirs, held), proof)
    raise Equivocation(came.log, equivocation.evidence(*found))


def _check_shard(log: LogId, messages: Sequence[Heard], kept: Proofs, keys: Keyrings) -> None:
    """A shard begins where the one before it was closed, and a closed one does not grow."""
    held = kept.size(log)
    shard.check_places(log, held, messages)
    known = [other for other in kept.logs() if other != log and other.whole == log.whole]
    if any(not other.shard or not log.shard or log < other for other in known):
        what = f"is closed, {max(known)} follows it" if log.shard else "is kept in shards"
        raise Refused(shard.RULE, f"{log} {what}; nothing can be added to it")
    if log.shard and held == 0:
        closed = shard.closed_by(messages[0], log, keys)
        if known:
            _check_continues(max(known), log, closed, kept)


def _check_continues(before: LogId, log: LogId, closed: shard.Closed | None, kept: Proofs) -> None:
    """Raise Refused unless `log` continues the shard that is held, at its end; Equivocation where it proves one."""
    if closed is None or closed.log != before:
        named = "no shard" if closed is None else str(closed.log)
        raise Refused(shard.RULE, f"the opening of {log} closes {named}; {before} is the last one held here")
    claimed, held = closed.checkpoint, kept.size(before)
    if claimed.size > held:
        raise Refused(POSITION, f"{before} is held up to {held} of {claimed.size} entries; {log} comes after it")
    if kept.root(before, claimed.size) != claimed.root:
        raise Equivocation(before, _evidence_of(before, closed.note, claimed, kept))
    if claimed.size == held and logged_tai_ns(kept.entry(before, held - 1)) != closed.last_logged_tai_ns:
        raise Refused(shard.RULE, f"the opening of {log} says another time for the last entry of {before} than it says")
    if claimed.size < held:
        raise Refused(shard.RULE, f"{log} closes {before} at {claimed.size} entries; {held} were signed and are held")


def _evidence_of(log: LogId, body: bytes, claimed: Checkpoint, kept: Proofs) -> Evidence:
    """Return the evidence that a signed checkpoint, no larger than what is held, is of another history."""
    root = kept.root(log, claimed.size)
    proof = kept.consistency_proof(log, claimed.size, kept.size(log))
    return equivocation.evidence(body, held_note(kept, log), root, proof)


def _messages(
    log: LogId, start: int, entries: Sequence[bytes], keys: Keyrings
) -> tuple[tuple[Heard, ...], dict[int, str]]:
    """Return the messages of new entries, once every signature holds, and which of them may not be used, and why.

    libsodium verifies without Python's lock, so the processors share the signatures of a long frame.
    """
    messages, claimed = list[Heard](), list[tuple[int, Claim]]()
    for position, entry in enumerate(entries, start):
        try:
            message, claims = keys.read_entry(entry, log)
        except Refused as refusal:
            raise _named(refusal, log, position) from None
        messages.append(message)
        claimed += [(position, claim) for claim in claims]
    parts = [claimed[at : at + _SHARE] for at in range(0, len(claimed), _SHARE)]
    list((_hands().map if len(parts) > 1 else map)(partial(_check_signatures, log), parts))
    return tuple(messages), _unverified(log, start, entries, keys)


def _check_signatures(log: LogId, claimed: Sequence[tuple[int, Claim]]) -> None:
    for position, claim in claimed:
        try:
            claim.check()
        except Refused as refusal:
            raise _named(refusal, log, position) from None


def _unverified(log: LogId, start: int, entries: Sequence[bytes], keys: Keyrings) -> dict[int, str]:
    """Return which entries a key signed outside of its bounds, each with a sentence."""
    found = {}
    for position, entry in enumerate(entries, start) if keys.bounds else ():
        try:
            keys.check_bounds(entry, log, position)
        except Unverified as refusal:
            found[position] = refusal.sentence
    return found


def _named(refusal: Refused, log: LogId, position: int) -> Refused:
    return Refused(refusal.rule, f"entry {position} of {log}: {refusal.sentence}")


@cache
def _hands() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), "verifying")
