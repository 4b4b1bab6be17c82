"""A watch hears anything a partner may send within the schema, and goes on."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre.held import Received
from jointwatch.centre.reported import plots_of, symmetric, upper_triangle
from jointwatch.centre.watch import Watch
from jointwatch.messages.encoding import decode, encode
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.notice import Notice, PublishedOrbit
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.tracklet import Tracklet

T0 = 1_242_799_234_000_000_000
SCAN = next(message for message in EXAMPLES.values() if isinstance(message, PlotReport))
TRACKLET = next(message for message in EXAMPLES.values() if isinstance(message, Tracklet))
GOOD_P = np.diag([1e6, 1e6, 1e6, 400.0, 400.0, 400.0])


def watch() -> Watch:
    return Watch("test", BoostPriors())


def scan(**changes: object) -> PlotReport:
    return msgspec.structs.replace(SCAN, logged_tai_ns=T0, time_tai_ns=T0, withheld=(), commitment=b"", **changes)


def tracklet(time_tai_ns: int = T0, *, logged_tai_ns: int = T0, **changes: object) -> Tracklet:
    whole = {
        "state": (4.2e6, 4.6e6, 3.4e6, -500.0, 2500.0, -1500.0),
        "covariance": upper_triangle(GOOD_P),
        "from_tai_ns": T0 - 10**10,
        "to_tai_ns": T0,
        "boost_probability": 0.01,
        "since": 0,
        "number": 1,
    }
    return msgspec.structs.replace(TRACKLET, logged_tai_ns=logged_tai_ns, time_tai_ns=time_tai_ns, **(whole | changes))


def one_plot(sigma_range_m: float) -> dict[str, object]:
    return {
        "range_m": (1e6,),
        "azimuth_rad": (2.0,),
        "elevation_rad": (0.2,),
        "sigma_range_m": (sigma_range_m,),
        "sigma_azimuth_rad": (0.002,),
        "sigma_elevation_rad": (0.002,),
    }


def test_a_plot_without_error_is_left_out_and_the_others_stay() -> None:
    assert len(plots_of("b", scan(**one_plot(0.0)))) == 0
    assert len(plots_of("b", scan(**one_plot(100.0)))) == 1


def test_a_scan_whose_errors_were_withheld_is_no_use_and_no_harm() -> None:
    masked = msgspec.structs.replace(
        scan(**one_plot(100.0)), sigma_range_m=(), withheld=("sigma_range_m",), commitment=bytes(32)
    )
    heard = watch()
    heard.hear("b", masked)
    assert len(plots_of("b", masked)) == 0
    assert heard.held() == []


@pytest.mark.parametrize(
    "bad",
    [
        {"time_tai_ns": T0 + 10**18},
        {"time_tai_ns": T0 - 10**18, "from_tai_ns": 0, "to_tai_ns": 0},
        {"state": (0.0,) * 6},
        {"state": (1e17, 1e17, 1e17, 0.0, 0.0, 0.0)},
        {"state": (7e6, 0.0, 0.0, 1e9, 0.0, 0.0)},
        {"covariance": (0.0,) * 21},
        {"covariance": (1.0, 1e9, *(0.0,) * 4, 1.0, *(0.0,) * 4, 1.0, *(0.0,) * 3, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0)},
    ],
    ids=[
        "far future",
        "far past",
        "at the centre",
        "beyond the Moon",
        "faster than anything",
        "no error",
        "no covariance",
    ],
)
def test_a_tracklet_that_cannot_be_an_estimate_changes_nothing(bad: dict[str, object]) -> None:
    heard = watch()
    heard.hear("b", tracklet(**bad))  # type: ignore[arg-type]
    assert heard.held() == []


def test_a_good_tracklet_after_a_bad_one_is_taken() -> None:
    heard = watch()
    heard.hear("b", tracklet(covariance=(0.0,) * 21))
    heard.hear("b", tracklet())
    (held,) = heard.held()
    assert held.owners == ("b",)
    assert heard.picture(T0).tracks[0].id == held.id


def test_an_older_tracklet_than_held_is_no_news() -> None:
    heard = watch()
    heard.hear("b", tracklet())
    heard.hear("b", tracklet(T0 - 10**9))
    assert len(heard.held()[0].states.time_tai_ns) == 1


def test_an_increment_is_added_to_the_track_it_belongs_to_and_never_taken_for_one() -> None:
    """Its own covariance is that of its plots alone; the track's becomes narrower than both."""
    heard, orphaned = watch(), watch()
    part = tracklet(number=2, since=1, from_tai_ns=T0 - 10**9)
    heard.hear("b", tracklet())
    heard.hear("b", msgspec.structs.replace(part, time_tai_ns=T0 + 10**9, to_tai_ns=T0 + 10**9))
    orphaned.hear("b", part)
    (held,) = heard.held()
    assert len(held.states.time_tai_ns) == 2
    assert np.allclose(np.diag(held.states.P[-1]), np.diag(GOOD_P) / 2, rtol=0.01)
    assert orphaned.held() == [], "without the track it adds to it says nothing"


