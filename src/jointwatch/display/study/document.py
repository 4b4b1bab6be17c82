"""The report of a study as blocks in order: a first page to decide by, then the evidence behind every word of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jointwatch.display import coastline
from jointwatch.display.report import TAGS
from jointwatch.display.study import accuracy, answer, figures, maps, radars, strategic, tables, worth
from jointwatch.display.study.blocks import Block, Bullets, Code, Document, Drawing, Heading, Para, Points, numbered
from jointwatch.display.study.cells import CellHead
from jointwatch.display.study.data import StudyData
from jointwatch.display.wording import number


def document(data: StudyData) -> Document:
    """Return the report of a study."""
    return numbered(
        Document(
            kind="Report of a joint study",
            title=data.title,
            banner="STUDY",
            banner_text="Everything here is computed; no real sensor measured any of it.",
            about=_about(data),
            first=tuple(_first(data)),
            evidence=tuple(_evidence(data)),
            made_by=f"Jointwatch {data.version}",
        )
    )


def _about(data: StudyData) -> tuple[tuple[str, str], ...]:
    return (
        ("Study", data.name),
        ("Parties", "; ".join(party.title for party in data.parties)),
        ("Flights", number(data.flights, 0)),
        ("Made by", f"Jointwatch {data.version}"),
    )


def _first(data: StudyData) -> Iterator[Block]:
    yield Heading("The question", level=3)
    yield Para(data.summary or data.title)
    yield Heading("The answer", level=3)
    yield Points(answer.answer(data))
    yield Drawing(
        figures.glance(data),
        "What each party would have seen with each architecture, by the neutral assumptions. Left, a mark: of all "
        "flights of the study; the line: from the least to the most of any region and class. Right: the median time of "
        "first detection, from the earliest to the latest of any region and class.",
        "Share of flights detected and time of first detection, by architecture and party",
    )
    yield tables.at_a_glance(data)


def _evidence(data: StudyData) -> Iterator[Block]:
    yield from _compared(data)
    yield from _seen(data)
    yield from radars.section(data)
    yield from accuracy.section(data)
    yield from _package(data)
    yield from worth.section(data)
    yield from strategic.section(data)
    yield from _sides(data)
    yield from _programme(data)
    yield from _further(data)
    yield from _sources(data)
    yield from _again(data)


def _compared(data: StudyData) -> Iterator[Block]:
    yield Heading("What was compared", "compared")
    yield from _maps(data)
    yield tables.radars(data)
    yield tables.launches(data)
    yield Para(
        "A party looks with its own radars and with those an architecture brings it; where the architecture has a "
        "centre for the exchange of data, each party has what all of its radars see. Detected is the mean probability "
        "of at least one detection; the first detection is when that reaches one half; a flight is held while one look "
        "detects with probability one half. Coverage is told for whole regions and classes and for nothing finer.",
        soft=True,
    )


MAPS = 6  # to a figure: as many as a page holds


def _maps(data: StudyData) -> Iterator[Block]:
    caption = (
        f"The architectures. A sector is drawn out to where an object {data.map_height_km:g} km up is above the "
        f"horizon of the radar, or to where it would detect the study’s first class "
        f"({data.cells[0].vehicle.title}) with probability one half in one look, whichever is nearer; the colour is "
        f"that of the party whose radar it is. {coastline.NOTE} Equal-area projection."
    )
    for begin in range(0, len(data.architectures), MAPS):
        svg = maps.architectures(data, data.architectures[begin : begin + MAPS], name=f"architectures-{begin}")
        told = "The architectures (continued)." if begin else caption
        yield Drawing(svg, told, "Maps of the architectures: radars, sectors, regions")


def _seen(data: StudyData) -> Iterator[Block]:
    yield Heading("Who sees how much, and how soon", "seen")
    flown = [cell for cell in data.cells if cell.flights]
    for part, cells in enumerate(figures.pages(flown, figures.panel_in(data))):
        yield _panels(data, cells, part)
    yield from tables.by_cell(data)


def _panels(data: StudyData, cells: Sequence[CellHead], part: int) -> Drawing:
    more = "" if part == 0 else " (continued)"
    return Drawing(
        figures.by_cell(data, cells, f"cells-{part}"),
        f"Share of flights detected and median time of first detection, by the neutral assumptions, with 95 % "
        f"intervals{more}. Where an interval is not to be seen it is narrower than its mark.",
        "Share detected and time of first detection, by region, class, architecture and party",
    )


def _package(data: StudyData) -> Iterator[Block]:
    if not data.alternatives:
        return
    yield Heading("Alternative or addition", "package")
    yield from tables.alternatives(data)


def _sides(data: StudyData) -> Iterator[Block]:
    yield Heading("Both sides’ assumptions, and where they part", "sides")
    yield tables.assumptions(data)
    yield Para(answer.dissent(data))
    if data.dissents:
        yield tables.dissent(data)
    if data.package is not None and data.package.parted:
        yield worth.parted(data, data.package)
    yield Para(
        "Compared are the share detected and the time of first detection, for every region, class, architecture and "
        "party; of a package what each element is worth and each alternative adds, over all launches. An answer "
        "depends on the assumptions where two sets are more than 5 percentage points or 15 s apart and their intervals "
        "do not touch, or where one set has a first detection and another none.",
        soft=True,
    )


def _programme(data: StudyData) -> Iterator[Block]:
    told = data.programme
    if told is None:
        return
    yield Heading("The programme", "programme")
    yield Drawing(
        figures.growth(told),
        "The longest reach that the tests had shown by the end of each year, by whose word. A mark: at least; the bar: "
        "up to the upper bound, where there is one.",
        "Reach shown by year and reading",
    )
    yield Drawing(
        maps.rings(told.rings, name="rings", title="Rings of the reach shown, by year"),
        f"How far the reach shown by the end of each year goes from {told.rings_from}, by the catalogue’s defaults: as "
        "it was flown, and as the same flights could have gone at least energy. A circle says how far, and nothing "
        f"about where anything was meant to go. {coastline.NOTE} Equal-area projection.",
        "Rings of the reach shown by year",
    )
    yield from map(tables.text, told.tables)


def _further(data: StudyData) -> Iterator[Block]:
    found = list(tables.further(data))
    if found:
        yield Heading("Further figures", "further")
        yield from found


def _sources(data: StudyData) -> Iterator[Block]:
    yield Heading("Where every input comes from", "sources")
    assumed = sum(each.assumed for each in data.inputs)
    yield Para(
        f"{len(data.inputs)} values of the catalogue went into this study. Of {assumed} nobody was seen to claim the "
        "value taken: they are assumptions, and marked as assumed."
    )
    yield tables.sources(data)
    used = {each.tag for each in data.inputs}
    yield Bullets(tuple(f"{tag}: {meaning}" for tag, meaning in TAGS.items() if tag in used))


def _again(data: StudyData) -> Iterator[Block]:
    yield Heading("How to compute it again, and sign it", "again")
    yield Para(f"With Jointwatch {data.version}, on any computer and without a network:")
    yield Code((data.command,))
    yield Para(
        f"The study file has the SHA-256 {data.study_sha256}; its seed is {data.seed}, and it draws "
        f"{number(data.count, 0)} pairs of places for each region and class. All its figures, to the last digit, "
        f"have the SHA-256 {data.figures_sha256}: whoever finds the same has the same figures. With the same wheel on "
        "the same kind of processor they are the same to the bit for any number of workers."
    )
    yield Para("One centre proposes them as a joint statement; the other computes them again and signs what agrees:")
    yield Code(
        (
            f"jointwatch centre study propose DIR {data.file}",
            f"jointwatch centre study check DIR {data.file} PARTNER=NUMBER... --sign",
        )
    )
