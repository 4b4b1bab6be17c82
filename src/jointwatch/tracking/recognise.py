"""Tracks of catalogued satellites: begun where the catalogue has them, named by their number, and named back.

A name is a claim that later plots can refute: a named track that leaves its satellite's orbit loses the name, and is
again an object that nobody announced. A track that began without a name, since a false plot or another object gave it
its first, gets one when its whole state is a satellite's.
"""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.sensors.site import Site
from jointwatch.tracking.bank import (
    CHANCES,
    CONFIRMED,
    KNOWN,
    MU,
    NIS,
    PACKED,
    PLOTS,
    RECENT,
    TIME,
    WINDOW,
    Bank,
    P,
    X,
)
from jointwatch.tracking.diary import TRIANGLE
from jointwatch.tracking.gate import threshold
from jointwatch.tracking.known import Known, Pairs
from jointwatch.tracking.screen import Admitted
from jointwatch.tracking.track_file import TrackFile

THRUST_PROBABILITY = 1e-6
"""That a satellite is under thrust when it is first seen: there are thousands, and a few manoeuvre in an hour."""
NAMED_WITHIN = 0.9999
"""Share of true pairs of a track and a satellite that lie inside the gate in which a name is given."""
TAKEN_BACK_OUTSIDE = 1 - 1e-9
"""The same for taking a name back: wider, so that no track changes its name to and fro."""
DOUBTED = 9.0
"""Long tracks at the edge of a radar's range are surer than they should be: a name is not lost for that."""
SURE_M_S = 600.0
"""A track is asked for its orbit once its velocity is known to this sigma: satellites cross at kilometres a second."""
AGAIN_AFTER_PLOTS = 4  # a named track is held against its satellite anew


def rivals(file: TrackFile, known: Known, pairs: Pairs, plots: int) -> Floats:
    """For each of so many plots, the gain with which a satellite that has no track yet claims it; else zero.

    A track must explain a plot better by that much, or it would be fed with the first plots of satellites that rise.
    """
    free = ~np.isin(known.numbers[pairs.rows], file.bank.column(KNOWN))
    best = np.zeros(plots)
    np.maximum.at(best, pairs.plot[free], pairs.gain[free])
    return best


def begin(file: TrackFile, known: Known, plots: Admitted, pairs: Pairs, left: Ints, radar: int) -> Ints:
    """Begin tracks of satellites with those plots of a scan left over that they explain; the plots then still left.

    A satellite whose track missed this scan has left its track, or the track the satellite: it is put back where the
    catalogue and the plot have it. One whose track has a plot of this scan explains no second one.
    """
    found = pairs.chosen(left)
    numbers = known.numbers[found.rows]
    row_of = dict(zip(file.bank.column(KNOWN).tolist(), range(len(file.bank)), strict=True))
    rows = np.array([row_of.get(number, -1) for number in numbers.tolist()], dtype=np.int64)
    new, strayed = rows < 0, (rows >= 0) & (file.bank.counts[rows, TIME] < plots.time_tai_ns)
    if strayed.any():
        _put(file.bank, rows[strayed], found[strayed])
        _seen_again(file.bank, rows[strayed], plots.time_tai_ns)
        file.enter(rows[strayed], radar, plots.time_tai_ns)
    if new.any():
        _begin(file, plots, found[new], numbers[new], radar)
    return np.setdiff1d(left, found.plot[new | strayed])


def review(file: TrackFile, known: Known, site: Site, time_tai_ns: int) -> None:
    """Name the confirmed tracks of this scan that fly as a satellite does, and take names back that no longer hold."""
    bank = file.bank
    now = (bank.column(CONFIRMED) == 1) & (bank.column(TIME) == time_tai_ns)
    named = bank.column(KNOWN) > 0
    held = np.flatnonzero(now & named & (bank.column(PLOTS) % AGAIN_AFTER_PLOTS == 0))
    if len(held):
        x, P_of, _ = file.estimates(held)
        away = known.away(x, DOUBTED * P_of, known.rows_of(bank.counts[held, KNOWN]), time_tai_ns)
        bank.counts[held[away > threshold(TAKEN_BACK_OUTSIDE, 6)], KNOWN] = 0
    asked = np.flatnonzero(now & ~named)
    if len(asked):
        _name(file, known, site, time_tai_ns, asked)


def _begin(file: TrackFile, plots: Admitted, found: Pairs, numbers: Ints, radar: int) -> None:
    first = len(file.bank)
    file.begin(plots, found.plot, radar)
    rows = np.arange(first, len(file.bank))
    _put(file.bank, rows, found)
    file.bank.counts[rows, KNOWN] = numbers
    file.rewrite(rows)


def _put(bank: Bank, rows: Ints, found: Pairs) -> None:
    """Set both modes of these rows to states and covariances, coasting; a window of earlier plots is of no use then."""
    i, j = TRIANGLE
    for mode in range(2):
        first = P + 28 * mode
        bank.numbers[rows, X + 7 * mode : X + 7 * mode + 6] = found.x
        bank.numbers[np.ix_(rows, first + PACKED[i, j])] = found.P[:, i, j]
        bank.numbers[np.ix_(rows, first + PACKED[range(6), 6])] = 0.0
    bank.numbers[rows, MU], bank.numbers[rows, MU + 1] = THRUST_PROBABILITY, 1 - THRUST_PROBABILITY
    bank.numbers[rows, NIS] = found.nis
    bank.counts[rows, WINDOW] = 0


def _seen_again(bank: Bank, rows: Ints, time_tai_ns: int) -> None:
    bank.counts[rows, TIME] = time_tai_ns
    bank.counts[rows, RECENT] = ((bank.counts[rows, RECENT] << 1) | 1) & 0xFFFFFFFF
    bank.counts[rows, CHANCES] += 1


def _name(file: TrackFile, known: Known, site: Site, time_tai_ns: int, rows: Ints) -> None:
    """Give those of these rows names whose whole state is that of a satellite; the nearest one's, where several fit."""
    x, P_of, _ = file.estimates(rows)
    sure = np.trace(P_of[:, 3:, 3:], axis1=1, axis2=2) < SURE_M_S**2
    rows, x, P_of = rows[sure], x[sure], P_of[sure]
    track, of = known.alike(x, P_of, site, time_tai_ns)
    away = known.away(x[track], P_of[track], of, time_tai_ns)
    for one in np.unique(track[away <= threshold(NAMED_WITHIN, 6)]):
        mine = np.flatnonzero(track == one)
        file.bank.counts[rows[one], KNOWN] = known.numbers[of[mine[np.argmin(away[mine])]]]
