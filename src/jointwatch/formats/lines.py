"""The lines of a text file, a block at a time, with bounded memory whatever the file holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from jointwatch.formats.refusal import Refusal, shown

CHUNK_BYTES = 1 << 20
LONGEST_EXEMPT = 4096
_PLAIN = bytes(range(32, 127)) + b"\t\r\n"


@contextmanager
def opened(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    """The stream itself, or the file behind a path, closed at the end."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            yield stream
    else:
        yield source


def blocks(stream: BinaryIO, *, longest: int, exempt: bytes = b"") -> Iterator[tuple[int, list[bytes]]]:
    """Blocks of complete lines without their ends, each with the number (from 1) of its first line.

    longest: characters a line may have; lines that begin with the word `exempt` may have 4,096. Lines end at a line
    feed, a carriage return or both. Characters are printable ASCII and tab; a COMMENT may also hold printable UTF-8,
    as files of the field do. Never holds more than one chunk and one line: a line without end is refused unread.
    """
    carry, number = b"", 1
    while True:
        read = stream.read(CHUNK_BYTES)
        text = carry + read
        cut = _complete(text) if read else len(text)
        lines = text[:cut].splitlines()
        carry = text[cut:]
        _check(lines, number, longest, exempt)
        if len(carry) > LONGEST_EXEMPT:
            raise Refusal(f"line {number + len(lines)}", f"longer than the {longest} characters a line may have")
        if lines:
            yield number, lines
            number += len(lines)
        if not read:
            return


def whole_text(path: Path, largest_bytes: int) -> str:
    """Return the text of a file of at most so many bytes (MiB are told); never holds more than that."""
    with path.open("rb") as stream:
        data = stream.read(largest_bytes + 1)
    if len(data) > largest_bytes:
        raise Refusal("", f"a list may hold {largest_bytes >> 20} MiB; {path.name} holds more")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Refusal("", f"{path.name} is not text in UTF-8") from None


def _complete(text: bytes) -> int:
    """Where the last complete line ends; a carriage return at the very end may still be half of a pair."""
    return max(text.rfind(b"\n"), text.rfind(b"\r", 0, len(text) - 1)) + 1


def _check(lines: list[bytes], first: int, longest: int, exempt: bytes) -> None:
    if max(map(len, lines), default=0) > longest:
        for number, line in enumerate(lines, first):
            allowed = LONGEST_EXEMPT if exempt and line.lstrip().startswith(exempt) else longest
            if len(line) > allowed:
                raise Refusal(f"line {number}", f"longer than the {allowed} characters a line may have ({len(line)})")
    if b"".join(lines).translate(None, _PLAIN):
        for number, line in enumerate(lines, first):
            _check_characters(line, number)


def _check_characters(line: bytes, number: int) -> None:
    strange = line.translate(None, _PLAIN)
    if not strange:
        return
    if not line.lstrip(b" \t").startswith(b"COMMENT"):
        raise Refusal(
            f"line {number}",
            f"only printable ASCII may stand outside comments, got byte 0x{strange[0]:02X} in {shown(line)}",
        )
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(f"line {number}", f"this comment is neither ASCII nor UTF-8: {shown(line)}") from None
    if not text.replace("\t", " ").isprintable():
        raise Refusal(f"line {number}", f"this comment holds characters that cannot be printed: {shown(line)}")
