"""What the tests of several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from jointwatch.centre import founding
from jointwatch.cli import main
from tests import ports


@pytest.fixture
def jointwatch(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run a command line in this process; return its exit code and what it printed."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setenv("COLUMNS", "160")
        monkeypatch.setattr(sys, "argv", ["jointwatch", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run


@pytest.fixture
def said(jointwatch: Callable[..., tuple[int, str, str]]) -> Callable[..., tuple[int, str]]:
    """The same; return its exit code and all that it printed, in one text."""

    def run(*arguments: object) -> tuple[int, str]:
        code, out, err = jointwatch(*arguments)
        return code, out + err

    return run


@pytest.fixture
def log(said: Callable[..., tuple[int, str]]) -> Callable[..., tuple[int, str]]:
    """`jointwatch log ...`."""
    return partial(said, "log")


@pytest.fixture
def centre(
    said: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., tuple[int, str]]:
    """`jointwatch centre ...` in a folder of its own, with doors and pages that no other test takes meanwhile."""
    monkeypatch.setattr(founding, "FIRST_PORT", first := ports.free(in_a_row=20))
    monkeypatch.setattr(founding, "FIRST_PAGE", first + 10)
    monkeypatch.chdir(tmp_path)
    return partial(said, "centre")
