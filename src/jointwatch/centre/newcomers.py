"""Centres that were pinned in centre.toml after a centre began to serve."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jointwatch.centre import configuration
from jointwatch.centre.configuration import Configuration, ConfigurationError


class Newcomers:
    """Looks for them. known: centre.toml as it was read. tell: told of what only a start by hand puts in force."""

    def __init__(self, folder: Path, known: Configuration, tell: Callable[[str], None]) -> None:
        self._folder, self._known, self._tell = folder, known, tell
        self._seen, self._said = (0, 0), ""  # it is looked at once at least: it may have changed since it was read

    def met(self) -> tuple[str, ...]:
        """Return the newcomers that can be followed by beginning anew, where nothing else in the file is new."""
        stamp = self._stamp()
        if stamp == self._seen:
            return ()
        self._seen = stamp
        try:
            now = configuration.read(self._folder)
        except ConfigurationError as error:
            self._say(f"{error}; the centre goes on as it was started")
            return ()
        new = {name: partner for name, partner in now.partners.items() if name not in self._known.partners}
        kept = {name: partner for name, partner in now.partners.items() if name not in new}
        if now.model_copy(update={"partners": kept}) == self._known and not any(one.radars for one in new.values()):
            return tuple(sorted(new))
        follow = f", and follow {', '.join(sorted(new))}" if new else ""
        self._say(f"centre.toml was changed: start the centre again to put it in force{follow}")
        return ()

    def _stamp(self) -> tuple[int, int]:
        try:
            found = configuration.Place(self._folder).configuration.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size

    def _say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._tell(text)
