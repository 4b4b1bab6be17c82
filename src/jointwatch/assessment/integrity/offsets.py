"""A constant offset in range, azimuth, elevation or time: found, sized, and told since when.

Every plot of a catalogued object is off by the object's six numbers (`orbit_error`), by the radar's offsets and by
noise, all linear and Gaussian. The object is eliminated (Schur), whatever was seen of it in however many passes, so
that what remains is what the objects together say of the offsets. Held against each other: the offsets an honest radar
may have, and such an offset with one more that began at one of several times. An offset of the clock is as each object
being early or late by its own: many objects tell the two apart, and the measure of it is how many.

Source of the elimination: Bar-Shalom, Willett, Tian 2011, section 5.7. Of the sums over beginnings: `evidence`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from jointwatch.assessment.integrity import orbit_error
from jointwatch.assessment.integrity.accounts import Accounts, Added
from jointwatch.assessment.integrity.comparison import Comparison
from jointwatch.assessment.integrity.declared import Declared
from jointwatch.assessment.integrity.evidence import limit, log_marginal, log_sum
from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.tracking.gate import threshold
from jointwatch.tracking.known import Known

Kind = Literal["range", "azimuth", "elevation", "clock"]
KINDS: tuple[Kind, ...] = ("range", "azimuth", "elevation", "clock")
BEGIN_EVERY_S = 60.0
BEGINNINGS = 14
"""Kept at once: close together of late, far apart of old."""
SETTLES_NS = 600 * NS_PER_S
"""After an offset is found it is measured so long, and then taken off: what is looked for from then on is a change."""
SIZES_IN_SIGMAS = 1.5
CLOCK_SIZES_S = (0.05, 0.5)
"""Sigmas of the offsets looked for: in sigmas of a plot, and of the clock a small and a large one."""
MEASURED_TO, HARDLY_MEASURED = 0.03, 1.0
"""Shares of an offset which its stated sigma holds besides: for what is not linear, and, where there is no minute yet
but that in which it began, for holding for any part of it."""
GONE_WITHIN = 3.0
"""Sigmas within which an offset that changed again is as good as none."""
FITS = threshold(0.9999, orbit_error.PARTS + 2 * len(KINDS))
LATE = 5
"""Stretches that can be taken out again."""
LEAST_PLOTS = 4
"""Of an object that counts: one alone in the gate of an object that is too faint to be seen may be a false one."""
MOST_OBJECTS = 2_000
"""Kept, 14 kB each: those seen last. What was said of an object longer unseen is forgotten whole, as if it had never
been seen, so that its orbit's error is never counted twice."""
_P = orbit_error.PARTS


@dataclass(frozen=True, slots=True)
class Offset:
    """An offset found: of which kind, how large with one sigma (m, rad or s), since when, from how many objects."""

    kind: Kind
    size: float
    sigma: float
    since_tai_ns: int
    objects: int
    log_evidence: float


