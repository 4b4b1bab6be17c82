"""Systems in the news of the time: a place and a published range, no more, for circles on a map."""

from __future__ import annotations

from collections.abc import Mapping

from jointwatch.catalogue.fact import Fact, Model
from jointwatch.catalogue.files import shelf_of
from jointwatch.catalogue.quantities import Day, NotNegative, Position, RangeKm

NEWS_SYSTEMS = "news_systems.toml"


class NewsSystemEntry(Model):
    """One system as the news had it; every range that was published stands there."""

    title: str
    operator: str
    summary: str
    position_deg: Fact[Position]
    error_deg: Fact[NotNegative]
    range_km: Fact[RangeKm]
    announced: Fact[Day] | None = None


def load_news_systems() -> Mapping[str, NewsSystemEntry]:
    """All systems in the news by name."""
    return shelf_of(NEWS_SYSTEMS, NewsSystemEntry)
