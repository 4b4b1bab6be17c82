"""Tracks and predictions as OEM: what was held, to the last bit, and a free flight that ends on the ground in time."""

from __future__ import annotations

import io
from dataclasses import asdict, replace
from types import ModuleType

import numpy as np
import pytest

from jointwatch.assessment.estimate import assess
from jointwatch.assessment.priors import BoostPriors
from jointwatch.catalogue.boost_priors import boost_prior_parameters
from jointwatch.centre.alerts import ephemeris
from jointwatch.centre.held import Held, States
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_days, tai_ns_from_utc
from jointwatch.flight import coast
from jointwatch.formats import oem_kvn, oem_xml
from jointwatch.formats.oem import Oem, Segment

START = tai_ns_from_utc("2009-05-20T06:02:30Z")
ABOVE_SEMNAN = np.array([3.0253e6, 4.5312e6, 3.7689e6, 1008.0, 3642.0, -63.0])
BETA = 4_000.0
GROUND_M = 600.0  # the last step is rounded down to a millisecond of flight; what is left falls at 2 km/s at most


@pytest.fixture(scope="module")
def held() -> Held:
    """An object in free flight, seen for a minute."""
    times_s = np.arange(0.0, 60.0, 5.0)
    x = coast.trajectory(Ecef(ABOVE_SEMNAN[np.newaxis]), times_s, beta_kg_m2=BETA).pos_vel.reshape(-1, 6)
    P = np.tile(np.diag([200.0, 200.0, 200.0, 3.0, 3.0, 3.0]) ** 2, (len(x), 1, 1))
    P[0, 3:, 3:] *= 1e6  # one plot says nothing of the velocity
    times = START + (times_s * NS_PER_S).astype(np.int64)
    states = States(times, x, P, np.zeros(len(x)))
    seen = (int(times[0]), int(times[-1]))
    return Held("T-0001", "confirmed", states, *seen, len(x), ("armavir",), ("moscow",))


@pytest.fixture(scope="module")
def message(held: Held) -> Oem:
    priors = BoostPriors(**asdict(boost_prior_parameters()))
    assessment = assess(held.states, priors, int(held.states.time_tai_ns[-1]))
    assert assessment.impact is not None
    created = int(held.states.time_tai_ns[-1])
    return ephemeris.message(held, assessment, beta_kg_m2=BETA, originator="MOSCOW", created_tai_ns=created)


def times_tai_ns(segment: Segment) -> np.ndarray:
    return tai_ns_from_days(segment.ephemeris.day, segment.ephemeris.ns_of_day)


def test_the_track_is_what_was_held_from_the_first_known_velocity_on(held: Held, message: Oem) -> None:
    track = message.segments[0]
    np.testing.assert_array_equal(times_tai_ns(track), held.states.time_tai_ns[1:])
    np.testing.assert_allclose(track.ephemeris.state_m_m_s, held.states.x[1:], rtol=1e-15)
    assert track.covariances is not None
    np.testing.assert_allclose(track.covariances.matrix * 1e6, held.states.P[1:], rtol=1e-15)


def test_the_prediction_goes_on_from_the_last_state_to_the_ground(held: Held, message: Oem) -> None:
    track, ahead = message.segments
    assert ahead.metadata.start == track.metadata.stop
    np.testing.assert_allclose(ahead.ephemeris.state_m_m_s[0], held.states.x[-1], rtol=1e-12)
    end = coast.impact(Ecef(held.states.x[-1:]), beta_kg_m2=BETA)
    lasted_s = (times_tai_ns(ahead)[-1] - times_tai_ns(ahead)[0]) / NS_PER_S
    assert lasted_s == pytest.approx(float(end.time_s[0]), abs=0.002)
    height = geodetic_from_ecef(ahead.ephemeris.state_m_m_s[:, :3])[2]
    assert abs(height[-1]) < GROUND_M
    assert (height[:-1] > 0).all()


def test_the_prediction_grows_less_sure(message: Oem) -> None:
    ahead = message.segments[1]
    assert ahead.covariances is not None
    spread_m = np.sqrt(np.trace(ahead.covariances.matrix[:, :3, :3], axis1=1, axis2=2)) * 1e3
    assert spread_m[-1] > 3 * spread_m[0]
    assert (np.linalg.eigvalsh(ahead.covariances.matrix[:, :3, :3]) > 0).all()


@pytest.mark.parametrize("form", [oem_kvn, oem_xml])
def test_the_files_come_back(message: Oem, form: ModuleType) -> None:
    stream = io.BytesIO()
    form.write(message, stream)
    assert form.read(io.BytesIO(stream.getvalue())) == message


def test_what_burns_is_not_predicted(held: Held) -> None:
    states = replace(held.states, boost_probability=np.ones(len(held.states.x)))
    burning = replace(held, states=states)
    found = ephemeris.message(burning, None, beta_kg_m2=BETA, originator="M", created_tai_ns=START)
    assert len(found.segments) == 1