def test_the_same_object_from_two_owners_tracklets_is_one_object() -> None:
    heard = watch()
    heard.hear("b", tracklet())
    heard.hear("c", tracklet())
    (held,) = heard.held()
    assert held.owners == ("b", "c")
    assert np.allclose(held.states.P[-1], GOOD_P / 2)


def test_in_air_two_owners_tracks_are_intersected_for_their_errors_are_alike() -> None:
    heard = watch()
    low = (*(np.array([4.2e6, 4.6e6, 3.4e6]) * (6.42e6 / 7.096e6)).tolist(), 0.0, 100.0, -100.0)
    heard.hear("b", tracklet(state=low))
    heard.hear("c", tracklet(state=low))
    (held,) = heard.held()
    assert np.allclose(np.diag(held.states.P[-1]), np.diag(GOOD_P), rtol=1e-3)


@given(
    st.lists(st.floats(-1e18, 1e18), min_size=21, max_size=21), st.lists(st.floats(-1e18, 1e18), min_size=6, max_size=6)
)
@settings(max_examples=60)
def test_no_tracklet_within_the_schema_stops_a_watch(covariance: list[float], state: list[float]) -> None:
    for k in (0, 6, 11, 15, 18, 20):
        covariance[k] = abs(covariance[k])
    message = decode(encode(tracklet(covariance=tuple(covariance), state=tuple(state))))
    heard = watch()
    heard.hear("b", message)
    heard.hear("b", tracklet(T0 + 10**9, logged_tai_ns=T0 + 10**9))
    heard.hear("b", msgspec.structs.replace(message, number=3, since=2))
    heard.picture(T0 + 10**10)


@given(st.integers(0, 2**62))
@settings(max_examples=40)
def test_no_time_of_a_scan_stops_a_watch(time_tai_ns: int) -> None:
    heard = watch()
    heard.hear("b", msgspec.structs.replace(scan(**one_plot(100.0)), time_tai_ns=time_tai_ns))
    heard.hear("b", scan(**one_plot(100.0)))
    heard.picture(T0)


def test_a_covariance_comes_back_from_its_upper_triangle() -> None:
    A = np.arange(36.0).reshape(6, 6)
    P = A @ A.T
    assert (symmetric(upper_triangle(P)) == P).all()


def test_what_is_over_for_an_hour_is_forgotten_and_what_is_in_the_sky_stays() -> None:
    """Ten hours of a partner's tracks, one each six minutes, each told of once."""
    heard, hour = watch(), 3600 * 10**9
    for k in range(100):
        at = T0 + k * hour // 10
        heard.hear("b", tracklet(at, logged_tai_ns=at, track=f"P-{k}", from_tai_ns=at, to_tai_ns=at, number=k + 1))
    assert 10 <= len(heard.held()) <= 12
    kept = [heard._received, heard._assessed, heard._accounts["b"]._counted]
    assert max(map(len, kept)) <= 12


def test_a_track_that_is_told_of_all_day_keeps_its_beginning_and_its_newest_hour() -> None:
    track = Received("b", "P-1")
    for k in range(2_000):
        at = T0 + 10 * k * 10**9
        track.add(tracklet(at, from_tai_ns=T0, to_tai_ns=at), GOOD_P)
    times = track.held(at).states.time_tai_ns
    assert (len(times), times[0], times[127], times[-1]) == (512, T0, T0 + 1_270 * 10**9, T0 + 19_990 * 10**9)


def test_one_entry_from_the_far_future_loses_no_track() -> None:
    heard = watch()
    heard.hear("b", tracklet())
    heard.hear("c", scan(**one_plot(100.0)))
    heard.hear("c", msgspec.structs.replace(scan(**one_plot(100.0)), logged_tai_ns=T0 + 400 * 86_400 * 10**9))
    heard.hear("c", scan(**one_plot(100.0)))
    assert [(held.owners, held.status) for held in heard.held()] == [(("b",), "confirmed")]


def test_an_owner_that_invents_radars_is_heard_as_so_many_and_no_more() -> None:
    heard = watch()
    for k in range(200):
        heard.hear("b", scan(sensor=f"radar-{k}", **one_plot(100.0)))
    assert len(heard._owners) == 64
    heard.hear("c", scan(sensor="its-own", **one_plot(100.0)))
    assert heard._owners["its-own"] == "c"


def test_a_notice_that_comes_twice_is_one() -> None:
    heard = watch()
    example = next(message for message in EXAMPLES.values() if isinstance(message, Notice))
    orbit = PublishedOrbit(perigee_m=2e5, apogee_m=3e5, inclination_rad=1.0)
    contents = msgspec.structs.replace(example.contents, occasion="orbit", orbit=orbit)
    notice = msgspec.structs.replace(example, contents=contents)
    heard.hear("b", notice)
    heard.hear("c", msgspec.structs.replace(notice, origin="c", id="c-notice-1"))
    assert len(heard._notices) == 1


@pytest.mark.parametrize("days", [-10, 10, 400])
def test_a_track_that_is_told_of_days_away_stops_no_picture(days: int) -> None:
    heard, there = watch(), T0 + days * 86_400 * 10**9
    heard.hear("b", tracklet(there, logged_tai_ns=there, from_tai_ns=there, to_tai_ns=there))
    heard.picture(T0)
    heard.hear("c", scan(**one_plot(100.0)))
    heard.picture(T0)
