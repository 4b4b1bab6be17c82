"""Section 3: envelopes, and messages against the published schema, where bytes are base64 of a number of bytes."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from . import conditions, messagepack
from .notes import b64
from .strict_ed25519 import holds
from .wrong import need

PAYLOAD_TYPE = "application/vnd.jointwatch.message+msgpack"
SCHEMA = json.loads((Path(__file__).parents[3] / "docs/reference/messages.schema.json").read_text(encoding="utf-8"))
HEADER = ["kind", "v", "mode", "run", "origin", "log", "logged_tai_ns", "id"]
KINDS = {kind: ref.rpartition("/")[2] for kind, ref in SCHEMA["discriminator"]["mapping"].items()}


class Envelope(NamedTuple):
    payload_type: str
    payload: bytes
    signatures: dict[str, bytes]

    def signed_bytes(self) -> bytes:
        kind = self.payload_type.encode()
        return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(self.payload), self.payload)

    def signed_by(self, keys: Collection[bytes]) -> set[bytes]:
        """Which of the keys signed; one whose signature fails refuses the envelope."""
        known, found = {fingerprint(key): key for key in keys}, set()
        for keyid, signature in self.signatures.items():
            if keyid in known:
                need(holds(known[keyid], self.signed_bytes(), signature), 3, f"the signature of {keyid} fails")
                found.add(known[keyid])
        return found


def fingerprint(key: bytes) -> str:
    return "SHA256:" + base64.b64encode(sha256(key).digest()).decode().rstrip("=")


def envelope(entry: bytes) -> Envelope:
    """The envelope of an entry; nothing is verified yet."""
    need(1 <= len(entry) <= 65_535, 3, "an entry has 1 to 65,535 bytes")
    return _envelope(messagepack.load(entry), bytes, lambda data: data)


def envelope_of_json(data: bytes) -> Envelope:
    """The envelope of statement.json (section 11)."""
    return _envelope(json.loads(data), str, b64)


def _envelope(found: Any, binary: type, read: Any) -> Envelope:
    need(isinstance(found, dict) and list(found) == ["payloadType", "payload", "signatures"], 3, "not an envelope")
    kind, payload, lines = found.values()
    need(isinstance(kind, str) and isinstance(payload, binary) and isinstance(lines, list), 3, "not an envelope")
    need(1 <= len(lines) <= 32, 3, "an envelope has 1 to 32 signatures")
    for line in lines:
        need(isinstance(line, dict) and list(line) == ["keyid", "sig"], 3, "not a signature")
        need(isinstance(line["keyid"], str) and isinstance(line["sig"], binary), 3, "not a signature")
    signatures = {line["keyid"]: read(line["sig"]) for line in lines}
    need(len(signatures) == len(lines), 3, "two signatures under one key id")
    return Envelope(kind, read(payload), signatures)


def message(found: Envelope) -> dict[str, Any]:
    """The message in an envelope, every field in its place and range; of one of a later version what it begins with."""
    need(found.payload_type == PAYLOAD_TYPE and len(found.payload) <= 64_000, 3, "no message, or one too long")
    said = messagepack.load(found.payload)
    need(isinstance(said, dict) and isinstance(said.get("kind"), str), 3, "not a message")
    if said["kind"] not in KINDS or said.get("v") != 1:
        return _not_understood(said)
    check(said, SCHEMA["$defs"][KINDS[said["kind"]]])
    return said


def _not_understood(said: dict[str, Any]) -> dict[str, Any]:
    """What a message of a later version begins with; its kind is none that is known."""
    need(list(said)[:8] == HEADER, 3, "not the beginning of a message")
    need(re.fullmatch("[a-z][a-z0-9_]{0,62}", said["kind"]) is not None, 3, "not a kind")
    need(type(said["v"]) is int and 1 <= said["v"] <= 65_535, 3, "not a version")
    fields = SCHEMA["$defs"]["Heartbeat"]["properties"]
    for name in HEADER[2:]:
        check(said[name], fields[name])
    return {name: said[name] for name in HEADER} | {"kind": "not understood"}


def check(value: Any, schema: dict[str, Any]) -> None:
    """Raise Wrong unless the value fits the schema, the keys of its maps in the schema's order."""
    need(_fits(value, schema), 3, f"{str(value)[:60]!r} is not what its field holds")


def _fits(value: Any, schema: dict[str, Any]) -> bool:
    if "$ref" in schema:
        return _fits(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return any(_fits(value, one) for one in schema["anyOf"])
    if "enum" in schema:
        return any(type(value) is type(one) and value == one for one in schema["enum"])
    return {
        "object": _is_map,
        "array": _is_array,
        "string": _is_text,
        "integer": lambda v, s: type(v) is int and s.get("minimum", v) <= v <= s.get("maximum", v),
        "number": lambda v, s: type(v) is float and s.get("minimum", v) <= v <= s.get("maximum", v),
        "boolean": lambda v, _: type(v) is bool,
        "null": lambda v, _: v is None,
    }[schema["type"]](value, schema)


def _is_map(value: Any, schema: dict[str, Any]) -> bool:
    fields = schema["properties"]
    return (
        isinstance(value, dict)
        and list(value) == list(fields)
        and all(_fits(value[name], fields[name]) for name in fields)
        and conditions.hold(schema["title"], value)
    )


def _is_array(value: Any, schema: dict[str, Any]) -> bool:
    if not isinstance(value, list) or not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 1 << 32):
        return False
    first, rest = schema.get("prefixItems", []), schema.get("items")
    pairs = [*zip(value, first, strict=False), *((one, rest) for one in value[len(first) :])]
    return all(kind is not None and kind is not False and _fits(one, kind) for one, kind in pairs)


def _is_text(value: Any, schema: dict[str, Any]) -> bool:
    if schema.get("contentEncoding") == "base64":
        return isinstance(value, bytes) and schema["minBytes"] <= len(value) <= schema["maxBytes"]
    return (
        isinstance(value, str)
        and schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 1 << 32)
        and ("pattern" not in schema or bool(re.search(schema["pattern"], value)))
    )
