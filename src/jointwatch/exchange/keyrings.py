"""One centre's keys as its rosters name them over time, every roster opened under the identity of the first.

Rosters are the entries of the log <centre>/common/roster, numbered 1, 2, ...; each replaces the one before. What was
logged at a time is judged by the roster in force then, and a checkpoint by the time of the last entry under it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse, note
from jointwatch.exchange.checkpoint import Checkpoint, Cosigner
from jointwatch.exchange.keys import PublicKey
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roster import RULE, KeyRing, open_roster
from jointwatch.messages.encoding import Message, MessageRefused, decode
from jointwatch.messages.roster import Roster

ROSTER = "roster"
"""The class of the log that holds a centre's rosters."""


def roster_log(centre: str) -> LogId:
    """Return the log in which a centre publishes its rosters.

    >>> str(roster_log("moscow"))
    'moscow/common/roster'
    """
    return LogId(centre, COMMON, ROSTER)


@dataclass(frozen=True)
class Keyrings:
    """The keys of `centre` in a run and mode. pinned: its identity's fingerprint; None: its first roster's word."""

    centre: str
    run: str
    mode: str
    pinned: str | None = None
    rings: tuple[KeyRing, ...] = ()

    @property
    def identity(self) -> str:
        """The fingerprint of the identity key that signed the rosters, or the pinned one while there are none."""
        return self.rings[0].identity.fingerprint if self.rings else self.pinned or "unknown"

    def learn(self, entry: bytes) -> Keyrings:
        """Return these keys with one more roster; it must be the next one and of the same identity."""
        pinned = self.rings[0].identity.fingerprint if self.rings else self.pinned
        ring = open_roster(entry, run=self.run, mode=self.mode, log=roster_log(self.centre), pinned=pinned)
        if ring.roster.number != len(self.rings) + 1:
            raise Refused(
                RULE, f"a roster of {self.centre} has the number {ring.roster.number}; {len(self.rings) + 1} is next"
            )
        return replace(self, rings=(*self.rings, ring))

    def at(self, tai_ns: int) -> KeyRing:
        """Return the keys of the roster in force at a time; of the first one also before it."""
        if not self.rings:
            raise Refused(
                RULE, f"no roster of {self.centre} is known; {roster_log(self.centre)} comes before all others"
            )
        past = [ring for ring in self.rings if ring.roster.logged_tai_ns <= tai_ns]
        return past[-1] if past else self.rings[0]

    def open_entry(self, entry: bytes, log: LogId) -> Message:
        """Return the message in an entry of this centre's `log`, once signature and header are what they must be."""
        ring = self.at(0) if len(self.rings) < 2 else self.at(logged_tai_ns(entry))
        message = ring.open_entry(entry, log)
        if isinstance(message, Roster) != (log == roster_log(self.centre)):
            raise Refused(RULE, f"rosters stand in {roster_log(self.centre)}, and nothing else does; this is {log}")
        return message

    def log_verifiers(self, log: LogId, tai_ns: int) -> tuple[note.Verifier, ...]:
        """Return what verifies the checkpoints of `log`; tai_ns: when the last entry under them was logged."""
        ring = self.at(tai_ns)
        return ring.log_verifiers(log, max(tai_ns, ring.roster.logged_tai_ns))

    def open_checkpoint(self, data: bytes, log: LogId, tai_ns: int) -> Checkpoint:
        """Return the checkpoint of this centre's `log`, with every signature that its roster calls for verified.

        No other line may stand under the log's name; others' lines are not looked at.
        """
        verifiers = self.log_verifiers(log, tai_ns)
        checkpoint = checkpoints.opened(data, log.origin(self.run), self.log_key(tai_ns))
        parsed = note.parse(data)
        found = [(line.name, line.key_id) for line in parsed.signatures if line.name == checkpoint.origin]
        wanted = [(verifier.name, verifier.key_id) for verifier in verifiers]
        if found != wanted:
            raise Refused(
                checkpoints.RULE, f"{log} is signed with {len(wanted)} keys by its roster; the lines are of others"
            )
        for verifier in verifiers[1:]:
            note.verify(parsed, [verifier])
        return checkpoint

    def log_key(self, tai_ns: int) -> PublicKey:
        """Return the key that signs this centre's checkpoints; tai_ns: when the last entry under them was logged."""
        ring = self.at(tai_ns)
        return ring.key("log", max(tai_ns, ring.roster.logged_tai_ns))

    def cosigner(self, tai_ns: int) -> Cosigner:
        """Return what verifies this centre's cosignatures; tai_ns: when the last entry they cover was logged.

        What is older than this centre's first roster was cosigned under that roster: a partner may join late.
        """
        ring = self.at(tai_ns)
        return ring.cosigner(max(tai_ns, ring.roster.logged_tai_ns))


def logged_tai_ns(entry: bytes) -> int:
    """Return when an entry says it was logged; its signature is not looked at."""
    try:
        return decode(dsse.parse(entry).payload).logged_tai_ns
    except MessageRefused as refusal:
        raise Refused("jointwatch messages v1", str(refusal)) from None
