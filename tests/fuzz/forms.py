"""The forms of docs/exchange.md, read by both verifiers: one verdict, one value, and one way to write it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse, equivocation, export_label, frame, note, proof, site, tiles
from jointwatch.exchange.checkpoint import Cosigner
from jointwatch.exchange.keys import PublicKey, SigningKey
from jointwatch.exchange.logid import LogId, parse_origin
from jointwatch.messages.encoding import PAYLOAD_TYPE, decode, encode, from_json, hear, kind_of, to_json
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.not_understood import NotUnderstood
from tests.exchange.second import directories, messagepack, messages, notes
from tests.fuzz.target import Target, agreed, value_of

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "oracles" / "exchange.json").read_text(encoding="utf-8")
)
LATER = "later"
ORIGIN, COSIGNER = VECTORS["log"]["origin"], VECTORS["log"]["cosigner"]
LOG_KEY, PARTNER_KEY = (bytes.fromhex(VECTORS["keys"][name]["public"]) for name in ("log", "partner"))
ENTRY = bytes.fromhex(VECTORS["log"]["entries"][1])


def vector(*path: str | int) -> bytes:
    """Return the bytes at a place of the vectors."""
    found: Any = VECTORS
    for step in path:
        found = found[step]
    return bytes.fromhex(found)


def _frame(data: bytes) -> bool:
    def ours() -> tuple[frame.Frame, checkpoints.Checkpoint]:
        found = frame.decode(data)
        return found, checkpoints.unverified(found.checkpoint)

    both = agreed(ours, lambda: notes.frame(data))
    if both is None:
        value_of(lambda: frame.beginning(data))
        return False
    (found, head), other = both
    assert frame.encode(found) == data
    assert frame.beginning(data) == (found.log, found.start)
    assert (str(found.log), found.start, list(found.entries)) == (other.log, other.start, other.entries)
    assert (head.origin, head.size, head.root) == other.checkpoint[:3]
    return True


def _note(data: bytes) -> bool:
    both = agreed(lambda: note.parse(data), lambda: notes.note(data))
    if both is None:
        return False
    found, (text, lines) = both
    assert found.encode() == data
    assert found.text == text
    assert [(s.name, s.key_id, s.signature) for s in found.signatures] == [tuple(line) for line in lines]
    return True


def _checkpoint(data: bytes) -> bool:
    both = agreed(lambda: checkpoints.unverified(data), lambda: notes.checkpoint(data))
    if both is None:
        return False
    found, other = both
    assert found.text() == other.text
    assert (found.origin, found.size, found.root) == other[:3]
    value_of(lambda: parse_origin(found.origin))
    return True


def _verified(data: bytes) -> bool:
    """The log's signature and the cosignature, as the two verifiers judge them."""

    def ours() -> int:
        checkpoints.opened(data, ORIGIN, PublicKey(LOG_KEY))
        return checkpoints.cosigned_at(data, Cosigner(COSIGNER, PublicKey(PARTNER_KEY)))

    def theirs() -> int:
        found = notes.checkpoint(data)
        notes.check_log_signature(found, ORIGIN, LOG_KEY)
        return int(notes.check_cosignature(found, COSIGNER, PARTNER_KEY))

    both = agreed(ours, theirs)
    assert both is None or both[0] == both[1]
    return both is not None


def _verifier_key(data: bytes) -> bool:
    text = data.decode("latin-1")
    key = value_of(lambda: note.parse_verifier_key(text))
    assert key is None or note.verifier_key(key) == text
    return key is not None


def _name(data: bytes) -> bool:
    text = data.decode("latin-1")
    log = value_of(lambda: LogId.parse(text))
    assert log is None or str(log) == text
    found = value_of(lambda: parse_origin(text))
    assert found is None or found[1].origin(found[0]) == text
    return log is not None or found is not None


def _envelope(data: bytes) -> bool:
    if not 1 <= len(data) <= frame.MAX_ENTRY_BYTES:
        return False
    both = agreed(lambda: dsse.parse(data), lambda: messages.envelope(data))
    if both is None:
        return False
    found, other = both
    assert found.encode() == data
    assert dsse.pae(found.payload_type, found.payload) == other.signed_bytes()
    assert {s.keyid: s.sig for s in found.signatures} == other.signatures
    return True


def _envelope_json(data: bytes) -> bool:
    """Ours also reads others' DSSE files, so that only what the specification allows must be read by both."""
    found = value_of(lambda: dsse.parse_json(data))
    if found is None:
        return False
    assert dsse.parse_json(found.to_json()) == found
    return True


def _proof(data: bytes) -> bool:
    def ours() -> tuple[proof.LogProof, checkpoints.Checkpoint]:
        found = proof.parse(data)
        return found, proof.verify(found, ENTRY, ORIGIN, PublicKey(LOG_KEY))

    parsed = value_of(lambda: proof.parse(data))
    assert parsed is None or parsed.encode() == data
    both = agreed(ours, lambda: notes.check_proof(data, ENTRY, ORIGIN, LOG_KEY, {}))
    assert both is None or (both[0][1].size, both[0][1].root) == both[1][1:3]
    return both is not None


