"""The score against laws: no error where the picture is the truth, tracks told apart by where they are, not by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jointwatch.assessment.ellipse import CHI2_95_2DOF
from jointwatch.earth import geodesic
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc, utc_from_tai_ns
from jointwatch.exchange.logid import LogId
from jointwatch.messages.finding import ObjectFinding, PointFinding
from jointwatch.messages.launch_report import Ellipse95, LaunchItems, LaunchReport
from jointwatch.messages.picture import Ellipse, Event, Picture, PictureTrack, PointInTime, Snapshot
from jointwatch.messages.plot_report import PlotReport, Site
from jointwatch.messages.receipt import Receipt
from jointwatch.messages.reference import LogHead
from jointwatch.sensors.measurement import Plots, position, predict
from jointwatch.studies.answers import FAILS, HOLDS, PARTLY, decided, first_detection, track_share
from jointwatch.studies.architecture import Deployed, deploy
from jointwatch.studies.course import Course, course, positions_at
from jointwatch.studies.evidence import Played
from jointwatch.studies.feed import Scanned, SensorDesk
from jointwatch.studies.followed import Followed, followed
from jointwatch.studies.knowledge import Knowledge, Logged, knowledge
from jointwatch.studies.prepare import prepare
from jointwatch.studies.run import Record
from jointwatch.studies.scenario import Scenario, load, variant_of
from jointwatch.studies.score import estimate, launch_curve, played_until_tai_ns, point_score, score
from jointwatch.studies.sightings import Sighting, sightings, true_plots
from jointwatch.studies.truth import Flown, fly

START = tai_ns_from_utc("2009-05-20T05:59:30Z")
END = START + 1080 * NS_PER_S
WITHIN_M = 1.0  # of a position that went through degrees and back


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("sejil-2009")


@pytest.fixture(scope="module")
def flown(scenario: Scenario) -> Flown:
    return fly(scenario.flights[0])


@pytest.fixture(scope="module")
def other(scenario: Scenario) -> Flown:
    """A second flight, launched a minute later 300 km away on another bearing."""
    change = {"id": "other", "launch_longitude_deg": 52.0, "azimuth_deg": 170.0, "launch_utc": "2009-05-20T06:01:00Z"}
    return fly(scenario.flights[0].model_copy(update=change))


@pytest.fixture(scope="module")
def path(flown: Flown) -> Course:
    return course(flown, END)


@pytest.fixture(scope="module")
def deployed(scenario: Scenario) -> tuple[Deployed, ...]:
    return deploy(variant_of(scenario, "as-proposed")[1], "as-proposed", START, END)


@pytest.fixture(scope="module")
def scans(flown: Flown, deployed: tuple[Deployed, ...]) -> list[Scanned]:
    desk = SensorDesk("run-1", "exercise", deployed, (flown,), seed=7)
    for tick in sorted({int(t) for d in deployed for t in d.scans_tai_ns}):
        desk.envelopes_until(tick)
    return desk.scans


@pytest.fixture(scope="module")
def seen(flown: Flown, deployed: tuple[Deployed, ...], scans: list[Scanned]) -> tuple[Sighting, ...]:
    return sightings((flown,), deployed, scans, END)[0]


def shown(item: Flown, tai_ns: int, name: str, *, north_deg: float = 0.0, **other: object) -> PictureTrack:
    """A track of a picture that stands where the object truly is, or so many degrees north of it."""
    latitude, longitude, height = geodetic_from_ecef(positions_at(item, [tai_ns])[0])
    values: dict[str, object] = {
        "id": name,
        "status": "confirmed",
        "phase": "coast",
        "latitude_deg": float(np.degrees(latitude)) + north_deg,
        "longitude_deg": float(np.degrees(longitude)),
        "altitude_km": float(height) / 1e3,
        "speed_km_s": 4.0,
        "heading_deg": 150.0,
        "sigma_km": (2.0, 1.0, 2.0),
        "first_seen_utc": utc_from_tai_ns(item.launch_tai_ns + 100 * NS_PER_S),
        "last_seen_utc": utc_from_tai_ns(tai_ns),
        "plots": 50,
        "sources": ("gabala",),
        "owners": ("brussels",),
        "verdict": "missile",
        "p_space": 0.0,
        "reason": "as made up here",
        "range_class": "MRBM",
        "launch": None,
        "impact": None,
        "apogee_km": None,
        "prediction": (),
    }
    return PictureTrack(**{**values, **other})  # type: ignore[arg-type]


def snapshot(tai_ns: int, **tracks: tuple[PictureTrack, ...]) -> Snapshot:
    """A snapshot with one picture for each perspective named."""
    utc = utc_from_tai_ns(tai_ns)
    pictures = tuple(Picture(name, utc, tai_ns, held) for name, held in tracks.items())
    return Snapshot(1, utc, (), pictures, None)


def times(item: Flown, *seconds: float) -> list[int]:
    return [item.launch_tai_ns + round(s * NS_PER_S) for s in seconds]


def alone(item: Flown, name: str = "T-1", **other: object) -> Followed:
    """One perspective's perfect picture of a flight from 120 to 800 s after launch."""
    snapshots = [snapshot(t, moscow=(shown(item, t, name, **other),)) for t in times(item, *range(120, 801, 20))]
    ((found,),) = followed((item,), snapshots)
    return found


