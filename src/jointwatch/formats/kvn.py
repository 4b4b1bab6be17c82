"""Keyword = value lines, which the CCSDS navigation messages share (503.0-B-2 section 4, 502.0-B-3 section 7).

Stricter than most readers and looser than the standard in three things that public files do and that change no
meaning: tabs count as blanks, the last line may lack its end, keywords of one section may stand in any order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from jointwatch.formats.lines import blocks
from jointwatch.formats.refusal import Refusal, shown

LONGEST_LINE = 254
MOST_COMMENTS = 10_000
_KEYWORD = re.compile(rb"[A-Z][A-Z0-9_]*")


@dataclass
class Lines:
    """A cursor over the lines of a stream that skips blank ones; `block[at:]` are the lines it already holds."""

    stream: BinaryIO
    longest: int = LONGEST_LINE
    block: list[bytes] = field(default_factory=list)
    first: int = 1
    at: int = 0
    _more: Iterator[tuple[int, list[bytes]]] = field(init=False)

    def __post_init__(self) -> None:
        # a list of all data types is longer than the standard lets any line be
        self._more = blocks(self.stream, longest=self.longest, exempt=b"DATA_TYPES")

    def fill(self) -> bool:
        """Whether a line is held, after fetching the next block where none was."""
        while self.at >= len(self.block):
            self.first += len(self.block)
            number, self.block = next(self._more, (self.first, []))
            self.first, self.at = number, 0
            if not self.block:
                return False
        return True

    def take(self) -> tuple[int, bytes] | None:
        """The next line that is not blank, with its number, or None at the end."""
        while self.fill():
            number, line = self.first + self.at, self.block[self.at].strip(b" \t")
            self.at += 1
            if line:
                return number, line
        return None

    def back(self) -> None:
        """Put the line last taken back."""
        self.at -= 1

    @property
    def last(self) -> int:
        """Number of the line last taken."""
        return self.first + self.at - 1


@dataclass(frozen=True)
class Assignments:
    """What one section said: its comments, and each keyword's line and text."""

    comments: tuple[str, ...]
    values: dict[str, tuple[int, str]]
    end: int


def split(number: int, line: bytes) -> tuple[str, str | None]:
    """Keyword and value of a line; the value is None for a bare keyword, and the text of a COMMENT.

    >>> split(3, b"RANGE_UNITS = km")
    ('RANGE_UNITS', 'km')
    >>> split(4, b"META_STOP")
    ('META_STOP', None)
    """
    if line.startswith(b"COMMENT") and line[7:8] in (b"", b" ", b"\t"):
        return "COMMENT", line[8:].decode().replace("\t", " ")
    keyword, equals, value = line.partition(b"=")
    keyword = keyword.strip(b" \t")
    if keyword == b"COMMENT" or not _KEYWORD.fullmatch(keyword):
        raise Refusal(f"line {number}", f"wanted KEYWORD = value or COMMENT text, got {shown(line)}")
    if not equals:
        return keyword.decode(), None
    text = b" ".join(value.split())
    if not text:
        raise Refusal(f"line {number}", f"{keyword.decode()} has no value; leave the line out or give one")
    return keyword.decode(), text.decode()


def assignments(lines: Lines, *, section: str, until: str, known: frozenset[str]) -> Assignments:
    """The comments and assignments up to a bare keyword, which is taken too; comments come first, keywords once."""
    comments: list[str] = []
    values: dict[str, tuple[int, str]] = {}
    while taken := lines.take():
        number, line = taken
        keyword, value = split(number, line)
        if keyword == "COMMENT":
            if values:
                raise Refusal(f"line {number}", f"comments stand at the beginning of the {section}, not after keywords")
            add_comment(comments, value or "", f"line {number}")
        elif value is None and keyword == until:
            return Assignments(tuple(comments), values, number)
        elif value is None or keyword not in known:
            raise Refusal(f"line {number}", _stranger(keyword, value, section, until))
        elif keyword in values:
            raise Refusal(f"line {number}", f"{keyword} was already given on line {values[keyword][0]}")
        else:
            values[keyword] = (number, value)
    raise Refusal(f"line {lines.last}", f"the file ends inside the {section}; wanted {until}")


def leading_comments(lines: Lines) -> tuple[str, ...]:
    """The comments that come next, before anything else."""
    comments: list[str] = []
    while taken := lines.take():
        keyword, text = split(*taken) if taken[1].startswith(b"COMMENT") else ("", None)
        if keyword != "COMMENT":
            lines.back()
            break
        add_comment(comments, text or "", f"line {taken[0]}")
    return tuple(comments)


def add_comment(comments: list[str], text: str, where: str) -> None:
    """Add one comment; raises Refusal where a section has more of them than anyone writes."""
    if len(comments) >= MOST_COMMENTS:
        raise Refusal(where, f"a section may have {MOST_COMMENTS} comments, this one has more")
    comments.append(text)


def _stranger(keyword: str, value: str | None, section: str, until: str) -> str:
    if value is None:
        return f"{keyword} came inside the {section}, where an assignment or {until} was wanted"
    return f"{keyword} is no keyword of the {section}"


def line_of(text: str) -> bytes:
    """A line to write, with its end; raises ValueError where it would be longer than a reader must take."""
    if len(text.encode()) > LONGEST_LINE and not text.startswith("DATA_TYPES"):
        raise ValueError(
            f"a line may have {LONGEST_LINE} characters, this would have {len(text.encode())}: {shown(text)}"
        )
    return text.encode() + b"\n"


def comment_lines(comments: tuple[str, ...]) -> bytes:
    """Comment lines to write."""
    return b"".join(line_of(f"COMMENT {text}".rstrip(" ")) for text in comments)
