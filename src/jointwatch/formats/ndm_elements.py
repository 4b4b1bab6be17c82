"""The elements of an XML document, one after another, with bounded memory and no document type.

expat reads; nothing of the document outlives its chunk. A document type, and with it every entity of one's own, is
refused, and so is a tag, comment or text without end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple
from xml.parsers import expat

from jointwatch.formats.refusal import Refusal, shown

CHUNK_BYTES = 1 << 16
LONGEST_SILENCE = 4 * CHUNK_BYTES
LONGEST_TEXT = 4096
LONGEST_NAME = 64
MOST_NAMES = 1000
NAMESPACE = "urn:ccsds:schema:ndmxml"
SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"

Attributes = dict[str, str]


class Element(NamedTuple):
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
    """A cursor over the elements of a stream; namespaces: those an element's name may be in."""

    stream: BinaryIO
    containers: frozenset[str]
    namespaces: tuple[str, ...] = ("", NAMESPACE)
    longest_text: int = LONGEST_TEXT
    line: int = 1
    _held: list[Element] = field(default_factory=list)
    _at: int = 0
    _more: Iterator[list[Element]] = field(init=False)

    def __post_init__(self) -> None:
        self._more = _chunks(self.stream, _Gatherer(self.containers, self.namespaces, self.longest_text))

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


def _chunks(stream: BinaryIO, gatherer: _Gatherer) -> Iterator[list[Element]]:
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

    def __init__(self, containers: frozenset[str], namespaces: tuple[str, ...], longest_text: int) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.CommentHandler = self._aside
        self.parser.ProcessingInstructionHandler = self._aside
        self.containers, self._namespaces, self._longest_text = containers, namespaces, longest_text
        self.elements: list[Element] = []
        self.heard = False
        self._leaf: tuple[str, int, Attributes] | None = None
        self._locals: dict[str, str] = {}
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
        name = self._local(name, line)
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
            self.elements.append(Element(self._local(name, line), line, {}))
        else:
            self.elements.append(Element(*self._leaf, "".join(self._text)))
            self._leaf = None

    def _characters(self, text: str) -> None:
        self.heard = True
        if self._leaf is not None:
            self._length += len(text)
            if self._length > self._longest_text:
                name, line, _ = self._leaf
                sentence = f"its text is longer than {self._longest_text} characters"
                raise Refusal(f"line {line}, element {name}", sentence)
            self._text.append(text)
        elif text.strip():
            raise Refusal(f"line {self.parser.CurrentLineNumber}", f"text outside an element: {shown(text.strip())}")

    def _local(self, name: str, line: int) -> str:
        """The name without the messages' namespace."""
        known = self._locals.get(name)
        if known is not None:
            return known
        space, _, local = name.rpartition(" ")
        if len(local) > LONGEST_NAME:
            raise Refusal(f"line {line}", f"an element's name is longer than {LONGEST_NAME} characters: {shown(local)}")
        if space not in self._namespaces:
            raise Refusal(f"line {line}, element {local}", f"unknown namespace {shown(space)}")
        if len(self._locals) < MOST_NAMES:
            self._locals[name] = local
        return local

    def _doctype(self, name: str, *_: object) -> None:
        where = f"line {self.parser.CurrentLineNumber}"
        raise Refusal(where, f"a document type ({shown(name)}) is not allowed: it can name files and define entities")

    def _aside(self, *_: object) -> None:
        self.heard = True
