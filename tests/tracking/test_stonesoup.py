"""Stone Soup as judge: its measurement models see what ours see, its trackers and metrics take us for one of theirs."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.stats import chi2
from stonesoup.dataassociator.tracktotrack import TrackToTruth
from stonesoup.measures import Euclidean
from stonesoup.metricgenerator.manager import MultiManager
from stonesoup.metricgenerator.ospametric import GOSPAMetric
from stonesoup.metricgenerator.tracktotruthmetrics import SIAPMetrics
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.measurement.nonlinear import (
    CartesianToAzimuthElevationRange,
    CartesianToElevationBearingRange,
)
from stonesoup.predictor.kalman import ExtendedKalmanPredictor
from stonesoup.types.array import StateVector
from stonesoup.types.detection import Detection
from stonesoup.types.groundtruth import GroundTruthPath, GroundTruthState
from stonesoup.types.hypothesis import SingleHypothesis
from stonesoup.types.state import GaussianState, State
from stonesoup.updater.kalman import ExtendedKalmanUpdater

from jointwatch.flight.coast import propagate_arrays
from jointwatch.sensors.measurement import Plots, predict, residual
from jointwatch.sensors.site import Site, frame
from jointwatch.tracking.stonesoup import detections as as_detections
from jointwatch.tracking.stonesoup import estimates as as_estimates
from jointwatch.tracking.stonesoup.axes import Axes, timestamp
from jointwatch.tracking.stonesoup.coast import Coast
from jointwatch.tracking.stonesoup.tracker import JointwatchTracker
from jointwatch.tracking.tracker import Tracker

OURS = Axes(position=(0, 1, 2), velocity=(3, 4, 5))  # Earth-fixed, in our own order
LOCAL = Axes(around=Site("here", 0.74, 0.72, 100.0))
ROUNDING_M, ROUNDING_RAD = 1e-6, 1e-11
"""What is left of a double after Earth-fixed metres, and that at a range of 100 km."""


@st.composite
def looks(draw):
    """A radar anywhere, and objects within 4,000 km of it above its horizon."""
    site = Site("radar", draw(st.floats(-1.5, 1.5)), draw(st.floats(-3.1, 3.1)), draw(st.floats(0, 3000)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return site, rng.uniform([1e5, 0, 0.02], [4e6, 6.28, 1.5], (5, 3))


@settings(max_examples=25)
@given(looks(), st.sampled_from([OURS, Axes(), LOCAL]))
def test_plots_come_back_from_detections(look, axes):
    site, z = look
    plots = Plots(site, "radar", 10**18, z, np.tile([100.0, 2e-3, 3e-3], (5, 1)))
    (back,) = as_detections.plots(as_detections.detections(plots, axes), axes)
    order, again = np.argsort(plots.z[:, 0]), np.argsort(back.z[:, 0])
    assert (back.radar, back.time_tai_ns) == (plots.radar, plots.time_tai_ns)
    assert np.abs(residual(back.z[again], plots.z[order])).max(axis=0) == pytest.approx(
        np.zeros(3), abs=max(ROUNDING_M, ROUNDING_RAD)
    )
    assert back.sigma[again] == pytest.approx(plots.sigma[order], rel=1e-6)
    assert frame(back.site)[0] == pytest.approx(frame(site)[0], abs=ROUNDING_M)


@settings(max_examples=25)
@given(looks(), st.sampled_from([OURS, Axes(), LOCAL]))
def test_the_frameworks_own_model_measures_what_ours_measures(look, axes):
    site, z = look
    plots = Plots(site, "radar", 10**18, z, np.tile([100.0, 2e-3, 3e-3], (5, 1)))
    for one in as_detections.detections(plots, axes):
        stands = one.measurement_model.inverse_function(one)
        x = axes.earth_fixed(np.asarray(stands, dtype=float).T)
        nearest = np.abs(predict(site, x[:, :3])[:, 0] - z[:, 0]).argmin()
        assert np.abs(residual(predict(site, x[:, :3]), z[nearest : nearest + 1])) == pytest.approx(0, abs=1e-5)
        measured = one.measurement_model.function(State(stands), noise=False)
        assert np.asarray(measured, dtype=float) == pytest.approx(np.asarray(one.state_vector, dtype=float), abs=1e-6)


def tilted(model, covariance):
    """A detection of a radar that is turned and tilted, and the place where it stands, by the framework's own words."""
    radar = model(
        ndim_state=6, mapping=(0, 2, 4), noise_covar=covariance,
        translation_offset=StateVector([2e3, -1e3, 50.0]), rotation_offset=StateVector([0.1, -0.7, 2.0]),
    )  # fmt: skip
    away = np.linalg.inv(radar.rotation_matrix) @ (
        [4e5, 5e4, 8e4] if model is CartesianToElevationBearingRange else [4e4, 5e4, 4e5]
    )
    state = np.zeros(6)
    state[[0, 2, 4]] = away + np.array([2e3, -1e3, 50.0])
    seen = radar.function(State(StateVector(state)), noise=False)
    return Detection(seen, timestamp=datetime(2020, 1, 1), measurement_model=radar), state


