"""What a tracker says: a track as it stands, what it was, and where objects are predicted to be.

States are Earth-fixed x, y, z, vx, vy, vz in m and m/s (velocity relative to the rotating Earth), P their covariances.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from jointwatch.earth.arrays import Floats, Ints


class Status(StrEnum):
    """How a track stands: more than one plot; believed; not seen for too long."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    LOST = "lost"


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One object as its last plot left it.

    time_tai_ns: of the state x (6,) and its covariance P (6, 6); boost_probability: that it is under thrust;
    nis: normalised innovation squared of the last plot under the likelier mode, 3 on average if all is well.
    radars: names with their numbers of plots, in the order in which they first saw it.
    catalogue_number: of the satellite it is, where the tracker knows a catalogue and it is one; else None.
    """

    id: str
    status: Status
    time_tai_ns: int
    x: Floats
    P: Floats
    boost_probability: float
    nis: float
    plots: int
    radars: tuple[tuple[str, int], ...]
    first_plot_tai_ns: int
    last_plot_tai_ns: int
    catalogue_number: int | None = None

    @property
    def phase(self) -> str:
        """The likelier mode: `boost` or `coast`."""
        return "boost" if self.boost_probability > 0.5 else "coast"


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """The filtered estimates of one track, oldest first, times strictly increasing.

    time_tai_ns (k,), x (k, 6), P (k, 6, 6), boost_probability (k,); radars: for each estimate the names of the radars
    whose plots made it (a plot that came late is added to the newest estimate). Of a long history the beginning and the
    end are kept: `left_out` says how many estimates between them are gone.
    """

    track_id: str
    time_tai_ns: Ints
    x: Floats
    P: Floats
    boost_probability: Floats
    radars: tuple[tuple[str, ...], ...]
    left_out: int = 0

    def __len__(self) -> int:
        return len(self.time_tai_ns)


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """Several tracks at one common time: ids, x (n, 6), P (n, 6, 6), boost_probability (n,)."""

    time_tai_ns: int
    ids: tuple[str, ...]
    x: Floats
    P: Floats
    boost_probability: Floats

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, eq=False)
class Recognised:
    """Confirmed tracks of catalogued satellites at one common time: numbers (k,), states (k, 6), plots so far (k,)."""

    time_tai_ns: int
    numbers: Ints
    x: Floats
    plots: Ints

    def __len__(self) -> int:
        return len(self.numbers)
