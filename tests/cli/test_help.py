"""Help is prose that fills the terminal, and says all that the command's own text says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import typer

from jointwatch.cli.main import COMMANDS, LazyGroup


def whole() -> Iterator[tuple[str, Any]]:
    """Every command with its help, as it is shown."""
    group = LazyGroup(name="jointwatch")
    waiting = [(name, group.get_command(typer.Context(group), name)) for name in COMMANDS]
    for name, command in waiting:
        yield name, command
        waiting += [(f"{name} {inner}", one) for inner, one in getattr(command, "commands", {}).items()]


@pytest.fixture(scope="module")
def commands() -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["jointwatch", "study"])  # as when a command is asked for, not help of all
        return dict(whole())


def test_no_paragraph_keeps_the_line_breaks_of_the_source(commands: dict[str, Any]) -> None:
    assert len(commands) > 50
    assert not [name for name, one in commands.items() if re.search(r"[^\n]\n[^\n]", one.help)]


def test_a_word_in_brackets_is_shown(said: Callable[..., tuple[int, str]]) -> None:
    code, told = said("study", "--help")
    assert code == 0
    assert "the extra [pdf]." in told
    assert "under [nats];" in said("centre", "console", "--help")[1]
