"""A centre that keeps the watch is killed again and again, while a radar hands in what it sees of a launch.

In the end it knows to the bit what one would know that heard the same scans and never ended; every scan, report and
tracklet stands once in its record and once in what its partner got.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre.client import CentreLine
from jointwatch.centre.duty.hearing import Duty
from jointwatch.centre.intake.feed import WAITED_OUT
from jointwatch.centre.service import Service
from jointwatch.cli.serving import priors
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.carrier import LineCut, TurnedDown
from jointwatch.exchange.logid import LogId
from jointwatch.messages.correction import Correction
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, decode, encode
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.picture import Picture
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.tracklet import Tracklet
from tests.centre import observed, serving
from tests.faults import served
from tests.faults.harness import ROOT, Outcome, patience, seconds_until, tally

TITLE = "kill -9 of a centre that keeps the watch, any moment"
REQUIRED = "knows what one would that never ended; nothing lost, nothing said twice"
RECORD = "moscow/moscow/record"
SCANS, BACK_S, HEARD_S = 84, 5.0, 60.0
RELEASE = "\n[release]\nreports = true\ntracklets = true\nplots = true\nmask_source = false\n"


def run(folder: Path, *, full: bool) -> Outcome:
    kills = 50 if full else 12
    here, there = serving.found(folder, "moscow", "brussels", clients=("sensor-writer:gabala",))
    with (here / "centre.toml").open("a") as file:
        file.write(RELEASE)
    moscow, brussels = served.Centre(here), served.Centre(there)
    scans = observed_scans()
    with nursery() as begin, served_until_end(brussels), Radar(moscow, scans) as radar:
        starts = [_lived_s(begin, moscow, random.uniform(0.0, 1.0)) for _ in range(kills)]
        moscow.start()
        radar.end()
        seconds_until(lambda: len(released(moscow)) >= SCANS, HEARD_S, "all that was seen is released")
        worst = served.mirrored_s(moscow, brussels, BACK_S)
        held = served.sizes_held(brussels, moscow)
        moscow.stop()
    with moscow.record() as own, brussels.record() as kept:
        tally(own, kept, (), pinned=served.sender_identity(own), held=held)
    check_said_once(moscow, scans)
    check_known(moscow, never_ended(scans))
    detail = f"killed {kills} times in {SCANS} scans; the longest start took {max(starts):.1f} s; the same picture"
    return Outcome(len(scans), 0, 0, worst, detail)


def observed_scans() -> list[PlotReport]:
    """What the radar saw before now, each signed after the centre was made: keys hold from then on."""
    example, now = next(one for one in EXAMPLES.values() if isinstance(one, PlotReport)), now_tai_ns()
    about = {"run": "watch", "mode": "exercise", "origin": "moscow", "log": RECORD}
    header = msgspec.structs.replace(example, logged_tai_ns=now - 1_000 * 10**9, withheld=(), commitment=b"", **about)
    return [msgspec.structs.replace(one, logged_tai_ns=now) for one in observed.reports(header, SCANS)]


class Begin:
    """Begins processes of centres, each a fork of one that has everything loaded."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert process.stdout is not None
        word = process.stdout.readline()
        assert word == "ready\n", f"the process that begins centres said {word!r} and ends with {process.poll()}"

    def __call__(self, folder: Path) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{folder}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def nursery() -> Iterator[Begin]:
    command = [sys.executable, "-m", "tests.faults.nursery"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            yield Begin(process)
        finally:
            process.terminate()


@contextmanager
def served_until_end(centre: served.Centre) -> Iterator[None]:
    centre.start()
    try:
        yield
    finally:
        centre.stop()


def _lived_s(begin: Begin, moscow: served.Centre, seconds: float) -> float:
    """How long it took until it answered; then it lives for so many seconds and is killed."""
    child = begin(moscow.folder)
    try:
        took = serving.wait_for(lambda: serving._answers(moscow.folder), 60.0)
        time.sleep(seconds)
    finally:
        os.kill(child, signal.SIGKILL)
        seconds_until(lambda: not Path(f"/proc/{child}").exists(), 5.0, "the process is gone")
    return took


class Radar:
    """Hands in one scan after another, each until it is told that it is kept."""

    def __init__(self, centre: served.Centre, scans: list[PlotReport]) -> None:
        self._centre, self._scans, self._hurry = centre, scans, threading.Event()
        self.acknowledged: list[str] = []
        self.trouble = "it goes on"
        self._thread = threading.Thread(target=self._hand_in)

    def __enter__(self) -> Radar:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._hurry.set()
        self._thread.join(60)

    def end(self) -> None:
        """Hand in the rest without pauses."""
        self._hurry.set()
        self._thread.join(120 * patience())
        taken = f"{len(self.acknowledged)} of {len(self._scans)} scans were taken"
        assert len(self.acknowledged) == len(self._scans), f"{taken}: {self.trouble}"

    def _hand_in(self) -> None:
        with CentreLine(self._centre.folder / "clients" / "gabala", timeout_s=10.0) as line:
            key = line.signing_key()
            for scan in self._scans:
                entry = dsse.sign(PAYLOAD_TYPE, encode(scan), [key]).encode()
                while True:
                    try:
                        line.submit([entry])
                        break
                    except LineCut as cut:
                        self.trouble = str(cut)
                        if isinstance(cut, TurnedDown) and cut.status not in WAITED_OUT:
                            raise  # this is not to be tried again
                        time.sleep(0.02)
                self.acknowledged.append(scan.id)
                self._hurry.wait(0.6)


def said(centre: served.Centre, log: str) -> list[Message]:
    with centre.record() as store:
        logs = [found for found in store.logs() if found.whole == LogId.parse(log)]
        return [decode(dsse.parse(entry).payload) for found in logs for entry in store.entries(found)]


def released(centre: served.Centre) -> range:
    logs = serving.health(centre.folder)["logs"]
    return range(sum(at["size"] - 1 for name, at in logs.items() if name.startswith("moscow/brussels/plot")))


def check_said_once(moscow: served.Centre, scans: list[PlotReport]) -> None:
    """Whatever was seen and said stands once, at home and outside, in one order."""
    home, times = said(moscow, RECORD), [scan.time_tai_ns for scan in scans]
    inside = [one.id for one in home if isinstance(one, PlotReport)]
    assert inside == [scan.id for scan in scans], f"the record holds the scans {inside}"
    outside = [one.time_tai_ns for one in said(moscow, "moscow/brussels/plot") if isinstance(one, PlotReport)]
    assert outside == times, f"released were the scans {[times.index(t) if t in times else t for t in outside]}"
    for kind in (Tracklet,):
        inside = [one.number for one in home if isinstance(one, kind)]
        outside = [one.number for one in said(moscow, "moscow/brussels/track") if isinstance(one, kind)]
        assert inside == outside == list(range(1, len(inside) + 1)), f"tracklets {inside}, released {outside}"
    reports = [one.items for one in home if isinstance(one, LaunchReport)]
    told = [one for one in said(moscow, "moscow/brussels/notify") if isinstance(one, LaunchReport | Correction)]
    kinds = [type(one).__name__ for one in told]
    assert kinds == ["LaunchReport"] + ["Correction"] * (len(told) - 1), f"of the launch it told {kinds}"
    outside = [one.items if isinstance(one, LaunchReport) else one.replacement for one in told]
    assert outside == reports, "what was reported outside is not what stands at home"


def check_known(moscow: served.Centre, wanted: Picture) -> None:
    """Started once more, it knows the same: at first as far as its bookmark goes, and then the rest of its record."""
    service = Service(moscow.folder, lambda text: None, without=("brussels",), priors=priors)
    try:
        seconds_until(lambda: knows(service, wanted), HEARD_S, "it knows what one knows that never ended")
    finally:
        service.close()


def knows(service: Service, wanted: Picture) -> bool:
    found = service.keeper.picture(wanted.as_of_tai_ns)
    return found is not None and found.tracks == wanted.tracks


def never_ended(scans: list[PlotReport]) -> Picture:
    """What one knows that heard these scans."""
    duty = Duty("moscow", BoostPriors(**priors()))
    for index, scan in enumerate(scans):
        duty.hear("moscow", scan, EntryReference(log=RECORD, index=index, leaf_hash=bytes(32)))
    return duty.watch.picture(scans[-1].time_tai_ns)
