"""What a partner gets to see and may hand in at a centre's desk: by audience, default deny."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import frame, note, shard
from jointwatch.exchange.carrier import MAX_LOGS, MOST_ASKED_BYTES, WIRE_VERSION, Answer, NotForYou, Position
from jointwatch.exchange.checkpoint import COSIGNATURE_RULE
from jointwatch.exchange.keyrings import ROSTER, Keyrings, logged_tai_ns, roster_log
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roster import cosigner_name

FIRST, LAST = (ROSTER, "notify", "assess"), ("plot",)
"""Classes that go before and after all others: keys before what they sign, and nothing waits behind plots."""


MayRead = Callable[[LogId, str], bool]
"""Whether a log of the store is for the one who asks, by name."""


class StoreDesk:
    """The desk of the centre whose store this is. keys: what is known of a partner's keys, such as `Mirror.keys`.

    may_read: who may have which log; where it is not given, partners this centre's own logs by their audience.
    """

    def __init__(self, store: Store, keys: Callable[[str], Keyrings], *, may_read: MayRead | None = None) -> None:
        self.store, self.centre = store, store.owner
        self._keys, self._may_read = keys, may_read or self._for_partner

    def pull(
        self,
        peer: str,
        positions: Mapping[str, Position],
        *,
        max_bytes: int = MOST_ASKED_BYTES,
        without: Collection[str] = (),
    ) -> Answer:
        """Return frames of every log for this peer that moved on; our checkpoint where its position is not in ours.

        Nothing of a log named in `without`; a name that is none of ours changes nothing.
        Where our own keys change meanwhile it begins anew: no frame goes out whose key the rosters beside it lack.
        """
        rosters = roster_log(self.centre)
        while True:
            before = self.store.size(rosters)
            answer = self._pulled(peer, positions, max_bytes, frozenset(without))
            if self.store.size(rosters) == before:
                return answer

    def _pulled(self, peer: str, positions: Mapping[str, Position], max_bytes: int, without: frozenset[str]) -> Answer:
        readable = {self._readable(peer, name): position for name, position in positions.items()}
        asked = {log: position for log, position in readable.items() if str(log.whole) not in without}
        denied = {log: near for log, near in asked.items() if not self.store.consistent(log, near.size, near.root)}
        conflicts = {str(log): self._checkpoint_near(log, position) for log, position in denied.items()}
        logs = [log for log in self._logs_for(peer) if str(log.whole) not in without]
        wanted = [log for log in logs if not _left_behind(log, asked)][:MAX_LOGS]
        starts = {log: asked[log].size if log in asked else 0 for log in wanted if log not in denied}
        behind = {log: start for log, start in starts.items() if start < self.store.size(log)}
        frames, more = self._frames(behind, min(max_bytes, frame.MAX_BYTES - frame.OVERHEAD_BYTES))
        return Answer(WIRE_VERSION, frames, conflicts, more)

    def give_back(self, peer: str, positions: Mapping[str, Position]) -> Answer:
        """Return what is kept here of the peer's own logs after these positions: for one who has lost its record."""
        replicas = StoreDesk(self.store, self._keys, may_read=lambda log, _: log.owner == peer)
        return replicas.pull(peer, positions)

    def cosign(self, peer: str, notes: Mapping[str, bytes]) -> None:
        """Keep the peer's cosignatures once each is verified over our own checkpoint of that size.

        What was archived has its cosignatures; nothing more is looked at.
        """
        with self.store.together():
            for log, body in [(self._readable(peer, name), body) for name, body in notes.items()]:
                if not self.store.archived(log):
                    self._keep_cosignature(peer, log, body)

    def listen(self, heard: Callable[[], None]) -> None:
        """Have `heard` called after each append, in the writer's thread."""
        self.store.listen(lambda _log, _size: heard())

    def acknowledged(self, peer: str) -> dict[str, Position]:
        """Return how far the peer's cosignatures reach in each log that it may read, and that is not archived."""
        name = cosigner_name(self.store.run, peer)
        notes = {log: self.store.cosigned(log, by=name) for log in self._logs_for(peer)}
        held = {log: checkpoints.unverified(body) for log, body in notes.items() if body is not None}
        return {str(log): Position(at.size, at.root) for log, at in held.items()}

    def _readable(self, peer: str, name: str) -> LogId:
        """The log of this name, which need not exist yet: whether it does is no secret from those who may read it."""
        try:
            log = LogId.parse(name)
        except Refused as refusal:
            raise NotForYou(str(refusal)) from None
        if log.internal or not self._may_read(log, peer):
            raise NotForYou(f"{name} is not for {peer}")
        return log

    def _for_partner(self, log: LogId, peer: str) -> bool:
        return log.owner == self.centre and log.audience in (peer, COMMON)

    def _logs_for(self, peer: str) -> list[LogId]:
        logs = (log for log in self.store.logs() if not log.internal and self._may_read(log, peer))
        return sorted((log for log in logs if not self.store.archived(log)), key=urgency)

    def _checkpoint_near(self, log: LogId, position: Position) -> bytes:
        """Our signed note at the size asked for, or at ours if that is smaller: two roots at one size are evidence.

        Of a partner's log the newest: others were kept only where a frame ended; nothing where none is held.
        """
        size = self.store.size(log)
        if log.owner != self.centre and not size:
            return b""
        return self.store.checkpoint(log, min(position.size, size) if log.owner == self.centre else size)

    def _frames(self, behind: dict[LogId, int], room: int) -> tuple[list[bytes], bool]:
        """Return frames with `room` bytes of entries in all, and whether that left something out.

        None but the last log has more than half of the room that is left: one that is refused every time, as it is
        frozen over there, does not keep the others away.
        """
        frames: list[bytes] = []
        unfinished, last = set[LogId](), next(reversed(behind), None)
        for log, start in behind.items():
            if log.whole in unfinished:
                continue  # a shard is of no use before the one it continues
            share = room if log == last else room // 2
            found = self.store.frame(log, start, max_bytes=share + frame.OVERHEAD_BYTES)
            size = sum(map(len, found.entries))
            if frames and size > room:
                unfinished.add(log.whole)
                continue
            frames.append(frame.encode(found))
            room -= size
            if found.end < self.store.size(log):
                unfinished.add(log.whole)
        return frames, bool(unfinished)

    def _keep_cosignature(self, peer: str, log: LogId, body: bytes) -> None:
        parsed = note.parse(body)
        size = checkpoints.parse_text(parsed.text).size
        if not 1 <= size <= self.store.size(log):
            raise Refused(COSIGNATURE_RULE, f"{log} has {self.store.size(log)} entries; the note is over {size}")
        cosigner = self._keys(peer).cosigner(logged_tai_ns(self.store.entry(log, size - 1)), body)
        lines = [line for line in parsed.signatures if (line.name, line.key_id) == (cosigner.name, cosigner.key_id)]
        if not lines:
            raise Refused(COSIGNATURE_RULE, f"the note on {log} has no line by the cosign key of {peer}'s roster")
        self.store.add_cosignature(log, size, lines[0].line(), cosigner)


def _left_behind(log: LogId, asked: Iterable[LogId]) -> bool:
    """Return whether the peer, by the shards it asks for, has all of a shard: it asks for a later one."""
    return bool(log.shard) and any(log < other for other in shard.shards_of(log, asked))


def urgency(log: LogId) -> tuple[int, LogId]:
    """Return what to sort logs by: keys before what they sign, then notices, and nothing behind plots."""
    if log.klass in FIRST:
        return FIRST.index(log.klass) - len(FIRST), log
    return 1 + LAST.index(log.klass) if log.klass in LAST else 0, log
