"""The whole catalogue for a reader: kinds of entries, their names and titles, and every claim of an entry as rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from jointwatch.catalogue import (
    agreements,
    architectures,
    boost_priors,
    events,
    interceptor_sites,
    news_systems,
    places,
    radar_entries,
    radars,
    regions,
    vehicles,
)
from jointwatch.catalogue.fact import Model, Provenance, facts_in, rows_of
from jointwatch.catalogue.files import sources, unknown

KINDS: Mapping[str, Callable[[], Mapping[str, Model]]] = MappingProxyType(
    {
        "radars": radar_entries.load_radars,
        "vehicles": vehicles.load_vehicles,
        "sites": places.load_sites,
        "interceptor-sites": interceptor_sites.load_interceptor_sites,
        "news-systems": news_systems.load_news_systems,
        "centres": places.load_centres,
        "regions": regions.load_regions,
        "launches": events.load_launches,
        "architectures": architectures.load_architectures,
        "agreements": agreements.load_agreements,
        "claims": events.load_statements,
        "boost-priors": boost_priors.load_boost_priors,
    }
)


def entries(kind: str) -> Mapping[str, Model]:
    """All entries of one kind by name; an unknown kind is refused with the nearest ones."""
    if kind not in KINDS:
        raise unknown("kind", kind, KINDS)
    return KINDS[kind]()


def titles(kind: str) -> dict[str, str]:
    """Title of every entry of a kind by its name.

    >>> titles("centres")
    {'moscow': 'Moscow', 'brussels': 'Brussels'}
    """
    return {name: str(getattr(entry, "title", name)) for name, entry in entries(kind).items()}


def summary(kind: str, name: str) -> str:
    """What the entry says of itself in a sentence or two; empty where it says nothing."""
    return str(getattr(_entry(kind, name), "summary", ""))


def plain_words(kind: str, name: str) -> dict[str, str]:
    """What an entry says without claims, by key: operator, model, class, elements; "no" for what never came to be.

    >>> plain_words("radars", "brdy")["ever_on_duty"]
    'no'
    """
    entry = _entry(kind, name)
    words = {key: value for key, value in entry if key not in ("title", "summary") and isinstance(value, str)}
    words |= {key: "no" for key, value in entry if value is False}
    if isinstance(entry, architectures.ArchitectureEntry):
        words["elements"] = ", ".join(f"{e.entry} ({e.kind})" for e in entry.elements.values()) or "none"
    return words


def tally(kind: str, name: str) -> tuple[int, int, int]:
    """How many values an entry gives, how many of those taken nobody was seen to claim, how many have rival claims."""
    said: dict[str, set[str]] = {}
    held = rows(kind, name)
    for row in held:
        said.setdefault(row.parameter, set()).add(row.shown)
    return (
        len(said),
        sum(row.taken and row.assumption for row in held),
        sum(len(values) > 1 for values in said.values()),
    )


def rows(kind: str, name: str) -> tuple[Provenance, ...]:
    """Every claim of an entry, per parameter the default first; a radar's include those of its model."""
    entry = _entry(kind, name)
    if kind == "radars":
        return radars.provenance(name)
    known = dict(sources())
    return tuple(row for key, fact in facts_in(entry) for row in rows_of(key, fact, known))


def _entry(kind: str, name: str) -> Model:
    held = entries(kind)
    if name not in held:
        raise unknown(f"entry under {kind} named", name, held)
    return held[name]
