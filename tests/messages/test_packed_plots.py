"""Plots packed from arrays: the bytes that the message itself would have, and the same refusals."""

import msgspec
import numpy as np
import pytest

from jointwatch.messages.encoding import MessageRefused, decode, encode
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.packed_plots import encode_plots, with_plots

NONE = {f"{sigma}{name}": () for sigma in ("", "sigma_") for name in ("range_m", "azimuth_rad", "elevation_rad")}


@pytest.fixture
def bare():
    """A report without plots."""
    return msgspec.structs.replace(EXAMPLES["plot_report"], **NONE, withheld=(), commitment=b"")


def plots(count):
    rng = np.random.default_rng(count)
    z = rng.uniform([0.0, -np.pi, -np.pi / 2], [1e9, 2 * np.pi, np.pi / 2], (count, 3))
    return z, rng.uniform(0.0, [1e9, np.pi, np.pi], (count, 3))


@pytest.mark.parametrize("count", [0, 1, 47, 48, 480, 1000])
def test_packed_plots_are_the_bytes_of_the_message(bare, count):
    z, sigma = plots(count)
    data = encode_plots(bare, z, sigma)
    assert data == encode(with_plots(bare, z, sigma))
    assert decode(data).range_m == tuple(z[:, 0])


def test_whole_numbers_and_rows_that_repeat_one_sigma_are_packed_as_well(bare):
    z, sigma = np.tile([[1000, 1, 0], [2000, 0, 1]], (30, 1)), np.broadcast_to([100.0, 2e-3, 2e-3], (60, 3))
    assert encode_plots(bare, z, sigma) == encode(with_plots(bare, z.astype(float), sigma))


def test_a_report_that_withholds_its_plots_is_encoded_as_it_is(bare):
    masked = msgspec.structs.replace(bare, withheld=("sensor",), sensor="", commitment=bytes(32))
    z, sigma = plots(60)
    assert encode_plots(masked, z, sigma) == encode(with_plots(masked, z, sigma))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -1e-9, 1.1e9])
@pytest.mark.parametrize("which", range(6))
def test_what_the_message_refuses_is_refused_in_the_same_words(bare, wrong, which):
    wrong = -4.0 if which in (1, 2) and wrong == -1e-9 else wrong
    z, sigma = plots(60)
    (z if which < 3 else sigma)[7, which % 3] = wrong
    with pytest.raises(MessageRefused) as packed:
        encode_plots(bare, z, sigma)
    with pytest.raises(MessageRefused) as written:
        encode(with_plots(bare, z, sigma))
    assert str(packed.value) == str(written.value)


@pytest.mark.parametrize("sigmas", [59, 61])
def test_columns_of_unequal_length_are_refused(bare, sigmas):
    with pytest.raises(ValueError, match="a plot has one of each"):
        encode_plots(bare, plots(60)[0], plots(sigmas)[1])


def test_more_plots_than_a_message_holds_are_refused(bare):
    with pytest.raises(MessageRefused):
        encode_plots(bare, *plots(1001))
