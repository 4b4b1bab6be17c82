"""What the components of Stone Soup's state vectors mean: the framework leaves it to its users, we must know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.timescale import tai_ns_from_utc, utc_from_tai_ns
from jointwatch.sensors.site import Site, frame


@dataclass(frozen=True, slots=True)
class Axes:
    """Metres along x, y, z at the indices `position`, and their rates in m/s at `velocity`.

    around: None where x, y, z are Earth-fixed (WGS 84); a site where they are east, north and up of it. Velocities are
    relative to the turning Earth in both. The framework's habit, [x, vx, y, vy, z, vz], is assumed where nothing is
    said.

    >>> Axes(around=Site("origin", 0.0, 0.0)).vectors(np.array([[6378137.0, 1e3, 2e3, 1.0, 2.0, 3.0]]))
    array([[1.e+03, 2.e+00, 2.e+03, 3.e+00, 0.e+00, 1.e+00]])
    """

    position: tuple[int, int, int] = (0, 2, 4)
    velocity: tuple[int, int, int] = (1, 3, 5)
    around: Site | None = None

    def __post_init__(self) -> None:
        if len(set(self.order)) != 6 or min(self.order) < 0:
            raise ValueError(
                f"Axes: wanted six different indices, got position {self.position} and velocity {self.velocity}"
            )

    @property
    def order(self) -> list[int]:
        """Where x, y, z, vx, vy, vz stand in a state vector."""
        return [*self.position, *self.velocity]

    def place(self) -> tuple[Floats, Floats]:
        """Earth-fixed position (3,) of the axes' origin in metres, and rows (3, 3) along x, y and z."""
        return frame(self.around) if self.around else (np.zeros(3), np.eye(3))

    def vectors(self, x: Floats) -> Floats:
        """State vectors (n, 6) of Earth-fixed states (n, 6), position then velocity."""
        origin, basis = self.place()
        vectors = np.empty((len(x), 6))
        vectors[:, self._six()] = np.concatenate([(x[:, :3] - origin) @ basis.T, x[:, 3:] @ basis.T], axis=1)
        return vectors

    def spreads(self, P: Floats) -> Floats:
        """Covariances (n, 6, 6) of state vectors, of those of Earth-fixed states."""
        turn, order = np.kron(np.eye(2), self.place()[1]), self._six()
        spreads = np.empty((len(P), 6, 6))
        spreads[:, np.array(order)[:, None], order] = turn @ P @ turn.T
        return spreads

    def earth_fixed(self, vectors: Floats) -> Floats:
        """Earth-fixed states (n, 6), position then velocity, of state vectors (n, 6 or more)."""
        origin, basis = self.place()
        x = vectors[:, self.order]
        return np.concatenate([x[:, :3] @ basis + origin, x[:, 3:] @ basis], axis=1)

    def earth_fixed_spreads(self, spreads: Floats) -> Floats:
        """Covariances (n, 6, 6) of Earth-fixed states, of those of state vectors."""
        turn, order = np.kron(np.eye(2), self.place()[1]), self.order
        return np.asarray(turn.T @ spreads[:, np.array(order)[:, None], order] @ turn)

    def _six(self) -> list[int]:
        if max(self.order) > 5:
            raise ValueError(
                f"Axes: what is written here has six components, got indices {self.order}; give Axes with 0 to 5"
            )
        return self.order


def tai_ns(timestamp: datetime) -> int:
    """TAI nanoseconds of a datetime; one without a zone is in UTC, as the framework's are.

    >>> tai_ns(datetime(2009, 2, 2, 18, 30))
    1233599434000000000
    """
    utc = timestamp.astimezone(UTC).replace(tzinfo=None) if timestamp.tzinfo else timestamp
    return tai_ns_from_utc(utc.isoformat(timespec="microseconds") + "Z")


def timestamp(tai_ns: int) -> datetime:
    """Datetime in UTC, without a zone, to the nearest microsecond, in which an object in orbit moves 8 mm.

    A leap second, which a datetime cannot hold, becomes the second after it.

    >>> timestamp(1233599434_000_000_600)
    datetime.datetime(2009, 2, 2, 18, 30, 0, 1)
    """
    text = utc_from_tai_ns((tai_ns + 500) // 1000 * 1000, digits=9)[:26]
    if text[17:19] == "60":
        return datetime.fromisoformat(text[:17] + "59" + text[19:]) + timedelta(seconds=1)
    return datetime.fromisoformat(text)
