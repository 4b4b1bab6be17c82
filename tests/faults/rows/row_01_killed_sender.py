"""The sending centre is killed with SIGKILL at moments nobody chose, while a radar goes on submitting."""

from __future__ import annotations

import random
import time
from pathlib import Path

from tests.faults.harness import Outcome
from tests.faults.stations import Submitter, caught_up_s, pair, settled

TITLE = "kill -9 of the sender, any moment"
REQUIRED = "0 acknowledged lost, at most 5 s to catch up"
BACK_S = 5.0


def run(folder: Path, *, full: bool) -> Outcome:
    kills, rate, worst = 20 if full else 5, 300 if full else 100, 0.0
    with pair(folder) as (moscow, brussels), Submitter(moscow, "moscow/common/notify", per_second=rate) as radar:
        for _ in range(kills):
            time.sleep(random.uniform(0.3, 1.5))
            moscow.kill()
            moscow.start()
            worst = max(worst, caught_up_s(brussels, moscow, BACK_S))
        radar.stop()
        found = settled(moscow, brussels, radar.acknowledged)
    return found.outcome(worst, f"killed {kills} times")
