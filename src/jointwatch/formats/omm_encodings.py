"""The four ways of writing an Orbit Mean-Elements Message, each as messages of keywords and texts.

A message that is not whole carries its fault instead; a document that is not whole is a ValueError.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from xml.parsers import expat

_KVN_LINE = re.compile(r"([A-Z][A-Z0-9_]*)\s*=\s*(.*)")
_KVN_UNIT = re.compile(r"(.*?)\s*\[([^\[\]]*)\]")
_VERSION = re.compile(r"[123]\.0")
_NAMES = ("OBJECT_NAME", "OBJECT_ID", "ORIGINATOR", "MESSAGE_ID")  # brackets may stand in them
_LONGEST_LINE = 254  # 502.0-B-3, 7.3.1
_DEEPEST = 12  # ndm, omm, body, segment, data, meanElements, and some to spare


@dataclass(slots=True)
class Message:
    """One message: what it says by keyword, the units it names, and its fault where it could not be taken apart.

    number, counted: its line, or its place among the records, from one on.
    """

    number: int
    counted: str
    values: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    fault: str = ""

    def say(self, keyword: str, value: str, unit: str = "") -> None:
        """Take a keyword, which may come once; comments and what users define may come often and are passed over."""
        if keyword.startswith(("COMMENT", "USER_DEFINED")):
            return
        if keyword in self.values:
            self.spoil(f"{_plain(keyword)} is said twice")
        self.values[keyword] = value
        if unit:
            self.units[keyword] = unit

    def spoil(self, fault: str) -> None:
        """Keep the first fault."""
        self.fault = self.fault or fault


def from_json(text: str) -> Iterator[Message]:
    """The objects of a JSON list, or the one object; numbers keep the digits they were written with."""
    try:
        document = json.loads(
            text, object_pairs_hook=list, parse_float=str, parse_int=str, parse_constant=_no_json_number
        )
    except RecursionError as error:
        raise ValueError("wanted a JSON list of messages, got one nested too deep") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"wanted a JSON list of messages, got what is no JSON: {error.msg}, {_at(error)}") from error
    # an object comes as a list of pairs (tuples), so that a keyword said twice is seen; a list of objects as lists
    single = bool(document) and isinstance(document[0], tuple)
    return _from_objects([document] if single else document)


def _from_objects(objects: list[object]) -> Iterator[Message]:
    for number, pairs in enumerate(objects, start=1):
        message = Message(number, "record")
        if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
            message.spoil("wanted an object of keywords, got something else")
            pairs = []
        for keyword, value in pairs:
            if isinstance(value, str):
                message.say(keyword, value.strip())
            elif value is not None:
                message.spoil(f"{_plain(keyword)} is neither a number nor a text")
        yield message


def from_csv(text: str) -> Iterator[Message]:
    """The rows of a table whose first row holds the keywords."""
    rows = csv.reader(StringIO(text.lstrip(), newline=""), strict=True)
    before = text[: len(text) - len(text.lstrip())].count("\n")
    try:
        header = next(rows, [])
        if len(set(header)) != len(header):
            raise ValueError("wanted a table of messages, got one with a keyword twice in its first line")
        for row in rows:
            if not row:
                continue
            message = Message(before + rows.line_num, "line")
            if len(row) != len(header):
                message.spoil(f"{len(row)} cells under {len(header)} keywords")
            for keyword, cell in zip(header, row, strict=False):
                message.say(keyword, cell.strip())
            yield message
    except csv.Error as error:
        line = before + rows.line_num
        raise ValueError(f"wanted a table of messages, got a line {line} that is no CSV: {error}") from error


def from_kvn(text: str) -> Iterator[Message]:
    """The messages of a file of `KEYWORD = value [unit]` lines; each begins with CCSDS_OMM_VERS."""
    message: Message | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.strip()
        if len(line) > _LONGEST_LINE and message is not None:
            message.spoil(f"line {number} has {len(line)} characters; a line has at most {_LONGEST_LINE}")
            continue
        if not line or line == "COMMENT" or line.startswith("COMMENT "):
            continue
        found = _KVN_LINE.fullmatch(line)
        if found is not None and found[1] == "CCSDS_OMM_VERS":
            if message is not None:
                yield message
            message = Message(number, "line")
            if _VERSION.fullmatch(found[2]) is None:
                message.spoil(f"version {found[2][:40]!r} is none of those read (1.0, 2.0, 3.0)")
        elif message is None:
            raise ValueError(f"wanted CCSDS_OMM_VERS at the beginning, got {line[:40]!r} in line {number}")
        elif found is None:
            message.spoil(f"line {number} is no KEYWORD = value: {line[:40]!r}")
        else:
            bracketed = None if found[1] in _NAMES else _KVN_UNIT.fullmatch(found[2])
            value, unit = bracketed.groups() if bracketed else (found[2], "")
            message.say(found[1], value, unit)
    if message is not None:
        yield message


def from_xml(text: str) -> list[Message]:
    """The messages of an `omm` document, or of the `omm` elements of an `ndm` one; no document types, no entities."""
    reader = _XmlReader()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_document_type
    parser.StartElementHandler = lambda tag, attributes: reader.start(tag, attributes, parser.CurrentLineNumber)
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        # a lone surrogate of a text handed in as str becomes a question mark, which no keyword's value may hold
        parser.Parse(text.lstrip().encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise ValueError(
            f"wanted messages in XML, got a document that is not well formed: {expat.ErrorString(error.code)}, "
            f"line {error.lineno}"
        ) from error
    return reader.messages


class _XmlReader:
    """Takes the leaves of each `omm` element as they pass; no tree is kept."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._path: list[str] = []
        self._leaf: list[str] = []
        self._unit = ""

    def start(self, tag: str, attributes: dict[str, str], line: int) -> None:
        tag = tag.rpartition(":")[2]
        self._path.append(tag)
        depth = len(self._path)
        if depth > _DEEPEST:
            raise ValueError(f"wanted messages in XML, got elements nested deeper than {_DEEPEST} in line {line}")
        if depth == 1 and tag not in ("ndm", "omm"):
            raise ValueError(f"wanted an XML document of omm or ndm, got one of {tag[:40]!r}")
        if (depth == 1 and tag == "omm") or (depth == 2 and self._path[0] == "ndm" and tag[:1].islower()):
            self.messages.append(Message(line, "line"))
            if tag != "omm":
                self.messages[-1].spoil(f"wanted an omm, got a message of the kind {tag[:40]!r}")
            elif _VERSION.fullmatch(attributes.get("version", "")) is None:
                self.messages[-1].spoil("the omm names no version that is read (1.0, 2.0, 3.0)")
        self._leaf, self._unit = [], attributes.get("units", "")

    def characters(self, text: str) -> None:
        self._leaf.append(text)

    def end(self, tag: str) -> None:
        tag = self._path.pop()
        if tag.isupper() and self.messages and len(self._path) > 1:
            self.messages[-1].say(tag, "".join(self._leaf).strip(), self._unit)
        self._leaf, self._unit = [], ""


def _plain(keyword: str) -> str:
    return keyword[:40].encode("ascii", "backslashreplace").decode()


def _no_document_type(name: str, *_: object) -> None:
    raise ValueError(f"wanted messages in XML without a document type, got one that declares {name[:40]!r}")


def _no_json_number(name: str) -> None:
    raise ValueError(f"wanted a JSON list of messages, got {name}, which JSON does not know")


def _at(error: json.JSONDecodeError) -> str:
    return f"line {error.lineno}"
