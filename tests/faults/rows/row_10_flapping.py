"""A line that is there for a second and silent for the next, without end."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

from tests.faults.harness import Outcome, patience
from tests.faults.stations import Submitter, apart, caught_up_s, settled
from tests.faults.wire import FINE, SILENT

TITLE = "flapping line, 1 s up and 1 s down, for 5 min"
REQUIRED = "progress, no duplicates, no leak"
BACK_S, GROWTH_KB, GROWTH_FILES = 5.0, 32 << 10, 24
NOTICES = "moscow/common/notify"


def run(folder: Path, *, full: bool) -> Outcome:
    rounds, held = 150 if full else 15, []
    with apart(folder) as (moscow, brussels, line), Submitter(moscow, NOTICES, per_second=100) as radar:
        caught_up_s(brussels, moscow, 10)
        files, resident = brussels.open_files(), brussels.resident_kb()
        for _ in range(rounds):
            line.becomes(SILENT)
            time.sleep(1)
            line.becomes(FINE)
            time.sleep(1)
            held.append(brussels.sizes()[NOTICES])
        back = caught_up_s(brussels, moscow, BACK_S)
        files, resident = brussels.open_files() - files, brussels.resident_kb() - resident
        radar.stop()
        found = settled(moscow, brussels, radar.acknowledged)
    moved = sum(later > sooner for sooner, later in pairwise(held))
    least = (0.6 if full else 0.3) * (rounds - 1) / patience()
    assert moved >= least, f"only {moved} of {rounds - 1} seconds of line brought anything"
    assert files <= GROWTH_FILES, f"{files} more files are open than before"
    assert resident <= GROWTH_KB, f"{resident} KiB more memory is held than before"
    return found.outcome(back, f"{moved} of {rounds - 1} seconds of line brought news; {files} more files open")
