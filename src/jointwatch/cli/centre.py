"""`jointwatch centre`: make a centre, let it meet others, and serve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from jointwatch.cli import (
    centre_accord,
    centre_alerts,
    centre_bolides,
    centre_consult,
    centre_keys,
    centre_notify,
    centre_people,
    centre_release,
    centre_study,
    centre_tracks,
)
from jointwatch.cli.centre_errors import explained

if TYPE_CHECKING:
    from jointwatch.centre.configuration import Configuration

ORDER = (
    *("init", "serve", "status", "meet", "people", "certify", "keys", "revoke", "release"),
    *("sensor", "tracks", "alerts", "notify", "notices", "warn", "bolides"),
    *("consult", "propose", "agree", "dissent", "withdraw", "accord", "study"),
    *("console", "archive"),
)
"""The commands as help lists them: a centre and who may do what, what it sees and tells, what is agreed, upkeep."""


class InOrder(TyperGroup):
    """Commands and groups of them in one order, where typer would put the groups last."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands in the order in which whoever runs a centre needs them."""
        return sorted(self.commands, key=ORDER.index)


app = typer.Typer(
    cls=InOrder, no_args_is_help=True, add_completion=False, help="Make a centre, let it meet others, and serve."
)
app.add_typer(centre_keys.app, name="keys")
app.add_typer(centre_consult.app, name="consult")
app.add_typer(centre_release.app, name="release")
app.add_typer(centre_people.app, name="people")
app.add_typer(centre_study.app, name="study")
for _command in (
    centre_accord.accord,
    centre_accord.propose,
    centre_accord.agree,
    centre_accord.dissent,
    centre_accord.withdraw,
    centre_alerts.alerts,
    centre_tracks.tracks,
    centre_notify.notify,
    centre_notify.notices,
    centre_notify.warn,
    centre_bolides.bolides,
):
    app.command()(_command)

FOLDER = Annotated[Path, typer.Argument(help="The centre's folder; its name is the centre's.", metavar="DIR")]
FOLDERS = Annotated[list[Path], typer.Argument(help="The centres' folders; each is a process.", metavar="DIR...")]
STATE = Annotated[list[str], typer.Option(help="A state that the centre speaks for, such as RU; any number of them.")]
PARTNER = Annotated[list[Path], typer.Option(help="The folder of a centre on this machine; each pins the other.")]
RUN = Annotated[str, typer.Option(help="What is watched together; partners name the same.")]
MODE = Annotated[str, typer.Option(help="exercise or operational.")]
LISTEN = Annotated[str | None, typer.Option(help="HOST:PORT of the door; else the first free one from 8701.")]
PAGE = Annotated[str | None, typer.Option(help="HOST:PORT where people sign in; else the first free one from 8711.")]
NO_PAGE = Annotated[bool, typer.Option("--no-page", help="No page: nobody signs in at this centre.")]
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
LINES = Annotated[bool, typer.Option("--json", help="Say what happens as JSON, an object on each line.")]
AS_JSON = Annotated[bool, typer.Option("--json", help="As JSON, with everything it says.")]
CARD = Annotated[Path, typer.Argument(help="The partner's card.toml.", metavar="CARD")]
FINGERPRINT = Annotated[str | None, typer.Option(help="The partner's identity, SHA256:..., as it was told to you.")]

INTRODUCED_BY = Annotated[str | None, typer.Option(help="A pinned partner whose word is taken for who it is.")]

BEFORE = Annotated[str, typer.Option(help="The first month that stays, such as 2026-11.", metavar="MONTH")]
TO = Annotated[Path, typer.Option(help="The archive: a folder outside of the centre's; earlier months may be in it.")]

SENSOR = Annotated[Path, typer.Argument(help="The sensor's folder, made by its centre.", metavar="DIR")]
FILES = Annotated[list[Path], typer.Argument(help="TDM, JSON, CSV or Parquet of this radar.", metavar="[FILE]...")]
WATCH = Annotated[Path | None, typer.Option(help="A folder: what comes into it is handed in, until told to stop.")]
SITES = Annotated[Path | None, typer.Option(help="TOML that says where the radar stands; else the catalogue.")]
REPLAY = Annotated[bool, typer.Option("--replay", help="As if it were measured now, at the pace at which it was.")]
SPEED = Annotated[float, typer.Option(min=0.01, max=1000.0, help="Of --replay: how many times faster.")]

SINCE = Annotated[str | None, typer.Option(help="Since when another may have had it, UTC: 2026-11-22T09:00:00Z.")]
DRAFT = Annotated[Path | None, typer.Option(help="Where to write the draft for the officers.")]