@pytest.mark.parametrize("model", [CartesianToElevationBearingRange, CartesianToAzimuthElevationRange])
def test_what_a_tilted_radar_sees_is_at_its_place_and_its_ellipse_holds_the_true_one(model):
    """The cloud is drawn through the framework's model, in its axes, and measured with ours."""
    sigma = np.array([2e-3, 3e-3, 50.0])
    one, state = tilted(model, np.diag(sigma**2))
    (plots,) = as_detections.plots([one], LOCAL)
    truth = LOCAL.earth_fixed(state[None])[:, :3]
    assert predict(plots.site, truth) == pytest.approx(plots.z, abs=1e-6)
    rng, cloud = np.random.default_rng(0), []
    for draw in sigma * rng.standard_normal((4000, 3)):
        noisy = State(one.state_vector + StateVector(draw))
        place = np.asarray(one.measurement_model.inverse_function(noisy), dtype=float)
        cloud.append(residual(predict(plots.site, LOCAL.earth_fixed(place.T)[:, :3]), plots.z)[0])
    spread = np.cov(np.array(cloud).T)
    within = np.linalg.eigvalsh(spread / np.outer(plots.sigma[0], plots.sigma[0]))
    assert within.max() < 1.05, "the ellipse holds the cloud"
    assert within.max() > 0.9, "and is no wider than it must be"


def test_a_detection_that_is_no_plot_is_refused_with_the_model_that_is_wanted():
    flat = Detection(
        StateVector([1.0]), timestamp=datetime(2020, 1, 1), measurement_model=LinearGaussian(6, (0,), [[1]])
    )
    with pytest.raises(ValueError, match=r"wanted detections .* got LinearGaussian"):
        as_detections.plots([flat], Axes())


def test_local_coordinates_taken_for_earth_fixed_ones_are_found_out():
    one, _ = tilted(CartesianToElevationBearingRange, np.eye(3))
    with pytest.raises(ValueError, match=r"under the ground: .* Axes\(around=Site"):
        as_detections.plots([one], Axes())


def test_indices_that_cannot_be_a_state_are_refused():
    with pytest.raises(ValueError, match="six different indices"):
        Axes(position=(0, 1, 2), velocity=(2, 3, 4))
    with pytest.raises(ValueError, match="six components"):
        Axes(position=(0, 3, 6), velocity=(1, 4, 7)).vectors(np.zeros((1, 6)))


def test_a_state_with_more_components_can_be_read():
    nine = np.arange(9.0)[None]
    assert Axes(position=(0, 3, 6), velocity=(1, 4, 7)).earth_fixed(nine)[0].tolist() == [0, 3, 6, 1, 4, 7]


TIMES = np.arange(0.0, 150.0, 2.5)


@pytest.fixture(scope="module")
def watched(sky):
    """Three objects and five false plots a scan, two radars: truth (k, 3, 6) and the scans."""
    starts = [sky.start(33 + i, 50 + 1.5 * i, 200 + 30 * i, 170 + 20 * i, 40, 3500.0 + 300 * i) for i in range(3)]
    truth = np.stack([sky.flown(x, TIMES) for x in starts], axis=1)
    rng = np.random.default_rng(3)
    return truth, [sky.seen(sky.BOTH[k % 2], t, truth[k], rng, pd=0.9, false=5) for k, t in enumerate(TIMES)]


