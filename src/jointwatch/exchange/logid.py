"""Which log: one per owner, audience and class, so that a backlog of plots never holds back a launch report.

A log that goes on for years is kept in shards, one for each month, each a tree of its own: see `shard`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from jointwatch.exchange.refused import Refused

COMMON = "common"
"""The audience of a log that is the same for all."""

_RULE = "jointwatch log names"
_WORD = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
MAX_NAME_BYTES = 3 * 63 + 2 + len("/2026-11")
_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


@dataclass(frozen=True, order=True)
class LogId:
    """A log's owner (who writes), audience (who may read) and class (what is in it); or its shard of one month.

    >>> str(LogId("moscow", "brussels", "plot"))
    'moscow/brussels/plot'
    >>> LogId.parse("moscow/common/assess").origin("sejil-2009-1")
    'jointwatch/sejil-2009-1/moscow/common/assess'
    >>> str(LogId("moscow", "brussels", "plot").of_month("2026-11"))
    'moscow/brussels/plot/2026-11'
    """

    owner: str
    audience: str
    klass: str
    shard: str = ""  # its month; empty: the whole log, in one

    def __post_init__(self) -> None:
        for word in (self.owner, self.audience, self.klass):
            if not _WORD.fullmatch(word):
                raise Refused(_RULE, f"{word!r} is not a word of a log's name: a-z, 0-9, dot and hyphen, at most 63")
        if self.shard and not is_month(self.shard):
            raise Refused(_RULE, f"{self.shard!r} is not the month of a shard, such as 2026-11")

    def __str__(self) -> str:
        return f"{self.owner}/{self.audience}/{self.klass}" + (f"/{self.shard}" if self.shard else "")

    @classmethod
    def parse(cls, text: str) -> LogId:
        """Return the log that "owner/audience/class" names, or the shard that "owner/audience/class/month" does."""
        words = text.split("/")
        if len(words) not in (3, 4) or not words[-1]:
            raise Refused(_RULE, f"{text!r} does not name a log; a name is owner/audience/class, or that and a month")
        return cls(*words)

    @property
    def whole(self) -> LogId:
        """The log that this is a shard of; itself where it has none. It is what an entry's header names."""
        return replace(self, shard="") if self.shard else self

    def of_month(self, month: str) -> LogId:
        """Return this log's shard of a month."""
        return replace(self, shard=month)

    def origin(self, run: str) -> str:
        """Return the first line of this log's checkpoints in the run `run` [C2SP tlog-checkpoint]."""
        if not _RUN.fullmatch(run):
            raise Refused(_RULE, f"{run!r} is not a run's id: letters, digits, dot, underscore and hyphen, at most 128")
        return f"jointwatch/{run}/{self}"

    @property
    def internal(self) -> bool:
        """Whether the log stays at home: its owner is its audience."""
        return self.owner == self.audience


def is_month(word: str) -> bool:
    """Return whether a word is a shard's month.

    >>> is_month("2026-11"), is_month("2026-13")
    (True, False)
    """
    return _MONTH.fullmatch(word) is not None


def parse_origin(origin: str) -> tuple[str, LogId]:
    """Return the run and the log that a checkpoint's first line names."""
    head, _, rest = origin.partition("/")
    run, _, name = rest.partition("/")
    log = LogId.parse(name)
    if head != "jointwatch" or log.origin(run) != origin:
        raise Refused(
            _RULE,
            f"{origin!r} is not the origin of a log; wanted jointwatch/run/owner/audience/class, or that and a month",
        )
    return run, log
