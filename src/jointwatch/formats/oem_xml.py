"""The Orbit Ephemeris Message as XML, CCSDS 502.0-B-3 section 8: reader and writer, under the rules of the other form.

A `units` attribute may repeat the standard's unit and is refused when it names another. An <ndm> around one message,
as NASA publishes the ISS in, is read.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from jointwatch.formats.decimals import real_texts
from jointwatch.formats.epochs import epoch_texts
from jointwatch.formats.lines import opened
from jointwatch.formats.ndm_elements import Element, Elements
from jointwatch.formats.ndm_text import plain_text
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
from jointwatch.formats.oem import ACCELERATION, LOWER, STATE, Covariances, Ephemeris, Metadata, Oem, Segment
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
from jointwatch.formats.refusal import Refusal

CONTAINERS = frozenset(
    {"ndm", "oem", "header", "body", "segment", "metadata", "data", "stateVector", "covarianceMatrix"}
)
ROWS_PER_BLOCK = 20_000
IDENTITY = "CCSDS_OEM_VERS"
UNITS = dict(zip(STATE + ACCELERATION, ["km"] * 3 + ["km/s"] * 3 + ["km/s**2"] * 3, strict=True))
COVARIANCE = {
    f"C{STATE[row]}_{STATE[column]}": ("km**2", "km**2/s", "km**2/s**2")[(row > 2) + (column > 2)]
    for row, column in LOWER
}
"""The elements of a covariance in their order, with their units."""


def read(source: Path | BinaryIO) -> Oem:
    """The whole message; raises Refusal, one sentence with line, element and reason."""
    with opened(source) as stream:
        elements = Elements(stream, CONTAINERS)
        version, wrapped = begin(elements, "oem", IDENTITY)
        elements.open("header")
        found = assigned(elements, "header", HEADER, {})
        header = header_from(version, found, f"line {found.end}, element header")
        elements.open("body")
        segments = []
        while (element := elements.take()).opens and element.name == "segment":
            segments.append(_segment(elements))
        if element.opens or element.name != "body" or not segments:
            raise Refusal(element.where, "wanted one or more <segment> and then the end of the body")
        finish(elements, "oem", wrapped)
        return Oem(header, tuple(segments))


def write(message: Oem, stream: BinaryIO) -> None:
    """Write a message; `read` gives back an equal one, and writing that gives back the same bytes."""
    header = message.header
    stream.write(HEAD + root_tag("oem", IDENTITY, header.version) + b"  <header>\n")
    stream.write(leaves(2, header.comments, header_texts(header)) + b"  </header>\n  <body>\n")
    for segment in message.segments:
        stream.write(b"    <segment>\n      <metadata>\n")
        stream.write(leaves(4, segment.metadata.comments, metadata_texts(segment.metadata)))
        stream.write(b"      </metadata>\n      <data>\n")
        _write_states(segment.ephemeris, stream)
        if segment.covariances is not None:
            _write_covariances(segment.covariances, segment.metadata, stream)
        stream.write(b"      </data>\n    </segment>\n")
    stream.write(b"  </body>\n</oem>\n")


def _segment(elements: Elements) -> Segment:
    elements.open("metadata")
    found = assigned(elements, "metadata", tuple(FIELDS), {})
    metadata = metadata_from(found)
    elements.open("data")
    comments = leading_comments(elements)
    states = Rows(metadata.time_system, 6)
    while (element := elements.take()).opens and element.name == "stateVector":
        _state(elements, element, states)
    if not states.line and not states.lines:
        raise Refusal(element.where, "an ephemeris holds one or more states, this one has none")
    ephemeris = ephemeris_from(states, comments)
    elements.back()
    covariances = _covariances(elements, metadata)
    close(elements, "data")
    close(elements, "segment")
    try:
        return Segment(metadata, ephemeris, covariances)
    except ValueError as error:
        raise Refusal(f"line {found.end}", str(error)) from None


def _value(element: Element, name: str, unit: str) -> bytes:
    """The text of a leaf that must be the one named."""
    if element.name != name or element.text is None:
        raise Refusal(element.where, f"wanted <{name}> here")
    if element.attributes:
        check_units(element, unit)
    return element.text.strip().encode()


def _state(elements: Elements, start: Element, rows: Rows) -> None:
    rows.epoch.append(_value(elements.take(), "EPOCH", ""))
    rows.line.append(start.line)
    rows.number += [_value(elements.take(), name, UNITS[name]) for name in STATE]
    element = elements.take()
    if element.text is not None:
        elements.back()
        rows.extra_row.append(len(rows.lines) + len(rows.line) - 1)
        rows.extra += [_value(elements.take(), name, UNITS[name]) for name in ACCELERATION]
        element = elements.take()
    if element.opens or element.name != "stateVector":
        raise Refusal(element.where, "wanted the end of stateVector here")
    if len(rows.line) >= ROWS_PER_BLOCK:
        rows.settle()


def _covariances(elements: Elements, metadata: Metadata) -> Covariances | None:
    rows, frames = Rows(metadata.time_system, 21), list[str]()
    comments: tuple[str, ...] = ()
    while (start := elements.take()).opens and start.name == "covarianceMatrix":
        comments += leading_comments(elements)
        rows.epoch.append(_value(elements.take(), "EPOCH", ""))
        rows.line.append(start.line)
        frames.append(_frame(elements, metadata))
        rows.number += [_value(elements.take(), name, unit) for name, unit in COVARIANCE.items()]
        close(elements, "covarianceMatrix")
        if len(rows.line) >= COVARIANCES_AT_ONCE:
            rows.settle()
    elements.back()
    return covariances_from(rows, frames, comments) if frames else None


def _frame(elements: Elements, metadata: Metadata) -> str:
    element = elements.take()
    if element.name != "COV_REF_FRAME":
        elements.back()
        return metadata.ref_frame
    try:
        return plain_text("COV_REF_FRAME", _value(element, "COV_REF_FRAME", "").decode())
    except Refusal:
        raise
    except ValueError as error:
        raise Refusal(element.where, str(error)) from None


def _write_states(ephemeris: Ephemeris, stream: BinaryIO) -> None:
    stream.write(leaves(4, ephemeris.comments, {}))
    numbers = real_texts(ephemeris.state_km_km_s.ravel())
    for row, epoch in enumerate(epoch_texts(ephemeris.day, ephemeris.ns_of_day)):
        values = dict(zip(STATE, numbers[6 * row : 6 * row + 6], strict=True))
        if ephemeris.acceleration_km_s2 is not None:
            acceleration = ephemeris.acceleration_km_s2[row]
            if acceleration[0] == acceleration[0]:
                values.update(zip(ACCELERATION, real_texts(acceleration), strict=True))
        body = leaf(5, "EPOCH", epoch.decode()) + "".join(_with_unit(name, text) for name, text in values.items())
        stream.write(f"        <stateVector>\n{body}        </stateVector>\n".encode())


def _with_unit(name: str, text: str) -> str:
    return leaf(5, name, text, f' units="{UNITS[name]}"')


def _write_covariances(covariances: Covariances, metadata: Metadata, stream: BinaryIO) -> None:
    comments = covariances.comments
    epochs = epoch_texts(covariances.day, covariances.ns_of_day)
    for epoch, frame, matrix in zip(epochs, covariances.frame, covariances.matrix, strict=True):
        head = {"EPOCH": epoch.decode()} | ({"COV_REF_FRAME": frame} if frame != metadata.ref_frame else {})
        texts = real_texts(matrix[tuple(zip(*LOWER, strict=True))])
        body = "".join(leaf(5, name, text) for name, text in zip(COVARIANCE, texts, strict=True)).encode()
        stream.write(b"        <covarianceMatrix>\n" + leaves(5, comments, head) + body)
        stream.write(b"        </covarianceMatrix>\n")
        comments = ()