def _bundle(data: bytes) -> bool:
    """The first byte says how many entries there are to be."""
    if not data:
        return False
    count, rest = data[0] + 1, data[1:]
    both = agreed(lambda: tiles.parse_bundle("tile", rest, count), lambda: directories.bundle(rest, count))
    assert both is None or (both[0] == both[1] and tiles.bundled(both[0]) == rest)
    return both is not None


def _index(data: bytes) -> bool:
    logs = value_of(lambda: site.read_index(data))
    assert logs is None or logs == sorted(set(logs))
    return logs is not None


def _label(data: bytes) -> bool:
    label = value_of(lambda: export_label.parse(data))
    assert label is None or label.encode() == data
    return label is not None


def _evidence(data: bytes) -> bool:
    """Evidence that cannot be read, or that proves nothing, is refused in words."""

    def checked() -> bool:
        found = equivocation.parse(data)
        equivocation.check(found, [PublicKey(LOG_KEY)])
        return True

    return bool(value_of(checked))


def _message(kind: str, data: bytes) -> bool:
    envelope = messages.Envelope(PAYLOAD_TYPE, data, {})
    both = agreed(lambda: hear(data), lambda: messages.message(envelope))
    if both is None:
        return False
    found, said = both
    if isinstance(found, NotUnderstood):
        assert found.payload == data
        assert said == {name: getattr(found, name) for name in messages.HEADER} | {"kind": "not understood"}
        return kind == LATER
    assert kind_of(found) == said["kind"]
    assert encode(found) == messagepack.dump(said) == data
    assert from_json(to_json(found)) == found
    return kind_of(found) == kind


def _message_json(data: bytes) -> bool:
    found = value_of(lambda: from_json(data))
    if found is None:
        return False
    assert from_json(to_json(found)) == found
    packed = value_of(lambda: encode(found))
    assert packed is None or decode(packed) == found
    return True


def _example(kind: str) -> list[bytes]:
    return [encode(EXAMPLES[kind])]


def _later_versions() -> list[bytes]:
    """Return every example as a later version might write it: with a field more, and as a kind that is new."""
    said = [messagepack.load(encode(one)) for one in EXAMPLES.values()]
    more = [one | {"v": 2, "confidence": 0.5, "parts": [{"x": b"1"}, None]} for one in said]
    return [messagepack.dump(one) for one in (*more, said[2] | {"kind": "weather"})]


def _two_histories() -> bytes:
    """Return evidence under the vectors' log key: two checkpoints of five entries with different roots."""
    key = SigningKey(bytes.fromhex(VECTORS["keys"]["log"]["seed"]))
    small, large = (checkpoints.signed(checkpoints.Checkpoint(ORIGIN, 5, bytes([k]) * 32), key) for k in (1, 2))
    return equivocation.encode(equivocation.evidence(small, large, bytes([2]) * 32, []))


def _entry_bundle() -> bytes:
    entries = [bytes.fromhex(one) for one in VECTORS["log"]["entries"]]
    return bytes([len(entries) - 1]) + tiles.bundled(entries)


TARGETS = {
    "frame": Target(_frame, lambda: [vector("log", "frame")]),
    "note": Target(_note, lambda: [vector("log", "checkpoint")]),
    "checkpoint": Target(_checkpoint, lambda: [vector("log", "checkpoint")]),
    "cosignature": Target(_verified, lambda: [vector("log", "checkpoint")]),
    "verifier_key": Target(
        _verifier_key, lambda: [note.verifier_key(note.Ed25519Verifier(ORIGIN, PublicKey(LOG_KEY))).encode()]
    ),
    "log_name": Target(_name, lambda: [b"moscow/common/notify", ORIGIN.encode()]),
    "dsse": Target(_envelope, lambda: [ENTRY, vector("roster")], packed=0),
    "dsse_json": Target(_envelope_json, lambda: [dsse.parse(ENTRY).to_json()]),
    "tlog_proof": Target(_proof, lambda: [vector("log", "proofs", 1)]),
    "entry_bundle": Target(_bundle, lambda: [_entry_bundle()]),
    "published_logs": Target(
        _index,
        lambda: [
            b'{"v":1,"logs":["brussels/common/roster","moscow/common/notify/2026-10","moscow/common/notify/2026-11"]}',
            b'{"v":1,"logs":[]}',
        ],
    ),
    "export_label": Target(
        _label, lambda: [export_label.Label(run="run-1", audience="common", left_out=("a", "b")).encode()]
    ),
    "evidence": Target(_evidence, lambda: [_two_histories()]),
    "message_json": Target(_message_json, lambda: [to_json(one) for one in EXAMPLES.values()]),
    "message_of_later_version": Target(partial(_message, LATER), _later_versions, packed=0),
    **{f"message_{kind}": Target(partial(_message, kind), partial(_example, kind), packed=0) for kind in EXAMPLES},
}
