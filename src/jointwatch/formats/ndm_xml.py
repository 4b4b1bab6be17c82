"""The elements of a CCSDS navigation message in XML (505.0-B), one after another, with bounded memory and no DTD.

expat reads; nothing of the document outlives its chunk. A document type, and with it every entity of one's own, is
refused, and so is a tag, comment or text without end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat
from xml.sax.saxutils import escape

from jointwatch.formats.kvn import Assignments, add_comment
from jointwatch.formats.refusal import Refusal, shown

CHUNK_BYTES = 1 << 16
LONGEST_SILENCE = 4 * CHUNK_BYTES
LONGEST_TEXT = 4096
LONGEST_NAME = 64
NAMESPACE = "urn:ccsds:schema:ndmxml"
SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'

Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class Element:
    """One end of a container (`text` None, `opens` says which) or a whole leaf with its text."""

    name: str
    line: int
    attributes: Attributes
    text: str | None = None
    opens: bool = False

    @property
    def where(self) -> str:
        """The place, for a refusal."""
        return f"line {self.line}, element {self.name}"


@dataclass
class Elements:
    """A cursor over the elements of a stream."""

    stream: BinaryIO
    containers: frozenset[str]
    line: int = 1
    _held: list[Element] = field(default_factory=list)
    _at: int = 0
    _more: Iterator[list[Element]] = field(init=False)

    def __post_init__(self) -> None:
        self._more = _chunks(self.stream, self.containers)

    def take(self) -> Element:
        """The next element; raises Refusal where the document ends."""
        while self._at >= len(self._held):
            held = next(self._more, None)
            if held is None:
                raise Refusal(f"line {self.line}", "the document ends before its last element is closed")
            self._held, self._at = held, 0
        element = self._held[self._at]
        self._at += 1
        self.line = element.line
        return element

    def back(self) -> None:
        """Put the element last taken back."""
        self._at -= 1

    def open(self, name: str) -> Element:
        """The start of a container; raises Refusal for anything else."""
        element = self.take()
        if element.name != name or not element.opens:
            raise Refusal(element.where, f"wanted <{name}> here")
        return element

    def finish(self) -> None:
        """Read to the end of the document, so that what is not well formed after the last element is refused too."""
        for _ in self._more:
            pass


def _chunks(stream: BinaryIO, containers: frozenset[str]) -> Iterator[list[Element]]:
    gatherer = _Gatherer(containers)
    silence = 0
    while True:
        text = stream.read(CHUNK_BYTES)
        gatherer.heard = False
        gatherer.feed(text)
        silence = 0 if gatherer.heard else silence + len(text)
        if silence >= LONGEST_SILENCE:
            where = f"line {gatherer.parser.CurrentLineNumber}"
            raise Refusal(where, f"a tag or comment does not end within {LONGEST_SILENCE} bytes")
        if gatherer.elements:
            yield gatherer.elements
            gatherer.elements = []
        if not text:
            return


class _Gatherer:
    """expat's handlers; each chunk's elements gather in `elements`."""

    def __init__(self, containers: frozenset[str]) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.CommentHandler = self._aside
        self.parser.ProcessingInstructionHandler = self._aside
        self.containers = containers
        self.elements: list[Element] = []
        self.heard = False
        self._leaf: tuple[str, int, Attributes] | None = None
        self._text: list[str] = []
        self._length = 0

    def feed(self, text: bytes) -> None:
        try:
            self.parser.Parse(text, not text)
        except expat.ExpatError as error:
            raise Refusal(f"line {error.lineno}", f"not well-formed XML: {expat.ErrorString(error.code)}") from None
        except (LookupError, UnicodeError, ValueError) as error:
            if isinstance(error, Refusal):
                raise
            raise Refusal("line 1", f"wanted an encoding such as UTF-8: {error}") from None

    def _start(self, name: str, attributes: Attributes) -> None:
        self.heard = True
        line = self.parser.CurrentLineNumber
        name = _local(name, line)
        if self._leaf is not None:
            outer, at, _ = self._leaf
            known = ", ".join(sorted(self.containers))
            raise Refusal(f"line {at}, element {outer}", f"it holds <{name}>, but only these hold elements: {known}")
        if name in self.containers:
            self.elements.append(Element(name, line, attributes, None, True))
        else:
            self._leaf, self._text, self._length = (name, line, attributes), [], 0

    def _end(self, name: str) -> None:
        self.heard = True
        if self._leaf is None:
            line = self.parser.CurrentLineNumber
            self.elements.append(Element(_local(name, line), line, {}))
        else:
            self.elements.append(Element(*self._leaf, "".join(self._text)))
            self._leaf = None

    def _characters(self, text: str) -> None:
        self.heard = True
        if self._leaf is not None:
            self._length += len(text)
            if self._length > LONGEST_TEXT:
                name, line, _ = self._leaf
                raise Refusal(f"line {line}, element {name}", f"its text is longer than {LONGEST_TEXT} characters")
            self._text.append(text)
        elif text.strip():
            raise Refusal(f"line {self.parser.CurrentLineNumber}", f"text outside an element: {shown(text.strip())}")

    def _doctype(self, name: str, *_: object) -> None:
        where = f"line {self.parser.CurrentLineNumber}"
        raise Refusal(where, f"a document type ({shown(name)}) is not allowed: it can name files and define entities")

    def _aside(self, *_: object) -> None:
        self.heard = True


def _local(name: str, line: int) -> str:
    """The name without the messages' namespace."""
    space, _, local = name.rpartition(" ")
    if len(local) > LONGEST_NAME:
        raise Refusal(f"line {line}", f"an element's name is longer than {LONGEST_NAME} characters: {shown(local)}")
    if space not in ("", NAMESPACE):
        raise Refusal(f"line {line}, element {local}", f"unknown namespace {shown(space)}")
    return local


