"""The report of a study as a reader opens it: as a page in Chromium without a network, and as the pages of a PDF."""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import sync_playwright

from jointwatch.cli import study_report
from jointwatch.cli.study_programme import by_region
from jointwatch.display.study import page, sheets, words
from jointwatch.display.study.answer import answer
from jointwatch.display.study.blocks import Code, Document, Drawing, Heading, Para, Points, Table
from jointwatch.display.study.cells import NEUTRAL, Figure
from jointwatch.display.study.data import StudyData
from jointwatch.display.study.document import document
from jointwatch.studies.joint import strategic, worth
from jointwatch.studies.joint.file import load
from jointwatch.studies.joint.measures import rows
from jointwatch.studies.joint.work import plan_of, work_through
from tests.studies.joint.small import small

SECTIONS = """
[parties.russia]
title = "Russia"
radars = ["gabala"]
[parties.united-states]
title = "United States"
radars = ["fylingdales", "thule"]
builds = ["brdy"]
[architectures.none]
on = "2009-06"
[architectures.gabala-armavir]
title = "the shared radar"
on = "2009-06"
radars = ["gabala"]
shared = true
[architectures.third-site-2007]
on = "2009-06"
proposed = true
[package]
on = "2009-06"
proposed = true
[package.elements]
gabala = ["gabala"]
brdy = ["brdy"]
[package.alternatives]
gabala-armavir = ["gabala", "exchange"]
third-site = ["brdy"]
[reach]
sites = ["poland-gbi-2007"]
rings = ["iskander-kaliningrad"]
[assumptions.neutral]
title = "the defaults"
[assumptions.russia]
title = "as its critics computed it"
claims.brdy.detection = "thinned-array"
[assumptions.united-states]
title = "with the full aperture"
claims.brdy.detection = "full-aperture"
"""
SMALL = small(
    SECTIONS,
    title="One radar <more>",
    summary="What is it worth to share one radar & another?",
    count=30,
    seed=5,
    to=("europe-central",),
    vehicle="irbm-solid-3stage",
)

VOID = {"meta", "br", "hr", "img", "link", "input", "col", "wbr", "path", "use", "rect", "line", "circle"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> StudyData:
    """What the report of a small study says."""
    out = tmp_path_factory.mktemp("small")
    path = out / "small.toml"
    path.write_text(SMALL)
    _, data = load(str(path))
    plan = plan_of(data)
    held = list(work_through(data, out))
    return study_report.study_data(
        plan,
        data,
        list(rows(plan, held)),
        asked=str(path),
        worth=list(worth.worth_rows(plan, held)),
        reach=list(strategic.reach_rows(plan, held)),
    )


@pytest.fixture(scope="module")
def held(told: StudyData) -> Document:
    return document(told)


@pytest.fixture(scope="module")
def html(held: Document) -> str:
    return page.html(held)


@pytest.fixture(scope="module")
def pdf(held: Document) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(sheets.pdf(held)))


def text_of(reader: pypdf.PdfReader) -> str:
    """All words of a PDF, spaces as one reads them."""
    return re.sub(r"\s+", " ", " ".join(each.extract_text() for each in reader.pages))


