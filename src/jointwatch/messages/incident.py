"""Incidents: something that must not be forgotten, with its evidence: a rollback, a split view, a refused message."""

from __future__ import annotations

from typing import Annotated

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Line, Sentence, Word, octets


class Incident(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="incident"):
    """What happened, in a sentence; about: its sort in a word; concerns: a log, centre or sensor.

    evidence: bytes a third party can check, such as two signed checkpoints of one size with different roots.
    """

    about: Word
    concerns: Line = ""
    text: Sentence
    evidence: Annotated[bytes, octets(0, 48 * 1024)] = b""