def point(latitude_rad: float, longitude_rad: float, tai_ns: int) -> PointInTime:
    where = Ellipse(float(np.degrees(latitude_rad)), float(np.degrees(longitude_rad)), 20.0, 5.0, 150.0)
    return PointInTime(utc_from_tai_ns(tai_ns), 3.0, where)


# -- the truth -------------------------------------------------------------------------------------------------------


def test_the_course_begins_at_the_pad_and_ends_on_the_ground(flown: Flown, path: Course) -> None:
    latitude, longitude, height = geodetic_from_ecef(path.r_ecef_m)
    assert np.degrees([latitude[0], longitude[0]]) == pytest.approx([36.23, 55.33], abs=1e-6)
    assert height[0] == pytest.approx(0.0, abs=1.0)
    assert path.impact is not None
    assert height.max() == pytest.approx(path.apogee_m, abs=50.0)  # the path has a point every 2 s
    distance, azimuth, _ = geodesic.inverse(
        path.launch.latitude_rad, path.launch.longitude_rad, path.impact.latitude_rad, path.impact.longitude_rad
    )
    assert float(distance) == pytest.approx(2000e3, rel=0.02)
    assert np.degrees(azimuth) == pytest.approx(150.0, abs=4.0)  # the Earth turns beneath it


def test_nothing_is_anywhere_before_launch_and_after_impact(flown: Flown) -> None:
    before, after = times(flown, -1.0, 2000.0)
    positions = positions_at(flown, [after, before, flown.launch_tai_ns])
    assert np.isnan(positions[:2]).all()
    assert np.isfinite(positions[2]).all()


def test_positions_do_not_depend_on_the_order_in_which_they_are_asked(flown: Flown) -> None:
    asked = times(flown, 700.0, 20.0, 130.0, 90.0, 400.0)
    one_by_one = np.concatenate([flown.states_at(t).r_m for t in asked])
    assert positions_at(flown, asked) == pytest.approx(one_by_one, abs=1e-3)


# -- who saw it ------------------------------------------------------------------------------------------------------


def test_true_plots_are_found_among_false_ones_in_any_order(deployed: tuple[Deployed, ...], flown: Flown) -> None:
    radar = deployed[1].radar
    truth = positions_at(flown, times(flown, 300.0))
    z = predict(radar.site, truth)
    sigma = np.array([[200.0, 2e-3, 2e-3]])
    far = z + np.array([40e3, 0.0, 0.0])
    near = z + sigma * np.array([1.0, -2.0, 1.0])
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        rows = np.concatenate([far, near, far - 2e-1])[order]
        plots = Plots(radar.site, "gabala", 0, rows, np.repeat(sigma, 3, axis=0))
        assert order[int(true_plots(plots, truth)[0])] == 1
    nothing = Plots(radar.site, "gabala", 0, far, sigma)
    assert true_plots(nothing, truth).tolist() == [-1]
    assert true_plots(nothing, np.full((1, 3), np.nan)).tolist() == [-1]


