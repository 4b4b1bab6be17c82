"""The watch of a centre in service, kept in a thread of its own for as long as it serves.

Nothing of it is loaded before the record holds something to watch: a centre that only exchanges words stays small.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import apsw
import msgspec

from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.keyrings import ROSTER
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.record import Damaged
from jointwatch.exchange.refused import Refused
from jointwatch.messages.picture import Event, FeedView, Picture

if TYPE_CHECKING:
    from jointwatch.centre.duty.station import Station

WAIT_S = 1.0
EVENTS = 1_000
STATION = "duty/cursor"  # kept once a station was opened
ADMINISTRATIVE = frozenset(
    {"act", "heartbeat", "incident", "key_bounds", "manifest", "party_root", "receipt", "roster", "shard_opening"}
    | {"assent", "conclusion", "proposal", "query", "reply"}
)
"""Kinds of which nothing follows: a centre that holds no others watches nothing yet."""


class _Kind(msgspec.Struct):
    kind: str


_kind = msgspec.msgpack.Decoder(_Kind)


class Keeper:
    """Keeps the watch within a `with` block. open_station: makes the station; tell: told what people should know.

    at_once: whether it is opened before there is anything to watch, so that its first policy is there to be followed.
    """

    def __init__(
        self,
        store: Store,
        open_station: Callable[[], Station],
        *,
        tell: Callable[[str], None],
        damaged: Callable[[Damaged], None],
        at_once: bool = False,
    ) -> None:
        self._at_once = at_once
        self._store, self._open_station, self._tell, self._damaged = store, open_station, tell, damaged
        self._station: Station | None = None
        self._looked: dict[LogId, int] = {}
        self._grown, self._stop, self._trouble = threading.Event(), threading.Event(), ""
        self._events = deque[Event](maxlen=EVENTS)
        self._thread = threading.Thread(target=self._keep, name="watch", daemon=True)
        store.listen(lambda _log, _size: self._grown.set())

    def __enter__(self) -> Keeper:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._grown.set()
        self._thread.join(30)

    def picture(self, as_of_tai_ns: int | None = None) -> Picture | None:
        """Return the national picture at a time, or as of now; None where there was nothing to watch yet."""
        station = self._station
        return None if station is None else station.picture(as_of_tai_ns or now_tai_ns())

    def joint_picture(self) -> Picture | None:
        """Return the joint picture as of its own time; None before this centre and every partner were heard."""
        station = self._station
        return None if station is None else station.joint_picture()

    def feeds(self) -> tuple[FeedView, ...]:
        """Return the verdicts on radars' plots that stand."""
        station = self._station
        return () if station is None else station.feeds()

    def events(self) -> tuple[Event, ...]:
        """Return the last sentences for people, oldest first."""
        return tuple(self._events)

    def health(self) -> dict[str, Any]:
        """Return how the watch stands."""
        station = self._station
        return {
            "watching": station is not None,
            "feeds": [msgspec.to_builtins(feed) for feed in self.feeds()],
            "policy": None if station is None else station.policy,
            "trouble": self._trouble,
        }

    def _keep(self) -> None:
        while not self._stop.is_set():
            try:
                more = self._round()
            except (Damaged, apsw.Error) as error:
                self._damaged(Damaged("watch", f"the watch ended: {type(error).__name__}: {error}"))
                return
            except Exception as error:  # of what was handed in or came; the watch is kept on
                self._say_trouble(f"the watch stands still: {type(error).__name__}: {error}")
                self._stop.wait(WAIT_S)
                continue
            self._say_trouble("")
            if not more:
                self._grown.wait(WAIT_S)
                self._grown.clear()
        if self._station is not None:
            self._station.mark()

    def _round(self) -> bool:
        if self._station is None:
            if not self._anything():
                return False
            self._station = self._open_station()
        more = self._station.round()
        self._events.extend(self._station.events())
        return more

    def _anything(self) -> bool:
        """Whether the record holds something to watch."""
        if self._at_once or self._store.kept(STATION):
            return True
        for log in self._store.logs():
            start, size = self._looked.get(log, 0), self._store.size(log)
            if log.klass == ROSTER or self._store.archived(log):
                continue
            while start < size:
                stop = min(size, start + 1_024)
                if any(_to_watch(entry) for entry in self._store.entries(log, start, stop)):
                    return True
                self._looked[log] = start = stop
        return False

    def _say_trouble(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._tell(trouble or "the watch goes on")
        self._trouble = trouble


def _to_watch(entry: bytes) -> bool:
    try:
        return _kind.decode(dsse.parse(entry).payload).kind not in ADMINISTRATIVE
    except (Refused, msgspec.MsgspecError):
        return False
