"""Identifiers of notifications, such as PLN/RU/2026/014/001/02: by them later formats refer back to the first.

    PLN / state / year / which launch of that year / which message about it / format

That form stands in a list of United Nations phrases; what its parts mean is not said there. State, number and message
are our reading of it [inferred], and so is that the last part is the format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, cast

from jointwatch.earth.timescale import utc_from_tai_ns

Format = Literal[1, 2, 3, 4, 5, 6]
"""Before a launch, of its longer window, after it, of its cancellation; a geophysical experiment, a de-orbiting."""
OF_OCCASION: dict[str, Format] = {"launch": 1, "geophysical experiment": 5, "de-orbiting": 6}
MOST = 999
_FORM = re.compile(r"PLN/([A-Z]{2})/([0-9]{4})/([0-9]{3})/([0-9]{3})/0([1-6])")


@dataclass(frozen=True, slots=True)
class Identifier:
    """One message of the system. number: of the launch in its year, from 1; message: about it, the first one 0."""

    state: str
    year: int
    number: int
    message: int
    format: Format

    def __str__(self) -> str:
        return f"PLN/{self.state}/{self.year:04d}/{self.number:03d}/{self.message:03d}/{self.format:02d}"

    def next(self, after: int, format: Format) -> Identifier:
        """Return the identifier of the message that comes after so many that went on from this one."""
        if after >= MOST:
            raise ValueError(f"{self} was gone on from {MOST} times; its identifiers are used up")
        return replace(self, message=after + 1, format=format)


def first(state: str, tai_ns: int, number: int, format: Format) -> Identifier:
    """Return the identifier of a launch told of for the first time, in the year of its window's begin.

    >>> str(first("RU", 1_242_809_434_000_000_000, 14, 1))
    'PLN/RU/2009/014/000/01'
    """
    year = int(utc_from_tai_ns(tai_ns)[:4])
    if not 1 <= number <= MOST:
        raise ValueError(f"the identifiers of {state} for {year} are used up; there are {MOST}")
    return Identifier(state, year, number, 0, format)


def parse(text: str) -> Identifier:
    """Return the identifier that a text is; ValueError for any other text.

    >>> parse("PLN/RU/2009/014/001/02").message
    1
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"wanted an identifier such as PLN/RU/2026/014/000/01; it is {text[:60]!r}")
    state, year, number, message, format = found.groups()
    return Identifier(state, int(year), int(number), int(message), cast(Format, int(format)))
