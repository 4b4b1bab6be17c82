"""What could be known: Fisher's information by other routes, and the tracker's estimates held against it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from jointwatch.assessment.ellipse import CHI2_95_2DOF
from jointwatch.assessment.fisher import THRUST_SIGMA_M_S2
from jointwatch.assessment.impact_area import ImpactEstimate, all_fallen, fallen
from jointwatch.assessment.knowable import knowable
from jointwatch.assessment.priors import BoostPriors
from jointwatch.assessment.track_path import knowable_of
from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.states import Ecef
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import coast
from jointwatch.flight.dispersion import impact_dispersion
from jointwatch.flight.path import states_at
from jointwatch.sensors.measurement import predict
from jointwatch.sensors.site import Site
from jointwatch.tracking.bound import Looks, cramer_rao

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from consistency import CASES, T0
from estimates import FLIGHTS, ascents, followed, impacts, plots, seen_rising

PRIORS = BoostPriors()
SITE = Site("gabala", *np.radians([40.87, 47.80]), 0.0)
SIGMA = np.array([100.0, 2e-3, 2e-3])
THRUST_M_S2, END_S = 30.0, 40.0
BURNOUT = np.concatenate(
    [
        ecef_from_geodetic(0.58, 0.92, 120e3),
        np.array([1200.0, -1500.0, 2400.0]) @ np.asarray(enu_basis(0.58, 0.92)).reshape(3, 3),
    ]
)


# The constants once more, so that the oracle shares nothing with what it judges. WGS 84.
GM, RE, J2, OMEGA = 3.986004418e14, 6378137.0, 1.08262982131e-3, 7.292115e-5
SPIN = np.array([0.0, 0.0, OMEGA])


def pull(s: np.ndarray, thrust_m_s2: float) -> np.ndarray:
    r, v = s[:3], s[3:]
    d = np.linalg.norm(r)
    gravity = -GM / d**3 * r * (1 + 1.5 * J2 * (RE / d) ** 2 * (np.array([1, 1, 3]) - 5 * (r[2] / d) ** 2))
    turning = -2 * np.cross(SPIN, v) - np.cross(SPIN, np.cross(SPIN, r))
    return np.concatenate([v, gravity + turning + thrust_m_s2 * v / np.linalg.norm(v)])


def moved(x: np.ndarray, from_s: float, to_s: float, thrust_m_s2: float = 0.0) -> np.ndarray:
    if from_s == to_s:
        return x
    steps = {"rtol": 1e-11, "atol": 1e-6, "method": "DOP853"}
    return solve_ivp(lambda t, s: pull(s, thrust_m_s2), (from_s, to_s), x, **steps).y[:, -1]


def flight_at(times: np.ndarray, x: np.ndarray, end_s: float, thrust_m_s2: float) -> np.ndarray:
    """States (k, 6) of what burns until `end_s` and has at END_S, in free flight or taken on to it, the state x."""
    at_end = moved(x, END_S, end_s)
    return np.stack([
        moved(x, END_S, t) if t >= end_s else moved(at_end, end_s, t, thrust_m_s2) for t in times
    ])  # fmt: skip


def path(times: np.ndarray) -> Ecef:
    return Ecef(flight_at(np.atleast_1d(times), BURNOUT, END_S, THRUST_M_S2).reshape(-1, 6))


TIMES = np.arange(12.0, 81.0, 5.0)
LOOKS = [Looks(SITE, TIMES, SIGMA)]


def by_differences(times: np.ndarray) -> np.ndarray:
    """Fisher's information of state, end and thrust by differences of everything that is measured, inverted."""
    scale = np.array([10.0] * 3 + [0.1] * 3 + [0.05, 0.1])

    def everything(change: np.ndarray) -> np.ndarray:
        states = flight_at(times, BURNOUT + change[:6], END_S + change[6], THRUST_M_S2 + change[7])
        return (predict(SITE, states[:, :3]) / SIGMA).ravel()

    J = np.stack(
        [(everything(step) - everything(-step)) / (2 * step.sum()) for step in np.diag(scale)],
        axis=1,
    )
    return np.linalg.inv(J.T @ J + np.diag([0.0] * 7 + [THRUST_SIGMA_M_S2**-2]))


def test_the_end_of_a_burn_and_the_state_are_as_known_as_differences_of_an_own_flight_say() -> None:
    (known,) = knowable(path, LOOKS, np.array([80.0]), PRIORS, burnout_s=END_S)
    expected = by_differences(TIMES)
    assert known.burnout_sigma_s == pytest.approx(np.sqrt(expected[6, 6]), rel=0.05)
    assert known.P is not None
    there = coast.transition_arrays(BURNOUT[None], 80.0 - END_S)[1][0]
    assert np.sqrt(np.diag(known.P)) == pytest.approx(np.sqrt(np.diag(there @ expected[:6, :6] @ there.T)), rel=0.05)


def test_in_free_flight_the_state_is_as_known_as_the_tracking_bound_says() -> None:
    after = [Looks(SITE, TIMES[TIMES > END_S], SIGMA)]
    known = knowable(path, after, np.array([60.0, 80.0]), PRIORS, burnout_s=END_S)
    since = [replace(after[0], times_s=after[0].times_s - END_S)]
    for each, bound in zip(known, cramer_rao(Ecef(BURNOUT[None]), since, np.array([20.0, 40.0])), strict=True):
        assert pytest.approx(bound, rel=1e-6) == each.P
        assert each.burnout_sigma_s is None


