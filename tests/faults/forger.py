"""What a centre's own keys can sign although it must not: for the rows in which the keyholder is the adversary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import PAYLOAD_TYPE, encode
from jointwatch.messages.incident import Incident
from tests.faults.stations import MODE, RUN, Station


def message(station: Station, log: LogId, number: int, **other: Any) -> Incident:
    """Return something a centre might say."""
    said = {"mode": MODE, "run": RUN, "origin": station.name, "log": str(log.whole), "logged_tai_ns": now_tai_ns()}
    return Incident(**{**said, "id": f"forged-{number}", "about": "faults", "text": "never said", **other})


def entry(station: Station, log: LogId, number: int, by: SigningKey | None = None, **other: Any) -> bytes:
    """Return the same as an entry, signed by the desk or by another key."""
    said = encode(message(station, log, number, **other))
    return dsse.sign(PAYLOAD_TYPE, said, [by or station.keys.desks[-1]]).encode()


def frame(
    station: Station,
    log: LogId,
    entries: Sequence[bytes],
    *,
    before: Sequence[bytes] = (),
    run: str = RUN,
    by: SigningKey | None = None,
) -> Frame:
    """Return a frame of these entries behind those before, under a checkpoint by the log key or by another."""
    leaves = [merkle.leaf_hash(one) for one in (*before, *entries)]
    root = merkle.CompactRange().extend(leaves)[0].root()
    claimed = checkpoints.Checkpoint(log.origin(run), len(leaves), root)
    note = checkpoints.signed(claimed, by or station.keys.log)
    return Frame(log, len(before), tuple(entries), note)
