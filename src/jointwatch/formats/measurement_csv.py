"""Tables of measurements as comma-separated text: reader and writer, strict, in blocks.

    time_utc,sensor,range_m,azimuth_deg,elevation_deg
    2009-02-02T18:36:00Z,GABALA,1400250.0,155.1,2.75

The first line names the columns; no quotes, no comments, a point in numbers. See measurements.py for the columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from jointwatch.formats.decimals import read_reals, real_texts
from jointwatch.formats.epochs import Days, Nanoseconds, epoch_texts, read_epochs
from jointwatch.formats.lines import blocks, opened
from jointwatch.formats.measurements import (
    COLUMNS,
    BadCell,
    Floats,
    Measurements,
    check_columns,
    coded,
    split_tai,
)
from jointwatch.formats.refusal import BadRow, Refusal, shown

LONGEST_LINE = 1024


def read(source: Path | BinaryIO) -> Measurements:
    """The whole table; raises Refusal, one sentence with line, column and reason."""
    with opened(source) as stream:
        table = _Table()
        for number, line in _lines(stream):
            table.take(number, line)
        return table.finished()


def write(table: Measurements, stream: BinaryIO) -> None:
    """Write a table; `read` gives back an equal one, and writing that gives back the same bytes."""
    columns: dict[str, list[str]] = {}
    if table.time_system == "UTC":
        columns["time_utc"] = [f"{text.decode()}Z" for text in epoch_texts(table.day, table.ns_of_day)]
    else:
        columns["tai_ns"] = [str(ns) for ns in table.tai_ns.tolist()]
    columns["sensor"] = [table.sensors[code] for code in table.sensor]
    if table.objects:
        columns["object"] = [table.objects[code] if code >= 0 else "" for code in table.object]
    for name in COLUMNS:
        if name in table.values:
            texts = real_texts(table.values[name])
            columns[name] = ["" if text == "nan" else text for text in texts]
    stream.write((",".join(columns) + "\n").encode())
    stream.write("".join([",".join(row) + "\n" for row in zip(*columns.values(), strict=True)]).encode())


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    for first, lines in blocks(stream, longest=LONGEST_LINE):
        for number, line in enumerate(lines, first):
            if line.strip():
                yield number, line


class _Table:
    """Cells until they become columns, a block of rows at a time."""

    ROWS = 50_000

    def __init__(self) -> None:
        self.names: list[str] = []
        self.rows: list[list[bytes]] = []
        self.number: list[int] = []
        self.numbers: list[int] = []
        self.time: list[tuple[Days, Nanoseconds]] = []
        self.text: dict[str, list[str]] = {"sensor": [], "object": []}
        self.value: dict[str, list[Floats]] = {}

    def take(self, number: int, line: bytes) -> None:
        cells = [cell.strip() for cell in line.split(b",")]
        if b'"' in line:
            raise Refusal(f"line {number}", "quotes are not used in a table of measurements")
        if not self.names:
            self._head(number, cells)
            return
        if len(cells) != len(self.names):
            raise Refusal(f"line {number}", f"wanted {len(self.names)} cells as the first line names, got {len(cells)}")
        self.rows.append(cells)
        self.number.append(number)
        if len(self.rows) >= self.ROWS:
            self._settle()

    def _head(self, number: int, cells: list[bytes]) -> None:
        self.names = [cell.decode("ascii", "replace") for cell in cells]
        try:
            check_columns(self.names)
        except ValueError as error:
            raise Refusal(f"line {number}", str(error)) from None
        self.value = {name: [] for name in self.names if name in COLUMNS}

    def _settle(self) -> None:
        """Turn the rows held so far into columns."""
        for name, cells in zip(self.names, zip(*self.rows, strict=True), strict=True):
            try:
                self._column(name, list(cells))
            except BadRow as bad:
                raise Refusal(f"line {self.number[bad.row]}, column {name}", bad.sentence) from None
        self.numbers += self.number
        self.rows, self.number = [], []

    def _column(self, name: str, cells: list[bytes]) -> None:
        if name == "time_utc":
            self.time.append(read_epochs(_zulu(cells), "UTC"))
        elif name == "tai_ns":
            self.time.append(split_tai(_whole(cells)))
        elif name in self.text:
            self.text[name] += [cell.decode("ascii", "replace") for cell in cells]
            if name == "sensor" and b"" in cells:
                raise BadRow(cells.index(b""), "wanted the name of the sensor")
        else:
            self.value[name].append(_optional(cells))

    def finished(self) -> Measurements:
        if self.rows:
            self._settle()
        if not self.numbers:
            raise Refusal("", "a table of measurements has a line of column names and one or more rows, this has none")
        try:
            return self._measurements()
        except BadCell as bad:
            raise Refusal(f"line {self.numbers[bad.row]}, column {bad.column}", bad.sentence) from None

    def _measurements(self) -> Measurements:
        sensors, sensor = self._coded("sensor")
        objects, named = self._coded("object") if self.text["object"] else ((), None)
        none = np.full(len(sensor), -1, dtype=np.int32)
        return Measurements(
            time_system="UTC" if "time_utc" in self.names else "TAI",
            day=np.concatenate([day for day, _ in self.time]),
            ns_of_day=np.concatenate([ns for _, ns in self.time]),
            sensors=sensors,
            sensor=sensor,
            values={name: np.concatenate(parts) for name, parts in self.value.items()},
            objects=objects,
            object=none if named is None else named,
        )

    def _coded(self, name: str) -> tuple[tuple[str, ...], np.ndarray[tuple[int], np.dtype[np.int32]]]:
        try:
            return coded(self.text[name])
        except BadRow as bad:
            raise BadCell(bad.row, name, bad.sentence) from None


def _zulu(cells: list[bytes]) -> list[bytes]:
    for row, cell in enumerate(cells):
        if not cell.endswith(b"Z"):
            raise BadRow(row, f"wanted a UTC time that ends in Z, such as 2009-02-02T18:30:00.5Z, got {shown(cell)}")
    return cells


def _whole(cells: list[bytes]) -> Nanoseconds:
    for row, cell in enumerate(cells):
        if not cell.lstrip(b"-").isdigit() or not -(2**63) <= int(cell) < 2**63:
            raise BadRow(row, f"wanted whole nanoseconds within 64 bits, got {shown(cell)}")
    return np.array(list(map(int, cells)), dtype=np.int64)


def _optional(cells: list[bytes]) -> Floats:
    given = [row for row, cell in enumerate(cells) if cell]
    values = np.full(len(cells), np.nan)
    try:
        values[given] = read_reals([cells[row] for row in given])
    except BadRow as bad:
        raise BadRow(given[bad.row], bad.sentence) from None
    return values
