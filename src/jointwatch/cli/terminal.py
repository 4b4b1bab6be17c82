"""Text on a terminal as it is: whatever a record holds cannot wrap, colour or steer what the reader sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def print_line(console: Console, text: str, style: str = "") -> None:
    """Print one line as it is: not wrapped, no markup, nothing that steers a terminal."""
    from rich.text import Text

    console.print(Text(as_it_is(text), style=style), soft_wrap=True)


def as_it_is(text: str) -> str:
    """Return the whole text as one line in which nothing steers a terminal."""
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return shown.encode("utf-8", "backslashreplace").decode()
