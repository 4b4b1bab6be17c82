"""Biases of radars from satellites and from common objects: estimates inside their ellipses, and what they are for."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import chi2

from jointwatch.flight.satellites import catalogue_of
from jointwatch.sensors.measurement import Plots, predict
from jointwatch.sensors.site import Site
from jointwatch.tracking.joint import Joint
from jointwatch.tracking.known import Known
from jointwatch.tracking.registration import Arc, arcs, consider, corrected, register, satellites
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.tracker import Tracker
from jointwatch.tracking.tracklet import Teller

RUNS = 10
SPREAD = np.array([300.0, 5e-3, 5e-3, 0.1])
EAST = Site("dnestr", *np.radians([46.6, 74.5]))
TIMES = np.arange(0.0, 241.0, 10.0)
MIDDLE = 12  # index of the instant for which the orbits are known


@pytest.fixture(scope="module")
def radars(sky):
    return (*sky.BOTH, (EAST, "dnestr"))


@pytest.fixture(scope="module")
def orbits(sky):
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
    """What is published of a satellite: wrong by a kilometre along its track, early or late, and by 100 m beside it."""
    along = (path[MIDDLE + 1] - path[MIDDLE - 1]) / (TIMES[MIDDLE + 1] - TIMES[MIDDLE - 1])
    late = 1000.0 / np.linalg.norm(path[MIDDLE, 3:])
    P = late**2 * np.outer(along, along) + np.diag([100.0**2] * 3 + [0.1**2] * 3)
    return rng.multivariate_normal(path[MIDDLE], P, method="svd"), P


def arc(scans, x, P, time_tai_ns):
    (one,) = arcs(scans, x[None], P[None], time_tai_ns)
    return one


def arcs_of_satellites(radars, paths, biases, rng, sky):
    known = [public(path, rng) for path in paths]
    pairs = zip(paths, known, strict=True)
    return [arc(scans_of(radars, path, biases, rng, sky), *of, sky.tai(TIMES[MIDDLE])) for path, of in pairs]


def test_biases_from_satellites_lie_inside_their_ellipses(radars, orbits, sky):
    """NEES of twelve biases over the runs, each with its own biases, orbits and noise, in its 99.8 % band."""
    total, narrower = 0.0, []
    for run in range(RUNS):
        rng = np.random.default_rng(run)
        biases = SPREAD * rng.standard_normal((3, 4))
        found = register(arcs_of_satellites(radars, orbits, biases, rng, sky))
        d = (found.bias - biases)[[found.radars.index(name) for _, name in radars]].ravel()
        order = np.concatenate([4 * found.radars.index(name) + np.arange(4) for _, name in radars])
        total += d @ np.linalg.solve(found.covariance[np.ix_(order, order)], d)
        narrower.append(np.sqrt(np.diag(found.covariance)).reshape(-1, 4) / SPREAD)
        assert found.arcs == len(orbits)
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


def elements(rng, number):
    """Mean elements of a satellite in a low, nearly round orbit, an hour old."""
    return SimpleNamespace(
        object_name=f"SAT {number}", norad_cat_id=number, epoch="2021-02-03T08:48:00Z",
        mean_motion=rng.uniform(13.5, 15.0),
        eccentricity=1e-3, inclination=rng.uniform(50, 100), ra_of_asc_node=rng.uniform(0, 360), bstar=0.0,
        arg_of_pericenter=rng.uniform(0, 360), mean_anomaly=rng.uniform(0, 360), mean_motion_dot=0.0,
        mean_motion_ddot=0.0,
    )  # fmt: skip


def test_a_catalogue_and_five_minutes_of_plots_are_enough(radars, sky):
    """Four hundred public orbits, each late or early by its own kilometre; the radars see what is above them."""
    rng = np.random.default_rng(9)
    known = Known(catalogue_of([elements(rng, 10001 + k) for k in range(400)]))
    late_s = 0.13 * rng.standard_normal(400)
    biases, scans = SPREAD * rng.standard_normal((3, 4)), []
    for k in range(75):
        seconds, (site, name) = 4.0 * k, radars[k % 3]
        everyone = known.arcs.at(sky.tai(seconds))
        everyone[:, :3] += late_s[:, None] * everyone[:, 3:]
        z = predict(site, everyone[:, :3])
        seen = (z[:, 2] > 0.05) & (z[:, 0] < 4e6) & (rng.random(400) < 0.8)
        bias, sigma = biases[k % 3], np.array([100.0, 2e-3, 2e-3])
        z = np.concatenate([z[seen] + bias[:3] + sigma * rng.standard_normal((seen.sum(), 3)), sky.false_plots(rng, 5)])
        scans.append(Plots(site, name, sky.tai(seconds + bias[3]), z, np.broadcast_to(sigma, z.shape)))
    found = register(satellites(scans, known))
    order = np.concatenate([4 * found.radars.index(name) + np.arange(4) for _, name in radars])
    d, P = found.bias.ravel()[order] - biases.ravel(), found.covariance[np.ix_(order, order)]
    nees, sigma = d @ np.linalg.solve(P, d), np.sqrt(np.diag(P)).reshape(-1, 4)
    print(f"{found.arcs} arcs, {found.left_out} left out; NEES of 12 {nees:.1f}; sigma {sigma.mean(axis=0)}")
    assert found.arcs >= 10
    assert nees < chi2.ppf(0.999, 12), "no more can be asked: the catalogue claims less across the track than it knows"
    assert (sigma < SPREAD * [0.3, 0.2, 0.2, 0.6]).all()


def test_what_came_before_adds_up_with_what_comes_after(radars, orbits, sky):
    rng = np.random.default_rng(5)
    arcs = arcs_of_satellites(radars, orbits, SPREAD * rng.standard_normal((3, 4)), rng, sky)
    at_once, in_turn = register(arcs), register(arcs[3:], known=register(arcs[:3]))
    sigma = np.sqrt(np.diag(at_once.covariance)).reshape(-1, 4)
    assert ((in_turn.bias - at_once.bias) / sigma) == pytest.approx(0.0, abs=0.02)
    assert in_turn.covariance == pytest.approx(at_once.covariance, rel=0.02, abs=1e-3 * sigma.min() ** 2)
    assert in_turn.arcs == at_once.arcs == 6


def test_an_arc_of_another_object_is_left_out(radars, orbits, sky):
    rng = np.random.default_rng(6)
    biases = SPREAD * rng.standard_normal((3, 4))
    arcs = arcs_of_satellites(radars, orbits, biases, rng, sky)
    stranger = replace(arcs[0], x=arcs[0].x + np.array([0.0, 2e4, 0.0, 0.0, 0.0, 0.0]))
    found, honest = register([*arcs, stranger]), register(arcs)
    assert (found.arcs, found.left_out) == (6, 1)
    assert found.bias == pytest.approx(honest.bias, rel=1e-6)


def test_a_scan_with_two_plots_where_the_object_can_be_is_not_used(radars, orbits, sky):
    rng = np.random.default_rng(7)
    path = orbits[0]
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


class Owner:
    """A radar with its tracker and teller, registered by its own passes of satellites alone."""

    def __init__(self, radar, registration, *, unsure):
        site, name = radar
        of = {name: (site, (100.0, 2e-3, 2e-3))}
        self.registration, self.tracker = registration, Tracker(name=name)
        consider_it = (lambda history: consider(history, of, registration)) if unsure else None
        self.teller = Teller(name, [name], unsure=consider_it)

    def tell(self, now):
        told = self.teller.tell(self.tracker, now)
        self.teller.acknowledge({one.track: one.number for one in told})
        return told


@pytest.mark.parametrize("unsure", [True, False], ids=["considered", "left out"])
def test_what_two_owners_fuse_is_right_if_each_says_how_little_its_biases_are_known(
    radars, orbits, missiles, sky, unsure
):
    """NEES of the joint track after five exchanges of tracklets; without the biases it is far too sure."""
    times, total = np.arange(0.0, 151.0, 5.0), 0.0
    truth = sky.flown(missiles[0][0], times)
    for run in range(RUNS):
        rng = np.random.default_rng(500 + run)
        biases, owners, joint = SPREAD * rng.standard_normal((2, 4)), [], Joint()
        for radar, bias in zip(radars[:2], biases, strict=True):
            alone = arcs_of_satellites((radar,), orbits[:3], bias[None], rng, sky)
            owners.append(Owner(radar, register(alone), unsure=unsure))
        for k, t in enumerate(times):
            owner = owners[k % 2]
            owner.tracker.scan(
                corrected(biased_scan(radars[k % 2], t, truth[k], biases[k % 2], rng, sky), owner.registration)
            )
            if t and t % 30 == 0:
                joint.take([one for each in owners for one in each.tell(sky.tai(t))])
                objects = joint.at(sky.tai(t))
        best = max(objects, key=lambda one: len(one.members))
        d = best.x - truth[-1]
        total += d @ np.linalg.solve(best.P, d)
        assert len(best.members) == 2 or not unsure
    low, high = chi2.ppf([0.001, 0.999], 6 * RUNS) / RUNS
    print(f"NEES of 6: {total / RUNS:.2f}")
    assert low < total / RUNS < high if unsure else total / RUNS > high


@pytest.fixture(scope="module")
def tracked(radars, orbits, missiles, sky):
    """Error and covariance of a missile's track, by plots as they come and by corrected ones, over the runs."""
    times = np.arange(0.0, 241.0, 5.0)
    truth = sky.flown(missiles[0][0], times)
    of = {name: (site, (100.0, 2e-3, 2e-3)) for site, name in radars[:2]}
    found = {name: ([], []) for name in ("raw", "corrected", "considered")}
    for run in range(RUNS):
        rng = np.random.default_rng(300 + run)
        biases = SPREAD * rng.standard_normal((3, 4))
        registration = register(arcs_of_satellites(radars, orbits, biases, rng, sky))
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