@dataclass(slots=True, eq=False)
class Offsets:
    """The standing evidence of one feed about constant offsets."""

    known: Known
    declared: Declared
    standing: Offset | None = None
    taken_off: Floats = field(default_factory=lambda: np.zeros(4))
    _allowed: Floats = field(init=False)
    _since: int = 0  # when what stands was first found, if it is still being measured
    _rows: list[int] = field(default_factory=list)
    _place: dict[int, int] = field(default_factory=dict)
    _objects: Accounts = field(default_factory=lambda: Accounts.none(BEGINNINGS))
    _began: list[int] = field(default_factory=lambda: [0] * BEGINNINGS)  # TAI ns, 0: no beginning there
    _newest: int = 0
    _Y: Floats = field(default_factory=lambda: np.zeros((BEGINNINGS, 8, 8)))  # sums over the objects that fit
    _s: Floats = field(default_factory=lambda: np.zeros((BEGINNINGS, 8)))
    _late: deque[Added] = field(default_factory=lambda: deque(maxlen=LATE))
    logs: Floats = field(default_factory=lambda: np.full(BEGINNINGS, -np.inf))

    def __post_init__(self) -> None:
        self._allowed = np.array(self.declared.allowed_offset)

    def hear(self, compared: Comparison) -> None:
        """Take in a stretch's comparison."""
        self._begin(compared.tai_ns)
        if not len(compared.look):
            return
        places = self._places(compared.rows[compared.look])
        self._add(compared, places)
        self._eliminate(np.unique(places))
        if len(self._rows) > MOST_OBJECTS:
            self._forget()
        self.logs = self._ratios(self._Y, self._s)
        self._conclude(compared.tai_ns)

    @property
    def log(self) -> float:
        """Log of the sum over beginnings."""
        return float(log_sum(self.logs))

    def estimate(self) -> tuple[Floats, Floats]:
        """All offsets (4,) as they are now, and one sigma (4,), with what may be looked for as their prior.

        What was there at the beginning that has most for it, and what began a minute later, are told apart.
        """
        order = [k for k in np.argsort(self._began).tolist() if self._began[k] > 0]
        best = int(np.argmax(self.logs)) if np.isfinite(self.logs).any() else None
        later = [] if best is None else order[order.index(best) :][:2]
        Y, s = self._objects.joint([0, *(k + 1 for k in later)])
        sigmas = np.concatenate([self._allowed, *([self._loose()] * len(later))])
        P = np.linalg.inv(Y + np.diag(1 / np.square(sigmas)))
        total = np.tile(np.eye(4), (1, 1 + len(later)))
        return self.taken_off + total @ P @ s, np.sqrt(np.diag(total @ P @ total.T))

    def _conclude(self, now: int) -> None:
        """Say what is beyond the stated rate of false accusations, also without any one object; or that it is gone."""
        most = limit(BEGIN_EVERY_S)
        if self.log >= most and self._without_any(most):
            self.standing = self._named()
            if not self._since:
                self._since = now
                self._without_onset()
        if self._since and now - self._since >= SETTLES_NS:
            self._take_off()

    def _named(self) -> Offset | None:
        """The offset in force, by the kind that is farthest from nothing; None where all are as allowed."""
        size, sigma = self.estimate()
        far = np.abs(size) / np.hypot(sigma, self.declared.allowed_offset)
        kind, best = int(np.argmax(far)), int(np.argmax(self.logs))
        if far[kind] < GONE_WITHIN:
            return None
        objects = int((self._objects.fits & self._objects.Y[:, best, 4:, 4:].any(axis=(1, 2))).sum())
        unsure = MEASURED_TO if self._began[best] < self._newest else HARDLY_MEASURED
        stated = float(np.hypot(sigma[kind], unsure * size[kind]))
        return Offset(KINDS[kind], float(size[kind]), stated, self._began[best], objects, self.log)

    def _take_off(self) -> None:
        """From now on measure changes of what was found: everything else begins anew."""
        self.taken_off, sigma = self.estimate()
        self._allowed = np.hypot(self.declared.allowed_offset, sigma)
        self._since, self._newest, self._began = 0, 0, [0] * BEGINNINGS
        self._rows, self._place, self._objects = [], {}, Accounts.none(BEGINNINGS)
        self._Y, self._s = np.zeros_like(self._Y), np.zeros_like(self._s)
        self.logs = np.full(BEGINNINGS, -np.inf)
        self._late.clear()

    # -- what came ----------------------------------------------------------------------------------------------------

    def _begin(self, tai_ns: int) -> None:
        """Let another beginning be looked for, in place of an old one that has near neighbours."""
        if tai_ns - self._newest < BEGIN_EVERY_S * NS_PER_S:
            return
        free = self._began.index(0) if 0 in self._began else self._least_missed(tai_ns)
        self._began[free] = self._newest = tai_ns
        some = self._objects
        some.X[:, free + 1], some.W[:, free + 1], some.w[:, free + 1] = 0.0, 0.0, 0.0
        for Y, score in ((some.Y, some.s), (self._Y[None], self._s[None])):
            Y[:, free, 4:], Y[:, free, :, 4:], score[:, free, 4:] = 0.0, 0.0, 0.0
        self.logs[free] = -np.inf

    def _least_missed(self, tai_ns: int) -> int:
        """Which beginning, neither the first nor the newest, lies closest between its neighbours, by age."""
        order = np.argsort(self._began)
        ages = tai_ns - np.array(self._began, dtype=float)[order] + BEGIN_EVERY_S * NS_PER_S
        return int(order[1 + np.argmin(ages[:-2] / ages[2:])])

    def _places(self, rows: Ints) -> Ints:
        """Where each object's account is; new ones get one."""
        new = [row for row in np.unique(rows).tolist() if row not in self._place]
        if new:
            sigma = orbit_error.sigmas(self.known, np.array(new))
            self._place.update(zip(new, range(len(self._rows), len(self._rows) + len(new)), strict=True))
            self._objects.room_for(len(self._rows) + len(new))
            self._objects.N[len(self._rows) : len(self._rows) + len(new)] = np.eye(_P) / sigma[:, None, :] ** 2
            self._rows.extend(new)
        return np.array([self._place[row] for row in rows.tolist()], dtype=np.int64)

    def _add(self, compared: Comparison, places: Ints) -> None:
        off = compared.off - compared.by_offset @ self.taken_off
        rows = (
            np.concatenate(
                [
                    compared.by_orbit,
                    compared.by_offset,
                    off[..., None],
                ],
                axis=2,
            )
            / compared.sigma[..., None]
        )
        order = np.argsort(places, kind="stable")
        first = np.flatnonzero(np.diff(places[order], prepend=-1))
        of = places[order][first]
        G = np.add.reduceat((rows.mT @ rows)[order], first, axis=0)
        active = np.array([True, *(began > 0 for began in self._began)])
        self._late.append(Added(compared.tai_ns, of, G, np.diff(np.append(first, len(order))), active))
        self._objects.count(self._late[-1], self._began, 1)
        self._objects.seen[of] = compared.tai_ns

    def _forget(self) -> None:
        """Keep three quarters of the objects there may be, those seen last, and add up anew what they say."""
        some, n = self._objects, len(self._rows)
        last = np.sort(np.argsort(some.seen[:n], kind="stable")[-(3 * MOST_OBJECTS // 4) :])
        new = np.full(n, -1)
        new[last] = np.arange(len(last))
        some.keep(last)
        self._rows = [self._rows[k] for k in last.tolist()]
        self._place = {row: k for k, row in enumerate(self._rows)}
        late = [(each, new[each.of] >= 0) for each in self._late]
        self._late = deque(
            (replace(each, of=new[each.of[on]], G=each.G[on], plots=each.plots[on]) for each, on in late), maxlen=LATE
        )
        self._Y, self._s = some.Y[some.fits].sum(axis=0), some.s[some.fits].sum(axis=0)

    def _without_onset(self) -> None:
        """Take the minute in which an offset began out again: it holds for a part of its plots, nobody knows which."""
        began = self._began[int(np.argmax(self.logs))]
        for added in [added for added in self._late if added.tai_ns == began]:
            self._objects.count(added, self._began, -1)
            self._eliminate(added.of)
            self._late.remove(added)

    def _eliminate(self, places: Ints) -> None:
        """Eliminate these objects anew, and bring the sums over all up to date."""
        some = self._objects
        old = some.fits[places]
        self._Y -= some.Y[places][old].sum(axis=0)
        self._s -= some.s[places][old].sum(axis=0)
        Y, s = some.eliminated(places)
        some.Y[places], some.s[places] = Y, s
        fits = some.fits[places] = self._fit(places) & (some.plots[places] >= LEAST_PLOTS)
        self._Y += Y[fits].sum(axis=0)
        self._s += s[fits].sum(axis=0)

    def _fit(self, places: Ints) -> Bools:
        """Whether objects are where elements, an offset and a change of it explain; others have flown elsewhere."""
        some, n, loose = self._objects, len(places), 1 / np.square(self._loose())
        best = 1 + int(np.argmax(self.logs))
        X, W, w = (part[places][:, [0, best]] for part in (some.X, some.W, some.w))
        prior = np.zeros((n, _P + 8, _P + 8))
        prior[:, range(_P), range(_P)] = 1 / orbit_error.sigmas(self.known, np.array(self._rows)[places]) ** 2
        prior[:, range(_P, _P + 8), range(_P, _P + 8)] = [*loose, *loose]
        M = prior.copy()
        M[:, :_P, :_P] = some.N[places]
        M[:, :_P, _P:] = X.transpose(0, 2, 1, 3).reshape(n, _P, 8)
        M[:, _P:, :_P] = M[:, :_P, _P:].mT
        M[:, _P : _P + 4, _P : _P + 4] += W[:, 0]
        for a, b in ((0, 4), (4, 0), (4, 4)):
            M[:, _P + a : _P + a + 4, _P + b : _P + b + 4] += W[:, 1]
        p = np.linalg.solve(M, np.concatenate([some.v[places], w.reshape(n, 8)], axis=1)[..., None])[..., 0]
        return np.asarray(np.einsum("ni,nij,nj->n", p, prior, p) <= FITS)

    # -- what it says -------------------------------------------------------------------------------------------------

    def _loose(self) -> Floats:
        return np.array([*(3 * sigma for sigma in self.declared.plot_sigma), CLOCK_SIZES_S[-1]])

    def _looked_for(self) -> Floats:
        """Sigmas (c, 4) of the offsets looked for: each alone, the clock twice, and all together."""
        sizes = SIZES_IN_SIGMAS * np.array(self.declared.plot_sigma)
        alone = np.zeros((5, 4))
        alone[range(3), range(3)] = sizes
        alone[3:, 3] = CLOCK_SIZES_S
        return np.vstack([alone, [*sizes, CLOCK_SIZES_S[0]]])

    def _ratios(self, Y: Floats, s: Floats) -> Floats:
        """Log ratios (..., b) from sums Y (..., b, 8, 8) and s (..., b, 8)."""
        allowed, looked_for = self._allowed, self._looked_for()
        honest = log_marginal(Y, s, np.concatenate([allowed, np.zeros(4)]))
        faulty = np.stack([log_marginal(Y, s, np.concatenate([allowed, each])) for each in looked_for], axis=-1)
        logs = log_sum(faulty) - np.log(len(looked_for)) - honest
        return np.where(np.array(self._began) > 0, logs, -np.inf)

    def _without_any(self, most: float) -> bool:
        """Whether the evidence stays beyond a limit without any single object: one may have manoeuvred."""
        some = self._objects
        fitting = np.flatnonzero(some.fits)
        Y, s = some.Y[fitting], some.s[fitting]
        logs = self._ratios(Y.sum(axis=0) - Y, s.sum(axis=0) - s)
        return bool(np.min(log_sum(logs)) >= most)
