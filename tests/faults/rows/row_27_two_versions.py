"""One centre runs a later version: kinds and fields the other does not know stand between what it knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import PAYLOAD_TYPE, decode, encode, hear
from jointwatch.messages.incident import Incident
from jointwatch.messages.not_understood import NotUnderstood
from tests.faults import forger
from tests.faults.harness import Outcome, keyrings
from tests.faults.lying_line import BACK_S
from tests.faults.stations import MODE, Station, Submitter, caught_up_s, pair, record, settled, whole

TITLE = "upgrade N to N + 1: unknown class, kind, field"
REQUIRED = "stored and mirrored byte for byte, marked not understood"
NOTIFY, WEATHER = (LogId("moscow", "common", klass) for klass in ("notify", "weather"))


def run(folder: Path, *, full: bool) -> Outcome:
    said: dict[LogId, list[bytes]] = {NOTIFY: [], WEATHER: []}
    worst = 0.0
    with pair(folder) as (moscow, brussels), Submitter(moscow, str(NOTIFY)) as radar:
        for number in range(10 if full else 2):
            worst = max(worst, upgraded(moscow, brussels, said, number))
        radar.stop()
        found = settled(moscow, brussels, radar.acknowledged)
        for log, entries in said.items():
            check_kept(moscow, brussels, log, entries)
    return found.outcome(
        worst, f"{sum(map(len, said.values()))} entries of a later version kept, none taken as understood"
    )


def upgraded(moscow: Station, brussels: Station, said: dict[LogId, list[bytes]], number: int) -> float:
    """Have Moscow stop, say what only a later version can say, and go on; return how long Brussels was behind."""
    moscow.stop()
    with record(moscow) as own:
        for log, entries in said.items():
            later = [
                later_entry(moscow, log, number, **fields) for fields in ({"v": 2, "more": [1.5]}, {"kind": "gale"})
            ]
            own.append({log: later})
            entries += later
    moscow.start()
    return caught_up_s(brussels, moscow, BACK_S)


def later_entry(moscow: Station, log: LogId, number: int, **fields: Any) -> bytes:
    """Return an entry with fields, or of a kind, that this version does not have, signed by the desk."""
    said = msgspec.msgpack.decode(encode(forger.message(moscow, log, number)))
    about = {"id": f"{log.klass}-{number}-{min(fields)}", "logged_tai_ns": now_tai_ns()}
    payload = msgspec.msgpack.encode(said | about | fields)
    return dsse.sign(PAYLOAD_TYPE, payload, [moscow.keys.desks[-1]]).encode()


def check_kept(moscow: Station, brussels: Station, log: LogId, entries: list[bytes]) -> None:
    """Every one stands in the mirror as it was signed, and comes out of it as not understood; the rest as before."""
    with record(brussels) as kept:
        shards = [one for one in kept.logs() if str(one.whole) == whole(str(log))]
        held = [(shard, entry) for shard in shards for entry in kept.entries(shard)]
        assert [entry for _, entry in held if entry in set(entries)] == entries, f"{log} was not kept byte for byte"
        rings = keyrings(kept, "moscow", pinned=moscow.fingerprint, mode=MODE)
        for shard, entry in held:
            strange = isinstance(rings.open_entry(entry, shard), NotUnderstood)
            assert strange == (entry in set(entries)), f"an entry of {log} is not what it was taken for"
    for entry in entries:
        check_read_by_the_later(dsse.parse(entry).payload)


def check_read_by_the_later(payload: bytes) -> None:
    """What this version keeps unread is what the later one had said: with its new parts taken away, it is known."""
    assert isinstance(hear(payload), NotUnderstood)
    said = msgspec.msgpack.decode(payload)
    said.pop("more", None)
    assert isinstance(decode(msgspec.msgpack.encode(said | {"kind": "incident", "v": 1})), Incident)
