"""Where a run is shown: the terminal's lines, the watch page, Ctrl-C, and the run directory's place.

`run` and `demo` share it. The page is fed from what the centres say; it computes nothing.
"""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from rich.console import Console
from rich.markup import escape

from jointwatch.cli.errors import UserError
from jointwatch.messages.picture import Event, RunView
from jointwatch.studies import evidence
from jointwatch.studies.architecture import Deployed
from jointwatch.studies.prepare import prepare
from jointwatch.studies.run import Handles, Record, Watchers, centres
from jointwatch.studies.scenario import Scenario, ScenarioError, load, variant_of
from jointwatch.studies.sky import Sky
from jointwatch.studies.sky_day import under_catalogue
from jointwatch.studies.truth import Flown

COLOUR = {"moscow": "cyan", "brussels": "yellow", "exercise": "white"}
DRAWN_TO_M = 800e3  # height at which coverage volumes are cut off: above it nothing of the debate flies
BOLD_KINDS = {"verdict", "statement", "link", "correction"}


class Terminal(Console):
    """A console whose reader may go away: the run goes on, and says nothing more."""

    def on_broken_pipe(self) -> None:
        """Print to nowhere from now on."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


class Stage:
    """The terminal and, when served, the page; entered once for all runs of a command."""

    def __init__(self, *, serve: bool, port: int) -> None:
        self.console = Terminal(highlight=False, soft_wrap=True)
        self.stopped = False
        self.feed: Any = None
        self._page: Any = None
        self._wanted = (serve, port)
        self._old_handler: Any = None

    def __enter__(self) -> Stage:
        self._old_handler = signal.signal(signal.SIGINT, self._interrupted)
        serve, port = self._wanted
        if serve:
            self._open_page(port)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._page is not None:
            self._page.stop()
        signal.signal(signal.SIGINT, self._old_handler)

    def _open_page(self, port: int) -> None:
        from jointwatch.display.feed import Feed
        from jointwatch.display.server import PortInUse, create_app, serve_in_thread

        self.feed = Feed()
        try:
            self._page = serve_in_thread(create_app(self.feed), port)
        except PortInUse as error:
            raise UserError(error.strerror or str(error)) from None
        self.console.print(f"Watch page: [bold]http://127.0.0.1:{self._page.port}/[/bold]")

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if self.stopped:  # asked twice: the person means it
            raise KeyboardInterrupt
        self.stopped = True
        self.console.print(
            "[bold]Stopping after this tick; the run directory will be complete.[/bold] Ctrl-C again: at once."
        )

    def begin(self, view: RunView, deployed: tuple[Deployed, ...], flown: tuple[Flown, ...]) -> None:
        """Put a run on the page, with what each radar could see of the first object drawn as a volume."""
        if self.feed is not None:
            self.feed.begin(view, volumes={d.radar.name: _volume(d, flown[0]) for d in deployed if d.faces})

    def say(self, event: Event) -> None:
        """Print one event as it happens, and hand it to the page."""
        colour = COLOUR.get(event.centre, "magenta")
        text = escape(event.text)
        weight = f"[bold]{text}[/bold]" if event.kind in BOLD_KINDS else text
        self.console.print(f"{event.time_utc[11:19]}Z  [{colour}]{event.centre:<9}[/{colour}] {weight}")
        if self.feed is not None:
            self.feed.event(event)

    def linger(self, record: Record) -> None:
        """Keep the page up until Ctrl-C, when there is a person and a page to look at."""
        if self._page is None or self.stopped or not self.console.is_terminal:
            return
        self.console.print("The page stays up. Ctrl-C ends it.")
        while not self.stopped:
            time.sleep(0.2)


@dataclass(frozen=True)
class Ready:
    """A scenario that was read, in a variant, with its centres' processes starting."""

    scenario: Scenario
    variant: str
    handles: Handles
    sky: Sky | None = None  # of a catalogue that was given


@contextmanager
def ready(
    name: str, variant: str | None, running: Handles | None = None, *, catalogue: Path | None = None
) -> Iterator[Ready]:
    """Read a scenario and start its centres' processes, or take those of the run before; raises UserError."""
    try:
        scenario = load(name)
        chosen, content = variant_of(scenario, variant)
        scenario, sky = under_catalogue(scenario, catalogue) if catalogue else (scenario, None)
    except (ScenarioError, ValueError) as error:
        raise UserError(str(error)) from None
    if running and running.keys() == content.release.keys() and not any(h.lost for h in running.values()):
        yield Ready(scenario, chosen, running, sky)
        return
    with centres(content.release) as handles:
        yield Ready(scenario, chosen, handles, sky)


