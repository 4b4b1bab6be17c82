"""Which log: one per owner, audience and class, so that a backlog of plots never holds back a launch report."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jointwatch.exchange.refused import Refused

COMMON = "common"
"""The audience of a log that is the same for all."""

_RULE = "jointwatch log names"
_WORD = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")
_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


@dataclass(frozen=True, order=True)
class LogId:
    """A log's owner (who writes), audience (who may read) and class (what is in it).

    >>> str(LogId("moscow", "brussels", "plot"))
    'moscow/brussels/plot'
    >>> LogId.parse("moscow/common/assess").origin("sejil-2009-1")
    'jointwatch/sejil-2009-1/moscow/common/assess'
    """

    owner: str
    audience: str
    klass: str

    def __post_init__(self) -> None:
        for word in (self.owner, self.audience, self.klass):
            if not _WORD.fullmatch(word):
                raise Refused(_RULE, f"{word!r} is not a word of a log's name: a-z, 0-9, dot and hyphen, at most 63")

    def __str__(self) -> str:
        return f"{self.owner}/{self.audience}/{self.klass}"

    @classmethod
    def parse(cls, text: str) -> LogId:
        """Return the log that "owner/audience/class" names."""
        words = text.split("/")
        if len(words) != 3:
            raise Refused(_RULE, f"{text!r} does not name a log; a name is owner/audience/class")
        return cls(*words)

    def origin(self, run: str) -> str:
        """Return the first line of this log's checkpoints in the run `run` [C2SP tlog-checkpoint]."""
        if not _RUN.fullmatch(run):
            raise Refused(_RULE, f"{run!r} is not a run's id: letters, digits, dot, underscore and hyphen, at most 128")
        return f"jointwatch/{run}/{self}"

    @property
    def internal(self) -> bool:
        """Whether the log stays at home: its owner is its audience."""
        return self.owner == self.audience


def parse_origin(origin: str) -> tuple[str, LogId]:
    """Return the run and the log that a checkpoint's first line names."""
    head, _, rest = origin.partition("/")
    run, _, name = rest.partition("/")
    log = LogId.parse(name)
    if head != "jointwatch" or log.origin(run) != origin:
        raise Refused(_RULE, f"{origin!r} is not the origin of a log; wanted jointwatch/run/owner/audience/class")
    return run, log
