"""Lines in bounded memory: any ends, any cuts between chunks, and a line without end refused unread."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.formats import lines, measurement_csv, oem_kvn, oem_xml, tdm_kvn, tdm_xml
from jointwatch.formats.refusal import Refusal


class Endless(io.RawIOBase):
    """A stream of a head and then a gigabyte of one character, which counts what is read of it."""

    def __init__(self, head: bytes, filler: bytes, size: int = 1 << 30) -> None:
        self.head, self.filler, self.left, self.read_bytes = head, filler, size, 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "a reader must say how much it takes"
        part, self.head = self.head[:size], self.head[size:]
        filled = min(size - len(part), self.left)
        self.left -= filled
        self.read_bytes += len(part) + filled
        return part + self.filler * filled


KVN = b"CCSDS_TDM_VERS = 2.0\n"
XML = b'<?xml version="1.0"?>\n<tdm xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
ROOT = XML + b'id="CCSDS_TDM_VERS" version="2.0">'


@pytest.mark.parametrize(
    ("form", "head", "filler"),
    [
        (tdm_kvn, b"", b"A"),
        (tdm_kvn, KVN + b"ORIGINATOR = ", b"A"),
        (tdm_kvn, KVN + b"DATA_TYPES = ", b"A"),
        (tdm_kvn, KVN + b"COMMENT ", b"A"),
        (tdm_kvn, KVN, b" "),
        (oem_kvn, b"CCSDS_OEM_VERS = 2.0\n", b"1"),
        (measurement_csv, b"", b"1"),
        (measurement_csv, b"time_utc,sensor,range_m\n", b","),
        (tdm_xml, XML, b"a"),
        (tdm_xml, XML + b'id="', b">"),
        (tdm_xml, ROOT + b"<header><ORIGINATOR>", b"A"),
        (tdm_xml, ROOT + b"<!--", b"x"),
        (tdm_xml, ROOT + b"<?pi ", b"x"),
        (tdm_xml, b"", b"<"),
        (oem_xml, ROOT + b"<header><COMMENT><![CDATA[", b"A"),
    ],
)
def test_a_gigabyte_without_end_is_refused_after_a_few_megabytes(form: object, head: bytes, filler: bytes) -> None:
    stream = Endless(head, filler)
    tracemalloc.start()
    with pytest.raises(Refusal):
        form.read(stream)  # type: ignore[attr-defined]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert stream.read_bytes <= 3 << 20
    assert peak < 16 << 20


@given(
    st.lists(st.text("ab \t", max_size=6).map(str.encode), min_size=1, max_size=20),
    st.sampled_from([b"\n", b"\r\n", b"\r"]),
    st.integers(1, 7),
)
def test_lines_are_the_same_wherever_the_chunks_are_cut(whole: list[bytes], end: bytes, size: int) -> None:
    text = end.join(whole)
    patch = pytest.MonkeyPatch()
    patch.setattr(lines, "CHUNK_BYTES", size)
    try:
        numbered = list(lines.blocks(io.BytesIO(text), longest=254))
    finally:
        patch.undo()
    assert [line for _, block in numbered for line in block] == text.splitlines()
    assert all(number == 1 + sum(len(block) for n, block in numbered if n < number) for number, _ in numbered)


def test_a_line_too_long_is_named_with_its_length() -> None:
    with pytest.raises(Refusal, match=r"line 2: longer than the 254 characters a line may have \(255\)"):
        list(lines.blocks(io.BytesIO(b"x\n" + b"A" * 255 + b"\nx"), longest=254))
    assert list(lines.blocks(io.BytesIO(b"A" * 254), longest=254))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"ORIGINATOR = \xc3\xa9", "only printable ASCII may stand outside comments, got byte 0xC3"),
        (b"RANGE = \x00", "got byte 0x00"),
        (b"COMMENT \xff", "neither ASCII nor UTF-8"),
        (b"COMMENT bell\x07", "cannot be printed"),
        (b"COMMENT \xe2\x80\xa8 line separator", "cannot be printed"),
    ],
)
def test_characters_that_no_line_may_hold_are_named(line: bytes, reason: str) -> None:
    with pytest.raises(Refusal, match=f"line 1: .*{reason}"):
        list(lines.blocks(io.BytesIO(line), longest=254))
