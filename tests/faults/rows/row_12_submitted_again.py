"""A client that never hears its answers hands everything in again: at once, later, in other batches, after a kill."""

from __future__ import annotations

import contextlib
import random
import time
from pathlib import Path

from tests.faults.harness import Outcome, seconds_until
from tests.faults.lying_line import BACK_S
from tests.faults.stations import Gone, Station, caught_up_s, pair, settled

TITLE = "duplicate submission, retry"
REQUIRED = "the same position returned"
LOG = "moscow/common/notify"


def run(folder: Path, *, full: bool) -> Outcome:
    ids, places, again = [f"n-{number}" for number in range(2_000 if full else 200)], dict[str, int](), 0
    with pair(folder) as (moscow, brussels):
        for start in range(0, len(ids), 10):
            moscow_said(moscow, places, ids[start : start + 10])
            again += moscow_said(moscow, places, random.sample(ids[: start + 10], 7))
        again += killed_while_it_answers(moscow, places)
        again += moscow_said(moscow, places, [*ids, *ids[:5]])
        worst = caught_up_s(brussels, moscow, BACK_S)
        found = settled(moscow, brussels, places)
    return found.outcome(worst, f"{again:,} ids handed in again, each given the position it had")


def moscow_said(moscow: Station, places: dict[str, int], ids: list[str]) -> int:
    """Return how many of the ids were known before; raise AssertionError where one is given another position now."""
    answer = moscow.say(ids, LOG)
    assert len(answer) == len(ids), f"{len(ids)} ids handed in, {len(answer)} positions returned"
    known = 0
    for said, position in zip(ids, answer, strict=True):
        known += said in places
        assert places.setdefault(said, position) == position, f"{said} stood at {places[said]}, now at {position}"
    return known


def killed_while_it_answers(moscow: Station, places: dict[str, int]) -> int:
    """Return how many ids were handed in again after kills at moments when an answer was due."""
    again = 0
    for attempt in range(3):
        ids = [f"k-{attempt}-{number}" for number in range(50)]
        moscow.send(say=ids, log=LOG)
        time.sleep(random.uniform(0.0, 0.02))
        moscow.kill()
        with contextlib.suppress(Gone):
            moscow.hear()
        moscow.start()
        seconds_until(moscow.speaks, BACK_S, "Moscow has asked its partner and speaks")
        moscow_said(moscow, places, ids)
        again += len(ids)
    return again