def test_two_objects_never_share_a_plot(deployed: tuple[Deployed, ...], flown: Flown) -> None:
    radar = deployed[1].radar
    z = predict(radar.site, positions_at(flown, times(flown, 300.0)))
    sigma = np.array([[200.0, 2e-3, 2e-3]])
    both, _ = position(radar.site, np.concatenate([z, z + sigma]), np.repeat(sigma, 2, axis=0))
    one = Plots(radar.site, "gabala", 0, z, sigma)
    assert true_plots(one, both).tolist() == [0, -1]


def test_plots_lie_inside_the_intervals_of_sight_and_each_look_gives_one_at_most(seen: tuple[Sighting, ...]) -> None:
    for each in seen:
        (span,) = each.visible
        assert len(each.plot_tai_ns) == len(np.unique(each.plot_tai_ns)) > 80
        assert each.plot_tai_ns.min() >= span[0] - NS_PER_S
        assert each.plot_tai_ns.max() <= span[1] + NS_PER_S


def test_a_radar_says_at_which_limit_its_sight_began_and_ended(seen: tuple[Sighting, ...]) -> None:
    gabala = next(each for each in seen if each.radar == "gabala")
    assert gabala.why.startswith("In view from 06:01:3")
    assert gabala.why.count("the lower limit of 2° elevation") == 2


def test_a_radar_without_arrays_on_duty_says_so(scenario: Scenario) -> None:
    omid = load("omid-2009")
    start = tai_ns_from_utc(omid.start_utc)
    radars = deploy(variant_of(omid, "as-it-was")[1], "as-it-was", start, start + 300 * NS_PER_S)
    ((armavir, gabala),) = sightings((fly(omid.flights[0]),), radars, (), start + 300 * NS_PER_S)
    assert (len(armavir.plot_tai_ns), armavir.visible) == (0, ())
    assert armavir.why.startswith("No array was on duty on 2009-02-02 (south-west was on duty from 2009-02-26")
    assert gabala.visible
    assert "no look detected it" in gabala.why  # nothing was scanned


def test_a_run_that_stopped_before_the_horizon_says_how_high_the_object_would_have_had_to_be(
    flown: Flown, deployed: tuple[Deployed, ...]
) -> None:
    ((armavir, _),) = sightings((flown,), deployed, (), flown.launch_tai_ns + 60 * NS_PER_S)
    assert armavir.why.startswith("At best, 06:00:59: below the horizon")
    assert "up over that place" in armavir.why


# -- who followed it -------------------------------------------------------------------------------------------------


def test_a_picture_that_is_the_truth_has_no_error(flown: Flown, path: Course) -> None:
    assert path.impact is not None
    assert path.impact_tai_ns is not None
    launch = point(path.launch.latitude_rad, path.launch.longitude_rad, path.launch_tai_ns)
    impact = point(path.impact.latitude_rad, path.impact.longitude_rad, path.impact_tai_ns)
    found = alone(flown, launch=launch, impact=impact, apogee_km=path.apogee_m / 1e3)
    assert found.error_m.max() < WITHIN_M
    assert found.sigma_m == pytest.approx(3000.0)
    scored = estimate(found, path)
    assert scored.launch is not None
    assert scored.impact is not None
    for each in (scored.launch, scored.impact):
        assert each.error_m == pytest.approx(0.0, abs=WITHIN_M)
        assert each.error_sigmas == pytest.approx(0.0, abs=1e-3)
        assert each.time_error_s == pytest.approx(0.0, abs=1.0)  # pictures cut times to the second
    assert scored.apogee_error_m == pytest.approx(0.0, abs=1e-6)
    curve = launch_curve(found, path)
    assert curve.error_m == pytest.approx(0.0, abs=WITHIN_M)
    assert curve.since_first_s.tolist() == [20.0, 700.0]  # said once, and still so at the end


