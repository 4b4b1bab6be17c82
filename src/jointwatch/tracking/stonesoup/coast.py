"""Free flight as a transition model of Stone Soup, which has no gravity of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from stonesoup.base import Property
from stonesoup.models.base import TimeVariantModel
from stonesoup.models.transition.nonlinear import GaussianTransitionModel
from stonesoup.types.array import CovarianceMatrix, StateVectors

from jointwatch.earth.arrays import Floats
from jointwatch.flight.coast import propagate_arrays, transition_arrays
from jointwatch.tracking.stonesoup.axes import Axes


class Coast(GaussianTransitionModel, TimeVariantModel):
    """Gravity with J2 on the turning Earth, and white noise of acceleration; derivatives are exact.

    The framework's own derivatives by finite differences are up to 3 % off in Earth-fixed metres: its step for a
    velocity near zero is lost in the rounding of a position of millions of metres.
    """

    noise_m2_s3: float = Property(default=1e-5, doc="Spectral density of the acceleration's noise on each axis.")
    axes: Axes = Property(default=Axes(), doc="What the components of state vectors mean.")

    @property
    def ndim_state(self) -> int:
        """Components of a state vector."""
        return 6

    def function(self, state: Any, noise: Any = False, **kwargs: Any) -> Any:
        """State vectors a time interval later, one column each."""
        flown = propagate_arrays(self._earth_fixed(state), _seconds(kwargs))
        later = self.axes.vectors(flown).T.view(StateVectors)
        if noise is True:
            noise = self.rvs(num_samples=later.shape[1], **kwargs)
        later = later + noise if noise is not False and noise is not None else later
        return later.view(type(state.state_vector))

    def jacobian(self, state: Any, **kwargs: Any) -> Floats:
        """Derivative (6, 6) of the later state vector by the earlier."""
        _, Phi = transition_arrays(self._earth_fixed(state)[:1], _seconds(kwargs))
        # a derivative is turned as a covariance is: by the same turn from both sides
        return np.asarray(self.axes.spreads(Phi)[0])

    def covar(self, **kwargs: Any) -> CovarianceMatrix:
        """Covariance (6, 6) that the time interval adds."""
        h = abs(_seconds(kwargs))
        of_one = self.noise_m2_s3 * np.array([[h**3 / 3, h**2 / 2], [h**2 / 2, h]])
        added = np.asarray(np.kron(of_one, np.eye(3)), dtype=np.float64)[None]
        return CovarianceMatrix(self.axes.spreads(added)[0])

    def _earth_fixed(self, state: Any) -> Floats:
        return self.axes.earth_fixed(np.asarray(state.state_vector, dtype=float).T)


def _seconds(known: dict[str, Any]) -> float:
    interval: timedelta = known["time_interval"]
    return interval.total_seconds()
