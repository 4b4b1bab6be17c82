"""How what was told of launches stands: the window as it is now, and what became of the launch.

A function of the messages in the order of their logs, so that every reader of the logs has the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from jointwatch.messages.encoding import Heard
from jointwatch.messages.notification import Notification, WindowExtension
from jointwatch.messages.post_launch import PostLaunchNotice
from jointwatch.messages.reference import EntryReference

State = Literal["ahead", "open", "over", "launched", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notification, where it stands, and what its own centre has said of it since.

    windows: every window announced for it, the one that holds last. faults: what does not follow on it, in words.
    """

    notification: Notification
    at: EntryReference
    windows: tuple[tuple[int, int], ...]
    outcome: PostLaunchNotice | None = None
    faults: tuple[str, ...] = ()

    @property
    def followed(self) -> int:
        """How many messages went on from it, those that do not follow among them."""
        return len(self.windows) - 1 + (self.outcome is not None) + len(self.faults)

    @property
    def window_tai_ns(self) -> tuple[int, int]:
        """The window that holds, from and until."""
        return self.windows[-1]

    def state(self, now_tai_ns: int) -> State:
        """Return how it stands at a time; over: the window has passed, and nobody said what became of it."""
        if self.outcome is not None:
            return "cancelled" if self.outcome.outcome == "cancelled" else "launched"
        begin, end = self.window_tai_ns
        return "ahead" if now_tai_ns < begin else "open" if now_tai_ns <= end else "over"


Board: TypeAlias = dict[bytes, Told]
"""What was told, by the leaf hash of the entry that told it."""
MOST, FAULTS = 2_000, 16
"""Notifications of one centre that are held at once: past it those are let go whose windows end first."""


def hear(board: Board, message: Heard, at: EntryReference) -> None:
    """Take one message in, at its place: notifications and what follows on them; nothing else changes a board."""
    if isinstance(message, Notification):
        window = (message.from_tai_ns, message.until_tai_ns)
        board.setdefault(at.leaf_hash, Told(notification=message, at=at, windows=(window,)))
        _let_go(board, message.origin)
    elif isinstance(message, WindowExtension):
        _follow(board, message, message.notification)
    elif isinstance(message, PostLaunchNotice) and message.announced is not None:
        _follow(board, message, message.announced)


def _let_go(board: Board, origin: str) -> None:
    """Hold no more of one centre's notifications than may be: no partner fills another's memory."""
    theirs = [key for key, told in board.items() if told.notification.origin == origin]
    if len(theirs) > MOST:
        del board[min(theirs, key=lambda key: board[key].window_tai_ns[1])]


def _follow(board: Board, message: WindowExtension | PostLaunchNotice, of: EntryReference) -> None:
    told = board.get(of.leaf_hash)
    if told is not None:
        board[of.leaf_hash] = _followed(told, message)


def _followed(told: Told, message: WindowExtension | PostLaunchNotice) -> Told:
    """Return a notification with what was said of it; whatever does not follow on it changes nothing but its faults."""
    fault = unfit(told, message)
    if fault:
        return replace(told, faults=(*told.faults, f"{message.id}: {fault}")[:FAULTS])
    if isinstance(message, PostLaunchNotice):
        return replace(told, outcome=message)
    return replace(told, windows=(*told.windows, (message.from_tai_ns, message.until_tai_ns)))


def unfit(told: Told, message: WindowExtension | PostLaunchNotice) -> str:
    """Return why a message cannot follow on a notification; empty where it can."""
    own = told.notification.origin
    if message.origin != own:
        return f"{message.origin} speaks of what {own} told; only {own} can go on from it"
    if message.log != told.notification.log:
        return f"it stands in {message.log}; what goes on from a notification stands in its log, for the same readers"
    if told.outcome is not None:
        return f"what became of it was told before, by {told.outcome.id}"
    if isinstance(message, WindowExtension):
        begin, end = told.window_tai_ns
        if message.logged_tai_ns > end:
            return "its window was over before it was extended; another launch is told of by a notification"
        if message.from_tai_ns < begin or message.until_tai_ns < end:
            return "a window is extended, or moved to a later time; this one would begin or end earlier"
    elif message.launch_time_tai_ns is not None and message.launch_time_tai_ns > message.logged_tai_ns:
        return "it tells of a launch before the launch"
    return ""