def test_tracks_are_told_apart_by_where_they_are_and_not_by_their_names(flown: Flown, other: Flown) -> None:
    """Half-way through the picture swaps the names of its two tracks: each object is then followed under two names."""
    early, late = times(other, *range(100, 300, 10)), times(other, *range(300, 600, 10))
    snapshots = [snapshot(t, joint=(shown(flown, t, "A", plots=3), shown(other, t, "B", plots=3))) for t in early]
    snapshots += [snapshot(t, joint=(shown(flown, t, "C", plots=9), shown(other, t, "A-2", plots=9))) for t in late]
    (first,), (second,) = followed((flown, other), snapshots)
    assert (first.ids, second.ids) == (("C", "A"), ("A-2", "B"))
    assert first.error_m.max() < WITHIN_M
    assert second.error_m.max() < WITHIN_M
    assert len(first.time_tai_ns) == len(second.time_tai_ns) == 50


def test_a_false_track_far_from_everything_is_of_no_object(flown: Flown) -> None:
    at = times(flown, *range(120, 400, 20))
    away = [snapshot(t, moscow=(shown(flown, t, "T-9", north_deg=3.0),)) for t in at]
    assert followed((flown,), away) == [()]
    near = [snapshot(t, moscow=(shown(flown, t, "T-9", north_deg=0.1),)) for t in at]
    ((found,),) = followed((flown,), near)
    assert found.error_m == pytest.approx(11.1e3, rel=0.15)  # a tenth of a degree, more of it higher up


def test_what_a_picture_only_predicts_is_not_scored(flown: Flown) -> None:
    last = utc_from_tai_ns(times(flown, 400.0)[0])
    at = times(flown, 400.0, 410.0, 500.0)
    snapshots = [snapshot(t, moscow=(shown(flown, t, "T-1", last_seen_utc=last),)) for t in at]
    ((found,),) = followed((flown,), snapshots)
    assert found.time_tai_ns.tolist() == at[:2]
    assert found.last[0] == at[2]


# -- how far off -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("along", [True, False])
def test_a_truth_on_the_edge_of_the_ellipse_is_2_45_sigmas_off(path: Course, along: bool) -> None:
    azimuth, distance = (150.0, 20e3) if along else (60.0, 5e3)
    latitude, longitude, _ = geodesic.direct(
        path.launch.latitude_rad, path.launch.longitude_rad, np.radians(azimuth), distance
    )
    scored = point_score(
        point(float(latitude), float(longitude), path.launch_tai_ns + 4 * NS_PER_S), path.launch, path.launch_tai_ns
    )
    assert scored is not None
    assert scored.error_m == pytest.approx(distance, abs=0.1)
    assert scored.error_sigmas == pytest.approx(np.sqrt(CHI2_95_2DOF), rel=0.01)
    assert scored.time_error_s == pytest.approx(4.0)


def test_a_point_that_the_truth_does_not_have_has_no_error(path: Course) -> None:
    scored = point_score(point(0.3, 1.1, path.launch_tai_ns), None, None)
    assert scored is not None
    assert (scored.error_m, scored.error_sigmas, scored.time_error_s) == (None, None, None)


def test_direction_and_exact_time_come_from_the_finding_that_says_the_same(flown: Flown, path: Course) -> None:
    launch = point(path.launch.latitude_rad, path.launch.longitude_rad, path.launch_tai_ns)
    found = alone(flown, launch=launch)
    exact = path.launch_tai_ns + NS_PER_S // 4

    def finding(latitude_rad: float) -> ObjectFinding:
        where = PointFinding(
            latitude_rad=latitude_rad,
            longitude_rad=path.launch.longitude_rad,
            time_tai_ns=exact,
            covariance=(1.0, 0.0, 0.0, 1.0, 0.0, 1.0),
        )
        return ObjectFinding(
            object="T-1",
            tracks=("T-1",),
            first_seen_tai_ns=exact,
            launch=where,
            direction_rad=float(np.radians(151.0)),
            direction_sigma_rad=0.02,
            verdict="missile",
            p_space=0.0,
            reason="made up",
            range_class="MRBM",
        )

    scored = estimate(found, path, (finding(0.5), finding(path.launch.latitude_rad)))
    assert scored.direction_error_rad == pytest.approx(np.radians(1.0))
    assert scored.launch is not None
    assert scored.launch.time_error_s == pytest.approx(0.25)
    assert estimate(found, path, (finding(0.5),)).direction_rad is None


