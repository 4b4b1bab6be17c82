"""How a study's parties and years look: a colour is never the only difference, each has its mark and its dash."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jointwatch.display import theme
from jointwatch.display.study.cells import TOGETHER
from jointwatch.display.study.data import StudyData

_SIDES = ("side1", "side2", "side3", "truth", "alarm")
_MARKS = ("o", "s", "^", "v", "P")
_DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (7, 2, 1, 2)))


def ink(data: StudyData, party: str) -> str:
    """Return the colour of a party, or of all together."""
    return theme.INK["joint" if party == TOGETHER else _SIDES[_place(data, party) % len(_SIDES)]]


def mark(data: StudyData, party: str) -> str:
    """Return the mark of a party."""
    return "D" if party == TOGETHER else _MARKS[_place(data, party) % len(_MARKS)]


def of_line(number: int) -> tuple[str, Any, str]:
    """Return colour, dash and mark of one line among several that are no parties."""
    names = ("joint", *_SIDES)
    return theme.INK[names[number % len(names)]], _DASHES[number % len(_DASHES)], ("D", *_MARKS)[number % 6]


def wrapped(text: str, width: int) -> str:
    """Return a text in lines of at most so many letters, for the side of a figure.

    >>> wrapped("Gabala and Armavir, the offer of 2007", 22)
    'Gabala and Armavir,\\nthe offer of 2007'
    """
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + len(word) < width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


def rows_of(names: Sequence[str], members: int, gap: float = 0.9) -> list[float]:
    """Return the height of the first row of each group, from the top down, with a gap between two groups."""
    return [-(place * (members + gap)) for place in range(len(names))]


def _place(data: StudyData, party: str) -> int:
    return [one.name for one in data.parties].index(party)
