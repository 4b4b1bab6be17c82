"""The answer of a study in sentences, from its figures alone, and what of it depends on whose numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator

from jointwatch.display.study import words
from jointwatch.display.study.cells import NEUTRAL, TOGETHER, Alternative, Figure, Named, Overall
from jointwatch.display.study.data import StudyData
from jointwatch.display.study.parts import Package
from jointwatch.display.wording import listed, number

NOTHING = "nothing"  # what an alternative may add


def answer(data: StudyData) -> tuple[tuple[str, str], ...]:
    """Return the answer of the study in sentences, each with what it is about: who sees how much, on whose numbers."""
    parties = ((party.title, _by_party(data, party)) for party in data.parties)
    added = tuple(worth(data)) or tuple(_alternatives(data))
    return (
        *parties,
        *(("Alternative or addition", said) for said in added),
        *(("Accuracy", said) for said in accuracy(data)),
        *(("Geometry", said) for said in strategic(data)),
        *(("The programme", said) for said in programme(data)),
        *(("Seen by nobody", said) for said in _neither(data)),
        ("On whose numbers", dissent(data)),
    )


def dissent(data: StudyData) -> str:
    """Return how much of the answer depends on whose assumptions are taken, and of what a package is worth."""
    return f"{_seen_otherwise(data)} {_worth_otherwise(data)}".rstrip()


def _seen_otherwise(data: StudyData) -> str:
    if not data.dissents:
        return (
            f"None of {data.compared} compared answers depends on whose assumptions are taken: under every set they "
            "are the same within the intervals."
        )
    cells = list(dict.fromkeys(one.cell.to.title for one in data.dissents))
    parties = list(dict.fromkeys(data.title_of(one.party) for one in data.dissents))
    return (
        f"{len(data.dissents)} of {data.compared} compared answers depend on whose assumptions are taken: of launches "
        f"to {listed(cells)}, for {_parties(data, parties)}. Each is named where the assumptions stand side by side."
    )


def _worth_otherwise(data: StudyData) -> str:
    """Of a package: what an element is worth to whom, and what an alternative adds, by every set of assumptions."""
    package = data.package
    if package is None or not package.compared:
        return ""
    figures = f"{package.compared} figures of what its elements are worth"
    if not package.parted:
        return f"{'None' if data.dissents else 'Nor does any'} of {figures}{' does' if data.dissents else ''}."
    titles = {one.name: one.title for one in (*package.elements, *package.alternatives)}
    of = list(dict.fromkeys(titles[one.of] for one in package.parted))
    return f"Of the package, {len(package.parted)} of {figures} depend on them: of {listed(of)}."


def _parties(data: StudyData, titles: list[str], denied: bool = False) -> str:
    """Parties by their titles, in which an "and" may stand: with a semicolon between two, or all by one word.

    denied: whether it is said of nothing, which is for any party.
    """
    everyone = len(titles) > 1 and titles == [party.title for party in data.parties]
    return f"{'any' if denied else 'every'} party" if everyone else "; ".join(titles)


def _by_party(data: StudyData, party: Named) -> str:
    """Return what a party sees with each architecture; architectures by which it sees the same stand together."""
    groups: dict[str, list[str]] = {}
    for one in data.architectures:
        groups.setdefault(_seen(data.over_all(one.name, party.name)), []).append(one.brief)
    parts = [f"{seen} with {words.any_of(names)}" for seen, names in groups.items()]
    return f"It would have detected, of all flights, {'; '.join(parts)}."


def _seen(one: Overall) -> str:
    if not one.detected.flights or one.detected.value == 0.0:
        return "none"
    soon = words.between(*one.first_span_s, "s")
    return words.percent(one.detected.value) + (f" (first {soon} after launch)" if soon else "")


def _alternatives(data: StudyData) -> Iterator[str]:
    for three in dict.fromkeys((one.one, one.other, one.both) for one in data.alternatives):
        held = [one for one in data.alternatives if (one.one, one.other, one.both) == three and one.party != TOGETHER]
        one, other, both = (data.architecture(name).brief for name in three)
        parts = "; ".join(_alternative(data, each) for each in held)
        yield f"Against {one} alone and {other} alone, {both} would give {parts}."


def _alternative(data: StudyData, one: Alternative) -> str:
    who, whole = data.title_of(one.party), one.cells
    if not one.sees_more and not one.sees_sooner:
        better = max((one.one, one.other), key=lambda name: data.over_all(name, one.party).detected.value)
        return f"{who} nothing that {data.architecture(better).brief} would not give alone"
    gains = [(one.sees_more, "more flights"), (one.sees_sooner, "an earlier first detection")]
    told = [f"{what} in {count} of {whole} cases" for count, what in gains if count]
    return f"{who} {listed(told)}"


def _neither(data: StudyData) -> Iterator[str]:
    parts: dict[str, list[str]] = {}
    for one in data.architectures:
        missed = 1.0 - data.over_all(one.name, TOGETHER).detected.value
        if math.isfinite(missed):
            parts.setdefault(words.percent(missed), []).append(one.brief)
    if parts:
        yield f"{'; '.join(f'{share} with {words.any_of(names)}' for share, names in parts.items())}."


def worth(data: StudyData) -> Iterator[str]:
    """Return what each of two alternatives of a package adds to the other, for each party, over all launches."""
    package = data.package
    if package is None or len(package.alternatives) != 2:
        return
    one, other = package.alternatives
    told = []
    for new, old in ((one, other), (other, one)):
        groups: dict[str, list[str]] = {}
        for party in data.parties:
            groups.setdefault(_adds(package, party, new), []).append(party.title)
        parts = [f"{gains} for {_parties(data, titles, gains == NOTHING)}" for gains, titles in groups.items()]
        told.append(f"on top of {old.title}, {new.title} would add {'; '.join(parts)}.")
    yield f"By the neutral assumptions, in flights detected and in warning, {' '.join(told).replace('. on', '. On')}"


def accuracy(data: StudyData) -> Iterator[str]:
    """Return how well each party could know the impact point, at the last time told of, with each architecture."""
    after = max((int(key[-1].rpartition("_")[2]) for key in data.figures if "impact_error_" in key[-1]), default=0)
    if not after:
        return
    told = []
    for party in data.parties:
        groups: dict[str, list[str]] = {}
        for one in data.architectures:
            groups.setdefault(_known_to(data, (one.name, party.name), f"impact_error_{after}"), []).append(one.brief)
        spans = "; ".join(f"{span} with {words.any_of(names)}" for span, names in groups.items())
        told.append(f"{party.title}: {spans}")
    yield f"How well the impact point can be known {after} s after a party’s own first detection. {'. '.join(told)}."


def _known_to(data: StudyData, view: tuple[str, str], name: str) -> str:
    """The medians of an error from the least to the greatest of any region and class."""
    found = [data.figures.get((*cell.key, *view, NEUTRAL, name)) for cell in data.cells]
    values = [figure.value for figure in found if figure is not None and figure.flights]
    known = [value for value in values if math.isfinite(value)]
    return words.between(min(known), max(known), "km") if known else "no place"


def programme(data: StudyData) -> Iterator[str]:
    """Return how far the tests of a programme had reached at the end, by whose word."""
    if data.programme is None:
        return
    groups: dict[tuple[float, float], list[str]] = {}
    for name, steps in data.programme.growth.items():
        groups.setdefault((steps[-1].at_least_km, steps[-1].at_most_km), []).append(f"“{name}”")
    told = [f"{_reach_km(*ends)} by the reading {words.any_of(names)}" for ends, names in groups.items()]
    year = max(steps[-1].year for steps in data.programme.growth.values())
    yield f"By the end of {year} the tests had shown a reach of {'; of '.join(told)}."


def _reach_km(least: float, most: float) -> str:
    ends = [f"{number(least, 0)}", *([f"{number(most, 0)}"] if math.isfinite(most) and most != least else [])]
    return f"{' to '.join(ends)}\xa0km{'' if math.isfinite(most) else ' and more'}"


def _adds(package: Package, party: Named, new: Named) -> str:
    told = []
    for name, unit in (("detected", "of the flights"), ("warning", "of warning on average")):
        figure = package.pooled.get((party.name, NEUTRAL, name, "adds", new.name))
        if figure is not None:
            told.append(NOTHING if _negligible(figure) else f"{words.gain(figure)} {unit}")
    return NOTHING if set(told) == {NOTHING} else listed([each for each in told if each != NOTHING])


def strategic(data: StudyData) -> Iterator[str]:
    """Return for each site which mean speeds were needed at most by half of the flights, beside what was claimed."""
    for one in data.reach:
        medians = [figures[2] for key, figures in one.needed.items() if key[-1] == NEUTRAL and figures[2].flights]
        if not medians:
            continue
        values = sorted(figure.value for figure in medians)
        span = [number(value, 1) if math.isfinite(value) else "more than any" for value in (values[0], values[-1])]
        needed = span[0] if span[0] == span[1] else f"{span[0]} to {span[1]}"
        ends = sorted(speed.speed_km_s for speed in one.speeds)
        claimed = f"; claimed were {number(ends[0], 1)} to {number(ends[-1], 1)} km/s" if ends else ""
        yield (
            f"From {one.site.title.partition(',')[0]} half of the flights would have asked for a mean speed of no more "
            f"than {needed} km/s once tracked, by region, class and architecture{claimed}. What would travel "
            "is not modelled."
        )


def _negligible(figure: Figure) -> bool:
    """Whether a gain is less than a thousandth, or than a step of time."""
    return abs(figure.value) < (1e-3 if figure.unit == "share" else 5.0)
