"""A log's tree, rebuilt from what its stretches hold: which file lies where it does not lead to the signed root."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from jointwatch.exchange import merkle, tiles
from jointwatch.exchange.checkpoint import Checkpoint
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.source import Source
from jointwatch.exchange.tiles import WIDTH, DirectoryRefused
from jointwatch.exchange.verify.stretch import Found


@dataclass
class Tree:
    """The tiles of a log as they come, in order. `check` raises DirectoryRefused, which names the file that lies."""

    source: Source
    log: LogId
    claimed: Checkpoint
    roots: list[bytes] = field(default_factory=list)
    unlike: list[str] = field(default_factory=list)
    altered: int | None = None

    def add(self, found: Found) -> None:
        """Take the next stretch in."""
        if found.unreadable is not None:
            raise DirectoryRefused(*found.unreadable)
        self.roots += found.roots
        self.unlike += found.unlike
        if self.altered is None:
            self.altered = found.altered

    def check(self) -> None:
        """Raise DirectoryRefused unless every tile holds the hashes of the entries and the root is the one signed."""
        wrong = [*self.unlike, *self._wrong_above()]
        # 256 is a power of two, so the tree over all entries is the tree over the roots of the tiles
        if merkle.CompactRange().extend(self.roots)[0].root() == self.claimed.root:
            if wrong:
                raise DirectoryRefused(wrong[0], "was changed: it does not hold the hashes of the entries")
        elif not wrong:
            raise DirectoryRefused(tiles.CHECKPOINT, "was changed: its root is not that of the entries and tiles")
        elif self.altered is not None:
            index = self.altered // WIDTH
            name = tiles.tile_name("entries", index, tiles.width(index, self.claimed.size))
            raise DirectoryRefused(name, f"was changed: entry {self.altered} is not the one that was logged")
        else:
            raise DirectoryRefused(wrong[0], "was changed, and so was the checkpoint")

    def _wrong_above(self) -> Iterator[str]:
        """Return the tiles of the levels above 0 that do not hold the roots of the tiles beneath them."""
        level, hashes = 1, self.roots[: self.claimed.size // WIDTH]
        while hashes:
            for index in range(-(-len(hashes) // WIDTH)):
                width = tiles.width(index, len(hashes))
                held = b"".join(hashes[index * WIDTH : index * WIDTH + width])
                if self.source.tile(self.log, level, index, width) != held:
                    yield tiles.tile_name(level, index, width)
            level, hashes = level + 1, tiles.level_above(hashes)
