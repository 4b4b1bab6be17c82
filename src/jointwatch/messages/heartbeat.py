"""Heartbeats: a centre is there, and says how far it holds its partners' logs."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Count, Sentence
from jointwatch.messages.reference import LogHead


class Heartbeat(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="heartbeat"):
    """The `number`-th sign of life.

    holds: the partners' logs as kept here; a restarted partner asks for them. Of a centre in service: its own logs for
    the partner, so that both know what was said by then, and the one of the partner's heartbeats as kept here.
    """

    number: Count
    state: Literal["up", "leaving"] = "up"
    text: Sentence = ""
    holds: Annotated[tuple[LogHead, ...], Meta(max_length=256)] = ()
