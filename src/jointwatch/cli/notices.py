"""`jointwatch notices`: official warnings read, joined to one another, and matched with launches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jointwatch.centre.warned import Match
    from jointwatch.formats.notice_series import Life

app = typer.Typer(add_completion=False)

GOAL_READ = 0.95


@app.command()
def notices(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Warnings as NGA gives them out: JSON, or .gz of it.")
    ],
    launches: Annotated[
        Path | None, typer.Option(help="Launches to match: GCAT's table, or orbital launches as .csv.")
    ] = None,
    sites: Annotated[
        Path | None, typer.Option(help="GCAT's table of sites; else sites.tsv beside the launches.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write all that was read to, .json.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 where fewer are read than the goal wants.")] = False,
) -> None:
    """Read official warnings to mariners: windows, areas, cancellations and repeats, and what was not understood.

    With launches, give each warning the launches it may have been about, with a probability.
    """
    from rich.console import Console

    from jointwatch.cli import notices_out, warnings
    from jointwatch.formats.notice_series import lives

    _check_out(out)
    found = lives(warnings.read(files))
    matched = _matched(found, launches, sites)
    console = Console(highlight=False)
    notices_out.print_reading(console, found)
    if launches is not None:
        notices_out.print_matches(console, found, matched)
    if out is not None:
        notices_out.write(out, found, matched)
        console.print(f"Written: {out}", soft_wrap=True)
    read = notices_out.share_read(found)
    goal = f"(goal {GOAL_READ:.0%}): {'met' if read >= GOAL_READ else 'missed'}"
    likely = f"{notices_out.count_likely(matched)} with a likely launch; " if launches else ""
    told = f"{len(found):,} warnings; {likely}{read:.1%} of those about launches yield window and area {goal}"
    console.print(f"notices: {told}", soft_wrap=True)
    if check and read < GOAL_READ:
        raise typer.Exit(1)


def _check_out(out: Path | None) -> None:
    from jointwatch.cli.errors import UserError

    if out is not None and (out.suffix != ".json" or not out.absolute().parent.is_dir() or out.is_dir()):
        raise UserError(f"--out wants a file that ends in .json, in a folder that exists; got {str(out)!r}")


def _matched(found: tuple[Life, ...], launches: Path | None, sites: Path | None) -> list[tuple[Match, ...]]:
    """Return the launches each warning may have been about, likeliest first."""
    from jointwatch.centre.warned import matches, placed
    from jointwatch.cli.errors import UserError
    from jointwatch.formats.launch_lists import read_launches, read_sites
    from jointwatch.formats.refusal import Refusal

    if launches is None:
        return [() for _ in found]
    places = sites or launches.with_name("sites.tsv")
    path = launches
    try:
        listed = read_launches(path)
        path = places
        known, values = placed(listed, read_sites(path))
    except (Refusal, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        hint = "; give GCAT's table of sites with --sites" if path == places and sites is None else ""
        raise UserError(f"{path} was not read: {reason}{hint}") from None
    if not known:
        raise UserError(f"{launches}: none of its launches has a site that {places} places")
    return [matches(life.warned.says, known, values) for life in found]
