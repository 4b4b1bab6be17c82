"""The elements of a page that was made here, as a tree: what the page says, to be set on other paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_ALONE = {"meta", "col", "br", "hr", "img", "link"}
_DRAWN = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


@dataclass
class Element:
    """An element with its attributes and what is in it, texts and elements in their order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    content: list[Element | str] = field(default_factory=list)

    @property
    def kinds(self) -> set[str]:
        """The classes of the element."""
        return set(self.attributes.get("class", "").split())

    @property
    def elements(self) -> list[Element]:
        """The elements in it, without the texts between them."""
        return [each for each in self.content if isinstance(each, Element)]

    def found(self, *tags: str) -> Iterator[Element]:
        """Yield the outermost elements of these tags in it, in their order."""
        for each in self.elements:
            if each.tag in tags:
                yield each
            else:
                yield from each.found(*tags)

    def text(self, *without: str) -> str:
        r"""Return what is read in it, without elements of some tags, spaces as one reads them.

        >>> Element("td", {}, ["06:01 ", Element("small", {}, ["T+1 min"])]).text("small")
        '06:01'
        """
        parts = (
            each if isinstance(each, str) else each.text(*without) if each.tag not in without else " "
            for each in self.content
        )  # fmt: skip
        return re.sub(r"[ \t\n]+", " ", "".join(parts)).strip(" ") if self.tag not in _WITHIN else "".join(parts)


_WITHIN = {"b", "code", "a", "i", "span"}  # parts of a sentence: the spaces beside them count


def tree(page: str) -> tuple[Element, list[str]]:
    """Return a page as the element that holds all others, and its drawings, which stand in it as <svg n="0">."""
    drawings = _DRAWN.findall(page)
    numbers = iter(range(len(drawings)))
    reader = _Reader()
    reader.feed(_DRAWN.sub(lambda _: f'<svg n="{next(numbers)}"></svg>', page))
    return reader.open[0], drawings


class _Reader(HTMLParser):
    """Opens and closes elements as the page does."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Put an element into the one that is open, and open it."""
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].content.append(element)
        if tag not in _ALONE:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Close the element that is open."""
        if tag not in _ALONE:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        """Put a text into the element that is open."""
        self.open[-1].content.append(data)
