"""Sentences about what others sent, who may have put anything into it."""

from __future__ import annotations

LONGEST = 600
_HEAD, _TAIL = 400, 150


def plain(text: str) -> str:
    r"""Return the text as one line of at most 600 characters, its middle left out where it is longer.

    What could end a line, steer a terminal or turn the direction of reading is written out.

    >>> plain("unknown field 'a\x1b[2J\n'")
    "unknown field 'a\\x1b[2J\\x0a'"
    """
    line = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in _cut(text))
    return _cut(line)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:_HEAD]} ... {text[-_TAIL:]}"
