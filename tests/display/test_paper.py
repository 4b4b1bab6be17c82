"""The report of a run on paper: every kind of run has its pages, each with the banner, and texts stay texts."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pypdf
import pytest

from jointwatch.display.paper import document
from jointwatch.display.report import render
from jointwatch.display.report_data import ReportData
from jointwatch.display.study.blocks import Drawing, Heading, Span, Table
from jointwatch.display.study.sheets import pdf
from tests.display import report_sample

EVIL = '#panic("no") \\ <b>bold</b> $x$ [b] *c* `d` </td>'


def told(data: ReportData) -> str:
    """All words of the pages."""
    pages = [each.extract_text() for each in pypdf.PdfReader(io.BytesIO(pdf(document(render(data))))).pages]
    assert all("EXERCISE" in each for each in pages)
    return re.sub(r"\s+", " ", " ".join(pages))


@pytest.mark.parametrize("sample", ["sejil", "omid", "interrupted"])
def test_a_run_of_each_kind_has_all_its_sections_on_paper(sample: str) -> None:
    data = getattr(report_sample, sample)()
    sections = [block.text for block in document(render(data)).sections]
    assert sections[0] == "1. What happened"
    assert sections[-1] == "9. All events in order"
    assert len(sections) == 9
    assert data.run.title in told(data)


def test_a_run_that_left_nothing_has_pages_too() -> None:
    data = report_sample.sejil()
    text = told(ReportData(data.run, data.version))
    assert "Nothing had been launched when this run ended." in text
    assert "No input was recorded." in text


def test_two_objects_are_set_one_after_the_other_with_their_figures_in_order() -> None:
    data = report_sample.sejil()
    (item,) = data.objects
    held = document(render(replace(data, objects=(item, replace(item, name="another")))))
    drawn = [block.number for block in held.evidence if isinstance(block, Drawing)]
    assert drawn == list(range(1, 9))
    assert [block.text for block in held.first if isinstance(block, Heading)] == [item.name, "another"]


def test_texts_of_a_record_are_texts_on_paper() -> None:
    data = report_sample.sejil()
    event = data.events[0]
    marked = replace(data, events=(type(event)(event.seq, event.time_utc, event.centre, event.kind, EVIL),))
    assert EVIL in told(marked).replace("”", '"').replace("“", '"')


def test_the_inputs_stand_under_their_groups_and_an_assumption_is_marked() -> None:
    data = report_sample.sejil()
    (table,) = (
        block for block in document(render(data)).evidence if isinstance(block, Table) and "Parameter" in block.head
    )
    assert [row.text for row in table.rows if isinstance(row, Span)] == list(
        dict.fromkeys(i.group for i in data.inputs)
    )
    marked = [cell for row in table.rows if isinstance(row, tuple) for cell in row if cell.small == "assumed"]
    assert len(marked) == sum(each.assumed for each in data.inputs)
    assert all(cell.mark == "far" for cell in marked)
