"""ML-DSA-44 by two verifiers: OpenSSL behind ours, whole numbers after FIPS 204 in the second one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import ml_dsa, note
from jointwatch.exchange.verify.run import verify_run
from tests.exchange import two_centres
from tests.exchange.second import directories, ml_dsa_44
from tests.exchange.second.wrong import Wrong
from tests.exchange.test_ml_dsa import published

KEY = ml_dsa.SigningKey(b"\7" * 32)
MESSAGE = b"a checkpoint"
SIGNATURE = KEY.sign(MESSAGE)
HINTS = 32 + 4 * 576  # where the packed hints begin


def openssl(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        MLDSA44PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@settings(max_examples=30)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=400))
def test_what_any_key_signs_holds_for_both_and_no_other_message_does(seed: bytes, message: bytes):
    key = ml_dsa.SigningKey(seed)
    signature = key.sign(message)
    assert openssl(key.public, message, signature)
    assert ml_dsa_44.holds(key.public, message, signature)
    assert not ml_dsa_44.holds(key.public, message + b"\0", signature)


@settings(max_examples=200)
@given(at=st.integers(0, len(SIGNATURE) - 1), value=st.integers(0, 255))
def test_both_give_one_verdict_on_a_signature_with_one_byte_changed(at: int, value: int):
    changed = SIGNATURE[:at] + bytes([value]) + SIGNATURE[at + 1 :]
    assert ml_dsa_44.holds(KEY.public, MESSAGE, changed) == openssl(KEY.public, MESSAGE, changed)
    assert ml_dsa_44.holds(KEY.public, MESSAGE, changed) == (changed == SIGNATURE)


@settings(max_examples=100)
@given(hints=st.binary(min_size=84, max_size=84))
def test_both_refuse_hints_that_are_not_in_the_one_form(hints: bytes):
    changed = SIGNATURE[:HINTS] + hints
    assert ml_dsa_44.holds(KEY.public, MESSAGE, changed) == openssl(KEY.public, MESSAGE, changed)


def test_hints_in_another_order_say_the_same_and_are_refused_by_both():
    """The one malleability that FIPS 204 closes by rule, not by arithmetic."""
    first, second = SIGNATURE[HINTS], SIGNATURE[HINTS + 1]
    assert SIGNATURE[HINTS + 80] > 1, "the first polynomial has two hints to swap"
    swapped = SIGNATURE[:HINTS] + bytes([second, first]) + SIGNATURE[HINTS + 2 :]
    assert not ml_dsa_44.holds(KEY.public, MESSAGE, swapped)
    assert not openssl(KEY.public, MESSAGE, swapped)


def test_a_published_logs_checkpoint_holds():
    name, key, body = published()
    parsed = note.parse(body)
    found = checkpoints.unverified(body)
    short = bytes([len(name)]) + name.encode()
    said = b"subtree/v1\n\0" + short + bytes(8) + short + bytes(8) + found.size.to_bytes(8, "big") + found.root
    assert ml_dsa_44.holds(key, said, parsed.signatures[0].signature[8:])


def test_what_is_not_as_long_as_it_must_be_does_not_hold():
    assert not ml_dsa_44.holds(KEY.public[:-1], MESSAGE, SIGNATURE)
    assert not ml_dsa_44.holds(KEY.public, MESSAGE, SIGNATURE + b"\0")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two centres, the first of which signs its logs with both keys."""
    folder = tmp_path_factory.mktemp("twice")
    centres = [two_centres.Centre(folder, "moscow", second_key=KEY), two_centres.Centre(folder, "brussels")]
    for centre, other in zip(centres, reversed(centres), strict=True):
        centre.meet(other)
        centre.begin()
    two_centres.rehearse(centres)
    directory = two_centres.write_run(folder / "run", centres)
    for centre in centres:
        centre.close()
    return directory


def both(directory: Path) -> tuple[bool, bool]:
    """Whether a run directory holds: for ours, and for the second verifier."""
    try:
        directories.check_run(directory)
    except Wrong:
        return verify_run(directory).ok, False
    return verify_run(directory).ok, True


def test_a_run_whose_logs_are_signed_twice_holds_for_both(run: Path):
    assert both(run) == (True, True)


def lines_of(body: bytes) -> list[note.Signature]:
    return list(note.parse(body).signatures)


def stamped(body: bytes) -> list[note.Signature]:
    own, second, *others = lines_of(body)
    return [own, ml_dsa.sign(body, second.name, KEY, 5), *others]


def by_another(body: bytes) -> list[note.Signature]:
    own, second, *others = lines_of(body)
    return [own, ml_dsa.sign(body, second.name, ml_dsa.SigningKey(b"\3" * 32)), *others]


def turned(body: bytes) -> list[note.Signature]:
    own, second, *others = lines_of(body)
    data = second.signature[:100] + bytes([second.signature[100] ^ 1]) + second.signature[101:]
    return [own, note.Signature(second.name, second.key_id, data), *others]


def without(body: bytes) -> list[note.Signature]:
    own, _, *others = lines_of(body)
    return [own, *others]


def other_way_round(body: bytes) -> list[note.Signature]:
    own, second, *others = lines_of(body)
    return [second, own, *others]


@pytest.mark.parametrize("lines", [stamped, by_another, turned, without, other_way_round])
def test_a_second_line_that_is_not_the_one_is_refused_by_both(run: Path, lines: Any):
    """The log that holds the manifest: no hash elsewhere covers its checkpoint."""
    path = run / "logs/moscow/common/manifest/checkpoint"
    honest = path.read_bytes()
    path.write_bytes(note.Note(note.parse(honest).text, tuple(lines(honest))).encode())
    try:
        assert both(run) == (False, False)
    finally:
        path.write_bytes(honest)
