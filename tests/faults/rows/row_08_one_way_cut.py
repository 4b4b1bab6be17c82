"""Packets go one way only: a connection that looks open and brings nothing, first in one way, then in the other."""

from __future__ import annotations

import time
from pathlib import Path

from tests.faults.harness import Outcome, seconds_until
from tests.faults.stations import Station, Submitter, apart, caught_up_s, settled
from tests.faults.wire import FINE, Weather

TITLE = "one-way cut, half-open connection"
REQUIRED = "noticed within 6 s on both sides; back within 5 s of the line's return"
NOTICED_S, BACK_S = 6.0, 5.0


def run(folder: Path, *, full: bool) -> Outcome:
    rounds, noticed, back = 5 if full else 1, 0.0, 0.0
    with (
        apart(folder) as (moscow, brussels, line),
        Submitter(moscow, "moscow/common/notify", per_second=50) as radar,
        Submitter(brussels, "brussels/common/notify", per_second=5, batch=1, mark="theirs") as theirs,
    ):
        caught_up_s(brussels, moscow, 10)
        for way in ("there", "back") * rounds:
            line.becomes(Weather(silent=(way,)))
            noticed = max(noticed, seconds_until(lambda: _cut(moscow, brussels), NOTICED_S, f"no way {way} is noticed"))
            time.sleep(1)
            line.becomes(FINE)
            back = max(back, caught_up_s(brussels, moscow, BACK_S), caught_up_s(moscow, brussels, BACK_S))
            seconds_until(lambda: not _cut(moscow, brussels), BACK_S, "the line is called whole again")
        for submitter in (radar, theirs):
            submitter.stop()
        found = settled(moscow, brussels, radar.acknowledged)
    return found.outcome(back, f"noticed after {noticed:.1f} s")


def _cut(moscow: Station, brussels: Station) -> bool:
    """Whether both sides say that they cannot reach each other."""
    return bool(moscow.state()["cut"]["brussels"] and brussels.state()["cut"]["moscow"])
