"""Positions and velocities that know their frame, so that the wrong two refuse to combine.

Each type wraps one array (n, 6), metres and metres per second: x, y, z, vx, vy, vz. Kernels take the plain array.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from jointwatch.earth.arrays import Floats


@dataclass(frozen=True, eq=False)
class _States:
    pos_vel: Floats

    __array_ufunc__ = None  # so that `array - states` asks the states, and they refuse

    def __post_init__(self) -> None:
        values = np.ascontiguousarray(np.atleast_2d(np.asarray(self.pos_vel, dtype=np.float64)))
        if values.ndim != 2 or values.shape[1] != 6:
            raise ValueError(
                f"{type(self).__name__} wants an array (n, 6) of m and m/s, got shape {np.shape(self.pos_vel)}"
            )
        object.__setattr__(self, "pos_vel", values)

    @property
    def r_m(self) -> Floats:
        """Positions (n, 3), in metres."""
        return self.pos_vel[:, :3]

    @property
    def v_m_s(self) -> Floats:
        """Velocities (n, 3), in metres per second."""
        return self.pos_vel[:, 3:]

    def __len__(self) -> int:
        return len(self.pos_vel)

    def __getitem__(self, index: Any) -> Self:
        return type(self)(self.pos_vel[index])

    def __sub__(self, other: object) -> Floats:
        return self.pos_vel - self._same_frame(other, "minus")

    def __add__(self, other: object) -> Floats:
        raise TypeError(f"two states do not add up to a state; got {type(self).__name__} plus {type(other).__name__}")

    __radd__ = __add__

    def __rsub__(self, other: object) -> Floats:
        raise TypeError(_refusal(type(other).__name__, "minus", type(self).__name__))

    def _same_frame(self, other: object, verb: str) -> Floats:
        if type(other) is not type(self):
            raise TypeError(_refusal(type(self).__name__, verb, type(other).__name__))
        return other.pos_vel


class Ecef(_States):
    """Earth-fixed states: WGS 84 axes, velocity relative to the rotating Earth.

    The difference of two is an array (n, 6); the difference with another frame is refused.

    >>> Ecef(np.array([[7e6, 0.0, 0.0, 0.0, 7.5e3, 0.0]])).v_m_s.tolist()
    [[0.0, 7500.0, 0.0]]
    """


class Gcrs(_States):
    """Inertial states in the geocentric celestial reference system (J2000 axes to 0.02 arcsec)."""


class Teme(_States):
    """Inertial states on the true equator and mean equinox of date, the frame of SGP4; 45 km from GCRS in 2025."""


class Eme2000(_States):
    """Inertial states on the mean equator and equinox of J2000.0, the frame of many orbit files; 0.8 m from GCRS."""


def joined(states: Sequence[Ecef]) -> Ecef:
    """All the Earth-fixed states of a sequence as one, in its order.

    >>> len(joined([Ecef(np.zeros((2, 6))), Ecef(np.zeros((1, 6)))]))
    3
    """
    return Ecef(np.concatenate([np.empty((0, 6)), *(state.pos_vel for state in states)]))


def _refusal(left: str, verb: str, right: str) -> str:
    return f"wanted two states of one frame, got {left} {verb} {right}; convert one of them first"
