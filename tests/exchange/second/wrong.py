"""The one error of the second verifier."""

from __future__ import annotations


class Wrong(Exception):  # noqa: N818 - reads as what happened
    """Raised for what must be refused; `section` is that of docs/exchange.md whose rule it breaks."""

    def __init__(self, section: int, why: str):
        super().__init__(f"{why} (section {section})")
        self.section = section


def need(holds: bool, section: int, why: str) -> None:
    """Raise Wrong unless it holds."""
    if not holds:
        raise Wrong(section, why)
