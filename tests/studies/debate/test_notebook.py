"""The notebook of the fifteen questions runs, and comes to the answers that are stored in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

NOTEBOOK = Path(__file__).parents[3] / "docs" / "notebooks" / "fifteen-questions.ipynb"
LONGEST_S = 800  # of one cell; they take seconds, but on a busy machine


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def answers(cell: Any) -> list[str]:
    """Tables and lines of text that a cell gave; a figure counts as there, whatever its bytes.

    What a library says on the side, as the first time on a machine that fonts are looked for, is no answer.
    """
    told = []
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stderr":
            continue
        assert output.output_type in ("execute_result", "display_data"), output
        data = output.data
        told.append("figure" if "image/png" in data else data.get("text/markdown", data.get("text/plain")))
    return told


@pytest.fixture(scope="module")
def stored() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


def test_nothing_was_said_on_the_side_when_it_was_stored(stored: Any) -> None:
    assert {output.output_type for cell in code_cells(stored) for output in cell.outputs} == {
        "display_data",
        "execute_result",
    }


def test_every_question_is_asked_once_and_answered_in_the_file(stored: Any) -> None:
    asked = [re.fullmatch(r"answer\((\d+)\)", cell.source) for cell in code_cells(stored)]
    assert [int(one[1]) for one in asked if one] == list(range(1, 16))
    for cell, one in zip(code_cells(stored), asked, strict=True):
        if one:
            assert answers(cell)[0].startswith(f"**{one[1]}. ")
    assert sum(answers(cell) == ["figure"] for cell in code_cells(stored)) == 2


def test_it_comes_to_the_stored_answers_again(stored: Any) -> None:
    again = nbformat.read(NOTEBOOK, as_version=4)
    for cell in code_cells(again):
        cell.outputs = []
    nbclient.NotebookClient(
        again,
        timeout=LONGEST_S,
        startup_timeout=LONGEST_S,
        kernel_name="python3",
        resources={"metadata": {"path": str(NOTEBOOK.parent)}},
    ).execute()
    for before, now in zip(code_cells(stored), code_cells(again), strict=True):
        assert answers(now) == answers(before), before.source
