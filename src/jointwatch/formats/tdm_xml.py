"""The Tracking Data Message as XML, CCSDS 503.0-B-2 section 5: streaming reader, writer.

    <observation>
      <EPOCH>2009-02-02T18:36:00</EPOCH>
      <RANGE>1400.25</RANGE>
    </observation>

The same messages as in keyword = value form, under the same rules; a `units` attribute may repeat the standard's unit
and is refused when it names another.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from jointwatch.formats.decimals import real_texts
from jointwatch.formats.epochs import epoch_texts
from jointwatch.formats.lines import opened
from jointwatch.formats.ndm_elements import Elements
from jointwatch.formats.ndm_xml import (
    HEAD,
    assigned,
    begin,
    check_units,
    close,
    finish,
    leading_comments,
    leaf,
    leaves,
    root_tag,
)
from jointwatch.formats.refusal import Refusal
from jointwatch.formats.tdm import Header, Metadata, Segment, Tdm, joined
from jointwatch.formats.tdm_keywords import HEADER, KEYWORDS, METADATA, OBSERVABLES
from jointwatch.formats.tdm_texts import Rows, header_from, metadata_from
from jointwatch.formats.tdm_values import text_of

CONTAINERS = frozenset({"ndm", "tdm", "header", "body", "segment", "metadata", "data", "observation"})
ROWS_PER_PIECE = 20_000
IDENTITY = "CCSDS_TDM_VERS"


def read(source: Path | BinaryIO) -> Tdm:
    """The whole message; raises Refusal, one sentence with line, element and reason."""
    with opened(source) as stream:
        header, segments = read_stream(stream)
        return joined(header, segments)


def read_stream(stream: BinaryIO) -> tuple[Header, Iterator[Segment]]:
    """The header, and the segments as they are read, long ones in pieces that share their metadata object."""
    elements = Elements(stream, CONTAINERS)
    version, wrapped = begin(elements, "tdm", IDENTITY)
    elements.open("header")
    found = assigned(elements, "header", HEADER, {})
    header = header_from(version, found, f"line {found.end}, element header")
    return header, _segments(elements, wrapped)


def write(message: Tdm, stream: BinaryIO) -> None:
    """Write a message; `read` gives back an equal one, and writing that gives back the same bytes."""
    header = message.header
    stream.write(HEAD + root_tag("tdm", IDENTITY, header.version) + b"  <header>\n")
    given = {"CREATION_DATE": header.creation_date.text(), "ORIGINATOR": header.originator}
    if header.message_id is not None:
        given["MESSAGE_ID"] = header.message_id
    stream.write(leaves(2, header.comments, given) + b"  </header>\n  <body>\n")
    for segment in message.segments:
        _write_segment(segment, stream)
    stream.write(b"  </body>\n</tdm>\n")


def _segments(elements: Elements, wrapped: bool) -> Iterator[Segment]:
    elements.open("body")
    count = 0
    while (element := elements.take()).opens and element.name == "segment":
        elements.open("metadata")
        found = assigned(elements, "metadata", tuple(METADATA), _METADATA_UNITS)
        metadata = metadata_from(found)
        elements.open("data")
        yield from _data(elements, metadata)
        close(elements, "segment")
        count += 1
    if element.opens or element.name != "body":
        raise Refusal(element.where, "wanted <segment> or the end of the body")
    if not count:
        raise Refusal(element.where, "a message has one or more segments, this one has none")
    finish(elements, "tdm", wrapped)


_METADATA_UNITS = {keyword: entry.unit for keyword, entry in METADATA.items()}


def _data(elements: Elements, metadata: Metadata) -> Iterator[Segment]:
    """Pieces of a data section, whose end is taken too."""
    rows = Rows(metadata, leading_comments(elements))
    element = elements.take()
    begun = False
    while element.opens and element.name == "observation":
        _observation(elements, rows)
        if len(rows.line) >= ROWS_PER_PIECE:
            begun = True
            yield rows.segment()
        element = elements.take()
    if element.opens or element.name != "data":
        raise Refusal(element.where, "wanted <observation> or the end of the data")
    if not rows.line and not begun:
        raise Refusal(element.where, "a data section holds one or more observations, this one has none")
    if rows.line:
        yield rows.segment()


def _observation(elements: Elements, rows: Rows) -> None:
    epoch, value, end = elements.take(), elements.take(), elements.take()
    if epoch.name != "EPOCH" or epoch.text is None:
        raise Refusal(epoch.where, "an observation begins with its EPOCH")
    if value.text is None or end.text is not None or end.opens:
        raise Refusal(end.where, "an observation holds its EPOCH and one value")
    if epoch.attributes:
        check_units(epoch, "")
    if value.attributes:
        check_units(value, _unit(value.name, rows.metadata))
    rows.keyword.append(value.name.encode())
    rows.epoch.append(epoch.text.strip().encode())
    rows.value.append(value.text.strip().encode())
    rows.line.append(value.line)


def _unit(keyword: str, metadata: Metadata) -> str:
    if keyword == "RANGE":
        return metadata.range_units
    return OBSERVABLES[keyword].unit if keyword in OBSERVABLES else ""


def _write_segment(segment: Segment, stream: BinaryIO) -> None:
    metadata, observations = segment.metadata, segment.observations
    stream.write(b"    <segment>\n      <metadata>\n")
    stream.write(leaves(4, metadata.comments, {keyword: text_of(value) for keyword, value in metadata.values.items()}))
    stream.write(b"      </metadata>\n      <data>\n" + leaves(4, observations.comments, {}))
    epochs = epoch_texts(observations.day, observations.ns_of_day)
    for code, epoch, value in zip(observations.code.tolist(), epochs, real_texts(observations.value), strict=True):
        body = f"{leaf(5, 'EPOCH', epoch.decode())}{leaf(5, KEYWORDS[code], value)}"
        stream.write(f"        <observation>\n{body}        </observation>\n".encode())
    stream.write(b"      </data>\n    </segment>\n")
