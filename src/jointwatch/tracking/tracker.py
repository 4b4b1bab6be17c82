"""The tracker: scans of any radars in, tracks out."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.sensors.measurement import Plots
from jointwatch.tracking import imm
from jointwatch.tracking.associate import assign
from jointwatch.tracking.gate import expected, gain, gated
from jointwatch.tracking.predict import predict
from jointwatch.tracking.screen import NO_ROOM, Admitted, Screen
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.track import History, Predicted, Track
from jointwatch.tracking.track_file import TrackFile, number
from jointwatch.tracking.update import innovation, update


class Tracker:
    """Follows every object that radars report, from its first plots to the last; the same scans give the same bits.

    name: whose tracker it is, for people. `scan` takes what one radar saw at one instant, in the order in which it
    arrives; `tracks`, `history` and `predicted` say what is believed; `refused` counts what was not used, and why.

    >>> tracker = Tracker(name="joint")
    >>> tracker.tracks()
    []
    """

    def __init__(self, *, settings: Settings | None = None, name: str) -> None:
        self.settings = settings or Settings()
        self.name = name
        self._screen = Screen(self.settings)
        self._file = TrackFile(self.settings)
        self._radars: dict[str, int] = {}

    @property
    def refused(self) -> dict[str, int]:
        """How many plots were not used, by reason."""
        return {reason: count for reason, count in sorted(self._screen.refused.items()) if count}

    @property
    def newest_tai_ns(self) -> int | None:
        """TAI nanoseconds of the newest scan taken; None before the first."""
        return self._screen.newest_tai_ns

    def scan(self, plots: Plots) -> None:
        """Take in one scan: of any radar, on time or some seconds late (Settings.late_limit_s).

        # Algorithm
        1. Refuse what cannot be used.
        2. Update the tracks that a plot of the scan belongs to; the others stay as their last plot left them.
        3. Begin a track with every plot left over.
        4. Confirm and drop tracks.
        """
        again = self._screen.heard(plots.radar, plots.time_tai_ns)
        admitted = self._screen.admit(plots)
        if admitted is None:
            return
        origin = self._radars.setdefault(plots.radar, len(self._radars))
        rows, used = self._follow(admitted)
        bank = self._file.bank
        missed = (bank.origin == origin) & (bank.time < plots.time_tai_ns) & (not again)
        missed[rows] = False
        bank.mark(rows, missed)
        self._file.updated(rows, admitted)
        self._begin(admitted, np.delete(np.arange(len(admitted)), used), origin)
        self._file.confirm()
        self._file.drop(self._screen.newest_tai_ns or 0)

    def tracks(self) -> list[Track]:
        """Every track with two plots or more, by number; lost ones too, for Settings.lost_kept_s."""
        live = self._file.live(np.flatnonzero(self._file.bank.plots > 1))
        return sorted([*live, *self._file.lost()], key=number)

    def confirmed(self) -> list[Track]:
        """The tracks that are confirmed and not lost, by number."""
        return self._file.live(np.flatnonzero(self._file.bank.confirmed))

    def history(self, track_id: str) -> History:
        """The estimates of one track after each of its plots, oldest first; of lost ones too while they are kept."""
        return self._file.history(track_id)

    def predicted(self, time_tai_ns: int, ids: Iterable[str] | None = None) -> Predicted:
        """Live tracks at one common time, before or after their last plot; without ids, all that are confirmed.

        Of two modes the likelier is assumed to go on, both where neither is below one in a thousand: no burnout or
        ignition is foreseen.
        """
        names = tuple(track.id for track in self.confirmed()) if ids is None else tuple(ids)
        rows = self._file.rows(names)
        bank = self._file.bank
        mu = np.where(bank.mu[rows] < 1e-3, 0.0, bank.mu[rows])
        mu /= mu.sum(axis=1, keepdims=True)
        ahead = predict(bank.x[rows], bank.P[rows], _seconds(time_tai_ns - bank.time[rows]), self.settings)
        x, P = imm.combined(ahead.x, ahead.P, mu)
        P = 0.5 * (P + P.swapaxes(-1, -2))
        return Predicted(time_tai_ns, names, x, P, imm.boost_probability(ahead.x, ahead.P, mu))

    def _follow(self, plots: Admitted) -> tuple[Ints, Ints]:
        """Update the tracks that a plot of the scan belongs to; their rows, and the indices of those plots.

        # Algorithm
        1. Mix the modes and predict each track to the scan, back in time where the track is newer.
        2. Gate, and assign each plot to at most one track.
        3. Update states and mode probabilities.
        """
        bank, settings = self._file.bank, self.settings
        if not len(bank) or not len(plots):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        duration = _seconds(plots.time_tai_ns - bank.time)
        x, P, c = imm.mix(bank.x, bank.P, bank.mu, imm.transition(duration, settings), settings)
        prediction = predict(x, P, duration, settings)
        expectation = expected(plots, prediction)
        pairs = gated(plots, expectation, settings)
        pairs = pairs[assign(pairs.track, pairs.plot, gain(pairs, c, settings))]
        rows = pairs.track
        if len(rows):
            theirs = prediction[rows]
            seen = innovation(plots[pairs.plot], theirs, expectation[rows])
            x1, P1 = update(x[rows], P[rows], theirs, seen, duration[rows] < 0)
            imm.without_thrust(x1, P1, settings)
            bank.x[rows], bank.P[rows], bank.mu[rows] = x1, P1, imm.reweighed(c[rows], pairs.log_likelihood)
            bank.nis[rows] = pairs.nis[np.arange(len(rows)), bank.mu[rows].argmax(axis=1)]
            bank.time[rows] = np.maximum(bank.time[rows], plots.time_tai_ns)
        return rows, pairs.plot

    def _begin(self, plots: Admitted, which: Ints, origin: int) -> None:
        """Begin a track with each plot that no track took, as far as there is room."""
        room = self.settings.new_tracks_per_scan_limit
        self._screen.refused[NO_ROOM] += max(0, len(which) - room)
        if len(which):
            self._file.begin(plots[which[:room]], origin)


def _seconds(duration_ns: Ints) -> Floats:
    return np.asarray(duration_ns, dtype=np.float64) / NS_PER_S
