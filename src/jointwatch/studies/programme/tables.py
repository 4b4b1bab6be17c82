"""The rows of a programme's tables: what each test showed, its growth by year, what is new, and what was disagreed on.

Every table is a head and rows of text, ready to print or to set; distances in kilometres, rounded to tens where
computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.programme.capability import Capability
from jointwatch.assessment.programme.missed import Missed, all_missed, any_missed, rule_of_three, trials_for
from jointwatch.assessment.programme.new_class import Rise
from jointwatch.assessment.programme.shown import classes
from jointwatch.studies.programme.chronology import Test
from jointwatch.studies.programme.disagreement import Disagreement, Pairing
from jointwatch.studies.programme.growth import DEMONSTRATED, LEAST_ENERGY, Ring
from jointwatch.studies.programme.noticed import Watched

BASIS_WORDS = {
    "claimed": "claimed",
    "class": "its class, an assumption",
    "apogee": "its apogee",
    "none": "nothing: no range was shown or published",
}


@dataclass(frozen=True)
class Table:
    """A title, the heads of the columns, and rows of as many texts; a note where one is needed to read it.

    leading: how many of the first cells say what a row is about; where room is short they can stand above it.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    leading: int = 0


def shown_table(tests: Sequence[Test], title: str) -> Table:
    """Return what each test showed: day, launch, reach, its class, on what that rests, and whether it worked."""
    least = classes([one.at_least_m for one in tests])
    most = classes([one.at_most_m for one in tests])
    rows = tuple(
        (
            _day(one),
            one.title,
            _reach(one.at_least_m, one.at_most_m),
            least[i] if least[i] == most[i] else f"{least[i]} or {most[i]}",
            BASIS_WORDS[one.basis],
            "yes" if one.worked else "perhaps" if one.may_have_worked else "no",
            one.announced or "-",
        )
        for i, one in enumerate(tests)
    )
    note = "Announced: a dash where no source read says when it was made public."
    return Table(title, ("day", "launch", "reach, km", "class", "rests on", "worked", "announced"), rows, note, 2)


def growth_table(by: Mapping[str, Capability], title: str) -> Table:
    """Return the reach shown by the end of each year, a column for each reading."""
    days = next(iter(by.values())).days
    rows = tuple(
        (str(day)[:4], *(_reach(float(each.at_least_m[i]), float(each.at_most_m[i])) for each in by.values()))
        for i, day in enumerate(days)
    )
    note = "Bounds of the longest reach of the tests so far, km; satellite launchers are not among them."
    return Table(title, ("by the end of", *by), rows, note)


def rises_table(rises: Mapping[str, Rise], days: Sequence[str], title: str) -> Table:
    """Return for each class whether it began to be tested more often; `days` are the days of testing, in order."""
    rows = tuple(
        (
            name,
            f"{one.of_class} of {one.trials}",
            days[one.before] if one.places else "-",
            f"{one.share_before:.0%} to {one.share_after:.0%}" if one.places else "-",
            f"{one.p_value:.2g}" if one.places else "-",
            f"{days[one.places[0]]} to {days[one.places[-1]]}" if one.places else "-",
        )
        for name, one in rises.items()
    )
    head = ("class", "days with tests", "rise from", "share", "by chance", "not contradicted")
    note = (
        "By chance: how often no change at all looks as good. Not contradicted: first and last, with 95 % confidence."
    )
    return Table(title, head, rows, note, 1)


def rings_table(rings: Sequence[Ring], title: str) -> Table:
    """Return the radii of a reach map, a row for each year: as flown, and as the same flights could have gone."""
    radii = {(ring.year, ring.kind, ring.bound): ring.range_m for ring in rings}
    rows = tuple(
        (
            str(year),
            *(
                _reach(*(radii.get((year, kind, bound), np.nan) for bound in ("at least", "at most")))
                for kind in (DEMONSTRATED, LEAST_ENERGY)
            ),
        )
        for year in sorted({ring.year for ring in rings})
    )
    return Table(title, ("by the end of", "demonstrated, km", "least-energy equivalent, km"), rows)


