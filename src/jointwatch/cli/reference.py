"""The reference of all commands, made from the commands themselves: `python -m jointwatch.cli.reference FOLDER`."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from jointwatch.cli.main import COMMANDS

HEAD = """# Commands

Made from the commands' own help by `make docs`. Exit codes: 0 done, 1 a negative verdict, 2 wrong use or input.
"""


def page() -> str:
    """Return the page as Markdown: every command and sub-command with its arguments and options."""
    parts = [HEAD]
    for name, (module, _) in COMMANDS.items():
        command = typer.main.get_command(importlib.import_module(f"jointwatch.cli.{module}").app)
        parts += [section for path, found in _commands(command, name) for section in _section(path, found)]
    return "\n".join(parts)


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Return a command, or each of a group's commands, with the words that call it."""
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name in command.list_commands(None):
        yield from _commands(command.commands[name], f"{path} {name}")


def _section(path: str, command: Any) -> Iterator[str]:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    yield f"## `{' '.join(['jointwatch', path, *map(_placeholder, arguments)])}`"
    yield f"\n{inspect.cleandoc(command.help or '')}\n"
    if arguments or options:
        yield "| | |\n|---|---|"
    yield from (f"| `{_placeholder(p)}` | {p.help or ''} |" for p in arguments)
    yield from (f"| `{' / '.join([*p.opts, *p.secondary_opts])}` | {p.help or ''}{_default(p)} |" for p in options)
    yield ""


def _placeholder(parameter: Any) -> str:
    name = str(parameter.metavar or parameter.name).upper()
    return name if parameter.required else f"[{name}]"


def _default(parameter: Any) -> str:
    return "" if parameter.default in (None, False, True) else f" Default: `{parameter.default}`."


def main(folder: Path) -> None:
    """Write the pages of commands, of messages and of the catalogue's files into a folder."""
    from jointwatch.catalogue import schema
    from jointwatch.messages import reference_page

    (folder / "commands.md").write_text(page(), encoding="utf-8")
    reference_page.write(folder)
    schema.write(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
