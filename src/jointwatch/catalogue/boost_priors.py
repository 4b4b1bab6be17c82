"""What is assumed of an ascent before it was seen: kappas, height and time of cut-off, ballistic coefficient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jointwatch.catalogue.fact import Fact, Model
from jointwatch.catalogue.files import shelf_of, unknown
from jointwatch.catalogue.spread import Spread

PRIORS = "boost_priors.toml"


class BoostPriorEntry(Model):
    """One set of priors with its sources."""

    title: str
    summary: str
    kappa_altitude: Fact[Spread]
    kappa_downrange: Fact[Spread]
    burnout_altitude_km: Fact[Spread]
    burn_time_s: Fact[Spread]
    log_beta: Fact[Spread]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoostPriorParameters:
    """Fields of `assessment.priors.BoostPriors`, by the same names: means and one-sigmas in SI."""

    kappa_altitude: float
    kappa_altitude_sigma: float
    kappa_downrange: float
    kappa_downrange_sigma: float
    burnout_altitude_m: float
    burnout_altitude_sigma_m: float
    burn_time_s: float
    burn_time_sigma_s: float
    log_beta_mean: float
    log_beta_sigma: float


def load_boost_priors() -> Mapping[str, BoostPriorEntry]:
    """All sets of boost priors by name."""
    return shelf_of(PRIORS, BoostPriorEntry)


def boost_prior_parameters(name: str = "generic") -> BoostPriorParameters:
    """A set of boost priors as plain values, each of its default claim.

    >>> p = boost_prior_parameters()
    >>> p.kappa_altitude, p.kappa_downrange
    (0.47, 0.34)
    """
    entries = load_boost_priors()
    if name not in entries:
        raise unknown("set of boost priors", name, entries)
    entry = entries[name]
    cut_off = entry.burnout_altitude_km.value
    return BoostPriorParameters(
        kappa_altitude=entry.kappa_altitude.value.mean,
        kappa_altitude_sigma=entry.kappa_altitude.value.sigma,
        kappa_downrange=entry.kappa_downrange.value.mean,
        kappa_downrange_sigma=entry.kappa_downrange.value.sigma,
        burnout_altitude_m=cut_off.mean * 1e3,
        burnout_altitude_sigma_m=cut_off.sigma * 1e3,
        burn_time_s=entry.burn_time_s.value.mean,
        burn_time_sigma_s=entry.burn_time_s.value.sigma,
        log_beta_mean=entry.log_beta.value.mean,
        log_beta_sigma=entry.log_beta.value.sigma,
    )
