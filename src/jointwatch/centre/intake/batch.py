"""What a radar hands in as bytes, told apart by how it begins: JSON, a tracking data message, or CSV."""

from __future__ import annotations

import io
from pathlib import Path

from jointwatch.centre.intake import scans
from jointwatch.centre.intake.scans import Told
from jointwatch.formats import measurement_files, scans_json
from jointwatch.formats.refusal import Refusal


def read(body: bytes) -> Told:
    """Return what the bytes tell; raises Refusal, one sentence with the place and the reason."""
    head = body[:4096].lstrip()
    if not head:
        raise Refusal("", "there is nothing in it; with curl, --data-binary @FILE sends a file")
    if head.startswith(b"{"):
        return scans.of_batch(scans_json.read(io.BytesIO(body)))
    if head.startswith(b"CCSDS_") and b"\n" not in body and b"\r" not in body:
        raise Refusal("", "it came without its line ends; with curl, send it with --data-binary, not with -d")
    return scans.of_table(measurement_files.of_bytes(body))


def read_file(path: Path) -> Told:
    """Return what a file tells, which may also be Parquet; raises Refusal."""
    with path.open("rb") as stream:
        head = stream.read(4096).lstrip()
    return scans.of_table(measurement_files.read(path)) if head.startswith(b"PAR1") else read(path.read_bytes())
