"""Scans of a radar as JSON, the form for whoever has no other: reader and writer, strict.

    {"scans": [
      {"time_utc": "2026-11-22T09:00:00.5Z", "plots": [
        {"range_m": 1400250.0, "azimuth_deg": 155.1, "elevation_deg": 2.75, "sigma_range_m": 50.0}]},
      {"time_utc": "2026-11-22T09:00:10.5Z", "plots": []}]}

A scan without plots says that the radar looked and saw nothing, which no table can say. Names, units and bounds are
those of measurements.py; `tai_ns` may stand in place of `time_utc`. Sigmas may be left out where they are known
otherwise, and `sensor` where it is clear whose scans these are.
"""

from __future__ import annotations

import re
from typing import Annotated, BinaryIO

import msgspec
import numpy as np
from msgspec import Meta

from jointwatch.formats.epochs import Days, Nanoseconds, read_epochs
from jointwatch.formats.measurements import COLUMNS, check_name, split_tai
from jointwatch.formats.refusal import BadRow, Refusal, shown

MAX_BYTES = 64 << 20
MAX_SCANS = 100_000
FORM = "a scan has time_utc (or tai_ns) and plots; a plot range_m, azimuth_deg, elevation_deg and sigmas of them"

Range = Annotated[float, Meta(gt=0.0, le=1e12)]
Azimuth = Annotated[float, Meta(ge=COLUMNS["azimuth_deg"].least, le=COLUMNS["azimuth_deg"].greatest)]
Elevation = Annotated[float, Meta(ge=COLUMNS["elevation_deg"].least, le=COLUMNS["elevation_deg"].greatest)]
Sigma = Annotated[float, Meta(gt=0.0, le=1e12)] | None


class Plot(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One echo: metres and degrees, and one sigma of each where the radar knows it."""

    range_m: Range
    azimuth_deg: Azimuth
    elevation_deg: Elevation
    sigma_range_m: Sigma = None
    sigma_azimuth_deg: Sigma = None
    sigma_elevation_deg: Sigma = None


class Scan(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a radar saw at one instant; exactly one of time_utc and tai_ns is given."""

    time_utc: str | None = None
    tai_ns: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None
    plots: list[Plot]

    def __post_init__(self) -> None:
        if (self.time_utc is None) == (self.tai_ns is None):
            raise ValueError("wanted exactly one of time_utc and tai_ns")


class Batch(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One or more scans of one radar."""

    sensor: str | None = None
    scans: Annotated[list[Scan], Meta(min_length=1, max_length=MAX_SCANS)]

    def __post_init__(self) -> None:
        if self.sensor is not None:
            check_name(self.sensor)


_decoder = msgspec.json.Decoder(Batch)
LONGEST = 160
_WORDS = {
    "Object missing required field": "it lacks the field",
    "Object ": "it ",
    "Expected ": "wanted ",
    "`float | null`": "a number",
    "`float`": "a number",
    "Number out": "a number out",
}
_PLACE = re.compile(r"(.*) - at `\$\.?([^`]*)`", re.DOTALL)


def read(source: BinaryIO) -> Batch:
    """Return the scans that a JSON text holds; raises Refusal, one sentence with the place and the reason."""
    data = source.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Refusal("", f"longer than the {MAX_BYTES >> 20} MiB that are read; hand in fewer scans at a time")
    try:
        batch = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise _refusal(str(error)) from None
    epochs(batch)
    return batch


def write(batch: Batch, stream: BinaryIO) -> None:
    """Write scans; `read` gives back equal ones, and writing those gives the same bytes."""
    stream.write(msgspec.json.encode(batch))


def epochs(batch: Batch) -> tuple[str, Days, Nanoseconds]:
    """Return the time system of the scans, UTC or TAI, and of each its day and nanosecond of the day."""
    texts = [scan.time_utc for scan in batch.scans if scan.time_utc is not None]
    if not texts:
        days, ns = split_tai(np.array([scan.tai_ns for scan in batch.scans], dtype=np.int64))
        return "TAI", days, ns
    if len(texts) < len(batch.scans):
        raise Refusal("scans", "wanted time_utc in every scan or tai_ns in every scan, not now one and now the other")
    for number, text in enumerate(texts):
        if not (text.isascii() and text.endswith("Z")):
            raise Refusal(f"scans[{number}].time_utc", _WANTED_UTC + shown(text))
    try:
        return "UTC", *read_epochs([text.encode() for text in texts], "UTC")
    except BadRow as bad:
        raise Refusal(f"scans[{bad.row}].time_utc", bad.sentence) from None


_WANTED_UTC = "wanted a UTC time that ends in Z, such as 2009-02-02T18:30:00.5Z, got "


def _refusal(text: str) -> Refusal:
    """Return the decoder's complaint with its place in front, as every reader here has it."""
    found = _PLACE.fullmatch(text)
    place, complaint = (found[2], found[1]) if found else ("", text)
    for word, meaning in _WORDS.items():
        complaint = complaint.replace(word, meaning)
    plain = "".join(letter if letter.isprintable() else "?" for letter in complaint)  # it may quote what came
    cut = plain if len(plain) <= LONGEST else plain[:LONGEST] + "..."
    return Refusal(place, f"{cut}; {FORM}" if "field" in complaint else cut)
