"""The words of a warning to mariners: positions, times, numbers and plain words, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_SPELT = ("ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE", "TEN", "ELEVEN", "TWELVE")
SPELT = {word: float(number) for number, word in enumerate(_SPELT, 1)} | {"FIFTEEN": 15.0, "TWENTY": 20.0}
_ANGLE = r"(?:-\d{1,2}(?:\.\d+)?){1,2}"
_TOKEN = re.compile(
    rf"""(?P<lat>\d{{1,2}}{_ANGLE}\s?[NS]\b)
       | (?P<lon>\d{{1,3}}{_ANGLE}\s?[EW]\b)
       | (?P<dtg>\d{{6}}Z\b|\d{{6}}(?=\s+TO\b))
       | (?P<clock>\d{{4}}Z\b)
       | (?P<number>\d+(?:\.\d+)?)
       | (?P<word>T0\b|[A-Z](?:[A-Z'/]|-(?=[A-Z])|\.(?=[A-Z]))*)
       | (?P<mark>\S)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its kind (lat, lon, dtg, clock, number, word, mark), its text, where it begins and ends."""

    kind: str
    text: str
    start: int
    end: int


END = Token("end", "", -1, -1)


def tokens(text: str) -> tuple[Token, ...]:
    """Return the words of a text, read as capitals."""
    found = _TOKEN.finditer(text.upper())
    return tuple(Token(str(match.lastgroup), match.group(), match.start(), match.end()) for match in found)


@lru_cache(maxsize=1024)  # of the reader's own phrases, looked for at every word
def _parts(phrase: str) -> tuple[str, ...]:
    return tuple(phrase.split())


class Reader:
    """A place in a row of words, which moves on where what is asked for stands there."""

    def __init__(self, row: tuple[Token, ...]) -> None:
        self.row, self.at = row, 0

    def peek(self, ahead: int = 0) -> Token:
        """Return the word at the place, or after it; END behind the last."""
        where = self.at + ahead
        return self.row[where] if where < len(self.row) else END

    def take(self, *kinds: str) -> Token | None:
        """Return the next word where it is of one of these kinds, and move on."""
        if self.peek().kind not in kinds:
            return None
        self.at += 1
        return self.row[self.at - 1]

    def word(self, *phrases: str) -> str | None:
        """Return the first of these phrases that stands here, and move behind it."""
        here = self.peek().text
        for phrase in phrases:
            first, *rest = _parts(phrase)
            if first == here and all(self.peek(k).text == part for k, part in enumerate(rest, 1)):
                self.at += 1 + len(rest)
                return phrase
        return None
