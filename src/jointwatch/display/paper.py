"""The report of a run on paper: what its page says, element by element, as the blocks that typst sets.

The page is the one place where the report is worded; nothing is said here that is not said there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

from jointwatch.display.elements import Element, tree
from jointwatch.display.study.blocks import (
    Block,
    Bullets,
    Cell,
    Document,
    Drawing,
    Heading,
    Para,
    Points,
    Row,
    Span,
    Table,
    numbered,
)
from jointwatch.display.study.tables import widths_of

_SMALL = ("small", "em")  # a second line of a cell


def document(page: str) -> Document:
    """Return the report that `report.render` made as the blocks of a document; first what is seen at a glance."""
    whole, drawings = tree(page)
    main, banner, header = (next(whole.found(tag)) for tag in ("main", "div", "header"))
    glance = next(each for each in main.elements if "glance" in each.kinds)
    sections = [each for each in main.elements if each.tag == "section" and each is not glance]
    about = _pairs(header)
    return numbered(
        Document(
            kind=next(each.text() for each in header.found("p") if "kind" in each.kinds),
            title=next(header.found("h1")).text(),
            banner=next(banner.found("strong")).text(),
            banner_text=" ".join(each.text() for each in banner.found("span")),
            about=about,
            first=(*_first(header, glance), Para(_of_which(page), soft=True)),
            evidence=tuple(block for section in sections for block in _section(section, drawings)),
            made_by=dict(about)["Made by"],
        )
    )


def _of_which(page: str) -> str:
    return (
        "These pages say what report.html of the run says, the file that its manifest lists, SHA-256 "
        f"{hashlib.sha256(page.encode()).hexdigest()}. Where they speak of “this file”, it is that one."
    )


def _first(header: Element, glance: Element) -> Iterator[Block]:
    yield from (Para(each.text(), soft=True) for each in header.found("p") if "note" in each.kinds)
    for each in glance.found("h2", "p", "dl"):
        if each.tag == "dl":
            rows = tuple((_cell(item.elements[0]), _cell(item.elements[1])) for item in each.elements)
            yield Table("At a glance.", ("", ""), rows, widths=(1.0, 3.2))
        else:
            yield Heading(each.text(), level=3) if each.tag == "h2" else Para(each.text())


def _section(section: Element, drawings: list[str]) -> Iterator[Block]:
    title = next(section.found("h2")).text().partition(". ")[2]
    yield Heading(title, section.attributes["id"])
    yield from _blocks((each for each in section.elements if each.tag != "h2"), drawings, title)


def _blocks(elements: Iterable[Element], drawings: list[str], title: str) -> Iterator[Block]:
    """The blocks of elements; a table without a caption has the title of its section."""
    for each in elements:
        match each.tag:
            case "h3":
                yield Heading(each.text(), level=3)
            case "p" | "footer":
                yield Para(each.text(), soft=each.tag == "footer")
            case "ul":
                yield Bullets(tuple(item.text() for item in each.elements))
            case "ol":
                yield Bullets(tuple(f"{number}. {item.text()}" for number, item in enumerate(each.elements, 1)))
            case "dl":
                yield Points(_pairs(each))
            case "figure":
                yield _drawing(each, drawings)
            case "table":
                yield _table(each, title)
            case _:
                yield from _blocks(each.elements, drawings, title)


def _pairs(element: Element) -> tuple[tuple[str, str], ...]:
    names, values = ([each.text() for each in element.found(tag)] for tag in ("dt", "dd"))
    return tuple(zip(names, values, strict=True))


def _drawing(figure: Element, drawings: list[str]) -> Drawing:
    svg = drawings[int(next(figure.found("svg")).attributes["n"])]
    named = re.search(r'aria-label="([^"]*)"', svg)
    caption = next(figure.found("figcaption")).text().partition(". ")[2]
    return Drawing(svg, caption, named[1] if named else caption)


def _table(table: Element, title: str) -> Table:
    head = [each for row in next(table.found("thead")).elements for each in row.elements]
    caption = next((each.text() for each in table.found("caption")), f"{title}.")
    rows = tuple(_rows(table, len(head)))
    return Table(
        caption,
        tuple(" ".join(filter(None, (each.text(*_SMALL), *_small(each)))) for each in head),
        rows,
        align="".join("r" if "num" in each.kinds else "l" for each in head),
        widths=widths_of(
            [each.text(*_SMALL) for each in head], [_texts(row) for row in rows if isinstance(row, tuple)]
        ),
    )


def _texts(row: tuple[str | Cell, ...]) -> list[str]:
    """The longer line of each cell."""
    return [max(cell.text, cell.small, key=len) if isinstance(cell, Cell) else cell for cell in row]


def _rows(table: Element, columns: int) -> Iterator[Row]:
    """The rows of a table: a cell over several rows stands in the first, one over the columns heads those below."""
    held = 0  # rows that the first column's cell still covers
    for row in (each for body in table.found("tbody") for each in body.elements):
        wide = next((each for each in row.elements if "colspan" in each.attributes), None)
        if wide is not None:
            yield Span(wide.text())
            continue
        cells: list[str | Cell] = [_cell(each) for each in row.elements]
        yield tuple(cells if len(cells) == columns else ["", *cells]) if held else tuple(cells)
        held = max(held - 1, int(row.elements[0].attributes.get("rowspan", 1)) - 1)


def _cell(element: Element) -> Cell:
    assumed = [each.text() for each in element.found("b") if "assumed" in each.kinds]
    small = [*_small(element), *assumed]
    text = element.text(*_SMALL, "b") if assumed else element.text(*_SMALL)
    return Cell(text, "; ".join(small), "far" if "far" in element.kinds or assumed else "")


def _small(element: Element) -> list[str]:
    return [each.text() for each in element.found(*_SMALL)]