# -- who knew what ---------------------------------------------------------------------------------------------------


def header(owner: str, log: str, tai_ns: int, name: str) -> dict[str, object]:
    return {"mode": "exercise", "run": "run-1", "origin": owner, "log": log, "logged_tai_ns": tai_ns, "id": name}


def plot_report(tai_ns: int) -> PlotReport:
    log = "brussels/moscow/plot"
    return PlotReport(
        **header("brussels", log, tai_ns, f"p-{tai_ns}"),  # type: ignore[arg-type]
        sensor="gabala",
        site=Site(name="Gabala", latitude_rad=0.7, longitude_rad=0.8, height_m=0.0),
        time_tai_ns=tai_ns,
        range_m=(),
        azimuth_rad=(),
        elevation_rad=(),
        sigma_range_m=(),
        sigma_azimuth_rad=(),
        sigma_elevation_rad=(),
    )


def launch_report(tai_ns: int, track: str) -> LaunchReport:
    where = Ellipse95(latitude_rad=0.6, longitude_rad=0.9, semi_major_m=2e4, semi_minor_m=5e3, azimuth_rad=1.0)
    items = LaunchItems(
        track=track,
        launch_time_tai_ns=tai_ns,
        launch_time_sigma_s=3.0,
        launch=where,
        direction_rad=1.0,
        direction_sigma_rad=0.1,
        verdict="undecided",
        p_space=0.5,
        reason="made up",
        range_class="-",
        source="gabala",
    )
    return LaunchReport(**header("brussels", "brussels/moscow/notify", tai_ns, f"r-{tai_ns}"), items=items)  # type: ignore[arg-type]


def receipt(log: str, first: int, size: int, verified: int) -> Receipt:
    head = LogHead(log=log, size=size, root=bytes(32))
    return Receipt(
        **header("moscow", "moscow/moscow/record", verified, f"{log}-{first}"),  # type: ignore[arg-type]
        head=head,
        first_index=first,
        verified_tai_ns=verified,
    )


def test_what_a_partner_wrote_counts_from_when_it_was_verified(flown: Flown) -> None:
    early, late, verified, end = times(flown, 100.0, 105.0, 130.0, 140.0)
    sight = Sighting("gabala", "brussels", np.array([early, late]), np.ones((2, 3)), ((early, late),), "")
    logs = {
        LogId("brussels", "moscow", "plot"): [plot_report(early), plot_report(late)],
        LogId("brussels", "moscow", "notify"): [launch_report(late, "T-7"), launch_report(late + 1, "T-8")],
        LogId("moscow", "moscow", "record"): [
            receipt("brussels/moscow/plot", 0, 1, verified),
            receipt("brussels/moscow/plot", 1, 2, end),
            receipt("brussels/moscow/notify", 0, 2, end),
        ],
    }
    pictures = {"brussels": alone(flown, "T-7"), "moscow": alone(flown, "T-3")}
    found = {
        centre: knowledge(centre, Logged(logs), (sight,), pictures, lambda tracklet: False)
        for centre in ("moscow", "brussels", "ankara")
    }
    assert (found["brussels"].first_plot, found["brussels"].last_plot) == (early, late)
    assert (found["moscow"].first_plot, found["moscow"].last_plot) == (verified, end)
    assert found["moscow"].partner_report == end
    assert found["brussels"].report == late
    assert found["moscow"].report is None
    assert found["moscow"].confirmed == times(flown, 120.0)[0]
    assert found["ankara"] == Knowledge("ankara")


def test_what_was_told_as_it_happened_is_finer_than_the_pictures(flown: Flown) -> None:
    told, shown_first = times(flown, 112.0, 120.0)
    pictures = {"moscow": alone(flown, "T-3")}

    def confirmed(centre: str, text: str) -> int | None:
        events = (Event(1, utc_from_tai_ns(told), centre, "track", text),)
        return knowledge("moscow", Logged({}), (), pictures, lambda tracklet: False, events).confirmed

    assert confirmed("moscow", "T-3: confirmed in boost, seen by gabala, 4 plots") == told
    assert confirmed("moscow", "T-4: confirmed in boost, seen by gabala, 4 plots") == shown_first
    assert confirmed("brussels", "T-3: confirmed in boost, seen by gabala, 4 plots") == shown_first


