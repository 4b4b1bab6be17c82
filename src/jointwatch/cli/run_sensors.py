"""`jointwatch run --sensors-only`: the radars of a scenario feed centres that run elsewhere; a report at the end."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from jointwatch.centre import configuration
from jointwatch.centre.client import ClientFile
from jointwatch.centre.intake.feed import Feed, Patience
from jointwatch.centre.intake.pace import Pace
from jointwatch.cli import after_action_files
from jointwatch.cli.centre_errors import explained
from jointwatch.cli.errors import UserError
from jointwatch.cli.log_place import held
from jointwatch.cli.serving import signals
from jointwatch.cli.stage import check_folder, default_folder, make_folder, speed_of
from jointwatch.earth.timescale import NS_PER_S, now_tai_ns, tai_ns_from_utc
from jointwatch.messages.sentence import plain
from jointwatch.studies import drill, injects
from jointwatch.studies.drill import Control, Handed
from jointwatch.studies.feed import SensorDesk
from jointwatch.studies.injects import Inject, ScriptError
from jointwatch.studies.prepare import prepare
from jointwatch.studies.run import Plan
from jointwatch.studies.scenario import Scenario, ScenarioError, load, variant_of
from jointwatch.studies.truth import Flown

WAITED_S = 60.0
"""How long a centre that cannot be reached is waited for before its radar's scans are given up."""
AFTER_S = 10.0
"""How long the centres have for their last words before their logs are read."""
_URL = re.compile(r"(?:([a-z0-9-]+)=)?https://([^/]+)/?")


@dataclass(frozen=True)
class Elsewhere:
    """Where the centres are: the radars' folders, the addresses given, and where the centres' logs can be read."""

    credentials: Path
    submit: Sequence[str]
    heard: Sequence[str]


@dataclass(frozen=True)
class Prepared:
    """A scenario ready to be played: its plan, its radars, the truth, and what happens meanwhile."""

    scenario: Scenario
    variant: str
    plan: Plan
    desk: SensorDesk
    flown: tuple[Flown, ...]
    script: tuple[Inject, ...]

    @property
    def start_tai_ns(self) -> int:
        """When the scenario begins, by its own clock."""
        return tai_ns_from_utc(self.scenario.start_utc)


def play(
    scenario: str, variant: str | None, where: Elsewhere, *, script: Path | None, speed: str, out: Path | None
) -> None:
    """Play a scenario's radars before centres that run elsewhere, and leave an after-action report."""
    if speed == "max":
        raise UserError("--speed max is for centres that run here; these have a clock of their own, so give a number")
    with explained(), signals() as stop:
        ready = _prepared(scenario, variant, script, speed_of(speed))
        folder = out or default_folder(ready.scenario, ready.variant)
        check_folder(folder, force=False)
        for place in where.heard:
            held(place)  # what cannot be read is told before, not after
        with _feeds(ready.plan, where, stop) as feeds:
            handed, pace = _played(ready, feeds, speed_of(speed), stop)
        stopped = stop.is_set()
        if where.heard and not stopped:
            typer.echo(f"Waiting {AFTER_S:g} s for the last words.")
            stop.wait(AFTER_S)
        read = after_action_files.entries_since(where.heard, pace.now_tai_ns)
        make_folder(folder)
        lines = after_action_files.write(
            folder, ready.plan.view, ready.flown, ready.script, handed, read, pace=pace, stopped=stopped
        )
        typer.echo("\n".join(lines))
        typer.echo(f"Written: {folder / 'after-action.md'}, {folder / 'after-action.json'}")
    if any(one.why for one in handed):
        raise typer.Exit(1)


