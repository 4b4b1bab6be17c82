"""How many of the plots that a radar should have are there: all over its field, and region by region.

The declared radar says how likely an object of some cross-section is seen in one look. Cross-sections are in no public
catalogue, so each object's is unknown beforehand, over six orders, and learned from the same looks: also that it may
not be there at all. A feed that leaves out a share everywhere, or nearly all of one region, makes other looks likely
than an honest one, whatever the cross-sections. What nobody can see from one feed: a share left out from the start of
objects that are seen so badly that another cross-section explains it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from jointwatch.assessment.integrity.comparison import Comparison
from jointwatch.assessment.integrity.declared import Declared
from jointwatch.assessment.integrity.evidence import Sum, limit, log_sum
from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.timescale import NS_PER_S

CROSS_SECTIONS_M2 = 10.0 ** np.arange(-4.0, 2.6, 0.25)
ABSENT_SHARE = 0.05
"""That an object is not where its elements put it, at the first look of each pass."""
WITHHELD = (0.05, 0.1, 0.2, 0.4, 0.9)
"""Shares left out everywhere that are looked for."""
BLANKED = 0.95
SECTOR_RAD = np.radians(10.0)
FAR_M = 2.0e6
"""Regions: sectors of azimuth, whole, and in a near and a far half."""
PASS_ENDS_NS = 600 * NS_PER_S
AGAIN = 0.5
"""Share of what was learned that still holds at an object's next pass: it turns another side."""
MOST_OF_ONE = 4.0
"""Nats that one object may add in a minute: it may have manoeuvred, or broken up."""
STEP_S = 60.0
MOST_OBJECTS = 8_000
"""Kept, 1.5 kB each: those seen last. Of others a cross-section is learned anew when they come again."""
KEPT = 60
"""Minutes of counts for the words of a verdict."""
NOTHING = 1.0
"""Evidence, in nats, up to which there is nothing for a fault, and it has not begun."""
LEAST_EXPECTED, MOSTLY, HARDLY = 5.0, 0.6, 0.06
"""A half sector is blank if of so many looks expected most are missing; and a feed otherwise whole if hardly any."""
_SECTORS = int(np.ceil(2 * np.pi / SECTOR_RAD))
_LEAST_P = 1e-12


@dataclass(frozen=True, slots=True)
class Missing:
    """Plots found missing: the share, and where: from one azimuth to another (rad), or None for everywhere.

    seen, expected: how many looks had a plot since it began, of how many that should have by what was known.
    """

    share: float
    sector: tuple[float, float] | None
    seen: int
    expected: float
    log_evidence: float


