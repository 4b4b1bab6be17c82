"""Every combination of a claim's assumptions, as columns: the stated spread over which an answer is given.

All values of all assumptions are combined, none is weighed: a spread is a range of what is claimed, not a
distribution. The first case is that of all defaults.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from jointwatch.catalogue.fact import Provenance
from jointwatch.earth.arrays import Floats, Ints


@dataclass(frozen=True)
class Axis:
    """One assumption: its values by the name of who claims them, the default first."""

    name: str
    title: str
    choices: Mapping[str, Provenance]

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the choices."""
        return tuple(self.choices)


@dataclass(frozen=True, eq=False)
class Cases:
    """All combinations (n) of the choices of the axes, the last axis running fastest."""

    axes: tuple[Axis, ...]

    def __len__(self) -> int:
        return len(self.index)

    @cached_property
    def index(self) -> Ints:
        """Number of the choice, (n, axes); 0 is the default."""
        if not self.axes:
            return np.zeros((1, 0), dtype=np.int64)
        sizes = [len(axis.choices) for axis in self.axes]
        return np.stack(np.unravel_index(np.arange(int(np.prod(sizes))), sizes), axis=-1).astype(np.int64)

    def axis(self, name: str) -> Axis:
        """Return an axis by its name."""
        return self.axes[self.column(name)]

    def column(self, name: str) -> int:
        """Return the number of an axis."""
        known = [axis.name for axis in self.axes]
        if name not in known:
            raise LookupError(f"this claim declares no assumption {name!r}; it has {', '.join(known)}")
        return known.index(name)

    def values(self, name: str) -> list[object]:
        """Return the values of an axis, one for each choice."""
        return [row.value for row in self.axis(name).choices.values()]

    def numbers(self, name: str) -> Floats:
        """Return the number that each case has on an axis: (n,), or (n, 2) for pairs."""
        return np.asarray(np.array(self.values(name), dtype=np.float64)[self.index[:, self.column(name)]])

    def words(self, name: str) -> list[str]:
        """Return the word that each case has on an axis."""
        values = [str(value) for value in self.values(name)]
        return [values[i] for i in self.index[:, self.column(name)]]

    def distinct(self, names: Sequence[str]) -> tuple[Cases, Ints]:
        """Return the combinations of some axes alone, and for each case (n,) which of them it has.

        What depends on these axes only is computed once for each.
        """
        columns = [self.column(name) for name in names]
        fewer = Cases(tuple(self.axes[column] for column in columns))
        sizes = [len(self.axes[column].choices) for column in columns]
        if not columns:
            return fewer, np.zeros(len(self), dtype=np.int64)
        which = np.ravel_multi_index(tuple(self.index[:, column] for column in columns), sizes)
        return fewer, np.asarray(which, dtype=np.int64)
