"""Radars in doubt: those whose plots lie beside where tracks made by others say they should, all by the same.

A sequential test. In windows of two minutes, one begun each minute, it is asked of each radar how much likelier one
constant offset makes its plots than honesty does. Of an honest radar that ratio is a martingale with mean one, so it
ever exceeds 1/alpha with probability alpha at most, however long one looks (Ville 1939); the four causes share alpha.
An honest radar may be off by a third of a single plot's sigma. The weighing is in `evidence`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.tracking.kernels import kernels

FALSE_ALARM = 1e-6
"""Probability that a window's verdict on an honest radar is wrong: 6e-5 an hour and radar, once in two years."""

CAUSES = ("range", "azimuth", "elevation", "clock")
SPREAD = np.array([10e3, np.radians(1.5), np.radians(1.5), 10.0])
"""How far a lie may be off, one sigma: m, rad, rad, s."""

WINDOW_NS, EVERY_NS = 120 * NS_PER_S, 60 * NS_PER_S
MOST_RADARS = 62  # that fit the bits of a number; of further ones nothing is asked


@dataclass(frozen=True, slots=True)
class Doubt:
    """A radar whose plots are off by one constant amount.

    cause: `range` (m), `azimuth`, `elevation` (rad) or `clock` (s, later than it was); offset and its sigma in that
    unit. against: the radars whose tracks its plots contradict, itself among them where it departs from what it said
    before. since_tai_ns: when the doubt arose; log_ratio: how much likelier than honesty.
    """

    radar: str
    cause: str
    offset: float
    sigma: float
    against: tuple[str, ...]
    since_tai_ns: int
    log_ratio: float

    @property
    def certain(self) -> bool:
        """Whether it must be this radar: it contradicts two others, or itself. Else it may be the other one."""
        return len(self.against) > 1 or self.against == (self.radar,)


class Doubts:
    """The windows of all radars, by their index, and the doubts that stand."""

    def __init__(self) -> None:
        self._state: Floats = np.empty((0, 2, len(CAUSES), 3))
        self._bits: Ints = np.empty((0, 2, len(CAUSES)), dtype=np.int64)
        self._begun: list[list[int]] = []
        self._standing: dict[int, tuple[Doubt, int]] = {}
        self._limit = float(np.log(len(CAUSES) / FALSE_ALARM))
        self._doubted = 0
        self._next = 0

    def hear(
        self, bank: tuple[Floats, Ints, Ints, int], chosen: tuple[Ints, Ints], radar: int, names: Collection[str],
        time_tai_ns: int, plots: tuple[Floats, Floats, Floats, Floats],
    ) -> None:  # fmt: skip
        """Weigh a scan before it updates the tracks: the bank's arrays and size, which rows take which plots.

        plots: z, sigma, site and the tracker's motion, as the kernels take them.
        """
        if radar >= MOST_RADARS:
            return
        self._windows(radar, time_tai_ns)
        if len(names) < 2:  # nobody to say otherwise, and nothing to compile before the first track
            return
        doubted = self._doubted & ~(1 << radar)
        self._next, most = kernels().evidence.hear(
            *bank, *chosen, radar, time_tai_ns, *plots, self._next, doubted, SPREAD, self._state[radar],
            self._bits[radar],
        )  # fmt: skip
        if most > self._limit:
            self._raise(radar, tuple(names), time_tai_ns)
        elif radar in self._standing and time_tai_ns - self._standing[radar][1] > WINDOW_NS:
            del self._standing[radar]
            self._doubted &= ~(1 << radar)

    def standing(self) -> list[Doubt]:
        """The doubts that stand, the surest first; none that another one explains."""
        doubts = sorted((doubt for doubt, _ in self._standing.values()), key=lambda one: -one.log_ratio)
        sure = {one.radar for one in doubts if one.certain}
        return [one for one in doubts if one.certain or not set(one.against) <= sure]

    def _windows(self, radar: int, time_tai_ns: int) -> None:
        """Make room for a radar, and begin its windows anew in turn."""
        while len(self._begun) <= radar:
            self._state = np.concatenate([self._state, np.zeros((1, 2, len(CAUSES), 3))])
            self._bits = np.concatenate([self._bits, np.zeros((1, 2, len(CAUSES)), dtype=np.int64)])
            self._begun.append([time_tai_ns, time_tai_ns - EVERY_NS])
            self._begin(len(self._begun) - 1, [0, 1])
        for window, begun in enumerate(self._begun[radar]):
            if time_tai_ns - begun >= WINDOW_NS:
                self._begin(radar, [window])
                self._begun[radar][window] = time_tai_ns

    def _begin(self, radar: int, windows: list[int]) -> None:
        self._state[radar, windows, :, 0] = self._state[radar, windows, :, 2] = 0.0
        self._state[radar, windows, :, 1] = SPREAD**2
        self._bits[radar, windows] = 0

    def _raise(self, radar: int, names: tuple[str, ...], time_tai_ns: int) -> None:
        """Put down a doubt, or renew it; while one is certain, nobody is judged by tracks that this radar made."""
        window, cause = np.unravel_index(np.argmax(self._state[radar, :, :, 2]), (2, len(CAUSES)))
        mean, variance, log_ratio = self._state[radar, window, cause].tolist()
        bits = int(self._bits[radar, window, cause])
        against = tuple(name for k, name in enumerate(names) if bits >> k & 1)
        doubt = Doubt(names[radar], CAUSES[cause], mean, variance**0.5, against, time_tai_ns, log_ratio)
        if radar in self._standing:
            doubt = replace(doubt, since_tai_ns=self._standing[radar][0].since_tai_ns)
        self._standing[radar] = doubt, time_tai_ns
        if doubt.certain and not self._doubted >> radar & 1:
            self._doubted |= 1 << radar
            for other in range(len(self._begun)):
                if other != radar and other not in self._standing:
                    self._begin(other, [0, 1])
