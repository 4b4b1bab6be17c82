"""The common logs of a centre in service, kept published in a folder for any web server to hand out.

A folder is brought up to the record soon after something was said for all, and a while after that again, for the dates
of the cosignatures. It is no part of the record: a folder that cannot be written holds nothing up.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from jointwatch.centre.configuration import ConfigurationError, Place
from jointwatch.exchange.database import Database
from jointwatch.exchange.desk import urgency
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.publishing import publish
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.site import INDEX, logs_of

SETTLE_S = 2.0  # what was said meanwhile goes out together, and mostly with the partners' cosignatures
DATED_S = 60.0


def folder(place: Place, name: str) -> Path:
    """Return the folder that `publish` in centre.toml names; raise ConfigurationError where a key could be fetched."""
    path, private = (place.folder / name).resolve(), place.folder.resolve()
    within = path.relative_to(private).parts[:1] if path.is_relative_to(private) else ()
    if private.is_relative_to(path) or within in {(one,) for one in ("keys", "clients", "officers", "runs")}:
        raise ConfigurationError(
            f"{place.configuration}: publish: {path} is where this centre keeps what is private; name another folder"
        )
    return path


class Publication:
    """Keeps `out` published. tell: told where it begins, what keeps it from being written, and when it is again."""

    def __init__(self, store: Store, out: Path, tell: Callable[[str], None]) -> None:
        self._store, self._out, self._tell = store, out, tell
        self._said, self._ended, self._trouble = threading.Event(), threading.Event(), ""
        self._thread = threading.Thread(target=self._run, name="publication", daemon=True)
        store.listen(self._heard)

    def __enter__(self) -> Publication:
        self._tell(f"publishes the common logs in {self._out}")
        self._said.set()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Publish what was said last, and end."""
        self._ended.set()
        self._said.set()
        self._thread.join(15)

    def _heard(self, log: LogId, _size: int) -> None:
        if log.audience == COMMON:
            self._said.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            if self._said.wait(DATED_S):
                self._ended.wait(SETTLE_S)
            self._said.clear()
            self._bring_up()
        if self._said.is_set():
            self._bring_up()

    def _bring_up(self) -> None:
        try:
            publish(Database(self._store.path), self._logs(), self._out)
        except (Refused, OSError) as error:
            self._say(f"the common logs cannot be published in {self._out}: {error}")
        else:
            self._say("")

    def _logs(self) -> list[LogId]:
        """Return what is to be there: all common logs, and of archived shards those that are there already."""
        there = set(logs_of(str(self._out))) if (self._out / INDEX).exists() else set[LogId]()
        held = [log for log in self._store.logs() if log.audience == COMMON and self._store.size(log)]
        kept = [log for log in held if log in there or not self._store.archived(log)]
        return sorted(kept, key=urgency)  # a checkpoint may be signed with a key that only the newest roster names

    def _say(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._tell(trouble or f"the common logs are published in {self._out} again")
        self._trouble = trouble
