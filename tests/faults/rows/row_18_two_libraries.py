"""A centre signs so that one library says yes and another says no, to have two centres disagree about one entry."""

from __future__ import annotations

import json
from hashlib import sha512
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from jointwatch.exchange import dsse
from jointwatch.exchange.keys import PublicKey, SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import PAYLOAD_TYPE, encode
from tests.exchange.second import strict_ed25519 as curve
from tests.faults import forger
from tests.faults.harness import ROOT, Outcome
from tests.faults.lying_line import BACK_S, honest, lied_to, refused, told
from tests.faults.stations import Station, Submitter, caught_up_s, settled

TITLE = "signature that is valid in one library only"
REQUIRED = "one verdict everywhere"
ASSESS = LogId("moscow", "common", "assess")
NEUTRAL = b"\1" + bytes(31)


def run(folder: Path, *, full: bool) -> Outcome:
    vectors = json.loads((ROOT / "tests/oracles/exchange.json").read_text(encoding="utf-8"))["ed25519"]
    disagreed = sum(check_one_verdict(*_bytes(vector), wanted=vector["valid"]) for vector in vectors)
    assert disagreed > 50, "the vectors do not tell the libraries apart"
    with lied_to(folder) as (moscow, brussels, line), Submitter(moscow, "moscow/common/notify") as radar:
        entry = signed_for_one(moscow)
        refused(brussels, line, told(forger.frame(moscow, ASSESS, [entry])), "Ed25519")
        line.lie = honest
        worst = caught_up_s(brussels, moscow, BACK_S)
        radar.__exit__()
        found = settled(moscow, brussels, radar.acknowledged)
    alone = f"{len(vectors)} edge cases, {disagreed} of them valid in OpenSSL alone"
    return found.outcome(worst, f"{alone}: one verdict; an entry signed so is refused")


def signed_for_one(moscow: Station) -> bytes:
    """Return an entry under the desk's key that OpenSSL accepts: its R is the neutral point, which needs no nonce."""
    key = moscow.keys.desks[-1]
    payload = encode(forger.message(moscow, ASSESS, 1))
    said = dsse.pae(PAYLOAD_TYPE, payload)
    k = int.from_bytes(sha512(NEUTRAL + key.public.data + said).digest(), "little") % curve.L
    signature = NEUTRAL + (k * secret_scalar(key) % curve.L).to_bytes(32, "little")
    assert check_one_verdict(key.public.data, said, signature, wanted=False), "OpenSSL refuses it too"
    line = dsse.Signature(key.public.fingerprint, signature)
    return dsse.Envelope(PAYLOAD_TYPE, payload, (line,)).encode()


def secret_scalar(key: SigningKey) -> int:
    """Return the number behind a private key [RFC 8032 5.1.5]."""
    digest = bytearray(sha512(key.seed()).digest()[:32])
    digest[0] &= 0xF8
    digest[31] = digest[31] & 0x7F | 0x40
    return int.from_bytes(digest, "little")


def check_one_verdict(key: bytes, said: bytes, signature: bytes, *, wanted: bool) -> bool:
    """Raise AssertionError unless both verifiers say what is wanted; return whether OpenSSL says something else."""
    verdicts = ours(key, said, signature), curve.holds(key, said, signature)
    assert verdicts == (wanted, wanted), f"ours and the second verifier say {verdicts} of {signature.hex()}"
    return openssl(key, said, signature) != wanted


def ours(key: bytes, said: bytes, signature: bytes) -> bool:
    try:
        PublicKey(key).verify(said, signature)
    except Refused:
        return False
    return True


def openssl(key: bytes, said: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, said)
    except (InvalidSignature, ValueError):
        return False
    return True


def _bytes(vector: dict[str, Any]) -> tuple[bytes, bytes, bytes]:
    key, said, signature = (bytes.fromhex(vector[name]) for name in ("key", "message", "signature"))
    return key, said, signature
