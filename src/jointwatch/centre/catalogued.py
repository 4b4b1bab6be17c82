"""The public catalogue as one process knows it: read once, shared by all its perspectives."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jointwatch.flight.satellites import catalogue_of
from jointwatch.formats import element_files
from jointwatch.tracking.known import Known


@lru_cache(maxsize=1)
def known_satellites(path: str) -> Known | None:
    """Return the satellites of a file of mean elements, or None where no file is named; ValueError names a bad one."""
    return Known(catalogue_of(element_files.read(Path(path)).elements)) if path else None
