"""Makes exchange.json, the vectors of docs/exchange.md: `python tests/oracles/exchange.py`.

All keys are from published seeds and nothing is random, so that any other byte on the wire shows as a change here.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "exchange")]

import exchange_edges  # noqa: E402 - found by the line above
import exchange_officers  # noqa: E402
from second import strict_ed25519  # noqa: E402

from jointwatch.exchange import checkpoint as checkpoints  # noqa: E402
from jointwatch.exchange import dsse, frame, merkle, proof, roster  # noqa: E402
from jointwatch.exchange.checkpoint import Checkpoint  # noqa: E402
from jointwatch.exchange.keys import SigningKey  # noqa: E402
from jointwatch.exchange.logid import LogId  # noqa: E402
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode, to_json  # noqa: E402
from jointwatch.messages.heartbeat import Heartbeat  # noqa: E402
from jointwatch.messages.incident import Incident  # noqa: E402
from jointwatch.messages.roster import Roster, RosterKey  # noqa: E402
from jointwatch.messages.shard_opening import ShardOpening  # noqa: E402

RUN, START_TAI_NS, COSIGNED_POSIX_S = "vectors-1", 1_242_809_434_000_000_000, 1_242_809_400
KEYS = {name: SigningKey(bytes([k]) * 32) for k, name in enumerate(("identity", "log", "cosign", "desk", "partner"), 1)}
ROSTER, LOG = LogId("moscow", "common", "roster"), LogId("moscow", "common", "notify")
COSIGNER = f"jointwatch/{RUN}/brussels"


def header(log: LogId, number: int) -> dict[str, Any]:
    return {
        "mode": "exercise",
        "run": RUN,
        "origin": "moscow",
        "log": str(log),
        "logged_tai_ns": START_TAI_NS + number * 10**9,
        "id": f"{log.klass}-{number}",
    }


def roster_entry(log: LogId = ROSTER) -> bytes:
    purposes = ("log", "cosign", "desk")
    keys = tuple(
        RosterKey(name=p, purpose=p, public_key=KEYS[p].public.data, valid_from_tai_ns=START_TAI_NS) for p in purposes
    )
    said = Roster(**header(log, 0), number=1, identity=KEYS["identity"].public.data, keys=keys)
    return roster.signed_roster(said, KEYS["identity"], [KEYS[p] for p in purposes])


MESSAGES = [
    Incident(**header(LOG, 0), about="info", text="the first entry, with a sign beyond ASCII: \u00e9"),
    *(Heartbeat(**header(LOG, number), number=10**number) for number in (1, 2, 3, 4)),
]
ENTRIES = [dsse.sign(PAYLOAD_TYPE, encode(said), [KEYS["desk"]]).encode() for said in MESSAGES]
NODE = merkle.tree_of([merkle.leaf_hash(entry) for entry in ENTRIES])


def entry() -> dict[str, Any]:
    payload = encode(MESSAGES[0])
    return {
        "log": str(LOG),
        "json": json.loads(to_json(MESSAGES[0])),
        "payload": payload.hex(),
        "signed": dsse.pae(PAYLOAD_TYPE, payload).hex(),
        "entry": ENTRIES[0].hex(),
        "leaf": merkle.leaf_hash(ENTRIES[0]).hex(),
    }


def checkpoint() -> bytes:
    return cosigned_by_brussels(noted(LOG, ENTRIES))


def log() -> dict[str, Any]:
    proofs = [proof.LogProof(i, tuple(merkle.inclusion_proof(NODE, i, 5)), checkpoint()).encode() for i in range(5)]
    return {
        "origin": LOG.origin(RUN),
        "cosigner": COSIGNER,
        "cosigned_posix_s": COSIGNED_POSIX_S,
        "entries": [one.hex() for one in ENTRIES],
        "checkpoint": checkpoint().hex(),
        "frame": frame.encode(frame.Frame(LOG, 0, tuple(ENTRIES), checkpoint())).hex(),
        "proofs": [one.hex() for one in proofs],
    }


def trees(sizes: int = 10) -> list[dict[str, Any]]:
    node = merkle.tree_of([merkle.leaf_hash(bytes([k])) for k in range(sizes)])
    return [
        {
            "size": n,
            "root": merkle.root(node, n).hex(),
            "inclusion": [[one.hex() for one in merkle.inclusion_proof(node, i, n)] for i in range(n)],
            "consistency": [[one.hex() for one in merkle.consistency_proof(node, m, n)] for m in range(n + 1)],
        }
        for n in range(sizes)
    ]


def shards() -> list[dict[str, Any]]:
    """Two shards of one log, the second closing the first: as it must be, and with one thing wrong."""
    may, june = LOG.of_month("2009-05"), LOG.of_month("2009-06")
    first, later = [opening(0, "2009-05"), heartbeat(1)], 20 * 86_400
    closed = noted(may, first)
    good = {may: first, june: [opening(later, "2009-06", closed, 1), heartbeat(later + 1)]}
    alone = [heartbeat(later), heartbeat(later + 1)]
    again, early = opening(later, "2009-06"), opening(later, "2009-06", noted(may, first[:1]), 0)
    other, cosigned = opening(later, "2009-06", noted(june, first), 1), cosigned_by_brussels(closed)
    wrong = {
        "no opening": good | {june: alone},
        "an opening as second entry": good | {may: [*first, opening(2, "2009-05")]},
        "the second closes nothing": good | {june: [again]},
        "closed before its end": good | {june: [early]},
        "an entry behind the end": good | {may: [*first, heartbeat(2)]},
        "closes itself": good | {june: [other]},
        "another time of the last entry": good | {june: [opening(later, "2009-06", closed, 0)]},
        "a cosignature in what is quoted": good | {june: [opening(later, "2009-06", cosigned, 1)]},
    }
    return [
        {"why": why, "valid": chain is good, "shards": [shown(log, entries) for log, entries in chain.items()]}
        for why, chain in {"as it must be": good, **wrong}.items()
    ]


def opening(after_s: int, month: str, closes: bytes = b"", last_after_s: int | None = None) -> bytes:
    last = None if last_after_s is None else START_TAI_NS + last_after_s * 10**9
    return said_by_desk(ShardOpening(**header(LOG, after_s), shard=month, closes=closes, last_logged_tai_ns=last))


def heartbeat(after_s: int) -> bytes:
    return said_by_desk(Heartbeat(**header(LOG, after_s), number=after_s))


def said_by_desk(message: Message) -> bytes:
    return signed(encode(message))


def noted(log: LogId, entries: list[bytes]) -> bytes:
    tree = merkle.tree_of([merkle.leaf_hash(one) for one in entries])
    return checkpoints.signed(Checkpoint(log.origin(RUN), len(entries), merkle.root(tree, len(entries))), KEYS["log"])


def cosigned_by_brussels(body: bytes) -> bytes:
    return checkpoints.with_signature(body, checkpoints.cosign(body, COSIGNER, KEYS["partner"], COSIGNED_POSIX_S))


def shown(log: LogId, entries: list[bytes]) -> dict[str, Any]:
    return {"name": str(log), "entries": [one.hex() for one in entries], "checkpoint": noted(log, entries).hex()}


def refused() -> list[dict[str, Any]]:
    """Each of the good ones above with one thing wrong; what is signed is truly signed, so only the rule refuses it."""
    good, body = MESSAGES[0], checkpoint()
    payload = encode(good)
    shown = proof.LogProof(1, tuple(merkle.inclusion_proof(NODE, 1, 5)), body).encode()
    once = dsse.parse(ENTRIES[0])
    twice = dsse.Envelope(once.payload_type, once.payload, once.signatures * 2)
    framed = frame.encode(frame.Frame(LOG, 0, tuple(ENTRIES), body))
    made = [
        ("entry", 3, "a stranger's signature", signed(payload, "partner")),
        ("entry", 3, "the log key is not the desk's", signed(payload, "log")),
        ("entry", 3, "a longer form of the integer 1", signed(payload.replace(b"\xa1v\x01", b"\xa1v\xcc\x01"))),
        ("entry", 3, "an unknown field", signed(bytes([payload[0] + 1]) + payload[1:] + b"\xa4more\x01")),
        ("entry", 3, "a field left out", signed(bytes([payload[0] - 1]) + payload[1:].replace(b"\xa1v\x01", b""))),
        ("entry", 3, "another run", signed(payload.replace(RUN.encode(), b"vectors-2"))),
        ("entry", 3, "operational in an exercise", signed(payload.replace(b"\xa8exercise", b"\xaboperational"))),
        ("entry", 3, "another log", signed(payload.replace(b"common/notify", b"common/assess"))),
        ("entry", 3, "a byte behind the envelope", ENTRIES[0] + b"\xc0"),
        ("entry", 3, "a byte missing", ENTRIES[0][:-1]),
        ("entry", 3, "two signatures under one id", twice.encode()),
        ("entry", 4, "a roster outside its log", roster_entry(LOG)),
        ("note", 6, "a size with a leading zero", body.replace(b"\n5\n", b"\n05\n")),
        ("note", 6, "another size than was signed", body.replace(b"\n5\n", b"\n6\n")),
        ("note", 6, "another run's log", body.replace(RUN.encode(), b"vectors-2")),
        ("note", 6, "a carriage return", body.replace(b"\n5\n", b"\r\n5\n")),
        ("note", 6, "a blank more in a line", body.replace("\u2014 ".encode(), "\u2014  ".encode(), 1)),
        ("note", 6, "no newline at the end", body[:-1]),
        ("note", 6, "the cosignature alone", body[: body.index(b"\xe2")] + body[body.rindex(b"\xe2") :]),
        ("frame", 7, "one byte more", framed + b"\0"),
        ("frame", 7, "one byte less", framed[:-1]),
        ("frame", 7, "an empty entry", frame.encode(frame.Frame(LOG, 0, (), body))[:-1] + b"\1\0\0"),
        ("frame", 1, "a log with capitals", framed.replace(b"moscow/common", b"Moscow/common", 1)),
        ("proof", 6, "a plus before the index", shown.replace(b"index 1", b"index +1")),
        ("proof", 5, "another index", shown.replace(b"index 1", b"index 2")),
        ("proof", 5, "an index beyond the log", shown.replace(b"index 1", b"index 5")),
        ("proof", 5, "a hash too few", shown[: shown.index(b"\n", 40)] + shown[shown.index(b"\n\n") :]),
    ]
    return [{"kind": kind, "section": section, "why": why, "data": data.hex()} for kind, section, why, data in made]


def signed(payload: bytes, by: str = "desk") -> bytes:
    return dsse.sign(PAYLOAD_TYPE, payload, [KEYS[by]]).encode()


def vectors() -> dict[str, Any]:
    fields = ("name", "key", "message", "signature", "valid")
    edges = exchange_edges.edges(strict_ed25519)
    officers = exchange_officers.Officers(KEYS, header)
    return {
        "keys": {
            name: {"seed": key.seed().hex(), "public": key.public.data.hex(), "fingerprint": key.public.fingerprint}
            for name, key in officers.keys.items()
        },
        "entry": entry(),
        "roster": roster_entry().hex(),
        "log": log(),
        **officers.shown(),
        "rosters": officers.chains(),
        "places": officers.places(),
        "trees": trees(),
        "shards": shards(),
        "refused": refused(),
        "ed25519": [
            dict(zip(fields, (v.hex() if isinstance(v, bytes) else v for v in one), strict=True)) for one in edges
        ],
    }


def text() -> str:
    """Return the file: one line for each vector."""
    parts = []
    for name, value in vectors().items():
        lines = json.dumps(value) if not isinstance(value, list) else "[\n" + ",\n".join(map(json.dumps, value)) + "\n]"
        parts.append(f"{json.dumps(name)}: {lines}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    (HERE / "exchange.json").write_text(text(), encoding="utf-8")
