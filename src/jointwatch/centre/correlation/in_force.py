"""The notices in force, as a centre has them: notices passed on, and notifications with what followed on each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from jointwatch.assessment.correlation.announced import DAY_S, Announcement
from jointwatch.assessment.correlation.area import Area, across_m
from jointwatch.assessment.notification import standing
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import Heard
from jointwatch.messages.notice import Notice, NoticeArea
from jointwatch.messages.notification import Notification, NotifiedArea, WindowExtension
from jointwatch.messages.post_launch import PostLaunchNotice
from jointwatch.messages.reference import EntryReference

KEPT_NS = 2 * round(DAY_S) * NS_PER_S  # so long after its window no launch is held against a notice any more
WIDEST_M = {"launch": 2_500e3, "impact": 4_000e3}
"""Wider areas are true of any launch, and announce none: the Mediterranean from Sicily to Cyprus is 2,100 km."""
MOST = 512  # notices of one origin


@dataclass
class InForce:
    """What is in force, by the leaf hash of the entry that said it first."""

    _notices: dict[bytes, tuple[Notice | PostLaunchNotice, EntryReference, Announcement]] = field(default_factory=dict)
    _board: standing.Board = field(default_factory=dict)

    def hear(self, message: Heard, at: EntryReference) -> list[Announcement]:
        """Take in a message at its place, and return what it changed of what is in force, as it was and as it is."""
        if isinstance(message, Notice) and _speaks_of_a_launch(message):
            return self._keep(message, at, announcement_of(message))
        if isinstance(message, PostLaunchNotice) and message.announced is None:
            return self._keep(message, at, _of_post_launch(message))
        if isinstance(message, Notification | WindowExtension | PostLaunchNotice):
            key = at.leaf_hash if isinstance(message, Notification) else _followed(message).leaf_hash
            before = self._board.get(key)
            standing.hear(self._board, message, at)
            after = self._board.get(key)
            if after is not None and (before is None or before.followed != after.followed):
                return [_of_told(told) for told in (before, after) if told is not None]
        return []

    def announcements(self) -> list[tuple[Announcement, EntryReference]]:
        """Return every notice in force as values, each once, with where it stands."""
        found: dict[tuple[object, ...], tuple[Announcement, EntryReference]] = {}
        for announcement, at in (*self._of_notices(), *self._of_board()):
            found.setdefault(
                _content(announcement), (announcement, at)
            )  # what a partner passes on may stand here already
        return list(found.values())

    def kept_back(self) -> Iterator[tuple[Announcement, Notice, EntryReference]]:
        """Notices of the own record whose source told others itself, as values and as they came."""
        for message, at, announcement in self._notices.values():
            if isinstance(message, Notice) and message.contents.told and LogId.parse(at.log).internal:
                yield announcement, message, at

    def _of_notices(self) -> Iterator[tuple[Announcement, EntryReference]]:
        for _, at, announcement in self._notices.values():
            yield announcement, at

    def _of_board(self) -> Iterator[tuple[Announcement, EntryReference]]:
        for told in self._board.values():
            if told.notification.occasion == "launch" and (told.outcome is None or told.outcome.outcome != "cancelled"):
                yield _of_told(told), told.at

    def _keep(
        self, message: Notice | PostLaunchNotice, at: EntryReference, announcement: Announcement
    ) -> list[Announcement]:
        """Keep a notice, of one origin the newest: no partner fills another's memory with launches to come."""
        self._notices[at.leaf_hash] = (message, at, announcement)
        of_it = [key for key, (kept, *_) in self._notices.items() if kept.origin == message.origin]
        for key in of_it[:-MOST]:
            del self._notices[key]
        return [announcement]

    def forget(self, now_tai_ns: int) -> None:
        """Let go of what no launch will be held against any more, so that years of notices fit the memory."""
        old = [key for key, (said, *_) in self._notices.items() if _until(said) < now_tai_ns - KEPT_NS]
        old += [key for key, told in self._board.items() if told.window_tai_ns[1] < now_tai_ns - KEPT_NS]
        for key in old:
            self._notices.pop(key, None)
            self._board.pop(key, None)


def _content(said: Announcement) -> tuple[object, ...]:
    """What two notices that say the same have in common; the same words about another place are another notice."""
    areas = tuple((area.corners_rad.tobytes(), area.radius_m) for area in (*said.launch, *said.impact))
    return said.says, said.from_tai_ns, said.until_tai_ns, said.direction_rad, areas


def _followed(message: WindowExtension | PostLaunchNotice) -> EntryReference:
    of = message.notification if isinstance(message, WindowExtension) else message.announced
    if of is None:
        raise ValueError(f"{message.id} follows on no notification")
    return of


def _speaks_of_a_launch(notice: Notice) -> bool:
    """Whether a notice can answer for a launch: announced, or told afterwards by someone who says what it was.

    A published orbit, or the word of another sensor that something rose, does not.
    """
    contents = notice.contents
    return contents.occasion == "pre-launch" or (contents.occasion == "post-launch" and contents.vehicle != "unknown")


def _until(said: Notice | PostLaunchNotice) -> int:
    if isinstance(said, Notice):
        return said.contents.until_tai_ns
    return said.launch_time_tai_ns or said.logged_tai_ns


def announcement_of(notice: Notice) -> Announcement:
    """Return a notice that was passed on, as values."""
    contents = notice.contents
    return Announcement(
        name=f"{notice.id.removeprefix(notice.origin + '-')} of {notice.origin}",
        says=f"{contents.text.rstrip('.')} ({contents.source})",
        from_tai_ns=contents.from_tai_ns,
        until_tai_ns=contents.until_tai_ns,
        launch=_areas(contents.areas, "launch"),
        impact=_areas(contents.areas, "impact"),
        launches=contents.launches,
        afterwards=contents.occasion == "post-launch",
    )


def _of_post_launch(notice: PostLaunchNotice) -> Announcement:
    at = notice.launch_time_tai_ns or 0
    return Announcement(
        name=f"{notice.id.removeprefix(notice.origin + '-')} of {notice.origin}",
        says=f"{notice.text.rstrip('.')} ({notice.source})",
        from_tai_ns=at,
        until_tai_ns=at,
        launch=_areas(notice.areas, "launch"),
        impact=_areas(notice.areas, "impact"),
        direction_rad=notice.direction_rad,
        afterwards=True,
    )


def _of_told(told: standing.Told) -> Announcement:
    notification, (begin, end) = told.notification, told.window_tai_ns
    what = notification.designation or notification.vehicle
    return Announcement(
        name=notification.id,
        says=f"{notification.state}: {notification.text or what}",
        from_tai_ns=begin,
        until_tai_ns=end,
        launch=_areas(notification.areas, "launch"),
        impact=_areas(notification.areas, "impact"),
        direction_rad=notification.direction_rad,
        launches=notification.launches,
    )


def _areas(areas: Sequence[NoticeArea | NotifiedArea], role: str) -> tuple[Area, ...]:
    """Return the areas of a role that say where: one that is only named does not, and one as wide as a continent."""
    found = [
        Area(np.array(area.corners, dtype=float), getattr(area, "radius_m", None) or 0.0)
        for area in areas
        if area.role == role and area.corners
    ]
    return tuple(area for area in found if across_m(area) <= WIDEST_M[role])
