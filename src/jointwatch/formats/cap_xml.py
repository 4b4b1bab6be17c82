"""The Common Alerting Protocol as XML: reader and writer, for what the schema of the standard allows and no more.

    <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
      <identifier>moscow-watch-1</identifier>
      ...
    </alert>

A message under a signature of its own (XML Signature, in another namespace) is refused: it is not verified here. Times
in UTC are written with the offset -00:00, as the standard wants; texts are read without the blanks around them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from xml.sax.saxutils import escape

from jointwatch.formats.cap import LONGEST_TEXT, MOST, Alert, Area, Circle, Info, Named, Reference, Resource
from jointwatch.formats.decimals import read_reals, read_whole, real_text
from jointwatch.formats.lines import opened
from jointwatch.formats.ndm_elements import Element, Elements
from jointwatch.formats.ndm_xml import HEAD
from jointwatch.formats.refusal import BadRow, Refusal, shown

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE = "application/cap+xml"
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[-+][0-9]{2}:[0-9]{2}")
_ITEM = re.compile(r'"([^"]*)"|([^\s"]+)')


class Row(NamedTuple):
    """An element of a container: its name, the record's field, and whether it must be there or may be repeated."""

    name: str
    field: str
    needed: bool = False
    many: bool = False


ROWS: dict[str, tuple[Row, ...]] = {
    "alert": (
        Row("identifier", "identifier", True),
        Row("sender", "sender", True),
        Row("sent", "sent", True),
        Row("status", "status", True),
        Row("msgType", "type", True),
        Row("source", "source"),
        Row("scope", "scope", True),
        Row("restriction", "restriction"),
        Row("addresses", "addresses"),
        Row("code", "codes", many=True),
        Row("note", "note"),
        Row("references", "references"),
        Row("incidents", "incidents"),
        Row("info", "infos", many=True),
    ),
    "info": (
        Row("language", "language"),
        Row("category", "categories", True, many=True),
        Row("event", "event", True),
        Row("responseType", "responses", many=True),
        Row("urgency", "urgency", True),
        Row("severity", "severity", True),
        Row("certainty", "certainty", True),
        Row("audience", "audience"),
        Row("eventCode", "event_codes", many=True),
        Row("effective", "effective"),
        Row("onset", "onset"),
        Row("expires", "expires"),
        Row("senderName", "sender_name"),
        Row("headline", "headline"),
        Row("description", "description"),
        Row("instruction", "instruction"),
        Row("web", "web"),
        Row("contact", "contact"),
        Row("parameter", "parameters", many=True),
        Row("resource", "resources", many=True),
        Row("area", "areas", many=True),
    ),
    "resource": (
        Row("resourceDesc", "description", True),
        Row("mimeType", "mime_type", True),
        Row("size", "size"),
        Row("uri", "uri"),
        Row("derefUri", "content"),
        Row("digest", "digest"),
    ),
    "area": (
        Row("areaDesc", "description", True),
        Row("polygon", "polygons", many=True),
        Row("circle", "circles", many=True),
        Row("geocode", "geocodes", many=True),
        Row("altitude", "altitude_ft"),
        Row("ceiling", "ceiling_ft"),
    ),
}
_NAMED = (Row("valueName", "value_name", True), Row("value", "value", True))
ROWS |= dict.fromkeys(("eventCode", "parameter", "geocode"), _NAMED)
_RECORDS: dict[str, Callable[..., Any]] = {"alert": Alert, "info": Info, "resource": Resource, "area": Area}
_RECORDS |= dict.fromkeys(("eventCode", "parameter", "geocode"), Named)


def read(source: Path | BinaryIO) -> Alert:
    """The message; raises Refusal, one sentence with line, element and reason."""
    with opened(source) as stream:
        elements = Elements(stream, frozenset(ROWS), namespaces=(NAMESPACE,), longest_text=LONGEST_TEXT)
        root = elements.open("alert")
        found: Alert = _record(elements, root)
        elements.finish()
        return found


def write(message: Alert, stream: BinaryIO) -> None:
    """Write a message; `read` gives back an equal one, and writing that gives back the same bytes."""
    stream.write(HEAD + _written("alert", message, 0, f' xmlns="{NAMESPACE}"').encode())


