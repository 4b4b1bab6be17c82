"""`jointwatch centre release`: change what a centre lets go, which takes two officers of release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jointwatch.cli.centre_line import FOLDER, drafting, line_of
from jointwatch.cli.terminal import as_it_is

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Change what a centre lets go: two officers sign.")

OFFICER = Annotated[str, typer.Option("--by", help="The officer of release; its folder lies in DIR/clients.")]
RULES = Annotated[Path, typer.Argument(help="The rules, in TOML.", metavar="RULES")]
REASON = Annotated[str, typer.Option(help="Why, in a sentence.")]
OUT = Annotated[Path, typer.Option(help="Where to write the draft.")]
DRAFT = Annotated[Path, typer.Argument(help="The draft.", metavar="DRAFT")]
KEY = Annotated[Path, typer.Option(help="The second officer's signing.pem.")]


@app.command()
def draft(folder: FOLDER, rules: RULES, out: OUT, by: OFFICER, reason: REASON) -> None:
    """Write down the next release policy, signed by the first officer.

    The centre must be serving. What it promised to others in rules that are in force cannot be taken back by it alone.
    """
    from jointwatch.centre import drafts, policies, saying

    with line_of(folder, by) as line, drafting():
        now, known = saying.by(line), line.accord().standing.in_force(line.about.centre)
        wanted = policies.read(rules)
        policy = policies.drafted(now, wanted, reason, in_force=line.health()["policy"], agreed=known)
        drafts.write(out, [policy], [line.signing_key()])
    typer.echo(
        as_it_is(f"Drafted policy {policy.number} in {out}; a second officer signs it with `centre release sign`.")
    )


@app.command()
def sign(draft: DRAFT, key: KEY) -> None:
    """Sign a draft as the second officer, after its rules were shown. Wants nothing but the draft and the key."""
    from jointwatch.centre import drafts, policies
    from jointwatch.cli.centre_errors import explained
    from jointwatch.cli.entry_text import in_words
    from jointwatch.exchange.keys import read_key

    with explained():
        policy, _ = policies.read_draft(draft)
        drafts.sign(draft, read_key(key))
    typer.echo(as_it_is(f"Signed {draft}, {in_words(policy)}."))


@app.command()
def publish(folder: FOLDER, draft: DRAFT, by: OFFICER) -> None:
    """Hand in a policy that two officers have signed; it is in force from its entry on."""
    from jointwatch.centre import policies
    from jointwatch.cli.entry_text import in_words

    with line_of(folder, by) as line:
        policy, entry = policies.read_draft(draft)
        log, index = line.submit([entry]).places[0]
    typer.echo(as_it_is(f"Entry {index} of {log}: {in_words(policy)}"))
