"""The Orbit Ephemeris Message as keyword = value text, CCSDS 502.0-B-3 sections 5 and 7: reader and writer.

    META_START
    OBJECT_NAME = OMID
    ...
    META_STOP
    2009-02-02T18:36:00 6778.1 0.0 0.0 0.0 7.6 0.0
    COVARIANCE_START
    EPOCH = 2009-02-02T18:36:00
    1.0e-2
    ...
    COVARIANCE_STOP

What is read beyond the letter of the standard stands at the head of kvn.py and lines.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from jointwatch.formats.decimals import real_text, real_texts
from jointwatch.formats.epochs import epoch_texts
from jointwatch.formats.kvn import Lines, assignments, comment_lines, leading_comments, line_of, split
from jointwatch.formats.lines import opened
from jointwatch.formats.ndm_text import plain_text
from jointwatch.formats.oem import LOWER, Covariances, Header, Metadata, Oem, Segment
from jointwatch.formats.oem_texts import (
    COVARIANCES_AT_ONCE,
    FIELDS,
    HEADER,
    Rows,
    covariances_from,
    ephemeris_from,
    header_from,
    header_texts,
    metadata_from,
    metadata_texts,
)
from jointwatch.formats.refusal import Refusal, shown


def read(source: Path | BinaryIO) -> Oem:
    """The whole message; raises Refusal, one sentence with the line and the reason."""
    with opened(source) as stream:
        lines = Lines(stream)
        header = _header(lines)
        segments = []
        while lines.take():
            lines.back()
            segments.append(_segment(lines))
        if not segments:
            raise Refusal(f"line {lines.last}", "the file ends before a first META_START")
        return Oem(header, tuple(segments))


def write(message: Oem, stream: BinaryIO) -> None:
    """Write a message; `read` gives back an equal one, and writing that gives back the same bytes."""
    stream.write(line_of(f"CCSDS_OEM_VERS = {message.header.version}") + comment_lines(message.header.comments))
    stream.write(_assigned(header_texts(message.header)))
    for segment in message.segments:
        stream.write(b"\nMETA_START\n" + comment_lines(segment.metadata.comments))
        stream.write(_assigned(metadata_texts(segment.metadata)) + b"META_STOP\n\n")
        _write_ephemeris(segment, stream)
        if segment.covariances is not None:
            _write_covariances(segment.covariances, segment.metadata, stream)


def _header(lines: Lines) -> Header:
    taken = lines.take()
    keyword, version = split(*taken) if taken else ("", None)
    if keyword != "CCSDS_OEM_VERS" or version is None:
        came = shown(taken[1]) if taken else "an empty file"
        raise Refusal(f"line {taken[0] if taken else 1}", f"a message begins with CCSDS_OEM_VERS = 2.0, got {came}")
    found = assignments(lines, section="header", until="META_START", known=frozenset(HEADER))
    lines.back()
    return header_from(version, found, f"line {found.end}")


def _segment(lines: Lines) -> Segment:
    taken = lines.take()
    if taken is None or split(*taken) != ("META_START", None):
        raise Refusal(
            f"line {lines.last}", f"wanted META_START of a next segment, got {shown(taken[1] if taken else b'')}"
        )
    found = assignments(lines, section="metadata", until="META_STOP", known=frozenset(FIELDS))
    metadata = metadata_from(found)
    comments = leading_comments(lines)
    rows = Rows(metadata.time_system, 6)
    while lines.fill() and not _gather(lines, rows):
        rows.settle()
    if not rows.line and not rows.lines:
        raise Refusal(f"line {lines.last}", "an ephemeris holds one or more states, this one has none")
    ephemeris = ephemeris_from(rows, comments)
    try:
        return Segment(metadata, ephemeris, _covariances(lines, metadata))
    except Refusal:
        raise
    except ValueError as error:
        raise Refusal(f"line {found.end}", str(error)) from None


def _gather(lines: Lines, rows: Rows) -> bool:
    """Take states up to the end of the block or to a line that begins another section; whether one did."""
    for at in range(lines.at, len(lines.block)):
        words = lines.block[at].split()
        if len(words) == 7 or len(words) == 10:
            if len(words) == 10:
                rows.extra_row.append(len(rows.lines) + len(rows.line))
                rows.extra += words[7:]
            rows.epoch.append(words[0])
            rows.number += words[1:7]
            rows.line.append(lines.first + at)
        elif words in ([b"META_START"], [b"COVARIANCE_START"]):
            lines.at = at
            return True
        elif words:
            raise Refusal(f"line {lines.first + at}", _no_state(words, lines.block[at]))
    lines.at = len(lines.block)
    return False


def _no_state(words: list[bytes], line: bytes) -> str:
    if words[0] == b"COMMENT":
        return "comments stand before the first state, not among the states"
    return f"wanted a time with 6 or 9 numbers, META_START or COVARIANCE_START, got {shown(line.strip())}"


def _covariances(lines: Lines, metadata: Metadata) -> Covariances | None:
    taken = lines.take()
    if taken is None or taken[1] != b"COVARIANCE_START":
        if taken is not None:
            lines.back()
        return None
    comments = leading_comments(lines)
    rows, frames = Rows(metadata.time_system, 21), list[str]()
    while (taken := lines.take()) and taken[1] != b"COVARIANCE_STOP":
        frames.append(_covariance(lines, taken, rows, metadata.ref_frame))
        if len(rows.line) >= COVARIANCES_AT_ONCE:
            rows.settle()
    if taken is None:
        raise Refusal(f"line {lines.last}", "the file ends inside the covariances; wanted COVARIANCE_STOP")
    if not frames:
        raise Refusal(f"line {taken[0]}", "a covariance section holds one or more covariances, this one has none")
    return covariances_from(rows, frames, comments)


def _covariance(lines: Lines, taken: tuple[int, bytes], rows: Rows, frame: str) -> str:
    """Take one covariance, EPOCH to its sixth row, and give the name of its frame."""
    keyword, epoch = split(*taken)
    if keyword != "EPOCH" or epoch is None:
        raise Refusal(f"line {taken[0]}", f"a covariance begins with EPOCH = time, got {shown(taken[1])}")
    rows.epoch.append(epoch.encode())
    rows.line.append(taken[0])
    for row in range(1, 7):
        number, line = lines.take() or (lines.last, b"")
        if row == 1 and line.startswith(b"COV_REF_FRAME"):
            frame = plain_text("COV_REF_FRAME", split(number, line)[1] or "")
            number, line = lines.take() or (lines.last, b"")
        words = line.split()
        if len(words) != row:
            raise Refusal(f"line {number}", f"row {row} of a covariance has {row} numbers, got {shown(line)}")
        rows.number += words
    return frame


def _assigned(texts: dict[str, str]) -> bytes:
    return b"".join(line_of(f"{keyword} = {text}") for keyword, text in texts.items())


def _write_ephemeris(segment: Segment, stream: BinaryIO) -> None:
    ephemeris = segment.ephemeris
    stream.write(comment_lines(ephemeris.comments))
    numbers = real_texts(ephemeris.state_km_km_s.ravel())
    epochs = epoch_texts(ephemeris.day, ephemeris.ns_of_day)
    for row, epoch in enumerate(epochs):
        words = numbers[6 * row : 6 * row + 6]
        if ephemeris.acceleration_km_s2 is not None:
            acceleration = ephemeris.acceleration_km_s2[row]
            words += [] if acceleration[0] != acceleration[0] else real_texts(acceleration)
        stream.write(line_of(f"{epoch.decode()} {' '.join(words)}"))


def _write_covariances(covariances: Covariances, metadata: Metadata, stream: BinaryIO) -> None:
    stream.write(b"\nCOVARIANCE_START\n" + comment_lines(covariances.comments))
    epochs = epoch_texts(covariances.day, covariances.ns_of_day)
    for epoch, frame, matrix in zip(epochs, covariances.frame, covariances.matrix, strict=True):
        stream.write(line_of(f"EPOCH = {epoch.decode()}"))
        if frame != metadata.ref_frame:
            stream.write(line_of(f"COV_REF_FRAME = {frame}"))
        texts = [real_text(float(matrix[place])) for place in LOWER]
        for row in range(6):
            stream.write(line_of(" ".join(texts[row * (row + 1) // 2 : (row + 1) * (row + 2) // 2])))
    stream.write(b"COVARIANCE_STOP\n")
