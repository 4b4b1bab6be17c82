"""Earth-fixed, TEME, GCRS and EME2000 states, against astropy, ERFA and Skyfield; round trips; the wrong frame."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import astropy.units as u
import erfa
import numpy as np
import pytest
from astropy.coordinates import GCRS, ITRS, TEME, CartesianDifferential, CartesianRepresentation
from astropy.time import Time
from astropy.utils import iers
from astropy_iers_data import IERS_A_FILE
from skyfield.api import load
from skyfield.framelib import itrs
from skyfield.positionlib import ICRF

from jointwatch.earth import frames
from jointwatch.earth.julian import centuries_tt, days_since_j2000, julian_date_tt
from jointwatch.earth.nutation import nutation_rad
from jointwatch.earth.orientation import orientation, table_span_tai_ns
from jointwatch.earth.precession import mean_obliquity_rad, true_of_date_from_gcrs
from jointwatch.earth.sidereal import earth_rotation_angle_rad, gast_2006_rad, gmst_1982_rad
from jointwatch.earth.states import Ecef, Eme2000, Gcrs, Teme
from jointwatch.earth.timescale import LEAP_TABLE, NS_PER_S, tai_ns_from_utc
from jointwatch.earth.turning import turned

# At 7,000 km. TEME: the same model, rounding only. GCRS: astropy has IAU 2000A nutation and the TIO locator.
TEME_M, GCRS_M, BOUND_OF_GOAL_M = 1e-6, 0.05, 1.0
GEO_M = 0.25
SKYFIELD_M = 0.15  # from the daily values of UT1, which differ
SPEED_M_S = 1e-4  # precession, nutation and length of day are left out of our velocities
SAME_MODEL_RAD = 1e-13
N = 2_000
FIRST_NS, LAST_NS = table_span_tai_ns()

TO_AND_FRO = [
    (frames.ecef_from_teme, frames.teme_from_ecef, Teme),
    (frames.ecef_from_gcrs, frames.gcrs_from_ecef, Gcrs),
    (frames.teme_from_gcrs, frames.gcrs_from_teme, Gcrs),
]
CASES = [
    (frames.ecef_from_teme, Teme, TEME, ITRS, TEME_M),
    (frames.teme_from_ecef, Ecef, ITRS, TEME, TEME_M),
    (frames.ecef_from_gcrs, Gcrs, GCRS, ITRS, GCRS_M),
    (frames.gcrs_from_ecef, Ecef, ITRS, GCRS, GCRS_M),
    (frames.gcrs_from_teme, Teme, TEME, GCRS, GCRS_M),
    (frames.teme_from_gcrs, Gcrs, GCRS, TEME, GCRS_M),
]


def random_states(n: int = N) -> np.ndarray:
    """At 7,000 km and 7.5 km/s, in every direction."""
    directions = np.random.default_rng(7).normal(size=(n, 2, 3))
    directions /= np.linalg.norm(directions, axis=2)[:, :, None]
    return np.concatenate([7e6 * directions[:, 0], 7.5e3 * directions[:, 1]], axis=1)


def random_times(n: int = N) -> np.ndarray:
    last = tai_ns_from_utc("2026-10-01T00:00:00Z")
    return np.random.default_rng(3).integers(FIRST_NS, last, n)


def around_leap_seconds() -> np.ndarray:
    leaps = [tai_ns_from_utc(f"{day}T00:00:00Z") for day, _ in LEAP_TABLE[3:]]
    offsets = (np.array([-86_000, -1.5, -0.5, 0.5, 43_000]) * NS_PER_S).astype(np.int64)
    return (np.array(leaps)[:, None] + offsets).ravel()


@lru_cache
def bundled_iers() -> iers.IERS_A:
    return iers.IERS_A.open(IERS_A_FILE)


def by_astropy(pos_vel: np.ndarray, tai_ns: np.ndarray, start: type, end: type) -> np.ndarray:
    at = Time(*julian_date_tt(tai_ns), format="jd", scale="tt")
    velocity = CartesianDifferential(*(pos_vel[:, 3:].T * u.m / u.s))
    with iers.earth_orientation_table.set(bundled_iers()):
        states = start(CartesianRepresentation(*(pos_vel[:, :3].T * u.m), differentials=velocity), obstime=at)
        other = states.transform_to(end(obstime=at))
    return np.hstack([other.cartesian.xyz.to_value(u.m).T, other.velocity.d_xyz.to_value(u.m / u.s).T])


def largest(differences: np.ndarray) -> tuple[float, float]:
    """Of position, m, and velocity, m/s."""
    return tuple(float(np.linalg.norm(part, axis=1).max()) for part in (differences[:, :3], differences[:, 3:]))


@pytest.mark.parametrize("times", [random_times, around_leap_seconds], ids=["1973-2026", "leap seconds"])
@pytest.mark.parametrize(("convert", "ours", "start", "end", "limit_m"), CASES)
def test_frames_are_those_of_astropy(
    convert: Callable, ours: type, start: type, end: type, limit_m: float, times: Callable
) -> None:
    tai_ns = times()
    pos_vel = random_states(len(tai_ns))
    position_m, velocity_m_s = largest(convert(ours(pos_vel), tai_ns).pos_vel - by_astropy(pos_vel, tai_ns, start, end))
    assert position_m < limit_m < BOUND_OF_GOAL_M
    assert velocity_m_s < SPEED_M_S


def test_the_full_iau_2006_2000a_model_is_met_at_a_geostationary_distance() -> None:
    tai_ns = random_times()
    r = random_states()[:, :3] * 42.164 / 7
    earth, tt = orientation(tai_ns), julian_date_tt(tai_ns)
    ut1 = days_since_j2000(tai_ns, earth.ut1_minus_tai_s)
    ut1 = (2_451_545 + ut1[0], ut1[1])
    spin = erfa.rz(erfa.gst06a(*ut1, *tt), np.broadcast_to(np.eye(3), (N, 3, 3)))
    pole = erfa.pom00(earth.pole_x_rad, earth.pole_y_rad, erfa.sp00(*tt))
    theirs = np.einsum("nij,njk,nkl,nl->ni", pole, spin, erfa.pnm06a(*tt), r)
    ours = frames.ecef_from_gcrs(Gcrs(np.hstack([r, 0 * r])), tai_ns).r_m
    assert np.linalg.norm(ours - theirs, axis=1).max() < GEO_M


def test_each_part_of_the_model_is_that_of_erfa() -> None:
    tai_ns = random_times()
    t, tt = centuries_tt(tai_ns), julian_date_tt(tai_ns)
    ut1_minus_tai_s = orientation(tai_ns).ut1_minus_tai_s
    days = days_since_j2000(tai_ns, ut1_minus_tai_s)
    ut1 = (2_451_545 + days[0], days[1])
    assert np.abs(np.subtract(nutation_rad(t), erfa.nut00b(*tt))).max() < SAME_MODEL_RAD
    assert np.abs(mean_obliquity_rad(t) - erfa.obl06(*tt)).max() < SAME_MODEL_RAD
    assert turn_between(earth_rotation_angle_rad(tai_ns, ut1_minus_tai_s), erfa.era00(*ut1)) < SAME_MODEL_RAD
    assert turn_between(gmst_1982_rad(tai_ns, ut1_minus_tai_s), erfa.gmst82(*ut1)) < SAME_MODEL_RAD
    turns, dpsi = true_of_date_from_gcrs(t)
    deps = nutation_rad(t)[1] * (1 - 2.7774e-6 * t)
    matrices = erfa.pn06(*tt, dpsi, deps)[-1]
    r = random_states()[:, :3]
    assert np.abs(turned(r, turns) - np.einsum("nij,nj->ni", matrices, r)).max() < 1e-7
    apparent = gast_2006_rad(tai_ns, ut1_minus_tai_s, dpsi)
    assert turn_between(apparent, erfa.gst06(*ut1, *tt, matrices)) < 2e-10  # the small complementary terms: 1.5 mm


def turn_between(one_rad: np.ndarray, other_rad: np.ndarray) -> float:
    return float(np.abs(np.angle(np.exp(1j * (one_rad - other_rad)))).max())


def test_skyfield_agrees_but_for_the_pole_it_leaves_out() -> None:
    scale = load.timescale(builtin=True)
    # before 1990 it reads another bulletin (up to 1.5 m), after 2023 its bundled table ends
    first, last = (tai_ns_from_utc(f"{year}-01-01T00:00:00Z") for year in (1990, 2023))
    tai_ns = np.random.default_rng(3).integers(first, last, 200)
    pos_vel = random_states(len(tai_ns))
    at = scale.tt_jd(*julian_date_tt(tai_ns))
    theirs = ICRF(pos_vel[:, :3].T / 149_597_870_700.0, t=at, center=399).frame_xyz(itrs).m.T
    earth = orientation(tai_ns)
    without_pole = replace(earth, pole_x_rad=np.zeros(200), pole_y_rad=np.zeros(200))
    ours = frames.ecef_from_gcrs(Gcrs(pos_vel), tai_ns, earth=without_pole).r_m
    assert np.linalg.norm(ours - theirs, axis=1).max() < SKYFIELD_M


@pytest.mark.parametrize(("there", "home", "kind"), TO_AND_FRO)
def test_there_and_back_again_is_where_one_was(there: Callable, home: Callable, kind: type) -> None:
    states, tai_ns = kind(random_states()), random_times()
    position_m, velocity_m_s = largest(home(there(states, tai_ns), tai_ns) - states)
    assert position_m < 2e-8
    assert velocity_m_s < 2e-11


@pytest.mark.parametrize(("there", "home", "kind"), TO_AND_FRO)
def test_one_time_for_all_is_the_same_as_that_time_for_each(there: Callable, home: Callable, kind: type) -> None:
    states, tai_ns = kind(random_states(50)), int(random_times()[0])
    position_m, velocity_m_s = largest(there(states, tai_ns) - there(states, np.full(50, tai_ns)))
    assert position_m < 1e-8
    assert velocity_m_s < 1e-11


def test_a_point_of_the_ground_stands_still_and_turns_once_a_sidereal_day() -> None:
    ground = Ecef(np.array([[6_378_137.0, 0.0, 0.0, 0.0, 0.0, 0.0]]))
    day_ns = 86_164_090_530_833
    now = tai_ns_from_utc("2009-02-02T18:30:00Z")
    teme = frames.teme_from_ecef(ground, now)
    assert np.linalg.norm(teme.v_m_s) == pytest.approx(7.292115e-5 * 6_378_137.0, abs=1e-3)
    later = frames.teme_from_ecef(ground, now + day_ns)
    assert np.linalg.norm(later.r_m - teme.r_m) < 1.0


def test_the_velocity_is_the_rate_of_the_position() -> None:
    """A state coasting in a straight line in the GCRS for a second, seen from the ground."""
    states, tai_ns = random_states(100), random_times(100)
    moved = [states.copy(), states.copy()]
    for sign, state in zip((-0.5, 0.5), moved, strict=True):
        state[:, :3] += sign * state[:, 3:]
    half = NS_PER_S // 2
    before, after = (
        frames.ecef_from_gcrs(Gcrs(state), tai_ns + sign * half).r_m for sign, state in zip((-1, 1), moved, strict=True)
    )
    velocity = frames.ecef_from_gcrs(Gcrs(states), tai_ns).v_m_s
    assert np.abs(after - before - velocity).max() < 2e-4  # besides what is left out: (omega^2 v) / 24 s^2


def test_eme2000_is_off_the_gcrs_by_the_bias_of_erfa() -> None:
    states = random_states()
    bias = erfa.bp00(2_451_545.0, 0.0)[0]
    eme2000 = frames.eme2000_from_gcrs(Gcrs(states))
    assert np.abs(eme2000.r_m - states[:, :3] @ bias.T).max() < 1e-7
    assert 0.75 < np.linalg.norm(eme2000.r_m - states[:, :3], axis=1).max() < 0.8
    assert largest(frames.gcrs_from_eme2000(eme2000) - Gcrs(states))[0] < 1e-8


@pytest.mark.parametrize(
    ("convert", "wanted", "given"),
    [
        (frames.ecef_from_teme, "Teme", Gcrs),
        (frames.ecef_from_gcrs, "Gcrs", Teme),
        (frames.ecef_from_gcrs, "Gcrs", Eme2000),
        (frames.gcrs_from_ecef, "Ecef", Gcrs),
        (frames.teme_from_ecef, "Ecef", Teme),
        (frames.gcrs_from_teme, "Teme", Ecef),
        (frames.teme_from_gcrs, "Gcrs", Teme),
    ],
)
def test_the_wrong_frame_is_refused(convert: Callable, wanted: str, given: type) -> None:
    with pytest.raises(TypeError, match=f"wanted {wanted} states, got {given.__name__}; convert them first"):
        convert(given(np.ones(6)), 10**18)


def test_states_and_times_that_do_not_match_are_refused() -> None:
    states, tai_ns = Teme(random_states(3)), random_times(2)
    with pytest.raises(ValueError, match=r"one for each of the 3 states, got shape \(2,\)"):
        frames.ecef_from_teme(states, tai_ns)
    with pytest.raises(ValueError, match=r"computed for times of shape \(2,\), the states' have \(\)"):
        frames.ecef_from_teme(states, int(tai_ns[0]), earth=orientation(tai_ns))


def test_a_time_outside_the_tables_needs_a_deliberate_word() -> None:
    states, tai_ns = Teme(random_states(1)), LAST_NS + 10**17
    with pytest.raises(ValueError, match="hand in earth="):
        frames.ecef_from_teme(states, tai_ns)
    assert len(frames.ecef_from_teme(states, tai_ns, earth=orientation(tai_ns))) == 1


def test_no_states_are_no_trouble() -> None:
    none = np.empty((0, 6))
    assert len(frames.ecef_from_gcrs(Gcrs(none), np.empty(0, dtype=np.int64))) == 0
