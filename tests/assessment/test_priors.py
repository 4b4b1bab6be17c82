"""Priors are refused where they cannot be meant; kappas widen where a climb levels off."""

import numpy as np
import pytest

from jointwatch.assessment.ascent import age_by_burn_time, kappas_at_cutoff, kappas_while_burning
from jointwatch.assessment.priors import BoostPriors


def test_metres_given_for_a_fraction_are_refused() -> None:
    with pytest.raises(ValueError, match=r"kappa_altitude is height or distance over .* got 42: give the fraction"):
        BoostPriors(kappa_altitude=42)


def test_a_negative_sigma_is_refused() -> None:
    with pytest.raises(ValueError, match="burn_time_sigma_s must be a finite number, zero or more; got -1"):
        BoostPriors(burn_time_sigma_s=-1)


def test_a_steep_cut_off_has_the_class_prior_as_it_was_handed_in() -> None:
    priors = BoostPriors(kappa_altitude=0.41, kappa_altitude_sigma=0.05)
    mean, sigma = kappas_at_cutoff(priors, 0.8)
    assert (mean[0], sigma[0]) == (0.41, 0.05)


def test_what_real_ascents_had_lies_within_two_sigma_of_the_prior_while_burning() -> None:
    """Medians of 30 ascents: (height km, steepness, kappa of altitude, kappa of distance)."""
    for height_km, steepness, altitude, downrange in (
        (24, 2.0, 0.42, 0.249),
        (40, 0.7, 0.443, 0.247),
        (56, 0.5, 0.432, 0.263),
        (83, 0.3, 0.574, 0.303),
        (165, 0.4, 0.699, 0.371),
        (171, 0.3, 0.848, 0.406),
        (216, 0.6, 0.638, 0.363),
        (244, 1.0, 0.600, 0.405),
    ):
        mean, sigma = kappas_while_burning(BoostPriors(kappa_downrange=0.30), height_km * 1e3, steepness)
        assert np.all(np.abs(mean - [altitude, downrange]) < 2.0 * sigma)


def test_flat_ascents_are_taken_from_the_long_half_of_burn_times() -> None:
    mean, sigma = age_by_burn_time(BoostPriors(burn_time_s=250.0, burn_time_sigma_s=110.0))
    assert np.exp(mean[0]) == pytest.approx(338.0, abs=1.0)
    assert sigma[0] == pytest.approx(110.0 / 338.0, rel=0.01)
