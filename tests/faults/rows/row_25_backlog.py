"""A partner comes back to a million plots it has not seen, and to a launch notice said while it fetches them."""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path

from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.handed_in import HandedIn
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import PAYLOAD_TYPE, encode
from jointwatch.messages.incident import Incident
from tests.faults.harness import Outcome, patience, seconds_until, tally
from tests.faults.stations import MODE, RUN, Station, record

TITLE = "a backlog of 10^6 entries"
REQUIRED = "catch-up >= 5,000/s, notices within 1 s meanwhile"
NOTICES, PLOTS = "moscow/common/notify", LogId("moscow", "brussels", "plot")
BATCH, NOTICE_EVERY_S, START_S = 1_000, 0.5, 60.0
PER_S, NOTICE_S = 5_000, 1.0
SCALED_NOTICE_S = 3.0  # on a machine that has time; other rows have the processors too


def run(folder: Path, *, full: bool) -> Outcome:
    count = 1_000_000 if full else 30_000
    moscow, brussels = Station("moscow", folder / "moscow"), Station("brussels", folder / "brussels")
    for station, other in ((moscow, brussels), (brussels, moscow)):
        station.knows(other)
    acknowledged = fill(moscow, count)
    try:
        moscow.start()
        brussels.start()
        start = time.monotonic()
        seconds_until(moscow.speaks, START_S, "moscow has asked brussels and speaks")
        waited = notices_during(moscow, brussels, count)
        per_s = count / (time.monotonic() - start)
        for station in (moscow, brussels):
            station.stop()
    finally:
        for station in (moscow, brussels):
            station.leave()
    acknowledged += [f"notice-{number}" for number in range(len(waited))]
    with record(moscow) as own, record(brussels) as kept:
        found = tally(own, kept, acknowledged, pinned=moscow.fingerprint, mode=MODE)
    detail = f"{per_s:,.0f} entries/s; {len(waited)} notices within {max(waited):.2f} s"
    assert per_s >= PER_S or not full, detail
    behind_s = max(SCALED_NOTICE_S * patience(), count / per_s / 2)  # what waits behind the plots comes when all have
    assert max(waited) <= NOTICE_S if full else min(waited) <= behind_s, detail
    return found.outcome(count / per_s, detail)


def fill(moscow: Station, count: int) -> list[str]:
    """Return the ids of plots that the centre's clients handed in while nobody came for them."""
    ids = [f"plot-{number}" for number in range(count)]
    key, fresh = moscow.desk_key, iter(ids)
    with record(moscow) as store:
        while batch := list(islice(fresh, BATCH)):
            store.hand_in([HandedIn(PLOTS, id, plot(id, key)) for id in batch])
    return ids


def plot(id: str, key: dsse.SigningKey) -> bytes:
    """An entry signed by the desk, as large as a plot is."""
    message = Incident(
        mode=MODE,
        run=RUN,
        origin="moscow",
        log=str(PLOTS),
        logged_tai_ns=now_tai_ns(),
        id=id,
        about="faults",
        text="one of many",
        evidence=bytes(200),
    )
    return dsse.sign(PAYLOAD_TYPE, encode(message), [key]).encode()


def notices_during(moscow: Station, brussels: Station, count: int) -> list[float]:
    """Return how long it took from saying a notice until Brussels held it, one by one until the plots are all there."""
    waited: list[float] = []
    while brussels.sizes().get(str(PLOTS), 0) < count or not waited:
        start = time.monotonic()
        (at,) = moscow.say([f"notice-{len(waited)}"], NOTICES)
        there = lambda: brussels.sizes().get(NOTICES, 0) > at  # noqa: E731, B023 - asked at once
        seconds_until(there, START_S, f"notice {len(waited)} has come")
        waited.append(time.monotonic() - start)
        time.sleep(NOTICE_EVERY_S)
    return waited