def begin(elements: Elements, name: str, identity: str) -> tuple[str, bool]:
    """The version of the message that begins, and whether an <ndm> stands around it."""
    root = elements.take()
    wrapped = root.opens and root.name == "ndm"
    if wrapped:
        while (root := elements.take()).text is not None and root.name in ("COMMENT", "MESSAGE_ID"):
            pass
    if not root.opens or root.name != name:
        raise Refusal(root.where, f"wanted <{name}> here")
    return version_of(root, identity), wrapped


def finish(elements: Elements, name: str, wrapped: bool) -> None:
    """Take the end of the message and read to the end of the document, so that what follows is refused too."""
    close(elements, name)
    if wrapped:
        element = elements.take()
        if element.name != "ndm" or element.opens:
            raise Refusal(element.where, "only one message may stand in <ndm>; give each its own file")
    elements.finish()


def version_of(root: Element, identity: str) -> str:
    """The version a root element states; raises Refusal where it states no identity or anything unknown."""
    for name in root.attributes:
        if name not in ("id", "version") and not name.startswith(SCHEMA_INSTANCE + " "):
            raise Refusal(root.where, f"unknown attribute {shown(name)}")
    if root.attributes.get("id") != identity or "version" not in root.attributes:
        raise Refusal(root.where, f'wanted the attributes id="{identity}" and version')
    return root.attributes["version"]


def check_units(element: Element, unit: str) -> None:
    """Raise Refusal for an attribute that is not `units`, or for other units than those of the standard."""
    for name, value in element.attributes.items():
        if name != "units":
            raise Refusal(element.where, f"unknown attribute {shown(name)}")
        if not unit or value != unit:
            raise Refusal(element.where, f"its unit is {unit or 'none'}, got units={shown(value)}")


def assigned(elements: Elements, section: str, known: tuple[str, ...], units: dict[str, str]) -> Assignments:
    """The comments and leaves of a container up to its end; comments come first, keywords once."""
    comments: list[str] = []
    values: dict[str, tuple[int, str]] = {}
    while (element := elements.take()).text is not None:
        keyword = element.name
        check_units(element, units.get(keyword, ""))
        if keyword == "COMMENT":
            if values:
                raise Refusal(element.where, f"comments stand at the beginning of the {section}, not after keywords")
            add_comment(comments, comment_of(element), element.where)
        elif keyword not in known:
            raise Refusal(element.where, f"this is no keyword of the {section}")
        elif keyword in values:
            raise Refusal(element.where, f"it was already given on line {values[keyword][0]}")
        else:
            values[keyword] = (element.line, _value_text(element))
    if element.opens or element.name != section:
        raise Refusal(element.where, f"wanted a keyword of the {section} or its end")
    return Assignments(tuple(comments), values, element.line)


def _value_text(element: Element) -> str:
    text = " ".join((element.text or "").split())
    if not text:
        raise Refusal(element.where, "it has no value; leave the element out or give one")
    return text


def close(elements: Elements, name: str) -> None:
    """Take the end of a container; raises Refusal for anything else."""
    element = elements.take()
    if element.opens or element.text is not None or element.name != name:
        raise Refusal(element.where, f"wanted the end of {name} here")


def comment_of(element: Element) -> str:
    """The comment of an element on one line."""
    text = element.text or ""
    if "\n" in text or "\r" in text:
        text = re.sub(r"\s*[\r\n]+\s*", " ", text).strip()
    return text.replace("\t", " ").rstrip()


def leaf(indent: int, name: str, text: str, attributes: str = "") -> str:
    """A leaf to write, on a line of its own.

    >>> leaf(1, "ORIGINATOR", "A & B")
    '  <ORIGINATOR>A &amp; B</ORIGINATOR>\\n'
    """
    return f"{'  ' * indent}<{name}{attributes}>{escape(text)}</{name}>\n"


def leaves(indent: int, comments: tuple[str, ...], values: dict[str, str]) -> bytes:
    """Comments and then leaves to write."""
    texts = [leaf(indent, "COMMENT", comment) for comment in comments]
    texts += [leaf(indent, keyword, value) for keyword, value in values.items()]
    return "".join(texts).encode()


def leading_comments(elements: Elements) -> tuple[str, ...]:
    """The comments that come next, before anything else."""
    comments: list[str] = []
    while (element := elements.take()).name == "COMMENT":
        add_comment(comments, comment_of(element), element.where)
    elements.back()
    return tuple(comments)


def root_tag(name: str, identity: str, version: str) -> bytes:
    """The start tag of a message to write, for the schemas without namespace."""
    where = "https://sanaregistry.org/r/ndmxml_unqualified/ndmxml-2.0.0-master-2.0.xsd"
    return (
        f'<{name} xmlns:xsi="{SCHEMA_INSTANCE}" xsi:noNamespaceSchemaLocation="{where}" '
        f'id="{identity}" version="{version}">\n'
    ).encode()
