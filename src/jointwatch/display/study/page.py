"""The report of a study as one HTML document: self-contained, no network, no script."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from jointwatch.display import report
from jointwatch.display.study.blocks import Cell, Document


def html(document: Document) -> str:
    """Return the report as one HTML document, UTF-8. Text is escaped, its invisible characters are replaced."""
    return _environment().get_template("study.html.j2").render(document=document)


@cache
def _environment() -> Environment:
    environment = report.environment()
    environment.filters |= {"cell": _cell, "drawn": Markup}
    environment.tests["a"] = lambda block, kind: type(block).__name__ == kind
    return environment


def _cell(value: str | Cell) -> Cell:
    return Cell(value) if isinstance(value, str) else value
