"""A file of mean elements, whatever it is written in: two or three lines, or messages in JSON, XML, CSV or KVN."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from jointwatch.formats.mean_elements import LARGEST_BYTES, Reading
from jointwatch.formats.omm import read_omm
from jointwatch.formats.tle import read_tle

GZIP = b"\x1f\x8b"
_KEYWORD = b"NORAD_CAT_ID"  # in every message, in no set of lines


def read(path: Path) -> Reading:
    """Element sets of a file, packed with gzip or not, and its damaged ones; ValueError, one sentence, for any other.

    What holds the word NORAD_CAT_ID is taken for messages, all else for lines.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == GZIP
        with gzip.open(path) if packed else path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ValueError(f"{path}: cannot be read ({reason}); give a file of element sets (TLE, 3LE or OMM)") from None
    try:
        reading = read_omm(data) if _KEYWORD in data else read_tle(data)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    if not reading.elements:
        raise ValueError(f"{path}: none of its element sets can be taken; the first: {reading.refused[0]}")
    return reading
