"""From one frame to another: Earth-fixed (ITRF, WGS 84), TEME, GCRS and EME2000, on whole arrays of states.

Every function takes states and TAI times: one time for all, or one for each state. The types refuse the wrong frame.
Earth orientation comes by date from `orientation`; a time outside its table is refused unless `earth` is handed in, and
`earth` computed once serves many calls.

Left out, in metres at 7,000 km: the TIO locator s' 4e-4, the pole's offsets from the model up to 0.03, tides in UT1
and pole 0.05, and in velocities precession, nutation and the length of day, 1e-4 m/s. ITRF and WGS 84 agree to 0.1 m.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.julian import centuries_tt, tai_nanoseconds
from jointwatch.earth.nutation import ARCSEC_RAD
from jointwatch.earth.orientation import Orientation, known_inside
from jointwatch.earth.precession import true_of_date_from_gcrs
from jointwatch.earth.sidereal import ROTATION_RATE_RAD_S, gast_2006_rad, gmst_1982_rad
from jointwatch.earth.states import Ecef, Eme2000, Gcrs, Teme
from jointwatch.earth.turning import Turn, X, Y, Z, back, turned

# Mean pole and equinox of J2000.0 in the GCRS, arcsec [J. Chapront et al., A&A 387 (2002) 700; ERFA's eraBi00]
_BIAS = [
    Turn(Z, np.array(-0.0146 * ARCSEC_RAD)),
    Turn(Y, np.array(-0.041775 * np.sin(84381.448 * ARCSEC_RAD) * ARCSEC_RAD)),
    Turn(X, np.array(0.0068192 * ARCSEC_RAD)),
]


def ecef_from_teme(states: Teme, tai_ns: ArrayLike, *, earth: Orientation | None = None) -> Ecef:
    """Earth-fixed states of TEME states, the output of SGP4, at one or n TAI times.

    Greenwich mean sidereal time of 1982 and the pole. [D. Vallado et al., AIAA 2006-6753]

    >>> at = 1_233_599_434_000_000_000  # 2009-02-02T18:30:00Z
    >>> ecef_from_teme(Teme(np.array([[7e6, 0.0, 0.0, 0.0, 7.5e3, 0.0]])), at).r_m.round().tolist()
    [[4445151.0, -5407461.0, -3.0]]
    """
    time_ns, earth = _checked(states, Teme, tai_ns, earth)
    return Ecef(_fixed(states.pos_vel, [Turn(Z, gmst_1982_rad(time_ns, earth.ut1_minus_tai_s))], earth))


def teme_from_ecef(states: Ecef, tai_ns: ArrayLike, *, earth: Orientation | None = None) -> Teme:
    """TEME states of Earth-fixed states: the way back of `ecef_from_teme`.

    >>> at = 1_233_599_434_000_000_000
    >>> teme = Teme(np.array([[7e6, 0.0, 0.0, 0.0, 7.5e3, 0.0]]))
    >>> bool(np.abs(teme_from_ecef(ecef_from_teme(teme, at), at) - teme).max() < 1e-8)
    True
    """
    time_ns, earth = _checked(states, Ecef, tai_ns, earth)
    return Teme(_inertial(states.pos_vel, [Turn(Z, gmst_1982_rad(time_ns, earth.ut1_minus_tai_s))], earth))


def ecef_from_gcrs(states: Gcrs, tai_ns: ArrayLike, *, earth: Orientation | None = None) -> Ecef:
    """Earth-fixed states of GCRS states at one or n TAI times.

    IAU 2006 precession with bias, IAU 2000B nutation, Greenwich apparent sidereal time, the pole.

    >>> at = 1_233_599_434_000_000_000
    >>> ecef_from_gcrs(Gcrs(np.array([[7e6, 0.0, 0.0, 0.0, 7.5e3, 0.0]])), at).r_m.round().tolist()
    [[4456133.0, -5398411.0, 6371.0]]
    """
    time_ns, earth = _checked(states, Gcrs, tai_ns, earth)
    return Ecef(_fixed(states.pos_vel, _apparent(time_ns, earth), earth))


def gcrs_from_ecef(states: Ecef, tai_ns: ArrayLike, *, earth: Orientation | None = None) -> Gcrs:
    """GCRS states of Earth-fixed states: the way back of `ecef_from_gcrs`.

    >>> at = 1_233_599_434_000_000_000
    >>> gcrs = Gcrs(np.array([[7e6, 0.0, 0.0, 0.0, 7.5e3, 0.0]]))
    >>> bool(np.abs(gcrs_from_ecef(ecef_from_gcrs(gcrs, at), at) - gcrs).max() < 1e-8)
    True
    """
    time_ns, earth = _checked(states, Ecef, tai_ns, earth)
    return Gcrs(_inertial(states.pos_vel, _apparent(time_ns, earth), earth))


def gcrs_from_teme(states: Teme, tai_ns: ArrayLike, *, earth: Orientation | None = None) -> Gcrs:
    """GCRS states of TEME states; UT1 and the pole cancel, both being inertial.

    >>> at = 1_233_599_434_000_000_000
    >>> gcrs_from_teme(Teme(np.array([[7e6, 0.0, 0.0, 0.0, 7.5e3, 0.0]])), at).r_m.round().tolist()
    [[6999983.0, -14230.0, -6374.0]]
    """
    time_ns, earth = _checked(states, Teme, tai_ns, earth)
    return Gcrs(_both_turned(states.pos_vel, back(_teme_from_gcrs(time_ns, earth))))


def teme_from_gcrs(states: Gcrs, tai_ns: ArrayLike, *, earth: Orientation | None = None) -> Teme:
    """TEME states of GCRS states: the way back of `gcrs_from_teme`.

    >>> at = 1_233_599_434_000_000_000
    >>> gcrs = Gcrs(np.array([[7e6, 0.0, 0.0, 0.0, 7.5e3, 0.0]]))
    >>> bool(np.abs(gcrs_from_teme(teme_from_gcrs(gcrs, at), at) - gcrs).max() < 1e-8)
    True
    """
    time_ns, earth = _checked(states, Gcrs, tai_ns, earth)
    return Teme(_both_turned(states.pos_vel, _teme_from_gcrs(time_ns, earth)))


def gcrs_from_eme2000(states: Eme2000) -> Gcrs:
    """GCRS states of EME2000 states, the frame of many orbit files: a fixed turn by 0.023 arcsec.

    Taking one for the other costs up to 0.8 m at 7,000 km and 4.7 m at 42,164 km.

    >>> (gcrs_from_eme2000(Eme2000(np.array([[7e6, 0.0, 0.0, 0.0, 7.5e3, 0.0]]))).r_m[0, 1:]).round(2).tolist()
    [-0.5, 0.56]
    """
    _refuse_other(states, Eme2000)
    return Gcrs(_both_turned(states.pos_vel, back(_BIAS)))


def eme2000_from_gcrs(states: Gcrs) -> Eme2000:
    """EME2000 states of GCRS states: the way back of `gcrs_from_eme2000`.

    >>> bool(np.abs(eme2000_from_gcrs(gcrs_from_eme2000(Eme2000(np.full(6, 1e3)))).r_m - 1e3).max() < 1e-9)
    True
    """
    _refuse_other(states, Gcrs)
    return Eme2000(_both_turned(states.pos_vel, _BIAS))


def _apparent(tai_ns: Ints, earth: Orientation) -> list[Turn]:
    turns, dpsi = true_of_date_from_gcrs(centuries_tt(tai_ns))
    return [*turns, Turn(Z, gast_2006_rad(tai_ns, earth.ut1_minus_tai_s, dpsi))]


def _teme_from_gcrs(tai_ns: Ints, earth: Orientation) -> list[Turn]:
    *turns, apparent = _apparent(tai_ns, earth)
    return [*turns, Turn(Z, apparent.angle_rad - gmst_1982_rad(tai_ns, earth.ut1_minus_tai_s))]


def _fixed(pos_vel: Floats, turns: list[Turn], earth: Orientation) -> Floats:
    """Turned to the meridian of Greenwich, the spin taken off the velocity, then turned to the crust's pole."""
    about_the_axis = _both_turned(pos_vel, turns)
    _add_spin(about_the_axis, -ROTATION_RATE_RAD_S)
    return _both_turned(about_the_axis, _pole(earth))


