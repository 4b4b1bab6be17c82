"""One centre in a process of its own, for the rows to kill, cut off and starve.

    python -m tests.faults.station_process SETTING

SETTING is JSON: folder, name, host, port, partners (name -> host, port, identity, authority), kill_at. Orders come as
lines of JSON on standard input, one answer each on standard output:

    {"say": [id, ...], "log": "owner/audience/class"}   -> {"positions": [...]}, once durable under a checkpoint
    {"state": true}                                     -> sizes, cut, refusals, refused, resident_kb

An id said again gets the position it has. Where nothing could be written: {"error": sentence}.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from jointwatch.centre.credentials import ensure
from jointwatch.exchange import dsse
from jointwatch.exchange.desk import StoreDesk
from jointwatch.exchange.follow import Round, keep_following
from jointwatch.exchange.https import Client, Server
from jointwatch.exchange.keyrings import roster_log
from jointwatch.exchange.keys import PublicKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.mirror import Mirror
from jointwatch.messages.encoding import PAYLOAD_TYPE, decode, encode
from jointwatch.messages.incident import Incident

RUN, MODE = "faults", "exercise"
KILL_POINTS = {
    "verified": (Store, "store_mirrored"),  # all checks passed, nothing written
    "stored": (Store, "add_cosignature"),  # written, in a transaction that is still open
    "cosigned": (Mirror, "receipts"),  # durable, the receipt not handed in
    "delivered": (Mirror, "delivered"),  # handed in, not yet forgotten
}


class Station:
    """A store, a door, one line per partner."""

    def __init__(self, setting: dict[str, Any]) -> None:
        folder, self.name = Path(setting["folder"]), setting["name"]
        self.keys = ensure(folder / "keys", self.name)
        self.store = Store(folder / "record.db", run=RUN, owner=self.name, log_key=self.keys.held["log"])
        if not self.store.size(roster_log(self.name)):
            roster = self.keys.roster(run=RUN, mode=MODE, now_tai_ns=time.time_ns(), sensors=())
            self.store.append({roster_log(self.name): [self.keys.signed(roster)[0]]})
        self.known = {(log, found): at for log in self.own() for at, found in enumerate(self.ids(log))}
        partners = setting["partners"]
        self.mirror = Mirror(
            self.store,
            mode=MODE,
            identities={name: PublicKey(bytes.fromhex(one["identity"])) for name, one in partners.items()},
            cosign_key=self.keys.held["cosign"],
            evidence_folder=folder / "evidence",
        )
        self.cut: dict[str, str] = dict.fromkeys(partners, "not yet asked")
        self.refusals: list[str] = []
        pins = {name: one["authority"] for name, one in partners.items()}
        self.door = Server(StoreDesk(self.store, self.mirror.keys), self.keys.line, pins, **setting["listen"])
        self.door.start()
        self.stop = threading.Event()
        self.followers = [threading.Thread(target=self.follow, args=one) for one in partners.items()]
        for follower in self.followers:
            follower.start()

    def own(self) -> list[LogId]:
        return [log for log in self.store.logs() if log.owner == self.name and log != roster_log(self.name)]

    def ids(self, log: LogId) -> list[str]:
        return [decode(dsse.parse(entry).payload).id for entry in self.store.entries(log)]

    def follow(self, partner: str, one: dict[str, Any]) -> None:
        with Client(self.keys.line, partner, one["authority"], host=one["host"], port=one["port"]) as line:
            keep_following(line, self.mirror, lambda found: self.told(partner, found), stop=self.stop, every_s=0.1)

    def told(self, partner: str, found: Round) -> None:
        self.cut[partner] = found.cut
        self.refusals += map(str, found.refusals)

    def say(self, ids: list[str], log: LogId) -> list[int]:
        fresh = [found for found in dict.fromkeys(ids) if (log, found) not in self.known]
        entries = [self.signed(found, log) for found in fresh]
        written = self.store.append({log: entries}).get(log, range(0))
        self.known |= {(log, found): at for found, at in zip(fresh, written, strict=True)}
        return [self.known[log, found] for found in ids]

    def signed(self, found: str, log: LogId) -> bytes:
        message = Incident(
            mode=MODE,
            run=RUN,
            origin=self.name,
            log=str(log),
            logged_tai_ns=time.time_ns(),
            id=found,
            about="faults",
            text="one of many",
            evidence=bytes(600),
        )
        return dsse.sign(PAYLOAD_TYPE, encode(message), [self.keys.held["desk"]]).encode()

    def state(self) -> dict[str, Any]:
        sizes = {str(log): self.store.size(log) for log in self.store.logs()}
        return {"sizes": sizes, "cut": self.cut, "resident_kb": resident_kb(), **self.refused()}

    def refused(self) -> dict[str, Any]:
        return {"refusals": self.refusals[-9:], "refused": len(self.refusals)}

    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        if "state" in order:
            return self.state()
        try:
            return {"positions": self.say(order["say"], LogId.parse(order["log"]))}
        except OSError as error:
            return {"error": str(error)}

    def close(self) -> None:
        self.stop.set()
        for follower in self.followers:
            follower.join(15)
        self.door.stop()
        self.store.close()


def resident_kb() -> int:
    """Return how much memory this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def kill_at(point: str, count: int, armed: threading.Event) -> None:
    """Have this process killed, once armed, where it reaches a point of mirroring for the `count`-th time."""
    owner, name = KILL_POINTS[point]
    real, left = getattr(owner, name), [count]

    def killed(self: Any, *args: Any) -> Any:
        if armed.is_set():
            left[0] -= 1
            if left[0] <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return real(self, *args)

    setattr(owner, name, killed)


def main() -> None:
    """Serve until the input ends."""
    setting = json.loads(sys.argv[1])
    armed = threading.Event()
    if setting.get("kill_at"):
        kill_at(*setting["kill_at"], armed)
    station = Station(setting)
    armed.set()
    print(json.dumps({"port": station.door.port}), flush=True)
    for line in sys.stdin:
        print(json.dumps(station.answer(json.loads(line))), flush=True)
    station.close()


if __name__ == "__main__":
    main()
