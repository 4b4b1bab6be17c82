"""A client whose credential was stolen: turned away from now on, and where its key ended in what stands already.

Turning away is one line of the deny list, and one person's act. That what stands already be marked is a change of keys,
which two of the centre's officers sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jointwatch.centre.configuration import ConfigurationError, Place
from jointwatch.centre.founding import Client
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.exchange import checkpoint, dsse, source, whole_file
from jointwatch.exchange.database import Database
from jointwatch.exchange.keyrings import Keyrings, logged_tai_ns
from jointwatch.exchange.keys import fingerprint
from jointwatch.exchange.logid import LogId

STEP = 4_096


@dataclass(frozen=True)
class Signed:
    """What a key has signed in one log since a time: where it begins, and how many entries it is."""

    log: LogId
    first: int
    count: int


def turn_away(place: Place, client: Client, now_tai_ns: int) -> None:
    """Put every certificate that a client has by now on the deny list."""
    before = place.denied.read_text() if place.denied.exists() else ""
    line = f"{client.name}@{utc_from_tai_ns(now_tai_ns)} revoked: {client}\n"
    whole_file.write(place.denied, (before + line).encode(), mode=0o600)


def key_of(own: Keyrings, client: Client) -> str:
    """Return the fingerprint of the key of a client; raises ConfigurationError where the rosters name none."""
    named = {key.name: fingerprint(key.public_key) for ring in own.rings for key in ring.roster.keys}
    if str(client) not in named:
        raise ConfigurationError(f"the roster names no key {str(client)!r}; it names {', '.join(sorted(named))}")
    return named[str(client)]


def signed_since(record: Path, centre: str, keyid: str, since_tai_ns: int) -> list[Signed]:
    """Return what a key has signed since a time, by the clock of the entries, in each of the centre's own logs."""
    read = Database(record)
    found = [_signed(read, log, keyid, since_tai_ns) for log in read.logs() if log.owner == centre]
    return [one for one in found if one is not None]


def _signed(record: Database, log: LogId, keyid: str, since_tai_ns: int) -> Signed | None:
    size, at = checkpoint.unverified(record.checkpoint(log)).size, list[int]()
    for start in range(0, size, STEP):
        entries = source.entries(record, log, start, min(size, start + STEP), size)
        for index, entry in enumerate(entries, start):
            by = {signature.keyid for signature in dsse.parse(entry).signatures}
            if keyid in by and logged_tai_ns(entry) >= since_tai_ns:
                at.append(index)
    return Signed(log, at[0], len(at)) if at else None
