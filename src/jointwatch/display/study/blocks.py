"""What a report is made of: headings, paragraphs, tables, drawings in one order, for HTML and for paper alike.

Plain values; every text is shown as it is, and nothing in it is read as markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

Mark = Literal["", "strong", "far", "soft"]


@dataclass(frozen=True)
class Heading:
    """A heading of a section (level 2) or of a part of one (3); `id` is what links point at."""

    text: str
    id: str = ""
    level: int = 2


@dataclass(frozen=True)
class Para:
    """A paragraph; a soft one explains the others."""

    text: str
    soft: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Points:
    """A list of sentences, each with the words by which it is found."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Cell:
    """A cell of a table with a second, smaller line, and how it stands out."""

    text: str
    small: str = ""
    mark: Mark = ""


@dataclass(frozen=True)
class Span:
    """A row of a table that heads the rows below it."""

    text: str


Row: TypeAlias = "Span | tuple[str | Cell, ...]"


@dataclass(frozen=True)
class Table:
    """A table. align: a letter a column, l or r. widths: shares of the width, where they are not left to the setter."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    align: str = ""
    widths: tuple[float, ...] = ()
    number: int = 0

    @property
    def sides(self) -> str:
        """A letter for each column."""
        return self.align or "l" * len(self.head)


@dataclass(frozen=True)
class Drawing:
    """A figure as one <svg> element in the page's colours."""

    svg: str
    caption: str
    alt: str
    number: int = 0


@dataclass(frozen=True)
class Code:
    """Lines to type."""

    lines: tuple[str, ...]


Block: TypeAlias = "Heading | Para | Bullets | Points | Table | Drawing | Code"


@dataclass(frozen=True)
class Document:
    """A report: what stands on its first page, and the evidence behind it. about: facts below the title."""

    kind: str
    title: str
    banner: str
    banner_text: str
    about: tuple[tuple[str, str], ...]
    first: tuple[Block, ...]
    evidence: tuple[Block, ...]
    made_by: str

    @property
    def sections(self) -> tuple[Heading, ...]:
        """The headings of the evidence that a list of contents names."""
        return tuple(block for block in self.evidence if isinstance(block, Heading) and block.level == 2)


def numbered(document: Document) -> Document:
    """Return the document with its figures and its tables numbered, each from 1, and its sections too."""
    counts = {Drawing: 0, Table: 0, Heading: 0}
    first = tuple(_numbered(document.first, counts))
    return replace(document, first=first, evidence=tuple(_numbered(document.evidence, counts)))


def _numbered(blocks: Iterable[Block], counts: dict[type, int]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Drawing | Table):
            counts[type(block)] += 1
            yield replace(block, number=counts[type(block)])
        elif isinstance(block, Heading) and block.level == 2 and block.id:
            counts[Heading] += 1
            yield replace(block, text=f"{counts[Heading]}. {block.text}")
        else:
            yield block
