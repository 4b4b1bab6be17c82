"""`jointwatch centre revoke`: turn a client away, and draft what its officers say of what it signed before."""

from __future__ import annotations

from pathlib import Path

import typer

from jointwatch.centre import cards, configuration, key_changes
from jointwatch.centre.configuration import Place
from jointwatch.centre.founding import Client
from jointwatch.centre.intake import revocation
from jointwatch.centre.intake.revocation import Signed
from jointwatch.centre.key_changes import Wanted
from jointwatch.cli.errors import UserError
from jointwatch.earth.timescale import now_tai_ns, tai_ns_from_utc

SOON_S = 600.0
"""How long officers have to sign before the roster is in force that leaves the key out."""


def revoke(folder: Path, text: str, since: str | None, out: Path | None) -> None:
    """Turn a client away now; with since and out, draft that what its key signed from then on be marked."""
    client, place, known = Client.parse(text), Place(folder), configuration.read(folder)
    if (since is None) != (out is None):
        raise UserError("--since and --out go together: since when what it signed is to be marked, and the draft of it")
    since_tai_ns = _time(since) if since else 0
    if since and not client.purpose:
        raise UserError(f"{client} signs nothing, so nothing of it is to be marked; leave --since out")
    own = cards.keys(cards.read(folder))
    keyid = revocation.key_of(own, client) if since else ""  # a client that is none is told before anything is done
    revocation.turn_away(place, client, now_tai_ns())
    typer.echo(f"Every certificate that {client.name} has is turned away from now on, by {place.denied}.")
    if since and out:
        found = revocation.signed_since(place.record(known.run), own.centre, keyid, since_tai_ns)
        _draft(folder, client, found, since, out)
    key = f", and a new key by: jointwatch centre keys draft {folder} --enrol {client}" if since else ""
    typer.echo(f"To let it in again: jointwatch centre certify {folder} {client}{key}")


def _draft(folder: Path, client: Client, found: list[Signed], since: str, out: Path) -> None:
    earliest = {one.log.whole: one for one in sorted(found, key=lambda one: one.log, reverse=True)}
    positions = {str(one.log): one.first for one in earliest.values()}
    wanted = Wanted(compromised=str(client), since=positions, in_force_in_s=SOON_S)
    key_changes.draft(folder, out, wanted)
    for one in found:
        entries, carry = ("entry", "carries") if one.count == 1 else ("entries", "carry")
        typer.echo(f"{one.count} {entries} of {one.log} {carry} its key since {since}; the first is {one.first}.")
    if found:
        typer.echo("What was released of them carries the desk's signature and stays: tell the partners who got it.")
    else:
        typer.echo(f"Nothing carries its key since {since}.")
    what = "they are marked" if found else "nothing is marked"
    typer.echo(f"Drafted in {out}: {what}, and the key is dropped, once two officers have signed it, each by")
    typer.echo(f"  jointwatch centre keys sign {out} --key OFFICER.pem")
    typer.echo("and, within ten minutes from now, it is taken up by")
    typer.echo(f"  jointwatch centre keys publish {folder} {out}")


def _time(text: str) -> int:
    try:
        return tai_ns_from_utc(text)
    except ValueError as error:
        raise UserError(f"--since: {error}") from None
