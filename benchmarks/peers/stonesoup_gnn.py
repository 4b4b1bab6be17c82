"""Stone Soup's kd-tree nearest-neighbour tracker with an EKF on plots from a file: the peer of benchmarks/tracking.py.

    python benchmarks/peers/stonesoup_gnn.py PLOTS.npz RESULT.npz

In its favour: tracks begin near the truth (5 km, 300 m/s) and neither begin nor end; both derivatives are exact, where
its own finite differences of Earth-fixed metres are 3 % off and slower. Needs stonesoup 1.9.1 and nothing of ours.
"""

from __future__ import annotations

import datetime
import sys
import time

import numpy as np
from stonesoup.base import Property
from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
from stonesoup.dataassociator.tree import DetectionKDTreeMixIn
from stonesoup.hypothesiser.distance import DistanceHypothesiser
from stonesoup.measures import Mahalanobis
from stonesoup.models.base import GaussianModel, TimeVariantModel
from stonesoup.models.measurement.base import MeasurementModel
from stonesoup.models.transition import TransitionModel
from stonesoup.predictor.kalman import ExtendedKalmanPredictor
from stonesoup.types.angle import Bearing, Elevation
from stonesoup.types.array import CovarianceMatrix, StateVector
from stonesoup.types.detection import Detection
from stonesoup.types.state import GaussianState
from stonesoup.types.track import Track
from stonesoup.updater.kalman import ExtendedKalmanUpdater

GM, A, J2, W = 3.986004418e14, 6378137.0, 1.0826261738522e-3, 7.292115e-5
START = datetime.datetime(2009, 2, 2)
NOISE = 1e-2  # m2/s3


def slope(s: np.ndarray) -> np.ndarray:
    x, y, z, u, v, w = s
    r2 = x * x + y * y + z * z
    k, j, z2 = -GM / (r2 * np.sqrt(r2)), 1.5 * J2 * A * A / r2, 5 * z * z / r2
    level, polar = k * (1 + j * (1 - z2)), k * (1 + j * (3 - z2))
    return np.array([u, v, w, level * x + 2 * W * v + W * W * x, level * y - 2 * W * u + W * W * y, polar * z])


def fall(s: np.ndarray, h: float) -> np.ndarray:
    a = slope(s)
    b = slope(s + h / 2 * a)
    c = slope(s + h / 2 * b)
    return s + h / 6 * (a + 2 * b + 2 * c + slope(s + h * c))


class Fall(TransitionModel, GaussianModel, TimeVariantModel):
    @property
    def ndim_state(self):
        return 6

    def function(self, state, noise=False, **kwargs):
        return StateVector(fall(np.asarray(state.state_vector, float)[:, 0], kwargs["time_interval"].total_seconds()))

    def jacobian(self, state, **kwargs):
        """To second order in the step about its middle: exact to 1e-6 of itself over 5 s."""
        h = kwargs["time_interval"].total_seconds()
        r = fall(np.asarray(state.state_vector, float)[:, 0], h / 2)[:3]
        r2 = r @ r
        B = np.zeros((6, 6))
        B[:3, 3:] = np.eye(3)
        B[3:, :3] = -GM / r2**1.5 * (np.eye(3) - 3 * np.outer(r, r) / r2)
        B[3, 0] += W * W
        B[4, 1] += W * W
        B[3, 4], B[4, 3] = 2 * W, -2 * W
        return np.eye(6) + h * B + h * h / 2 * B @ B

    def covar(self, **kwargs):
        h = kwargs["time_interval"].total_seconds()
        return CovarianceMatrix(NOISE * np.kron([[h**3 / 3, h**2 / 2], [h**2 / 2, h]], np.eye(3)))


class Radar(MeasurementModel, GaussianModel):
    origin: np.ndarray = Property()
    basis: np.ndarray = Property()
    sigma: np.ndarray = Property()

    @property
    def ndim_meas(self):
        return 3

    def function(self, state, noise=False, **kwargs):
        e, n, u = self.basis @ (np.asarray(state.state_vector, float)[:3, 0] - self.origin)
        g = np.hypot(e, n)
        return StateVector([[np.hypot(g, u)], [Bearing(np.arctan2(e, n))], [Elevation(np.arctan2(u, g))]])

    def jacobian(self, state, **kwargs):
        e, n, u = self.basis @ (np.asarray(state.state_vector, float)[:3, 0] - self.origin)
        g2 = e * e + n * n
        g, r2 = np.sqrt(g2), g2 + u * u
        r = np.sqrt(r2)
        H = np.zeros((3, 6))
        H[:, :3] = [[e / r, n / r, u / r], [n / g2, -e / g2, 0], [-e * u / (g * r2), -n * u / (g * r2), g / r2]]
        H[:, :3] = H[:, :3] @ self.basis
        return H

    def covar(self, **kwargs):
        return CovarianceMatrix(np.diag(self.sigma**2))


class KDTreeGNN(DetectionKDTreeMixIn, GNNWith2DAssignment):
    """The framework's fastest way to associate."""


def main(plots: str, result: str) -> None:
    """Track, and write processor seconds of each scan (k,) and the states (k, n, 6) after it."""
    data = np.load(plots)
    radars = [
        Radar(ndim_state=6, mapping=(0, 1, 2), origin=o, basis=b, sigma=data["sigma"])
        for o, b in zip(data["origin"], data["basis"], strict=True)
    ]
    predictor, updater = ExtendedKalmanPredictor(Fall()), ExtendedKalmanUpdater(None)
    hypothesiser = DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=np.sqrt(21.108))
    associator = KDTreeGNN(hypothesiser, predictor, updater, number_of_neighbours=5)
    P0 = np.diag([5e3**2] * 3 + [300.0**2] * 3)
    tracks = {Track([GaussianState(StateVector(x), P0, timestamp=START)]) for x in data["prior"]}
    seconds, states = [], []
    for k, at in enumerate(data["seconds"]):
        stamp = START + datetime.timedelta(seconds=float(at))
        rows = data["z"][data["first"][k] : data["first"][k + 1]]
        started = time.process_time()
        detections = {
            Detection(
                StateVector([[r], [Bearing(a)], [Elevation(e)]]), timestamp=stamp, measurement_model=radars[k % 2]
            )
            for r, a, e in rows
        }
        for track, hypothesis in associator.associate(tracks, detections, stamp).items():
            track.append(updater.update(hypothesis) if hypothesis else hypothesis.prediction)
        seconds.append(time.process_time() - started)
        states.append([np.asarray(track.state_vector, float)[:, 0] for track in tracks])
    np.savez(result, seconds=seconds, x=np.array(states))


if __name__ == "__main__":
    main(*sys.argv[1:])
