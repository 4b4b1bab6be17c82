"""`jointwatch coverage`: what a set of radars sees of an object of a stated cross-section at a stated height."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)

SUFFIXES = (".png", ".svg", ".nc", ".glb")
RCS_M2 = 1.0
HIGHEST_KM = 4_000.0


@app.command()
def coverage(
    radars: Annotated[list[str], typer.Argument(metavar="RADAR...", help="Radars of the catalogue, by name.")],
    altitude_km: Annotated[
        float, typer.Option(help="Height over the ellipsoid at which an object is looked for.")
    ] = 200,
    rcs_m2: Annotated[
        float | None,
        typer.Option(help="Mean cross-section. Else 1 m² for maps, and for flights that of their class in each band."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write instead of tables: map .png or .svg, grid .nc, globe .glb.")
    ] = None,
) -> None:
    """Show what radars see: areas, regions, the lowest height seen over launch sites, flights class by class.

    All arrays of a radar count, whatever their dates of service, which are printed. Refraction by mean air, no terrain.
    """
    from jointwatch.cli.errors import UserError

    if not 0 <= altitude_km <= HIGHEST_KM:
        raise UserError(f"--altitude-km wants a height from 0 to {HIGHEST_KM:,.0f} km; got {altitude_km:g}")
    if rcs_m2 is not None and not (isfinite(rcs_m2) and rcs_m2 > 0):
        raise UserError(f"--rcs-m2 wants a mean cross-section above zero, in m²; got {rcs_m2:g}")
    _check_out(out)
    _show(tuple(dict.fromkeys(radars)), altitude_km * 1e3, rcs_m2, out, repeated=len(set(radars)) < len(radars))


def _check_out(out: Path | None) -> None:
    from jointwatch.cli.errors import UserError

    if out is None:
        return
    if out.suffix not in SUFFIXES:
        raise UserError(f"--out wants a file that ends in {', '.join(SUFFIXES)}; got {str(out)!r}")
    if out.is_dir() or not out.absolute().parent.is_dir():
        raise UserError(f"--out {str(out)!r}: this is a folder, or lies in one that does not exist; make it first")


def _show(names: tuple[str, ...], altitude_m: float, rcs_m2: float | None, out: Path | None, *, repeated: bool) -> None:
    from rich.console import Console
    from rich.progress import Progress

    from jointwatch.catalogue.files import UnknownNameError
    from jointwatch.cli import coverage_files, coverage_tables
    from jointwatch.cli.coverage_request import Request
    from jointwatch.cli.errors import UserError
    from jointwatch.studies.architecture import catalogue_radar

    try:
        found = [catalogue_radar(name) for name in names]
    except UnknownNameError as error:
        raise UserError(str(error)) from None
    radars, titles = (tuple(each) for each in zip(*found, strict=True))
    request = Request(radars, titles, altitude_m, RCS_M2 if rcs_m2 is None else rcs_m2, rcs_m2)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        if out is None:
            tables = coverage_tables.tables(request, progress)
        else:
            try:
                coverage_files.write(request, out, progress)
            except (OSError, ValueError) as error:
                raise UserError(f"--out {str(out)!r}: {error}") from None
    console = Console(highlight=False)
    if repeated:
        console.print("A radar that was named more than once counts once.")
    if out is None:
        console.print(*tables, sep="\n")
    else:
        console.print(f"{out}: {request.words}", soft_wrap=True)
