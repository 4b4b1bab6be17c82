"""How a centre in service opens its station: by its centre.toml, with the listeners that every centre has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jointwatch.assessment.notification.owed import Rule
from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre import orders
from jointwatch.centre.catalogued import known_satellites
from jointwatch.centre.configuration import Configuration, ConfigurationError, Place
from jointwatch.centre.declared import Radars
from jointwatch.centre.duty.bookmark import Bookmark
from jointwatch.centre.duty.course import Course
from jointwatch.centre.duty.hearing import Duty
from jointwatch.centre.duty.joining import Joining
from jointwatch.centre.duty.listeners import listeners
from jointwatch.centre.duty.pace import Pace
from jointwatch.centre.duty.station import Post, Station
from jointwatch.centre.outlet import opening_rules
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.messages.release_policy import ReleaseRule
from jointwatch.tracking.known import Known


@dataclass(frozen=True)
class Lent:
    """What a service lends its station.

    keys: a centre's, by its name. desks: the own desk keys; desk_key: the one of a time. opens: whether an own log may
    be appended to. fast: told of a partner that sends more than was agreed.
    """

    keys: Callable[[str], Keyrings]
    desks: Callable[[], tuple[SigningKey, ...]]
    desk_key: Callable[[int], SigningKey]
    opens: Callable[[LogId], bool]
    tell: Callable[[str], None]
    fast: Callable[[str, str], None]


def station(
    place: Place,
    known: Configuration,
    store: Store,
    lent: Lent,
    *,
    priors: Mapping[str, float],
    rules: tuple[Rule, ...],
    declared: Radars,
) -> Station:
    """Return a centre's station, once it has heard again what the record holds that was heard before.

    rules: the agreements on notification. declared: the radars that centre.toml declares.
    """
    satellites = catalogue(place, known)

    def duty() -> Duty:
        hanging = listeners(known.centre, satellites, states=known.speaks_for, rules=rules, declared=declared)
        joining = Joining(known.centre, known.partners, BoostPriors(**priors), satellites)
        return Duty(known.centre, BoostPriors(**priors), satellites, hanging, joining)

    made_of = (dict(priors), known.speaks_for, rules, declared, sorted(known.partners))
    mark = Bookmark(store.path.with_suffix(".watch"), lent.desks, satellites, made_of)
    return Station(store, Course(store, lent.keys), post(known, lent), duty, mark, first_rules(known))


def post(known: Configuration, lent: Lent) -> Post:
    """Return whose station it is, by its centre.toml."""
    agreed = {name: partner.entries_per_s for name, partner in known.partners.items()}
    return Post(
        known.centre,
        known.run,
        known.mode,
        tuple(sorted(known.partners)),
        desk_key=lent.desk_key,
        opens=lent.opens,
        now_tai_ns=now_tai_ns,
        tell=lent.tell,
        pace=Pace(agreed, lent.fast),
    )


def catalogue(place: Place, known: Configuration) -> Known | None:
    """Return the satellites of the catalogue that centre.toml names; None where it names none."""
    if known.watch.catalogue is None:
        return None
    path = place.folder / known.watch.catalogue
    try:
        return known_satellites(str(path))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{place.configuration}: watch.catalogue: {path}: {error}") from None


def first_rules(known: Configuration) -> tuple[ReleaseRule, ...]:
    """Return the rules in force as the centre opens; without a table [release] nothing is released.

    >>> first_rules(Configuration(centre="a", run="r", mode="exercise", listen="127.0.0.1:8701"))
    ()
    """
    said = known.release
    if said is None:
        return ()
    opening = orders.ReleasePolicy(
        plots=said.plots, tracklets=said.tracklets, reports=said.reports, mask_source=said.mask_source
    )
    return opening_rules(opening, sorted(known.partners))
