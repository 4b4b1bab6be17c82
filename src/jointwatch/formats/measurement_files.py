"""Files of radar measurements of any kind that is read here, told apart by how they begin, not by their names."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

from jointwatch.formats import measurement_csv, measurement_parquet, tdm_kvn, tdm_measurements, tdm_xml
from jointwatch.formats.measurements import Measurements
from jointwatch.formats.refusal import Refusal

HEAD_BYTES = 4096


def read(path: Path) -> Measurements:
    """The table in a file: a Tracking Data Message (keyword = value or XML), Parquet, or CSV; raises Refusal."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES).lstrip()
    return measurement_parquet.read(path) if head.startswith(b"PAR1") else _text(head, path)


def of_bytes(data: bytes) -> Measurements:
    """The table in a text that is not in a file: the same forms but Parquet; raises Refusal."""
    head = data[:HEAD_BYTES].lstrip()
    if head.startswith(b"PAR1"):
        raise Refusal("", "Parquet is read from files only; send CSV, a tracking data message or JSON")
    return _text(head, io.BytesIO(data))


def _text(head: bytes, source: Path | BinaryIO) -> Measurements:
    if head.startswith(b"\x1f\x8b"):
        raise Refusal("", "packed with gzip; unpack it first")
    if head.startswith((b"<", b"\xef\xbb\xbf<")):
        return tdm_measurements.measurements(tdm_xml.read(source))
    if head.startswith(b"CCSDS_"):
        return tdm_measurements.measurements(tdm_kvn.read(source))
    return measurement_csv.read(source)
