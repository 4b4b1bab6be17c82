"""ML-DSA-44 on checkpoints: a published one, the bytes that are signed, and what is refused."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import ml_dsa, note
from jointwatch.exchange.checkpoint import Checkpoint
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.verify.run import verify_run
from tests.exchange import two_centres as world

LITEWITNESS = Path(__file__).parents[1] / "oracles" / "litewitness_ml_dsa.txt"
ORIGIN, NAME = "jointwatch/run-1/moscow/common/notify", "jointwatch/run-1/brussels"
LOG_KEY, KEY = SigningKey(b"\1" * 32), ml_dsa.SigningKey(b"\2" * 32)
GOOD = checkpoints.signed(Checkpoint(ORIGIN, 7, b"\3" * 32), LOG_KEY)
VERIFIER = ml_dsa.Verifier(NAME, KEY.public)


def published() -> tuple[str, bytes, bytes]:
    """The log's name, its public key and its signed checkpoint."""
    lines = [line for line in LITEWITNESS.read_text().splitlines(keepends=True) if not line.startswith("#")]
    name, _, encoded = lines[0].strip().split("+", 2)
    key = base64.b64decode(encoded)
    assert key[0] == ml_dsa.ML_DSA_44
    return name, key[1:], "".join(lines[1:]).encode()


def test_a_published_logs_checkpoint_verifies_under_its_key():
    name, key, body = published()
    verifier = ml_dsa.Verifier(name, key)
    assert note.verify(note.parse(body), [verifier]) == {name}
    assert ml_dsa.timestamp_s(note.parse(body).signatures[0].signature) == 0


def test_a_published_signature_says_nothing_of_another_checkpoint():
    name, key, body = published()
    line = note.parse(body).signatures[0]
    text = Checkpoint(name, 2, checkpoints.unverified(body).root).text()
    with pytest.raises(Refused, match="not one of the key example"):
        ml_dsa.Verifier(name, key).check(text, line.signature)


def test_the_signed_bytes_are_those_of_the_specification():
    line = ml_dsa.sign(GOOD, NAME, KEY, 1_679_315_147)
    message = (
        b"subtree/v1\n\x00"
        + bytes([len(NAME)])
        + NAME.encode()
        + (1_679_315_147).to_bytes(8, "big")
        + bytes([len(ORIGIN)])
        + ORIGIN.encode()
        + bytes(8)
        + (7).to_bytes(8, "big")
        + b"\3" * 32
    )
    assert line.signature[:8] == (1_679_315_147).to_bytes(8, "big")
    MLDSA44PublicKey.from_public_bytes(KEY.public).verify(line.signature[8:], message)


def test_it_stands_beside_the_ed25519_lines_of_a_checkpoint():
    log = ml_dsa.Verifier(ORIGIN, KEY.public)
    both = checkpoints.with_signature(GOOD, ml_dsa.sign(GOOD, ORIGIN, KEY))
    both = checkpoints.with_signature(both, ml_dsa.sign(GOOD, NAME, KEY, 50))
    assert len(note.parse(both).signatures) == 3
    assert checkpoints.opened(both, ORIGIN, LOG_KEY.public).size == 7
    assert note.verify(note.parse(both), [log]) == {ORIGIN}
    assert note.verify(note.parse(both), [VERIFIER]) == {NAME}


def test_what_is_not_a_key_or_a_signature_is_refused_in_words():
    line = ml_dsa.sign(GOOD, NAME, KEY, 50)
    text = note.parse(GOOD).text
    for name, words in (("", "cannot name a key"), ("a b", "cannot name a key"), ("n" * 256, "1 to 255 bytes")):
        with pytest.raises(Refused, match=words):
            ml_dsa.sign(GOOD, name, KEY)
    for signature, words in (
        (line.signature[:-1], "8 \\+ 2420 bytes; this one has 2427"),
        (b"\xff" + line.signature[1:], "beyond 2\\^63"),
        (bytes(7) + b"\x33" + line.signature[8:], "not one of the key"),
        (line.signature[:-1] + bytes([line.signature[-1] ^ 1]), "not one of the key"),
    ):
        with pytest.raises(Refused, match=words):
            VERIFIER.check(text, signature)
    with pytest.raises(Refused, match="not one of the key moscow"):
        ml_dsa.Verifier("moscow", KEY.public).check(text, line.signature)
    with pytest.raises(Refused, match="1312 bytes; this one has 32"):
        ml_dsa.Verifier(NAME, bytes(32))
    with pytest.raises(Refused, match="32 bytes; this one has 31"):
        ml_dsa.SigningKey(bytes(31))
    assert "public" in repr(KEY)


LINE = ml_dsa.sign(GOOD, NAME, KEY, 50)


@settings(max_examples=100)
@given(st.integers(0, 8 * (8 + ml_dsa.SIGNATURE_BYTES) - 1))
def test_no_signature_with_one_bit_turned_is_taken(bit: int):
    turned = bytearray(LINE.signature)
    turned[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Refused):
        VERIFIER.check(note.parse(GOOD).text, bytes(turned))


def moscow_with_two_keys(folder: Path) -> list[Any]:
    moscow, brussels = world.Centre(folder, "moscow", second_key=KEY), world.Centre(folder, "brussels")
    for centre, other in ((moscow, brussels), (brussels, moscow)):
        centre.meet(other)
        centre.begin()
    return [moscow, brussels]


def test_a_log_signed_with_both_keys_is_mirrored_cosigned_exported_and_verified(tmp_path: Path):
    centres = moscow_with_two_keys(tmp_path)
    world.rehearse(centres)
    log = centres[0].log("common", "notify")
    held = note.parse(centres[1].store.checkpoint(log))
    assert note.verify(held, [ml_dsa.Verifier(log.origin("rehearsal-1"), KEY.public)])
    directory = world.write_run(tmp_path / "run", centres)
    for centre in centres:
        centre.close()
    assert verify_run(directory, world.trust_of(centres)).ok


def test_a_checkpoint_without_the_second_signature_its_roster_calls_for_is_not_taken(tmp_path: Path):
    moscow, brussels = moscow_with_two_keys(tmp_path)
    world.settle([moscow, brussels])
    moscow.store._second_key = None
    moscow.say("common", "notify", "signed once only")
    assert "signed with 2 keys by its roster" in str(brussels.follow(moscow).refusals[0])
    moscow.store._second_key = ml_dsa.SigningKey(b"\x09" * 32)
    moscow.say("common", "assess", "signed with a key that no roster names")
    refusals = [str(refusal) for refusal in brussels.follow(moscow).refusals]
    assert len(refusals) == 2
    assert not any(klass in str(log) for klass in ("notify", "assess") for log in brussels.store.logs())
    for centre in (moscow, brussels):
        centre.close()
