"""What people read of the record: entries of own and partners' logs, newest first, with who signed each."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from pydantic import BaseModel

from jointwatch.centre.api.forms import Pointed
from jointwatch.centre.api.office import Office
from jointwatch.centre.approval import signers
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import Heard, hear, kind_of

MOST = 100
DEPTH = 400  # entries of each log that are looked through for the kinds wanted
BULK = frozenset(
    {"plot_report", "tracklet", "local_track", "heartbeat", "receipt", "release", "shard_opening", "manifest"}
)
"""Kinds that machines say by the thousand; shown where they are asked for."""


class Shown(BaseModel):
    """An entry as people read it. by: the names of the keys beneath it; text: what it says, in a line."""

    log: str
    index: int
    time_utc: str
    kind: str
    origin: str
    id: str
    by: list[str]
    text: str


class Whole(Shown):
    """An entry with all that is in it. message: its fields as JSON, bytes in base64; leaf_hash: in hexadecimal."""

    message: str
    leaf_hash: str


def entries(office: Office, *, log: str | None = None, kind: str | None = None, limit: int = MOST) -> list[Shown]:
    """Return the newest entries, newest first: of one log or all, of one kind or all that people say."""
    found: list[Shown] = []
    for name in office.store.logs():
        if not office.store.archived(name) and log in (None, str(name), str(name.whole)):
            found += _newest(office, name, kind, limit, bulk=log is not None)
    found.sort(key=lambda entry: entry.time_utc, reverse=True)
    return found[:limit]


def whole(office: Office, at: Pointed) -> Whole:
    """Return one entry with all that is in it; ValueError where there is none."""
    entry = office.look.entry(at)
    message = hear(dsse.parse(entry).payload)
    body = msgspec.json.format(msgspec.json.encode(message), indent=1).decode()
    shown = _shown(office, LogId.parse(at.log), at.index, entry, message)
    return Whole(**shown.model_dump(), message=body, leaf_hash=merkle.leaf_hash(entry).hex())


def _newest(office: Office, log: LogId, kind: str | None, limit: int, *, bulk: bool) -> Iterator[Shown]:
    end = office.store.size(log)
    start = max(0, end - DEPTH)
    for index, entry in reversed(list(enumerate(office.store.entries(log, start, end), start))):
        message = hear(dsse.parse(entry).payload)
        said = kind_of(message)
        if said == kind or (kind is None and (bulk or said not in BULK)):
            yield _shown(office, log, index, entry, message)
            limit -= 1
            if not limit:
                return


def _shown(office: Office, log: LogId, index: int, entry: bytes, message: Heard) -> Shown:
    return Shown(
        log=str(log),
        index=index,
        time_utc=utc_from_tai_ns(message.logged_tai_ns, digits=3),
        kind=kind_of(message),
        origin=message.origin,
        id=message.id,
        by=_by(office, log, entry),
        text=office.in_words(message),
    )


def _by(office: Office, log: LogId, entry: bytes) -> list[str]:
    try:
        return sorted(signers(entry, office.keys_of(log.owner)))
    except Refused:
        return []
