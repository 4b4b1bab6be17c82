"""Tracks as Stone Soup's, and its tracks as histories."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import numpy as np
from stonesoup.base import Property
from stonesoup.types.array import CovarianceMatrix, StateVector
from stonesoup.types.state import GaussianState
from stonesoup.types.track import Track

from jointwatch.tracking.stonesoup.axes import Axes, tai_ns, timestamp
from jointwatch.tracking.track import History, Predicted


class Estimate(GaussianState):
    """A Gaussian state that also says how probably the object is under thrust, and which radars' plots made it."""

    boost_probability: float = Property(default=nan, doc="Probability that the object is under thrust.")
    radars: Sequence[str] = Property(default=(), doc="Names of the radars whose plots made the estimate.")


def track(history: History, axes: Axes) -> Track:
    """A track of the framework, with the same name, whose states are the history's estimates."""
    states = zip(
        axes.vectors(history.x), axes.spreads(history.P), history.time_tai_ns.tolist(),
        history.boost_probability.tolist(), history.radars, strict=True,
    )  # fmt: skip
    return Track([_estimate(x, P, timestamp(t), boost, radars) for x, P, t, boost, radars in states], history.track_id)


def history(track: Track, axes: Axes) -> History:
    """The history of a track of the framework, whoever made it; its states must have a mean and a covariance.

    Of two states of one instant the later one counts. What a foreign state does not say of thrust is NaN.
    """
    last = {tai_ns(state.timestamp): state for state in track.states}
    states = [last[time] for time in sorted(last)]
    x = np.array([np.asarray(state.mean, dtype=float).ravel() for state in states])
    P = np.array([np.asarray(state.covar, dtype=float) for state in states])
    return History(
        track.id,
        np.array(sorted(last), dtype=np.int64),
        axes.earth_fixed(x),
        axes.earth_fixed_spreads(P),
        np.array([getattr(state, "boost_probability", nan) for state in states]),
        tuple(tuple(getattr(state, "radars", ())) for state in states),
    )


def estimates(predicted: Predicted, axes: Axes) -> dict[str, Estimate]:
    """States of several tracks at one common time, by track."""
    when, boost = timestamp(predicted.time_tai_ns), predicted.boost_probability.tolist()
    states = zip(predicted.ids, axes.vectors(predicted.x), axes.spreads(predicted.P), boost, strict=True)
    return {name: _estimate(x, P, when, thrust) for name, x, P, thrust in states}


def _estimate(x: object, P: object, when: object, boost: float, radars: Sequence[str] = ()) -> Estimate:
    return Estimate(StateVector(x), CovarianceMatrix(P), timestamp=when, boost_probability=boost, radars=radars)
