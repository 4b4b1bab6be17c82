"""Tables of measurements as Parquet: reader and writer. See measurements.py for the columns.

Types are exact: tai_ns Int64, time_utc, sensor and object String, numbers Float64. A missing value is null, never NaN.
Reading costs a process of its own (half a second), because a damaged file can end the process that decodes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from jointwatch.formats.epochs import Days, Nanoseconds, epoch_texts, read_epochs
from jointwatch.formats.measurements import (
    COLUMNS,
    BadCell,
    Floats,
    Measurements,
    check_columns,
    coded,
    split_tai,
)
from jointwatch.formats.parquet_decode import decoded
from jointwatch.formats.refusal import BadRow, Refusal

if TYPE_CHECKING:
    import polars as pl


def read(source: Path | BinaryIO) -> Measurements:
    """The whole table; raises Refusal, one sentence with row, column and reason."""
    frame = decoded(source)
    _check_types(frame)
    try:
        return _measurements(frame)
    except BadCell as bad:
        raise Refusal(f"row {bad.row + 1}, column {bad.column}", bad.sentence) from None


def write(table: Measurements, stream: BinaryIO) -> None:
    """Write a table; `read` gives back an equal one."""
    import polars as pl

    columns: dict[str, object] = {}
    if table.time_system == "UTC":
        columns["time_utc"] = [f"{text.decode()}Z" for text in epoch_texts(table.day, table.ns_of_day)]
    else:
        columns["tai_ns"] = table.tai_ns
    columns["sensor"] = [table.sensors[code] for code in table.sensor]
    if table.objects:
        columns["object"] = [table.objects[code] if code >= 0 else None for code in table.object]
    for name in COLUMNS:
        if name in table.values:
            columns[name] = pl.Series(name, table.values[name], dtype=pl.Float64).fill_nan(None)
    pl.DataFrame(columns).write_parquet(stream)


def _check_types(frame: pl.DataFrame) -> None:
    import polars as pl

    try:
        check_columns(frame.columns)
    except ValueError as error:
        raise Refusal("", str(error)) from None
    for name, dtype in frame.schema.items():
        wanted = pl.Int64 if name == "tai_ns" else pl.Float64 if name in COLUMNS else pl.String
        if dtype != wanted:
            raise Refusal(f"column {name}", f"wanted type {wanted}, got {dtype}")
    if not len(frame):
        raise Refusal("", "a table of measurements has one or more rows, this has none")


def _measurements(frame: pl.DataFrame) -> Measurements:
    day, ns = _time(frame)
    sensors, sensor = _coded(frame, "sensor")
    objects, named = (
        _coded(frame, "object") if "object" in frame.columns else ((), np.full(len(day), -1, dtype=np.int32))
    )
    return Measurements(
        time_system="UTC" if "time_utc" in frame.columns else "TAI",
        day=day,
        ns_of_day=ns,
        sensors=sensors,
        sensor=sensor,
        values={name: _values(frame, name) for name in COLUMNS if name in frame.columns},
        objects=objects,
        object=named,
    )


def _time(frame: pl.DataFrame) -> tuple[Days, Nanoseconds]:
    name = "time_utc" if "time_utc" in frame.columns else "tai_ns"
    _require_all(frame, name)
    if name == "tai_ns":
        return split_tai(frame[name].to_numpy())
    cells = [text.encode() for text in frame[name].to_list()]
    try:
        for row, cell in enumerate(cells):
            if not cell.endswith(b"Z"):
                raise BadRow(row, "wanted a UTC time that ends in Z, such as 2009-02-02T18:30:00.5Z")
        return read_epochs(cells, "UTC")
    except BadRow as bad:
        raise BadCell(bad.row, name, bad.sentence) from None


def _require_all(frame: pl.DataFrame, name: str) -> None:
    null = frame[name].is_null().to_numpy()
    if null.any():
        raise BadCell(int(np.flatnonzero(null)[0]), name, "wanted a value, got null")


def _coded(frame: pl.DataFrame, name: str) -> tuple[tuple[str, ...], np.ndarray[tuple[int], np.dtype[np.int32]]]:
    if name == "sensor":
        _require_all(frame, name)
    try:
        names = [text or "" for text in frame[name].to_list()]
        if name == "sensor" and "" in names:
            raise BadRow(names.index(""), "wanted the name of the sensor")
        return coded(names)
    except BadRow as bad:
        raise BadCell(bad.row, name, bad.sentence) from None


def _values(frame: pl.DataFrame, name: str) -> Floats:
    nan = frame[name].is_nan().fill_null(False).to_numpy()
    if nan.any():
        raise BadCell(int(np.flatnonzero(nan)[0]), name, "NaN is no measurement; a missing value is null")
    return np.array(frame[name].fill_null(float("nan")).to_numpy(), dtype=np.float64) + 0.0
