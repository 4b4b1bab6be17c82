"""What looks say of a burn, where the path says next to nothing."""

import numpy as np

from jointwatch.assessment.fisher import seen, while_burning
from jointwatch.earth.states import Ecef
from jointwatch.sensors.site import Site
from jointwatch.tracking.bound import Looks


def test_of_what_does_not_move_yet_the_state_is_bounded_and_no_thrust_is_known() -> None:
    """A track's first estimate has no velocity: nobody knows along which axis it is pushed."""
    radar = Site("gabala", *np.radians([40.87, 47.80]))
    state = np.array([3.426e6, 4.385e6, 3.590e6, 0.0, 0.0, 0.0])
    looks = seen(
        lambda t: Ecef(np.repeat(state[None], len(t), axis=0)), [Looks(radar, np.arange(5.0), (100, 1e-3, 1e-3))]
    )
    known = while_burning(looks, state, 2.0, 4.0)
    assert known is not None
    assert np.isfinite(known).all()
    assert np.linalg.eigvalsh(known).min() > 0
