"""Approval by two: what one person alone cannot set going, such as an alert that is not an exercise.

Each of two watch officers approves the SHA-256 of what is to go out. Who approved it follows from the log of acts
alone: an act counts where the key that signed it is the one that the roster names for its person and role.
"""

from __future__ import annotations

from jointwatch.centre.saying import ACTS
from jointwatch.centre.submission import ACT_BEHIND_NS, AHEAD_NS
from jointwatch.exchange import dsse
from jointwatch.exchange.keyrings import Keyrings, Unverified
from jointwatch.exchange.keys import fingerprint
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.record import Record
from jointwatch.messages.act import Act
from jointwatch.messages.encoding import hear

APPROVED = "approve"
OFFICER = "watch-officer"
ENOUGH = 2
MAX_AGE_NS = 3_600 * 1_000_000_000
"""An approval holds for an hour: whoever gave it is then no longer sure to be on watch."""


def officers(record: Record, own: Keyrings, subject: bytes, *, now_tai_ns: int) -> frozenset[str]:
    """Return the watch officers of a centre who had approved a SHA-256 in the hour before a time, by the log of acts.

    now_tai_ns: the time; what was approved after it does not count.
    """
    found = set()
    for log in (log for log in record.logs() if log.whole == LogId(own.centre, own.centre, ACTS)):
        for index in reversed(range(record.size(log))):
            entry = record.entry(log, index)
            act = hear(dsse.parse(entry).payload)
            age_ns = now_tai_ns - act.logged_tai_ns
            if age_ns > MAX_AGE_NS + ACT_BEHIND_NS + AHEAD_NS:
                break  # all before it are too old: a clock that was set back only makes an approval end earlier
            before = 0 <= age_ns <= MAX_AGE_NS
            if before and isinstance(act, Act) and act.subject == subject and _approves(act, entry, log, index, own):
                found.add(act.person)
    return frozenset(found)


def _approves(act: Act, entry: bytes, log: LogId, index: int, own: Keyrings) -> bool:
    """Return whether an act is an approval by the person whom it names, whose key still holds there."""
    if (act.act, act.role) != (APPROVED, OFFICER) or f"{OFFICER}:{act.person}" not in signers(entry, own):
        return False
    try:
        own.check_bounds(entry, log, index)
    except Unverified:
        return False
    return True


def signers(entry: bytes, own: Keyrings) -> frozenset[str]:
    """Return the names that the roster in force has for the keys beneath an entry; the signatures were verified."""
    envelope = dsse.parse(entry)
    message = hear(envelope.payload)
    if not own.rings:
        return frozenset()
    names = {fingerprint(key.public_key): key.name for key in own.at(message.logged_tai_ns).roster.keys}
    return frozenset(names[one.keyid] for one in envelope.signatures if one.keyid in names)
