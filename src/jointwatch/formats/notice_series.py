"""Warnings side by side: which ended which, which repeat one another, and from when to when each was in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jointwatch.formats.notice_cancels import WarningId
from jointwatch.formats.notice_files import Warned


@dataclass(frozen=True, slots=True)
class Life:
    """One warning among others: when it ended, by which (None: by itself), for what reason, and what it repeats.

    original: the first of the warnings that say the same of the same areas, each ending the one before.
    """

    warned: Warned
    ended: datetime | None
    ended_by: WarningId | None
    reason: str
    original: WarningId

    def in_force(self, at: datetime) -> bool:
        """Whether it had been issued and had not ended."""
        return self.warned.issued <= at and (self.ended is None or at < self.ended)


def lives(warnings: Sequence[Warned]) -> tuple[Life, ...]:
    """Return the warnings in the order of their issue, each with its end and its original."""
    ordered = sorted(warnings, key=lambda each: (each.issued, each.id.number))
    enders = _enders(ordered)
    originals: dict[WarningId, WarningId] = {}
    by_id = {each.id: each for each in ordered}
    for each in ordered:
        before = next((by_id[other] for other in each.says.cancels.others if _repeats(each, by_id.get(other))), None)
        originals[each.id] = each.id if before is None else originals.get(before.id, before.id)
    return tuple(_life(each, enders.get(each.id), originals[each.id]) for each in ordered)


def _enders(ordered: Sequence[Warned]) -> dict[WarningId, Warned]:
    """Return which warning first ended which."""
    found: dict[WarningId, Warned] = {}
    for each in ordered:
        for other in each.says.cancels.others:
            if other != each.id:
                found.setdefault(other, each)
    return found


def _life(warned: Warned, ender: Warned | None, original: WarningId) -> Life:
    own = warned.issued if warned.says.cancels.at_once else warned.says.cancels.itself
    if ender is not None and ender.issued >= warned.issued and (own is None or ender.issued < own):
        return Life(warned, ender.issued, ender.id, ender.says.cancels.reason, original)
    return Life(warned, own, None, warned.says.cancels.reason, original)


def _repeats(warned: Warned, before: Warned | None) -> bool:
    """Whether a warning says something of an area of an earlier one."""
    if before is None or before.issued > warned.issued:
        return False
    theirs = {area for operation in before.says.operations for area in operation.areas}
    return any(area in theirs for operation in warned.says.operations for area in operation.areas)
