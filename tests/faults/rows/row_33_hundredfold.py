"""A partner says a hundred times as much as was agreed, all of it plots, while a radar here sees a launch.

What it says is all kept, and heard no faster than was agreed; the radar is answered as ever, its launch is reported.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from jointwatch.centre.client import CentreLine
from jointwatch.centre.duty.course import AT_ONCE
from jointwatch.centre.duty.pace import SAVED_S
from jointwatch.earth.arrays import Floats
from jointwatch.earth.timescale import NS_PER_S, now_tai_ns
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse, source
from jointwatch.exchange.carrier import LineCut, TurnedDown
from jointwatch.exchange.database import Database
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import Message, decode
from jointwatch.messages.incident import Incident
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.receipt import Receipt
from tests.centre import observed, serving
from tests.faults import served
from tests.faults.harness import Outcome, longest_s, patience, seconds_until, tally

TITLE = "a partner says 100 times as much as was agreed"
REQUIRED = "own plots acknowledged and watched as ever, the rest limited and said, nothing lost, memory flat"
RECORD, FLOODED = "moscow/moscow/record", "brussels/moscow/plot"
TIMES, BATCH = 100, 100
SCAN_EVERY_S, WATCHED_S, PEACE_S = 0.25, 5.0, 10.0
OWN_S, BACK_S, GROWN_MIB = 2.0, 60.0, 48.0
LYING = """
from jointwatch.centre import submission
from jointwatch.cli.main import main
from jointwatch.exchange.handed_in import HandedIn
from jointwatch.exchange.logid import LogId

def checked(self, caller, entry, keys):
    said = submission._message(entry)
    return HandedIn(LogId.parse(said.log), said.id, entry)

