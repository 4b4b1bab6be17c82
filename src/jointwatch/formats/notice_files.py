"""Files of official warnings, as the United States' National Geospatial-Intelligence Agency gives them out: JSON.

One object a line, a list of objects, or `{"broadcast-warn": [...]}`, plain or gzipped. Each names its area, number and
year, when it was issued, and its text; the text is read by `notice_text`.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from jointwatch.formats.notice_cancels import WarningId
from jointwatch.formats.notice_text import LONGEST, NoticeText, read
from jointwatch.formats.notice_tokens import MONTHS
from jointwatch.formats.refusal import Refusal, shown

LARGEST_BYTES = 256 << 20
SERIES = {"A": "HYDROLANT", "C": "HYDROARC", "P": "HYDROPAC", "4": "NAVAREA IV", "12": "NAVAREA XII"}
"""The agency's letter or number of an area, and what its warnings are called."""


class _Row(msgspec.Struct, rename="camel"):
    """What is read of a row; what else it holds is left."""

    msg_year: Annotated[str, Meta(pattern=r"^(19|20)\d\d$")] | Annotated[int, Meta(ge=1900, le=2099)]
    msg_number: Annotated[str, Meta(pattern=r"^\d{1,5}$")] | Annotated[int, Meta(ge=0, le=99_999)]
    nav_area: Annotated[str, Meta(max_length=4)]
    issue_date: Annotated[str, Meta(pattern=r"^\d{6}Z [A-Z]{3} (19|20)\d\d$")]
    text: Annotated[str, Meta(max_length=LONGEST)]
    subregion: Annotated[str, Meta(max_length=200)] | None = None
    authority: Annotated[str, Meta(max_length=2000)] | None = None


class _Answer(msgspec.Struct):
    rows: list[msgspec.Raw] = msgspec.field(name="broadcast-warn")


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning: which, when it was issued (UTC), on whose word, its text, and what that says."""

    id: WarningId
    issued: datetime
    authority: str
    text: str
    says: NoticeText


def read_notices(path: Path) -> tuple[Warned, ...]:
    """Return the warnings of a file, in its order; raises Refusal, naming the row, and OSError."""
    return tuple(_warned(number, raw) for number, raw in enumerate(_rows(path), 1))


def _warned(number: int, raw: bytes | msgspec.Raw) -> Warned:
    where = f"warning {number}"
    try:
        row = msgspec.json.decode(raw, type=_Row)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refusal(
            where, f"wanted an object with msgYear, msgNumber, navArea, issueDate and text: {error}"
        ) from None
    if row.nav_area not in SERIES:
        raise Refusal(where, f"navArea must be one of {', '.join(SERIES)}, got {shown(row.nav_area)}")
    issued = _issued(where, row.issue_date)
    which = WarningId(SERIES[row.nav_area], int(row.msg_number), int(row.msg_year))
    return Warned(which, issued, row.authority or "", row.text, read(row.text, issued, which.series))


def _issued(where: str, text: str) -> datetime:
    group, month, year = text.split()
    try:
        return datetime(
            int(year), MONTHS.index(month) + 1, int(group[:2]), int(group[2:4]), int(group[4:6]), tzinfo=UTC
        )
    except ValueError:
        raise Refusal(where, f"issueDate must be like 301543Z DEC 2010, got {shown(text)}") from None


def _rows(path: Path) -> Iterator[bytes | msgspec.Raw]:
    content = _content(path).strip()
    try:
        if content.startswith(b"["):
            yield from msgspec.json.decode(content, type=list[msgspec.Raw])
        elif content.startswith(b"{") and b'"broadcast-warn"' in content[:200]:
            yield from msgspec.json.decode(content, type=_Answer).rows
        else:
            yield from (line for line in content.splitlines() if line.strip())
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refusal("", f"not a list of warnings in JSON: {error}") from None


def _content(path: Path) -> bytes:
    """Return the file's bytes, unpacked where it is gzipped; never holds more than the limit and one byte."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Refusal("", f"the gzip file is damaged: {error}") from None
    if len(content) > LARGEST_BYTES:
        raise Refusal("", f"a file of warnings may hold {LARGEST_BYTES >> 20} MiB unpacked; this one holds more")
    return bytes(content)