class Reader(HTMLParser):
    """Every tag closed in order; the text without styles, and all that a browser could fetch."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text, self.fetched = "", list[str]()
        self.feed(text)
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href", "data")]
        self.fetched += [tag] if tag in ("script", "link", "iframe", "object") else []
        self.text += " "
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag, f"</{tag}> out of order at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def figures_of(told: StudyData) -> list[str]:
    """What a reader must find: the shares, times and their intervals of each party with each architecture."""
    (cell,) = told.cells
    found = []
    for one in told.architectures:
        for party in told.seeing:
            figure = told.figures[(*cell.key, one.name, party.name, NEUTRAL, "detected")]
            found += [words.percent(figure.value), words.interval(figure)]
    return found


def test_the_page_holds_every_figure_and_fetches_nothing(told: StudyData, html: str) -> None:
    read = Reader(html)
    assert [each for each in read.fetched if not each.startswith("#")] == []
    assert "default-src 'none'" in html
    plain = re.sub(r"\s+", " ", read.text)
    for text in (*figures_of(told), "One radar <more>", "radar & another?", told.study_sha256, told.command):
        assert re.sub(r"\s+", " ", text) in plain
    assert plain.count("Figure 1.") == 1
    assert len(html) < 2_000_000


def test_the_pdf_holds_every_figure_and_its_first_page_the_answer(told: StudyData, pdf: pypdf.PdfReader) -> None:
    plain = text_of(pdf)
    for text in (*figures_of(told), "One radar <more>", "radar & another?", told.command):
        assert re.sub(r"\s+", " ", text) in plain
    first = re.sub(r"\s+", " ", pdf.pages[0].extract_text())
    for wanted in (
        "The question",
        "The answer",
        "Alternative or addition.",
        "On whose numbers.",
        "Figure 1.",
        "Table 1.",
    ):
        assert wanted in first
    assert "1. What was compared" not in first
    assert pdf.metadata is not None
    assert pdf.metadata.title == "One radar <more>"


def test_page_and_pdf_say_the_same(held: Document, html: str, pdf: pypdf.PdfReader) -> None:
    pages, plain = Reader(html).text, text_of(pdf)
    for block in (*held.first, *held.evidence):
        if isinstance(block, Table | Drawing):
            kind = "Table" if isinstance(block, Table) else "Figure"
            assert f"{kind} {block.number}." in plain
            assert f"{kind} {block.number}." in pages


def test_an_assumption_is_shown_as_one_and_a_dissent_names_its_cell(told: StudyData, html: str) -> None:
    plain = re.sub(r"\s+", " ", Reader(html).text)
    assert sum(each.assumed for each in told.inputs) == plain.count(" assumed ") - plain.count("as assumed ")
    assert {each.tag for each in told.inputs if each.assumed} <= {"recalled", "computed", "inferred"}
    assert told.dissents
    for one in told.dissents:
        assert one.cell.title in plain
        assert one.architecture == "third-site-2007"  # whose radar the sides see otherwise
    assert f"{len(told.dissents)} of {told.compared} compared answers depend" in plain


def test_each_radar_by_itself_is_told_as_each_side_assumes(told: StudyData, html: str) -> None:
    """Brdy alone is seen otherwise by the two sides; the others' figures stand once, and then as the same."""
    (cell,) = told.cells
    assert [one.radar.name for one in told.alone] == ["gabala", "fylingdales", "thule", "brdy"]
    assert all(one.everywhere for one in told.alone)
    brdy = told.alone[-1]
    assert brdy.architectures == ("third-site-2007",)
    whole = Reader(html).text
    plain = re.sub(r"\s+", " ", whole[whole.rindex("What each radar sees by itself") : whole.rindex("How well launch")])
    for side in ("neutral", "russia"):
        figure = brdy.figures[(*cell.key, side, "detected")]
        assert brdy.detected[side].value == pytest.approx(figure.value)
        assert re.sub(r"\s+", " ", f"{words.percent(figure.value)} {words.interval(figure)}") in plain
    assert "As Russia assumes" in plain
    assert "Brdy" in plain
    assert "the same" in plain
    gabala = told.alone[0].figures
    assert gabala[(*cell.key, "neutral", "detected")] == gabala[(*cell.key, "russia", "detected")]


def test_texts_from_a_file_are_texts_to_typst(held: Document) -> None:
    evil = '#panic("no") \\ "quoted" $x$ [b] *c* `d` </text> \u202e'
    blocks = (Heading(evil), Para(evil), Points(((evil, evil),)), Code((evil,)), Table(evil, (evil,), ((evil,),)))
    marked = replace(held, title=evil, about=((evil, evil),), first=blocks, evidence=blocks)
    read = pypdf.PdfReader(io.BytesIO(sheets.pdf(marked)))
    assert '#panic("no") \\ "quoted" $x$ [b] *c* `d` </text>' in text_of(read).replace("”", '"').replace("“", '"')


