"""Columns of numbers as text: read strictly, written so that they come back to the last bit."""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

from jointwatch.formats.refusal import BadRow, shown

_CHARACTERS = b"0123456789+-.eE"
_REAL = re.compile(rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WHOLE = re.compile(rb"[+-]?[0-9]{1,40}")
LEAST_WHOLE, GREATEST_WHOLE = -(2**31), 2**31 - 1


def read_reals(texts: list[bytes]) -> NDArray[np.float64]:
    """Numbers in fixed or floating notation (n,), as the nearest doubles; raises BadRow at the first that is not one.

    NaN, infinities, hexadecimal and underscores are refused, and what is too large for a double; -0 becomes 0.

    >>> read_reals([b"1.5", b"-2E-3"])
    array([ 1.5  , -0.002])
    """
    if b"".join(texts).translate(None, _CHARACTERS):
        raise _first_bad(texts)
    try:
        values = np.array(list(map(float, texts)), dtype=float)
    except ValueError:
        raise _first_bad(texts) from None
    infinite = ~np.isfinite(values)
    if infinite.any():
        row = int(np.flatnonzero(infinite)[0])
        raise BadRow(row, f"{shown(texts[row])} is too large for a double")
    return values + 0.0


def read_whole(text: str) -> int:
    """A whole number within 32 bits; raises ValueError.

    >>> read_whole("-007")
    -7
    """
    if not _WHOLE.fullmatch(text.encode()) or not LEAST_WHOLE <= int(text) <= GREATEST_WHOLE:
        raise ValueError(f"wanted a whole number of at most 32 bits, got {shown(text)}")
    return int(text)


def real_texts(values: NDArray[np.float64]) -> list[str]:
    """The shortest texts that read back as the same doubles: up to 17 digits, a point in every one.

    >>> real_texts(np.array([1e22, 7.7e-5, 3.0]))
    ['1.0e+22', '7.7e-05', '3.0']
    """
    return [text if "e" not in text else _pointed(text) for text in map(repr, values.tolist())]


def real_text(value: float) -> str:
    """One of `real_texts`.

    >>> real_text(0.1)
    '0.1'
    """
    if not math.isfinite(value):
        raise ValueError(f"wanted a finite number to write, got {value}")
    return real_texts(np.array([value + 0.0]))[0]


def _pointed(text: str) -> str:
    """Floating notation asks for a point after the first digit; Python leaves it out when nothing follows."""
    mantissa, exponent = text.split("e")
    return text if "." in mantissa else f"{mantissa}.0e{exponent}"


def _first_bad(texts: list[bytes]) -> BadRow:
    row = next(row for row, text in enumerate(texts) if not _REAL.fullmatch(text))
    return BadRow(row, f"{shown(texts[row])} is no number such as 12.5 or 1.25e+01")
