"""Biases of radars from satellites and from common objects: estimates inside their ellipses, and what they are for."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2

from jointwatch.sensors.measurement import Plots, predict
from jointwatch.sensors.site import Site
from jointwatch.tracking.registration import Arc, arc, consider, corrected, public_orbit, register
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.tracker import Tracker

RUNS = 20
SPREAD = np.array([300.0, 5e-3, 5e-3, 0.1])
EAST = Site("dnestr", *np.radians([46.6, 74.5]))
TIMES = np.arange(0.0, 241.0, 10.0)
MIDDLE = 12  # index of the instant for which the orbits are known


@pytest.fixture(scope="module")
def radars(sky):
    return (*sky.BOTH, (EAST, "dnestr"))


@pytest.fixture(scope="module")
def satellites(sky):
    """True paths (k, 6) of six satellites over the radars."""
    starts = ((30, 50, 700, 10), (55, 60, 900, 170), (38, 30, 800, 80), (45, 70, 1100, 300), (35, 65, 600, 330),
              (50, 40, 1000, 120))  # fmt: skip
    return [sky.flown(sky.start(lat, lon, km, heading, 0.0, 7100.0), TIMES) for lat, lon, km, heading in starts]


@pytest.fixture(scope="module")
def missiles(sky):
    starts = ((33, 52, 250, 40), (36, 45, 40, 35), (32, 60, 320, 42))
    return [sky.flown(sky.start(lat, lon, 200, heading, climb, 4000.0), TIMES) for lat, lon, heading, climb in starts]


def biased_scan(radar, seconds, states, bias, rng, sky, sigma=(100.0, 2e-3, 2e-3)):
    """One scan of true states (n, 6) at its time: with noise, the radar's bias, and its clock."""
    site, name = radar
    z = predict(site, np.atleast_2d(states)[:, :3]) + bias[:3] + np.array(sigma) * rng.standard_normal((1, 3))
    return Plots(site, name, sky.tai(seconds + bias[3]), z, np.broadcast_to(sigma, z.shape))


def scans_of(radars, path, biases, rng, sky):
    """Every radar in turn, one scan for each state of a path."""
    at = [(k, k % len(radars)) for k in range(len(path))]
    return [biased_scan(radars[r], TIMES[k], path[k], biases[r], rng, sky) for k, r in at]


def public(path, rng):
    """What is published of a satellite: wrong by a kilometre along its track, by 100 m beside it."""
    P = public_orbit(path[MIDDLE], along_m=1000.0, across_m=100.0)
    return rng.multivariate_normal(path[MIDDLE], P, method="svd"), P


def arcs_of_satellites(radars, satellites, biases, rng, sky):
    known = [public(path, rng) for path in satellites]
    pairs = zip(satellites, known, strict=True)
    return [arc(scans_of(radars, path, biases, rng, sky), *of, sky.tai(TIMES[MIDDLE])) for path, of in pairs]


def test_biases_from_satellites_lie_inside_their_ellipses(radars, satellites, sky):
    """NEES of twelve biases over the runs, each with its own biases, orbits and noise, in its 99.8 % band."""
    total, narrower = 0.0, []
    for run in range(RUNS):
        rng = np.random.default_rng(run)
        biases = SPREAD * rng.standard_normal((3, 4))
        found = register(arcs_of_satellites(radars, satellites, biases, rng, sky))
        d = (found.bias - biases)[[found.radars.index(name) for _, name in radars]].ravel()
        order = np.concatenate([4 * found.radars.index(name) + np.arange(4) for _, name in radars])
        total += d @ np.linalg.solve(found.covariance[np.ix_(order, order)], d)
        narrower.append(np.sqrt(np.diag(found.covariance)).reshape(-1, 4) / SPREAD)
        assert found.arcs == len(satellites)
    low, high = chi2.ppf([0.001, 0.999], 12 * RUNS) / RUNS
    sigma = np.mean(narrower, axis=0) * SPREAD
    print(f"NEES of 12: {total / RUNS:.2f} (99.8 %: {low:.2f} to {high:.2f}); sigma {sigma.mean(axis=0)}")
    assert low < total / RUNS < high
    assert (np.mean(narrower, axis=0) < [0.35, 0.25, 0.25, 0.7]).all(), "and they are known far better than before"


def test_biases_from_common_objects_lie_inside_their_ellipses_however_wide_these_are(sky, missiles):
    """Two radars and three missiles of which nothing is known: mostly differences of biases can be told."""
    total = 0.0
    for run in range(RUNS):
        rng = np.random.default_rng(100 + run)
        biases = SPREAD * rng.standard_normal((2, 4))
        vague = np.diag([1e4**2] * 3 + [300.0**2] * 3)
        arcs = []
        for path in missiles:
            x = rng.multivariate_normal(path[MIDDLE], vague)
            scans = scans_of(sky.BOTH, path, biases, rng, sky)
            arcs.append(arc(scans, x, vague, sky.tai(TIMES[MIDDLE])))
        found = register(arcs)
        d = (found.bias - biases).ravel()
        total += d @ np.linalg.solve(found.covariance, d)
    low, high = chi2.ppf([0.001, 0.999], 8 * RUNS) / RUNS
    print(f"NEES of 8: {total / RUNS:.2f} (99.8 %: {low:.2f} to {high:.2f})")
    assert low < total / RUNS < high
    variance, shared = found.covariance[3, 3] + found.covariance[7, 7], 2 * found.covariance[3, 7]
    assert variance - shared < 0.25 * (variance + shared), "one clock against the other, not both against the world's"


