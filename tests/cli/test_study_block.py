"""What a study prints of its package and its sites is whole on a terminal of 80 columns."""

from __future__ import annotations

import io

from rich.console import Console

from jointwatch.cli.study_package import package_tables
from jointwatch.cli.study_reach import reach_tables
from jointwatch.studies.joint.chunk import Plan, chunk
from jointwatch.studies.joint.file import load, parse
from jointwatch.studies.joint.strategic import reach_rows
from jointwatch.studies.joint.worth import worth_rows


def test_all_of_it_stands_in_80_columns_unabridged() -> None:
    text = load("europe-2007")[1].decode().replace("count = 12500", "count = 12")
    plan = Plan(parse(text.replace('"turkey", "europe-south-east", ', "").encode(), where="small"))
    chunks = [chunk(plan, number) for number in range(len(plan))]
    terminal = io.StringIO()
    console = Console(width=80, file=terminal, highlight=False)
    for printed in (
        *package_tables(plan, list(worth_rows(plan, chunks))),
        *reach_tables(plan, list(reach_rows(plan, chunks))),
    ):
        console.print(printed)
    told = terminal.getvalue()
    assert max(map(len, told.splitlines())) <= 80
    assert "…" not in told
    assert told.count("Alternative or addition?") == told.count("What each element is worth:") == 3
    for line in ("                 neither       A       B  A and B", "  united-states", "  gabala-armavir-2007"):
        assert line in told
