"""The filters of all live tracks as arrays side by side, one row each."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints


@dataclass(slots=True, eq=False)
class Bank:
    """Rows of filters, oldest first.

    x (n, 2, 7), P (n, 2, 7, 7), mu (n, 2) at time (n,), TAI nanoseconds of the newest plot; nis of the last plot;
    plots: how many; recent: one bit for each chance to be seen, newest lowest, set where seen; chances: how many there
    were; origin: index of the radar of the first plot; confirmed; key: running number of the first plot.
    """

    x: Floats
    P: Floats
    mu: Floats
    time: Ints
    nis: Floats
    plots: Ints
    recent: Ints
    chances: Ints
    origin: Ints
    confirmed: Bools
    key: Ints

    def __len__(self) -> int:
        return len(self.key)

    @classmethod
    def of(cls, x: Floats, P: Floats, mu: Floats, time_tai_ns: int, *, origin: int, first_key: int) -> Bank:
        """A bank of k tracks that begin now, each with one plot."""
        k = len(x)
        ones = np.ones(k, dtype=np.int64)
        return cls(
            x,
            P,
            mu,
            time=ones * time_tai_ns,
            nis=np.full(k, np.nan),
            plots=ones.copy(),
            recent=ones.copy(),
            chances=ones.copy(),
            origin=ones * origin,
            confirmed=np.zeros(k, dtype=bool),
            key=first_key + np.arange(k, dtype=np.int64),
        )

    @classmethod
    def empty(cls) -> Bank:
        """A bank without tracks."""
        return cls.of(np.empty((0, 2, 7)), np.empty((0, 2, 7, 7)), np.empty((0, 2)), 0, origin=0, first_key=0)

    def only(self, rows: Bools) -> Bank:
        """The rows marked true."""
        return Bank(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def joined(self, other: Bank) -> Bank:
        """These rows, then the other's."""
        pairs = ((f.name, getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return Bank(**{name: np.concatenate(arrays) for name, *arrays in pairs})

    def mark(self, seen: Ints, missed: Bools) -> None:
        """Note a chance: taken by the rows `seen` (indices), let go by those marked `missed`."""
        self.recent[missed] <<= 1
        self.chances[missed] += 1
        self.recent[seen] = (self.recent[seen] << 1) | 1
        self.chances[seen] += 1
        self.plots[seen] += 1
        self.recent &= 0xFFFFFFFF

    def seen_of_last(self, window: int) -> tuple[Ints, Ints]:
        """How often each track was seen, and how often missed, in its last chances up to a window."""
        hits = np.bitwise_count(self.recent & ((1 << window) - 1)).astype(np.int64)
        return hits, np.minimum(self.chances, window) - hits
