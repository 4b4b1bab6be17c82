"""The power goes: what is left is what had reached the disk then. First at the sender, then at the mirror."""

from __future__ import annotations

import random
import time
from pathlib import Path

from tests.faults.disk import PowerDisk, own_mounts
from tests.faults.harness import Outcome
from tests.faults.stations import Station, Submitter, caught_up_s, pair, settled

TITLE = "power cut at the sender, at the receiver"
REQUIRED = "0 acknowledged lost, the receiver never ahead of the sender"
BACK_S = 10.0
NOTICES = "moscow/common/notify"


def run(folder: Path, *, full: bool) -> Outcome:
    own_mounts()
    cuts, worst = 8 if full else 2, 0.0
    disks = {name: PowerDisk(_made(folder / f"{name}-power"), folder / name) for name in ("moscow", "brussels")}
    with pair(folder) as (moscow, brussels), Submitter(moscow, NOTICES, per_second=300) as radar:
        for station in (moscow, brussels) * cuts:
            time.sleep(random.uniform(0.5, 2.0))
            _cut_power(station, disks[station.name])
            held = brussels.sizes().get(NOTICES, 0)  # asked first: the sender goes on
            own = moscow.sizes().get(NOTICES, 0)
            assert held <= own, f"after a cut at {station.name} the mirror holds {held} entries, the sender {own}"
            worst = max(worst, caught_up_s(brussels, moscow, BACK_S))
        radar.stop()
        found = settled(moscow, brussels, radar.acknowledged)
    return found.outcome(worst, f"{cuts} cuts at each")


def _cut_power(station: Station, disk: PowerDisk) -> None:
    """Stop the process where it is, keep what its disk has, end it, and start again from that."""
    station.freeze()
    image = disk.snapshot()
    station.kill()
    disk.restart_from(image)
    station.start()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