def test_what_came_before_adds_up_with_what_comes_after(radars, satellites, sky):
    rng = np.random.default_rng(5)
    arcs = arcs_of_satellites(radars, satellites, SPREAD * rng.standard_normal((3, 4)), rng, sky)
    at_once, in_turn = register(arcs), register(arcs[3:], known=register(arcs[:3]))
    sigma = np.sqrt(np.diag(at_once.covariance)).reshape(-1, 4)
    assert ((in_turn.bias - at_once.bias) / sigma) == pytest.approx(0.0, abs=0.02)
    assert in_turn.covariance == pytest.approx(at_once.covariance, rel=0.02, abs=1e-3 * sigma.min() ** 2)
    assert in_turn.arcs == at_once.arcs == 6


def test_an_arc_of_another_object_is_left_out(radars, satellites, sky):
    rng = np.random.default_rng(6)
    biases = SPREAD * rng.standard_normal((3, 4))
    arcs = arcs_of_satellites(radars, satellites, biases, rng, sky)
    stranger = replace(arcs[0], x=arcs[0].x + np.array([0.0, 2e4, 0.0, 0.0, 0.0, 0.0]))
    found, honest = register([*arcs, stranger]), register(arcs)
    assert (found.arcs, found.left_out) == (6, 1)
    assert found.bias == pytest.approx(honest.bias, rel=1e-6)


def test_a_scan_with_two_plots_where_the_object_can_be_is_not_used(radars, satellites, sky):
    rng = np.random.default_rng(7)
    path = satellites[0]
    scans = scans_of(radars, path, np.zeros((3, 4)), rng, sky)
    of = public(path, rng)
    first = scans[0]
    z, sigma = first.z + np.array([[0.0, 0.0, 0.0], [50.0, 0.0, 0.0]]), np.repeat(first.sigma, 2, axis=0)
    two = Plots(first.site, first.radar, first.time_tai_ns, z, sigma)
    assert len(arc([two, *scans[1:]], *of, sky.tai(TIMES[MIDDLE]))) == len(scans) - 1


def test_nothing_seen_leaves_everything_as_it_was(sky):
    nothing = Arc(0, np.zeros(6), np.eye(6), (), (), np.empty(0, np.int64), np.empty((0, 3)), np.empty((0, 3)))
    assert register([]).radars == ()
    assert register([nothing]).left_out == 1
    scan = Plots(EAST, "dnestr", 0, np.empty((0, 3)), np.empty((0, 3)))
    assert corrected(scan, register([])) is scan


@pytest.fixture(scope="module")
def tracked(radars, satellites, missiles, sky):
    """Error and covariance of a missile's track, by plots as they come and by corrected ones, over the runs."""
    times = np.arange(0.0, 241.0, 5.0)
    truth = sky.flown(missiles[0][0], times)
    of = {name: (site, (100.0, 2e-3, 2e-3)) for site, name in radars[:2]}
    found = {name: ([], []) for name in ("raw", "corrected", "considered")}
    for run in range(RUNS):
        rng = np.random.default_rng(300 + run)
        biases = SPREAD * rng.standard_normal((3, 4))
        registration = register(arcs_of_satellites(radars, satellites, biases, rng, sky))
        raw, clean = Tracker(name="raw"), Tracker(settings=Settings(), name="clean")
        for k, t in enumerate(times):
            plots = biased_scan(radars[k % 2], t, truth[k], biases[k % 2], rng, sky)
            raw.scan(plots)
            clean.scan(corrected(plots, registration))
        for name, tracker in (("raw", raw), ("corrected", clean), ("considered", clean)):
            best = max(tracker.tracks(), key=lambda track: track.plots)
            history = tracker.history(best.id)
            ahead = tracker.predicted(sky.tai(times[-1]), [best.id])
            more = consider(history, of, registration) if name == "considered" else 0.0
            found[name][0].append(ahead.x[0] - truth[-1])
            found[name][1].append(ahead.P[0] + more)
    return {name: (np.array(d), np.array(P)) for name, (d, P) in found.items()}


def rms(d):
    return float(np.sqrt(np.mean(np.sum(d[:, :3] ** 2, axis=1))))


def nees(d, P):
    return np.sum(d * np.linalg.solve(P, d[..., None])[..., 0], axis=1)


def test_registration_takes_most_of_the_error_from_a_fused_track(tracked):
    print(f"position error: raw {rms(tracked['raw'][0]):.0f} m, corrected {rms(tracked['corrected'][0]):.0f} m")
    assert rms(tracked["corrected"][0]) < 0.2 * rms(tracked["raw"][0])


def test_a_track_says_how_little_the_biases_are_known(tracked):
    """Corrected plots alone leave it too sure; with the biases considered it is right."""
    alone, considered = (np.mean(nees(*tracked[name])) for name in ("corrected", "considered"))
    print(f"NEES of 6: corrected {alone:.1f}, considered {considered:.2f}")
    low, high = chi2.ppf([0.001, 0.999], 6 * RUNS) / RUNS
    assert alone > high
    assert low < considered < high
