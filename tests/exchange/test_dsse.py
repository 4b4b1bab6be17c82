"""Envelopes: the specification's vector, one form on the wire, several signers in the file."""

from __future__ import annotations

import base64
import json
from hashlib import sha256

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.exchange import dsse
from jointwatch.exchange.dsse import Envelope, Signature
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.refused import Refused

ANNA, BORIS = SigningKey(b"\1" * 32), SigningKey(b"\2" * 32)
TYPE = "application/vnd.jointwatch.message+msgpack"
GOOD = dsse.sign(TYPE, b"payload", [ANNA])


def test_the_specifications_vector():
    pae = dsse.pae("http://example.com/HelloWorld", b"hello world")
    assert pae == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    # its key and signature are ECDSA over NIST P-256: the encoding that was signed is ours
    x = 46950820868899156662930047687818585632848591499744589407958293238635476079160
    y = 5640078356564379163099075877009565129882514886557779369047442380624545832820
    raw = base64.b64decode("A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==")
    der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key().verify(der, pae, ec.ECDSA(hashes.SHA256()))


def test_lengths_are_of_bytes_not_of_characters():
    assert dsse.pae("é", "ü".encode()) == "DSSEv1 2 é 2 ü".encode()


def test_an_envelope_is_read_back_and_verifies_by_another_library():
    parsed = dsse.parse(GOOD.encode())
    assert parsed == GOOD
    assert dsse.verify(parsed, [BORIS.public, ANNA.public]) == {ANNA.public}
    other = Ed25519PublicKey.from_public_bytes(ANNA.public.data)
    other.verify(parsed.signatures[0].sig, dsse.pae(TYPE, b"payload"))
    assert parsed.signatures[0].keyid == "SHA256:" + base64.b64encode(sha256(ANNA.public.data).digest()).decode()[:43]


def test_two_signers_of_one_payload_stand_in_one_file():
    both = dsse.joined([dsse.sign(TYPE, b"p", [ANNA]), dsse.sign(TYPE, b"p", [BORIS])])
    file = both.to_json()
    assert file.endswith(b"}\n")
    fields = json.loads(file)
    assert set(fields) == {"payload", "payloadType", "signatures"}
    assert base64.b64decode(fields["payload"]) == b"p"
    assert dsse.verify(dsse.parse_json(file), [ANNA.public, BORIS.public]) == {ANNA.public, BORIS.public}
    with pytest.raises(Refused, match="different payloads"):
        dsse.joined([dsse.sign(TYPE, b"p", [ANNA]), dsse.sign(TYPE, b"q", [BORIS])])


def test_both_alphabets_of_base64_are_read_in_the_file():
    payload = bytes(range(248, 256)) * 3
    envelope = dsse.sign(TYPE, payload, [ANNA])
    url_safe = envelope.to_json().replace(b"+", b"-")
    fields = json.loads(url_safe)
    fields["payload"] = base64.urlsafe_b64encode(payload).decode()
    fields["payloadType"] = TYPE
    fields["signatures"][0]["keyid"] = ANNA.public.fingerprint
    assert dsse.parse_json(json.dumps(fields).encode()) == envelope


def test_a_signature_over_another_type_or_payload_is_refused():
    for wrong in (
        Envelope(TYPE + "x", b"payload", GOOD.signatures),
        Envelope(TYPE, b"payloae", GOOD.signatures),
        Envelope(TYPE, b"payload", (Signature(ANNA.public.fingerprint, bytes(64)),)),
        Envelope(TYPE, b"payload", (Signature(ANNA.public.fingerprint, b""),)),
        Envelope(TYPE, b"payload", (Signature(BORIS.public.fingerprint, GOOD.signatures[0].sig),)),
    ):
        with pytest.raises(Refused):
            dsse.verify(wrong, [ANNA.public, BORIS.public])


def test_a_stranger_alone_is_refused_and_named():
    with pytest.raises(Refused, match=f"none of the 1 known keys.*{ANNA.public.fingerprint[:20]}"):
        dsse.verify(GOOD, [BORIS.public])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not an envelope"),
        (GOOD.encode() + b"\0", "trailing"),
        (msgspec.msgpack.encode({"payload": b"", "payloadType": TYPE, "signatures": [], "more": 1}), "unknown field"),
        (Envelope(TYPE, b"payload", ()).encode(), "1 to 32 signatures; this one has 0"),
        (Envelope(TYPE, b"payload", GOOD.signatures * 2).encode(), "under one key id"),
        (
            msgspec.msgpack.encode(dict(reversed(msgspec.msgpack.decode(GOOD.encode()).items()))),
            "not in the one form",
        ),
    ],
)
def test_an_entry_that_is_no_envelope_is_refused_in_words(data: bytes, words: str):
    with pytest.raises(Refused, match=words):
        dsse.parse(data)


@given(st.binary(max_size=300))
def test_random_bytes_raise_nothing_but_the_one_error(data: bytes):
    for read in (dsse.parse, dsse.parse_json):
        with pytest.raises(Refused):
            read(data)


@given(st.integers(0, len(GOOD.encode()) - 1), st.integers(1, 255))
def test_no_changed_byte_of_an_envelope_is_accepted(at: int, mask: int):
    data = GOOD.encode()
    with pytest.raises(Refused):
        dsse.verify(dsse.parse(data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]), [ANNA.public])
