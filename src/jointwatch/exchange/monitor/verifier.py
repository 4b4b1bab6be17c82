"""A verifier that goes on for ever: it remembers how far it verified each log, and looks again and again.

Whoever looks once can be shown an old state, or a history made for him. A monitor notices: each log must go on from
where it was last seen, under its owner's signature. Where it does not, the two signed checkpoints that cannot both hold
are kept as evidence that anyone checks offline.

One round, for each log: 1. its newest checkpoint, no smaller than the one remembered; 2. the entries since: envelope,
signature, header, and the hash of each; 3. the signature on the checkpoint; 4. its root, to which what is remembered
and what is new must lead; 5. cosignatures. What fails is an alarm, and nothing new of that log counts as verified then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import equivocation, merkle, note, source
from jointwatch.exchange.checkpoint import Checkpoint
from jointwatch.exchange.keyrings import ROSTER, Keyrings, roster_log
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.merkle import CompactRange
from jointwatch.exchange.monitor.state import Counts, Known, State, bin_of
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roster import cosigner_name
from jointwatch.exchange.source import Source
from jointwatch.exchange.tiles import WIDTH, DirectoryRefused
from jointwatch.exchange.verify.faults import Faults
from jointwatch.exchange.verify.keys import learn_keys
from jointwatch.exchange.verify.logs import read_log

AHEAD_S = 1.0
"""An origin's clock that is so far ahead of the monitor's is an alarm."""
Tell = Callable[[LogId, str, str], None]
"""Called with a log, the kind and the sentence of what is wrong, the first time that it is."""


class _WrongError(Exception):
    """What is wrong with a log. kind: one word, by which alarms are counted."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


@dataclass
class _New:
    """What a log has beyond what is remembered; nothing of it is believed before its root was signed."""

    edge: CompactRange
    last_tai_ns: int
    counts: Counts = field(default_factory=Counts)
    ahead_s: float = 0.0
    first_refused: str = ""


