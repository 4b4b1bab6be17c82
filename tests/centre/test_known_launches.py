"""What a partner reports as a launch and is on a catalogued orbit: told by its whole state, and by nothing less."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from jointwatch.centre.correlation.correlating import Correlating
from jointwatch.centre.correlation.satellites import satellite
from jointwatch.centre.reported import upper_triangle
from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.tracklet import Tracklet
from jointwatch.studies.sky import Sky, made
from jointwatch.studies.sky_given import SkyGiven
from jointwatch.tracking.known import Known

T0 = tai_ns_from_utc("2022-01-22T18:20:00Z")
FAMILY = {"name": "low", "count": 1, "perigee_km": (600.0, 790.0), "apogee_km": (800.0, 1200.0), "debris": 0}
GIVEN = {"objects": 300, "source": "-", "families": [FAMILY | {"inclination_deg": (50.0, 99.0), "rocket_bodies": 0}]}
P = np.diag([500.0**2] * 3 + [5.0**2] * 3)


@pytest.fixture(scope="module")
def sky() -> Sky:
    return made(SkyGiven.model_validate(GIVEN), 7, T0)


@pytest.fixture(scope="module")
def known(sky: Sky) -> Known:
    return Known(sky.published)


def test_the_state_of_a_satellite_gives_its_number_and_another_velocity_gives_none(sky: Sky, known: Known) -> None:
    truth = sky.truth.at(T0)
    named = [satellite(known, x, P, T0) for x in truth[:40]]
    assert named == sky.published.numbers[:40].tolist()
    turned = truth[:40] * np.array([1, 1, 1, -1, -1, -1])
    assert [satellite(known, x, P, T0) for x in turned] == [None] * 40


def test_a_partner_s_launch_on_a_catalogued_orbit_is_explained_once(sky: Sky, known: Known) -> None:
    listener = Correlating("moscow", known)
    report, tracklet = EXAMPLES["launch_report"], EXAMPLES["tracklet"]
    assert isinstance(report, LaunchReport)
    assert isinstance(tracklet, Tracklet)
    at = EntryReference(log="brussels/moscow/notify", index=0, leaf_hash=bytes(32))
    behind = EntryReference(log="brussels/moscow/track", index=0, leaf_hash=bytes([1]) * 32)
    state = tuple(float(value) for value in sky.truth.at(T0)[3])
    content = {"track": "T-0001", "state": state, "covariance": upper_triangle(P), "time_tai_ns": T0, "since": 0}
    said = msgspec.structs.replace(tracklet, origin="brussels", log=behind.log, **content)
    assert not list(listener.hear("brussels", said, behind)), "nothing was reported as a launch yet"
    items = msgspec.structs.replace(report.items, launch_time_tai_ns=T0)
    told = msgspec.structs.replace(report, origin="brussels", log=at.log, logged_tai_ns=T0, items=items)
    assert not list(listener.hear("brussels", told, at))
    (word,) = listener.hear("brussels", said, behind)
    assert (word.content["satellite"], word.content["object"]) == (int(sky.published.numbers[3]), "brussels:T-0001")
    assert (word.content["standing"], word.content["subject"]) == ("explained", at)
    assert not list(listener.hear("brussels", said, behind)), "and it is said once"
