"""The report of a study: its rows, its deployment and the catalogue, put into the values that the display sets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from jointwatch import __version__
from jointwatch.catalogue import shelf
from jointwatch.catalogue.architectures import load_architectures
from jointwatch.catalogue.interceptor_sites import load_interceptor_sites
from jointwatch.cli import study_parts
from jointwatch.cli.report_objects import ground_range_km
from jointwatch.cli.study_radars import alone
from jointwatch.cli.study_sources import choices, inputs
from jointwatch.display.study import cells, places, sheets
from jointwatch.display.study import data as sd
from jointwatch.display.study.blocks import Document
from jointwatch.display.study.page import html
from jointwatch.sensors.radar import Face, Radar
from jointwatch.studies.joint import overall as results
from jointwatch.studies.joint.chunk import Plan
from jointwatch.studies.joint.deployment import Sensor, brought, shared
from jointwatch.studies.joint.file import NEUTRAL, Study, built_in, load
from jointwatch.studies.joint.launches import Cell
from jointwatch.studies.joint.measures import Row, table_of
from jointwatch.studies.joint.results import whole
from jointwatch.studies.joint.strategic import ReachRow
from jointwatch.studies.joint.worth import WorthRow
from jointwatch.studies.programme.noticed import Watched
from jointwatch.studies.vehicles import vehicle_class

HTML, PDF = "report.html", "report.pdf"
HEIGHT_KM = 300.0  # of the objects for which the maps show how far the radars look


def write(report: Document, out: Path, *, pdf: bool) -> tuple[Path, ...]:
    """Write the report of a study as HTML, and as PDF where it is asked for; raises StudyError where it cannot be."""
    forms = {HTML: "html"} | ({PDF: "pdf"} if pdf else {})
    return tuple(_written(out / name, drawn(report, form)) for name, form in forms.items())


def drawn(report: Document, form: str) -> bytes:
    """Return the report of a study as "html" or "pdf"."""
    return sheets.pdf(report) if form == "pdf" else html(report).encode()


def _written(file: Path, made: bytes) -> Path:
    return whole(file, lambda path: path.write_bytes(made))


def study_data(
    plan: Plan,
    data: bytes,
    rows: Sequence[Row],
    *,
    asked: str,
    worth: Sequence[WorthRow] = (),
    reach: Sequence[ReachRow] = (),
    missed: tuple[list[Watched], list[Watched]] | None = None,
) -> sd.StudyData:
    """Return everything the report of a study says.

    asked: the study as it was named on the command line. missed: of a programme's tests, by class and by region.
    """
    told = _of_rows(plan, rows, _asked(plan.study, data, rows, asked))
    briefs = {one.name: one.brief for one in told.architectures}
    return replace(
        told,
        programme=study_parts.programme(*missed, study_parts.names_in_tables(plan, briefs)) if missed else None,
        package=study_parts.package(plan, worth, briefs) if worth else None,
        reach=study_parts.reach(plan, reach),
        rings=study_parts.rings(plan),
    )


def _asked(study: Study, data: bytes, rows: Sequence[Row], asked: str) -> sd.Asked:
    """What was asked, so that another can ask it again."""
    file = asked_as(study, data, asked)
    return sd.Asked(
        name=study.name,
        title=study.title,
        summary=study.summary,
        version=__version__,
        study_sha256=hashlib.sha256(data).hexdigest(),
        figures_sha256=figures_sha256(rows),
        file=file,
        command=f"jointwatch study {file} --out {study.name}",
        count=study.count,
        seed=study.seed,
    )


def _of_rows(plan: Plan, rows: Sequence[Row], asked: sd.Asked) -> sd.StudyData:
    """What every study says, from its rows."""
    study, found = plan.study, results.Found(rows)
    differing, compared = results.dissents(found, study)
    heads = {head.key: head for head in _cells(plan, found)}
    architectures = tuple(_architecture(plan, name) for name in study.architectures)
    return sd.StudyData(
        **vars(asked),
        parties=tuple(cells.Named(name, party.title) for name, party in study.parties.items()),
        architectures=architectures,
        regions=tuple(_regions(plan)),
        assumptions=tuple(
            cells.Assumptions(name, held.title, tuple(choices(held))) for name, held in study.assumptions.items()
        ),
        cells=tuple(heads.values()),
        figures={_view(row): _figure(row) for row in rows if not row.radar},
        alone=tuple(alone(study, rows, architectures)),
        overall=tuple(_overall(one) for one in results.overall(found)),
        dissents=tuple(_dissent(one, heads) for one in differing),
        compared=compared,
        alternatives=tuple(cells.Alternative(**asdict(one)) for one in results.alternatives(found, study)),
        inputs=inputs(plan),
        map_height_km=HEIGHT_KM,
    )


def _view(row: Row) -> tuple[str, ...]:
    return (*results.cell_of(row), row.architecture, row.party, row.assumptions, row.measure)


def figures_sha256(rows: Sequence[Row]) -> str:
    """Return the hash of all figures of a study, to the last digit: what two computers that agree to the bit share."""
    digest = hashlib.sha256()
    for name, column in table_of(rows).items():
        text = "\n".join(value.hex() if isinstance(value, float) else str(value) for value in column)
        digest.update(f"{name}\n{text}\n".encode())
    return digest.hexdigest()


def asked_as(study: Study, data: bytes, asked: str) -> str:
    """Return the study as another can name it: by its built-in name where it is that one, else by its file."""
    built = study.name in built_in() and load(study.name)[1] == data
    return study.name if built else Path(asked).name


def _cells(plan: Plan, found: results.Found) -> Iterator[cells.CellHead]:
    for cell in plan.cells:
        row = found.row((cell.origin.name, cell.to.name, cell.kind), ("", "", ""), "in_reach")
        flights = round(row.value * row.flights) if row else 0
        yield cells.CellHead(
            cell.number,
            cells.Named(cell.origin.name, cell.origin.title),
            cells.Named(cell.to.name, cell.to.title),
            cells.Named(cell.kind, vehicle_class(cell.vehicle).title + _apogee(cell)),
            plan.study.count,
            flights,
        )


def _apogee(cell: Cell) -> str:
    return "" if cell.apogee_km is None else f", {cell.apogee_km:.0f} km high"


def _regions(plan: Plan) -> Iterator[places.Region]:
    boxes = {region.name: region for cell in plan.cells for region in (cell.origin, cell.to)}
    begin = {cell.origin.name for cell in plan.cells}
    for name, box in boxes.items():
        south, north, west, wide = np.rad2deg([box.south_rad, box.north_rad, box.west_rad, box.wide_rad]).tolist()
        yield places.Region(name, box.title, south, north, (west + 180) % 360 - 180, wide, name in begin)


def _architecture(plan: Plan, name: str) -> places.Architecture:
    given = plan.study.architectures[name]
    of_catalogue = given.radars is None
    views = {v.party: v.sensors for v in plan.deployment.views if (v.architecture, v.assumptions) == (name, NEUTRAL)}
    sensors = plan.deployment.sensors
    titles = {each: _title(plan.study, each) for each in plan.study.architectures}
    return places.Architecture(
        name=name,
        title=titles[name],
        brief=_brief(titles, name),
        summary=shelf.summary("architectures", name) if of_catalogue else "",
        on=given.on,
        proposed=given.proposed,
        shared=shared(plan.study, name),
        brings=tuple(brought(plan.study, name)),
        looks={party: tuple(_radar(plan, sensors[number]) for number in held) for party, held in views.items()},
        sites=tuple(_sites(name)) if of_catalogue else (),
    )


def _title(study: Study, name: str) -> str:
    given = study.architectures[name]
    return given.title or (shelf.titles("architectures")[name] if given.radars is None else name)


def _brief(titles: Mapping[str, str], name: str) -> str:
    """The title without the words that it begins with as another does, and up to its first comma; whole if not its own.

    >>> both = {"a": "the phased approach, phase 1, as it came", "b": "the phased approach, phase 2"}
    >>> _brief(both, "a"), _brief({"a": "Gabala and Armavir, the offer of 2007", "b": "the third site"}, "a")
    ('phase 1', 'Gabala and Armavir')
    """
    parts = {each: _own(title, [t for o, t in titles.items() if o != each]) for each, title in titles.items()}
    return parts[name] if list(parts.values()).count(parts[name]) == 1 else titles[name]


def _own(title: str, others: Sequence[str]) -> str:
    """The first part of a title, between commas, that no other begins with, without words that others begin with."""
    parts, firsts = title.split(", "), [other.partition(",")[0] for other in others]
    if parts[0] in firsts and len(parts) > 1:
        return parts[1]
    return next((parts[0].removeprefix(f"{first} ") for first in firsts if parts[0].startswith(f"{first} ")), parts[0])


def _radar(plan: Plan, sensor: Sensor) -> places.Radar:
    radar = sensor.radar
    owner = next((party for party, own in plan.study.parties.items() if radar.name in (*own.radars, *own.builds)), "")
    latitude, longitude = np.rad2deg([radar.site.latitude_rad, radar.site.longitude_rad]).tolist()
    return places.Radar(
        radar.name,
        shelf.titles("radars").get(radar.name, radar.name).partition(" (")[0].partition(",")[0],
        owner,
        latitude,
        longitude,
        _reach_km(plan, radar),
        tuple(places.Face(face.name, *_azimuths(face)) for face in radar.faces),
    )


def _azimuths(face: Face) -> tuple[float, float]:
    return float(np.rad2deg(face.azimuth_from_rad)), float(np.rad2deg(face.azimuth_to_rad))


def _reach_km(plan: Plan, radar: Radar) -> float:
    """How far over ground: to the horizon of the height of the map, or where the study's first class is half seen."""
    rcs_m2 = vehicle_class(plan.cells[0].vehicle).rcs_m2[radar.band]
    slant_m = radar.reference_range_m * (rcs_m2 / radar.reference_rcs_m2) ** 0.25
    low, high = 6_371e3, 6_371e3 + 1e3 * HEIGHT_KM
    cosine = (low**2 + high**2 - slant_m**2) / (2 * low * high)
    detected_km = 6_371 * float(np.arccos(np.clip(cosine, -1.0, 1.0)))
    return min(ground_range_km(radar, HEIGHT_KM), detected_km)


def _sites(name: str) -> Iterator[places.Site]:
    for element in load_architectures()[name].elements.values():
        if element.kind == "interceptor-sites":
            entry = load_interceptor_sites()[element.entry]
            yield places.Site(element.entry, entry.title.partition(",")[0], *entry.position_deg.value)


def _figure(row: Row) -> cells.Figure:
    return cells.Figure(row.value, row.low, row.high, row.flights, row.unit)


def _overall(one: results.Overall) -> cells.Overall:
    told = one.detected
    return cells.Overall(
        one.architecture,
        one.party,
        one.assumptions,
        cells.Figure(told.value, told.low, told.high, told.flights, "share"),
        one.detected_span,
        one.first_span_s,
        one.left_span_s,
    )


def _dissent(one: results.Dissent, heads: dict[tuple[str, str, str], cells.CellHead]) -> cells.Dissent:
    first = one.rows[0]
    by = {row.assumptions: _figure(row) for row in one.rows}
    return cells.Dissent(heads[results.cell_of(first)], first.architecture, first.party, first.measure, by)
