"""The start-up guard: a centre that was started says nothing new before its partners told it what it said last.

A backup that was restored, or a flush that the disk had promised and not made, leaves a record that is whole and too
short. Whoever goes on from it signs a second history without knowing. So each own log stays closed until every partner
that may read it was asked what it holds of it. What it holds beyond ours carries our own old signature: it is taken
back, entry by entry through the same checks as a partner's frame, and only then does the log go on. The same way
refills a record that was lost as a whole.

The rule for a partner that does not answer: the logs that it may read stay closed until it does, or until an officer
opens them `without` it; the others go on. Internal logs wait for nobody: no one else holds them, and own sensors are
recorded whatever the partners do. A record whose file is damaged is closed altogether.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from jointwatch.exchange import admission, equivocation, note, shard
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import frame as frames
from jointwatch.exchange.carrier import Answer, LineCut, Position
from jointwatch.exchange.follow import Round
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.keyrings import Keyrings, logged_tai_ns, roster_log
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.mirror import Accepted, Mirror
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roster import cosigner_name
from jointwatch.exchange.salvage import salvage

RULE = "start-up guard"


class Closed(Refused):
    """Raised where an own log may not be appended to yet; what is refused may be handed in again later."""

    def __init__(self, sentence: str) -> None:
        super().__init__(RULE, sentence)


class Keeper(Protocol):
    """The way to a partner that keeps our logs, over whatever carrier."""

    peer: str

    def give_back(self, positions: Mapping[str, Position]) -> Answer:
        """What the partner keeps of our logs after these positions; raises LineCut."""


class Guard:
    """Keeps the own logs of a mirror's centre closed until it is known that they may go on.

    keys: the centre's own, under its own identity; what its record holds of its rosters is learned here. partners:
    all that may read its common logs. aside: a damaged record that this one takes the place of (see `salvage`).
    """

    def __init__(self, mirror: Mirror, keys: Keyrings, partners: Iterable[str], *, aside: Path | None = None) -> None:
        self.store, self._mirror, self._evidence = mirror.store, mirror, mirror.evidence_folder
        self._keys = keys
        self.damage = ""  # what is wrong with the file: nothing is appended to it any more
        self.lost: dict[LogId, str] = {}  # what of the damaged record is not back, and why
        self.frozen = {log for log in equivocation.logs_in(self._evidence) if log.owner == self.store.owner}
        self._unasked, self._left_out, self._aside = set(partners), set[str](), aside
        self._lock = threading.RLock()
        self.store.may_append = self._check
        self._salvage()

    # What is known

    @property
    def keys(self) -> Keyrings:
        """The centre's own keys, as the rosters in its record name them by now.

        Asked for by who holds the record, as it signs a shard's opening: no lock is held here while the record is read.
        """
        known = self._keys
        fresh = self.store.entries(roster_log(self.store.owner), len(known.known))
        if fresh:
            self._keys = known = admission.learned(known, fresh)
        return known

    def waits_for(self, partner: str) -> bool:
        """Return whether this partner has yet to be asked; also one that the logs were opened without."""
        return partner in self._unasked

    def closed(self, log: LogId) -> str:
        """Return why an own log may not be appended to, in a sentence; nothing where it may."""
        if self.damage:
            return f"{self.store.path} is read-only, as it is damaged: {self.damage}"
        if self._is_frozen(log):
            return f"{log} has two histories under our own signature and is frozen; see {self._evidence}"
        silent = sorted((self._readers(log) & self._unasked) - self._left_out)
        if silent:
            who = " and ".join(silent)
            return f"{log} waits until {who} said what is held of it there; bring up the line, or start without {who}"
        return ""

    # What opens and closes

    def without(self, partner: str) -> None:
        """Open the logs that this partner may read although it was not asked: an officer answers for that."""
        self._left_out.add(partner)

    def damaged(self, sentence: str) -> None:
        """Append nothing more to this file."""
        self.damage = sentence

    def ask(self, line: Keeper) -> Round:
        """Return what a partner gave back, after which the logs it may read are open; or why they are not.

        What was taken back is stored also where the line breaks before the end; the next question goes on from there.
        """
        accepted: list[Accepted] = []
        anew: set[str] = set()  # logs asked for from their start, to see where they part
        more = True
        while more:
            positions = self._positions(line.peer, anew)
            try:
                answer = line.give_back(positions)
                came, refusals = self._take_all(answer, line.peer)
            except (LineCut, OSError) as cut:  # the line broke, or the disk has no room
                return Round(tuple(accepted), cut=str(cut))
            accepted += came
            if refusals:
                return Round(tuple(accepted), tuple(refusals))
            parted = {name for name in positions if self._beyond(name, answer.conflicts.get(name, b""))}
            anew |= parted
            more = bool(parted) or (answer.more and bool(came))
        self._salvage()
        self._unasked.discard(line.peer)
        return Round(tuple(accepted))

    def take(self, came: Frame) -> Accepted:
        """Return what a frame of an own log brought back into the record; raise Refused, or Equivocation of our own."""
        log = came.log
        if log.owner != self.store.owner or self._is_frozen(log):
            raise Refused(RULE, f"{log} is not one of this centre's own logs that can be refilled")
        with self._lock:
            with equivocation.kept(self._evidence, self.frozen):
                found = admission.admit(came, self.store, self.keys)
            ids = [message.id for message in found.messages]
            positions = self.store.refill(found.fresh, ids) if ids else range(0)
        return Accepted(log, positions, found.usable(), found.unverified)

    # Within

    def _salvage(self) -> None:
        """Take what now follows in the damaged record; a frozen or foreign log of it stays there."""
        if self._aside is not None:
            self.lost = salvage(self._aside, self.store, self._take_salvaged)

    def _take_salvaged(self, came: Frame) -> object:
        return self.take(came) if came.log.owner == self.store.owner else self._mirror.take(came)

    def _check(self, log: LogId) -> None:
        why = self.closed(log)
        if why:
            raise Closed(why)

    def _is_frozen(self, log: LogId) -> bool:
        return log.whole in {known.whole for known in self.frozen}

    def _readers(self, log: LogId) -> set[str]:
        if log.internal and (self._aside is None or self.store.size(roster_log(log.owner))):
            return set()
        return set(self._unasked) if log.audience == COMMON or log.internal else {log.audience}

    def _positions(self, partner: str, anew: set[str]) -> dict[str, Position]:
        own = shard.newest(log for log in self.store.logs() if log.owner == self.store.owner)
        return {
            str(log): Position(self.store.size(log), self.store.root(log))
            for log in own
            if log.audience in (partner, COMMON) and not log.internal and str(log) not in anew
        }

    def _take_all(self, answer: Answer, partner: str) -> tuple[list[Accepted], list[Refused]]:
        accepted: list[Accepted] = []
        refusals: list[Refused] = []
        for data in answer.frames:
            try:
                accepted += self._given(frames.decode(data), partner)
            except Refused as refusal:
                refusals.append(refusal)
        for name, body in answer.conflicts.items():
            try:
                self._compare(LogId.parse(name), body)
            except Refused as refusal:
                refusals.append(refusal)
        return accepted, refusals

    def _given(self, came: Frame, partner: str) -> list[Accepted]:
        if came.log.audience not in (partner, COMMON) or came.log.internal:
            raise Refused("audience", f"{came.log} is not for {partner}; it cannot give it back")
        if self._is_frozen(came.log):
            return []  # it stays closed, and holds up no other
        found = self.take(came)
        if not found.messages:
            return []
        self._keep_receipt(came, partner)
        return [found]

    def _keep_receipt(self, came: Frame, partner: str) -> None:
        """Keep the partner's cosignature beneath what it gave back, where its keys are known by now."""
        name = cosigner_name(self.store.run, partner)
        lines = [line for line in note.parse(came.checkpoint).signatures if line.name == name]
        try:
            tai_ns = logged_tai_ns(self.store.entry(came.log, came.end - 1))
            cosigner = self._mirror.keys(partner).cosigner(tai_ns, came.checkpoint)
            for line in lines:
                if line.key_id == cosigner.key_id:
                    self.store.add_cosignature(came.log, came.end, line.line(), cosigner)
        except Refused:
            return  # the entries stand on our own signature; the receipt comes again with the partner's next round

    def _compare(self, log: LogId, body: bytes) -> None:
        """Raise Equivocation where the partner's replica and ours are two histories under our own signature."""
        if not body or self._is_frozen(log):
            return  # it holds nothing of this log; or two histories of it are known already
        claimed = checkpoints.unverified(body)
        if claimed.size > self.store.size(log) or self.store.root(log, claimed.size) == claimed.root:
            return  # it is behind, as it may be; or ahead, and is asked for all of it
        with equivocation.kept(self._evidence, self.frozen):
            admission.contradicted(log, body, self.store, self.keys)

    def _beyond(self, name: str, body: bytes) -> bool:
        if not body or self._is_frozen(LogId.parse(name)):
            return False  # of a frozen log nothing is looked at, and nothing was checked
        return checkpoints.unverified(body).size > self.store.size(LogId.parse(name))