@pytest.fixture(scope="module")
def tracked(sky, watched):
    """Our tracker fed with the scans, and the same plots through the framework's types, in local axes."""
    _, scans = watched
    ours = Tracker(name="ours")
    for scan in scans:
        ours.scan(scan)
    detector = [(timestamp(scan.time_tai_ns), as_detections.detections(scan, LOCAL)) for scan in scans]
    theirs = JointwatchTracker(detector=detector, axes=LOCAL)
    steps = [(time, {track.id: track for track in tracks}) for time, tracks in theirs]
    return ours, steps


def test_the_tracker_gives_the_same_tracks_from_detections_as_from_plots(sky, watched, tracked):
    ours, steps = tracked
    time, tracks = steps[-1]
    now = ours.predicted(sky.tai(TIMES[-1]))
    assert time == timestamp(sky.tai(TIMES[-1]))
    assert set(tracks) == set(now.ids)
    for name, x, P in zip(now.ids, now.x, now.P, strict=True):
        last = tracks[name][-1]
        sigma = np.sqrt(np.diag(P))
        assert (LOCAL.earth_fixed(np.asarray(last.mean, dtype=float).T)[0] - x) / sigma == pytest.approx(0, abs=1e-5)
        assert LOCAL.earth_fixed_spreads(np.asarray(last.covar)[None])[0] == pytest.approx(P, rel=1e-4, abs=1e-4)


def test_a_history_comes_back_from_a_track_of_the_framework(tracked):
    ours, _ = tracked
    for track in ours.confirmed():
        history = ours.history(track.id)
        back = as_estimates.history(as_estimates.track(history, LOCAL), LOCAL)
        assert back.track_id == history.track_id
        assert back.radars == history.radars
        assert (back.time_tai_ns == history.time_tai_ns).all()
        assert back.x == pytest.approx(history.x, abs=ROUNDING_M)
        assert pytest.approx(history.P, rel=1e-6, abs=1e-6) == back.P
        assert (back.boost_probability == history.boost_probability).all()


