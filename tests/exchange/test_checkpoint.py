"""Checkpoints and cosignatures: published ones, the bytes that are signed, and what is refused."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import note
from jointwatch.exchange.checkpoint import Checkpoint, Cosigner
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.refused import Refused

TESSERA = Path(__file__).parents[2].parent / "shared" / "data" / "log" / "tlog_tiles"
TESSERA_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
# The example of C2SP tlog-cosignature: the log's line and a witness's.
COSIGNED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
).encode()

LOG_KEY, KEY = SigningKey(b"\1" * 32), SigningKey(b"\2" * 32)
ORIGIN, NAME = "jointwatch/run-1/moscow/common/notify", "jointwatch/run-1/brussels"
GOOD = checkpoints.signed(Checkpoint(ORIGIN, 7, b"\3" * 32), LOG_KEY)
COSIGNER = Cosigner(NAME, KEY.public)


@pytest.mark.skipif(not TESSERA.is_dir(), reason=f"the public log is not at {TESSERA}")
def test_a_published_logs_checkpoints_verify_under_its_key():
    verifier = note.parse_verifier_key(TESSERA_KEY)
    for size in range(16):
        data = (TESSERA / f"checkpoint.{size}").read_bytes()
        assert checkpoints.opened(data, verifier.name, verifier.public_key).size == size
        assert checkpoints.unverified(data).text() == note.parse(data).text


def test_the_specifications_cosignature_is_read_with_its_time():
    parsed = note.parse(COSIGNED)
    assert checkpoints.parse_text(parsed.text).size == 20852163
    assert checkpoints.timestamp_s(parsed.signatures[1].signature) == 1679315147
    assert parsed.encode() == COSIGNED


def test_a_cosignature_is_over_the_bytes_the_specification_says():
    line = checkpoints.cosign(GOOD, NAME, KEY, 1679315147)
    said = f"cosignature/v1\ntime 1679315147\n{ORIGIN}\n7\n{base64.b64encode(bytes([3]) * 32).decode()}\n"
    raw = base64.b64decode(line.line().split(" ")[2])
    assert raw[4:12] == (1679315147).to_bytes(8, "big")
    Ed25519PublicKey.from_public_bytes(KEY.public.data).verify(raw[12:], said.encode())  # by another library
    cosigned = checkpoints.with_signature(GOOD, line)
    assert checkpoints.cosigned_at(cosigned, COSIGNER) == 1679315147
    assert checkpoints.opened(cosigned, ORIGIN, LOG_KEY.public).size == 7


def test_a_cosignature_counts_for_its_own_checkpoint_time_and_key_only():
    line = checkpoints.cosign(GOOD, NAME, KEY, 100)
    other = checkpoints.signed(Checkpoint(ORIGIN, 8, b"\3" * 32), LOG_KEY)
    later = note.Signature(NAME, line.key_id, (101).to_bytes(8, "big") + line.signature[8:])
    for wrong in (checkpoints.with_signature(other, line), checkpoints.with_signature(GOOD, later), GOOD):
        with pytest.raises(Refused):
            checkpoints.cosigned_at(wrong, COSIGNER)
    with pytest.raises(Refused, match="no signature by a known key"):
        checkpoints.cosigned_at(checkpoints.with_signature(GOOD, line), Cosigner(NAME, LOG_KEY.public))


def test_a_log_key_and_a_cosign_key_of_the_same_bytes_are_not_taken_for_each_other():
    as_log = note.sign(note.parse(GOOD).text, NAME, KEY)
    with pytest.raises(Refused):
        checkpoints.cosigned_at(checkpoints.with_signature(GOOD, as_log), COSIGNER)


def test_a_newer_cosignature_takes_the_place_of_the_older():
    for stamp in (100, 200):
        cosigned = checkpoints.with_signature(GOOD, checkpoints.cosign(GOOD, NAME, KEY, stamp))
    again = checkpoints.with_signature(cosigned, checkpoints.cosign(GOOD, NAME, KEY, 300))
    assert len(note.parse(again).signatures) == 2
    assert checkpoints.cosigned_at(again, COSIGNER) == 300


def test_a_checkpoint_of_another_log_or_run_or_by_a_stranger_is_refused():
    with pytest.raises(Refused, match=r"is of the log .*run-1.* was wanted"):
        checkpoints.opened(GOOD, ORIGIN.replace("run-1", "run-2"), LOG_KEY.public)
    with pytest.raises(Refused, match="no signature by a known key"):
        checkpoints.opened(GOOD, ORIGIN, KEY.public)


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"\n1\n{ROOT}\n", "none of them empty"),
        ("origin\n1\n", "at least three lines"),
        (f"origin\n1\n{ROOT}", "ended by a newline|at least three"),
        (f"origin\n1\n{ROOT}\n\nextension\n", "none of them empty"),
        (f"origin\n01\n{ROOT}\n", "without leading zeroes"),
        (f"origin\n-1\n{ROOT}\n", "without leading zeroes"),
        (f"origin\n+1\n{ROOT}\n", "without leading zeroes"),
        (f"origin\n1 \n{ROOT}\n", "without leading zeroes"),
        (f"origin\n\u0661\n{ROOT}\n", "without leading zeroes"),
        (f"origin\n{2**63}\n{ROOT}\n", "beyond 2\\^63"),
        (f"origin\n{'9' * 5000}\n{ROOT}\n", "without leading zeroes"),
        ("origin\n1\nAAAA\n", "32 bytes"),
        (f"origin\n1\n{ROOT[:-2]}B=\n", "canonical base64"),
        (f"origin\n1\n {ROOT}\n", "canonical base64"),
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused_in_words(text: str, words: str):
    with pytest.raises(Refused, match=words):
        checkpoints.parse_text(text)


def test_extension_lines_of_other_logs_are_kept():
    text = f"origin\n1\n{ROOT}\nextension one\n"
    assert checkpoints.parse_text(text).extensions == ("extension one",)
    assert checkpoints.parse_text(text).text() == text


@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), st.integers(0, 2**63 - 1))
def test_any_checkpoint_is_signed_read_and_cosigned(size: int, root: bytes, stamp: int):
    checkpoint = Checkpoint(ORIGIN, size, root)
    data = checkpoints.signed(checkpoint, LOG_KEY)
    assert checkpoints.opened(data, ORIGIN, LOG_KEY.public) == checkpoint
    cosigned = checkpoints.with_signature(data, checkpoints.cosign(data, NAME, KEY, stamp))
    assert checkpoints.cosigned_at(cosigned, COSIGNER) == stamp
