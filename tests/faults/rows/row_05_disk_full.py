"""The disk is full: first the sender's, then the mirror's. Room is made, and nobody restarts anything."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

from jointwatch.exchange import dsse
from jointwatch.messages.encoding import decode
from tests.faults.disk import fill, own_mounts, small_disk
from tests.faults.harness import Outcome, seconds_until
from tests.faults.stations import Station, Submitter, caught_up_s, pair, record, settled

TITLE = "disk full"
REQUIRED = "clean refusal, no partial batch, resumes by itself"
FULL_S, BACK_S, LEFT_BYTES = 30.0, 5.0, 1 << 20
NOTICES = "moscow/common/notify"


def run(folder: Path, *, full: bool) -> Outcome:
    own_mounts()
    rounds, worst = 4 if full else 1, 0.0
    for name in ("moscow", "brussels"):
        small_disk(folder / f"{name}.ext4", folder / name, 48)
    with pair(folder) as (moscow, brussels), Submitter(moscow, NOTICES, per_second=400, batch=20) as radar:
        for _ in range(rounds):
            ballast = fill(folder / "moscow", leave_bytes=LEFT_BYTES)
            before = len(radar.errors)
            seconds_until(lambda: len(radar.errors) > before + 3, FULL_S, "the sender refuses")  # noqa: B023
            ballast.unlink()
            worst = max(worst, _goes_on_s(radar))
            ballast = fill(folder / "brussels", leave_bytes=LEFT_BYTES)
            seconds_until(lambda: _keeps_nothing(brussels), FULL_S, "the mirror can keep no more")
            _goes_on_s(radar)
            held = brussels.sizes()[NOTICES]  # asked first: the sender goes on
            seconds_until(lambda: moscow.sizes()[NOTICES] > held, BACK_S, "the sender is ahead of the mirror")  # noqa: B023
            ballast.unlink()
            worst = max(worst, caught_up_s(brussels, moscow, BACK_S))
        radar.stop()
        assert all("nothing was written" in error for error in radar.errors), set(radar.errors)
        found = settled(moscow, brussels, radar.acknowledged)
        _check_whole_batches(moscow, radar.batch)
    return found.outcome(worst, f"{len(radar.errors)} batches refused in a sentence, none in part")


def _goes_on_s(radar: Submitter) -> float:
    before = len(radar.acknowledged)
    return seconds_until(lambda: len(radar.acknowledged) > before, BACK_S, "the sender takes entries again")


def _keeps_nothing(brussels: Station) -> bool:
    """Whether it stands still and says why; while nothing comes, it stands still as well."""
    before = brussels.sizes()[NOTICES]
    time.sleep(1)
    why = brussels.state()["cut"]["moscow"]
    return "nothing can be kept here" in why and brussels.sizes()[NOTICES] == before


def _check_whole_batches(moscow: Station, batch: int) -> None:
    """Batches were taken whole or not at all, also those that were refused at first."""
    with record(moscow) as own:
        logs = [log for log in own.logs() if log.klass == "notify"]
        said = [decode(dsse.parse(entry).payload).id for log in logs for entry in own.entries(log)]
    numbers = [int(found.removeprefix("n-")) for found in said if found.startswith("n-")]
    found = Counter(number // batch for number in numbers)
    assert set(found.values()) == {batch}, f"a part of a batch was written: {found.most_common()[-1]}"
