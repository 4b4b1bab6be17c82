"""The parts of an Orbit Ephemeris Message from texts with their lines, and the order in which they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jointwatch.formats.decimals import read_reals, read_whole
from jointwatch.formats.epochs import TIME_SYSTEMS, Days, Nanoseconds, read_epochs, read_instant
from jointwatch.formats.kvn import Assignments
from jointwatch.formats.ndm_text import plain_text
from jointwatch.formats.oem import LOWER, Covariances, Ephemeris, Header, Metadata
from jointwatch.formats.refusal import BadRow, Refusal, shown

HEADER = ("CLASSIFICATION", "CREATION_DATE", "ORIGINATOR", "MESSAGE_ID")
FIELDS = {
    "OBJECT_NAME": "object_name", "OBJECT_ID": "object_id", "CENTER_NAME": "center_name", "REF_FRAME": "ref_frame",
    "REF_FRAME_EPOCH": "ref_frame_epoch", "TIME_SYSTEM": "time_system", "START_TIME": "start",
    "USEABLE_START_TIME": "useable_start", "USEABLE_STOP_TIME": "useable_stop", "STOP_TIME": "stop",
    "INTERPOLATION": "interpolation", "INTERPOLATION_DEGREE": "interpolation_degree",
}  # fmt: skip
"""Keywords of table 5-3 in its order, which is the order of writing, and the fields of `Metadata` that hold them."""
MANDATORY = ("OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "START_TIME", "STOP_TIME")


def header_from(version: str, found: Assignments, where: str) -> Header:
    """A header from its texts; raises Refusal."""
    try:
        texts = {keyword: text for keyword, (_, text) in found.values.items()}
        missing = [keyword for keyword in ("CREATION_DATE", "ORIGINATOR") if keyword not in texts]
        if missing:
            raise ValueError(f"{missing[0]} is missing from the header")
        return Header(
            creation_date=read_instant(texts["CREATION_DATE"]),
            originator=texts["ORIGINATOR"],
            message_id=texts.get("MESSAGE_ID"),
            classification=texts.get("CLASSIFICATION"),
            version=version,
            comments=found.comments,
        )
    except ValueError as error:
        raise Refusal(where, str(error)) from None


def metadata_from(found: Assignments) -> Metadata:
    """Metadata from its texts; raises Refusal at the keyword's line, or at the end for what is missing."""
    values: dict[str, object] = {}
    time_system = found.values.get("TIME_SYSTEM", (0, "UTC"))[1].upper()
    for keyword, (number, text) in found.values.items():
        try:
            values[FIELDS[keyword]] = _reader(keyword, time_system)(text)
        except ValueError as error:
            raise Refusal(f"line {number}", str(error)) from None
    try:
        missing = [keyword for keyword in MANDATORY if keyword not in found.values]
        if missing:
            raise ValueError(f"{missing[0]} is missing from the metadata")
        return Metadata(**values, comments=found.comments)  # type: ignore[arg-type]
    except ValueError as error:
        raise Refusal(f"line {found.end}", str(error)) from None


def _reader(keyword: str, time_system: str) -> Callable[[str], object]:
    if keyword == "TIME_SYSTEM":
        return _time_system
    if keyword.endswith("_TIME") or keyword == "REF_FRAME_EPOCH":
        return lambda text: read_instant(text, time_system)
    if keyword == "INTERPOLATION_DEGREE":
        return read_whole
    return lambda text: plain_text(keyword, text)


def _time_system(text: str) -> str:
    if text.upper() not in TIME_SYSTEMS:
        raise ValueError(f"TIME_SYSTEM must be one of {', '.join(TIME_SYSTEMS)}, got {shown(text)}")
    return text.upper()


COVARIANCES_AT_ONCE = 2_000
"""Covariances whose texts are held before they become numbers: 21 texts take 30 times the room of their line."""


@dataclass
class Rows:
    """Texts of epochs with `width` numbers each until they become columns, with the line of each."""

    time_system: str
    width: int
    epoch: list[bytes] = field(default_factory=list)
    number: list[bytes] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    extra: list[bytes] = field(default_factory=list)
    """Accelerations, three for each row in `extra_row`."""
    extra_row: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    """Lines of all rows, also of those already settled."""
    _settled: list[tuple[Days, Nanoseconds, NDArray[np.float64]]] = field(default_factory=list)

    def settle(self) -> None:
        """Turn the texts held so far into columns, so that text of one block only is ever held."""
        try:
            day, ns = read_epochs(self.epoch, self.time_system)
            values = self._values(self.number, self.width)
        except BadRow as bad:
            raise Refusal(f"line {self.line[bad.row]}", bad.sentence) from None
        self._settled.append((day, ns, values.reshape(-1, self.width)))
        self.lines += self.line
        for column in (self.epoch, self.number, self.line):
            column.clear()

    def columns(self) -> tuple[Days, Nanoseconds, NDArray[np.float64]]:
        """All days, nanoseconds of the day and numbers (n, width)."""
        self.settle()
        day, ns, values = (np.concatenate([part[k] for part in self._settled]) for k in range(3))
        return day, ns, values

    def _values(self, texts: list[bytes], width: int) -> NDArray[np.float64]:
        try:
            return read_reals(texts)
        except BadRow as bad:
            raise BadRow(bad.row // width, bad.sentence) from None


def ephemeris_from(rows: Rows, comments: tuple[str, ...]) -> Ephemeris:
    """The ephemeris of rows of six numbers and their accelerations; raises Refusal."""
    day, ns, state = rows.columns()
    try:
        return Ephemeris(day, ns, state, _accelerations(rows, len(day)), comments)
    except BadRow as bad:
        raise Refusal(f"line {rows.lines[bad.row]}", bad.sentence) from None


def covariances_from(rows: Rows, frames: list[str], comments: tuple[str, ...]) -> Covariances:
    """The covariances of rows of 21 numbers, lower triangles row by row; raises Refusal."""
    day, ns, lower = rows.columns()
    matrix = np.zeros((len(day), 6, 6))
    for k, (row, column) in enumerate(LOWER):
        matrix[:, row, column] = matrix[:, column, row] = lower[:, k]
    try:
        return Covariances(day, ns, tuple(frames), matrix, comments)
    except BadRow as bad:
        raise Refusal(f"line {rows.lines[bad.row]}", bad.sentence) from None
    except ValueError as error:
        raise Refusal(f"line {rows.lines[0]}", str(error)) from None


def _accelerations(rows: Rows, n: int) -> NDArray[np.float64] | None:
    if not rows.extra_row:
        return None
    accelerations = np.full((n, 3), np.nan)
    try:
        accelerations[rows.extra_row] = read_reals(rows.extra).reshape(-1, 3)
    except BadRow as bad:
        raise BadRow(rows.extra_row[bad.row // 3], bad.sentence) from None
    return accelerations


def header_texts(header: Header) -> dict[str, str]:
    """The header's keywords and texts in the order of writing."""
    texts = {
        "CLASSIFICATION": header.classification,
        "CREATION_DATE": header.creation_date.text(),
        "ORIGINATOR": header.originator,
        "MESSAGE_ID": header.message_id,
    }
    return {keyword: text for keyword, text in texts.items() if text is not None}


def metadata_texts(metadata: Metadata) -> dict[str, str]:
    """The metadata's keywords and texts in the order of writing."""
    values = {keyword: getattr(metadata, name) for keyword, name in FIELDS.items()}
    return {
        keyword: value.text() if hasattr(value, "text") else str(value)
        for keyword, value in values.items()
        if value is not None
    }
