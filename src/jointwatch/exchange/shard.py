"""Shards: a log that goes on for years is one tree a month, each closed by a checkpoint that the next one quotes.

A shard begins with a `shard_opening`, signed by the desk, logged in the shard's month, and holds no other. What the
opening quotes is the last checkpoint of the shard before: nothing is added to that one any more. Entries name the whole
log in their headers and stand in the shard that was open when they were logged, whatever their own times say: order is
the position, never time. Rosters, manifests and accords have no shards, and neither have the logs of an exercise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import note
from jointwatch.exchange.checkpoint import Checkpoint
from jointwatch.exchange.keyrings import ROSTER, Keyrings
from jointwatch.exchange.logid import LogId, parse_origin
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.run_directory import MANIFEST
from jointwatch.messages.accord import ACCORD
from jointwatch.messages.encoding import Heard, Message
from jointwatch.messages.quantities import Mode
from jointwatch.messages.shard_opening import ShardOpening, month_of

RULE = "jointwatch shards"
UNSHARDED = (ROSTER, MANIFEST, ACCORD)
"""The classes of logs that are read whole, always."""
OPENING = "opening-"
"""What the ids of openings begin with, and no other id: the centre must always be able to begin a month."""


@dataclass(frozen=True)
class Monthly:
    """How a centre keeps its logs in shards. signed: the message as an entry under the centre's desk key."""

    mode: Mode
    now_tai_ns: Callable[[], int]
    signed: Callable[[Message], bytes]

    def shard(self, log: LogId, newest: LogId | None) -> LogId:
        """Return where in the whole log `log` an entry goes now. newest: its last shard so far.

        A clock that was set back does not lead back to a shard that is closed.
        """
        if log.klass in UNSHARDED:
            return log
        now = log.of_month(month_of(self.now_tai_ns()))
        return now if newest is None or newest < now else newest

    def opening(self, shard: LogId, run: str, closed: Closed | None) -> bytes:
        """Return the entry with which a shard begins. closed: how the shard before ended, where there is one."""
        said = ShardOpening(
            mode=self.mode,
            run=run,
            origin=shard.owner,
            log=str(shard.whole),
            logged_tai_ns=self.now_tai_ns(),
            id=_id(shard),
            shard=shard.shard,
            closes=closed.note if closed else b"",
            last_logged_tai_ns=closed.last_logged_tai_ns if closed else None,
        )
        return self.signed(said)


@dataclass(frozen=True)
class Closed:
    """How a shard ended: its last checkpoint as its owner signed it, and when its last entry was logged."""

    note: bytes
    last_logged_tai_ns: int

    @property
    def log(self) -> LogId:
        """The shard."""
        return parse_origin(self.checkpoint.origin)[1]

    @property
    def checkpoint(self) -> Checkpoint:
        """Its size and root; the signature is not looked at."""
        return checkpoints.unverified(self.note)


def shards_of(whole: LogId, logs: Iterable[LogId]) -> list[LogId]:
    """Return which of the logs are shards of the log `whole`, oldest first."""
    name = (whole.owner, whole.audience, whole.klass)
    return sorted(log for log in logs if log.shard and (log.owner, log.audience, log.klass) == name)


def newest_of(whole: LogId, logs: Iterable[LogId]) -> LogId | None:
    """Return the newest shard of the log `whole` among these logs; None where it has none."""
    return max(shards_of(whole, logs), default=None)


def newest(logs: Iterable[LogId]) -> list[LogId]:
    """Return each log as it stands today: without its shards but the newest, in order of their names.

    >>> plot = LogId("moscow", "brussels", "plot")
    >>> [str(log) for log in newest([plot.of_month("2026-11"), plot.of_month("2026-10"), LogId("a", "b", "c")])]
    ['a/b/c', 'moscow/brussels/plot/2026-11']
    """
    return sorted({log.whole: log for log in sorted(logs)}.values())


def check_places(log: LogId, start: int, messages: Sequence[Heard]) -> None:
    """Raise Refused unless an opening is the first entry of a shard, the shard's own, and stands nowhere else.

    start: the position of the first of the messages.
    """
    if log.shard and log.klass in UNSHARDED:
        raise Refused(RULE, f"a log of the class {log.klass} is read whole and has no shards, such as {log}")
    for position, message in enumerate(messages, start):
        opens = isinstance(message, ShardOpening)
        if opens != (position == 0 and log.shard != ""):
            what = "a shard begins with its opening" if not opens else "an opening is the first entry of a shard"
            raise Refused(RULE, f"{what}; entry {position} of {log} is {'one' if opens else 'none'}")
        if isinstance(message, ShardOpening) and message.shard != log.shard:
            raise Refused(RULE, f"{log} begins with the opening of the shard of {message.shard}")


def closed_by(opening: Heard, log: LogId, keys: Keyrings) -> Closed | None:
    """Return how the shard before `log` ended, as its opening says under the owner's signature; None: it is the first.

    It is an earlier shard of the same log, and the note carries the owner's signatures alone.
    """
    if not isinstance(opening, ShardOpening):
        raise Refused(RULE, f"{log} does not begin with an opening")
    if opening.last_logged_tai_ns is None:
        return None
    closed = Closed(opening.closes, opening.last_logged_tai_ns)
    before = closed.log
    if before.whole != log.whole or not "" < before.shard < log.shard or not closed.checkpoint.size:
        raise Refused(RULE, f"the opening of {log} closes {before}, which is no earlier shard of that log")
    keys.open_checkpoint(closed.note, before, closed.last_logged_tai_ns)
    if len(note.parse(closed.note).signatures) != len(
        keys.log_verifiers(before, closed.last_logged_tai_ns, closed.note)
    ):
        raise Refused(RULE, f"the opening of {log} quotes a checkpoint with lines of others than {log.owner}")
    return closed


def _id(shard: LogId) -> str:
    """Return an id that only this shard's opening has, within the length of an id whatever the log's name."""
    return f"{OPENING}{shard.shard}-{hashlib.sha256(str(shard.whole).encode()).hexdigest()[:16]}"
