"""The Tracking Data Message as keyword = value text, CCSDS 503.0-B-2 sections 3 and 4: streaming reader, writer.

    CCSDS_TDM_VERS = 2.0
    CREATION_DATE = 2009-02-02T18:40:00
    ORIGINATOR = MOSCOW
    META_START
    TIME_SYSTEM = UTC
    PARTICIPANT_1 = GABALA
    PARTICIPANT_2 = UNKNOWN
    MODE = SEQUENTIAL
    PATH = 1,2,1
    RANGE_UNITS = km
    ANGLE_TYPE = AZEL
    META_STOP
    DATA_START
    RANGE = 2009-02-02T18:36:00 1400.25
    ANGLE_1 = 2009-02-02T18:36:00 155.1
    ANGLE_2 = 2009-02-02T18:36:00 2.75
    DATA_STOP

What is read beyond the letter of the standard stands at the head of kvn.py and lines.py; a list of DATA_TYPES may be
longer than 254 characters, because the names of all types are. What is written keeps to the letter but for one digit:
a double can need 17 where the standard counts 16, and a message that reads back as another would be worse.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from jointwatch.formats.decimals import real_texts
from jointwatch.formats.epochs import epoch_texts
from jointwatch.formats.kvn import Lines, assignments, comment_lines, leading_comments, line_of, split
from jointwatch.formats.lines import opened
from jointwatch.formats.refusal import Refusal, shown
from jointwatch.formats.tdm import Header, Metadata, Segment, Tdm, joined
from jointwatch.formats.tdm_keywords import HEADER, KEYWORDS, METADATA
from jointwatch.formats.tdm_texts import Rows, header_from, metadata_from
from jointwatch.formats.tdm_values import text_of


def read(source: Path | BinaryIO) -> Tdm:
    """The whole message; raises Refusal, one sentence with the line and the reason."""
    with opened(source) as stream:
        header, segments = read_stream(stream)
        return joined(header, segments)


def read_stream(stream: BinaryIO) -> tuple[Header, Iterator[Segment]]:
    """The header, and the segments as they are read, long ones in pieces that share their metadata object.

    Memory stays that of one piece (about 20,000 observations). Pieces come before the end of the message has been
    seen: a message refused later was never a message.
    """
    lines = Lines(stream)
    header = _header(lines)
    return header, _segments(lines)


def write(message: Tdm, stream: BinaryIO) -> None:
    """Write a message; `read` gives back an equal one, and writing that gives back the same bytes."""
    stream.write(line_of(f"CCSDS_TDM_VERS = {message.header.version}"))
    stream.write(comment_lines(message.header.comments))
    stream.write(line_of(f"CREATION_DATE = {message.header.creation_date.text()}"))
    stream.write(line_of(f"ORIGINATOR = {message.header.originator}"))
    if message.header.message_id is not None:
        stream.write(line_of(f"MESSAGE_ID = {message.header.message_id}"))
    for segment in message.segments:
        _write_segment(segment, stream)


def _header(lines: Lines) -> Header:
    taken = lines.take()
    keyword, version = split(*taken) if taken else ("", None)
    if keyword != "CCSDS_TDM_VERS" or version is None:
        came = shown(taken[1]) if taken else "an empty file"
        raise Refusal(f"line {taken[0] if taken else 1}", f"a message begins with CCSDS_TDM_VERS = 2.0, got {came}")
    found = assignments(lines, section="header", until="META_START", known=frozenset(HEADER))
    lines.back()
    return header_from(version, found, f"line {found.end}")


def _segments(lines: Lines) -> Iterator[Segment]:
    first = True
    while taken := lines.take():
        if split(*taken) != ("META_START", None):
            raise Refusal(f"line {taken[0]}", f"wanted META_START of a next segment, got {shown(taken[1])}")
        found = assignments(lines, section="metadata", until="META_STOP", known=frozenset(METADATA))
        metadata = metadata_from(found)
        taken = lines.take()
        if taken is None or split(*taken) != ("DATA_START", None):
            came = f"got {shown(taken[1])}" if taken else "and the file ends"
            raise Refusal(f"line {lines.last}", f"wanted DATA_START after the metadata, {came}")
        yield from _data(lines, metadata)
        first = False
    if first:
        raise Refusal(f"line {lines.last}", "the file ends before a first META_START")


def _data(lines: Lines, metadata: Metadata) -> Iterator[Segment]:
    """Pieces of a data section, which ends with its DATA_STOP."""
    rows = Rows(metadata, leading_comments(lines))
    begun = False
    while lines.fill():
        stopped = _gather(lines, rows)
        if rows.line:
            begun = True
            yield rows.segment()
        if stopped and not begun:
            raise Refusal(f"line {lines.last}", "a data section holds one or more observations, this one has none")
        if stopped:
            return
    raise Refusal(f"line {lines.last}", "the file ends inside the data section; wanted DATA_STOP")


def _gather(lines: Lines, rows: Rows) -> bool:
    """Take observations up to the end of the block or DATA_STOP, which is taken too; whether it came."""
    block, first = lines.block, lines.first
    keyword, epoch, value, line = rows.keyword, rows.epoch, rows.value, rows.line
    for at in range(lines.at, len(block)):
        words = block[at].split()
        if len(words) != 4 or words[1] != b"=":
            if not words:
                continue
            words = block[at].replace(b"=", b" = ", 1).split()
            if words == [b"DATA_STOP"]:
                lines.at = at + 1
                return True
            if len(words) != 4 or words[1] != b"=":
                raise Refusal(f"line {first + at}", _no_observation(words, block[at]))
        keyword.append(words[0])
        epoch.append(words[2])
        value.append(words[3])
        line.append(first + at)
    lines.at = len(block)
    return False


def _no_observation(words: list[bytes], line: bytes) -> str:
    if words[0] == b"COMMENT":
        return "comments stand at the beginning of the data section, not among the observations"
    if len(words) > 4 and words[1] == b"=":
        return f"after KEYWORD = time value nothing more is written, no units either; got {shown(line.strip())}"
    return f"wanted KEYWORD = time value or DATA_STOP, got {shown(line.strip())}"


def _write_segment(segment: Segment, stream: BinaryIO) -> None:
    observations = segment.observations
    stream.write(b"META_START\n" + comment_lines(segment.metadata.comments))
    for keyword, value in segment.metadata.values.items():
        stream.write(line_of(f"{keyword} = {text_of(value)}"))
    stream.write(b"META_STOP\nDATA_START\n" + comment_lines(observations.comments))
    heads = [f"{keyword} = " for keyword in KEYWORDS]
    epochs = epoch_texts(observations.day, observations.ns_of_day)
    columns = zip(observations.code.tolist(), epochs, real_texts(observations.value), strict=True)
    stream.write("\n".join([f"{heads[code]}{epoch.decode()} {value}" for code, epoch, value in columns]).encode())
    stream.write(b"\nDATA_STOP\n")
