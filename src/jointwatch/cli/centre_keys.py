"""`jointwatch centre keys`: change which keys speak for a centre, by officers who need not sit where it serves."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Annotated

import typer

from jointwatch.cli.centre_errors import explained

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Change which keys speak for a centre.")

FOLDER = Annotated[Path, typer.Argument(help="The centre's folder.", metavar="DIR")]
DRAFT = Annotated[Path, typer.Argument(help="The draft.", metavar="DRAFT")]
OUT = Annotated[Path, typer.Option(help="Where to write the draft.")]
ROTATE = Annotated[list[str], typer.Option(help="A key of the centre's own to replace: log, cosign or desk.")]
ENROL = Annotated[list[str], typer.Option(help="ROLE:NAME of a client that gets a key, or a new one.")]
DROP = Annotated[list[str], typer.Option(help="The name of a key that the next roster leaves out.")]
COMPROMISED = Annotated[str | None, typer.Option(help="The name of a key that another may have had; dropped too.")]
SINCE = Annotated[list[str], typer.Option(help="LOG=POSITION from which on it was; in other logs, from their ends on.")]
OFFICER = Annotated[list[str], typer.Option(help="NAME=KEY of an officer of the next root, from `keys officer`.")]
IN_FORCE_IN = Annotated[float, typer.Option(min=1.0, help="Seconds from now to when the roster is in force.")]
KEY = Annotated[Path, typer.Option(help="The private key to sign with.")]
NEW_KEY = Annotated[Path, typer.Argument(help="Where the new private key goes.", metavar="FILE")]


@app.command()
def officer(key: NEW_KEY) -> None:
    """Make an officer's root key, on a machine that is on no line, and print what the draft of a root needs of it."""
    from jointwatch.exchange.keys import read_or_create_key

    with explained():
        public = read_or_create_key(key).public
    typer.echo(f"{key.stem}={base64.b64encode(public.data).decode()}")
    typer.echo(f"Fingerprint: {public.fingerprint}", err=True)


@app.command()
def draft(
    folder: FOLDER,
    out: OUT,
    rotate: ROTATE = [],  # noqa: B006 - typer copies it
    enrol: ENROL = [],  # noqa: B006
    drop: DROP = [],  # noqa: B006
    compromised: COMPROMISED = None,
    since: SINCE = [],  # noqa: B006
    officer: OFFICER = [],  # noqa: B006
    in_force_in: IN_FORCE_IN = 3600.0,
) -> None:
    """Write down a change of the centre's keys for its officers to sign. The centre must be serving.

    New private keys are made here and stay in the centre's folder; those of clients in the clients' folders, as
    next.pem.
    """
    from jointwatch.centre import key_changes

    with explained():
        wanted = key_changes.Wanted(
            rotate=tuple(rotate),
            enrol=tuple(enrol),
            drop=tuple(drop),
            compromised=compromised,
            since=dict(_position(text) for text in since),
            officers=tuple(_officer(text) for text in officer),
            in_force_in_s=in_force_in,
        )
        key_changes.draft(folder, out, wanted)
        typer.echo(f"Drafted in {out}. It is taken up once all who must have signed it, two officers at least, each by")
        typer.echo(f"  jointwatch centre keys sign {out} --key OFFICER.pem")
        typer.echo(f"and then by\n  jointwatch centre keys publish {folder} {out}")


@app.command()
def sign(draft: DRAFT, key: KEY) -> None:
    """Sign a draft as an officer, or with a key that it enrols. Wants nothing but the draft and the key."""
    from jointwatch.centre import drafts
    from jointwatch.exchange.keys import read_key

    with explained():
        drafts.sign(draft, read_key(key))
    typer.echo(f"Signed {draft}.")


@app.command()
def publish(folder: FOLDER, draft: DRAFT) -> None:
    """Have the centre take up a draft that is signed by all that must. The centre must be serving."""
    from jointwatch.centre import key_changes
    from jointwatch.cli.errors import UserError

    with explained():
        wanting = key_changes.wanting(folder, draft)
        if wanting:
            raise UserError(f"{draft} cannot be taken up: {wanting}")
        for log, index in key_changes.publish(folder, draft):
            typer.echo(f"Entry {index} of {log}.")


def _position(text: str) -> tuple[str, int]:
    from jointwatch.cli.errors import UserError

    log, _, position = text.rpartition("=")
    if not log or not (position.isascii() and position.isdigit()):
        raise UserError(f"--since wants LOG=POSITION, such as moscow/brussels/plot/2026-11=5120; it is {text!r}")
    return log, int(position)


def _officer(text: str) -> tuple[str, bytes]:
    from jointwatch.cli.errors import UserError

    name, _, key = text.partition("=")
    try:
        public = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        public = b""
    if not name or len(public) != 32:
        raise UserError(f"--officer wants NAME=KEY as `jointwatch centre keys officer` prints it; it is {text!r}")
    return name, public
