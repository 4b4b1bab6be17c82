"""The parts of a Tracking Data Message from texts with their lines, as either form of it gathers them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jointwatch.formats.decimals import read_reals
from jointwatch.formats.epochs import read_epochs, read_instant
from jointwatch.formats.kvn import Assignments
from jointwatch.formats.ndm_text import plain_text
from jointwatch.formats.refusal import BadRow, Refusal, shown
from jointwatch.formats.tdm import Header, Metadata, Observations, Segment
from jointwatch.formats.tdm_keywords import CODES, HEADER
from jointwatch.formats.tdm_rules import check_order
from jointwatch.formats.tdm_values import value_from


def header_from(version: str, found: Assignments, where: str) -> Header:
    """A header from its texts; raises Refusal."""
    try:
        missing = [keyword for keyword in HEADER[:2] if keyword not in found.values]
        if missing:
            raise ValueError(f"{missing[0]} is missing from the header")
        texts = {keyword: text for keyword, (_, text) in found.values.items()}
        identity = texts.get("MESSAGE_ID")
        return Header(
            creation_date=read_instant(texts["CREATION_DATE"]),
            originator=plain_text("ORIGINATOR", texts["ORIGINATOR"]),
            message_id=None if identity is None else plain_text("MESSAGE_ID", identity),
            version=version,
            comments=found.comments,
        )
    except ValueError as error:
        raise Refusal(where, str(error)) from None


def metadata_from(found: Assignments) -> Metadata:
    """Metadata from its texts; raises Refusal at the keyword's line, or at the end for what is missing."""
    values = {}
    for keyword, (number, text) in found.values.items():
        try:
            values[keyword] = value_from(keyword, text)
        except ValueError as error:
            raise Refusal(f"line {number}", str(error)) from None
    try:
        return Metadata(values, found.comments)
    except ValueError as error:
        raise Refusal(f"line {found.end}", str(error)) from None


@dataclass
class Rows:
    """Texts of observations until they become columns, with the line of each; the order is checked across pieces."""

    metadata: Metadata
    comments: tuple[str, ...] = ()
    keyword: list[bytes] = field(default_factory=list)
    epoch: list[bytes] = field(default_factory=list)
    value: list[bytes] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    last: dict[int, tuple[int, int]] = field(default_factory=dict)

    def segment(self) -> Segment:
        """The piece gathered so far, which starts anew; raises Refusal with the line of the first bad row."""
        try:
            piece = Segment(self.metadata, self._observations())
        except BadRow as bad:
            raise Refusal(f"line {self.line[bad.row]}", bad.sentence) from None
        except ValueError as error:
            raise Refusal(f"line {self.line[0]}", str(error)) from None
        for column in (self.keyword, self.epoch, self.value, self.line):
            column.clear()
        return piece

    def _observations(self) -> Observations:
        known = _CODE_OF_BYTES
        code = np.array([known.get(keyword, 255) for keyword in self.keyword], dtype=np.uint8)
        if (code == 255).any():
            row = int(np.flatnonzero(code == 255)[0])
            raise BadRow(row, f"{shown(self.keyword[row])} is no kind of observation (503.0-B-2, table 3-5)")
        day, ns = read_epochs(self.epoch, self.metadata.time_system)
        observations = Observations(code, day, ns, self._values(), self.comments)
        self.last = check_order(code, day, ns, self.last)
        return observations

    def _values(self) -> NDArray[np.float64]:
        try:
            return read_reals(self.value)
        except BadRow as bad:
            raise BadRow(bad.row, f"{self.keyword[bad.row].decode()}: {bad.sentence}") from None


_CODE_OF_BYTES = {keyword.encode(): code for keyword, code in CODES.items()}