def _prepared(name: str, variant: str | None, script: Path | None, speed: float) -> Prepared:
    """Return a scenario with its script, or raise UserError for what cannot be played elsewhere."""
    try:
        scenario = load(name)
        chosen, content = variant_of(scenario, variant)
        if scenario.sky is not None:
            raise UserError(f"{scenario.name} has satellites overhead, which are elsewhere by now; play it without")
        plan, desk, flown = prepare(scenario, chosen, speed=speed)
        words = injects.read(script, [use.name for use in content.radars]) if script else ()
    except (ScenarioError, ScriptError) as error:
        raise UserError(str(error)) from None
    said = (*words, *_notices(plan, tai_ns_from_utc(scenario.start_utc)))
    return Prepared(scenario, chosen, plan, desk, flown, tuple(sorted(said, key=lambda inject: inject.at_s)))


def _played(
    ready: Prepared, feeds: Mapping[str, Feed], speed: float, stop: threading.Event
) -> tuple[list[Handed], Pace]:
    """Return what became of every scan, and how the times were moved."""
    start, end = ready.start_tai_ns, ready.plan.ticks_tai_ns[-1]
    due = drill.planned(ready.desk, start, end, ready.script, seed=ready.scenario.seed)
    pace = Pace(start, end, now_tai_ns(), speed)
    typer.echo(f"{ready.plan.view.banner}: {ready.plan.view.title}. {len(due)} scans in {pace.due_s(end):,.0f} s.")
    control = Control(lambda text: typer.echo(plain(text)), stop)
    return drill.play(due, feeds, pace, ready.script, control), pace


@contextmanager
def _feeds(plan: Plan, where: Elsewhere, stop: threading.Event) -> Iterator[dict[str, Feed]]:
    """Yield the line of every radar that is played, from the folders that the centres made for them."""
    wanted = {deployed.radar.name: deployed.feeds for deployed in plan.deployed if deployed.faces}
    about = {name: _about(where.credentials / name, name, centre) for name, centre in wanted.items()}
    addresses = _addresses(where.submit, about)
    with ExitStack() as lines:
        patience = Patience(lambda text: typer.echo(plain(text), err=True), stop, WAITED_S)
        yield {
            name: lines.enter_context(Feed(where.credentials / name, patience, addresses.get(file.centre)))
            for name, file in about.items()
        }


def _about(box: Path, radar: str, centre: str) -> ClientFile:
    if not (box / "client.toml").is_file():
        raise UserError(
            f"{box} is not there: {radar} feeds {centre}, which makes the folder by `jointwatch centre init {centre} "
            f"--client sensor-writer:{radar}`; put it into the folder for --credentials"
        )
    about = configuration.parsed(box / "client.toml", ClientFile)
    if about.mode == "operational":
        raise UserError(f"{box} is of {about.centre}, which is operational; an exercise is played into none")
    if about.centre != centre:
        raise UserError(f"{box} is of {about.centre}, and {radar} feeds {centre} in this variant")
    return about


def _addresses(submit: Sequence[str], about: Mapping[str, ClientFile]) -> dict[str, str]:
    """Return where each centre is that --submit names, by its name or by being the only one at that address."""
    centres = {file.centre: file.address for file in about.values()}
    found: dict[str, str] = {}
    for text in submit:
        match = _URL.fullmatch(text)
        if match is None:
            raise UserError(f"--submit wants CENTRE=https://HOST:PORT (moscow=https://192.0.2.7:8701); got {text!r}")
        named, address = match[1], match[2]
        there = [centre for centre, at in centres.items() if at == address]
        centre = named or (there[0] if len(there) == 1 else "")
        if centre not in centres:
            raise UserError(
                f"--submit {text}: which centre is it? Write CENTRE={text.partition('=')[2] or text} with one of "
                f"{', '.join(sorted(centres))}"
            )
        found[centre] = address
    return found


def _notices(plan: Plan, start_tai_ns: int) -> list[Inject]:
    """Return the scenario's notices as words of control: people tell them, as they would be told."""
    return [
        Inject(at_s=max(0.0, (at - start_tai_ns) / NS_PER_S), text=f"For {centre}: {what.text} ({what.source})"[:500])
        for at, centre, what in plan.notices
    ]
