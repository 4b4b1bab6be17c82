"""The record as the report shows it: heads of the logs, public keys, and the statement with its signatures checked."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from jointwatch.display import report_data as rd
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse, tiles
from jointwatch.exchange.keyrings import Keyrings, logged_tai_ns, roster_log
from jointwatch.exchange.keys import PublicKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.run_directory import LOGS, MANIFEST
from jointwatch.messages.encoding import decode
from jointwatch.messages.statement import Statement

PURPOSE = {
    "log": "checkpoints of its logs",
    "cosign": "cosignatures under its partner's checkpoints",
    "desk": "its messages and the statement",
}


@dataclass(frozen=True)
class Recorded:
    """The checkpoint note and last entry of each log of a run directory, and each centre's keys by its rosters."""

    notes: Mapping[LogId, bytes]
    logged_tai_ns: Mapping[LogId, int]  # of the last entry
    keys: Mapping[str, Keyrings]


def read_record(directory: Path, *, run: str, mode: str) -> Recorded:
    """Return the heads of the logs in a run directory; raises exchange.Refused, naming the file, for altered tiles."""
    notes, last, keys = {}, {}, {}
    for found in sorted((directory / LOGS).glob(f"*/*/*/{tiles.CHECKPOINT}")):
        log = LogId(*found.relative_to(directory / LOGS).parts[:3])
        entries, notes[log] = tiles.read_log_directory(found.parent)
        last[log] = logged_tai_ns(entries[-1]) if entries else 0
        if log == roster_log(log.owner):
            keys[log.owner] = reduce(Keyrings.learn, entries, Keyrings(log.owner, run, mode))
    return Recorded(notes, last, keys)


def log_heads(record: Recorded) -> tuple[rd.LogHead, ...]:
    """Return the head of each log and who verified and cosigned it; the manifest, which lists the report, is later."""
    heads = []
    for log, note in record.notes.items():
        if log.klass == MANIFEST:
            continue
        head = checkpoints.unverified(note)
        by = [centre for centre in sorted(record.keys) if _cosigned(record, log, centre)]
        heads.append(rd.LogHead(str(log), head.size, head.root.hex(), by[0] if by else "", head.size if by else 0))
    return tuple(heads)


def _cosigned(record: Recorded, log: LogId, centre: str) -> bool:
    """Whether another centre's cosignature stands, verified, beneath a log's checkpoint."""
    if centre == log.owner:
        return False
    try:
        body = record.notes[log]
        checkpoints.cosigned_at(body, record.keys[centre].cosigner(record.logged_tai_ns[log], body))
    except Refused:
        return False
    return True


def public_keys(record: Recorded) -> tuple[rd.Key, ...]:
    """Return the fingerprint of every public key that signed in the run, by centre."""
    found = []
    for centre, keys in sorted(record.keys.items()):
        found.append(rd.Key(centre, "its roster of keys (identity)", keys.identity))
        for key in keys.at(0).roster.keys:
            words = PURPOSE.get(key.purpose) or _sensor(key.purpose)
            if words:
                found.append(rd.Key(centre, words, PublicKey(key.public_key).fingerprint))
    return tuple(found)


def statement(data: bytes, record: Recorded) -> rd.JointStatement | None:
    """Return the joint statement in words with each signature checked against the rosters; None where none was made."""
    if not data:
        return None
    envelope = dsse.parse_json(data)
    said = decode(envelope.payload)
    if not isinstance(said, Statement):
        raise ValueError(f"the joint statement holds a {type(said).__name__}; a statement was wanted")
    differing = [item.text for each in said.objects for item in each.concordance if not item.agree]
    return rd.JointStatement(
        time_utc=utc_from_tai_ns(said.logged_tai_ns),
        agreed=said.agree,
        text=tuple(line for line in said.sentences if not any(text in line for text in differing)),
        disagreements=tuple(differing),
        payload_sha256=hashlib.sha256(envelope.payload).hexdigest(),
        signatures=tuple(_signature(envelope, each, said, record) for each in envelope.signatures),
    )


def _signature(envelope: dsse.Envelope, each: dsse.Signature, said: Statement, record: Recorded) -> rd.Signature:
    """Return one signature, valid only where a desk key of a centre that makes the statement made it."""
    alone = dsse.Envelope(envelope.payload_type, envelope.payload, (each,))
    text = base64.b64encode(each.sig).decode()
    for centre in said.centres:
        keys = record.keys[centre].at(0).keys("desk", said.logged_tai_ns) if centre in record.keys else ()
        if each.keyid not in {key.fingerprint for key in keys}:
            continue
        try:
            dsse.verify(alone, keys)
        except Refused:
            return rd.Signature(centre, each.keyid, text, False)
        return rd.Signature(centre, each.keyid, text, True)
    return rd.Signature("unknown", each.keyid, text, False)


def _sensor(purpose: str) -> str:
    kind, _, name = purpose.partition(":")
    return f"plots of {name}" if kind == "sensor" else ""