def test_the_same_study_makes_the_same_bytes(told: StudyData, held: Document, html: str) -> None:
    again = document(told)
    assert page.html(again) == html
    assert sheets.pdf(again) == sheets.pdf(held)


def test_without_typst_a_pdf_is_refused_before_anything_is_computed(
    jointwatch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sheets, "find_spec", lambda name: None)
    code, _, error = jointwatch("study", "europe-2007", "--out", tmp_path / "out", "--pdf")
    assert code == 2
    assert "pip install 'jointwatch[pdf]'" in error
    assert not (tmp_path / "out").exists()


def test_the_page_opens_without_a_network_and_asks_for_none(html: str, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("Chromium is missing, and the page cannot be tested without: run 'make browser'")
    path = tmp_path / "report.html"
    path.write_text(html)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(offline=True, java_script_enabled=False, viewport={"width": 1200, "height": 900})
        view, asked = context.new_page(), list[str]()
        problems: list[str] = []
        view.on("request", lambda request: asked.append(request.url))
        view.on("console", lambda said: problems.append(said.text))
        view.goto(path.as_uri())
        assert view.locator("h1").inner_text() == "One radar <more>"
        drawn = [each.bounding_box() for each in view.locator("figure svg").all()]
        assert all(box is not None and box["width"] > 600 and box["height"] > 100 for box in drawn)
        assert view.evaluate("document.documentElement.scrollWidth") <= 1200
        browser.close()
    assert asked == [path.as_uri()]
    assert problems == []


def test_a_programme_is_told_by_titles_and_on_the_first_page(tmp_path: Path) -> None:
    """What a table calls mrbm-solid-2stage or together in files, the report calls as a reader does."""
    data = load("programme")[1].replace(b"count = 12500", b"count = 5")
    plan = plan_of(data)
    found = list(rows(plan, work_through(data, tmp_path)))
    missed = by_region(plan, data, tmp_path)
    told = study_report.study_data(plan, data, found, asked="programme", missed=missed)
    assert told.programme is not None
    cells = {cell for table in told.programme.tables for row in table.rows for cell in row}
    assert {"medium-range missile, two solid stages", "Iran to Arabian Sea", "all of them together", "range"} <= cells
    assert not cells & {"mrbm-solid-2stage", "together", "range_km", "iran to arabian-sea"}
    assert "Missed with nothing shared, by class and regions, %" in {table.title for table in told.programme.tables}
    (said,) = (words for about, words in answer(told) if about == "The programme")
    assert said.startswith("By the end of 2010 the tests had shown a reach of 2\u202f000 to 2\u202f500\xa0km")


def test_what_of_the_package_depends_on_whose_numbers_is_counted_and_named(told: StudyData, html: str) -> None:
    package = told.package
    assert package is not None
    (cell,) = told.cells
    by: dict[tuple[str, ...], dict[str, Figure]] = {}
    for (*launches, party, assumed, measure, figure, of), value in package.figures.items():
        if tuple(launches) == cell.key and figure in ("share", "adds"):
            by.setdefault((party, measure, figure, of), {})[assumed] = value
    apart = set()
    for key, figures in by.items():
        least, most = min(figures.values(), key=_value), max(figures.values(), key=_value)
        enough = 0.05 if most.unit == "share" else 15.0
        if most.value - least.value > enough and 2 * most.value - most.high > least.high:  # intervals are even
            apart.add(key)
    assert {(one.party, one.measure, one.figure, one.of) for one in package.parted} == apart
    assert ("united-states", "warning", "share", "brdy") in apart  # its array thinned out, or whole
    assert len(by) == package.compared
    said = dict(answer(told))["On whose numbers"]
    assert f"Of the package, {len(apart)} of {len(by)} figures of what its elements are worth depend on them" in said
    assert "What of the package depends on whose assumptions are taken" in html


def _value(figure: Figure) -> float:
    return figure.value
