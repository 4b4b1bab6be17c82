"""The WebSocket of the page: run, snapshots and events as they come, to readers who may be slow.

Nothing is queued per reader. Each one is sent what is newest, at most `BACKLOG` items at a turn; whoever falls
behind misses the ones between, sees it by their numbers, and asks for them at /api/snapshots and /api/events.
"""

from __future__ import annotations

import asyncio
import contextlib

import msgspec
from starlette.websockets import WebSocket

from jointwatch.display.feed import Feed
from jointwatch.messages.picture import Event, RunView, Snapshot

BACKLOG = 32  # newest items of each kind that a reader gets at one turn
SEND_TIMEOUT_S = 20.0  # a reader that takes longer for one message is let go
MAX_READERS = 64


class RunMessage(msgspec.Struct, frozen=True, tag_field="kind", tag="run"):
    """The run on show, sent first and again when another run takes its place; None before the first."""

    run: RunView | None


class SnapshotMessage(msgspec.Struct, frozen=True, tag_field="kind", tag="snapshot"):
    """One more snapshot."""

    run: str
    snapshot: Snapshot


class EventMessage(msgspec.Struct, frozen=True, tag_field="kind", tag="event"):
    """One more event."""

    run: str
    event: Event


class FinishedMessage(msgspec.Struct, frozen=True, tag_field="kind", tag="finished"):
    """The run is over; what there is to read."""

    run: str
    report: bool
    statement: bool
    summary: str


Message = RunMessage | SnapshotMessage | EventMessage | FinishedMessage


class Cursor:
    """What one reader has been sent already."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._run: RunView | None = None
        self._greeted = False
        self._snapshot = self._event = -1
        self._finished = False

    def fresh(self) -> list[Message]:
        """Return what is new for this reader, bounded, and count it as sent."""
        out: list[Message] = []
        feed, run = self._feed, self._feed.run
        if run is not self._run or not self._greeted:
            self._greeted = True
            self._run, self._snapshot, self._event, self._finished = run, -1, -1, False
            out.append(RunMessage(run))
        if run is None:
            return out
        snapshots, events = feed.newest(BACKLOG)
        finished = feed.finished
        if feed.run is not run:  # another has begun meanwhile, and is told next
            return out
        out += [EventMessage(run.run, event) for event in events if event.seq > self._event]
        out += [SnapshotMessage(run.run, snapshot) for snapshot in snapshots if snapshot.seq > self._snapshot]
        self._event = max([self._event, *(event.seq for event in events)])
        self._snapshot = max([self._snapshot, *(snapshot.seq for snapshot in snapshots)])
        if finished and not self._finished:
            self._finished = True
            out.append(FinishedMessage(run.run, feed.report_path is not None, feed.statement is not None, feed.summary))
        return out


async def live(socket: WebSocket, feed: Feed) -> None:
    """Serve one reader until it leaves or can no longer follow."""
    await socket.accept()
    wake, loop = asyncio.Event(), asyncio.get_running_loop()

    def listener() -> None:
        with contextlib.suppress(RuntimeError):  # the loop may have closed under a run that still publishes
            loop.call_soon_threadsafe(wake.set)

    stop = feed.subscribe(listener)
    tasks = {asyncio.create_task(_push(socket, feed, wake)), asyncio.create_task(_drain(socket))}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _push(socket: WebSocket, feed: Feed, wake: asyncio.Event) -> None:
    cursor = Cursor(feed)
    while True:
        wake.clear()
        for message in cursor.fresh():
            try:
                await asyncio.wait_for(socket.send_text(msgspec.json.encode(message).decode()), SEND_TIMEOUT_S)
            except TimeoutError:
                await socket.close(1013, "this reader is too slow to follow")
                return
        await wake.wait()


async def _drain(socket: WebSocket) -> None:
    """Read and ignore what a reader says, until it leaves: the page has nothing to tell us."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
