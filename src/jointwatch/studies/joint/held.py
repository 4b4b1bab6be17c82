"""Who holds the flights of a chunk: each sensor by itself, and sets of sensors together, as arrays that are filled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.sensors.visibility import SEEN


@dataclass(frozen=True, eq=False)
class Held:
    """What `holding.hold_by_sets` fills, of m sensors and g sets of them, for k flights."""

    detected: Floats
    first: Ints
    held: Ints
    detected_by: Floats
    first_by: Ints
    held_by: Ints
    gap: Ints
    longest_gap: Ints
    hand_overs: Ints

    @classmethod
    def empty(cls, m: int, g: int, k: int) -> Held:
        """Return what nobody has looked at."""

        def steps(rows: int) -> Ints:
            return np.zeros((rows, k), dtype=np.int64)

        return cls(
            np.zeros((m, k)), steps(m) - 1, steps(m), np.zeros((g, k)), steps(g) - 1, steps(g), steps(g), steps(g),
            steps(g),
        )  # fmt: skip

    def fill(self, probability: NDArray[np.float32], looks_in_a_step: Floats, sets: Ints) -> None:
        """Take in the probabilities (m, k, t) of detection in one look, for sets (g, most) of sensors, -1 for none."""
        from jointwatch.sensors.holding import hold_by_sets

        hold_by_sets(
            probability, looks_in_a_step, SEEN, sets, self.detected, self.first, self.held, self.detected_by,
            self.first_by, self.held_by, self.gap, self.longest_gap, self.hand_overs,
        )  # fmt: skip