def perform(stage: Stage, ready: Ready, *, speed: float, out: Path | None, force: bool = False) -> Record:
    """Play one scenario on the stage and write its run directory; raises UserError for wrong input."""
    folder = out or default_folder(ready.scenario, ready.variant)
    check_folder(folder, force)
    return _play(stage, ready, speed, folder)


def _play(stage: Stage, ready: Ready, factor: float, folder: Path) -> Record:
    scenario = ready.scenario
    try:
        plan, desk, flown = prepare(scenario, ready.variant, speed=factor, sky=ready.sky)
    except ScenarioError as error:
        raise UserError(f"{scenario.name}: {error}") from None
    make_folder(folder)
    _announce(stage, scenario, plan.view, factor)
    watchers = Watchers(
        event=stage.say,
        snapshot=stage.feed.publish if stage.feed else lambda snapshot: None,
        should_stop=lambda: stage.stopped,
        started=lambda view: stage.begin(view, plan.deployed, flown),
    )
    reporting = ThreadPoolExecutor(1).submit(_load_reporting)  # while the run plays
    record = evidence.perform(
        plan,
        desk,
        flown,
        scenario,
        folder=folder,
        speed=factor,
        watchers=watchers,
        page=_drawn_by(reporting),
        handles=ready.handles,
    )
    _conclude(stage, record, folder)
    return record


def _volume(d: Deployed, flown: Flown) -> bytes:
    """Return the coverage of a radar's arrays as a glTF file, for an object of the flight's cross-section."""
    from jointwatch.display.volume import Shell, glb
    from jointwatch.sensors.coverage import range_envelope

    rcs_m2 = flown.rcs_m2[d.radar.band]
    shells = [Shell(*range_envelope(d.radar, f, altitude_cap_m=DRAWN_TO_M, rcs_m2=rcs_m2)) for f in d.faces]
    return glb(shells, name=d.radar.name)


def _drawn_by(reporting: Future[evidence.Page]) -> evidence.Page:
    """Return a page that waits for what draws it only when it is asked for."""

    def page(played: evidence.Played) -> str:
        return reporting.result()(played)

    return page


def _load_reporting() -> evidence.Page:
    """Return what writes the report, with everything imported that it draws with."""
    importlib.import_module("jointwatch.display.figures")
    page: evidence.Page = importlib.import_module("jointwatch.cli.reporting").report_page
    return page


def speed_of(text: str) -> float:
    """Return how many times faster than real time a word means; 0 for as fast as it goes."""
    if text == "max":
        return 0.0
    try:
        factor = float(text)
    except ValueError:
        factor = -1.0
    if not 0 < factor <= 10_000:
        raise UserError(f"--speed takes a number from above 0 to 10000, or 'max'; got {text!r}")
    return factor


def default_folder(scenario: Scenario, variant: str) -> Path:
    """Return the folder of a run that nobody named one for."""
    return Path("runs") / f"{scenario.name}-{variant}-{datetime.now(UTC):%Y%m%dT%H%M%S}"


def check_folder(folder: Path, force: bool) -> None:
    """Refuse a folder with something in it, unless forced and it is a run's."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        if not force:
            raise UserError(f"{folder} exists and is not empty; give another --out, or --force to replace it")
        if not (folder / "run.json").is_file():
            raise UserError(f"{folder} is not a run directory (no run.json); --force replaces only those")


def make_folder(folder: Path) -> None:
    """Make the folder of a run empty, once it is sure that there will be one."""
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    except OSError as error:
        raise UserError(f"{folder} cannot be made ({error.strerror}); give another --out") from None


def _announce(stage: Stage, scenario: Scenario, view: RunView, factor: float) -> None:
    pace = f"{factor:g} times faster than real time" if factor else "as fast as it goes"
    stage.console.rule(f"[bold]{escape(view.title)}[/bold]")
    stage.console.print(f"[reverse] {escape(view.banner)} [/reverse]  variant {view.variant}, {pace}")
    for note in view.notes:
        stage.console.print(f"  [dim]-[/dim] {escape(note)}")


def _conclude(stage: Stage, record: Record, folder: Path) -> None:
    from jointwatch.cli.statement import statement_panel, summary

    stage.console.print(statement_panel(record.statement), soft_wrap=False)
    if stage.feed is not None:
        stage.feed.finish(folder / "report.html", record.statement, summary=summary(record.statement))
    stage.console.print(f"Run directory: {folder}   (jointwatch log verify {folder})")
    stage.console.print(f"Report:        {folder / 'report.html'}")
    if record.report_fault:
        stage.console.print(f"[bold red]The report could not be drawn: {escape(record.report_fault)}[/bold red]")
