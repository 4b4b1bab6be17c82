"""Orbits from ranges and angles that come apart: against simulated truth, flown by another integrator."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import chi2

from jointwatch.earth.ellipsoid import A_M, GM_M3_S2, J2, OMEGA_RAD_S
from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.sensors import measurement
from jointwatch.sensors.site import Site
from jointwatch.tracking.first_orbit import NoFirstOrbitError
from jointwatch.tracking.observables import LIGHT_M_S, Kind, Observables, predicted
from jointwatch.tracking.orbit_estimate import NoOrbitError, OrbitEstimate, estimate
from jointwatch.tracking.orbit_forces import forces
from jointwatch.tracking.orbit_path import disturbance_m_s2

FIRST = tai_ns_from_utc("2010-11-02T03:00:00Z")
SITES = tuple(
    Site(name, *np.radians(place))
    for name, *place in (("north", 36.0, 127.0), ("south", -30.0, 151.0), ("west", 42.0, 14.0), ("cape", -26.0, 28.0))
)
SIGMA = np.array([20.0, np.radians(0.02), np.radians(0.02)])
BIAS = np.array([[300.0, 1e-3, -2e-3], [-200.0, -1e-3, 1e-3], [0.0, 2e-3, 0.0], [500.0, 0.0, 1e-3]])
BIAS_SIGMA = np.tile([500.0, np.radians(0.3), np.radians(0.3), 0.0], (4, 1))
PUSH = np.array([4e-6, -5e-6, 3e-6])
START = np.array([-12.9e6, 39.6e6, 0.2e6, 1480.0, 30.0, 55.0])  # of the transfer orbit of a communications satellite
HOURS = 7.0


def slope(seconds: float, x: np.ndarray, push_m_s2: np.ndarray = PUSH) -> np.ndarray:
    """Return the derivative of a state: J2 by Vallado, 4th ed., eq. 8-30, the turning axes, and what the path has."""
    r, v = x[:3], x[3:]
    far = np.linalg.norm(r)
    bulge = 1.5 * J2 * (A_M / far) ** 2
    s2 = (r[2] / far) ** 2
    pull = -GM_M3_S2 / far**3 * r * (1 + bulge * (np.array([1.0, 1.0, 3.0]) - 5 * s2))
    w = np.array([0.0, 0.0, OMEGA_RAD_S])
    c, s = np.cos(OMEGA_RAD_S * seconds), np.sin(OMEGA_RAD_S * seconds)
    px, py, pz = push_m_s2
    push = np.array([c * px + s * py, c * py - s * px, pz])
    rest = disturbance_m_s2(np.array([FIRST + round(seconds * 1e9)]), r[None])[0]
    return np.concatenate([v, pull - 2 * np.cross(w, v) - np.cross(w, np.cross(w, r)) + rest + push])


@pytest.fixture(scope="module")
def truth():
    """Return a function of seconds (n,) to states (n, 6): seven hours with a perigee in them."""
    flown = solve_ivp(slope, (0.0, HOURS * 3600), START, method="DOP853", rtol=1e-10, atol=1e-3, dense_output=True)
    return lambda seconds: flown.sol(np.asarray(seconds)).T


def numbers(
    truth, rng: np.random.Generator, *, every_s: float = 240.0, bias: np.ndarray = BIAS, hours: float = HOURS
) -> Observables:
    """Return noisy, biased ranges and angles in turns by all stations that see it, timed when the signal comes back."""
    rows = []
    for place, site in enumerate(SITES):
        for turn, seconds in enumerate(np.arange(7.0 * place, hours * 3600 - 1, every_s)):
            x = truth([seconds])
            z = measurement.predict(site, x[:, :3])[0]
            if z[2] < np.radians(5.0):
                continue
            back = FIRST + round((seconds + z[0] / LIGHT_M_S) * 1e9)
            for kind in [Kind.RANGE] if turn % 2 else [Kind.AZIMUTH, Kind.ELEVATION]:
                rows.append(
                    (back, place, int(kind), z[kind] + bias[place, kind] + SIGMA[kind] * rng.normal(), SIGMA[kind])
                )
    rows.sort()
    time, sensor, kind, value, sigma = (np.array(column) for column in zip(*rows, strict=True))
    return Observables(SITES, time, sensor, kind, value, sigma, np.ones(len(time), dtype=bool))


@pytest.fixture(scope="module")
def found(truth) -> list[OrbitEstimate]:
    """Return the orbits of four sets of noise."""
    return [estimate(numbers(truth, np.random.default_rng(seed)), BIAS_SIGMA) for seed in range(4)]


def test_the_errors_of_the_path_are_as_large_as_its_covariances_say(found: list[OrbitEstimate], truth) -> None:
    nees = []
    for each in found:
        nodes, since_s = each.path.nodes, (each.numbers.time_tai_ns[0] - FIRST) / 1e9
        for row in (0, len(nodes.x) // 2, -1):
            off = nodes.x[row] - truth([since_s + nodes.time_s[row]])[0]
            nees.append(off @ np.linalg.solve(each.path.P[row], off))
    low, high = chi2.ppf([0.005, 0.995], 6 * len(found)) / len(found)  # one row's sum; rows of a run hang together
    print(f"NEES first, middle, last: {np.mean(np.reshape(nees, (-1, 3)), axis=0).round(1)} (6 expected)")
    assert np.all(
        (low < np.mean(np.reshape(nees, (-1, 3)), axis=0)) & (np.mean(np.reshape(nees, (-1, 3)), axis=0) < high)
    )


def test_a_low_orbit_is_followed_across_gaps_of_an_hour() -> None:
    """Passes of minutes, foreseen from one to the next to kilometres at first."""
    start = np.array([6.78e6, 0.0, 0.0, 0.0, 4.45e3, 5.95e3])
    flown = solve_ivp(
        lambda seconds, x: slope(seconds, x, np.zeros(3)), (0.0, 6 * 3600), start, method="DOP853", rtol=1e-10,
        atol=1e-3, dense_output=True,
    )  # fmt: skip

    def low(seconds: object) -> np.ndarray:
        return flown.sol(np.asarray(seconds)).T

    seen = numbers(low, np.random.default_rng(0), every_s=10.0, bias=0 * BIAS, hours=6.0)
    assert np.diff(seen.time_tai_ns).max() > 3600e9
    each = estimate(seen, 0 * BIAS_SIGMA)
    assert each.path.used.all()
    nodes, since_s = each.path.nodes, (each.numbers.time_tai_ns[0] - FIRST) / 1e9
    off = nodes.x - low(since_s + nodes.time_s)
    assert np.linalg.norm(off[:, :3], axis=1).max() < 200.0
    nees = np.einsum("ki,ki->k", off, np.linalg.solve(each.path.P, off[..., None])[..., 0])
    assert np.median(nees) < chi2.ppf(0.99, 6)


def test_biases_and_the_push_are_found_within_their_sigmas(found: list[OrbitEstimate]) -> None:
    off, pushed = [], []
    for each in found:
        bias, sigma = each.path.offsets()
        off += ((bias - np.column_stack([BIAS, np.full(4, np.nan)])) / sigma)[:, :3].ravel().tolist()
        first_s = (each.numbers.time_tai_ns[0] - FIRST) / 1e9
        c, s = np.cos(OMEGA_RAD_S * first_s), np.sin(OMEGA_RAD_S * first_s)
        wrong = each.path.push_m_s2 - [c * PUSH[0] + s * PUSH[1], c * PUSH[1] - s * PUSH[0], PUSH[2]]
        pushed.append(wrong @ np.linalg.solve(each.path.constants_cov[:3, :3], wrong))
    assert 0.6 < np.sqrt(np.mean(np.square(off))) < 1.4
    low, high = chi2.ppf([0.005, 0.995], 3 * len(found)) / len(found)
    assert low < np.mean(pushed) < high


def test_what_is_left_is_the_noise(found: list[OrbitEstimate]) -> None:
    left = np.concatenate([each.path.residual / each.numbers.sigma for each in found])
    assert np.sqrt(np.mean(left**2)) == pytest.approx(1.0, abs=0.06)
    assert all(each.path.used.all() for each in found)
    assert max(each.noise_m2_s3 for each in found) <= 1e-8, "all forces are in the path"


def test_wild_numbers_are_set_aside_and_change_nothing(found: list[OrbitEstimate], truth) -> None:
    clean = numbers(truth, np.random.default_rng(0))
    value = clean.value.copy()
    wild = np.arange(30, len(value), 41)
    value[wild] += 20 * clean.sigma[wild]
    again = estimate(replace(clean, value=value), BIAS_SIGMA)
    assert set(np.flatnonzero(~again.path.used)) == set(wild)
    moved = again.path.nodes.x[-1] - found[0].path.nodes.x[-1]
    assert moved @ np.linalg.solve(found[0].path.P[-1], moved) < 6.0


def test_a_number_timed_at_reception_is_that_of_where_the_light_came_from(truth) -> None:
    each = numbers(truth, np.random.default_rng(0))
    back_s = (each.time_tai_ns - FIRST) / 1e9
    z, _ = predicted(each, truth(back_s))
    for row in range(0, len(each), 20):
        site, kind = each.sites[each.sensor[row]], each.kind[row]
        way_s = 0.12
        for _ in range(4):
            met = measurement.predict(site, truth([back_s[row] - way_s])[:, :3])[0]
            way_s = met[0] / LIGHT_M_S
        assert abs(z[row] - met[kind]) < (0.1 if kind == Kind.RANGE else 1e-8)


def test_the_forces_are_told_by_size(found: list[OrbitEstimate]) -> None:
    told = {force.name.split(",")[0]: force for force in forces(found[0])}
    assert 3e-6 < told["Moon"].greatest_m_s2 < 2e-5
    assert 1e-6 < told["Sun"].greatest_m_s2 < 4e-6
    assert told["constant push"].greatest_m_s2 == pytest.approx(np.linalg.norm(PUSH), rel=0.5)
    assert not told["light of the Sun"].in_path
    assert told["Moon"].moves_m > 500.0


def test_derivatives_of_numbers_are_those_of_differences(truth) -> None:
    each = numbers(truth, np.random.default_rng(0)).only(slice(0, 40))
    kinds = replace(each, kind=np.arange(40) % 4)
    x = truth((each.time_tai_ns - FIRST) / 1e9)
    _, H = predicted(kinds, x)
    step = np.repeat([10.0, 0.01], 3)
    for column in range(6):
        ahead, behind = (predicted(kinds, x + sign * step * (np.arange(6) == column))[0] for sign in (1, -1))
        slopes = (ahead - behind) / (2 * step[column])
        np.testing.assert_allclose(
            H[:, column], slopes, atol=2e-4 * np.abs(H).max(axis=1).min() + 1e-4 * np.abs(slopes).max()
        )


def test_ranges_alone_and_angles_alone_say_what_is_wanted(truth) -> None:
    all_ = numbers(truth, np.random.default_rng(0))
    for kinds in ([Kind.RANGE], [Kind.AZIMUTH, Kind.ELEVATION]):
        with pytest.raises(NoFirstOrbitError, match=r"no sensor has angles .* between two ranges"):
            estimate(all_.only(np.isin(all_.kind, kinds)), BIAS_SIGMA)


def test_more_numbers_than_fit_are_refused_at_once(truth) -> None:
    one = numbers(truth, np.random.default_rng(0)).only(slice(0, 1))
    many = one.only(np.zeros(10_001, dtype=int))
    with pytest.raises(NoOrbitError, match=r"10,001 numbers are more than the 10,000 .*; give a part"):
        estimate(many, BIAS_SIGMA)


def test_two_objects_are_no_orbit(truth) -> None:
    all_ = numbers(truth, np.random.default_rng(0))
    mixed = replace(all_, value=np.where(np.arange(len(all_)) % 3 == 0, all_.value * 1.01, all_.value))
    with pytest.raises((NoOrbitError, NoFirstOrbitError), match=r"agree on no path|positions"):
        estimate(mixed, BIAS_SIGMA)
