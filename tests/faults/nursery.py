"""Centres that are killed as often as wanted: each start a fork of a process in which everything is loaded.

    python -m tests.faults.nursery

For each line of its input, the folder of a centre, it serves that centre in a new process and prints its id. What is
served is the centre as it is; what a fork spares is loading the same modules once more.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre import service
from jointwatch.centre.duty import opening, station
from jointwatch.centre.duty.hearing import Duty
from jointwatch.cli import serving
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.reference import EntryReference
from tests.centre import observed

LOADED = (service, opening)


def load() -> None:
    """Have the kernels of tracking and assessment loaded, and bookmarks put down often."""
    station.MARK_ENTRIES, station.MARK_S = 16, 0.2
    scan, duty = next(one for one in EXAMPLES.values() if isinstance(one, PlotReport)), Duty("moscow", BoostPriors())
    for index, report in enumerate(observed.reports(scan, 24)):
        duty.hear("moscow", report, EntryReference(log="moscow/moscow/record", index=index, leaf_hash=bytes(32)))
    duty.watch.picture(report.time_tai_ns)


def serve(folder: Path) -> None:
    """Serve a centre in this process, until it is told to end or killed."""
    said = os.open(folder / "serving.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(said, stream)
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    serving.one(folder)


def main() -> None:
    """Begin a process for each line."""
    load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever was killed is gone at once
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                serve(Path(line.strip()))
            finally:
                os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
