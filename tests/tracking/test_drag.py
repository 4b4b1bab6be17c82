"""What the air does to a coast: the kernel's flight and its derivatives against an integration and differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.standard_atmosphere import density_kg_m3
from jointwatch.flight.coast import propagate_arrays
from jointwatch.flight.model import US76
from jointwatch.tracking import bank, drag, lanes
from jointwatch.tracking.imm import COAST
from jointwatch.tracking.predict import fly, gather, motion, predict
from jointwatch.tracking.settings import Settings

POLYNOMIAL = 0.042  # greatest error of the density's logarithm, found where layers meet at 91 km
METHOD_M, METHOD_M_S = 0.5, 0.5  # of steps of 1.25 s through a steep entry, beside the integration


@pytest.fixture
def entering(sky):
    """A body of 3,000 kg/m2 that meets the air at 40 degrees and 4 km/s, at 45 km."""
    return sky.start(34, 52, 45, 190, -40, 4000.0)


def moved(x, index, seconds, sky):
    """State and derivative (6, 7) after some seconds under the coast mode, from the compiled kernels."""
    numbers, counts = np.zeros((1, bank.NUMBERS)), np.zeros((1, bank.PAGES), dtype=np.int64)
    numbers[0, bank.X : bank.P] = np.tile([*x, index], 2)
    numbers[0, bank.P : bank.MU] = np.tile(np.eye(7)[np.triu_indices(7)], 2)
    counts[0, bank.TIME] = sky.T0
    block = np.empty(lanes.SIZE)
    gather(block, numbers, counts, np.zeros(1, dtype=np.int64), 0, sky.tai(seconds), motion(Settings()))
    fly(block)
    coast = block.reshape(-1, lanes.LANES)[:, lanes.TRACKS]
    return coast[lanes.X1 : lanes.X1 + 6], coast[lanes.F : lanes.F + 42].reshape(6, 7)


def test_the_density_is_the_standards_to_four_per_cent_up_to_130_km():
    heights = np.linspace(0.0, drag.TOP_M, 5_000)
    assert np.log(drag.density_kg_m3(heights) / density_kg_m3(heights)) == pytest.approx(0 * heights, abs=POLYNOMIAL)


@given(index=st.floats(-1e6, 1e6))
def test_ratio_and_index_are_each_others_inverse_and_the_ratio_is_positive(index):
    ratio = drag.ratio_of(index)
    assert ratio > 0
    assert drag.index_of(drag.BETA0_KG_M2 / ratio) == pytest.approx(index, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("beta", [500.0, 3_000.0, 15_000.0])
@pytest.mark.parametrize("seconds", [2.5, 10.0])
def test_a_body_falls_through_the_air_as_an_integration_has_it(sky, entering, beta, seconds):
    def slope(t, s):
        height = geodetic_from_ecef(s[None, :3])[2][0]
        braking = 0.5 * drag.density_kg_m3(height) * np.linalg.norm(s[3:]) / beta
        return sky.fall(s, 0.0) - np.concatenate([np.zeros(3), braking * s[3:]])

    true = solve_ivp(slope, (0.0, seconds), entering, method="DOP853", rtol=1e-10, atol=1e-6).y[:, -1]
    there, _ = moved(entering, drag.index_of(beta), seconds, sky)
    assert np.linalg.norm(there[:3] - true[:3]) < METHOD_M
    assert np.linalg.norm(there[3:] - true[3:]) < METHOD_M_S
    free, _ = moved(entering, -1e12, seconds, sky)
    assert free == pytest.approx(sky.flown(entering, [seconds])[0], abs=0.05), "without drag, as the oracle without air"


@pytest.mark.parametrize("beta", [800.0, 8_000.0])
def test_an_entry_is_that_of_the_flight_room_but_for_the_density(sky, beta):
    """From 100 to below 30 km in 25 s; a density off by 4 % is an index off by as much."""
    start = sky.start(34, 52, 100, 190, -40, 4500.0)
    true = propagate_arrays(start[None], 25.0, beta_kg_m2=beta, model=US76)[0]
    thin, thick = (moved(start, drag.index_of(beta * (1 + s * POLYNOMIAL)), 25.0, sky)[0] for s in (1, -1))
    there, _ = moved(start, drag.index_of(beta), 25.0, sky)
    allowed = np.linalg.norm(thin - thick)
    assert np.linalg.norm(there - true) < allowed
    assert allowed < 0.3 * np.linalg.norm(true - moved(start, -1e12, 25.0, sky)[0])


@pytest.mark.parametrize("seconds", [5.0, -3.0])
@pytest.mark.parametrize("index", [-4.0, 0.0, 5.0])
def test_derivatives_are_those_of_the_flight_itself(sky, entering, seconds, index):
    _, F = moved(entering, index, seconds, sky)
    for i, step in enumerate([10.0] * 3 + [0.1] * 3 + [1e-3]):
        d = np.zeros(7)
        d[i] = step
        up, down = (moved(entering + s * d[:6], index + s * d[6], seconds, sky)[0] for s in (1, -1))
        assert F[:, i] == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-5 if i < 6 else 1e-3)


def test_far_above_the_air_the_index_does_nothing(sky):
    high = sky.start(34, 52, 200, 190, 10, 7000.0)
    (x, F), (y, _) = moved(high, 3.0, 5.0, sky), moved(high, -3.0, 5.0, sky)
    assert (x == y).all()
    assert not F[:, 6].any()


@settings(max_examples=50)
@given(
    height=st.floats(-50, 140),
    climb=st.floats(-90, 90),
    speed=st.floats(0, 12e3),
    index=st.floats(-100, 100),
    seconds=st.floats(-20, 100),
)
def test_whatever_is_believed_the_prediction_is_a_number_and_its_covariance_definite(
    sky, height, climb, speed, index, seconds
):
    numbers, counts = np.zeros((1, bank.NUMBERS)), np.zeros((1, bank.PAGES), dtype=np.int64)
    numbers[0, bank.X : bank.P] = np.tile([*sky.start(34, 52, height, 190, climb, speed), index], 2)
    width = np.diag([1e4, 1e2, 1e4, 1e3, 1e1, 1e3, 3.0]) ** 2
    numbers[0, bank.P : bank.MU] = np.tile(width[np.triu_indices(7)], 2)
    numbers[0, bank.MU : bank.NIS], counts[0, bank.TIME] = 0.5, sky.T0
    ahead = np.empty((1, bank.NUMBERS))
    predict(numbers, counts, np.zeros(1, dtype=np.int64), sky.tai(seconds), motion(Settings()), ahead)
    P = ahead[0, bank.P : bank.MU].reshape(2, 28)[COAST][bank.PACKED]
    assert np.isfinite(ahead[0, : bank.MU]).all()
    s = np.sqrt(np.diag(P))
    assert np.linalg.eigvalsh(P / s[:, None] / s)[0] > 0
