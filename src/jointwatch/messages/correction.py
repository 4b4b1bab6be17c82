"""Corrections: an earlier entry was wrong. It stays in its log; this one says what holds instead."""

from __future__ import annotations

from jointwatch.messages.header import Header
from jointwatch.messages.launch_report import LaunchItems
from jointwatch.messages.quantities import Sentence
from jointwatch.messages.reference import EntryReference


class Correction(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="correction"):
    """What `corrects` said no longer holds; `replacement` does, or nothing where it is withdrawn (null).

    Any entry of the same origin can be withdrawn; a launch report or an earlier correction can be replaced.
    """

    corrects: EntryReference
    reason: Sentence
    replacement: LaunchItems | None = None
