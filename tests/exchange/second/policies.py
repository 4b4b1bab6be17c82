"""Section 11: the release policies of a centre, each in place of the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import trees
from .shards import whole
from .wrong import need

if TYPE_CHECKING:
    from .directories import Log


def check(logs: Mapping[str, Log], said: Mapping[str, Sequence[Any]]) -> None:
    """Every policy the next of its owner's, replacing the entry of the one before."""
    for record in sorted({whole(name) for name in logs}):
        names = [name for name in sorted(logs) if whole(name) == record]
        stand = [(one, entry) for name in names for one, entry in zip(said[name], logs[name].entries, strict=True)]
        policies = [(one, trees.leaf(entry)) for one, entry in stand if one["kind"] == "release_policy"]
        for at, (policy, _) in enumerate(policies):
            if at == 0:
                need(policy["number"] == 1 or _goes_on(said[names[0]]), 11, f"{record} has no first policy")
                continue
            before, leaf = policies[at - 1]
            need(policy["number"] == before["number"] + 1, 11, f"the policies of {record} are not numbered 1, 2, 3 ...")
            need(policy["replaces"] == leaf, 11, f"a policy of {record} replaces another entry than the one before")


def _goes_on(messages: Sequence[Any]) -> bool:
    """Whether a log begins with a shard that closes another, which is not here."""
    return bool(messages) and messages[0]["kind"] == "shard_opening" and bool(messages[0]["closes"])
