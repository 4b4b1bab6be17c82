"""A run as it was played, from its directory alone: what a report is made from, long after its processes have ended.

The logs, the pictures and the events are read. The truth and what each radar measured are in no file; they follow from
the scenario and its seed in `run.json`, so the flights are flown again and the radars look again, as they did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec

from jointwatch.centre.replay import read_logs
from jointwatch.earth.timescale import tai_ns_from_utc, utc_from_tai_ns
from jointwatch.messages.picture import Event, Picture, PictureTrack, Snapshot
from jointwatch.studies.evidence import Played, RunFile, Software
from jointwatch.studies.prepare import prepare
from jointwatch.studies.run import Record
from jointwatch.studies.scenario import Scenario
from jointwatch.studies.sky import Sky, made, of_file
from jointwatch.studies.sky_given import ElementsGiven, SizesGiven

JOINT = "joint"


def run_file(directory: Path) -> RunFile:
    """Return what `run.json` says; raises OSError or msgspec.MsgspecError where it cannot be read."""
    return msgspec.json.decode((directory / "run.json").read_bytes(), type=RunFile)


def reconstructed(directory: Path, run: RunFile) -> Played:
    """Return a run as it was played, up to the last instant that its logs tell of.

    Raises OSError or ValueError where a file of it cannot be read, exchange.Refused for altered logs. Whether a file
    was altered, `exchange.verify` says.
    """
    scenario = Scenario.model_validate_json(msgspec.json.encode(run.scenario))
    sky = _sky(directory, run, scenario)
    plan, desk, flown = prepare(scenario, run.view.variant, speed=run.view.speed, sky=sky)
    last_tai_ns = max(message.logged_tai_ns for messages in read_logs(directory).values() for message in messages)
    ticks = [tick for tick in plan.ticks_tai_ns if tick <= last_tai_ns]
    for tick in ticks:
        desk.envelopes_until(tick)
    record = Record(
        snapshots=list(_snapshots(directory, tuple(ticks), (*plan.release, JOINT))),
        events=list(_events(directory)),
        lost=run.lost,
        statement=(directory / "statement.json").read_bytes(),
        interrupted=run.ended == "interrupted",
    )
    software = Software(run.versions, run.processor)
    return Played(replace(plan, view=run.view), scenario, flown, desk, record, directory, software)


def _sky(directory: Path, run: RunFile, scenario: Scenario) -> Sky | None:
    """The satellites overhead: those that the scenario makes up, or, where they are not, those of the file kept."""
    if not run.catalogue:
        return None
    path, given = directory / run.catalogue, scenario.sky
    if given is not None:
        own = made(given, scenario.seed, tai_ns_from_utc(scenario.start_utc))
        if own.text == path.read_bytes():
            return own
    elements, sizes = (given.elements, given.sizes) if given else (ElementsGiven(), SizesGiven())
    return of_file(path, elements, sizes, scenario.seed)


def _events(directory: Path) -> Iterator[Event]:
    for line in (directory / "events.jsonl").read_bytes().splitlines():
        yield msgspec.json.decode(line, type=Event)


def _snapshots(directory: Path, ticks_tai_ns: tuple[int, ...], perspectives: tuple[str, ...]) -> Iterator[Snapshot]:
    """What was shown at each tick: the pictures, without how the centres stood."""
    shown = _shown(directory)
    for number, tick in enumerate(ticks_tai_ns, 1):
        time_utc = utc_from_tai_ns(tick, digits=0)
        pictures = (Picture(who, time_utc, tick, tuple(shown.get((who, tick), ()))) for who in perspectives)
        yield Snapshot(number, time_utc, (), tuple(pictures), None)


def _shown(directory: Path) -> dict[tuple[str, int], list[PictureTrack]]:
    """The tracks of every picture that had any, by perspective and time."""
    import polars as pl

    columns = ["perspective", "as_of_tai_ns", "id", "view"]
    try:
        table = pl.read_parquet(directory / "tracks.parquet", columns=columns)
        last = table.unique(columns[:3], keep="last", maintain_order=True)  # the last instant is shown twice
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"tracks.parquet: {error}") from None
    found: dict[tuple[str, int], list[PictureTrack]] = {}
    for perspective, time, _, view in last.iter_rows():
        found.setdefault((perspective, time), []).append(msgspec.json.decode(view, type=PictureTrack))
    return found
