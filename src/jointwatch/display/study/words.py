"""What a study's report calls its figures, measures, assumptions and architectures."""

from __future__ import annotations

import math

from jointwatch.display.study.cells import NEUTRAL, Figure
from jointwatch.display.study.data import StudyData
from jointwatch.display.study.places import Architecture
from jointwatch.display.wording import NOTHING, listed, number

MEASURES = {
    "in_reach": "pairs of places in reach",
    "detected": "detected",
    "seen_by_neither": "seen by neither",
    "first_after_launch": "first detection after launch",
    "first_after_burnout": "first detection after burnout",
    "time_left": "time left to impact",
    "track_time": "time held",
    "with_gap": "flights with a gap",
    "longest_gap": "longest gap",
    "hand_overs": "hand-overs",
    "class_known": "class known before impact",
    "class_known_after_launch": "class known, after launch",
    "left_when_class_known": "time left when the class is known",
    "announced": "announced by an agreement of the day",
}
"""Measures as a reader calls them; one that is not here is called by its name."""


def measure(name: str) -> str:
    """Return what a reader calls a measure.

    >>> measure("time_left"), measure("launch_error_60")
    ('time left to impact', 'launch error 60')
    """
    return MEASURES.get(name, name.replace("_", " "))


def capital(text: str) -> str:
    """Return a text with its first letter a capital, the others as they are."""
    return text[:1].upper() + text[1:]


def any_of(names: list[str]) -> str:
    """Return names of which any one will do, as a list: their own "and" is then none of the list's.

    >>> any_of(["Gabala and Armavir", "both"])
    'Gabala and Armavir or both'
    """
    return listed(names, "or")


def percent(value: float) -> str:
    r"""Return a share in percent, whole from far and exact near its ends; all and none only where it is so.

    >>> [percent(share).replace("\xa0", " ") for share in (0.5, 0.9996, 1.0, 0.0, 0.031)]
    ['50.0 %', '99.96 %', '100 %', '0 %', '3.1 %']
    """
    if not math.isfinite(value):
        return NOTHING
    for digits in (1, 2, 3):
        text = f"{100 * value:.{digits}f}"
        if text.rstrip("0") not in ("100.", "0."):
            return f"{text}\xa0%"
    return "100\xa0%" if value > 0.5 else "0\xa0%"


def quantity(value: float, unit: str) -> str:
    r"""Return a figure with its unit as a table has it.

    >>> [quantity(*each).replace("\xa0", " ") for each in ((0.5, "share"), (120.0, "s"), (31.42, "km"))]
    ['50.0 %', '120 s', '31 km']
    >>> quantity(1.234, "per flight")
    '1.23'
    """
    if unit == "share":
        return percent(value)
    if unit == "per flight" or not unit:
        return _rounded(value, 2)
    digits = 0 if unit == "s" or abs(value) >= 10 else 1
    return f"{_rounded(value, digits)}\xa0{unit}" if math.isfinite(value) else NOTHING


def _rounded(value: float, digits: int) -> str:
    """A number of so many digits, without a minus before a zero."""
    return number(round(value, digits) + 0.0, digits)


def between(low: float, high: float, unit: str) -> str:
    r"""Return the ends of an interval, the unit once.

    >>> between(0.971, 0.984, "share").replace("\xa0", " "), between(float("nan"), 1.0, "s")
    ('97.1 to 98.4 %', '')
    """
    ends = [quantity(end, unit) for end in (low, high)]
    if NOTHING in ends:
        return ""
    if ends[0] == ends[1]:
        return ends[0]
    return f"{ends[0].partition(chr(0xA0))[0]} to {ends[1]}"


def interval(figure: Figure) -> str:
    """Return the interval of a figure, empty where it has none."""
    return between(figure.low, figure.high, figure.unit) if figure.flights else ""


def arrangement(one: Architecture) -> str:
    """Return who has what in an architecture, as a sentence."""
    if not one.brings:
        return "Each party looks with its own radars alone."
    when = "as it was proposed" if one.proposed else f"as it stood on {one.on}"
    told = "every party has what all its radars see" if one.shared else "each party has what its own radars see"
    return f"Taken {when}: {told}."


def assumed_title(data: StudyData, name: str) -> str:
    """Return whose assumptions a set is."""
    return "neutral" if name == NEUTRAL else f"as {data.title_of(name)} assumes"


def gain(figure: Figure) -> str:
    """Return a difference: of shares in percentage points.

    >>> gain(Figure(0.384, 0.38, 0.39, 9, "share")), gain(Figure(371.2, 360.0, 380.0, 9, "s")).replace(chr(0xA0), " ")
    ('38.4 points', '371 s')
    """
    if figure.unit == "share":
        return f"{number(100 * figure.value + 0.0, 1)} points"
    return quantity(figure.value, figure.unit)
