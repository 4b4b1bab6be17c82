"""The label of an export: for whom the copy was made and what was left out of it, in one form down to the byte."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.run_directory import STATEMENT, cosigned_of, log_of

EXPORT = "export.json"
RULE = "jointwatch export"
MAX_BYTES = 16 << 20


class Label(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """audience: a centre, or "common" for anyone. left_out: files of the manifest that are not in the copy, sorted."""

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    run: str
    audience: str
    left_out: tuple[str, ...]

    def encode(self) -> bytes:
        """Return the file."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"


def parse(data: bytes) -> Label:
    """Return the label a file holds; only what `Label.encode` would write is accepted."""
    try:
        label = msgspec.json.decode(data, type=Label)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise Refused(RULE, f"is no label of an export: {error}") from None
    if label.encode() != data or list(label.left_out) != sorted(set(label.left_out)):
        raise Refused(RULE, "is not in the one form in which a label is written")
    return label


def belongs(path: str, audience: str) -> bool:
    """Return whether a file of a run directory goes into the copy for an audience: common logs, its own, the statement.

    >>> belongs("logs/moscow/common/assess/checkpoint", "brussels")
    True
    >>> belongs("logs/moscow/moscow/record/checkpoint", "brussels")
    False
    """
    beside = cosigned_of(path)
    log = beside[0] if beside else log_of(path)
    return path == STATEMENT if log is None else log_belongs(log, audience)


def log_belongs(log: LogId, audience: str) -> bool:
    """Return whether a log goes into the copy for an audience; an internal log never does."""
    return log.audience in (audience, COMMON) and not log.internal
