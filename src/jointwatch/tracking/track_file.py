"""The track file: the filters of all live tracks, who saw them, their diaries, and the tracks that were lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.tracking.bank import (
    CONFIRMED,
    DRAG,
    DRAG_VARIANCE,
    FIRST,
    KNOWN,
    NAME,
    NIS,
    NUMBERS,
    PAGES,
    PLOTS,
    TIME,
    Bank,
)
from jointwatch.tracking.diary import SQUARE, SUMMARY, Diaries
from jointwatch.tracking.doubts import Doubts
from jointwatch.tracking.drag import BETA0_KG_M2, ratio_of
from jointwatch.tracking.initiate import plausible, prior
from jointwatch.tracking.kernels import kernels
from jointwatch.tracking.screen import Admitted
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.track import History, Status, Track
from jointwatch.tracking.window import Windows


class TrackFile:
    """All tracks of one tracker, from their first plot until lost ones are forgotten.

    A single plot is not yet a track: it gets its number with its second plot, so that most false ones never do.
    Nothing here goes through tracks one by one at a scan, but what the kernels do and what changes its status.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._diaries = Diaries(settings.history_first, settings.history_last)
        self.bank = Bank(pages=self._diaries.pages_of_one)
        self._windows = Windows()
        self.doubts = Doubts()
        self._radars: dict[str, int] = {}
        self._lost: dict[str, tuple[Track, Ints]] = {}
        self._named = 0
        self._prior = prior(settings)
        self._known: tuple[Floats, Floats] | None = None

    def index_of(self, radar: str) -> int:
        """The radar's number, from zero, in the order in which they first scanned."""
        return self._radars.setdefault(radar, len(self._radars))

    def follow(self, plots: Admitted, radar: int, *, again: bool = False, rivals: Floats | None = None) -> Ints:
        """Update the tracks that a plot of the scan belongs to; the indices of the plots that are left over.

        again: that plots of the same scan came before, so that what they missed may now be there. rivals (n,): log
        likelihood ratio with which others than tracks claim each plot, satellites of a catalogue that have none yet.

        # Algorithm
        1. Mix the modes and predict each track to the scan, back in time where the track is newer.
        2. Gate, and assign each plot to at most one track.
        3. Update states and mode probabilities.
        4. Fit the tracks of wide angles anew to all their plots.
        5. Let covariances say where the assignment was in doubt.
        """
        k, bank, time = kernels(), self.bank, plots.time_tai_ns
        if not len(bank) or not len(plots):
            return np.arange(len(plots))
        bank.reserve(0, radar + 1)
        site, (moving, believed) = k.gate.place(plots.site), self._model()
        everyone, of = np.arange(len(bank)), (bank.numbers, bank.counts)
        rows, plot, gain, judged = k.gate.gated(
            *of, everyone, time, plots.z, plots.sigma, site, moving, believed, bank.ahead
        )
        gain = gain if rivals is None else gain - rivals[plot]
        chosen = k.associate.chosen_of(rows, plot, gain)
        beta = k.jpda.weigh(rows, plot, gain, judged, believed)
        mine, its, how, left = k.associate.shared_out(chosen, rows, plot, judged, len(plots))
        windows = self._windows.opened(bank, mine, its, plots)
        heard = (plots.z, plots.sigma, site, moving)
        self.doubts.hear((*of, bank.tally, len(bank)), (mine, its), radar, self._radars, time, heard)
        k.update.update(*of, mine, its, how, time, plots.z, plots.sigma, site, moving, bank.ahead)
        if windows:
            self._windows.refit(bank, (mine, its, beta[chosen]), plots, moving)
        if k.jpda.unsure(beta, chosen):
            k.jpda.doubt(*of, rows, plot, beta, chosen, time, plots.z, plots.sigma, site)
        if again:
            k.life.excuse(bank.counts, mine, radar)
        self.enter(mine, radar, time)
        rest: Ints = left
        return rest

    def begin(self, plots: Admitted, which: Ints, radar: int) -> None:
        """Begin a track with each of the plots of these indices."""
        k, bank, time = kernels(), self.bank, plots.time_tai_ns
        asked = which, plots.z, plots.sigma, k.gate.place(plots.site), self._prior
        bank.reserve(len(which), radar + 1)
        arrays, pages = (bank.numbers, bank.counts, bank.tally), self._pages(len(which))
        k.life.begin(*arrays, bank.size, *asked, radar, time, *pages)
        self._windows.begin(bank, which, plots, self.settings.velocity_sigma_m_s**2)
        bank.size += len(which)

    def enter(self, rows: Ints, radar: int, time_tai_ns: int) -> None:
        """Enter rows that a plot of this radar and time updated into their diaries."""
        bank = self.bank
        bank.reserve(0, radar + 1)
        arrays, pages = (bank.numbers, bank.counts, bank.tally), self._pages(len(rows))
        self._named = kernels().life.enter(*arrays, rows, radar, time_tai_ns, self._named, *pages)

    def rewrite(self, rows: Ints) -> None:
        """Write the first line in the diaries of rows that have just begun once more, as they stand now."""
        self._diaries.summaries[self.bank.counts[rows, PAGES], 0] = self._summaries(self.bank.numbers, rows)

    def estimates(self, rows: Ints) -> tuple[Floats, Floats, Floats]:
        """States (n, 6), covariances and boost probabilities of these rows, as their last plots left them."""
        return _estimates(self._summaries(self.bank.numbers, rows))

    def miss(self, radar: int, time_tai_ns: int) -> None:
        """Note a chance let go by the tracks that this radar saw first and did not see now."""
        kernels().life.miss(self.bank.counts, len(self.bank), radar, time_tai_ns)

    def settle(self, now_tai_ns: int) -> None:
        """Confirm and drop tracks.

        Confirmed are those seen often enough of late that fly as something that flies; those not seen for too long are
        let go, and tentative ones that can no longer be confirmed in time.
        """
        bank, asked = self.bank, self.settings
        terms = asked.confirm_plots, asked.confirm_window, asked.tentative_lost_after_s, asked.lost_after_s
        ready, gone, going, losing = kernels().life.judge(bank.counts, len(bank), now_tai_ns, *terms)
        if len(ready):
            believed = ready[plausible(self._summaries(bank.numbers, ready)[:, :6], asked)]
            bank.counts[believed, CONFIRMED] = 1
            gone[believed] = (now_tai_ns - bank.counts[believed, TIME]) / NS_PER_S > asked.lost_after_s
            going = losing = int(np.count_nonzero(gone))
        if going:
            self._part_with(gone, losing > 0)
        if self._lost:
            self._forget(now_tai_ns)

    def live(self, rows: Ints) -> list[Track]:
        """Live tracks of these rows, by number."""
        if not len(rows):
            return []
        x, P, boost = self.estimates(rows)
        told = (self._told(row, x[i], P[i], float(boost[i])) for i, row in enumerate(rows.tolist()))
        return sorted(told, key=number)

    def lost(self) -> list[Track]:
        """Lost tracks that are still kept, in the order in which they were lost."""
        return [track for track, _ in self._lost.values()]

    def histories(self, ids: Iterable[str]) -> list[History]:
        """The diaries of tracks, live or lost."""
        wanted, names = list(ids), tuple(self._radars)
        lost = {one: self._lost[one][1] for one in wanted if one in self._lost}
        live = [one for one in wanted if one not in lost]
        counts = lost | dict(zip(live, self.bank.counts[self.rows(live)], strict=True))
        return [self._diaries.read(one, counts[one], names) for one in wanted]

    def predicted(self, rows: Ints, time_tai_ns: int) -> tuple[Floats, Floats, Floats]:
        """States (n, 6), covariances and boost probabilities of these rows at one common time."""
        from jointwatch.tracking.predict import predict

        ahead = np.empty((len(rows), NUMBERS))
        predict(self.bank.numbers, self.bank.counts, rows, time_tai_ns, self._model()[0], ahead)
        return _estimates(self._summaries(ahead, np.arange(len(rows))))

    def rows(self, ids: Iterable[str]) -> Ints:
        """Rows of live tracks."""
        wanted, names = list(ids), self.bank.column(NAME)
        order = np.argsort(names)
        numbers = np.array([_number(one) for one in wanted], dtype=np.int64)
        after = np.searchsorted(names, numbers, side="right", sorter=order)
        rows = order[after - 1] if len(order) else np.zeros(len(wanted), dtype=np.int64)
        for k, one in enumerate(wanted):
            if after[k] == 0 or numbers[k] == 0 or names[rows[k]] != numbers[k]:
                live = ", ".join(self.ids(order[names[order] > 0]))
                raise KeyError(f"wanted a live track, got {one!r}; live now: {live or 'none'}")
        return rows

    def ballistic_coefficient(self, row: int) -> tuple[float, float, float]:
        """That of one row's coast mode, kg/m2, and the ends of its one-sigma interval."""
        index, sigma = self.bank.numbers[row, DRAG], np.sqrt(self.bank.numbers[row, DRAG_VARIANCE])
        of, least, most = BETA0_KG_M2 / ratio_of(index + sigma * np.array([0.0, 1.0, -1.0]))
        return float(of), float(least), float(most)

    def catalogue_number(self, track_id: str) -> int | None:
        """The number of the satellite that a track was recognised as, live or lost; else None."""
        if track_id in self._lost:
            return self._lost[track_id][0].catalogue_number
        live = np.flatnonzero(self.bank.column(NAME) == (_number(track_id) or -1))
        return int(self.bank.counts[live[0], KNOWN]) or None if len(live) else None

    def ids(self, rows: Ints) -> tuple[str, ...]:
        """What the tracks of these rows are called."""
        return tuple(map(track_id, self.bank.counts[rows, NAME].tolist()))

    def confirmed(self) -> Ints:
        """Rows of the tracks that are confirmed and not lost, by number."""
        rows = np.flatnonzero(self.bank.column(CONFIRMED))
        return rows[np.argsort(self.bank.counts[rows, NAME])]

    def _model(self) -> tuple[Floats, Floats]:
        """What the kernels need to know of motion, and to judge a pair."""
        if self._known is None:
            k = kernels()
            self._known = k.predict.motion(self.settings), k.gate.belief(self.settings)
        return self._known

    def _pages(self, needed: int) -> tuple[Any, ...]:
        """The diaries as the kernels take them, with so many free pages."""
        all_ = self._diaries
        all_.reserve(needed)
        return all_.summaries, all_.times, all_.radars, all_.unused, all_.left, all_.first, all_.last

    def _summaries(self, numbers: Floats, rows: Ints) -> Floats:
        summaries = np.empty((len(rows), SUMMARY))
        kernels().imm.combined(numbers, rows, summaries)
        return summaries

    def _part_with(self, gone: Bools, losing: bool) -> None:
        """Forget tentative tracks, and move confirmed ones, if any may be among them, to the lost."""
        bank, pages = self.bank, self._diaries
        if losing:
            confirmed = np.flatnonzero(gone & (bank.column(CONFIRMED) == 1))
            row_of = {track_id(int(bank.counts[row, NAME])): row for row in confirmed}
            for track in self.live(confirmed):
                self._lost[track.id] = (replace(track, status=Status.LOST), bank.counts[row_of[track.id]].copy())
        bank.size = kernels().life.close_up(
            bank.numbers, bank.counts, bank.tally, len(bank), gone, pages.unused, pages.left
        )

    def _forget(self, now_tai_ns: int) -> None:
        """Let go of what was lost long ago, and of what is too much."""
        keep = now_tai_ns - self.settings.lost_kept_s * NS_PER_S
        for one in [track.id for track, _ in self._lost.values() if track.time_tai_ns < keep]:
            self._diaries.release(self._lost.pop(one)[1])
        excess = len(self._lost) - self.settings.lost_tracks_limit
        if excess > 0:
            unknown_last = sorted((track for track, _ in self._lost.values()), key=lambda t: t.catalogue_number is None)
            for track in unknown_last[:excess]:
                self._diaries.release(self._lost.pop(track.id)[1])

    def _told(self, row: int, x: Floats, P: Floats, boost_probability: float) -> Track:
        """A live track as a value of its own."""
        counts, tally = self.bank.counts[row], self.bank.tally[row, : len(self._radars)]
        seen = sorted((int(of) >> 32, name, int(of) & 0xFFFFFFFF) for name, of in zip(self._radars, tally, strict=True))
        return Track(
            id=track_id(int(counts[NAME])),
            status=Status.CONFIRMED if counts[CONFIRMED] else Status.TENTATIVE,
            time_tai_ns=int(counts[TIME]),
            x=x,
            P=P,
            boost_probability=boost_probability,
            nis=float(self.bank.numbers[row, NIS]),
            plots=int(counts[PLOTS]),
            radars=tuple((name, plots) for _, name, plots in seen if plots),
            first_plot_tai_ns=int(counts[FIRST]),
            last_plot_tai_ns=int(counts[TIME]),
            catalogue_number=int(counts[KNOWN]) or None,
        )


def _estimates(summaries: Floats) -> tuple[Floats, Floats, Floats]:
    """States (n, 6), covariances (n, 6, 6) and boost probabilities of summaries (n, 28)."""
    return summaries[:, :6].copy(), summaries[:, SQUARE], summaries[:, 27].copy()


def track_id(name: int) -> str:
    """What a track is called, by its running number."""
    return f"T-{name:04d}"


def number(track: Track) -> int:
    """The running number in a track's id, to sort by: T-10000 comes after T-9999."""
    return _number(track.id)


def _number(one: str) -> int:
    """The running number in a track's id, zero where it is none."""
    digits = one.removeprefix("T-")
    return int(digits) if digits.isdecimal() and track_id(int(digits)) == one else 0