@app.command()
def init(
    folder: FOLDER,
    partner: PARTNER = [],  # noqa: B006 - typer copies it
    run: RUN = "watch",
    mode: MODE = "exercise",
    listen: LISTEN = None,
    page: PAGE = None,
    no_page: NO_PAGE = False,
    client: CLIENT = ["operator:desk"],  # noqa: B006
    state: STATE = [],  # noqa: B006
) -> None:
    """Make a centre: its keys, its record with the first roster, its card, and a folder for each of its clients.

    Roles of clients: sensor, sensor-writer, operator, releaser, admin; of people: watch-officer, analyst, auditor.
    """
    from jointwatch.centre import cards, configuration, founding
    from jointwatch.centre.configuration import Place
    from jointwatch.cli import centre_sensors

    with explained():
        near = {path: cards.read(path) for path in partner}
        clients = [founding.Client.parse(text) for text in [*client, "admin:admin"]]
        pages = [known.page.listen for known in map(configuration.read, partner) if known.page]
        beside = founding.beside(folder)
        taken = [*(card.address for card in near.values()), *beside]
        place = None if no_page else page or founding.free(founding.FIRST_PAGE, [*pages, *beside])
        founding.found(
            folder, run=run, mode=mode, listen=listen, clients=clients, taken=taken, page=place, states=state
        )
        own = cards.read(folder)
        for path, card in near.items():
            cards.pin(Place(folder), card, cards.keys(card).identity)
            cards.pin(Place(path), own, cards.keys(own).identity)
        centre_sensors.declare(folder, clients)
        _introduce(folder, configuration.read(folder), cards.keys(own).identity)
        centre_sensors.introduce(folder, clients)
    typer.echo(f"Serve it with: jointwatch centre serve {folder}")


@app.command()
def meet(folder: FOLDER, card: CARD, fingerprint: FINGERPRINT = None, introduced_by: INTRODUCED_BY = None) -> None:
    """Pin a partner on another machine: its card, under the fingerprint that came by another way than the card.

    None is needed of a centre whose identity stands in rules that this centre, which must be serving, has signed; nor,
    with --introduced-by, of one whose identity a pinned partner has signed.
    """
    from jointwatch.centre import cards
    from jointwatch.centre.configuration import Place
    from jointwatch.cli.errors import UserError

    with explained():
        theirs = cards.read(card)
        shown = cards.keys(theirs).identity
        fingerprint = fingerprint or centre_accord.vouched(folder, theirs.centre, introduced_by)
        if fingerprint is None:
            raise UserError(
                f"{card} is of {theirs.centre} with the identity {shown}; ask {theirs.centre} by another way whether "
                f"that is so, then say it with --fingerprint"
            )
        cards.pin(Place(folder), theirs, fingerprint)
    typer.echo(f"{theirs.centre} is pinned in {folder / 'centre.toml'} with the identity {fingerprint}.")
    typer.echo("A centre that is serving begins anew by itself, and follows it.")


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
def serve(
    folders: FOLDERS,
    without: WITHOUT = [],  # noqa: B006 - typer copies it
    as_json: LINES = False,
) -> None:
    """Serve until told to stop: keep the record, open door and page, follow the partners, take in what is handed in.

    With several folders each centre is a process of its own, as keys never leave their own centre's process. SIGTERM
    and Ctrl-C end in order; ended in any other way, a centre goes on from its record: once it has asked its partners
    what they hold of it. Until a partner has answered, the logs that it may read stay closed.
    """
    from jointwatch.cli import serving

    with explained():
        if len(folders) > 1:
            serving.several(folders, without, as_json=as_json)
        else:
            serving.one(folders[0], without, as_json=as_json)


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


@app.command()
def revoke(folder: FOLDER, client: ROLE_NAME, since: SINCE = None, out: DRAFT = None) -> None:
    """Turn a client away from now on, with every certificate it has: its credential was stolen.

    With --since and --out, drafts for two officers that all its key signed since then be marked: kept, and never used.
    """
    from jointwatch.cli import centre_revoke

    with explained():
        centre_revoke.revoke(folder, client, since, out)


@app.command()
def sensor(
    folder: SENSOR,
    files: FILES = [],  # noqa: B006 - typer copies it
    watch: WATCH = None,
    sites: SITES = None,
    replay: REPLAY = False,
    speed: SPEED = 1.0,
) -> None:
    """Hand in what a radar measured, signed here with its own key where it has one.

    The centre is waited for while it cannot be reached, a minute for files and without end for a folder. A file of the
    folder goes to `taken` when the centre has it, and to `refused` with the reason. Handing in again does no harm.
    """
    from jointwatch.cli import centre_sensor
    from jointwatch.cli.errors import UserError

    if bool(files) == (watch is not None):
        raise UserError("give the files to hand in, or --watch FOLDER")
    if watch is not None and replay:
        raise UserError("--replay is for files; a watched folder is handed in as it is")
    with explained():
        if watch is not None:
            centre_sensor.watch_folder(folder, watch, sites=sites)
        else:
            centre_sensor.hand_in_files(folder, files, sites=sites, replay=replay, speed=speed)


def _introduce(folder: Path, known: Configuration, identity: str) -> None:
    """Say what was made, and what to tell a partner."""
    typer.echo(f"{known.centre} keeps its files in {folder}; {folder / 'keys'} must stay there.")
    typer.echo(f"{folder / 'officers'} holds three officers' root keys: hand them to three people, off this machine.")
    typer.echo(f"Identity: {identity}")
    typer.echo(f"Door: {known.listen}")
    if known.page is not None:
        typer.echo(f"Page: http://{known.page.listen}/, for people whom `jointwatch centre people add` lets sign in")
    for name, partner in known.partners.items():
        typer.echo(f"Partner: {name} {partner.identity} at {partner.address}")
    typer.echo(f"For a partner elsewhere: send it {folder / 'card.toml'}, and tell it the identity by another way.")
