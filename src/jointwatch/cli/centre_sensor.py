"""`jointwatch centre sensor`: the end at the radar, which signs what files hold and hands it in."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import typer

from jointwatch.centre.intake import batch, scans
from jointwatch.centre.intake.feed import Feed, GaveUpError, Patience
from jointwatch.centre.intake.folder import Watched, put_away
from jointwatch.centre.intake.pace import Pace
from jointwatch.centre.intake.scans import Told
from jointwatch.cli.errors import UserError
from jointwatch.cli.serving import signals
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange.carrier import TurnedDown
from jointwatch.formats.refusal import Refusal
from jointwatch.messages.sentence import plain
from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.station import Sensor
from jointwatch.studies import recording_sites
from jointwatch.studies.recording_sites import SitesError

WAITED_S = 60.0  # for a centre, where files are handed in once; a watched folder waits for ever
LOOK_S = 1.0
TOGETHER_S = 1.0  # what a replay hands in at once
OF_THE_FILE = (400, 409, 413, 422)
"""Statuses by which a centre says no to what came; by any other it says no to who came."""


def hand_in_files(folder: Path, files: Sequence[Path], *, sites: Path | None, replay: bool, speed: float) -> None:
    """Hand in files, as they are or at the pace at which they were measured."""
    with _feed(folder, threading.Event(), WAITED_S) as feed:
        radar = _Radar(feed, sites)
        if replay:
            radar.replay(files, speed)
            return
        for path in files:
            try:
                typer.echo(f"{path}: {radar.take(path)}")
            except (Refusal, TurnedDown) as refusal:
                raise UserError(plain(f"{path}: {refusal}")) from None


def watch_folder(folder: Path, watched: Path, *, sites: Path | None) -> None:
    """Hand in every file that comes into a folder, until told to stop."""
    if not watched.is_dir():
        raise UserError(f"{watched} is no folder; make it, and have the radar write its files there")
    with signals() as told, _feed(folder, told, float("inf")) as feed:
        radar, box = _Radar(feed, sites), Watched(watched)
        typer.echo(f"{feed.about.client} hands in what comes into {watched}; Ctrl-C ends it.")
        while not told.is_set():
            for path in box.whole():
                _take_and_put_away(radar, path)
                if told.is_set():
                    break
            told.wait(LOOK_S)


def _take_and_put_away(radar: _Radar, path: Path) -> None:
    try:
        said = radar.take(path)
    except FileNotFoundError:
        return  # taken away meanwhile by whoever put it there
    except (Refusal, TurnedDown) as refusal:
        if isinstance(refusal, TurnedDown) and refusal.status not in OF_THE_FILE:
            raise
        why = plain(str(refusal))
        typer.echo(f"{path.name}: refused: {why}; it lies in {put_away(path, refused=why)}", err=True)
    else:
        put_away(path)
        typer.echo(f"{path.name}: {said}")


class _Radar:
    """A radar whose files are read, with its place where it signs itself."""

    def __init__(self, feed: Feed, sites: Path | None) -> None:
        self._feed, self._name = feed, feed.about.client
        self._given = recording_sites.read_sites(sites) if sites else {}

    def take(self, path: Path) -> str:
        """Return what became of a file, in words, once the centre has it."""
        if not self._feed.signs:
            body = path.read_bytes()
            batch.read(body)  # what is wrong with it is said here, without the line
            answer = self._feed.post(body)
            return f"scans {answer['scans']}, plots {answer['plots']}, signed by {self._feed.about.centre}"
        told = batch.read_file(path)
        places = self._feed.hand_in(self._measured(told))
        (log, first), (_, last) = places[0], places[-1]
        others = "".join(f"; left out: {count} with {kind}" for kind, count in told.left_out.items())
        return f"scans {len(told.scans)}, plots {told.plots}, entries {first} to {last} of {log}{others}"

    def replay(self, files: Sequence[Path], speed: float) -> None:
        """Hand in what files hold as if it were measured now, at the pace at which it was."""
        about = self._feed.about
        if about.mode == "operational":
            raise UserError(f"{about.centre} is operational; what is replayed belongs into an exercise")
        if not self._feed.signs:
            raise UserError(f"{self._name} cannot sign, and what is replayed is signed here; leave --replay out")
        found: list[Plots] = []
        for path in files:
            try:
                found += self._measured(batch.read_file(path))
            except Refusal as refusal:
                raise UserError(f"{path}: {refusal}") from None
        found.sort(key=lambda plots: plots.time_tai_ns)
        begun, pace = time.monotonic(), Pace(found[0].time_tai_ns, found[-1].time_tai_ns, now_tai_ns(), speed)
        typer.echo(f"{len(found)} scans, {pace.due_s(found[-1].time_tai_ns):,.0f} s; their times are moved to now.")
        for _, due in itertools.groupby(found, key=lambda plots: int(pace.due_s(plots.time_tai_ns) / TOGETHER_S)):
            scans = [replace(plots, time_tai_ns=plots.time_tai_ns + pace.ahead_ns) for plots in due]
            time.sleep(max(0.0, begun + pace.due_s(scans[-1].time_tai_ns - pace.ahead_ns) - time.monotonic()))
            self._feed.hand_in(scans)
        typer.echo("All of it is handed in.")

    def _measured(self, told: Told) -> list[Plots]:
        sensor = self._sensor(told)
        return [scans.plots(scan, sensor) for scan in told.scans]

    def _sensor(self, told: Told) -> Sensor:
        """Return where the radar stands, under its name here: by the file of sites, or the catalogue."""
        if len(told.called) > 1:
            raise Refusal("", f"it holds plots of {', '.join(told.called[:5])}; {self._name} hands in its own alone")
        called = told.called[0] if told.called else self._name
        if called.lower() != self._name and called not in self._given:
            raise Refusal(
                "",
                f"it is of the sensor {called}, and this folder is {self._name}'s; where both are one, write a table "
                f"[sites.{called}] into a file for --sites",
            )
        key = called if called in self._given else self._name
        try:
            return replace(recording_sites.sensors([key], self._given)[key], name=self._name)
        except SitesError as error:
            raise UserError(str(error)) from None


@contextmanager
def _feed(folder: Path, stop: threading.Event, longest_s: float) -> Iterator[Feed]:
    """Yield the feed of a sensor's folder; what its centre says no to becomes a sentence."""
    tell: Callable[[str], None] = lambda text: typer.echo(plain(text), err=True)  # noqa: E731 - one line
    try:
        with Feed(folder, Patience(tell, stop, longest_s)) as feed:
            yield feed
    except GaveUpError as gave_up:
        if not stop.is_set():
            raise UserError(f"{gave_up}; nothing more is tried, and handing in again does no harm") from None
    except SitesError as error:
        raise UserError(str(error)) from None