@dataclass(frozen=True)
class Monitor:
    """What is remembered and how to tell what is wrong. clock: POSIX time in seconds and TAI in ns, as of now.

    trust: centre -> "SHA256:..." of its identity key, as pinned; a centre that is not named is believed as it is first
    seen. evidence: the folder for what proves two histories of one log.
    """

    state: State
    clock: Callable[[], tuple[float, int]]
    trust: Mapping[str, str]
    evidence: Path
    tell: Tell

    def round(self, held: Source, logs: list[LogId]) -> None:
        """Look at every log once."""
        keys = self._keys(held, logs)
        for log in logs:
            counts = Counts(asked=1)
            try:
                counts.add(self._look(held, log, keys))
            except _WrongError as wrong:
                self._alarm(log, wrong.kind, str(wrong))
            except DirectoryRefused as refusal:
                self._alarm(log, "unreadable", refusal.sentence)
            self.state.count(log, self.clock()[0], counts)

    def unreachable(self) -> None:
        """Count a round in which nothing could be asked for."""
        for name, *_ in self.state.logs():
            self.state.count(LogId.parse(name), self.clock()[0], Counts(asked=1))

    def _keys(self, held: Source, logs: list[LogId]) -> dict[str, Keyrings]:
        """Return the centres' keys as their rosters name them today, of those whose identity is the one known."""
        rosters = {}
        for log in logs:
            if log == roster_log(log.owner):
                try:
                    rosters[log] = read_log(held, log)
                except DirectoryRefused:
                    continue  # told when its turn comes
        keys = learn_keys(rosters, Faults())
        for centre, ring in list(keys.items()):
            known = self.trust.get(centre) or self.state.identity(centre, ring.identity)
            if known != ring.identity:
                self._alarm(roster_log(centre), "identity", f"is signed by {ring.identity}; {known} is known")
                del keys[centre]
        return keys

    def _look(self, held: Source, log: LogId, keys: Mapping[str, Keyrings]) -> Counts:
        """Return what was counted in verifying and remembering what is new of one log."""
        known = self.state.known(log)
        self.state.keep(log, known)
        body = held.checkpoint(log)
        claimed = _claimed(body)
        if log.owner not in keys:
            raise _WrongError("unsigned", f"no roster of {log.owner} that may be believed is here")
        owner = keys[log.owner]
        if claimed.size < known.edge.size:
            raise _WrongError("rollback", f"{claimed.size} entries are shown; {known.edge.size} were verified")
        self.state.keep(log, replace(known, promised=claimed.size))
        new = self._read(held, log, owner, known, claimed)
        tai_ns = new.last_tai_ns or owner.at(0).roster.logged_tai_ns
        _check_signature(log, owner, body, tai_ns)
        if new.edge.root() != claimed.root:
            self._other_history(held, log, known, body, claimed)
        if new.first_refused:
            self._alarm(log, "refused", f"{new.counts.refused} entries do not hold; the first: {new.first_refused}")
        if new.ahead_s > AHEAD_S:
            self._alarm(log, "clock", f"entries up to {claimed.size} are dated {new.ahead_s:.0f} s ahead of this clock")
        found = Known(new.edge, body, claimed.size, new.last_tai_ns, max(known.ahead_s, new.ahead_s))
        self.state.keep(log, found, self._cosigned(log, keys, body, tai_ns))
        return new.counts

    def _read(self, held: Source, log: LogId, owner: Keyrings, known: Known, claimed: Checkpoint) -> _New:
        """Return what the entries since the last round come to."""
        new = _New(known.edge, known.last_tai_ns, Counts(answered=1))
        now_tai_ns, since_tai_ns = self._now_and_since_tai_ns()
        for entries in _new_entries(held, log, known.edge.size, claimed.size):
            for index, entry in enumerate(entries, new.edge.size):
                try:
                    message = owner.open_entry(entry, log, index)
                except Refused as refusal:
                    new.counts.refused += 1
                    new.first_refused = new.first_refused or f"entry {index}: {refusal.sentence}"
                    continue
                new.counts.verified += 1
                new.last_tai_ns = message.logged_tai_ns
                late_s = (now_tai_ns - message.logged_tai_ns) / 1e9
                if log.klass != ROSTER:  # a roster says from when it is in force, and may be ahead
                    new.ahead_s = max(new.ahead_s, -late_s)
                if message.logged_tai_ns >= since_tai_ns:
                    new.counts.late[bin_of(late_s)] += 1
            new.edge, _ = new.edge.extend(map(merkle.leaf_hash, entries))
        return new

    def _now_and_since_tai_ns(self) -> tuple[int, int]:
        posix_s, tai_ns = self.clock()
        return tai_ns, tai_ns - int((posix_s - self.state.since_posix_s) * 1e9)

    def _other_history(self, held: Source, log: LogId, known: Known, body: bytes, claimed: Checkpoint) -> NoReturn:
        """Always raises: with evidence where the owner signed a tree that does not go on from the one remembered."""
        if before := self.state.first_alarm(log, "rewritten"):
            raise _WrongError("rewritten", before)
        node, size = source.node(held, log, claimed.size), known.edge.size
        goes_on = not size or merkle.root(node, size) == known.edge.root()
        if not goes_on and merkle.root(node, claimed.size) == claimed.root:
            prefix, proof = merkle.root(node, size), merkle.consistency_proof(node, size, claimed.size)
            path = equivocation.write(equivocation.evidence(known.note, body, prefix, proof), self.evidence)
            raise _WrongError("rewritten", f"two signed histories up to {size} and {claimed.size}; see {path.name}")
        raise _WrongError("unreadable", f"the {claimed.size} entries shown do not lead to the signed root")

    def _cosigned(
        self, log: LogId, keys: Mapping[str, Keyrings], body: bytes, tai_ns: int
    ) -> Iterator[tuple[str, int]]:
        """Return who cosigned, verified, and as of which POSIX time."""
        for name in {line.name for line in note.parse(body).signatures}:
            centre = name.rpartition("/")[2]
            if centre in keys and name == cosigner_name(keys[centre].run, centre):
                try:
                    yield centre, checkpoints.cosigned_at(body, keys[centre].cosigner(tai_ns, body))
                except Refused as refusal:
                    self._alarm(log, "cosignature", refusal.sentence)

    def _alarm(self, log: LogId, kind: str, what: str) -> None:
        if self.state.alarm(log, kind, what, self.clock()[0]):
            self.tell(log, kind, what)


def _claimed(body: bytes) -> Checkpoint:
    try:
        return checkpoints.unverified(body)
    except Refused as refusal:
        raise _WrongError("unsigned", refusal.sentence) from None


def _check_signature(log: LogId, owner: Keyrings, body: bytes, tai_ns: int) -> None:
    try:
        owner.open_checkpoint(body, log, tai_ns)
    except Refused as refusal:
        raise _WrongError("unsigned", refusal.sentence) from None


def _new_entries(held: Source, log: LogId, start: int, size: int) -> Iterator[list[bytes]]:
    """Return the entries from `start` on, a tile's at a time."""
    while start < size:
        stop = min(size, (start // WIDTH + 1) * WIDTH)
        yield source.entries(held, log, start, stop, size)
        start = stop
