"""The track file: the filters of all live tracks, who saw them, their diaries, and the tracks that were lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.tracking import imm
from jointwatch.tracking.bank import Bank
from jointwatch.tracking.initiate import first_states, plausible
from jointwatch.tracking.screen import Admitted
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.track import History, Status, Track


@dataclass(slots=True)
class Diary:
    """The estimates of one track while it lives: the first ones for good, and a ring of the last ones."""

    first: int
    last: int
    left_out: int = 0
    _entries: list[tuple[int, Floats, Floats, float, tuple[str, ...]]] = field(default_factory=list)

    def write(self, time_tai_ns: int, x: Floats, P: Floats, boost_probability: float, radar: str) -> None:
        """Add an estimate; one of the same time replaces the last, and both radars are named."""
        entries = self._entries
        radars: tuple[str, ...] = (radar,)
        if entries and entries[-1][0] == time_tai_ns:
            radars = (*entries.pop()[4], radar)
        entries.append((time_tai_ns, x, P, boost_probability, radars))
        if len(entries) > self.first + self.last:
            del entries[self.first]
            self.left_out += 1

    def read(self, track_id: str) -> History:
        """The history so far, as arrays of its own."""
        times, xs, Ps, boosts, radars = zip(*self._entries, strict=True)
        return History(
            track_id,
            np.array(times, dtype=np.int64),
            np.array(xs, dtype=float),
            np.array(Ps, dtype=float),
            np.array(boosts, dtype=float),
            tuple(radars),
            self.left_out,
        )


@dataclass(slots=True)
class Record:
    """What is kept of a track beside its filter: its name once it has two plots, its diary, who saw it."""

    diary: Diary
    first_plot_tai_ns: int
    radars: Counter[str] = field(default_factory=Counter)
    id: str = ""


class TrackFile:
    """All tracks of one tracker, from their first plot until lost ones are forgotten.

    A single plot is not yet a track: it gets its number with its second plot, so that most false ones never do.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.bank = Bank.empty()
        self._records: dict[int, Record] = {}
        self._lost: dict[str, tuple[Track, Diary]] = {}
        self._begun = 0
        self._named = 0

    def begin(self, plots: Admitted, origin: int) -> None:
        """Begin a track with each of these plots."""
        x, P, mu = first_states(plots, self.settings)
        new = Bank.of(x, P, mu, plots.time_tai_ns, origin=origin, first_key=self._begun)
        self._begun += len(new)
        for key in new.key.tolist():
            diary = Diary(self.settings.history_first, self.settings.history_last)
            self._records[key] = Record(diary, plots.time_tai_ns)
        self._write(new, np.arange(len(new)), plots)
        self.bank = self.bank.joined(new)

    def updated(self, rows: Ints, plots: Admitted) -> None:
        """Enter the estimates of updated tracks into their diaries, and name those that now have two plots."""
        self._write(self.bank, rows, plots)
        for key in self.bank.key[rows].tolist():
            record = self._records[key]
            if not record.id:
                self._named += 1
                record.id = f"T-{self._named:04d}"

    def confirm(self) -> None:
        """Confirm the tracks seen often enough of late that fly as something that flies."""
        bank = self.bank
        hits, _ = bank.seen_of_last(self.settings.confirm_window)
        ready = np.flatnonzero(~bank.confirmed & (hits >= self.settings.confirm_plots))
        if len(ready):
            x, _ = imm.combined(bank.x[ready], bank.P[ready], bank.mu[ready])
            bank.confirmed[ready] = plausible(x, self.settings)

    def drop(self, now_tai_ns: int) -> None:
        """Let go of tracks not seen for too long, and of tentative ones that can no longer be confirmed in time."""
        bank, settings = self.bank, self.settings
        age = (now_tai_ns - bank.time) / NS_PER_S
        _, misses = bank.seen_of_last(settings.confirm_window)
        hopeless = (misses > settings.confirm_window - settings.confirm_plots) | (age > settings.tentative_lost_after_s)
        gone = np.where(bank.confirmed, age > settings.lost_after_s, hopeless)
        if gone.any():
            self._part_with(gone)
        keep = now_tai_ns - settings.lost_kept_s * NS_PER_S
        for track_id in [i for i, (track, _) in self._lost.items() if track.time_tai_ns < keep]:
            del self._lost[track_id]

    def live(self, rows: Ints) -> list[Track]:
        """Live tracks of these rows, by number."""
        bank = self.bank
        x, P = imm.combined(bank.x[rows], bank.P[rows], bank.mu[rows])
        boost = imm.boost_probability(bank.x[rows], bank.P[rows], bank.mu[rows])
        told = (self._told(row, x[i], P[i], float(boost[i])) for i, row in enumerate(rows.tolist()))
        return sorted(told, key=number)

    def lost(self) -> list[Track]:
        """Lost tracks that are still kept, in the order in which they were lost."""
        return [track for track, _ in self._lost.values()]

    def history(self, track_id: str) -> History:
        """The diary of a track, live or lost."""
        if track_id in self._lost:
            return self._lost[track_id][1].read(track_id)
        return self._records[int(self.bank.key[self.rows([track_id])[0]])].diary.read(track_id)

    def rows(self, ids: Iterable[str]) -> Ints:
        """Rows of live tracks."""
        row_of = {self._records[key].id: row for row, key in enumerate(self.bank.key.tolist())}
        row_of.pop("", None)
        wanted = list(ids)
        for track_id in wanted:
            if track_id not in row_of:
                raise KeyError(f"wanted a live track, got {track_id!r}; live now: {', '.join(row_of) or 'none'}")
        return np.array([row_of[track_id] for track_id in wanted], dtype=np.int64)

    def _write(self, bank: Bank, rows: Ints, plots: Admitted) -> None:
        if not len(rows):
            return
        x, P = imm.combined(bank.x[rows], bank.P[rows], bank.mu[rows])
        boost = imm.boost_probability(bank.x[rows], bank.P[rows], bank.mu[rows])
        times = bank.time[rows].tolist()
        for i, key in enumerate(bank.key[rows].tolist()):
            record = self._records[key]
            record.diary.write(times[i], x[i].copy(), P[i].copy(), float(boost[i]), plots.radar)
            record.radars[plots.radar] += 1
            record.first_plot_tai_ns = min(record.first_plot_tai_ns, plots.time_tai_ns)

    def _part_with(self, gone: Bools) -> None:
        """Forget tentative tracks, and move confirmed ones to the lost."""
        confirmed = np.flatnonzero(gone & self.bank.confirmed)
        for track in self.live(confirmed) if len(confirmed) else ():
            record = self._records[int(self.bank.key[self.rows([track.id])[0]])]
            self._lost[track.id] = (replace(track, status=Status.LOST), record.diary)
        for key in self.bank.key[gone].tolist():
            del self._records[key]
        self.bank = self.bank.only(~gone)

    def _told(self, row: int, x: Floats, P: Floats, boost_probability: float) -> Track:
        """A live track as a value of its own."""
        bank = self.bank
        record = self._records[int(bank.key[row])]
        return Track(
            id=record.id,
            status=Status.CONFIRMED if bank.confirmed[row] else Status.TENTATIVE,
            time_tai_ns=int(bank.time[row]),
            x=x,
            P=P,
            boost_probability=boost_probability,
            nis=float(bank.nis[row]),
            plots=int(bank.plots[row]),
            radars=tuple(record.radars.items()),
            first_plot_tai_ns=record.first_plot_tai_ns,
            last_plot_tai_ns=int(bank.time[row]),
        )


def number(track: Track) -> int:
    """The running number in a track's id, to sort by: T-10000 comes after T-9999."""
    return int(track.id.removeprefix("T-"))
