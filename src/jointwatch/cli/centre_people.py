"""`jointwatch centre people`: who may sign in at a centre's page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jointwatch.cli.centre_errors import explained

if TYPE_CHECKING:
    from jointwatch.centre.api.people import Person

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Say who may sign in at a centre's page.")

FOLDER = Annotated[Path, typer.Argument(help="The centre's folder.", metavar="DIR")]
WHO = Annotated[str, typer.Argument(help="ROLE:NAME, such as watch-officer:ivanova.", metavar="PERSON")]
NAME = Annotated[str, typer.Argument(help="The person's name.", metavar="NAME")]
PASSWORD = Annotated[
    Path | None, typer.Option(help="A file with the password on its first line; else it is asked for, or piped in.")
]


@app.command()
def add(folder: FOLDER, person: WHO, password_file: PASSWORD = None) -> None:
    """Let a person sign in, or give a new password to one who may. Roles: watch-officer, analyst, auditor.

    The key of a watch officer or an analyst must be in the centre's roster: name ROLE:NAME as --client at `centre
    init`, or enrol it later with `centre keys draft --enrol`. It is kept sealed under the password, so that nobody else
    can use it; a password that was lost is replaced while the key still lies in the person's folder.
    """
    from jointwatch.centre import cards
    from jointwatch.centre.api import people
    from jointwatch.centre.configuration import Place, made

    with explained():
        who, own = _person(person), cards.keys(cards.read(made(Place(folder)).folder))
        path = people.add(Place(folder), who, _password(password_file), own)
    typer.echo(f"{who.name} may sign in as {who.role}: {path}")
    if who.role != "auditor" and who.key_name not in {key.name for key in own.rings[-1].roster.keys}:
        typer.echo(
            f"The roster does not name {who.key_name} yet: until its officers enrol that key, sign-in is refused."
        )


@app.command("list")
def list_(folder: FOLDER) -> None:
    """Print who may sign in, a line each: name and role."""
    from jointwatch.centre.api import people
    from jointwatch.centre.configuration import Place, made

    with explained():
        for person in people.listed(made(Place(folder))):
            typer.echo(f"{person.name}  {person.role}")


@app.command()
def remove(folder: FOLDER, name: NAME) -> None:
    """Let a person sign in no more; whoever is signed in under that name is so no longer.

    The person's key speaks for the centre until a roster leaves it out: `centre keys draft --drop ROLE:NAME`.
    """
    from jointwatch.centre.api import people
    from jointwatch.centre.configuration import Place, made

    with explained():
        people.remove(made(Place(folder)), name)
    typer.echo(f"{name} may not sign in any more.")


def _person(text: str) -> Person:
    from jointwatch.centre import founding
    from jointwatch.centre.api.people import Person
    from jointwatch.cli.errors import UserError
    from jointwatch.exchange import roles

    client = founding.Client.parse(text)
    role = roles.of_person(client.role)
    if role is None:
        raise UserError(f"{text!r} is no person; wanted ROLE:NAME with a role of {', '.join(roles.PEOPLE)}")
    return Person(client.name, role)


def _password(path: Path | None) -> str:
    if path is not None:
        with path.open(encoding="utf-8") as file:
            return file.readline(1_024).rstrip("\r\n")
    if not sys.stdin.isatty():
        return sys.stdin.readline(1_024).rstrip("\r\n")
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked
