"""Two- and three-line element sets, read strictly: every column, both checksums.

What came of punched cards is one thing per column [CelesTrak, NORAD Two-Line Element Set Format]; numbers above
99,999 have a letter in front (Alpha-5). A damaged set is skipped and listed with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jointwatch.formats.mean_elements import MeanElements, Reading, Refused, calendar_day, text_of

_FORMAT = "two- or three-line element sets"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # Alpha-5 leaves out I and O
_COLUMNS = 69
_FIRST_YEAR = 57  # two digits of a year: 57 is 1957, 56 is 2056
# what a character adds to the checksum: a digit itself, a minus sign one, all else nothing
_TALLY = bytes(byte - 48 if 48 <= byte <= 57 else byte == 45 for byte in range(256))


def _padded(width: int) -> str:
    """A whole number of a width, blanks in front allowed."""
    return "(?:" + "|".join(" " * blanks + f"[0-9]{{{width - blanks}}}" for blanks in range(width)) + ")"


_POWER = r"[ +-][0-9]{5}[+-][0-9]"  # 12345-3 is 0.12345e-3
_NUMBER = f"(?:{_padded(5)}|[{_LETTERS}][0-9]{{4}})"
_ANGLE = _padded(3) + r"\.[0-9]{4}"
# first column, last column, what stands there, how it looks; the columns between are blank
_LINE_1 = (
    (3, 7, "catalogue number", _NUMBER),
    (8, 8, "classification", "[UCS ]"),
    (10, 17, "international designator", "(?:[0-9]{5}(?:   |[A-Z]  |[A-Z]{2} |[A-Z]{3})| {8})"),
    (19, 20, "year of the epoch", "[0-9]{2}"),
    (21, 32, "day of the epoch", _padded(3) + r"\.[0-9]{8}"),
    (34, 43, "first derivative of the mean motion", r"[ +-]\.[0-9]{8}"),
    (45, 52, "second derivative of the mean motion", _POWER),
    (54, 61, "drag term", _POWER),
    (63, 63, "ephemeris type", "[ 0-9]"),
    (65, 68, "element set number", _padded(4)),
    (69, 69, "checksum", "[0-9]"),
)
_LINE_2 = (
    (3, 7, "catalogue number", _NUMBER),
    (9, 16, "inclination", _ANGLE),
    (18, 25, "right ascension of the ascending node", _ANGLE),
    (27, 33, "eccentricity", "[0-9]{7}"),
    (35, 42, "argument of perigee", _ANGLE),
    (44, 51, "mean anomaly", _ANGLE),
    (53, 63, "mean motion", _padded(2) + r"\.[0-9]{8}"),
    (64, 68, "revolution number", _padded(5)),
    (69, 69, "checksum", "[0-9]"),
)


def _pattern(digit: str, fields: tuple[tuple[int, int, str, str], ...]) -> re.Pattern[str]:
    text, column = digit, 2
    for first, last, _, looks in fields:
        text += " " * (first - column) + f"({looks})"
        column = last + 1
    return re.compile(text)


_PATTERN_1, _PATTERN_2 = _pattern("1", _LINE_1), _pattern("2", _LINE_2)


@dataclass(frozen=True, slots=True)
class _Set:
    """The lines that belong together, and the number of the first of them."""

    number: int
    name: str
    line_1: str
    line_2: str


def read_tle(data: bytes | str) -> Reading:
    """Element sets of a file of two- or three-line sets in its order, and its damaged sets with line and reason.

    A name may stand before a set, with or without `0 ` in front; blank lines and lines that begin with `#` are passed
    over. ValueError where nothing in the file looks like an element set.

    >>> reading = read_tle('''VANGUARD 1
    ... 1 00005U 58002B   00179.78495062  .00000023  00000-0  28098-4 0  4753
    ... 2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.82419157413667''')
    >>> reading.elements[0].object_name, reading.elements[0].epoch, len(reading.refused)
    ('VANGUARD 1', '2000-06-27T18:50:19.733568Z', 0)
    """
    elements: list[MeanElements] = []
    refused: list[Refused] = []
    seen = False
    for found in _sets(text_of(data, wanted=_FORMAT)):
        if isinstance(found, Refused):
            refused.append(found)
            continue
        seen = True
        try:
            elements.append(_elements(found))
        except _DamagedError as error:
            refused.append(Refused(found.number + error.line - 1, "line", str(error)))
        except ValueError as error:
            refused.append(Refused(found.number, "line", str(error)))
    if not seen:
        raise ValueError(f"wanted {_FORMAT}, got a file without any line that begins with '1 ' and one with '2 ' after")
    return Reading(tuple(elements), tuple(refused))


class _DamagedError(ValueError):
    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def _sets(text: str) -> Iterator[_Set | Refused]:
    """The sets of lines in a file, and what stands alone."""
    name: tuple[int, str] | None = None
    first: tuple[int, str] | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.rstrip(" \r\t")
        kind = line[:2] if line[:2] in ("1 ", "2 ") else "#" if not line or line[0] == "#" else "0"
        if kind == "#":
            continue
        if first is not None and kind != "2 ":
            yield Refused(first[0], "line", "the first line of an element set without the second after it")
            name = first = None
        if kind == "1 ":
            first = (number, line)
        elif kind == "2 ":
            if first is None:
                yield Refused(number, "line", "the second line of an element set without the first before it")
            else:
                yield _Set(first[0], name[1] if name else "", first[1], line)
            name = first = None
        else:
            if name is not None:
                yield Refused(name[0], "line", f"no element set follows {_cut(name[1])}")
            name = (number, line)
    if left := first or name:
        yield Refused(left[0], "line", f"no element set follows {_cut(left[1])}: the file ends")


def _elements(lines: _Set) -> MeanElements:
    number, kind, designator, year, day, dot, ddot, drag, theory, set_number, _ = _fields(1, lines.line_1)
    number_2, inclination, node, eccentricity, perigee, anomaly, motion, revolution, _ = _fields(2, lines.line_2)
    if number != number_2:
        raise _DamagedError(2, f"the catalogue number is {number_2}, in the line before it was {number}")
    return MeanElements(
        object_name=_name(lines.name),
        object_id=_designator(designator),
        norad_cat_id=_catalogue_number(number),
        classification_type=kind.strip() or "U",
        epoch=_epoch(int(year), day),
        mean_motion=float(motion),
        eccentricity=float("0." + eccentricity),
        inclination=float(inclination),
        ra_of_asc_node=float(node),
        arg_of_pericenter=float(perigee),
        mean_anomaly=float(anomaly),
        bstar=_power(drag),
        mean_motion_dot=float(dot),
        mean_motion_ddot=_power(ddot),
        ephemeris_type=int(theory.strip() or "0"),
        element_set_no=int(set_number),
        rev_at_epoch=int(revolution),
    )


def _fields(which: int, line: str) -> tuple[str, ...]:
    found = (_PATTERN_1 if which == 1 else _PATTERN_2).fullmatch(line)
    if found is None:
        raise _DamagedError(which, _fault(line, _LINE_1 if which == 1 else _LINE_2))
    tally = sum(line[: _COLUMNS - 1].encode().translate(_TALLY)) % 10
    if tally != int(line[-1]):
        raise _DamagedError(which, f"the checksum is {line[-1]}, the line tallies to {tally}")
    return found.groups()


def _fault(line: str, fields: tuple[tuple[int, int, str, str], ...]) -> str:
    """Why a line is none: the first of its columns that is wrong."""
    if len(line) != _COLUMNS:
        return f"an element line has {_COLUMNS} columns, this one {len(line)}"
    column = 2
    for first, last, what, looks in fields:
        if line[column - 1 : first - 1].strip(" "):
            return f"columns {column} to {first - 1} must be blank, they hold {line[column - 1 : first - 1]!r}"
        if re.fullmatch(looks, line[first - 1 : last]) is None:
            return f"columns {first} to {last}, the {what}, hold {line[first - 1 : last]!r}"
        column = last + 1
    return "the line is no element line"


def _name(line: str) -> str:
    name = line.removeprefix("0 ").strip()
    if "\ufffd" in name or not name.isprintable() or len(name) > 100:
        raise ValueError(f"the name {_cut(name)} holds what cannot be printed, or more than 100 characters")
    return name


def _designator(columns: str) -> str:
    """`98067A  ` as `1998-067A`; nothing where the columns are blank."""
    if columns == " " * 8:
        return ""
    return f"{_full_year(int(columns[:2]))}-{columns[2:].rstrip()}"


def _catalogue_number(columns: str) -> int:
    """The number behind five columns: `A0001` is 100,001, `Z9999` is 339,999."""
    if columns[0] in _LETTERS:
        return (10 + _LETTERS.index(columns[0])) * 10_000 + int(columns[1:])
    return int(columns)


def _epoch(year: int, day: str) -> str:
    """A UTC time of the two digits of a year and a day with eight decimals: exact, the last of them is 864 us."""
    seconds, microseconds = divmod(int(day[4:]) * 864, 1_000_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{calendar_day(_full_year(year), int(day[:3]))}T{hour:02d}:{minute:02d}:{second:02d}.{microseconds:06d}Z"


def _full_year(two_digits: int) -> int:
    return two_digits + (1900 if two_digits >= _FIRST_YEAR else 2000)


def _power(columns: str) -> float:
    """`-12345-3` as -0.12345e-3."""
    return float(f"{columns[0].strip()}.{columns[1:6]}e{columns[6:]}")


def _cut(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "...")
