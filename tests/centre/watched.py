"""One centre's record and station without a process, a door or a line: to be played with, ended and begun again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre.duty.bookmark import Bookmark
from jointwatch.centre.duty.course import Course
from jointwatch.centre.duty.hearing import Duty
from jointwatch.centre.duty.joining import Joining
from jointwatch.centre.duty.listener import Listener
from jointwatch.centre.duty.pace import Pace
from jointwatch.centre.duty.station import Post, Station
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.exchange import dsse
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, decode, encode
from jointwatch.messages.picture import Picture
from jointwatch.messages.release_policy import ReleaseRule

T0 = 1_795_000_000 * 10**9
KEY, THEIRS = SigningKey(b"k" * 32), SigningKey(b"t" * 32)
RECORD, OUT = LogId("moscow", "moscow", "record"), LogId("brussels", "moscow", "track")
KEYS = {"moscow": KEY, "brussels": THEIRS}


def released_to(partner: str) -> tuple[ReleaseRule, ...]:
    """Rules by which a partner may have everything."""
    return tuple(ReleaseRule(audience=partner, klass=k, form="whole") for k in ("plot", "track", "notify"))


class Watched:
    """A centre's record and its station, which may end at any time, and a clock."""

    def __init__(
        self, folder: Path, listeners: Callable[[], Sequence[Listener]] = tuple, *, centre: str = "moscow"
    ) -> None:
        self.listeners, self.centre = listeners, centre
        self.other = "moscow" if centre == "brussels" else "brussels"
        self.store = Store(folder / f"{centre}.sqlite", run="r", owner=centre, log_key=KEYS[centre])
        self.partner = Store(folder / f"{self.other}.sqlite", run="r", owner=self.other, log_key=KEYS[self.other])
        self.mark = Bookmark(folder / f"{centre}.watch", lambda: (KEYS[centre],), None)
        self.now_tai_ns, self.closed, self.told = T0, set[str](), list[str]()
        self.pace = Pace(
            {self.other: 1_000}, lambda _, text: self.told.append(text), lambda: self.now_tai_ns / NS_PER_S
        )
        self.station = self.opened()

    def opened(self) -> Station:
        keys: Any = SimpleNamespace(check_bounds=lambda *_: None)
        post = Post(
            self.centre, "r", "exercise", (self.other,), lambda _: KEYS[self.centre],
            lambda log: log.audience not in self.closed, lambda: self.now_tai_ns, self.told.append, self.pace,
        )  # fmt: skip

        def duty() -> Duty:
            joining = Joining(self.centre, (self.other,), BoostPriors())
            return Duty(self.centre, BoostPriors(), None, self.listeners(), joining)

        return Station(self.store, Course(self.store, lambda _: keys), post, duty, self.mark, released_to(self.other))

    def settle(self) -> None:
        for _ in range(2):
            while self.station.round():
                pass

    def picture(self) -> Picture:
        return self.station.picture(self.now_tai_ns)

    def said(self, log: str) -> list[Message]:
        found = LogId.parse(log)
        return [decode(dsse.parse(entry).payload) for entry in self.store.entries(found)]

    def everything(self) -> dict[str, list[bytes]]:
        return {str(log): self.store.entries(log) for log in self.store.logs()}

    def close(self) -> None:
        self.store.close()
        self.partner.close()


def entry(kind: type[Message], log: LogId, number: int, now_tai_ns: int, /, **content: Any) -> bytes:
    header = {"mode": "exercise", "run": "r", "origin": log.owner, "log": str(log), "id": f"{kind.__name__}-{number}"}
    message = kind(logged_tai_ns=now_tai_ns, **header, **content)
    return dsse.sign(PAYLOAD_TYPE, encode(message), [KEYS[log.owner]]).encode()
