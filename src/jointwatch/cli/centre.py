"""`jointwatch centre`: make a centre, let it meet others, and serve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jointwatch.cli import centre_keys
from jointwatch.cli.centre_errors import explained

if TYPE_CHECKING:
    from jointwatch.centre.configuration import Configuration

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Make a centre, let it meet others, and serve.")
app.add_typer(centre_keys.app, name="keys")

FOLDER = Annotated[Path, typer.Argument(help="The centre's folder; its name is the centre's.", metavar="DIR")]
FOLDERS = Annotated[list[Path], typer.Argument(help="The centres' folders; each is a process.", metavar="DIR...")]
PARTNER = Annotated[list[Path], typer.Option(help="The folder of a centre on this machine; each pins the other.")]
RUN = Annotated[str, typer.Option(help="What is watched together; partners name the same.")]
MODE = Annotated[str, typer.Option(help="exercise or operational.")]
LISTEN = Annotated[str | None, typer.Option(help="HOST:PORT of the door; else the first free one from 8701.")]
CLIENT = Annotated[
    list[str],
    typer.Option(help="ROLE:NAME of who may come to the door, with a folder of files for it. Else operator:desk."),
]
WITHOUT = Annotated[
    list[str],
    typer.Option(help="A partner that cannot be asked what it holds of our logs; they are opened all the same."),
]
CONSOLE = Annotated[Path, typer.Argument(help="The console's folder, made by its centre.", metavar="DIR")]
ROLE_NAME = Annotated[str, typer.Argument(help="ROLE:NAME, such as auditor:ngo.", metavar="CLIENT")]
AS_JSON = Annotated[bool, typer.Option("--json", help="As JSON, with everything it says.")]
CARD = Annotated[Path, typer.Argument(help="The partner's card.toml.", metavar="CARD")]
FINGERPRINT = Annotated[str | None, typer.Option(help="The partner's identity, SHA256:..., as it was told to you.")]

BEFORE = Annotated[str, typer.Option(help="The first month that stays, such as 2026-11.", metavar="MONTH")]
TO = Annotated[Path, typer.Option(help="The archive: a folder outside of the centre's; earlier months may be in it.")]


@app.command()
def init(
    folder: FOLDER,
    partner: PARTNER = [],  # noqa: B006 - typer copies it
    run: RUN = "watch",
    mode: MODE = "exercise",
    listen: LISTEN = None,
    client: CLIENT = ["operator:desk"],  # noqa: B006
) -> None:
    """Make a centre: its keys, its record with the first roster, its card, and a folder for each of its clients.

    Roles of clients: sensor-writer, operator, releaser, auditor, admin.
    """
    from jointwatch.centre import cards, configuration, founding
    from jointwatch.centre.configuration import Place

    with explained():
        near = {path: cards.read(path) for path in partner}
        clients = [founding.Client.parse(text) for text in [*client, "admin:admin"]]
        taken = [card.address for card in near.values()]
        founding.found(folder, run=run, mode=mode, listen=listen, clients=clients, taken=taken)
        own = cards.read(folder)
        for path, card in near.items():
            cards.pin(Place(folder), card, cards.keys(card).identity)
            cards.pin(Place(path), own, cards.keys(own).identity)
        _introduce(folder, configuration.read(folder), cards.keys(own).identity)
    typer.echo(f"Serve it with: jointwatch centre serve {folder}")


@app.command()
def meet(folder: FOLDER, card: CARD, fingerprint: FINGERPRINT = None) -> None:
    """Pin a partner on another machine: its card, under the fingerprint that came by another way than the card."""
    from jointwatch.centre import cards
    from jointwatch.centre.configuration import Place
    from jointwatch.cli.errors import UserError

    with explained():
        theirs = cards.read(card)
        shown = cards.keys(theirs).identity
        if fingerprint is None:
            raise UserError(
                f"{card} is of {theirs.centre} with the identity {shown}; ask {theirs.centre} by another way whether "
                f"that is so, then say it with --fingerprint"
            )
        cards.pin(Place(folder), theirs, fingerprint)
    typer.echo(f"{theirs.centre} is pinned in {folder / 'centre.toml'} with the identity {fingerprint}.")


@app.command()
def certify(folder: FOLDER, client: ROLE_NAME) -> None:
    """Give a client of the centre a certificate for its role, in place of the one it has. Nothing needs restarting.

    A key it signs with is enrolled by `jointwatch centre keys draft --enrol`.
    """
    from jointwatch.centre import configuration, founding
    from jointwatch.centre.configuration import Place
    from jointwatch.exchange import tls

    with explained():
        known = configuration.read(folder)
        line = tls.ensure_identity(Place(folder).keys / "line", known.centre)
        box = founding.certify(Place(folder), known, line, founding.Client.parse(client))
    typer.echo(f"{box} holds its certificate and the way to {known.centre}.")


@app.command()
def serve(folders: FOLDERS, without: WITHOUT = []) -> None:  # noqa: B006 - typer copies it
    """Serve until told to stop: keep the record, open the door, follow the partners, take in what clients hand in.

    With several folders each centre is a process of its own, as keys never leave their own centre's process. SIGTERM
    and Ctrl-C end in order; ended in any other way, a centre goes on from its record: once it has asked its partners
    what they hold of it. Until a partner has answered, the logs that it may read stay closed.
    """
    from jointwatch.cli import serving

    with explained():
        if len(folders) > 1:
            serving.several(folders, without)
        else:
            serving.one(folders[0], without)


@app.command()
def status(folder: FOLDER, as_json: AS_JSON = False) -> None:
    """Ask a centre that serves how it stands: partners, logs, and what is not as it should be.

    Exit code 1 when it does not answer.
    """
    from jointwatch.cli import centre_status

    with explained():
        centre_status.print_status(folder, as_json=as_json)


@app.command()
def archive(folder: FOLDER, before: BEFORE, to: TO) -> None:
    """Put the closed shards of earlier months away: out of the record, into a folder that `log verify` checks.

    While the centre does not serve; its partners wait and lose nothing. A log of its own is put away only where every
    partner that may read it has cosigned the shard to its end.
    """
    from jointwatch.cli import archiving

    with explained():
        archiving.put_away(folder, before, to)


@app.command()
def console(folder: CONSOLE) -> None:
    """Show what a centre tells this console, verified here entry by entry, until told to stop.

    centre.toml of the centre names the console under [nats]; the folder may be taken to another machine.
    """
    from jointwatch.cli import console_screen

    with explained():
        console_screen.watch(folder)


def _introduce(folder: Path, known: Configuration, identity: str) -> None:
    """Say what was made, and what to tell a partner."""
    typer.echo(f"{known.centre} keeps its files in {folder}; {folder / 'keys'} must stay there.")
    typer.echo(f"{folder / 'officers'} holds three officers' root keys: hand them to three people, off this machine.")
    typer.echo(f"Identity: {identity}")
    typer.echo(f"Door: {known.listen}")
    for name, partner in known.partners.items():
        typer.echo(f"Partner: {name} {partner.identity} at {partner.address}")
    typer.echo(f"For a partner elsewhere: send it {folder / 'card.toml'}, and tell it the identity by another way.")
