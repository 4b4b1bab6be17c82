"""No covariance that is not positive definite, whatever plots come, through the compiled filter as a tracker runs."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jointwatch.sensors.measurement import Plots
from jointwatch.tracking import bank
from jointwatch.tracking.tracker import Tracker

LEAST = 1e-13
"""Of a correlation matrix's eigenvalues; every update lends its variances 1e-12 of themselves."""


def least_eigenvalue(P):
    """Of the correlations of covariances (..., k, k); NaN where a variance is none."""
    d = 1 / np.sqrt(np.where(np.einsum("...ii->...i", P) > 0, np.einsum("...ii->...i", P), np.nan))
    scaled = d[..., :, None] * P * d[..., None, :]
    return np.linalg.eigvalsh(np.nan_to_num(scaled))[..., 0].min(initial=1.0) if np.isfinite(scaled).all() else np.nan


pauses = st.lists(st.sampled_from([0.0, 1e-6, 1e-3, 1.0, 5.0, 30.0, -3.0, 80.0]), min_size=2, max_size=12)


@settings(max_examples=25)
@given(
    log_range=st.floats(4.5, 6.9),
    direction=st.tuples(st.floats(0, 6.28), st.floats(0, 1.5)),
    log_sigma=st.tuples(st.floats(0, 5), st.floats(-6, -0.6), st.floats(-6, -0.6)),
    pauses=pauses,
    ahead=st.sampled_from([-100.0, -10.0, 0.0, 10.0, 300.0]),
    seed=st.integers(0, 2**32 - 1),
)
@example(  # sigmas a thousandfold apart in one scan: once the joint probabilities widened a track to 3,000,000 km
    log_range=6.0, direction=(0.0, 1.0), log_sigma=(3.0, -1.625, -4.0), pauses=[0.0, 5.0, 0.0, -3.0, 80.0, 0.0, 0.0],
    ahead=-100.0, seed=2532,
)  # fmt: skip
def test_covariances_stay_positive_definite_through_any_plots(
    sky, log_range, direction, log_sigma, pauses, ahead, seed
):
    """Scans of up to a dozen plots around one place, good and bad ones mixed, in any rhythm, late ones among them."""
    rng, tracker, now = np.random.default_rng(seed), Tracker(name="any"), 0.0
    centre, width = np.array([10**log_range, *direction]), 10.0 ** np.array(log_sigma)
    for pause in pauses:
        now += pause
        count = rng.integers(1, 12)
        z = centre + rng.normal(size=(count, 3)) * width * rng.choice([0.1, 1.0, 10.0])
        z = np.stack([np.abs(z[:, 0]) + 1, z[:, 1] % (2 * np.pi), np.clip(z[:, 2], -1.5, 1.57)], axis=1)
        site, name = sky.BOTH[rng.integers(2)]
        tracker.scan(Plots(site, name, sky.tai(now), z, width * 10 ** rng.uniform(-2, 1, (count, 3))))
        held = tracker._file.bank.numbers[: len(tracker._file.bank)]
        assert np.isfinite(held[:, : bank.NIS]).all()
        assert least_eigenvalue(held[:, bank.P : bank.MU].reshape(-1, 28)[:, bank.PACKED]) > LEAST
        live = [track.id for track in tracker.tracks() if track.status != "lost"]
        there = tracker.predicted(sky.tai(now + ahead), live)
        assert np.isfinite(there.x).all()
        assert least_eigenvalue(there.P) > 0
