"""Where every value of a study comes from: the claims of its radars and classes, by whom, when, and how known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from jointwatch.catalogue import shelf
from jointwatch.catalogue.architectures import load_architecture
from jointwatch.catalogue.fact import OURS, Provenance
from jointwatch.catalogue.radars import provenance
from jointwatch.cli import report_inputs as inputs_of_runs
from jointwatch.display.report_data import Input
from jointwatch.display.study.cells import Choice
from jointwatch.studies.joint.chunk import Plan
from jointwatch.studies.joint.file import NEUTRAL
from jointwatch.studies.joint.given import AssumptionsGiven

_RCS = {"lower": "one sigma below the mean", "higher": "one sigma above the mean"}


def choices(held: AssumptionsGiven) -> Iterator[Choice]:
    """Return what a set of assumptions takes otherwise than the catalogue's defaults, and whose word each is."""
    if held.rcs in _RCS:
        yield Choice("every class", "radar cross-section", _RCS[held.rcs], "the class's spread", "the mean")
    for radar, keys in held.claims.items():
        title = shelf.titles("radars")[radar]
        default = {row.parameter: row for row in provenance(radar) if row.taken}
        for row in provenance(radar, keys):
            if row.taken and row.parameter in keys:
                words = inputs_of_runs.words(row.parameter)
                yield Choice(title, words, _value(row), _who(row), _value(default[row.parameter]))


def inputs(plan: Plan) -> tuple[Input, ...]:
    """Return every value that the study rests on, as the neutral set takes it: radars, classes, regions, elements."""
    radars = dict.fromkeys(sensor.radar.name for sensor in plan.deployment.sensors)
    bands = {sensor.radar.band for sensor in plan.deployment.sensors}
    listed = (
        *(row for name in radars for row in _radar(plan, name)),
        *(row for name in dict.fromkeys(cell.vehicle for cell in plan.cells) for row in _vehicle(name, bands)),
        *(row for name in dict.fromkeys(r.name for c in plan.cells for r in (c.origin, c.to)) for row in _region(name)),
        *(row for name, given in plan.study.architectures.items() if given.radars is None for row in _elements(name)),
    )
    return tuple(replace(row, parameter=_named(row.parameter), assumed=row.tag in OURS) for row in listed)


def _named(parameter: str) -> str:
    """What a parameter is called; of an element of an architecture its name and what is said of it.

    >>> _named("elements.moscow.since"), _named("burn time")
    ('moscow, since', 'burn time')
    """
    return parameter.removeprefix("elements.").replace(".", ", ") if parameter.startswith("elements.") else parameter


def _radar(plan: Plan, name: str) -> Iterator[Input]:
    chosen = plan.study.assumptions[NEUTRAL].claims.get(name, {})
    yield from inputs_of_runs.catalogued(f"Radar {shelf.titles('radars')[name]}", provenance(name, chosen))


def _vehicle(name: str, bands: set[str]) -> Iterator[Input]:
    rows = [row for row in shelf.rows("vehicles", name) if inputs_of_runs.band(row.parameter) in {"", *bands}]
    yield from inputs_of_runs.catalogued(f"Class: {shelf.titles('vehicles')[name]}", rows, unused=_NOT_OF_CLASSES)


_NOT_OF_CLASSES = tuple(name for name in inputs_of_runs.UNUSED if name not in ("range_km", "rcs_spread_db"))


def _region(name: str) -> Iterator[Input]:
    yield from inputs_of_runs.catalogued(f"Region: {shelf.titles('regions')[name]}", shelf.rows("regions", name), ())


def _elements(name: str) -> Iterator[Input]:
    group = f"Architecture: {shelf.titles('architectures')[name]}"
    yield from inputs_of_runs.catalogued(group, _dated(shelf.rows("architectures", name)), ())
    for element in load_architecture(name).elements.values():
        if element.kind == "interceptor-sites":
            rows = shelf.rows(element.kind, element.entry)
            yield from inputs_of_runs.catalogued(group, (row for row in rows if row.parameter in _OF_SITES), ())


_OF_SITES = ("position_deg", "claimed_speed_km_s")


def _dated(rows: Iterable[Provenance]) -> Iterator[Provenance]:
    """What a study takes of an architecture: which elements it has, and since when and until when they stood."""
    return (row for row in rows if row.parameter.rpartition(".")[2] in ("part", "since", "until"))


def _value(row: Provenance) -> str:
    return inputs_of_runs.measured(row)


def _who(row: Provenance) -> str:
    said = inputs_of_runs.who(row)
    return f"{said} [{row.tag}]" if row.assumption else said
