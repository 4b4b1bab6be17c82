"""Post-launch notices: whoever launched says what became of it, against the notice given before.

A `Notice` passes on what anyone said of a launch; this is the launching side's own account. The Memorandum of 16
December 2000 on notifications of missile launches knows both a pre-launch and a post-launch notification.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.notice import NoticeArea
from jointwatch.messages.quantities import Azimuth, Line, Sentence, TaiNs
from jointwatch.messages.reference import EntryReference


class PostLaunchNotice(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="post_launch_notice"):
    """What became of a launch. announced: the notice before it; null: none was given.

    launch_time_tai_ns and areas: when and where from, and where it came down, as far as it is told; of a launch that
    was cancelled there is neither. source: who says so.
    """

    announced: EntryReference | None
    outcome: Literal["as announced", "otherwise", "failed", "cancelled"]
    launch_time_tai_ns: TaiNs | None
    direction_rad: Azimuth | None = None
    vehicle: Literal["missile", "space launch", "sounding rocket", "unknown"]
    areas: Annotated[tuple[NoticeArea, ...], Meta(max_length=16)] = ()
    text: Sentence
    source: Line

    def __post_init__(self) -> None:
        if (self.outcome == "cancelled") != (self.launch_time_tai_ns is None):
            raise ValueError("a cancelled launch has no time of launch, and every other outcome has one")
        if self.announced is None and self.outcome in ("as announced", "cancelled"):
            raise ValueError(f'the outcome "{self.outcome}" wants the notice that announced it')