# -- the whole, and what it answers ----------------------------------------------------------------------------------


def synthetic(scenario: Scenario, folder: Path, until_s: float, snapshots: list[Snapshot] | None = None) -> Played:
    """What is left of a run without centres: the radars looked, nobody kept a record."""
    plan, desk, flights = prepare(scenario, "as-proposed", speed=0.0)
    for tick in plan.ticks_tai_ns:
        if tick <= flights[0].launch_tai_ns + until_s * NS_PER_S:
            desk.envelopes_until(tick)
    return Played(plan, scenario, flights, desk, Record(snapshots=snapshots or [], interrupted=True), folder)


@pytest.fixture
def _own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.mark.usefixtures("_own_state")
def test_a_run_stopped_before_the_launch_has_no_object(scenario: Scenario, tmp_path: Path) -> None:
    found = score(synthetic(scenario, tmp_path, -10.0), {})
    assert found.objects == ()


@pytest.mark.usefixtures("_own_state")
def test_a_run_without_pictures_and_logs_still_has_its_truth_and_its_sightings(
    scenario: Scenario, flown: Flown, tmp_path: Path
) -> None:
    played = synthetic(scenario, tmp_path, 200.0)
    assert played_until_tai_ns(played) == times(flown, 200.0)[0]
    (item,) = score(played, {}).objects
    assert (item.estimates, item.followed, item.launches) == ((), (), ())
    assert {each.radar: len(each.plot_tai_ns) > 0 for each in item.sightings} == {"armavir": True, "gabala": True}
    assert item.knowledge[0].first_plot is not None  # Armavir's own
    assert all(each.confirmed is None for each in item.knowledge)
    verdict, shows = track_share(item, played_until_tai_ns(played))
    assert verdict == "not decided here"
    assert shows == "The run ended 200 s after launch, before the flight did."


@pytest.mark.usefixtures("_own_state")
def test_claims_are_answered_from_the_numbers_of_the_run(scenario: Scenario, flown: Flown, tmp_path: Path) -> None:
    snapshots = [snapshot(t, joint=(shown(flown, t, "T-1"),)) for t in times(flown, *range(120, 1020, 20))]
    played = synthetic(scenario, tmp_path, 1050.0, snapshots)
    (item,) = score(played, {}).objects
    run, radars = played.plan.view, played.plan.deployed
    verdict, shows = track_share(item, END)
    assert verdict == PARTLY
    assert "70% of the 1,016 s of flight" in shows
    verdict, shows = first_detection(item, item.sightings, run, radars)
    assert verdict == PARTLY
    assert shows.startswith("Gabala (Daryal, RO-7) measured it first 98 s after launch, 14 s before cut-off, 10")
    assert first_detection(item, (), run, radars)[0] == FAILS
    assert decided(item, run)[0] == HOLDS
    assert "probability of a space launch 0.00" in decided(item, run)[1]


@pytest.mark.usefixtures("_own_state")
def test_a_verdict_that_the_track_alone_does_not_bear_is_half_an_answer(
    scenario: Scenario, flown: Flown, tmp_path: Path
) -> None:
    at = times(flown, *range(120, 1020, 20))

    def answered(**said: object) -> tuple[str, str]:
        snapshots = [snapshot(t, joint=(shown(flown, t, "T-1", **said),)) for t in at]
        played = synthetic(scenario, tmp_path, 1050.0, snapshots)
        return decided(score(played, {}).objects[0], played.plan.view)

    verdict, shows = answered(p_space=0.4, reason="a notice said so")
    assert verdict == PARTLY
    assert "what decided it: a notice said so." in shows
    assert answered(verdict="undecided", p_space=0.4)[0] == FAILS
    assert answered(verdict="space launch", p_space=0.99)[0] == FAILS