def test_a_foreign_track_is_read_without_what_it_does_not_say():
    when = datetime(2020, 1, 1)
    states = [
        GaussianState(np.full((6, 1), k), np.eye(6), timestamp=when + timedelta(seconds=k // 2)) for k in range(4)
    ]
    history = as_estimates.history(as_estimates.Track(states), OURS)
    assert history.x[:, 0].tolist() == [1.0, 3.0], "of two states of one instant the later one counts"
    assert np.isnan(history.boost_probability).all()
    assert history.radars == ((), ())


def judged(truth, steps, axes):
    """The framework's metrics over the second half of what was followed."""
    half = len(TIMES) // 2
    paths = {
        GroundTruthPath([
            GroundTruthState(StateVector(x), timestamp=time)
            for x, (time, _) in zip(axes.vectors(truth[half:, n]), steps[half:], strict=True)
        ])
        for n in range(truth.shape[1])
    }  # fmt: skip
    whole = {track for _, tracks in steps[half:] for track in tracks.values()}
    tracks = {type(track)([s for s in track.states if s.timestamp >= steps[half][0]], track.id) for track in whole}
    apart = Euclidean(axes.position)
    generators = [
        GOSPAMetric(c=20e3, p=2, measure=apart),
        SIAPMetrics(position_measure=apart, velocity_measure=Euclidean(axes.velocity)),
    ]
    manager = MultiManager(generators, TrackToTruth(association_threshold=20e3, measure=apart))
    manager.add_data({"tracks": tracks, "groundtruth_paths": paths})
    return manager.generate_metrics()


def test_the_frameworks_metrics_judge_our_tracks(watched, tracked):
    """Its GOSPA is what the definition says of the same sets; its SIAP finds every object once and nothing else."""
    truth, (_, steps) = watched[0], tracked
    said = judged(truth, steps, LOCAL)
    half = len(TIMES) // 2
    for k, metric in enumerate(said["gospa_generator"]["GOSPA Metrics"].value, start=half):
        x = np.array([np.asarray(t[-1 - (len(TIMES) - 1 - k)].mean, float).ravel() for t in steps[k][1].values()])
        d2 = ((LOCAL.earth_fixed(x)[:, None, :3] - truth[k][None, :, :3]) ** 2).sum(-1)
        best = d2[linear_sum_assignment(d2)].sum()
        assert metric.value["distance"] == pytest.approx(np.sqrt(best), rel=1e-6)
    siap = {
        name: metric.value
        for name, metric in said["siap_generator"].items()
        if name.startswith("SIAP ") and "at times" not in name
    }
    print({name: round(float(value), 3) for name, value in siap.items()})
    assert siap["SIAP Completeness"] == 1
    assert siap["SIAP Ambiguity"] == 1
    assert siap["SIAP Spuriousness"] == 0
    assert siap["SIAP Position Accuracy"] < 2000


def test_free_flight_is_a_transition_model_with_exact_derivatives():
    for axes in (OURS, LOCAL):
        model = Coast(axes=axes)
        x = axes.vectors(np.array([[4.1e6, 3.9e6, 4.4e6, -1.5e3, 3.1e3, 2.7e3]]))[0]
        step = {"time_interval": timedelta(seconds=5)}
        later = np.asarray(model.function(State(StateVector(x)), **step), dtype=float)[:, 0]
        assert axes.earth_fixed(later[None]) == pytest.approx(
            propagate_arrays(axes.earth_fixed(x[None]), 5.0), abs=1e-5
        )
        F = model.jacobian(State(StateVector(x)), **step)
        for k in range(6):
            nudge = np.zeros(6)
            nudge[k] = 100.0
            ends = [np.asarray(model.function(State(StateVector(x + s * nudge)), **step), float)[:, 0] for s in (1, -1)]
            assert F[:, k] == pytest.approx((ends[0] - ends[1]) / 200, abs=3e-6)


def test_the_frameworks_filter_flies_with_our_transition_model_and_detections(sky, watched):
    """Its extended Kalman filter, begun 5 km and 300 m/s off, comes to the true object, and knows how near."""
    truth, _ = watched
    predictor, updater = ExtendedKalmanPredictor(Coast(axes=OURS)), ExtendedKalmanUpdater(None)
    nees = []
    for seed in range(4):
        rng, P = np.random.default_rng(seed), np.diag([5e3**2] * 3 + [300.0**2] * 3)
        off = np.sqrt(np.diag(P)) * rng.standard_normal(6)
        state = GaussianState(StateVector(truth[0, 0] + off), P, timestamp=timestamp(sky.tai(0.0)))
        for k, t in enumerate(TIMES[:30]):
            scan = sky.seen(sky.BOTH[k % 2], t, truth[k, :1], rng)
            (one,) = as_detections.detections(scan, OURS)
            state = updater.update(SingleHypothesis(predictor.predict(state, timestamp=one.timestamp), one))
        nees.append(sky.nees(np.asarray(state.mean, dtype=float)[:, 0], np.asarray(state.covar), truth[29, 0]))
    print(f"Stone Soup's filter on our model: NEES {np.mean(nees):.1f} of 6, four runs")
    assert np.mean(nees) < chi2(24).ppf(0.999) / 4


def test_a_step_without_detections_moves_tracks_on_and_loses_them_in_the_end(sky, watched):
    scans = watched[1]
    tracker = JointwatchTracker(axes=OURS)
    for scan in scans[:20]:
        _, tracks = tracker.update_tracker(timestamp(scan.time_tai_ns), as_detections.detections(scan, OURS))
    assert len(tracks) == 3
    _, later = tracker.update_tracker(timestamp(sky.tai(60.0)), set())
    assert {track.id for track in later} == {track.id for track in tracks}
    assert all(track.timestamp == timestamp(sky.tai(60.0)) for track in later)
    _, at_last = tracker.update_tracker(timestamp(sky.tai(200.0)), set())
    assert not at_last
