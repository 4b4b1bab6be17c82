"""From a scenario and the catalogue to a plan: radars deployed, flights flown, clock laid out, assumptions named."""

from __future__ import annotations

import secrets
from dataclasses import asdict, replace
from math import degrees, radians

import numpy as np

from jointwatch.catalogue.boost_priors import boost_prior_parameters
from jointwatch.catalogue.files import UnknownNameError
from jointwatch.catalogue.places import centre_place
from jointwatch.centre.orders import Prior, ReleasePolicy
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc
from jointwatch.messages import notice as messages
from jointwatch.messages.notice import NoticeContents, PublishedOrbit
from jointwatch.messages.picture import CentreView, FaceView, RadarView, RunView
from jointwatch.messages.quantities import Mode
from jointwatch.sensors.coverage import why_not
from jointwatch.sensors.radar import service
from jointwatch.sensors.sight import in_sight
from jointwatch.sensors.signature import drawn_rcs_m2
from jointwatch.studies.architecture import Deployed, deploy, ticks
from jointwatch.studies.feed import CROSS_SECTION_STREAM, SensorDesk
from jointwatch.studies.overhead import overhead
from jointwatch.studies.run import Plan
from jointwatch.studies.scenario import Notice, NoticeArea, Scenario, ScenarioError, Variant, variant_of
from jointwatch.studies.sky import Sky, made
from jointwatch.studies.state import state_folder
from jointwatch.studies.truth import Flown, fly
from jointwatch.studies.vehicles import rcs_spread_db

MODE: Mode = "exercise"


def prepare(
    scenario: Scenario, variant_name: str, *, speed: float, sky: Sky | None = None
) -> tuple[Plan, SensorDesk, tuple[Flown, ...]]:
    """Return the plan of a run, the sensors' desk, and the truth; raises ScenarioError for what cannot be played.

    sky: the satellites overhead, where they are not those that the scenario makes up.
    """
    _, variant = variant_of(scenario, variant_name)
    start = tai_ns_from_utc(scenario.start_utc)
    if sky is None and scenario.sky is not None:
        sky = made(scenario.sky, scenario.seed, start)
    end = start + round(scenario.duration_s * NS_PER_S)
    deployed = deploy(variant, variant_name, start, end, scenario.medium.medium())
    flown = _flown(scenario)
    run = f"{scenario.name}-{variant_name}-{secrets.token_hex(4)}"
    said = overhead(variant.infrared, flown, seed=scenario.seed)
    notices = (
        *((tai_ns_from_utc(n.time_utc), n.centre, _contents(n)) for n in scenario.notices),
        *((word.time_tai_ns, word.feeds, word.notice()) for word in said),
    )
    plan = Plan(
        view=_view(scenario, variant_name, variant, deployed, flown, run, speed, end, sky),
        deployed=deployed,
        release={
            name: ReleasePolicy(r.plots, r.tracklets, r.reports, r.mask_source) for name, r in variant.release.items()
        },
        priors=tuple(Prior(name, value) for name, value in asdict(boost_prior_parameters()).items()),
        ticks_tai_ns=ticks(tuple(n[0] for n in notices), start, end),
        notices=notices,
        state=state_folder(),
        overhead=said,
        sky=sky,
    )
    return plan, SensorDesk(run, MODE, deployed, flown, seed=scenario.seed, sky=sky), flown


def _flown(scenario: Scenario) -> tuple[Flown, ...]:
    """Fly every flight; where the scenario asks, with a cross-section drawn from its class's spread."""
    flown = tuple(fly(flight) for flight in scenario.flights)
    if not scenario.rcs_spread:
        return flown
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([scenario.seed, CROSS_SECTION_STREAM])))
    spreads = [rcs_spread_db(flight.vehicle) for flight in scenario.flights]
    return tuple(
        replace(item, rcs_m2=drawn_rcs_m2(item.rcs_m2, spread, rng))
        for item, spread in zip(flown, spreads, strict=True)
    )