def test_with_a_known_ballistic_coefficient_the_impact_is_the_state_through_exact_derivatives() -> None:
    sure = replace(PRIORS, log_beta_sigma=0.0)
    (known,) = knowable(path, LOOKS, np.array([80.0]), sure, burnout_s=END_S)
    assert known.P is not None
    assert known.impact is not None
    beta = float(np.exp(sure.log_beta_mean))
    state = Ecef(coast.propagate_arrays(BURNOUT[None], 80.0 - END_S))
    exact = impact_dispersion(state, known.P, beta_kg_m2=beta)
    sigmas = np.sqrt(np.linalg.eigvalsh(exact.covariance_en_m2[0]))
    told = np.array([known.impact.ellipse.semi_minor_m, known.impact.ellipse.semi_major_m]) / np.sqrt(CHI2_95_2DOF)
    assert told == pytest.approx(sigmas, rel=0.02)  # what the second order adds
    assert known.impact.sigma_s == pytest.approx(exact.sigma_time_s[0], rel=0.05)


def test_more_looks_never_know_less() -> None:
    known = knowable(path, LOOKS, np.array([30.0, 36.0, 50.0, 60.0, 80.0]), PRIORS, burnout_s=END_S)
    launches = [each.launch.sigma_s for each in known if each.launch]
    assert len(launches) == 5
    assert launches == sorted(launches, reverse=True)
    ends = [each.burnout_sigma_s for each in known if each.burnout_sigma_s]
    assert ends == sorted(ends, reverse=True)
    twice = knowable(path, [*LOOKS, Looks(SITE, TIMES + 2.0, SIGMA)], np.array([80.0]), PRIORS, burnout_s=END_S)
    assert twice[0].P is not None
    assert known[-1].P is not None
    assert np.linalg.eigvalsh(known[-1].P - twice[0].P).min() > -1e-3


def test_where_nothing_was_seen_nothing_is_known() -> None:
    nobody = knowable(path, [Looks(SITE, np.empty(0), SIGMA)], np.array([80.0]), PRIORS, burnout_s=END_S)
    too_early = knowable(path, LOOKS, np.array([5.0, 12.0, 13.0]), PRIORS, burnout_s=END_S)
    for each in (*nobody, *too_early):
        assert (each.P, each.launch, each.impact) == (None, None, None)


def test_many_falls_at_once_are_the_same_as_one_by_one() -> None:
    P = np.diag(np.repeat([500.0, 10.0], 3) ** 2)
    x = np.stack([BURNOUT, BURNOUT + 1.0, np.r_[BURNOUT[:3], 3.0 * BURNOUT[3:]]])
    every = all_fallen(np.zeros(3, dtype=np.int64), x, np.stack([P] * 3), PRIORS)
    assert isinstance(every[0], ImpactEstimate)
    assert every[2] == "not yet: within its uncertainty the object may stay up for longer than an hour and a half"
    for one, alone in zip(every, (fallen(0, each, P, PRIORS) for each in x), strict=True):
        assert repr(one) == repr(alone)
    assert all_fallen(np.zeros(0, dtype=np.int64), np.zeros((0, 6)), np.zeros((0, 6, 6)), PRIORS) == []


@pytest.mark.parametrize("name", ["A", "B"])
def test_the_trackers_impacts_are_where_their_ellipses_say_and_as_sharp_as_can_be(name: str) -> None:
    runs = 60
    for found in impacts(next(case for case in CASES if case.name == name), runs):
        print(found)
        assert found.axes_m == pytest.approx(found.bound_m, rel=0.1)
        assert abs(found.inside.mean() - 0.95) < 3 * np.sqrt(0.95 * 0.05 / runs)


def test_about_what_a_track_believes_as_much_can_be_known_as_about_the_truth() -> None:
    case = CASES[1]
    history = followed(case, plots(case, 1)[1][:, 0])
    looks = [Looks(case.sites[0], case.times_s, np.array(case.sigma))]
    at = np.array([120.0, 300.0])
    here = Ecef(case.start[None])
    true = knowable(lambda t: coast.trajectory(here, t), looks, at, PRIORS, burnout_s=-np.inf)
    for one, other in zip(knowable_of(history, looks, at, PRIORS), true, strict=True):
        assert one.impact is not None
        assert other.impact is not None
        assert one.impact.ellipse.semi_major_m == pytest.approx(other.impact.ellipse.semi_major_m, rel=0.05)
    assert knowable_of(replace_rows(history, 2), looks, at, PRIORS) == ()


def replace_rows(history, many):  # type: ignore[no-untyped-def]
    return replace(
        history,
        **{name: getattr(history, name)[:many] for name in ("time_tai_ns", "x", "P", "boost_probability", "radars")},
    )


@pytest.mark.parametrize(
    ("name", "case"), [("three solid stages", 2), ("weak second stage", 0), ("sinks under thrust", 2)]
)
def test_nothing_is_taken_for_free_flight_while_it_burns(name: str, case: int) -> None:
    found = ascents(name, CASES[case], 3)
    print(found)
    assert found.early == 0
    assert found.delay_s < 60.0
    assert np.abs(found.burnout).max() < 3.5


def test_what_a_track_believes_of_its_burn_gives_the_bound_of_its_end() -> None:
    flown = FLIGHTS["intercontinental"]()
    burn_s = flown.profile.burn_time_s
    times = np.arange(0.0, burn_s + 120.0, 2.5)
    truth = states_at(flown, times).pos_vel
    history = seen_rising(CASES[0], times, truth, np.random.default_rng(2))
    first_s = (int(history.time_tai_ns[0]) - T0) / 1e9
    looks = [
        Looks(site, times[(times >= first_s)][k::2] - first_s, np.array(CASES[0].sigma), 0.9)
        for k, site in enumerate(CASES[0].sites)
    ]
    (believed,) = knowable_of(history, looks, np.array([burn_s + 100.0 - first_s]), PRIORS)
    assert believed.burnout_sigma_s is not None
    assert believed.burnout_sigma_s < 2.0
    assert believed.launch is not None
