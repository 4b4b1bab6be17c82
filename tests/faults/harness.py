"""What a row of the fault catalogue hands back, and the invariant that is checked after each of them.

A row is a module in `rows/`, named `row_NN_<what>`, with TITLE, REQUIRED (the outcome wanted) and
`run(folder, *, full) -> Outcome`: full asks for the full length, otherwise it is scaled. A row that fails raises
AssertionError with a sentence; one that needs what this machine has not raises CannotRun and says what.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse
from jointwatch.exchange.keyrings import ROSTER, Keyrings, logged_tai_ns, roster_log
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.messages.encoding import hear
from jointwatch.messages.heartbeat import Heartbeat

ROOT = Path(__file__).parents[2]

full_length = False
"""Whether this process runs a row at full length: then it is held to the times that are required."""
ENDS_S = 60.0
"""Within this, whatever ends has ended, also where a thread pauses for seconds: a scaled row asks for no more."""


class CannotRun(Exception):  # noqa: N818 - reads as what happened
    """This machine lacks what the row needs; the sentence says what."""


@dataclass(frozen=True)
class Outcome:
    """How many ids were acknowledged, how many of them are lost or stand twice; seconds from the fault's end until
    the mirror held everything again (None where nothing had to recover); detail: what was seen, in a line.
    """

    acknowledged: int
    lost: int
    duplicated: int
    recovery_s: float | None
    detail: str = ""


@dataclass(frozen=True)
class Tally:
    """What the two records hold of the acknowledged ids."""

    acknowledged: int
    lost: int
    duplicated: int

    def outcome(self, recovery_s: float | None, detail: str = "") -> Outcome:
        """The outcome of a row whose records these are."""
        return Outcome(self.acknowledged, self.lost, self.duplicated, recovery_s, detail)


def row(name: str) -> ModuleType:
    """Return a row, imported; for the process that runs it."""
    return importlib.import_module(f"tests.faults.rows.{name}")


def patience() -> float:
    """Return by how much longer than its limit something may take here, now: 1 on a machine that has time for it.

    More processes want to run than there are processors, and each gets its part; limits are meant for the whole of one.
    """
    return min(max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)), 20.0)


def seconds_until(happened: Callable[[], bool], limit_s: float, wanted: str) -> float:
    """Return how long it took; raise AssertionError naming what was wanted where it takes longer than the limit.

    limit_s: of a row at full length, on a machine that has time; elsewhere only what never ends is told from what does.
    """
    start = time.monotonic()
    while not happened():
        limit = (limit_s if full_length else max(limit_s, ENDS_S)) * patience()
        assert time.monotonic() - start < limit, f"{wanted}: not within {limit:.0f} s"
        time.sleep(0.05)  # to look costs the one who is looked at
    return time.monotonic() - start


def longest_s(waits: Sequence[float]) -> float:
    """Return the longest of some waits; of a scaled row that of the middle, as any one may have met a pause."""
    return max(waits) if full_length else statistics.median(waits)


def tally(
    sender: Store,
    mirror: Store,
    acknowledged: Collection[str],
    *,
    pinned: str,
    mode: str = "exercise",
    held: Mapping[str, int] | None = None,
) -> Tally:
    """Return what both records hold, once the invariant was checked; raise AssertionError where it does not hold.

    The mirror's logs are the sender's to the byte, so order and roots are equal; each root is recomputed here by the
    definition of RFC 6962 and is the one that was signed; every mirrored entry verifies under the roster of the
    identity pinned, and stands under the mirror's own cosignature.
    pinned: fingerprint of the sender's identity. held: sizes of whole logs that the mirror was seen to hold once all
    was said; what a centre in service said of its own accord after that may be missing. Without it, only signs of life.
    """
    rings = keyrings(mirror, sender.owner, pinned=pinned, mode=mode)
    ids: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for log in outbound(sender, mirror.owner):
        entries, kept = sender.entries(log), mirror.entries(log)
        assert kept == entries[: len(kept)], f"{log}: the mirror holds other entries than the sender"
        missing = [entry for entry in entries[len(kept) :] if not _is_sign_of_life(entry)]
        said = f"{log}: the mirror holds {len(kept)} of {len(entries)} entries{_kinds(missing)}"
        assert held is not None or not missing, said
        sizes[str(log.whole)] += len(kept)
        _check_signed(mirror, log, kept, rings)
        _check_signed(sender, log, entries, rings)
        if log.klass != ROSTER:
            ids.update(rings.open_entry(entry, log).id for entry in entries)
    gone = {log: size for log, size in (held or {}).items() if sizes[log] < size}
    assert not gone, f"the mirror no longer holds what it held: {gone}"
    strangers = [log for log in mirror.logs() if log.owner == sender.owner and not sender.size(log)]
    assert not any(mirror.size(log) for log in strangers), f"the mirror holds what the sender never had: {strangers}"
    lost = sum(1 for found in set(acknowledged) if not ids[found])
    twice = sum(1 for count in ids.values() if count > 1)
    assert lost == 0, f"{lost} of {len(acknowledged)} acknowledged ids are in no log of {sender.owner}"
    assert twice == 0, f"{twice} ids stand in the logs of {sender.owner} more than once"
    return Tally(len(set(acknowledged)), lost, twice)


def _kinds(missing: Sequence[bytes]) -> str:
    return "; the last missing is a " + type(hear(dsse.parse(missing[-1]).payload)).__name__ if missing else ""


def _is_sign_of_life(entry: bytes) -> bool:
    return isinstance(hear(dsse.parse(entry).payload), Heartbeat)


def keyrings(store: Store, centre: str, *, pinned: str, mode: str) -> Keyrings:
    """Return a centre's keys as the rosters in this store name them."""
    rings = Keyrings(centre, store.run, mode, pinned)
    for entry in store.entries(roster_log(centre)):
        rings = rings.learn(entry)
    return rings


def outbound(store: Store, reader: str) -> list[LogId]:
    """Return the owner's logs that `reader` may read."""
    return [log for log in store.logs() if log.owner == store.owner and log.audience in (reader, COMMON)]


def _check_signed(store: Store, log: LogId, entries: Sequence[bytes], rings: Keyrings) -> None:
    if entries:
        found = rings.open_checkpoint(store.checkpoint(log), log, logged_tai_ns(entries[-1]))
        assert found.size == len(entries), f"{log}: {len(entries)} entries, a checkpoint over {found.size}"
        assert found.root == root(entries), f"{log} at {store.owner}: the signed root is not that of its entries"
        if log.owner != store.owner:
            cosigned = store.cosigned(log)
            size = checkpoints.unverified(cosigned).size if cosigned else 0
            assert size == len(entries), f"{log}: held up to {len(entries)}, cosigned up to {size}"


def root(entries: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash as RFC 6962, section 2.1 defines it: level by level, an odd one moves up."""
    level = [hashlib.sha256(b"\0" + entry).digest() for entry in entries]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0] if level else hashlib.sha256(b"").digest()
