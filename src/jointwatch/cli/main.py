"""The `jointwatch` command: one file per command, each imported only when it is asked for.

Exit codes: 0 done, 1 a negative verdict, 2 wrong use or input, 130 interrupted before there was anything to keep.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from typing import Any

import typer
from typer.core import TyperGroup

# name -> (module, help). The help stands here so that `jointwatch --help` need not import the commands.
COMMANDS = {
    "demo": ("demo", "Play two launches before both centres, with the watch page. No set-up."),
    "run": ("run", "Play a scenario: radars, two centres, the signed exchange, one statement."),
    "replay": ("replay", "Rebuild the picture of a run from its logs alone, also as it was known then."),
    "track": ("track", "Follow recorded measurements: tracks, launch and impact, what it is."),
    "coverage": ("coverage", "Show what radars see, as tables, a map, a grid or volumes for a globe."),
    "centre": ("centre", "Make a centre, let it meet others, and serve."),
    "log": ("log", "Verify, show or export the signed logs of a run."),
    "notices": ("notices", "Read official warnings to mariners, and match them with launches."),
    "study": ("study", "Compute what architectures would have seen of bundles of launches, for each side."),
    "report": ("report", "Draw the report of a run or a study again, from its folder: HTML or PDF."),
    "claims": ("claims", "Compute public claims about these radars, and print the verdicts."),
    "catalogue": ("catalogue", "Show the sourced facts: radars, sites, vehicles, centres, launches."),
}


class LazyGroup(TyperGroup):
    """Commands that are imported when they are used, so that help answers at once."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands in the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command, a stand-in that carries only its help while help is what was asked for."""
        if cmd_name not in COMMANDS:
            return None
        module, text = COMMANDS[cmd_name]
        if ctx.resilient_parsing or _help_was_asked():
            return typer.core.TyperCommand(cmd_name, help=text, callback=lambda: None)
        app = importlib.import_module(f"jointwatch.cli.{module}").app
        command = typer.main.get_command(app)
        command.name = cmd_name
        return _as_prose(command)


def _as_prose(command: Any) -> Any:
    """Return a command whose help fills the terminal's lines, not the source's, and keeps a word such as [pdf]."""
    for inner in getattr(command, "commands", {}).values():
        _as_prose(inner)
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    command.help = "\n\n".join(_no_markup(" ".join(each.split())) for each in paragraphs)
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = _no_markup(parameter.help)
    return command


def _no_markup(text: str) -> str:
    if "[" not in text:
        return text
    from rich.markup import escape

    return escape(text)


def _help_was_asked() -> bool:
    arguments = sys.argv[1:]
    return not arguments or arguments[0] in {"--help", "-h", "--version"}


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Watch for missile launches together: radars, tracks, a signed exchange, one joint picture.",
)


def _version(asked: bool) -> None:
    if asked:
        from jointwatch import __version__

        typer.echo(f"jointwatch {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    pass


def main() -> None:
    """Run the command line; a `UserError` becomes one sentence on standard error and exit code 2."""
    from jointwatch.cli.errors import UserError
    from jointwatch.cli.terminal import as_it_is

    try:
        app()
    except UserError as error:
        typer.echo("\n".join(as_it_is(line) for line in f"jointwatch: {error}".split("\n")), err=True)
        raise SystemExit(2) from None
    except BrokenPipeError:
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
