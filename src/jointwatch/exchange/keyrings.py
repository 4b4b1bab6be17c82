"""One centre's keys as its roster log names them over time, every entry of it opened under the identity of the first.

That log, <centre>/common/roster, holds rosters numbered 1, 2, ..., each in place of the one before; party roots, after
which officers sign in place of the identity key; and bounds of keys. What was logged at a time is judged by the roster
in force then, a checkpoint by the time of the last entry under it; a later roster's key may sign in its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse, note
from jointwatch.exchange.checkpoint import Checkpoint, Cosigner
from jointwatch.exchange.keys import PublicKey, fingerprint
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.party import Party
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roster import RULE, KeyRing, LogVerifier, check_header, decoded, open_roster
from jointwatch.messages.encoding import Heard, MessageRefused, hear
from jointwatch.messages.key_bounds import KeyBounds
from jointwatch.messages.party_root import PartyRoot
from jointwatch.messages.roster import Roster

ROSTER = "roster"
"""The class of the log that holds a centre's rosters, roots and bounds of keys."""
MAX_ROSTERS = 1_024
"""How many entries that log may have: all of them are held ready, and looked through for every entry of other logs."""
S = TypeVar("S")
BOUNDS_RULE = "jointwatch key bounds"


class Unverified(Refused):
    """Raised for an entry that a key signed outside of its bounds: it is kept and mirrored, and never used."""


@lru_cache(maxsize=256)  # compared with the log of every entry
def roster_log(centre: str) -> LogId:
    """Return the log in which a centre publishes its rosters.

    >>> str(roster_log("moscow"))
    'moscow/common/roster'
    """
    return LogId(centre, COMMON, ROSTER)


