"""A partner asks for everything again and again, on every connection it is given, and reads next to nothing of it."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

from tests.faults.harness import Outcome, seconds_until
from tests.faults.knocking import held_open, pull, tls
from tests.faults.stations import Station, Submitter, caught_up_s, settled, with_an_abuser

TITLE = "slow consumer"
REQUIRED = "the sender's memory bounded, others unaffected"
CONNECTIONS, GROWTH_KB, BACK_S = 8, 96 << 10, 5.0
PLOTS, NOTICES = "moscow/common/plot", "moscow/common/notify"


def run(folder: Path, *, full: bool) -> Outcome:
    entries = 26_880 if full else 4_000
    with (
        with_an_abuser(folder) as (moscow, ankara, brussels),
        Submitter(moscow, PLOTS, per_second=2_000, batch=100, mark="plot") as radar,
    ):
        seconds_until(lambda: len(radar.acknowledged) > 500, 60, "there is something to ask for")
        caught_up_s(ankara, moscow, 30)
        before, stop = moscow.resident_kb(), threading.Event()
        readers = [
            threading.Thread(target=read_slowly, args=(moscow, brussels, stop), daemon=True) for _ in range(CONNECTIONS)
        ]
        for reader in readers:
            reader.start()
        seconds_until(lambda: len(radar.acknowledged) > entries, 240, f"{entries} entries are acknowledged")
        worst = caught_up_s(ankara, moscow, BACK_S)
        grown = moscow.resident_kb() - before
        stop.set()
        for reader in readers:
            reader.join(30)
        radar.stop()
        found = settled(moscow, ankara, radar.acknowledged)
    assert grown <= GROWTH_KB, f"the sender held {grown >> 10} MiB more than before"
    return found.outcome(worst, f"{CONNECTIONS} connections that do not read: {max(grown, 0) >> 10} MiB more memory")


def read_slowly(at: Station, by: Station, stop: threading.Event) -> None:
    """Ask, take a kilobyte a second of the answer, and begin anew where the door is closed to us."""
    while not stop.is_set():
        with contextlib.suppress(OSError), held_open() as held:
            line = tls(by, at, receive_bytes=4096)
            held.append(line)
            line.sendall(pull() * 8)  # in one go: the next answers wait behind the first
            while not stop.wait(1.0) and line.recv(1024):
                pass
        stop.wait(0.2)
