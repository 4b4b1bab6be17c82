"""The line falls silent: nothing is closed, nothing arrives. Both sides go on writing; the line comes back."""

from __future__ import annotations

import time
from pathlib import Path

from tests.faults.harness import Outcome, seconds_until
from tests.faults.stations import Station, Submitter, apart, caught_up_s, settled
from tests.faults.wire import FINE, SILENT

TITLE = "silent cut of 3 s, 20 s, 10 min"
REQUIRED = "both keep working; back within 2 s of the line's return; notices first"
BACK_S, WHOLE_S = 2.0, 60.0
NOTICES, PLOTS = "moscow/common/notify", "moscow/brussels/plot"


def run(folder: Path, *, full: bool) -> Outcome:
    cuts = (3.0, 20.0, 600.0) if full else (3.0, 20.0)
    back, whole = 0.0, 0.0
    with (
        apart(folder) as (moscow, brussels, line),
        Submitter(moscow, NOTICES, per_second=2, batch=1, mark="notice") as notices,
        Submitter(moscow, PLOTS, per_second=100, mark="plot") as radar,
        Submitter(brussels, "brussels/common/notify", per_second=5, batch=1, mark="theirs") as theirs,
    ):
        caught_up_s(brussels, moscow, WHOLE_S)
        for cut_s in cuts:
            before = len(radar.acknowledged), len(theirs.acknowledged)
            line.becomes(SILENT)
            time.sleep(cut_s)
            more = (70 * cut_s, 3.5 * cut_s) if full else (20, 2)
            wanted = before[0] + more[0], before[1] + more[1]
            seconds_until(lambda: _wrote(radar, theirs, wanted), BACK_S, f"both sides write in {cut_s:g} s of silence")  # noqa: B023
            line.becomes(FINE)
            back = max(back, _notices_first(moscow, brussels))
            whole = max(whole, back + caught_up_s(brussels, moscow, WHOLE_S))
        for submitter in (notices, radar, theirs):
            submitter.stop()
        caught_up_s(moscow, brussels, WHOLE_S)
        found = settled(moscow, brussels, {**notices.acknowledged, **radar.acknowledged})
    return found.outcome(whole, f"notices {back:.1f} s after the line's return, everything {whole:.1f} s")


def _wrote(radar: Submitter, theirs: Submitter, wanted: tuple[float, float]) -> bool:
    return len(radar.acknowledged) > wanted[0] and len(theirs.acknowledged) > wanted[1]


def _notices_first(moscow: Station, brussels: Station) -> float:
    """Return how long it took until Brussels held the notices that Moscow has now."""
    own = moscow.sizes()
    return seconds_until(lambda: brussels.sizes()[NOTICES] >= own[NOTICES], BACK_S, "the notices have come")