@dataclass(frozen=True)
class Keyrings:
    """The keys of `centre` in a run and mode. pinned: its identity's fingerprint; None: its first entry's word.

    root: the party root in force. bounds: all that were said of keys. known: digests of the entries learned.
    """

    centre: str
    run: str
    mode: str
    pinned: str | None = None
    rings: tuple[KeyRing, ...] = ()
    root: PartyRoot | None = None
    bounds: tuple[KeyBounds, ...] = ()
    known: frozenset[bytes] = frozenset()

    @property
    def identity(self) -> str:
        """The fingerprint of the identity key under which the roster log began; the pinned one while it is empty."""
        key = self._identity_key()
        return fingerprint(key) if key else self.pinned or "unknown"

    def learn(self, entry: bytes) -> Keyrings:
        """Return these keys with one more entry of the roster log; it must be signed by who may say such a thing."""
        if len(self.known) >= MAX_ROSTERS:
            raise Refused(RULE, f"{roster_log(self.centre)} has {MAX_ROSTERS} entries; no log of rosters has more")
        said = decoded(dsse.parse(entry))
        known = replace(self, known=self.known | {_digest(entry)})
        party = Party(self._identity_key(), self.pinned, self.root)
        if isinstance(said, PartyRoot):
            check_header(said, roster_log(self.centre), run=self.run, mode=self.mode)
            party.check_root(said, dsse.parse(entry))
            return replace(known, root=said)
        if isinstance(said, KeyBounds):
            check_header(said, roster_log(self.centre), run=self.run, mode=self.mode)
            party.check(dsse.parse(entry))
            if self.knows(entry):
                raise Refused(RULE, f"an entry stands twice in {roster_log(self.centre)}")
            return replace(known, bounds=(*self.bounds, said))
        ring = open_roster(entry, run=self.run, mode=self.mode, log=roster_log(self.centre), party=party)
        if ring.roster.number != len(self.rings) + 1:
            raise Refused(
                RULE, f"a roster of {self.centre} has the number {ring.roster.number}; {len(self.rings) + 1} is next"
            )
        return replace(known, rings=(*self.rings, ring))

    def knows(self, entry: bytes) -> bool:
        """Return whether an entry of the roster log was learned."""
        return _digest(entry) in self.known

    def at(self, tai_ns: int) -> KeyRing:
        """Return the keys of the roster in force at a time; of the first one also before it."""
        return self._since(tai_ns)[0]

    def open_entry(self, entry: bytes, log: LogId, index: int | None = None) -> Heard:
        """Return the message in an entry of this centre's `log`, once signature and header are what they must be.

        index: where it stands. Raises Unverified where it holds but for a key that signed it outside of its bounds.
        """
        message, claims = self.read_entry(entry, log)
        for claim in claims:
            claim.check()
        if index is not None:
            self.check_bounds(entry, log, index)
        return message

    def read_entry(self, entry: bytes, log: LogId) -> tuple[Heard, tuple[dsse.Claim, ...]]:
        """Return the message in an entry of this centre's `log`, and the signatures that must yet hold for it."""
        if log == roster_log(self.centre) and self.knows(entry):
            return decoded(dsse.parse(entry)), ()
        ring = self.at(0) if len(self.rings) < 2 else self.at(logged_tai_ns(entry))
        message, claims = ring.read_entry(entry, log)
        if isinstance(message, Roster | PartyRoot | KeyBounds) != (log == roster_log(self.centre)):
            raise Refused(RULE, f"rosters stand in {roster_log(self.centre)}, and nothing else does; this is {log}")
        return message, claims

    def check_bounds(self, entry: bytes, log: LogId, index: int) -> None:
        """Raise Unverified where a key signed the entry at `index` outside of its bounds."""
        if self.bounds:
            self._check_signers(entry, log, index)

    def log_verifiers(self, log: LogId, tai_ns: int, body: bytes = b"") -> tuple[LogVerifier, ...]:
        """Return what verifies the checkpoints of `log`; tai_ns: when the last entry under them was logged.

        body: a checkpoint, signed under the roster of that time or under a later one.
        """
        found = self._candidates(tai_ns, lambda ring, at: ring.log_verifiers(log, at))
        lines = {(line.name, line.key_id) for line in note.parse(body).signatures} if body else set()
        fitting = (one for one in reversed(found) if (one[0].name, one[0].key_id) in lines)
        return next(fitting, found[0])

    def open_checkpoint(self, data: bytes, log: LogId, tai_ns: int) -> Checkpoint:
        """Return the checkpoint of this centre's `log`, with every signature that its roster calls for verified.

        No other line may stand under the log's name; others' lines are not looked at.
        """
        verifiers = self.log_verifiers(log, tai_ns, data)
        parsed = note.parse(data)
        checkpoint = checkpoints.parse_text(parsed.text)
        if checkpoint.origin != log.origin(self.run):
            raise Refused(
                checkpoints.RULE,
                f"the checkpoint is of the log {checkpoint.origin!r}; {log.origin(self.run)!r} was wanted",
            )
        note.verify(parsed, verifiers[:1])
        found = [(line.name, line.key_id) for line in parsed.signatures if line.name == checkpoint.origin]
        wanted = [(verifier.name, verifier.key_id) for verifier in verifiers]
        if found != wanted:
            raise Refused(
                checkpoints.RULE, f"{log} is signed with {len(wanted)} keys by its roster; the lines are of others"
            )
        for verifier in verifiers[1:]:
            note.verify(parsed, [verifier])
        self._check_end(verifiers, log, checkpoint.size)
        return checkpoint

    def log_key(self, tai_ns: int) -> PublicKey:
        """Return the key that signs this centre's checkpoints; tai_ns: when the last entry under them was logged."""
        ring = self.at(tai_ns)
        return ring.key("log", max(tai_ns, ring.roster.logged_tai_ns))

    def cosigner(self, tai_ns: int, body: bytes = b"") -> Cosigner:
        """Return what verifies this centre's cosignatures; tai_ns: when the last entry they cover was logged.

        What is older than this centre's first roster was cosigned under that roster: a partner may join late. body: a
        checkpoint that carries one, by the roster of that time or by a later one.
        """
        found = self._candidates(tai_ns, KeyRing.cosigner)
        if not body:
            return found[0]
        parsed = note.parse(body)
        lines = {(line.name, line.key_id) for line in parsed.signatures}
        cosigner = next((one for one in reversed(found) if (one.name, one.key_id) in lines), found[0])
        checkpoint = checkpoints.parse_text(parsed.text)
        self._check_key(cosigner.public_key.data, checkpoint.origin.split("/", 2)[-1], checkpoint.size)
        return cosigner

    def holds(self, public_key: bytes, log: str, index: int) -> bool:
        """Return whether a key holds at a position of a log, as far as its bounds say."""
        return all(said.hold(log, index) for said in self.bounds if said.public_key == public_key)

    def _since(self, tai_ns: int) -> tuple[KeyRing, ...]:
        """Return the rosters in force at a time and later; all of them before the first."""
        if not self.rings:
            raise Refused(
                RULE, f"no roster of {self.centre} is known; {roster_log(self.centre)} comes before all others"
            )
        past = [k for k, ring in enumerate(self.rings) if ring.roster.logged_tai_ns <= tai_ns]
        return self.rings[past[-1] if past else 0 :]

    def _candidates(self, tai_ns: int, signer: Callable[[KeyRing, int], S]) -> list[S]:
        """Return who may sign beneath what was last logged at a time: by the roster in force, and by each later one."""
        first, *later = self._since(tai_ns)
        found = [signer(first, max(tai_ns, first.roster.logged_tai_ns))]
        for ring in later:
            with suppress(Refused):  # a roster without such a key leaves the others as they are
                found.append(signer(ring, max(tai_ns, ring.roster.logged_tai_ns)))
        return found

    def _identity_key(self) -> bytes | None:
        first = self.rings[0].roster.identity if self.rings else None
        return first or (self.root.identity if self.root else None)

    def _check_signers(self, entry: bytes, log: LogId, index: int) -> None:
        """Raise Unverified where one of the entry's signatures is by a key that does not hold at its place."""
        by = {signature.keyid for signature in dsse.parse(entry).signatures}
        for said in self.bounds:
            if fingerprint(said.public_key) in by and not said.hold(str(log), index):
                why = "was compromised there" if said.compromised else "does not hold there"
                raise Unverified(
                    BOUNDS_RULE, f"the key {fingerprint(said.public_key)}, which signed it, {why}: {said.reason}"
                )

    def _check_end(self, verifiers: tuple[LogVerifier, ...], log: LogId, size: int) -> None:
        for verifier in verifiers:
            key = verifier.public_key
            self._check_key(key if isinstance(key, bytes) else key.data, str(log), size)

    def _check_key(self, public_key: bytes, log: str, size: int) -> None:
        """Raise Refused unless a key holds at the last entry of a log of this size."""
        if self.bounds and not self.holds(public_key, log, max(size - 1, 0)):
            raise Refused(BOUNDS_RULE, f"the key {fingerprint(public_key)} does not hold for {size} entries of {log}")


def logged_tai_ns(entry: bytes) -> int:
    """Return when an entry says it was logged; its signature is not looked at."""
    try:
        return hear(dsse.parse(entry).payload).logged_tai_ns
    except MessageRefused as refusal:
        raise Refused("jointwatch messages v1", str(refusal)) from None


def _digest(entry: bytes) -> bytes:
    return hashlib.sha256(entry).digest()