submission.Intake._checked = checked
main()
"""
"""Runs `jointwatch` as a centre whose desk says in logs for partners what it likes, plots too."""


def run(folder: Path, *, full: bool) -> Outcome:
    lasts_s, agreed_per_s = (60.0, 10) if full else (12.0, 5)
    here, there = serving.found(folder, "moscow", "brussels", clients=("sensor-writer:gabala", "operator:desk"))
    configure(here, agreed_per_s)
    moscow, brussels = served.Centre(here), served.Centre(there, program=(sys.executable, "-c", LYING))
    with served_until_end(moscow, brussels), radar(moscow) as gabala:
        begun = time.monotonic()
        time.sleep(PEACE_S)
        in_peace, gabala.waited_s = gabala.waited_s, []
        flood = Flood(brussels, agreed_per_s)
        times = flood.go(lasts_s / 2)
        half = resident_mib(moscow)
        times = min(times, flood.go(lasts_s / 2))
        grown = resident_mib(moscow) - half
        in_flood, behind_s = (
            gabala.waited_s,
            seconds_until(lambda: released(moscow) >= gabala.kept, 60, "it is watched"),
        )
        seconds_until(lambda: reported(moscow), 60, "the launch that the own radar saw is reported")
        gabala.end()
        worst = served.mirrored_s(brussels, moscow, BACK_S)
        held, served_s = served.sizes_held(moscow, brussels), time.monotonic() - begun
    with brussels.record() as own, moscow.record() as kept:
        found = tally(own, kept, flood.acknowledged, pinned=served.sender_identity(own), held=held)
    heard = check_record(moscow, gabala.kept)
    most = agreed_per_s * (served_s + SAVED_S) + AT_ONCE
    assert heard <= most, f"{heard} entries of the flood were heard; {most:.0f} were agreed"
    assert len(flood.acknowledged) > 2 * most, f"only {len(flood.acknowledged)} were sent; {most:.0f} were agreed"
    assert times >= TIMES / 2 / patience(), f"only {times:.0f} times the agreed rate was sent"
    waited = longest_s(in_flood)
    assert waited <= OWN_S * patience(), f"own scans waited {waited:.2f} s; {OWN_S:g} s is the limit"
    assert behind_s <= WATCHED_S * patience() or not full, f"own scans were watched {behind_s:.1f} s later"
    assert grown <= GROWN_MIB, f"memory grew by {grown:.0f} MiB in the second half of the flood"
    detail = (
        f"{times:.0f} times {agreed_per_s}/s for {lasts_s:.0f} s, {heard:,} of {len(flood.acknowledged):,} heard; own "
        f"scans acknowledged in {median(in_flood)} ms, {median(in_peace)} ms before, {1e3 * max(in_flood):.0f} ms at "
        f"most, watched {behind_s:.1f} s later; memory {half:.0f} MiB, {grown:+.1f} in the second half"
    )
    return found.outcome(worst, detail)


def configure(moscow: Path, agreed_per_s: int) -> None:
    """Agree on a rate with the partner, and give it all own plots."""
    file, table = moscow / "centre.toml", "[partners.brussels]\n"
    text = file.read_text()
    assert table in text
    text = text.replace(table, f"{table}entries_per_s = {agreed_per_s}\n")
    file.write_text(f"{text}\n[release]\nreports = true\nplots = true\nmask_source = false\n")


@contextmanager
def served_until_end(*centres: served.Centre) -> Iterator[None]:
    try:
        for centre in centres:
            centre.start()
        serving.opened(*(centre.folder for centre in centres))
        yield
    finally:
        for centre in centres:
            centre.stop()


class Radar:
    """Hands in a scan every quarter of a second, as it sees a rocket climb. waited_s: how long each answer took."""

    def __init__(self, centre: served.Centre) -> None:
        self._centre, self._over = centre, threading.Event()
        self.kept, self.waited_s = 0, list[float]()
        self.thread = threading.Thread(target=self._hand_in)

    def end(self) -> None:
        self._over.set()
        self.thread.join(60)

    def _hand_in(self) -> None:
        path, rng = observed.ascent(200.0, every_s=SCAN_EVERY_S)[240:], np.random.default_rng(33)
        begun_tai_ns = now_tai_ns()
        with CentreLine(self._centre.folder / "clients" / "gabala") as line:
            while not self._over.wait(SCAN_EVERY_S):
                now = now_tai_ns()
                content = observed.scan(at(path, (now - begun_tai_ns) / NS_PER_S), now, rng)
                entry = serving.words(line, PlotReport, RECORD, f"scan-{self.kept}", **content)
                begun = time.monotonic()
                insist(line, [entry])
                self.waited_s.append(time.monotonic() - begun)
                self.kept += 1


def at(path: Floats, seconds: float) -> Floats:
    """Where it is so long after the path's beginning, from which it starts again: as fast as it flies, whatever waits.

    Straight between two places of it, which is 0.3 m beside where 40 m/s2 bend it.
    """
    step = seconds / SCAN_EVERY_S % (len(path) - 1)
    before, part = int(step), step % 1.0
    return (1.0 - part) * path[before] + part * path[before + 1]


@contextmanager
def radar(centre: served.Centre) -> Iterator[Radar]:
    found = Radar(centre)
    found.thread.start()
    try:
        yield found
    finally:
        found.end()


class Flood:
    """Brussels says scans of places where nothing is, as many as are wanted. acknowledged: their ids."""

    def __init__(self, brussels: served.Centre, agreed_per_s: int) -> None:
        self._brussels, self._agreed_per_s, self._rng = brussels, agreed_per_s, np.random.default_rng(100)
        self.acknowledged: list[str] = []

    def go(self, seconds: float) -> float:
        """Say it for so long, in its time or as fast as it goes; return how many times the agreed rate that was."""
        begun, count = time.monotonic(), round(self._agreed_per_s * TIMES * seconds / BATCH)
        with CentreLine(self._brussels.folder / "clients" / "desk") as line:
            for number in range(count):
                time.sleep(max(0.0, begun + seconds * number / count - time.monotonic()))
                self._say(line)
        time.sleep(max(0.0, begun + seconds - time.monotonic()))
        return count * BATCH / (time.monotonic() - begun) / self._agreed_per_s

    def _say(self, line: CentreLine) -> None:
        first = len(self.acknowledged)
        ids = [f"nothing-{first + k}" for k in range(BATCH)]
        places = observed.ascent(200.0)[20] + 3e5 * self._rng.standard_normal((BATCH, 3))
        scan = observed.scan(places, now_tai_ns(), self._rng, "fylingdales")
        insist(line, [serving.words(line, PlotReport, FLOODED, id, **plot(scan, k)) for k, id in enumerate(ids)])
        self.acknowledged += ids


def plot(scan: dict[str, Any], k: int) -> dict[str, Any]:
    """A scan of one plot of another."""
    return {name: (value[k],) if isinstance(value, tuple) else value for name, value in scan.items()}


def insist(line: CentreLine, entries: list[bytes]) -> None:
    """Hand in until it is kept."""
    while True:
        try:
            line.submit(entries)
            return
        except LineCut as cut:
            if isinstance(cut, TurnedDown) and cut.status not in (429, 503):
                raise
            time.sleep(0.02)


def released(moscow: served.Centre) -> int:
    """How many own scans the watch has heard, and let go to the partner."""
    try:
        logs = serving.health(moscow.folder)["logs"]
    except LineCut:
        return 0  # it has no time to answer
    return sum(at["size"] - 1 for name, at in logs.items() if name.startswith("moscow/brussels/plot"))


def reported(moscow: served.Centre) -> bool:
    """Whether a report of a launch stands in its record, which it goes on writing."""
    held, log = Database(moscow.database), LogId.parse(serving.shard(RECORD))
    size = checkpoints.unverified(held.checkpoint(log)).size
    found = (decode(dsse.parse(entry).payload) for entry in source.entries(held, log, 0, size, size))
    return any(isinstance(message, LaunchReport) for message in found)


def resident_mib(centre: served.Centre) -> float:
    assert centre.process is not None
    status = Path(f"/proc/{centre.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def check_record(moscow: served.Centre, scans: int) -> int:
    """How many entries of the flood were heard; all own scans stand in the record, and what had to be said of it."""
    with moscow.record() as store:
        logs = [log for log in store.logs() if log.whole == LogId.parse(RECORD)]
        said: list[Message] = [decode(dsse.parse(entry).payload) for log in logs for entry in store.entries(log)]
    own = [one.id for one in said if isinstance(one, PlotReport)]
    assert own == [f"scan-{k}" for k in range(scans)], "own scans are lost, doubled or in another order"
    assert any(isinstance(one, LaunchReport) for one in said), "the launch that the own radar saw was not reported"
    named = [
        one.text for one in said if isinstance(one, Incident) and one.about == "rate" and one.concerns == "brussels"
    ]
    assert named, "nobody was told of the flood"
    heard = sum(one.head.size - one.first_index for one in said if isinstance(one, Receipt) and FLOODED in one.head.log)
    return heard


def median(seconds: list[float]) -> str:
    return f"{1e3 * float(np.median(seconds)):.0f}"
