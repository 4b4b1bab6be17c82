"""The whole catalogue for a reader: kinds of entries, their names and titles, and every claim of an entry as rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from jointwatch.catalogue import boost_priors, events, places, radars, vehicles
from jointwatch.catalogue.fact import Model, Provenance, facts_in, rows_of
from jointwatch.catalogue.files import sources, unknown

KINDS: Mapping[str, Callable[[], Mapping[str, Model]]] = MappingProxyType(
    {
        "radars": radars.load_radars,
        "vehicles": vehicles.load_vehicles,
        "sites": places.load_sites,
        "centres": places.load_centres,
        "launches": events.load_launches,
        "agreements": events.load_agreements,
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
