"""Objects of a picture are predicted together; each stands where it would stand alone, and where its flight says."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre.picture import tracks_view
from jointwatch.centre.watch import Watch
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.picture import PictureTrack
from jointwatch.messages.plot_report import PlotReport
from tests.centre import observed

LIKE = next(message for message in EXAMPLES.values() if isinstance(message, PlotReport))
FROM, SCANS = 12, 36  # scans five seconds apart, from a minute after the launches on
LAST_TAI_NS = observed.at_s(LIKE.logged_tai_ns, 5.0 * (SCANS - 1))
BETA = 3000.0


@pytest.fixture(scope="module")
def watch() -> Watch:
    """Three rockets that a radar sees: two burn out, the third does not while it is seen."""
    paths = [observed.ascent(200.0), observed.ascent(150.0, burns_s=90.0), observed.ascent(100.0, burns_s=600.0)]
    found, rng = Watch("moscow", BoostPriors()), np.random.default_rng(2)
    for k in range(SCANS):
        at = observed.at_s(LIKE.logged_tai_ns, 5.0 * k)
        content = observed.scan(np.array([path[FROM + k] for path in paths]), at, rng)
        said = msgspec.structs.replace(LIKE, logged_tai_ns=at, withheld=(), commitment=b"", **content)
        found.hear("moscow", said)
    assert [held.phase for held in found.held()].count("boost") == 1
    return found


def shown(watch: Watch, after_s: float) -> tuple[PictureTrack, ...]:
    return watch.picture(observed.at_s(LAST_TAI_NS, after_s)).tracks


def place(track: PictureTrack) -> tuple[float, float, float]:
    return track.latitude_deg, track.longitude_deg, track.altitude_km


@pytest.mark.parametrize("after_s", [-300.0, -20.0, 0.0, 8.0, 60.0, 400.0, 5000.0])
def test_of_many_objects_each_is_shown_as_it_is_alone(watch: Watch, after_s: float) -> None:
    assessed = {held.id: found for held in watch.held() if (found := watch.assessment(held.id))}
    assert len(assessed) == 3
    as_of = observed.at_s(LAST_TAI_NS, after_s)
    alone = [tracks_view([held], assessed, as_of, beta_kg_m2=BETA)[0] for held in watch.held()]
    assert tracks_view(watch.held(), assessed, as_of, beta_kg_m2=BETA) == tuple(alone)


def test_what_burns_out_of_sight_stays_where_it_was_last_seen(watch: Watch) -> None:
    (then,) = (track for track in shown(watch, 0.0) if track.phase == "boost")
    (later,) = (track for track in shown(watch, 60.0) if track.phase == "boost")
    assert place(later) == pytest.approx(place(then), abs=1e-9)
    assert (then.prediction, later.prediction) == ((), ())


def test_what_falls_is_predicted_to_the_ground_and_stands_there_afterwards(watch: Watch) -> None:
    falling = [track for track in shown(watch, 60.0) if track.phase == "coast"]
    assert len(falling) == 2
    for track in falling:
        seconds, longitude_deg, latitude_deg, height_m = track.prediction[-1]
        assert track.prediction[0][0] == pytest.approx(0.0, abs=1e-6)
        assert height_m == pytest.approx(0.0, abs=50.0)
        assert track.impact is not None
        assert (latitude_deg, longitude_deg) == pytest.approx(
            (track.impact.ellipse.latitude_deg, track.impact.ellipse.longitude_deg), abs=0.2
        )
        (down,) = (one for one in shown(watch, 60.0 + seconds + 30.0) if one.id == track.id)
        assert place(down) == pytest.approx((latitude_deg, longitude_deg, height_m / 1e3), abs=0.01)
        assert down.prediction == ()


def test_a_picture_of_nothing_is_empty() -> None:
    assert tracks_view([], {}, LAST_TAI_NS, beta_kg_m2=BETA) == ()
