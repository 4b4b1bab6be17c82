"""A whole centre is lost: its record is gone, and only the keys were kept elsewhere."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange.keyrings import logged_tai_ns
from jointwatch.exchange.logid import LogId
from tests.faults import served
from tests.faults.harness import Outcome, keyrings, seconds_until

TITLE = "loss of a whole centre"
REQUIRED = "a new record is refilled from the peer's mirror, proved by own old signatures"


def run(folder: Path, *, full: bool) -> Outcome:
    count, back_s = (20_000, 120.0) if full else (1_500, 30.0)
    with served.centres(folder) as (moscow, brussels):
        desk, home = served.Desk(moscow), served.Desk(moscow, "moscow/moscow/record", mark="home")
        desk.hand_in(count)
        home.hand_in(20)
        served.mirrored_s(moscow, brussels)
        moscow.kill()
        shutil.rmtree(moscow.database.parent)
        start = time.monotonic()
        moscow.start()
        seconds_until(moscow.appends, back_s, "moscow appends again")
        recovery_s = time.monotonic() - start
        desk.hand_in(100)
        found = served.ended(moscow, brussels, desk.acknowledged)
        _check_signatures(moscow)
        told = [seen for seen in moscow.incidents() if seen.about == "refill"]
        assert "internal" in told[0].text, "that what stayed at home is lost is not said"
    return found.outcome(
        recovery_s, f"{count} entries given back; the internal log, which nobody else holds, began again"
    )


def _check_signatures(moscow: served.Centre) -> None:
    """Every checkpoint in the new record verifies under the keys of the old rosters, those of before included."""
    with moscow.record() as own:
        rings = keyrings(own, "moscow", pinned=served.sender_identity(own), mode="exercise")
        logs = [log for log in own.logs() if log.whole == LogId.parse("moscow/brussels/notify")]
        assert logs
        for log in logs:
            kept = own.cosigned(log)
            assert kept is not None, f"no receipt came back for {log}"
            size = checkpoints.unverified(kept).size
            rings.open_checkpoint(kept, log, logged_tai_ns(own.entry(log, size - 1)))
