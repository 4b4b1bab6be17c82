"""What a monitor remembers, in one SQLite file: how far each log was verified, what was counted when, what was wrong.

log       the last state that was verified: its right edge, from which the next is computed, and its signed note
counted   numbers for each log in spans of five minutes, kept for a day, and of an hour, kept for 90 days
alarm     what was wrong, once each, for 90 days
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from jointwatch.exchange.logid import LogId
from jointwatch.exchange.merkle import HASH_BYTES, CompactRange

WINDOWS = {"24h": (300, 86_400), "90d": (3_600, 90 * 86_400)}
"""Name of a window -> length of its spans and of the whole, in seconds."""
BINS = 64
_LEAST_S, _PER_DECADE = 1e-3, 9  # bins of 29 % from 1 ms to some 3 hours; the last one holds all above

_TABLES = """
CREATE TABLE IF NOT EXISTS log (
  name TEXT PRIMARY KEY, size INTEGER NOT NULL, edge BLOB NOT NULL, note BLOB NOT NULL, promised INTEGER NOT NULL,
  last_tai_ns INTEGER NOT NULL, ahead_s REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cosigned (
  log TEXT, centre TEXT, size INTEGER NOT NULL, posix_s INTEGER NOT NULL, PRIMARY KEY (log, centre)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counted (
  log TEXT, span_s INTEGER, start_s INTEGER, asked INTEGER NOT NULL, answered INTEGER NOT NULL,
  verified INTEGER NOT NULL, refused INTEGER NOT NULL, late BLOB NOT NULL, PRIMARY KEY (log, span_s, start_s)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alarm (
  posix_s INTEGER NOT NULL, log TEXT, kind TEXT, what TEXT, PRIMARY KEY (log, kind, what)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
"""


def bin_of(seconds: float) -> int:
    """Return the bin that a delay falls into.

    >>> bin_of(0.0), bin_of(0.001), bin_of(1.0), bin_of(1e9)
    (0, 0, 27, 63)
    """
    if seconds <= _LEAST_S:
        return 0
    return min(BINS - 1, round(_PER_DECADE * math.log10(seconds / _LEAST_S)))


def seconds_of(number: int) -> float:
    """Return the delay in the middle of a bin.

    >>> seconds_of(27)
    1.0
    """
    return float(round(_LEAST_S * 10 ** (number / _PER_DECADE), 6))


@dataclass
class Counts:
    """What happened to one log in some time: how often it was asked for and shown, entries, and how late they were."""

    asked: int = 0
    answered: int = 0
    verified: int = 0
    refused: int = 0
    late: array[int] = field(default_factory=lambda: array("Q", bytes(8 * BINS)))

    def add(self, other: Counts) -> None:
        """Add what happened at another time."""
        self.asked, self.answered = self.asked + other.asked, self.answered + other.answered
        self.verified, self.refused = self.verified + other.verified, self.refused + other.refused
        for number, count in enumerate(other.late):
            self.late[number] += count

    def quantile_s(self, share: float) -> float | None:
        """Return the delay that this share of the entries stayed below, to the width of a bin; None without entries."""
        wanted, passed = share * sum(self.late), 0
        for number, count in enumerate(self.late):
            passed += count
            if count and passed >= wanted:
                return seconds_of(number)
        return None


@dataclass(frozen=True)
class Known:
    """How far a log was verified. note: the signed checkpoint there. promised: the size that its newest one claims.

    last_tai_ns: when its last entry was logged. ahead_s: how far ahead of the monitor's clock an entry was, at most.
    """

    edge: CompactRange = field(default_factory=CompactRange)
    note: bytes = b""
    promised: int = 0
    last_tai_ns: int = 0
    ahead_s: float = 0.0


class State:
    """A monitor's file; what is written in one call is there as a whole or not at all."""

    def __init__(self, path: Path, since_posix_s: float) -> None:
        self._db = apsw.Connection(str(path))
        self._db.set_busy_timeout(5_000)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(_TABLES)
        self._db.execute("INSERT OR IGNORE INTO about VALUES ('since', ?)", (str(since_posix_s),))

    @property
    def since_posix_s(self) -> float:
        """When this monitor first began; what was logged before counts as verified, but not as late."""
        return float(self._db.execute("SELECT value FROM about WHERE name = 'since'").get)

    def identity(self, centre: str, seen: str) -> str:
        """Return the fingerprint of a centre's identity as it was first seen: the one seen now where that is first."""
        self._db.execute("INSERT OR IGNORE INTO about VALUES (?, ?)", (f"identity of {centre}", seen))
        return str(self._db.execute("SELECT value FROM about WHERE name = ?", (f"identity of {centre}",)).get)

    def known(self, log: LogId) -> Known:
        """Return how far a log was verified."""
        row = self._db.execute(
            "SELECT size, edge, note, promised, last_tai_ns, ahead_s FROM log WHERE name = ?", (str(log),)
        ).fetchone()
        if row is None:
            return Known()
        size, edge, *rest = row
        return Known(
            CompactRange(size, tuple(edge[k : k + HASH_BYTES] for k in range(0, len(edge), HASH_BYTES))), *rest
        )

    def keep(self, log: LogId, known: Known, cosigned: Iterable[tuple[str, int]] = ()) -> None:
        """Remember a verified state, and who cosigned it at which POSIX time."""
        with self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO log VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(str(log), known.edge.size, b"".join(known.edge.hashes), known.note),
                    *(known.promised, known.last_tai_ns, known.ahead_s),
                ),
            )
            for centre, posix_s in cosigned:
                self._db.execute(
                    "INSERT OR REPLACE INTO cosigned VALUES (?, ?, ?, ?)",
                    (str(log), centre, known.edge.size, posix_s),
                )

    def count(self, log: LogId, posix_s: float, counts: Counts) -> None:
        """Add to what happened in the spans that this time lies in; spans older than their window are forgotten."""
        with self._db:
            for span_s, window_s in WINDOWS.values():
                start = int(posix_s // span_s) * span_s
                total = Counts()
                for found in self._counted(str(log), span_s, start):
                    total.add(found)
                total.add(counts)
                self._db.execute(
                    "INSERT OR REPLACE INTO counted VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(str(log), span_s, start, total.asked, total.answered, total.verified, total.refused),
                        total.late.tobytes(),
                    ),
                )
                self._db.execute(
                    "DELETE FROM counted WHERE log = ? AND span_s = ? AND start_s < ?",
                    (str(log), span_s, start - window_s),
                )

    def counted(self, log: str, window: str, posix_s: float) -> Counts:
        """Return what happened to a log in a window that ends now."""
        span_s, window_s = WINDOWS[window]
        total = Counts()
        for found in self._counted(log, span_s, posix_s - window_s):
            total.add(found)
        return total

    def alarm(self, log: LogId, kind: str, what: str, posix_s: float) -> bool:
        """Remember something that is wrong; return whether it is new."""
        row = (int(posix_s), str(log), kind, what)
        self._db.execute("DELETE FROM alarm WHERE posix_s < ?", (posix_s - WINDOWS["90d"][1],))
        return self._db.execute("INSERT OR IGNORE INTO alarm VALUES (?, ?, ?, ?) RETURNING 1", row).get is not None

    def first_alarm(self, log: LogId, kind: str) -> str | None:
        """Return what was first wrong in this way with a log; None where nothing was."""
        query = "SELECT what FROM alarm WHERE log = ? AND kind = ? ORDER BY posix_s LIMIT 1"
        found: str | None = self._db.execute(query, (str(log), kind)).get
        return found

    def alarms(self) -> list[tuple[str, str, int]]:
        """Return log, kind and number of all that was wrong."""
        return list(self._db.execute("SELECT log, kind, count(*) FROM alarm GROUP BY log, kind ORDER BY log, kind"))

    def logs(self) -> list[tuple[str, int, int, float]]:
        """Return of every log its name, entries verified, entries promised and not verified, how far it was ahead."""
        return list(self._db.execute("SELECT name, size, max(promised - size, 0), ahead_s FROM log ORDER BY name"))

    def cosigned(self) -> list[tuple[str, str, int, int]]:
        """Return log, centre, size and POSIX time of every log's newest verified cosignatures."""
        return list(self._db.execute("SELECT log, centre, size, posix_s FROM cosigned ORDER BY log, centre"))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _counted(self, log: str, span_s: int, from_s: float) -> Iterable[Counts]:
        query = (
            "SELECT asked, answered, verified, refused, late FROM counted WHERE log = ? AND span_s = ? AND start_s >= ?"
        )
        rows: list[Any] = self._db.execute(query, (log, span_s, from_s)).fetchall()
        for asked, answered, verified, refused, late in rows:
            yield Counts(asked, answered, verified, refused, array("Q", late))
