"""What `jointwatch centre archive` does: closed shards of a centre's record go to a folder of their own."""

from __future__ import annotations

from pathlib import Path

import typer

from jointwatch.centre import configuration
from jointwatch.centre.configuration import Place
from jointwatch.cli.errors import UserError
from jointwatch.exchange.archive import Archive, archive
from jointwatch.exchange.logid import is_month


def put_away(folder: Path, before: str, to: Path) -> None:
    """Say which shards were put away."""
    if not is_month(before):
        raise UserError(f"{before!r} is no month; wanted the first that stays, such as 2026-11")
    place, known = Place(folder), configuration.read(folder)
    if folder.resolve() in to.resolve().parents:
        raise UserError(f"{to} lies in the centre's own folder; an archive is kept elsewhere")
    record = place.record(known.run)
    if not record.is_file():
        raise UserError(f"{record} is not there: the centre in {folder} has no record of the run {known.run}")
    with Archive(record, run=known.run, owner=known.centre) as store:  # nothing is signed here: no key is read
        done = archive(store, before, to, tuple(known.partners))
    for found in done:
        typer.echo(f"{found.log}: {found.entries} entries")
    if not done:
        typer.echo(f"0 shards put away: no closed one of before {before} that its readers cosigned.")
        return
    count = "1 shard" if len(done) == 1 else f"{len(done)} shards"
    typer.echo(f"{count} put away in {to}, which holds internal logs too: keep it as the record is kept.")
