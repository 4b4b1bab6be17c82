"""Two claimed ranges told apart: the bound against fits to drawn measurements, and what must be so of any bound."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import least_squares
from scipy.special import ndtr

from jointwatch.assessment.programme.apart import range_sigma_m, sigmas_apart, sigmas_for
from jointwatch.earth import geodesic
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.flight import coast, path
from jointwatch.flight.boost import BoostProfile
from jointwatch.flight.coast import transition_arrays
from jointwatch.sensors.measurement import predict
from jointwatch.sensors.site import Site
from jointwatch.tracking.bound import Looks

LATITUDE, LONGITUDE, BEARING = np.deg2rad([36.23, 55.33, 150.0])
GABALA = Site("Gabala", *np.deg2rad([40.8707, 47.8027]))
ERRORS = np.array([200.0, np.deg2rad(0.11), np.deg2rad(0.11)])
DRAWN = 200
OF_SPREAD = 0.15  # three sigma of a standard deviation of 200 draws


def flown(range_m: float) -> path.Flown:
    return path.fly_range(
        BoostProfile(100.0, 0.41, 0.34),
        latitude_rad=LATITUDE,
        longitude_rad=LONGITUDE,
        azimuth_rad=BEARING,
        range_m=range_m,
        times_s=[],
    )


def sigma(one: path.Flown, looks_s: np.ndarray, at_s: np.ndarray, errors: np.ndarray = ERRORS) -> np.ndarray:
    return range_sigma_m(
        one.burnout, [Looks(GABALA, looks_s, errors)], at_s, latitude_rad=LATITUDE, longitude_rad=LONGITUDE
    )


def ranges_m(states: np.ndarray) -> np.ndarray:
    latitude, longitude, _ = geodetic_from_ecef(coast.impact(Ecef(states)).states.r_m)
    return geodesic.inverse(LATITUDE, LONGITUDE, latitude, longitude)[0]


def test_fits_to_drawn_measurements_scatter_as_the_bound_says_and_err_as_often() -> None:
    """Least squares by SciPy, from the truth on, through 60 s of looks; the threshold lies one sigma away."""
    one, looks_s = flown(1_200e3), np.arange(15.0, 76.0, 5.0)
    truth = one.burnout.pos_vel[0]
    scale = np.r_[np.full(3, 1e3), np.full(3, 10.0)]

    def measured(x: np.ndarray) -> np.ndarray:
        return predict(GABALA, transition_arrays(np.repeat(x[None], len(looks_s), axis=0), looks_s)[0][:, :3])

    rng, exact = np.random.default_rng(8), measured(truth)
    fits = []
    for _ in range(DRAWN):
        drawn = exact + ERRORS * rng.standard_normal(exact.shape)
        found = least_squares(lambda y, z=drawn: ((measured(truth + y * scale) - z) / ERRORS).ravel(), np.zeros(6))
        fits.append(truth + found.x * scale)
    far = ranges_m(np.array(fits)) - ranges_m(truth[None])
    bound = float(sigma(one, looks_s, looks_s[-1:])[0])
    assert far.std() == pytest.approx(bound, rel=OF_SPREAD)
    threshold = 1.0 * bound
    assert np.mean(far < threshold) == pytest.approx(ndtr(1.0), abs=3 * np.sqrt(0.16 * 0.84 / DRAWN))


def test_more_looks_never_know_less_and_better_ones_more() -> None:
    one, looks_s = flown(2_012e3), np.arange(0.0, 200.0, 5.0)
    after = sigma(one, looks_s, looks_s)
    assert np.isinf(after[0])
    assert np.all(np.diff(after[1:]) <= 0.0)
    coarse = sigma(one, looks_s, looks_s[5:], ERRORS * 2)
    np.testing.assert_allclose(coarse, 2 * after[5:], rtol=1e-6)


def test_the_slope_leads_from_one_range_to_a_neighbouring_one() -> None:
    near, far = flown(1_500e3), flown(1_501e3)
    from jointwatch.assessment.programme.apart import _slope

    moved = (far.burnout.pos_vel - near.burnout.pos_vel)[0]
    truly = float(ranges_m(far.burnout.pos_vel)[0] - ranges_m(near.burnout.pos_vel)[0])
    assert float(_slope(near.burnout, LATITUDE, LONGITUDE) @ moved) == pytest.approx(truly, rel=0.01)


def test_the_errors_are_equal_whichever_claim_is_true() -> None:
    sigmas = float(sigmas_apart(812e3, 70e3, 130e3))
    threshold = 1_200e3 + sigmas * 70e3
    assert threshold == pytest.approx(2_012e3 - sigmas * 130e3)
    assert sigmas_for(float(ndtr(sigmas))) == pytest.approx(sigmas)


def test_no_confidence_is_certain_and_what_stays_up_has_no_range() -> None:
    with pytest.raises(ValueError, match="between one half and 1, both excluded; got 1"):
        sigmas_for(1.0)
    round_it = Ecef(np.array([[7.0e6, 0.0, 0.0, 0.0, 7_600.0, 0.0]]))
    with pytest.raises(ValueError, match="stays up"):
        range_sigma_m(
            round_it, [Looks(GABALA, np.arange(9.0), ERRORS)], [9.0], latitude_rad=LATITUDE, longitude_rad=LONGITUDE
        )
