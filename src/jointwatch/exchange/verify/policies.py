"""A centre's release policies: a chain from the first on, each naming the entry it replaces.

Who signed each of them was checked with the entry; here it is that none was left out or put in between.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from jointwatch.exchange.logid import LogId
from jointwatch.exchange.verify.faults import Faults
from jointwatch.exchange.verify.logs import ReadLog
from jointwatch.messages.release_policy import ReleasePolicy


def check_policies(logs: Iterable[ReadLog], later: Container[LogId], faults: Faults) -> None:
    """Record every policy that is not the next of its owner's, or that replaces another entry than the one before.

    later: the whole logs whose first shards are not here; of these the first policy that is here begins the chain.
    """
    before: dict[str, tuple[ReleasePolicy, bytes]] = {}
    for read in logs:  # in order of their names, so that the shards of a log come in order of their months
        for index, leaf, policy in read.policies:
            last = before.get(policy.origin)
            why = "" if last is None and read.log.whole in later else _broken(policy, last)
            if why:
                faults.add(read.entry_file(index), f"entry {index}: {why}")
            before[policy.origin] = policy, leaf


def _broken(policy: ReleasePolicy, before: tuple[ReleasePolicy, bytes] | None) -> str:
    """Return why a policy does not follow the one before; empty where it does."""
    wanted = before[0].number + 1 if before else 1
    if policy.number != wanted:
        return f"release policy {policy.number} stands where number {wanted} belongs"
    if before and policy.replaces != before[1]:
        return f"release policy {policy.number} replaces another entry than policy {before[0].number}"
    return ""
