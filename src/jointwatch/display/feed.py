"""What the page shows, held for any number of readers: one run, its snapshots and events as they come.

One writer (the run) publishes; readers ask for what came after the number they already have, or subscribe to
be told that there is something new. Everything here is a view: nothing signed, nothing that can be changed back.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from jointwatch.messages.picture import Event, RunView, Snapshot

PAGE = 200  # of snapshots or events in one answer
KEEP = 4096  # of each in memory; past it the older half is thinned, so that the whole run stays in view
Listener = Callable[[], None]
Numbered = TypeVar("Numbered", Snapshot, Event)


class Feed:
    """The run on show, or none yet. Safe to use from several threads; every method returns at once."""

    def __init__(
        self, run: RunView | None = None, *, volumes: Mapping[str, bytes] | None = None, keep: int = KEEP
    ) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[int, Listener] = {}
        self._next_listener = 0
        self._keep = keep
        self._start(run, volumes)

    def _start(self, run: RunView | None, volumes: Mapping[str, bytes] | None) -> None:
        self._run = run
        self._volumes = dict(volumes or {})
        self._snapshots: list[Snapshot] = []
        self._events: list[Event] = []
        self._finished = False
        self._report: Path | None = None
        self._statement: bytes | None = None
        self._summary = ""

    @property
    def run(self) -> RunView | None:
        """What does not change during the run; None before the first run begins."""
        return self._run

    @property
    def latest(self) -> Snapshot | None:
        """The newest snapshot, or None before the first."""
        with self._lock:
            return self._snapshots[-1] if self._snapshots else None

    @property
    def finished(self) -> bool:
        """Whether the run has come to its end."""
        return self._finished

    @property
    def report_path(self) -> Path | None:
        """Where report.html lies, once there is one."""
        return self._report

    @property
    def statement(self) -> bytes | None:
        """The signed joint statement (DSSE, JSON), once there is one."""
        return self._statement

    @property
    def summary(self) -> str:
        """What the joint statement says, in a sentence or two for people."""
        return self._summary

    def begin(self, run: RunView, *, volumes: Mapping[str, bytes] | None = None) -> None:
        """Put another run in the place of this one; open pages follow by themselves."""
        with self._lock:
            self._start(run, volumes)
        self._tell()

    def volume(self, radar_id: str) -> bytes | None:
        """Return the coverage volume of a radar, or None where none was given."""
        return self._volumes.get(radar_id)

    def publish(self, snapshot: Snapshot) -> None:
        """Add the next snapshot; its number must be higher than the last one's."""
        self._append(self._snapshots, snapshot, "snapshot")

    def event(self, event: Event) -> None:
        """Add the next event; its number must be higher than the last one's."""
        self._append(self._events, event, "event")

    def finish(self, report_path: Path | None = None, statement: bytes | None = None, *, summary: str = "") -> None:
        """Say that the run is over, where its report lies and what both centres signed."""
        with self._lock:
            self._report, self._statement, self._summary = report_path, statement, summary
            self._finished = True  # last: whoever sees it, without the lock, sees the rest
        self._tell()

    def history(self, after: int = -1, limit: int = PAGE) -> tuple[Snapshot, ...]:
        """Return up to `limit` snapshots numbered above `after`, oldest first."""
        with self._lock:
            return _above(self._snapshots, after, limit)

    def events(self, after: int = -1, limit: int = PAGE) -> tuple[Event, ...]:
        """Return up to `limit` events numbered above `after`, oldest first."""
        with self._lock:
            return _above(self._events, after, limit)

    def around(self, seq: int) -> tuple[Snapshot | None, Snapshot | None, Snapshot | None]:
        """Return the snapshot of that number (or the last one below it), the one before it, the one after it."""
        with self._lock:
            at = bisect_right(self._snapshots, seq, key=lambda item: item.seq) - 1
            found = [self._snapshots[i] if 0 <= i < len(self._snapshots) else None for i in (at, at - 1, at + 1)]
        return found[0], found[1], found[2]

    def newest(self, limit: int) -> tuple[tuple[Snapshot, ...], tuple[Event, ...]]:
        """Return the last snapshots and events, up to `limit` of each, oldest first."""
        with self._lock:
            return tuple(self._snapshots[-limit:]), tuple(self._events[-limit:])

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` (from the writer's thread, so it must be quick) at every change; returns the way to stop."""
        with self._lock:
            number = self._next_listener
            self._next_listener += 1
            self._listeners[number] = listener
        return lambda: self._forget(number)

    def _forget(self, number: int) -> None:
        with self._lock:
            self._listeners.pop(number, None)

    def _append(self, kept: list[Numbered], new: Numbered, what: str) -> None:
        with self._lock:
            if kept and new.seq <= kept[-1].seq:
                raise ValueError(
                    f"a {what} must have a higher number than the one before it ({kept[-1].seq}); "
                    f"got {new.seq}: number them in the order they are published"
                )
            kept.append(new)
            if len(kept) > self._keep:
                del kept[1 : self._keep // 2 : 2]
        self._tell()

    def _tell(self) -> None:
        with self._lock:
            listeners = list(self._listeners.values())
        for listener in listeners:
            listener()


def _above(kept: list[Numbered], after: int, limit: int) -> tuple[Numbered, ...]:
    first = bisect_right(kept, after, key=lambda item: item.seq)
    return tuple(kept[first : first + max(0, limit)])
