"""A folder into which a radar writes files, watched: each is taken once it is whole, and then put away.

What was handed in goes to `taken`, what cannot be to `refused` with the reason beside it. Names that begin with a point
or end in .part or .tmp are left alone, so a program that writes under such a name and renames at the end is never read
too early; in any other file, nothing must have changed for two seconds.
"""

from __future__ import annotations

import stat
import time
from collections.abc import Callable
from pathlib import Path

TAKEN, REFUSED = "taken", "refused"
SETTLED_S = 2.0
UNFINISHED = (".part", ".tmp")


class Watched:
    """A folder that is looked into again and again. clock: seconds, of this machine alone: the files' may be wrong."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder, self._clock = folder, clock
        self._seen: dict[str, tuple[tuple[int, int], float]] = {}  # name -> size and time of change, since when

    def whole(self) -> list[Path]:
        """Return the files in which nothing changed for two seconds, in order of their names."""
        now, before, self._seen = self._clock(), self._seen, {}
        for path in sorted(self.folder.iterdir()):
            if path.name.startswith(".") or path.suffix in UNFINISHED:
                continue
            try:
                about = path.stat()
            except FileNotFoundError:
                continue  # taken away meanwhile by whoever put it there
            if not stat.S_ISREG(about.st_mode):
                continue
            stamp = (about.st_size, about.st_mtime_ns)
            known, since = before.get(path.name, (stamp, now))
            self._seen[path.name] = (stamp, since if known == stamp else now)
        return [self.folder / name for name, (_, since) in self._seen.items() if now - since >= SETTLED_S]


def put_away(path: Path, *, refused: str = "") -> Path:
    """Return where a file lies now: in `taken`, or in `refused` with the reason in a text beside it."""
    box = path.parent / (REFUSED if refused else TAKEN)
    box.mkdir(exist_ok=True)
    place, number = box / path.name, 1
    while place.exists():  # another file of that name was here before
        number += 1
        place = box / f"{path.stem}.{number}{path.suffix}"
    if refused:
        place.with_name(f"{place.name}.why.txt").write_text(f"{refused}\n")
    path.rename(place)
    return place
