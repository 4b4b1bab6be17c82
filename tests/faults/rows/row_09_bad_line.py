"""A satellite line on a bad day: 600 ms there and back, one packet in twenty lost, 64 kbit/s; plots fill it."""

from __future__ import annotations

import time
from pathlib import Path

from scipy.stats import binom

from tests.faults.harness import Outcome, longest_s, seconds_until
from tests.faults.stations import Submitter, apart, settled
from tests.faults.wire import FINE, Weather

TITLE = "delay of 600 ms, loss of 5 %, 64 kbit/s"
REQUIRED = "still correct; notices within 5 s, but for the few whose packets were lost"
BAD = Weather(delay_s=0.3, loss=0.05, bytes_per_s=8_000)
NOTICE_S, WAITED_S = 5.0, 30.0
LATE = 0.2  # of all: a notice takes some thirty packets and a loss some seconds; measured an eighth of 100 notices
BY_CHANCE = 1e-6
NOTICES, PLOTS = "moscow/common/notify", "moscow/brussels/plot"


def run(folder: Path, *, full: bool) -> Outcome:
    notices, taken = 60 if full else 10, []
    with apart(folder) as (moscow, brussels, line), Submitter(moscow, PLOTS, per_second=20, mark="plot") as radar:
        said: dict[str, int] = {}
        time.sleep(1)
        line.becomes(BAD)
        time.sleep(3)
        for number in range(notices):
            (at,) = moscow.say([f"notice-{number}"], NOTICES)
            said[f"notice-{number}"] = at
            there = lambda: brussels.sizes().get(NOTICES, 0) > at  # noqa: E731, B023 - asked at once
            taken.append(seconds_until(there, 60, f"notice {number} has come"))
            time.sleep(0.5)
        radar.stop()
        line.becomes(FINE)
        found = settled(moscow, brussels, {**said, **radar.acknowledged})
    slow = sorted(taken)
    late = sum(seconds > NOTICE_S for seconds in taken)
    detail = f"{len(taken)} notices: half within {slow[len(slow) // 2]:.1f} s, {late} after more than {NOTICE_S:g} s"
    most = binom.isf(BY_CHANCE, len(taken), LATE)  # what is lost is drawn anew each time
    assert late <= most or not full, f"{detail}, the slowest {slow[-1]:.1f} s"
    assert longest_s(taken) <= WAITED_S, f"{detail}: they wait behind the plots, of which more are said than go through"
    return found.outcome(slow[-1], detail)
