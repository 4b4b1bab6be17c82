"""Release policies in their turn: each follows the last one in the record, or is not written there at all.

A policy out of turn would stay in the record for ever, and whoever verifies it would say that it does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.handed_in import Counter, HandedIn
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.shard import shards_of
from jointwatch.messages.encoding import Message, decode
from jointwatch.messages.release_policy import ReleasePolicy

RULE = "jointwatch release"
_AT_ONCE = 1_024
_MARK = b"release_policy"  # stands in every entry that holds one


def check_turns(store: Counter, entries: Iterable[HandedIn]) -> None:
    """Raise Refused where a policy among entries that are new does not follow the one before it."""
    policies = _fresh(store, entries)
    if not policies:
        return
    last = last_policy(store)
    for one, policy in policies:
        if (policy.number, policy.replaces) != ((1, None) if last is None else (last[0] + 1, last[1])):
            before = "none is in the record yet" if last is None else f"the last one in the record is number {last[0]}"
            raise Refused(RULE, f"policy {policy.number} is not the next: {before}; draft it anew from that one")
        last = policy.number, merkle.leaf_hash(one.entry)


def check_promises(
    store: Counter, entries: Iterable[HandedIn], short: Callable[[ReleasePolicy], Sequence[str]]
) -> None:
    """Raise Refused where a new policy gives less than was promised to others; short: where it does, in sentences."""
    for _, policy in _fresh(store, entries):
        found = short(policy)
        if found:
            raise Refused(RULE, f"{'; '.join(found)}; what was agreed changes by rules that all sign")


def last_policy(store: Counter) -> tuple[int, bytes] | None:
    """Return number and leaf hash of the last release policy in the centre's record; None where it has none."""
    record = LogId(store.owner, store.owner, "record")
    logs = [record] * (record in store.logs()) + shards_of(record, store.logs())
    for log in [log for log in reversed(logs) if not store.archived(log)]:
        for stop in range(store.size(log), 0, -_AT_ONCE):
            for entry in reversed(store.entries(log, max(0, stop - _AT_ONCE), stop)):
                if _MARK in entry and isinstance(found := _message(entry), ReleasePolicy):
                    return found.number, merkle.leaf_hash(entry)
    return None


def _fresh(store: Counter, entries: Iterable[HandedIn]) -> list[tuple[HandedIn, ReleasePolicy]]:
    """Return the policies among entries that are not in the record yet."""
    fresh = [one for one in entries if _MARK in one.entry and not store.knows(one.id)]
    return [(one, found) for one in fresh if isinstance(found := _message(one.entry), ReleasePolicy)]


def _message(entry: bytes) -> Message:
    return decode(dsse.parse(entry).payload)
