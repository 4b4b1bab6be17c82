"""Points on the map of a study: sites with the speeds that were claimed of them, and rings of systems in the news."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import radians

import numpy as np
from numpy.typing import NDArray

from jointwatch.catalogue.fact import Claim, Fact
from jointwatch.catalogue.files import sources
from jointwatch.catalogue.interceptor_sites import load_interceptor_sites
from jointwatch.catalogue.news_systems import load_news_systems
from jointwatch.catalogue.places import load_sites
from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.studies.joint.file import Study
from jointwatch.studies.reach import needed_speed_m_s, ring


@dataclass(frozen=True, slots=True)
class ClaimedSpeed:
    """A speed that somebody claimed in public, from the lower to the higher end of what was said."""

    name: str
    claimant: str
    source: str
    tag: str
    note: str
    low_km_s: float
    high_km_s: float


@dataclass(frozen=True)
class Site:
    """A point on the map, radians, and every speed claimed of what was to stand there."""

    name: str
    title: str
    latitude_rad: float
    longitude_rad: float
    claims: tuple[ClaimedSpeed, ...]

    @property
    def position_m(self) -> Floats:
        """Earth-fixed, on the ellipsoid."""
        return ecef_from_geodetic(self.latitude_rad, self.longitude_rad, 0.0)


@dataclass(frozen=True, eq=False)
class Ring:
    """The places (n,), radians, at a published range from a place."""

    name: str
    title: str
    claim: str
    claimant: str
    source: str
    tag: str
    range_km: float
    latitude_rad: Floats
    longitude_rad: Floats


def sites_of(study: Study) -> tuple[Site, ...]:
    """Return the sites a study asks of, in its order; none where it asks of none."""
    return tuple(_site(name) for name in study.reach.sites) if study.reach else ()


def rings_of(study: Study) -> tuple[Ring, ...]:
    """Return the rings a study draws, one for each published range of a system; none where it draws none."""
    return tuple(found for name in study.reach.rings for found in _rings(name)) if study.reach else ()


def needed(sites: tuple[Site, ...], positions_m: Floats, first: NDArray[np.int64], *, step_s: float) -> Floats:
    """Return the mean speeds (sites, v, k), m/s, needed from each site to k flights after each of v tracked them first.

    positions_m: (k, t, 3) every step_s. first: (v, k) steps, below zero for never; then the speed is infinite.
    """
    found = [needed_speed_m_s(site.position_m, positions_m, first, step_s=step_s) for site in sites]
    return np.array(found).reshape(len(sites), *first.shape)


def _site(name: str) -> Site:
    entry = load_interceptor_sites().get(name)
    latitude, longitude = (entry or load_sites()[name]).position_deg.value
    title = (entry or load_sites()[name]).title
    claims = tuple(_claims(entry.claimed_speed_km_s)) if entry else ()
    return Site(name, title, radians(latitude), radians(longitude), claims)


def _claims(fact: Fact[tuple[float, float]]) -> Iterator[ClaimedSpeed]:
    for name, claim in fact.claims.items():
        yield ClaimedSpeed(name, *_said(claim), claim.tag, claim.note, *claim.value)


def _rings(name: str) -> Iterator[Ring]:
    entry = load_news_systems()[name]
    latitude, longitude = (radians(value) for value in entry.position_deg.value)
    for claim, said in entry.range_km.claims.items():
        places = ring(latitude, longitude, 1e3 * said.value)
        yield Ring(name, entry.title, claim, *_said(said), said.tag, said.value, *places)


def _said(claim: Claim[tuple[float, float]] | Claim[float]) -> tuple[str, str]:
    """Who claims it, and where that was read."""
    source = sources()[claim.source]
    return claim.claimant or source.claimant, ", ".join(filter(None, (source.title, source.address)))
