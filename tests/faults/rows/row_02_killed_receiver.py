"""The mirror is killed with SIGKILL at each point between verifying, storing, cosigning and handing in the receipt."""

from __future__ import annotations

import time
from pathlib import Path

from tests.faults.harness import Outcome
from tests.faults.kill_point import KILL_POINTS
from tests.faults.stations import Submitter, caught_up_s, pair, settled

TITLE = "kill -9 of the receiver between verify, store and cosign"
REQUIRED = "resumes at the last stored position, no duplicate"
BACK_S = 5.0


def run(folder: Path, *, full: bool) -> Outcome:
    rounds, worst, killed = 5 if full else 1, 0.0, 0
    with pair(folder) as (moscow, brussels), Submitter(moscow, "moscow/common/notify", per_second=300) as radar:
        for count in range(1, rounds + 1):
            for point in KILL_POINTS:
                brussels.stop()
                brussels.start(kill_at=(point, 3 * count))
                brussels.ended()  # by its own hand, at the point
                killed += 1
                time.sleep(0.3)
                brussels.start()
                worst = max(worst, caught_up_s(brussels, moscow, BACK_S))
        radar.stop()
        found = settled(moscow, brussels, radar.acknowledged)
    return found.outcome(worst, f"killed {killed} times, at {', '.join(KILL_POINTS)}")
