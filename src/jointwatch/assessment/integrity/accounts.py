"""What each object has said of a radar's offsets, in normal equations of which its own six numbers can be eliminated.

Source of the elimination: Bar-Shalom, Willett, Tian 2011, section 5.7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.integrity import orbit_error
from jointwatch.earth.arrays import Bools, Floats, Ints

ROOM = 256
"""For objects not yet seen, made at once."""
_P = orbit_error.PARTS


@dataclass(frozen=True, slots=True, eq=False)
class Added:
    """What a stretch said of objects (k): normal equations (k, 11, 11), plots (k,), and which columns it went into."""

    tai_ns: int
    of: Ints
    G: Floats
    plots: Ints
    active: Bools


@dataclass(slots=True, eq=False)
class Accounts:
    """What each of n objects (in the order first seen) has said; b is how many beginnings are kept.

    N (n, 6, 6), v (n, 6): its own normal equations. X (n, b + 1, 6, 4): their cross terms with the offsets; W and w
    (n, b + 1, 4, 4) and (n, b + 1, 4): those of the offsets alone, from each beginning on; the first is the whole time.
    Y (n, b, 8, 8) and s (n, b, 8): the same with the object eliminated, which is added up over those that fit. plots:
    how many it rests on; seen: when last, TAI ns.
    """

    N: Floats
    v: Floats
    X: Floats
    W: Floats
    w: Floats
    Y: Floats
    s: Floats
    fits: Bools
    plots: Ints
    seen: Ints

    @classmethod
    def none(cls, b: int) -> Accounts:
        """Return the accounts of no object, for so many beginnings."""
        shapes = {"N": (_P, _P), "v": (_P,), "X": (b + 1, _P, 4), "W": (b + 1, 4, 4), "w": (b + 1, 4)}
        shapes |= {"Y": (b, 8, 8), "s": (b, 8)}
        return cls(
            **{name: np.zeros((0, *shape)) for name, shape in shapes.items()},
            fits=np.zeros(0, dtype=bool),
            plots=np.zeros(0, dtype=np.int64),
            seen=np.zeros(0, dtype=np.int64),
        )

    def room_for(self, n: int) -> None:
        """Have room for so many objects at least; what is not used yet is zero and fits nothing."""
        more = n - len(self.fits)
        if more > 0:
            for name in self.__dataclass_fields__:
                old = getattr(self, name)
                setattr(self, name, np.concatenate([old, np.zeros((more + ROOM, *old.shape[1:]), dtype=old.dtype)]))

    def keep(self, which: Ints) -> None:
        """Keep these objects alone, in this order."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name)[which])

    def count(self, added: Added, began: list[int], times: int) -> None:
        """Add what a stretch said of each object, or, times -1, take it away again; began: each beginning, TAI ns."""
        of, G = added.of, times * added.G
        o, b = slice(0, _P), slice(_P, _P + 4)
        still = [each <= added.tai_ns for each in began]
        active = added.active & np.array([True, *still])
        self.plots[of] += times * added.plots
        self.N[of] += G[:, o, o]
        self.v[of] += G[:, o, -1]
        self.X[of] += active[:, None, None] * G[:, None, o, b]
        self.W[of] += active[:, None, None] * G[:, None, b, b]
        self.w[of] += active[:, None] * G[:, None, b, -1]

    def eliminated(self, places: Ints) -> tuple[Floats, Floats]:
        """What these objects say of the offsets from each beginning on, beside those of the whole time: Y and s."""
        X, W, w, v, n = self.X[places], self.W[places], self.w[places], self.v[places], len(places)
        b = X.shape[1] - 1
        sides = np.concatenate([X.transpose(0, 2, 1, 3).reshape(n, _P, -1), v[..., None]], axis=2)
        solved = np.linalg.solve(self.N[places], sides)
        by_X = solved[..., :-1].reshape(n, _P, b + 1, 4).transpose(0, 2, 1, 3)
        own, with_all = W - X.mT @ by_X, W - X[:, :1].mT @ by_X
        score = w - (X.mT @ solved[:, None, :, -1:])[..., 0]
        Y, s = np.empty((n, b, 8, 8)), np.empty((n, b, 8))
        Y[..., :4, :4], s[..., :4] = own[:, :1], score[:, :1]
        Y[..., :4, 4:], Y[..., 4:, :4] = with_all[:, 1:], with_all[:, 1:].mT
        Y[..., 4:, 4:], s[..., 4:] = own[:, 1:], score[:, 1:]
        return Y, s

    def joint(self, columns: list[int]) -> tuple[Floats, Floats]:
        """What all fitting objects say of offsets from several beginnings on together: information, and its vector."""
        n = 4 * len(columns)
        X, W, w = (part[self.fits][:, columns] for part in (self.X, self.W, self.w))
        sides = X.transpose(0, 2, 1, 3).reshape(-1, _P, n)
        solved = np.linalg.solve(self.N[self.fits], np.concatenate([sides, self.v[self.fits][..., None]], axis=2))
        own, inner = W.sum(axis=0), (sides.mT @ solved).sum(axis=0)
        late = np.maximum.outer(np.arange(len(columns)), np.arange(len(columns)))
        whole = own[late].transpose(0, 2, 1, 3).reshape(n, n)  # of two beginnings, what came after the later one
        return whole - inner[:, :n], w.sum(axis=0).ravel() - inner[:, n]
