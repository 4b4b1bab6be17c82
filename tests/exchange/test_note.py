"""Signed notes: published ones verify, and nothing that is not written as a note is read as one."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.exchange import note
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.refused import Refused

# The example of Go's golang.org/x/mod/sumdb/note, from which the format was taken into C2SP.
CRYPTOGRAPHY = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
# A checkpoint of the Go checksum database, July 2024, with its public key.
SUMDB = (
    "go.sum database tree\n35225469\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n\n"
    "— sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=\n"
).encode()
SUMDB_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
# The example on top of the C2SP specification: a text with an empty line in it.
SALVATORE = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
).encode()

KEY = SigningKey(b"\5" * 32)
NAME = "example.com/log"
GOOD = note.Note("a\n\nb\n", (note.sign("a\n\nb\n", NAME, KEY),)).encode()
VERIFIER = note.Ed25519Verifier(NAME, KEY.public)


@pytest.mark.parametrize(("data", "key"), [(CRYPTOGRAPHY, NEUMANN), (SUMDB, SUMDB_KEY)])
def test_published_notes_verify_under_their_published_keys(data: bytes, key: str):
    verifier = note.parse_verifier_key(key)
    assert note.verify(note.parse(data), [verifier]) == {verifier.name}
    assert note.verifier_key(verifier) == key
    for at in (0, 9):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(Refused):
            note.verify(note.parse(changed), [verifier])


def test_the_specifications_example_is_read_and_written_back():
    parsed = note.parse(SALVATORE)
    assert parsed.text.endswith("\n\ned è subito sera.\n")
    assert (parsed.signatures[0].name, parsed.signatures[0].key_id.hex()) == ("quasimodo.example/salvatore", "367ba04b")
    assert parsed.encode() == SALVATORE


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "a text, an empty line and signature lines"),
        (b"a\n\n", "an empty line and signature lines"),
        (GOOD[:-1], "each ended by a newline"),
        (GOOD + b"\n", "an empty line and signature lines"),
        (GOOD + b"x\n", "em dash"),
        (GOOD.replace(b"\n\n", b"\n"), "an empty line"),
        (b"a\tb\n\n" + GOOD.split(b"\n\n")[2], "control character"),
        (b"\xff" + GOOD, "byte 0 of the note is not UTF-8"),
        (GOOD.replace(b"example.com/log", b"example.com+log"), "neither space nor plus"),
        (GOOD.replace(b"example.com/log", "example\u00a0log".encode()), "neither space nor plus"),
        (GOOD.replace("— ".encode(), b"- "), "em dash"),
        (GOOD[:-3] + b"\n", "canonical base64"),
        (b"x" * 20_000 + GOOD, "at most 16384"),
        (GOOD + GOOD.split(b"\n\n")[2] * 32, "33 signatures; at most 32"),
    ],
)
def test_what_is_not_a_note_is_refused_in_words(data: bytes, words: str):
    with pytest.raises(Refused, match=words):
        note.parse(data)


def test_base64_has_one_form():
    body, line = GOOD[: GOOD.rindex(b" ") + 1], GOOD[GOOD.rindex(b" ") + 1 : -1]
    assert line.endswith(b"=")
    loose = line[:-2] + bytes([line[-2] + 1]) + b"="  # the same bytes: the two last bits are not used
    assert base64.b64decode(loose) == base64.b64decode(line)
    with pytest.raises(Refused, match="canonical base64"):
        note.parse(body + loose + b"\n")


def test_unknown_signatures_are_ignored_and_a_known_one_that_fails_refuses_the_note():
    stranger = SigningKey(b"\6" * 32)
    text = "text\n"
    ours, theirs = note.sign(text, NAME, KEY), note.sign(text, "stranger", stranger)
    same_name = note.sign(text, NAME, stranger)
    assert note.verify(note.Note(text, (theirs, same_name, ours)), [VERIFIER]) == {NAME}
    with pytest.raises(Refused, match=r"no signature by a known key; known: example\.com/log"):
        note.verify(note.Note(text, (theirs, same_name)), [VERIFIER])
    bad = note.Signature(NAME, ours.key_id, bytes(64))
    with pytest.raises(Refused, match="Ed25519"):
        note.verify(note.Note(text, (ours, bad)), [VERIFIER])
    with pytest.raises(Refused, match="known: nobody"):
        note.verify(note.Note(text, (ours,)), [])


def test_a_text_that_may_not_be_signed_is_refused_before_it_is():
    for text in ("no newline", "bell\7\n"):
        with pytest.raises(Refused):
            note.sign(text, NAME, KEY)
    with pytest.raises(Refused):
        note.sign("text\n", "two words", KEY)


@pytest.mark.parametrize("line", ["", "a+b", "a+00000000+AAAA", NEUMANN.replace("c74f20a3", "c74f20a4"), NEUMANN + "="])
def test_a_key_line_that_does_not_fit_itself_is_refused(line: str):
    with pytest.raises(Refused):
        note.parse_verifier_key(line)


texts = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]) | st.just("\n"), max_size=80)


@given(texts, st.from_regex(r"[a-z./]{1,20}", fullmatch=True), st.integers(1, 5))
def test_any_text_is_signed_read_and_verified(text: str, name: str, count: int):
    keys = [SigningKey(bytes([k]) * 32) for k in range(count)]
    written = note.Note(text + "\n", tuple(note.sign(text + "\n", name, key) for key in keys))
    parsed = note.parse(written.encode())
    assert parsed == written
    assert note.verify(parsed, [note.Ed25519Verifier(name, key.public) for key in keys]) == {name}


@given(st.binary(max_size=200))
def test_random_bytes_raise_nothing_but_the_one_error(data: bytes):
    with pytest.raises(Refused):
        note.parse(data)


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_no_changed_byte_of_a_note_is_accepted(at: int, mask: int):
    changed = GOOD[:at] + bytes([GOOD[at] ^ mask]) + GOOD[at + 1 :]
    with pytest.raises(Refused):
        note.verify(note.parse(changed), [VERIFIER])
