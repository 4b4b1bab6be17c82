"""The noise of a feed against the sigmas its plots state: more than declared, or too little to be true.

What is off by orbits and offsets changes smoothly while an object passes; noise does not. Of each object's plots in a
minute, a cubic in time takes what is smooth, and what is left is noise alone, chi-square with known degrees of freedom,
separately in range, azimuth and elevation. Scales of noise are held against each other as in Wald's test of a variance
[Wald 1947, Sequential Analysis, chapter 8]; the honest one is the largest that is allowed, so any smaller is safer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from jointwatch.assessment.integrity.comparison import Comparison
from jointwatch.assessment.integrity.declared import Declared
from jointwatch.assessment.integrity.evidence import Sum, limit
from jointwatch.earth.arrays import Floats

Kind = Literal["range", "azimuth", "elevation"]
KINDS: tuple[Kind, ...] = ("range", "azimuth", "elevation")
MORE, LESS = (1.25, 1.5, 2.0), (0.7, 0.4)
"""Scales looked for."""
LEAST_PLOTS = 6
TERMS = 4  # of a cubic
STEEPEST_RAD = 1.05
"""Higher up, azimuth turns too fast for a cubic in a minute."""
OUTLYING = 12.0
"""A block with so much more than its noise holds somebody else's plot, and says nothing: chi-square by freedom."""
STEP_S = 60.0
NOTHING = 1.0
"""Evidence, in nats, up to which there is nothing for a fault, and it has not begun."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Noise found in a kind, as a multiple of what plots state, with one sigma."""

    kind: Kind
    scale: float
    sigma: float
    log_evidence: float


@dataclass(slots=True, eq=False)
class Scatter:
    """The standing evidence of one feed about its noise."""

    declared: Declared
    _sum: Sum = field(default_factory=lambda: Sum.of(len(KINDS) * (len(MORE) + len(LESS))))
    _squares: Floats = field(default_factory=lambda: np.zeros(len(KINDS) * (len(MORE) + len(LESS))))
    _freedom: Floats = field(default_factory=lambda: np.zeros(len(KINDS) * (len(MORE) + len(LESS))))
    _before: Floats = field(default_factory=lambda: np.full(len(KINDS) * (len(MORE) + len(LESS)), -np.inf))
    scale: Floats = field(default_factory=lambda: np.ones(3))  # of the last minute with plots enough

    def hear(self, compared: Comparison) -> None:
        """Take in a stretch's comparison."""
        squares, freedom = blocks(compared)
        if not len(squares):
            return
        self._sum.step(np.concatenate([self._ratios(kind, squares, freedom) for kind in range(3)]))
        self.scale = np.sqrt(squares.sum(axis=0) / freedom.sum())
        self._tally(squares.sum(axis=0), float(freedom.sum()))

    @property
    def log(self) -> float:
        """Log of the sum over beginnings."""
        return self._sum.log

    def found(self) -> Noise | None:
        """The noise that is beyond the stated rate of false accusations, else None."""
        if self.log < limit(STEP_S):
            return None
        best = self._sum.strongest
        scale = float(np.sqrt(self._squares[best] / self._freedom[best]))
        sigma = scale / float(np.sqrt(2 * self._freedom[best]))
        return Noise(KINDS[best // (len(MORE) + len(LESS))], scale, sigma, self.log)

    def _tally(self, squares: Floats, freedom: float) -> None:
        """Keep, for each scale looked for, what was measured since there was last nothing for it."""
        for kept, news in ((self._squares, np.repeat(squares, len(MORE) + len(LESS))), (self._freedom, freedom)):
            kept[self._before <= NOTHING] = 0.0
            kept += news
        self._before = self._sum.each.copy()

    def _ratios(self, kind: int, squares: Floats, freedom: Floats) -> Floats:
        """Log ratios of a minute for each scale looked for."""
        most = self.declared.allowed_noise
        scales, honest = np.array([*MORE, *LESS]), np.array([most] * len(MORE) + [1 / most] * len(LESS))
        each = squares[:, kind, None] / 2 * (1 / honest**2 - 1 / scales**2) - freedom[:, None] * np.log(scales / honest)
        outlying = squares[:, kind] > OUTLYING * freedom
        return np.asarray(np.where(outlying[:, None], np.minimum(each, 0.0), each).sum(axis=0))


def blocks(compared: Comparison) -> tuple[Floats, Floats]:
    """What a cubic leaves of each object's plots: sums of squares in sigmas (o, 3), and degrees of freedom (o,)."""
    low = compared.z[compared.look, 2] < STEEPEST_RAD
    rows = compared.rows[compared.look][low]
    if not len(rows):
        return np.zeros((0, 3)), np.zeros(0)
    order = np.argsort(rows, kind="stable")
    first = np.flatnonzero(np.diff(rows[order], prepend=-1))
    count = np.diff(np.append(first, len(rows)))
    enough = count >= LEAST_PLOTS
    s = compared.time_s[low][order] / 30.0 - 1.0
    powers = np.stack([np.ones_like(s), s, s**2, s**3], axis=1)[:, None, :]
    sides = np.concatenate([np.broadcast_to(powers, (len(s), 3, TERMS)), compared.off[low][order][..., None]], axis=2)
    sides = sides / compared.sigma[low][order][..., None]
    G = np.add.reduceat(sides[..., :, None] * sides[..., None, :], first, axis=0)[enough]
    fitted = np.linalg.solve(G[..., :TERMS, :TERMS], G[..., :TERMS, TERMS:])[..., 0]
    left = G[..., TERMS, TERMS] - np.einsum("okt,okt->ok", fitted, G[..., :TERMS, TERMS])
    return np.maximum(left, 0.0), (count[enough] - TERMS).astype(float)
