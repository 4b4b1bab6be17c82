"""What a verification found, for whoever asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jointwatch.exchange.logid import LogId
from jointwatch.exchange.verify.faults import Fault


@dataclass(frozen=True)
class LogSeen:
    """One log as it was found: how many entries hold, and how many of them each centre cosigned.

    unverified: position -> why, of those among them that a key signed outside of its bounds: nobody may use them.
    """

    log: LogId
    entries: int
    cosigned: Mapping[str, int]
    unverified: tuple[tuple[int, str], ...] = ()

    @property
    def cosigned_by(self) -> tuple[str, ...]:
        """Who cosigned all of them."""
        return tuple(centre for centre, size in self.cosigned.items() if size >= self.entries)


@dataclass(frozen=True)
class VerifyReport:
    """What was found. identities: centre -> fingerprint of the identity key that signed its rosters.

    trusted: those were compared with pinned ones. covers: what the verdict is about, in words. statement_by: who signed
    the statement, None where none belongs there; absent: whom it calls absent. listed: the files in the manifest.
    remarks: what a reader should know of clocks, and that is no fault.
    """

    run: str
    mode: str
    identities: Mapping[str, str]
    trusted: bool
    logs: tuple[LogSeen, ...]
    covers: str
    faults: tuple[Fault, ...]
    statement_by: tuple[str, ...] | None = None
    absent: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.faults

    @property
    def verdict(self) -> str:
        """The outcome in one line; without a trust file never more than that the record agrees with itself."""
        if self.faults:
            what, count = "part" if self.statement_by is None else "file", len(self.faults)
            return f"not verified: {count} {what + ' is' if count == 1 else what + 's are'} not what the record says"
        held = "verified, identities as pinned" if self.trusted else "consistent, identity not checked"
        if not self.absent:
            return held
        return f"{held}; {' and '.join(self.absent)} took no part in the end, so for that part nobody else vouches"