@dataclass(slots=True, eq=False)
class Detections:
    """The standing evidence of one feed about what it leaves out."""

    declared: Declared
    objects: int  # in the catalogue
    _place: Ints = field(init=False)
    _likely: Floats = field(init=False)  # (1 + shares, places, cross-sections): logs, the first with nothing left out
    _since_region: Floats = field(init=False)  # (places, cross-sections): of the looks in the region it is in
    _region: Ints = field(init=False)
    _last_ns: Ints = field(init=False)
    _everywhere: Sum = field(default_factory=lambda: Sum.of(len(WITHHELD)))
    _regions: Sum = field(default_factory=lambda: Sum.of(3 * _SECTORS))
    _tallies: deque[tuple[Floats, Floats]] = field(
        default_factory=lambda: deque(maxlen=KEPT)
    )  # of each minute, by region
    _quiet: Ints = field(init=False)  # steps since there was nothing for each fault: everywhere, then regions

    def __post_init__(self) -> None:
        grid = len(CROSS_SECTIONS_M2) + 1
        self._quiet = np.zeros(len(WITHHELD) + 3 * _SECTORS, dtype=np.int64)
        self._place = np.full(self.objects, -1, dtype=np.int64)
        self._likely = np.zeros((1 + len(WITHHELD), 0, grid))
        self._since_region = np.zeros((0, grid))
        self._region, self._last_ns = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)

    @property
    def log(self) -> float:
        """Log of the stronger of the two sums over beginnings."""
        return max(self._everywhere.log, self._regions.log)

    def hear(self, compared: Comparison) -> None:
        """Take in a stretch's comparison."""
        if self.declared.look is None or self.declared.detection is None:
            return
        looks = np.flatnonzero(compared.counts)
        if not len(looks):
            return
        order = looks[np.argsort(compared.rows[looks], kind="stable")]
        rows, first = np.unique(compared.rows[order], return_index=True)
        places = self._places(rows, compared.tai_ns)
        sections = np.append(CROSS_SECTIONS_M2, 0.0)
        p = np.asarray(self.declared.detection(compared.strength[order][:, None] * sections))
        p[:, -1] = 0.0  # not there: no false plot is counted as it
        p = np.clip(p * (1 - self.declared.allowed_misses), _LEAST_P, 1 - _LEAST_P)
        seen = compared.seen[order]
        before = self._likely[0, places]
        self._all_over(p, seen, first, places)
        self._by_region(p, seen, first, places, before, compared.z[order])

    def found(self) -> Missing | None:
        """What is missing beyond the stated rate of false accusations, else None."""
        most = limit(STEP_S) + np.log(2)
        if self.log < most:
            return None
        everywhere = self._everywhere.log >= most
        fault = self._everywhere.strongest if everywhere else len(WITHHELD) + self._regions.strongest
        seen, expected = self._since(int(self._quiet[fault]))
        blank = (expected >= LEAST_EXPECTED) & (seen < (1 - MOSTLY) * expected)
        rest_seen, rest_expected = seen[~blank].sum(), expected[~blank].sum()
        if blank.any() and (not everywhere or rest_seen > (1 - HARDLY) * rest_expected):
            sector = _run(np.asarray(blank.reshape(-1, 2).any(axis=1)), (expected - seen).reshape(-1, 2).sum(axis=1))
            seen, expected = seen[blank], expected[blank]
        else:
            sector = None
        share = float(np.clip(1 - seen.sum() / max(expected.sum(), 1e-9), 0.0, 1.0))
        return Missing(share, sector, int(seen.sum()), float(expected.sum()), self.log)

    def _since(self, steps: int) -> tuple[Floats, Floats]:
        """Looks with a plot, and those expected, by half sector, in the last steps."""
        late = list(self._tallies)[-max(steps, 1) :]
        return np.sum([seen for seen, _ in late], axis=0), np.sum([expected for _, expected in late], axis=0)

    # -- the whole field ----------------------------------------------------------------------------------------------

    def _all_over(self, p: Floats, seen: Bools, first: Ints, places: Ints) -> None:
        kept = 1 - np.array([0.0, *WITHHELD])[:, None, None]
        logs = np.where(seen[:, None], np.log(kept * p), np.log1p(-kept * p))
        news = np.add.reduceat(logs, first, axis=1)
        before = self._likely[:, places]
        ratio = log_sum(before + news) - log_sum(before)
        each = np.minimum(ratio[1:] - ratio[0], MOST_OF_ONE)
        self._everywhere.step(each.sum(axis=1))
        self._likely[:, places] = before + news

    # -- regions ------------------------------------------------------------------------------------------------------

    def _by_region(self, p: Floats, seen: Bools, first: Ints, places: Ints, before: Floats, z: Floats) -> None:
        count = np.diff(np.append(first, len(z)))
        middle = first + count // 2
        cell = _cell(z)
        mine = cell == np.repeat(cell[middle], count)
        at = cell[middle]
        moved = self._region[places] != at
        self._since_region[places[moved]] = 0.0
        self._region[places] = at
        honest = np.where(seen[:, None], np.log(p), np.log1p(-p)) * mine[:, None]
        blank = np.where(seen[:, None], np.log((1 - BLANKED) * p), np.log1p(-(1 - BLANKED) * p)) * mine[:, None]
        honest, blank = np.add.reduceat(honest, first, axis=0), np.add.reduceat(blank, first, axis=0)
        outside = before - self._since_region[places]
        ratio = log_sum(outside + blank) - log_sum(outside)
        ratio -= log_sum(before + honest) - log_sum(before)
        self._since_region[places] += honest
        self._regions.step(_sums(at, np.minimum(ratio, MOST_OF_ONE)))
        weight = np.exp(before - log_sum(before)[:, None])
        expected: Floats = np.einsum("kg,kg->k", np.repeat(weight, count, axis=0), p)
        self._tallies.append((_counts(cell, seen.astype(np.float64)), _counts(cell, expected)))
        each = np.concatenate([self._everywhere.each, self._regions.each])
        self._quiet = np.where(each > NOTHING, self._quiet + 1, 0)

    def _places(self, rows: Ints, tai_ns: int) -> Ints:
        """Where what is known of each object is kept; at each new pass, some of it is unlearned."""
        new = rows[self._place[rows] < 0]
        if len(self._region) + len(new) > MOST_OBJECTS:
            self._forget(rows)
        if len(new):
            held = len(self._region)
            self._place[new] = held + np.arange(len(new))
            more, grid = len(new), len(CROSS_SECTIONS_M2) + 1
            self._likely = np.concatenate([self._likely, np.tile(_PRIOR, (1 + len(WITHHELD), more, 1))], axis=1)
            self._since_region = np.concatenate([self._since_region, np.zeros((more, grid))])
            self._region = np.concatenate([self._region, np.full(more, -1)])
            self._last_ns = np.concatenate([self._last_ns, np.full(more, tai_ns)])
        places = self._place[rows]
        again = places[tai_ns - self._last_ns[places] > PASS_ENDS_NS]
        self._likely[:, again] = _unlearned(self._likely[:, again])
        self._since_region[again], self._region[again] = 0.0, -1
        self._last_ns[places] = tai_ns
        return places

    def _forget(self, rows: Ints) -> None:
        """Keep half of the objects there may be, those seen last, and all of these."""
        held = np.flatnonzero(self._place >= 0)
        held = held[np.argsort(self._place[held])]
        these = self._place[np.intersect1d(rows, held)]
        order = self._last_ns.copy()
        order[these] = np.iinfo(np.int64).max
        last = np.sort(np.argsort(order, kind="stable")[-max(MOST_OBJECTS // 2, len(these)) :])
        self._likely, self._since_region = self._likely[:, last], self._since_region[last]
        self._region, self._last_ns = self._region[last], self._last_ns[last]
        self._place[held] = -1
        self._place[held[last]] = np.arange(len(last))


def _unlearned(logs: Floats) -> Floats:
    """What still holds of an object at its next pass: its cross-section roughly, and again that it may be gone."""
    there = AGAIN * logs[..., :-1]
    there = there - log_sum(there)[..., None] + np.log(1 - ABSENT_SHARE)
    return np.concatenate([there, np.full((*logs.shape[:-1], 1), np.log(ABSENT_SHARE))], axis=-1)


_PRIOR = np.log(np.append(np.full(len(CROSS_SECTIONS_M2), (1 - ABSENT_SHARE) / len(CROSS_SECTIONS_M2)), ABSENT_SHARE))


def _cell(z: Floats) -> Ints:
    """Number of the region (k,) of rows of range, azimuth, elevation: sector, and whether near or far."""
    return np.asarray((z[:, 1] // SECTOR_RAD).astype(np.int64) % _SECTORS * 2 + (z[:, 0] > FAR_M))


def _sums(cell: Ints, values: Floats) -> Floats:
    """Sums over each region (3 s,): near and far halves of sectors, then whole sectors."""
    halves = _counts(cell, values)
    return np.concatenate([halves, halves.reshape(-1, 2).sum(axis=1)])


def _counts(cell: Ints, values: Floats) -> Floats:
    """Sums (2 s,) over the near and far halves of sectors."""
    return np.asarray(np.bincount(cell, values, minlength=2 * _SECTORS), dtype=float)


def _run(blank: Bools, missing: Floats) -> tuple[float, float]:
    """Azimuths, rad, of the blank sectors round the one where most is missing; beyond a turn where they cross north."""
    low = high = int(np.argmax(np.where(blank, missing, -np.inf)))
    while high - low < _SECTORS - 1 and blank[(high + 1) % _SECTORS]:
        high += 1
    while high - low < _SECTORS - 1 and blank[(low - 1) % _SECTORS]:
        low -= 1
    return float(low % _SECTORS * SECTOR_RAD), float((low % _SECTORS + high - low + 1) * SECTOR_RAD)
