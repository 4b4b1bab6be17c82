"""The tracker: scans of any radars in, tracks out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from jointwatch.earth.arrays import Ints
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.sensors.measurement import Plots
from jointwatch.tracking.bank import CONFIRMED, KNOWN, PLOTS
from jointwatch.tracking.doubts import Doubt
from jointwatch.tracking.screen import NO_ROOM, Admitted, Screen
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.track import History, Predicted, Recognised, Track
from jointwatch.tracking.track_file import TrackFile, number

if TYPE_CHECKING:
    from jointwatch.tracking.known import Known

# No track is flown on through a longer silence of all radars, seconds by seconds: a clock may be wrong by a century.
LONGEST_GAP_NS = 43_200 * NS_PER_S


class Tracker:
    """Follows every object that radars report, from its first plots to the last; the same scans give the same bits.

    name: whose tracker it is, for people. `scan` takes what one radar saw at one instant, in the order in which it
    arrives; `tracks`, `history` and `predicted` say what is believed; `refused` counts what was not used, and why.
    known: the catalogued satellites, whose plots are then recognised as theirs and whose tracks carry their numbers.

    >>> tracker = Tracker(name="joint")
    >>> tracker.tracks()
    []
    """

    def __init__(self, *, settings: Settings | None = None, name: str, known: Known | None = None) -> None:
        self.settings = settings or Settings()
        self.name = name
        self._known = known
        self._screen = Screen(self.settings)
        self._file = TrackFile(self.settings)

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
        1. Refuse what cannot be used; after a gap of hours let go of tracks that were last seen before it.
        2. Update the tracks that a plot of the scan belongs to; the others stay as their last plot left them.
        3. Begin the tracks of catalogued satellites, and one with every plot that is then left over.
        4. Confirm and drop tracks; name those that are satellites.
        """
        again, before = self._screen.heard(plots.radar, plots.time_tai_ns), self._screen.newest_tai_ns
        admitted = self._screen.admit(plots)
        if admitted is None:
            return
        if before is not None and plots.time_tai_ns - before > LONGEST_GAP_NS:
            self._file.settle(plots.time_tai_ns)
        origin = self._file.index_of(plots.radar)
        left = self._followed(admitted, origin, again)
        if plots.whole and not again:
            self._file.miss(origin, plots.time_tai_ns)
        self._begin(admitted, left, origin)
        self._file.settle(self._screen.newest_tai_ns or 0)
        self._review(admitted)

    def tracks(self, *, satellites: bool = True) -> list[Track]:
        """Every track with two plots or more, by number; lost ones too, for Settings.lost_kept_s.

        satellites: whether those of catalogued satellites are among them.
        """
        bank = self._file.bank
        live = self._file.live(np.flatnonzero((bank.column(PLOTS) > 1) & (satellites | (bank.column(KNOWN) == 0))))
        lost = [one for one in self._file.lost() if satellites or one.catalogue_number is None]
        return sorted([*live, *lost], key=number)

    def satellites(self, time_tai_ns: int) -> Recognised:
        """The confirmed tracks of catalogued satellites at one time, by catalogue number."""
        bank = self._file.bank
        rows = np.flatnonzero((bank.column(CONFIRMED) == 1) & (bank.column(KNOWN) > 0))
        rows = rows[np.argsort(bank.counts[rows, KNOWN], kind="stable")]
        x, _, _ = self._file.predicted(rows, time_tai_ns)
        return Recognised(time_tai_ns, bank.counts[rows, KNOWN], x, bank.counts[rows, PLOTS])

    def confirmed(self) -> list[Track]:
        """The tracks that are confirmed and not lost, by number."""
        return self._file.live(self._file.confirmed())

    def doubts(self) -> list[Doubt]:
        """Radars whose plots are all off by one amount, as tracks made by other radars say; the surest first."""
        return self._file.doubts.standing()

    def catalogue_number(self, track_id: str) -> int | None:
        """The number of the satellite that a track was recognised as; None for any other and for ids not known here."""
        return self._file.catalogue_number(track_id)

    def ballistic_coefficient(self, track_id: str) -> tuple[float, float, float]:
        """Mass over drag area of a live track, kg/m2, as its fall tells it, and the ends of its one-sigma interval.

        Of a track that no air has braked yet it is what was believed before: 3,000, from 910 to 9,900.
        """
        return self._file.ballistic_coefficient(int(self._file.rows([track_id])[0]))

    def history(self, track_id: str) -> History:
        """The estimates of one track after each of its plots, oldest first; of lost ones too while they are kept."""
        return self.histories([track_id])[0]

    def histories(self, ids: Iterable[str]) -> list[History]:
        """The history of each of these tracks; of many it is quicker to ask at once."""
        return self._file.histories(ids)

    def predicted(self, time_tai_ns: int, ids: Iterable[str] | None = None) -> Predicted:
        """Live tracks at one common time, before or after their last plot; without ids, all that are confirmed.

        Of two modes the likelier is assumed to go on, both where neither is below one in a thousand: no burnout or
        ignition is foreseen.
        """
        rows = self._file.confirmed() if ids is None else self._file.rows(ids)
        return Predicted(time_tai_ns, self._file.ids(rows), *self._file.predicted(rows, time_tai_ns))

    def _followed(self, plots: Admitted, origin: int, again: bool) -> Ints:
        """What is left over of a scan when tracks, and catalogued satellites without one, have taken theirs."""
        if self._known is None or not len(plots):
            return self._file.follow(plots, origin, again=again)
        from jointwatch.tracking import recognise

        pairs = self._known.pairs(plots, self.settings)
        rivals = recognise.rivals(self._file, self._known, pairs, len(plots))
        left = self._file.follow(plots, origin, again=again, rivals=rivals)
        return recognise.begin(self._file, self._known, plots, pairs, left, origin)

    def _review(self, plots: Admitted) -> None:
        if self._known is not None:
            from jointwatch.tracking import recognise

            recognise.review(self._file, self._known, plots.site, plots.time_tai_ns)

    def _begin(self, plots: Admitted, which: Ints, origin: int) -> None:
        """Begin a track with each plot that no track took; of more than there is room for, with some of every range."""
        room = self.settings.new_tracks_per_scan_limit
        if len(which) > room:
            self._screen.refused[NO_ROOM] += len(which) - room
            which = which[np.arange(room) * len(which) // room]
        if len(which):
            self._file.begin(plots, which, origin)
