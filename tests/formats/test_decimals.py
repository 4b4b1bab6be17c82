"""Numbers as text: every double comes back, and nothing that is not a number passes."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.formats.decimals import read_reals, read_whole, real_texts
from jointwatch.formats.refusal import BadRow

FIXED = re.compile(r"-?[0-9]+\.[0-9]+")
FLOATING = re.compile(r"-?[0-9]\.[0-9]+e[+-][0-9]+")


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_every_double_comes_back_to_the_last_bit(values: list[float]) -> None:
    texts = real_texts(np.array(values))
    assert (read_reals([text.encode() for text in texts]) == np.array(values)).all()
    assert all(FIXED.fullmatch(text) or FLOATING.fullmatch(text) for text in texts)


@pytest.mark.parametrize("text", ["1", "-1", "+1", "007", "1.", ".5", "1E5", "1e-5", "-0.0", "1" * 200])
def test_notations_of_the_field_are_read(text: str) -> None:
    assert read_reals([text.encode()])[0] == float(text)


@pytest.mark.parametrize(
    "text",
    ["", "NaN", "nan", "inf", "-Infinity", "1_000", "0x10", "1,5", "1e", "e5", ".", "+", "1.2.3", "1-2", "1d5", "1 2"],
)
def test_what_is_no_number_is_named_with_its_row(text: str) -> None:
    with pytest.raises(BadRow, match="is no number such as") as raised:
        read_reals([b"1.0", text.encode(), b"2.0"])
    assert raised.value.row == 1


def test_what_no_double_holds_is_refused_and_not_made_infinite() -> None:
    with pytest.raises(BadRow, match="'1e999' is too large for a double"):
        read_reals([b"1e999"])


def test_negative_zero_becomes_zero() -> None:
    assert not np.signbit(read_reals([b"-0.0", b"-1e-999"])).any()


@pytest.mark.parametrize("text", ["1.0", "", "1e3", "2147483648", "-2147483649", "٣"])
def test_whole_numbers_are_digits_within_32_bits(text: str) -> None:
    with pytest.raises(ValueError, match="wanted a whole number of at most 32 bits"):
        read_whole(text)
