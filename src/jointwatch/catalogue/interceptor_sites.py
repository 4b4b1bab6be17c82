"""Interceptor sites: points on a map, with what each side said in public of what stood or was to stand there.

The only question asked of them is geometry: which mean speed would be needed to reach a trajectory from such a point
after it was first tracked. The speeds are assertions of the debate, kept side by side; nothing here models them.
"""

from __future__ import annotations

from collections.abc import Mapping

from jointwatch.catalogue.fact import Fact, Model
from jointwatch.catalogue.files import shelf_of
from jointwatch.catalogue.quantities import Count, Day, NotNegative, Position, SpeedsKmS

INTERCEPTOR_SITES = "interceptor_sites.toml"


class InterceptorSiteEntry(Model):
    """One site; `ever_built` is false for what was only planned."""

    title: str
    operator: str
    summary: str
    ever_built: bool = True
    position_deg: Fact[Position]
    error_deg: Fact[NotNegative]
    interceptor: Fact[str]
    number: Fact[Count] | None = None
    claimed_speed_km_s: Fact[SpeedsKmS]
    announced: Fact[Day] | None = None
    planned_for: Fact[Day] | None = None
    in_use_from: Fact[Day] | None = None
    given_up: Fact[Day] | None = None


def load_interceptor_sites() -> Mapping[str, InterceptorSiteEntry]:
    """All interceptor sites by name."""
    return shelf_of(INTERCEPTOR_SITES, InterceptorSiteEntry)
