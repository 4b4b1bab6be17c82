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
from second import strict_ed25519  # noqa: E402

from jointwatch.exchange import checkpoint as checkpoints  # noqa: E402
from jointwatch.exchange import dsse, frame, merkle, proof, roster  # noqa: E402
from jointwatch.exchange.checkpoint import Checkpoint  # noqa: E402
from jointwatch.exchange.keys import SigningKey  # noqa: E402
from jointwatch.exchange.logid import LogId  # noqa: E402
from jointwatch.messages.encoding import PAYLOAD_TYPE, encode, to_json  # noqa: E402
from jointwatch.messages.heartbeat import Heartbeat  # noqa: E402
from jointwatch.messages.incident import Incident  # noqa: E402
from jointwatch.messages.roster import Roster, RosterKey  # noqa: E402

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
    body = checkpoints.signed(Checkpoint(LOG.origin(RUN), 5, merkle.root(NODE, 5)), KEYS["log"])
    return checkpoints.with_signature(body, checkpoints.cosign(body, COSIGNER, KEYS["partner"], COSIGNED_POSIX_S))


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


def refused() -> list[dict[str, Any]]:
    """Each of the good ones above with one thing wrong; what is signed is truly signed, so only the rule refuses it."""
    good, note = MESSAGES[0], checkpoint()
    payload = encode(good)
    shown = proof.LogProof(1, tuple(merkle.inclusion_proof(NODE, 1, 5)), note).encode()
    once = dsse.parse(ENTRIES[0])
    twice = dsse.Envelope(once.payload_type, once.payload, once.signatures * 2)
    framed = frame.encode(frame.Frame(LOG, 0, tuple(ENTRIES), note))
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
        ("note", 6, "a size with a leading zero", note.replace(b"\n5\n", b"\n05\n")),
        ("note", 6, "another size than was signed", note.replace(b"\n5\n", b"\n6\n")),
        ("note", 6, "another run's log", note.replace(RUN.encode(), b"vectors-2")),
        ("note", 6, "a carriage return", note.replace(b"\n5\n", b"\r\n5\n")),
        ("note", 6, "a blank more in a line", note.replace("\u2014 ".encode(), "\u2014  ".encode(), 1)),
        ("note", 6, "no newline at the end", note[:-1]),
        ("note", 6, "the cosignature alone", note[: note.index(b"\xe2")] + note[note.rindex(b"\xe2") :]),
        ("frame", 7, "one byte more", framed + b"\0"),
        ("frame", 7, "one byte less", framed[:-1]),
        ("frame", 7, "an empty entry", frame.encode(frame.Frame(LOG, 0, (), note))[:-1] + b"\1\0\0"),
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
    return {
        "keys": {
            name: {"seed": key.seed().hex(), "public": key.public.data.hex(), "fingerprint": key.public.fingerprint}
            for name, key in KEYS.items()
        },
        "entry": entry(),
        "roster": roster_entry().hex(),
        "log": log(),
        "trees": trees(),
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
