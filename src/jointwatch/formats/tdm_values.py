"""A metadata value of a Tracking Data Message from its text and back."""

from __future__ import annotations

import re
from typing import TypeAlias

from jointwatch.formats.decimals import read_reals, read_whole, real_text
from jointwatch.formats.epochs import TIME_SYSTEMS, Instant, read_instant
from jointwatch.formats.ndm_text import plain_text
from jointwatch.formats.refusal import BadRow, shown
from jointwatch.formats.tdm_keywords import METADATA, OBSERVABLES, Entry

Value: TypeAlias = str | float | int | Instant | tuple[int, ...] | tuple[str, ...]

_PATH = re.compile(r"[1-5](,[1-5])+")


def value_from(keyword: str, text: str) -> Value:
    """The value of a metadata keyword; raises ValueError with what was wanted.

    >>> value_from("PATH", "1,2,1"), value_from("RANGE_UNITS", "KM"), value_from("FREQ_OFFSET", "1E3")
    ((1, 2, 1), 'km', 1000.0)
    """
    entry = METADATA[keyword]
    if entry.kind == "real":
        return _bounded(keyword, entry, read_real(text))
    if entry.kind == "whole":
        return int(_bounded(keyword, entry, read_whole(text)))
    if entry.kind == "instant":
        return read_instant(text, "UTC")
    if entry.kind == "path":
        return _path(keyword, text)
    if entry.kind == "data types":
        return _data_types(text)
    if entry.kind == "text":
        return plain_text(keyword, text)
    return _choice(keyword, TIME_SYSTEMS if entry.kind == "time system" else entry.choices, text)


def text_of(value: Value) -> str:
    """The text of a metadata value.

    >>> text_of((1, 2, 1)), text_of(7.7e-5)
    ('1,2,1', '7.7e-05')
    """
    if isinstance(value, Instant):
        return value.text()
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return real_text(value) if isinstance(value, float) else str(value)


def read_real(text: str) -> float:
    """One number; raises ValueError.

    >>> read_real("2.0e+26")
    2e+26
    """
    try:
        return float(read_reals([text.encode()])[0])
    except BadRow as bad:
        raise ValueError(bad.sentence) from None


def _bounded(keyword: str, entry: Entry, value: float) -> float:
    if value < entry.least or (entry.above and value == entry.least):
        raise ValueError(f"{keyword} must be {'above' if entry.above else 'at least'} {entry.least:g}, got {value:g}")
    return value


def _choice(keyword: str, choices: tuple[str, ...], text: str) -> str:
    for choice in choices:
        if text.upper() == choice.upper():
            return choice
    raise ValueError(f"{keyword} must be one of {', '.join(choices)}, got {shown(text)}")


def _path(keyword: str, text: str) -> tuple[int, ...]:
    if not _PATH.fullmatch(text):
        raise ValueError(f"{keyword} must list participants such as 1,2,1 without blanks, got {shown(text)}")
    return tuple(map(int, text.split(",")))


def _data_types(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in OBSERVABLES:
            raise ValueError(f"DATA_TYPES must list kinds of observations, got {shown(name)}")
    return names
