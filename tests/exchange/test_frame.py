"""Frames: the fixed binary form, its limits, and what is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.exchange import frame as frames
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused

LOG = LogId("moscow", "brussels", "plot")
GOOD = Frame(LOG, 7, (b"one", b"second"), b"note\n")


def test_the_bytes_are_these():
    assert frames.encode(GOOD) == (
        b"JWF1\x00\x14moscow/brussels/plot\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x00\x05note\n"
        b"\x00\x00\x00\x02\x00\x03one\x00\x06second"
    )
    assert frames.decode(frames.encode(GOOD)) == GOOD
    assert GOOD.end == 9


@given(st.lists(st.binary(min_size=1, max_size=70), max_size=20), st.integers(0, 2**62), st.binary(max_size=50))
def test_any_frame_is_read_back(entries: list[bytes], start: int, note: bytes):
    frame = Frame(LOG, start, tuple(entries), note)
    assert frames.decode(frames.encode(frame)) == frame


@given(st.binary(max_size=120))
def test_random_bytes_raise_nothing_but_the_one_error(data: bytes):
    for body in (data, b"JWF1" + data, frames.encode(GOOD)[:34] + data):
        with contextlib.suppress(Refused):
            frames.decode(body)


@given(st.integers(0, len(frames.encode(GOOD)) - 1))
def test_a_cut_or_lengthened_frame_is_refused(cut: int):
    data = frames.encode(GOOD)
    with pytest.raises(Refused):
        frames.decode(data[:cut])
    with pytest.raises(Refused, match="follow the frame's last entry"):
        frames.decode(data + b"\0")


@pytest.mark.parametrize(
    ("at", "value", "words"),
    [
        (0, b"JWF2", "begins with JWF1"),
        (4, b"\xff\xff", "within a part that goes on"),
        (6, b"MOSCOW", "not a word of a log's name"),
        (34, b"\xff\xff\xff\xff", "goes on to"),  # a checkpoint of 4 GiB
        (43, b"\xff\xff\xff\xff", "at most 1000 entries"),
        (26, b"\x7f\xff\xff\xff\xff\xff\xff\xff", "beyond position"),
    ],
)
def test_a_changed_length_or_name_is_refused_in_words(at: int, value: bytes, words: str):
    data = frames.encode(GOOD)
    with pytest.raises(Refused, match=words):
        frames.decode(data[:at] + value + data[at + len(value) :])


def test_an_empty_entry_is_refused():
    with pytest.raises(Refused, match="entries are empty"):
        frames.decode(frames.encode(GOOD)[:43] + b"\0\0\0\1\0\0")


def test_the_limits_hold_both_ways():
    for entry in (b"", bytes(frames.MAX_ENTRY_BYTES + 1)):
        with pytest.raises(Refused, match="1 to 65535"):
            frames.encode(Frame(LOG, 0, (entry,), b""))
    with pytest.raises(Refused, match="at most 1000 entries and 4194304 bytes"):
        frames.encode(Frame(LOG, 0, (b"x",) * 1001, b""))
    with pytest.raises(Refused, match="at most"):
        frames.decode(bytes(frames.MAX_BYTES + 1))


@given(st.lists(st.integers(1, frames.MAX_ENTRY_BYTES), max_size=120), st.integers(1, 2_000), st.integers(1, 2**23))
def test_what_fits_is_under_the_limits_and_at_least_one(lengths: list[int], max_n: int, max_bytes: int):
    count = frames.fitting(lengths, max_n, max_bytes)
    assert (1 if lengths else 0) <= count <= min(len(lengths), max_n, frames.MAX_ENTRIES)
    frame = Frame(LOG, 0, tuple(bytes(n) for n in lengths[:count]), bytes(16 * 1024))
    assert len(frames.encode(frame)) <= max(max_bytes, 17 * 1024 + frames.MAX_ENTRY_BYTES)
