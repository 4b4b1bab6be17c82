"""The report of a study as PDF, set by typst: the same blocks as the page, its figures in the page's light colours.

Every text goes in as a quoted string, so nothing of it is read as markup. Fonts are those inside typst and, for the
figures, those of matplotlib: the same pages everywhere, no network, no file beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from jointwatch.display.study.blocks import (
    Block,
    Bullets,
    Cell,
    Code,
    Document,
    Drawing,
    Heading,
    Para,
    Points,
    Row,
    Span,
    Table,
)
from jointwatch.display.wording import visible


class TypstMissingError(Exception):
    """Raised where the extra that sets PDF is not installed."""


def pdf(document: Document) -> bytes:
    """Return the report as PDF; raises TypstMissingError where typst is not installed."""
    check()
    import typst

    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(_fonts())])
    made: bytes = typst.compile(source(document).encode(), font_paths=fonts, format="pdf", timestamp=0)
    return made


def source(document: Document) -> str:
    """Return the report as typst reads it: the functions of study.typ, and a call for each block."""
    about = _array(f"({quoted(name)}, {quoted(value)})" for name, value in document.about)
    words = ", ".join(map(quoted, (document.kind, document.title, document.banner, document.banner_text)))
    begin = f"#show: body => report({words}, {about}, {quoted(document.made_by)}, body)"
    blocks = (*map(_call, document.first), "#pagebreak()", *map(_call, document.evidence))
    return "\n".join((_template(), begin, *blocks, ""))


def quoted(text: str) -> str:
    r"""Return a text as a string of typst.

    >>> print(quoted('a "b" #c'))
    "a \"b\" #c"
    """
    plain = visible(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def on_paper(svg: str) -> str:
    """Return a figure of the page with the colours of its light paper in place of the page's names for them."""
    colours = _paper()
    return re.sub(r"var\(--([a-z0-9]+)\)", lambda found: colours[found[1]], svg)


def check() -> None:
    """Raise TypstMissingError where typst is not installed: before an hour's work, not after it."""
    if find_spec("typst") is None:
        raise TypstMissingError(
            "PDF is set by typst, which is not installed: pip install 'jointwatch[pdf]', or take HTML"
        )


def _fonts() -> Path:
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@cache
def _template() -> str:
    return resources.files("jointwatch.display").joinpath("templates/study.typ").read_text("utf-8")


@cache
def _paper() -> dict[str, str]:
    """The colours of the page on light paper, by their names, from its stylesheet."""
    sheet = resources.files("jointwatch.display").joinpath("templates/report.css").read_text("utf-8")
    light = sheet[: sheet.index("}")]
    return dict(re.findall(r"--([a-z0-9]+): (#[0-9a-f]{6})", light))


def _call(block: Block) -> str:
    match block:
        case Heading(text, _, level):
            return f"#heading(level: {level - 1}, {quoted(text)})"
        case Para(text, soft):
            return f"#para({quoted(text)}, soft: {'true' if soft else 'false'})"
        case Bullets(items):
            return f"#bullets({_array(map(quoted, items))})"
        case Points(pairs):
            return f"#points({_array(f'({quoted(name)}, {quoted(value)})' for name, value in pairs)})"
        case Code(lines):
            return f"#code({_array(map(quoted, lines))})"
        case Drawing():
            words = f"{quoted(f'Figure {block.number}.')}, {quoted(block.caption)}, {quoted(block.alt)}"
            return f"#drawing(bytes({quoted_svg(block.svg)}), {words})"
        case Table():
            return _table(block)


def quoted_svg(svg: str) -> str:
    """Return a figure as a string of typst, its line ends kept."""
    return '"' + on_paper(svg).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _table(table: Table) -> str:
    sides = _array("right" if side == "r" else "left" for side in table.sides)
    widths = _array(f"{width:g}fr" for width in (table.widths or (1.0,) * len(table.head)))
    head = _array(map(quoted, table.head))
    words = f"{quoted(f'Table {table.number}.')}, {quoted(table.caption)}"
    rows = "".join(f"  {one},\n" for one in _rows(table.rows))
    return f"#listing({words}, {sides}, {widths}, {head}, (\n{rows}))"


def _rows(rows: tuple[Row, ...]) -> Iterator[str]:
    for row in rows:
        if isinstance(row, Span):
            yield f"(span: {quoted(row.text)})"
        else:
            yield f"(cells: {_array(map(_cell, row))})"


def _cell(value: str | Cell) -> str:
    cell = Cell(value) if isinstance(value, str) else value
    return f"({quoted(cell.text)}, {quoted(cell.small)}, {quoted(cell.mark)})"


def _array(items: Iterator[str] | map[str]) -> str:
    held = list(items)
    return f"({', '.join(held)}{',' if len(held) == 1 else ''})"
