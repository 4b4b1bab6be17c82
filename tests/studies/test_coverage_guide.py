"""The guide to coverage answers what it prints."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import numpy as np
import pytest
import xarray

from jointwatch.cli import main

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "coverage.md"


def test_the_python_in_the_guide_gives_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    heights = xarray.DataArray([[[78.6e3]]], dims=("radar", "latitude", "longitude"))
    xarray.Dataset(
        {"lowest_visible_altitude": heights},
        coords={"radar": ["gabala"], "latitude": [35.25], "longitude": [54.0]},
    ).to_netcdf("coverage.nc", engine="h5netcdf")  # the grid itself is held by tests/cli/test_coverage.py
    text = GUIDE.read_text(encoding="utf-8")
    example = doctest.DocTestParser().get_doctest(text, {"np": np}, GUIDE.name, str(GUIDE), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(example)
    assert runner.failures == 0
    assert runner.tries > 10


def test_the_tables_in_the_guide_are_those_of_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "108")
    monkeypatch.setattr("sys.argv", ["jointwatch", "coverage", "gabala", "armavir"])
    with pytest.raises(SystemExit):
        main.main()
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    shown = re.search(r"\$ jointwatch coverage gabala armavir\n(.*?)\n\.\.\.\n", GUIDE.read_text("utf-8"), re.DOTALL)
    assert shown is not None
    assert printed[: len(shown[1].splitlines())] == shown[1].splitlines(), "print the guide's tables again"
