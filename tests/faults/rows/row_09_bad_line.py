"""A satellite line on a bad day: 600 ms there and back, one packet in twenty lost, 64 kbit/s; plots fill it."""

from __future__ import annotations

import time
from pathlib import Path

from tests.faults.harness import Outcome, seconds_until
from tests.faults.stations import Submitter, apart, settled
from tests.faults.wire import FINE, Weather

TITLE = "delay of 600 ms, loss of 5 %, 64 kbit/s"
REQUIRED = "still correct; notices within 5 s"
BAD = Weather(delay_s=0.3, loss=0.05, bytes_per_s=8_000)
NOTICE_S = 5.0
NOTICES, PLOTS = "moscow/common/notify", "moscow/brussels/plot"


def run(folder: Path, *, full: bool) -> Outcome:
    notices, taken = 60 if full else 10, []
    with apart(folder) as (moscow, brussels, line), Submitter(moscow, PLOTS, per_second=20, mark="plot") as radar:
        said: dict[str, int] = {}
        time.sleep(1)
        line.becomes(BAD)
        time.sleep(3)
        for number in range(notices):
            said |= {f"notice-{number}": moscow.ask(say=[f"notice-{number}"], log=NOTICES)["positions"][0]}
            there = lambda: brussels.sizes().get(NOTICES, 0) > number  # noqa: E731, B023 - asked at once
            taken.append(seconds_until(there, 60, f"notice {number} has come"))
            time.sleep(0.5)
        radar.stop()
        line.becomes(FINE)
        found = settled(moscow, brussels, {**said, **radar.acknowledged})
    slow = sorted(taken)
    detail = f"notices after {slow[len(slow) // 2]:.1f} s (median), {slow[-1]:.1f} s (slowest), {len(taken)} of them"
    assert slow[-1] <= NOTICE_S, f"{detail}; {NOTICE_S:g} s is the limit"
    return found.outcome(slow[-1], detail)