def missed_by_view_table(watched: Sequence[Watched], title: str) -> Table:
    """Return the share missed with its bounds, a row for each class, regions and party, a column for each assumption.

    Where none was missed the upper bound stands alone, and the rule of three beside it.
    """
    sets = list(dict.fromkeys(one.assumptions for one in watched))
    held = {(one.vehicle, one.origin, one.to, one.party, one.assumptions): one.missed for one in watched}
    rows = tuple(
        (vehicle, f"{origin} to {to}", party, *(_share_missed(held[vehicle, origin, to, party, name]) for name in sets))
        for vehicle, origin, to, party in dict.fromkeys(key[:4] for key in held)
    )
    return Table(title, ("class", "regions", "seen by", *(f"as {name} assumes" for name in sets)), rows, leading=2)


def missed_table(missed: Mapping[str, Missed], tests: Mapping[str, int], title: str) -> Table:
    """Return for each class the share missed, and what it means for as many tests as there were of it."""
    rows = tuple(
        (
            name,
            f"{one.flights:,}",
            f"{one.share:.3%}",
            f"{one.low:.3%} to {one.high:.3%}",
            str(tests.get(name, 0)),
            _share_between(any_missed([one.low, one.high], tests.get(name, 0))),
            _share_between(all_missed([one.low, one.high], tests.get(name, 0))),
        )
        for name, one in missed.items()
    )
    head = ("class", "flights", "missed", "bounds", "tests", "any of them missed", "all of them")
    note = (
        "Of a hundred percent no number of flights can speak: to exclude a share of one in a thousand with 95 % "
        f"confidence, {trials_for(1e-3):,} flights must be seen without a miss."
    )
    return Table(title, head, rows, note, 1)


def disagreement_table(disagreements: Sequence[Disagreement], title: str) -> Table:
    """Return what is disagreed on, a row for each claim; the one taken by default is marked."""
    rows = tuple(
        (
            one.title,
            claim.parameter,
            " ".join(filter(None, (claim.shown, claim.unit))),
            claim.claimant + (" (taken)" if claim.taken else ""),
            claim.tag,
            claim.source,
        )
        for one in disagreements
        for claim in one.claims
    )
    head = ("launch", "quantity", "value", "claimed by", "known by", "source")
    return Table(title, head, rows, leading=2)


def pairings_table(pairings: Sequence[Pairing], title: str) -> Table:
    """Return what each pair of claimed figures would have been as a flight."""
    rows = tuple(
        (
            pair.launch,
            f"{pair.distance_m / 1e3:,.0f} ({pair.range_by})",
            f"{pair.apogee_m / 1e3:,.0f} ({pair.apogee_by or 'least energy'})",
            _minutes(pair),
            f"{pair.loft:.2f}",
            _reach(pair.at_least_m, pair.at_most_m),
            pair.why,
        )
        for pair in pairings
    )
    head = ("launch", "distance, km", "apogee, km", "minutes", "loft", "reach, km", "against it")
    note = (
        "Reconstructed on the turning Earth from the place of launch, with the bearing where one is known. Minutes "
        "with their bounds, by the rounding of the figures, the spread of boosts and the air."
    )
    return Table(title, head, rows, note, 1)


def _minutes(pair: Pairing) -> str:
    if np.isnan(pair.flight_time_s):
        return "-"
    low, mean, high = (s / 60 for s in (pair.flight_time_low_s, pair.flight_time_s, pair.flight_time_high_s))
    return f"{mean:.1f} ({low:.1f} to {high:.1f})"


def _day(one: Test) -> str:
    return one.first_day if one.first_day == one.last_day else f"{one.first_day} to {one.last_day}"


def _reach(least_m: float, most_m: float) -> str:
    """Bounds in kilometres as a reader wants them; a dash for nothing shown, "and more" where there is no bound."""
    if np.isnan(least_m) or most_m <= 0.0:
        return "-"
    ends = [f"{end / 1e3:,.0f}" for end in (least_m, most_m) if np.isfinite(end)]
    if len(ends) == 1:
        return f"{ends[0]} and more"
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _share_missed(one: Missed) -> str:
    if one.share <= 0.0:
        return f"none, below {100 * one.high:.2f} (3/n: {100 * rule_of_three(one.flights):.2f})"
    return f"{100 * one.share:.1f} ({100 * one.low:.1f} to {100 * one.high:.1f})"


def _share_between(ends: np.ndarray) -> str:
    return f"{ends[0]:.2%} to {ends[1]:.2%}"
