"""Files of radar measurements of any kind that is read here, told apart by how they begin, not by their names."""

from __future__ import annotations

from pathlib import Path

from jointwatch.formats import measurement_csv, measurement_parquet, tdm_kvn, tdm_measurements, tdm_xml
from jointwatch.formats.measurements import Measurements
from jointwatch.formats.refusal import Refusal


def read(path: Path) -> Measurements:
    """The table in a file: a Tracking Data Message (keyword = value or XML), Parquet, or CSV; raises Refusal."""
    with path.open("rb") as stream:
        head = stream.read(4096).lstrip()
    if head.startswith(b"\x1f\x8b"):
        raise Refusal("", "packed with gzip; unpack it first")
    if head.startswith(b"PAR1"):
        return measurement_parquet.read(path)
    if head.startswith((b"<", b"\xef\xbb\xbf<")):
        return tdm_measurements.measurements(tdm_xml.read(path))
    if head.startswith(b"CCSDS_"):
        return tdm_measurements.measurements(tdm_kvn.read(path))
    return measurement_csv.read(path)
