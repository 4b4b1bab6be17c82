"""How a record is written: in transactions, each flushed to the disk before anyone is told of what is in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import apsw

from jointwatch.exchange import schema
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.placing import Placing
from jointwatch.exchange.record import RULE, Damaged

Listener = Callable[[LogId, int], None]
"""Called with a log and its new size, after the entries are on the disk."""


class Writing(Placing):
    """A record that can be written, one transaction at a time."""

    _listeners: list[Listener]
    _inside: int  # the thread that is within `together`; 0 for none
    _untold: list[Mapping[LogId, range]]

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make all that is written inside one transaction: durable when the block ends, or undone as a whole."""
        with self._lock:
            ids, edges, self._untold = dict(self._ids), dict(self._edges), []
            try:
                with self._transaction():
                    self._inside = threading.get_ident()
                    yield
                    self._inside = 0
            except BaseException:
                self._ids, self._edges, self._untold, self._inside = ids, edges, [], 0
                raise
            untold, self._untold = self._untold, []
        for positions in untold:
            self._tell(positions)

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Let nobody else write while the block lasts: what `place` said holds until then."""
        with self._lock:
            yield

    def keep(self, values: Mapping[str, bytes | None]) -> None:
        """Keep values by name for whoever works here after an end of the process; None forgets one.

        Within `together` they are written with what is said there: after an end both are there, or neither.
        """
        with self._lock, self._transaction():
            schema.keep(self._db, values)

    def kept(self, prefix: str) -> dict[str, bytes]:
        """Return the values that were kept under names with this beginning, in order of their names."""
        with self._lock:
            return schema.kept(self._db, prefix)

    def listen(self, listener: Listener) -> None:
        """Have `listener` called after each append and each stored frame, in the writer's thread."""
        self._listeners.append(listener)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _nested(self) -> bool:
        """Whether this very thread is within `together`: of another one's block nothing is said here."""
        return self._inside == threading.get_ident()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit what is done inside, or nothing of it; the disk's refusals become OSError. Within `together`, wait."""
        if self._nested:
            yield
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
        except (apsw.CorruptError, apsw.NotADBError) as error:
            raise Damaged(RULE, f"{self.path} is damaged: {error}; nothing was written") from error
        except (apsw.FullError, apsw.IOError, apsw.ReadOnlyError) as error:
            raise OSError(
                f"{self.path}: nothing was written: {error}; make room or repair the disk, then go on"
            ) from error

    def _tell(self, positions: Mapping[LogId, range]) -> None:
        if self._nested:
            self._untold.append(positions)
            return
        for log, written in positions.items():
            if written:
                for listener in self._listeners:
                    listener(log, written.stop)