def _contents(notice: Notice) -> NoticeContents:
    at = tai_ns_from_utc(notice.time_utc)
    orbit = None
    if notice.perigee_km is not None and notice.apogee_km is not None and notice.inclination_deg is not None:
        orbit = PublishedOrbit(
            perigee_m=notice.perigee_km * 1e3,
            apogee_m=notice.apogee_km * 1e3,
            inclination_rad=float(np.radians(notice.inclination_deg)),
        )
    return NoticeContents(
        occasion=notice.occasion,
        from_tai_ns=tai_ns_from_utc(notice.from_utc) if notice.from_utc else at,
        until_tai_ns=tai_ns_from_utc(notice.until_utc) if notice.until_utc else at,
        received_tai_ns=at,
        vehicle="space launch" if orbit else notice.vehicle,
        areas=tuple(_area(area) for area in notice.areas),
        told=notice.told,
        launches=notice.launches,
        orbit=orbit,
        text=notice.text,
        source=notice.source,
    )


def _area(area: NoticeArea) -> messages.NoticeArea:
    corners = tuple((radians(latitude), radians(longitude)) for latitude, longitude in area.corners_deg)
    return messages.NoticeArea(role=area.role, corners=corners)


def _view(
    scenario: Scenario,
    variant_name: str,
    variant: Variant,
    deployed: tuple[Deployed, ...],
    flown: tuple[Flown, ...],
    run: str,
    speed: float,
    end_tai_ns: int,
    sky: Sky | None,
) -> RunView:
    over = (sky.says,) if sky else ()
    proposed = " — COUNTERFACTUAL: as proposed in 2007, never built" if variant.counterfactual else ""
    return RunView(
        run=run,
        scenario=scenario.name,
        variant=variant_name,
        title=scenario.title,
        mode=MODE,
        counterfactual=variant.counterfactual,
        banner=f"EXERCISE{proposed}",
        start_utc=scenario.start_utc,
        speed=speed,
        centres=tuple(_centre(name) for name in variant.release),
        radars=tuple(_radar(d, tai_ns_from_utc(scenario.start_utc)) for d in deployed),
        notes=(variant.says, *over, *_taken(scenario), *_assumed(scenario), *_blind(deployed, flown, end_tai_ns)),
    )


def _centre(name: str) -> CentreView:
    try:
        place = centre_place(name)
    except UnknownNameError as error:
        raise ScenarioError(f"release.{name}: {error}") from None
    return CentreView(name, place.title, degrees(place.latitude_rad), degrees(place.longitude_rad), "")


def _radar(d: Deployed, start_tai_ns: int) -> RadarView:
    faces = tuple(
        FaceView(
            name=face.name,
            azimuth_from_deg=degrees(face.azimuth_from_rad),
            azimuth_to_deg=degrees(face.azimuth_to_rad),
            elevation_min_deg=degrees(face.elevation_min_rad),
            elevation_max_deg=degrees(face.elevation_max_rad),
            on_duty=face in d.faces,
            note=service(face),
        )
        for face in d.radar.faces
    )
    site = d.radar.site
    return RadarView(
        id=d.radar.name,
        name=d.title,
        owner=d.owner,
        feeds=d.feeds,
        latitude_deg=degrees(site.latitude_rad),
        longitude_deg=degrees(site.longitude_rad),
        height_m=site.height_m,
        range_km=d.radar.instrumented_range_m / 1e3,
        faces=faces,
        volume=f"/api/volume/{d.radar.name}.glb" if d.faces else "",
    )


def _taken(scenario: Scenario) -> list[str]:
    """Return what was taken where sources differ or are silent, as sentences."""
    return [f"{a.key}: {a.value} [{a.claimant}; {a.tag}]" for a in scenario.alternatives if a.taken]


def _assumed(scenario: Scenario) -> list[str]:
    """Return what the scenario assumes of the sensors beyond the catalogue for all radars, as sentences."""
    drawn = "Cross-sections are drawn from each class's spread, once per object" if scenario.rcs_spread else ""
    return [sentence for sentence in (scenario.medium.sentence(), drawn) if sentence]


def _blind(deployed: tuple[Deployed, ...], flown: tuple[Flown, ...], end_tai_ns: int) -> list[str]:
    """Return, for each radar that could see nothing of a flight at any time, the sentence that says why."""
    notes = []
    for d in deployed:
        for flight in flown:
            times, states = flight.samples(5.0, end_tai_ns)
            if len(states) and not in_sight(d.radar, d.faces, states.r_m, d.medium.air).any():
                highest = int(np.argmax(np.linalg.norm(states.r_m, axis=1)))
                why = why_not(d.radar, d.faces, int(times[highest]), states.r_m[highest])
                notes.append(f"{d.title} sees nothing of {flight.flight.id}: {why.removeprefix(d.radar.name + ': ')}")
    return notes