def _record(elements: Elements, start: Element) -> Any:
    """The record of a container whose start was taken; its elements come in the order of the schema."""
    if start.attributes:
        raise Refusal(start.where, f"unknown attribute {shown(next(iter(start.attributes)))}")
    values: dict[str, Any] = {}
    element = elements.take()
    for row in ROWS[start.name]:
        while element.name == row.name and (element.opens or element.text is not None):
            if row.many and len(values.setdefault(row.field, [])) >= MOST:
                raise Refusal(element.where, f"at most {MOST} of these are read")
            if not row.many and row.field in values:
                raise Refusal(element.where, "it stands once only")
            value = _record(elements, element) if element.opens else _value(element)
            values[row.field] = [*values[row.field], value] if row.many else value
            element = elements.take()
        if row.needed and row.field not in values:
            raise Refusal(element.where, f"wanted <{row.name}> here, in <{start.name}>")
    if element.name != start.name or element.opens or element.text is not None:
        raise Refusal(element.where, f"it is no element of <{start.name}>, or stands out of order")
    try:
        return _RECORDS[start.name](**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
    except ValueError as error:
        raise Refusal(start.where, str(error)) from None


def _value(element: Element) -> Any:
    if element.attributes:
        raise Refusal(element.where, f"unknown attribute {shown(next(iter(element.attributes)))}")
    text = (element.text or "").strip()
    try:
        return _READ.get(element.name, str)(text)
    except (ValueError, BadRow) as error:
        sentence = error.sentence if isinstance(error, BadRow) else str(error)
        raise Refusal(element.where, sentence) from None


def _time(text: str) -> datetime:
    if not _TIME.fullmatch(text):
        raise ValueError(f"wanted a time such as 2009-05-20T08:01:12+04:00, got {shown(text)}")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no such time: {shown(text)}") from None


def _pair(text: str) -> tuple[float, float]:
    parts = text.split(",")
    if len(parts) != 2:
        raise ValueError(f"wanted latitude,longitude, got {shown(text)}")
    latitude, longitude = read_reals([part.encode() for part in parts]).tolist()
    return latitude, longitude


def _polygon(text: str) -> tuple[tuple[float, float], ...]:
    return tuple(_pair(word) for word in text.split())


def _circle(text: str) -> Circle:
    words = text.split()
    if len(words) != 2:
        raise ValueError(f"wanted latitude,longitude and a radius in km, got {shown(text)}")
    return Circle(*_pair(words[0]), *read_reals([words[1].encode()]).tolist())


def _references(text: str) -> tuple[Reference, ...]:
    if not text:
        raise ValueError("it names no message; leave the element out")
    return tuple(_reference(word) for word in text.split())


def _reference(word: str) -> Reference:
    parts = word.split(",")
    if len(parts) != 3:
        raise ValueError(f"wanted sender,identifier,sent, got {shown(word)}")
    return Reference(parts[0], parts[1], _time(parts[2]))


def _items(text: str) -> tuple[str, ...]:
    """What stands between blanks; an item with blanks in it stands between quotation marks."""
    if not text or _ITEM.sub("", text).strip():
        raise ValueError(f"wanted items between blanks, or between quotation marks, got {shown(text)}")
    return tuple(" ".join((one or other).split()) for one, other in _ITEM.findall(text))


def _number(text: str) -> float:
    return float(read_reals([text.encode()])[0])


def time_text(time: datetime) -> str:
    """A time as CAP writes it.

    >>> time_text(datetime.fromisoformat("2009-05-20T04:01:12+00:00"))
    '2009-05-20T04:01:12-00:00'
    """
    text = time.isoformat()
    return text if time.utcoffset() else f"{text[:19]}-00:00"


def _quoted(items: tuple[str, ...]) -> str:
    return " ".join(f'"{item}"' if " " in item else item for item in items)


def _corners(corners: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{real_text(latitude)},{real_text(longitude)}" for latitude, longitude in corners)


def _circle_text(circle: Circle) -> str:
    return f"{_corners(((circle.latitude_deg, circle.longitude_deg),))} {real_text(circle.radius_km)}"


def _reference_texts(references: tuple[Reference, ...]) -> str:
    return " ".join(f"{one.sender},{one.identifier},{time_text(one.sent)}" for one in references)


_TIMES = ("sent", "effective", "onset", "expires")
_READ: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(_TIMES, _time),
    **dict.fromkeys(("altitude", "ceiling"), _number),
    **dict.fromkeys(("addresses", "incidents"), _items),
    "references": _references,
    "polygon": _polygon,
    "circle": _circle,
    "size": read_whole,
}
_WRITE: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(_TIMES, time_text),
    **dict.fromkeys(("altitude", "ceiling"), real_text),
    **dict.fromkeys(("addresses", "incidents"), _quoted),
    "references": _reference_texts,
    "polygon": _corners,
    "circle": _circle_text,
    "size": str,
}


def _written(name: str, record: Any, indent: int, attributes: str = "") -> str:
    inner = ""
    for row in ROWS[name]:
        value = getattr(record, row.field)
        values = value if row.many else () if value is None or value == () else (value,)
        for one in values:
            inner += _written(row.name, one, indent + 1) if row.name in ROWS else _leaf(row.name, one, indent + 1)
    return f"{'  ' * indent}<{name}{attributes}>\n{inner}{'  ' * indent}</{name}>\n"


def _leaf(name: str, value: Any, indent: int) -> str:
    text = escape(_WRITE.get(name, str)(value), {"\r": "&#13;"})
    return f"{'  ' * indent}<{name}>{text}</{name}>\n"