def _inertial(pos_vel: Floats, turns: list[Turn], earth: Orientation) -> Floats:
    about_the_axis = _both_turned(pos_vel, back(_pole(earth)))
    _add_spin(about_the_axis, ROTATION_RATE_RAD_S)
    return _both_turned(about_the_axis, back(turns))


def _pole(earth: Orientation) -> list[Turn]:
    return [Turn(Y, -earth.pole_x_rad), Turn(X, -earth.pole_y_rad)]


def _add_spin(pos_vel: Floats, rate_rad_s: float) -> None:
    """Adds omega x r to the velocities, in place."""
    pos_vel[:, 3] -= rate_rad_s * pos_vel[:, 1]
    pos_vel[:, 4] += rate_rad_s * pos_vel[:, 0]


def _both_turned(pos_vel: Floats, turns: list[Turn]) -> Floats:
    return np.concatenate([turned(pos_vel[:, :3], turns), turned(pos_vel[:, 3:], turns)], axis=1)


def _checked(
    states: Ecef | Gcrs | Teme, wanted: type, tai_ns: ArrayLike, earth: Orientation | None
) -> tuple[Ints, Orientation]:
    _refuse_other(states, wanted)
    time_ns = tai_nanoseconds(tai_ns)
    if time_ns.ndim and time_ns.shape != (len(states),):
        raise ValueError(f"wanted one time, or one for each of the {len(states)} states, got shape {time_ns.shape}")
    earth = known_inside(time_ns) if earth is None else earth
    if np.shape(earth.ut1_minus_tai_s) != time_ns.shape:
        raise ValueError(
            f"earth was computed for times of shape {np.shape(earth.ut1_minus_tai_s)}, the states' have "
            f"{time_ns.shape}; use orientation(tai_ns) of the same times"
        )
    return time_ns, earth


def _refuse_other(states: object, wanted: type) -> None:
    if type(states) is not wanted:
        raise TypeError(f"wanted {wanted.__name__} states, got {type(states).__name__}; convert them first")
