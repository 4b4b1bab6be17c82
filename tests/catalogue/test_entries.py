"""Vehicles, sites, centres, launches, priors: values handed on, names that refer to each other, numbers remade."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from design import boost_kappa, staging
from jointwatch.assessment.priors import BoostPriors
from jointwatch.catalogue import shelf
from jointwatch.catalogue.boost_priors import BoostPriorParameters, boost_prior_parameters, load_boost_priors
from jointwatch.catalogue.events import load_launches, load_statements
from jointwatch.catalogue.files import UnknownNameError
from jointwatch.catalogue.places import centre_place, load_sites, site_place
from jointwatch.catalogue.vehicles import load_vehicles, vehicle_parameters
from jointwatch.earth.geodesic import inverse
from jointwatch.flight.boost import BoostProfile
from jointwatch.flight.stages import course, motion
from jointwatch.studies.vehicles import vehicle_class

REPOSITORY = Path(__file__).parents[2]
ASCENTS = REPOSITORY.parent / "shared" / "data" / "ascent"


@pytest.mark.parametrize("name", sorted(load_vehicles()))
def test_a_vehicle_class_has_values_for_every_band_in_use(name: str) -> None:
    p = vehicle_parameters(name)
    bands = {entry.band.value for entry in shelf.entries("radars").values() if getattr(entry, "band", None)}
    assert bands | {"VHF", "UHF", "X"} <= set(p.rcs_m2)
    BoostProfile(p.burn_time_s, p.altitude_fraction, p.downrange_fraction, p.burnout_height_m)
    assert (p.altitude_fraction is None) == (p.kind == "space")


@pytest.mark.parametrize("name", sorted(load_vehicles()))
def test_the_stages_of_a_class_make_an_ascent_that_goes_on_and_up(name: str) -> None:
    vehicle = vehicle_class(name)
    assert vehicle.staged is not None
    assert name.endswith(f"-{len(vehicle.staged.stages)}stage")
    assert vehicle.staged.burn_time_s == pytest.approx(vehicle.profile.burn_time_s)
    (height, distance), (climb, going), _ = np.moveaxis(
        np.array(motion(course(vehicle.staged.stages), np.linspace(0.0, vehicle.staged.burn_time_s, 500))), -1, 1
    )
    assert height.min() >= 0
    assert going.min() >= 0
    assert np.all(np.diff(distance) >= 0)
    assert climb[-1] > -100.0
    bursts = [abs(a) for stage in vehicle.staged.stages for a in (*stage.climb_m_s2, *stage.along_m_s2)]
    assert max(bursts) < 100.0  # ten times gravity


def test_the_classes_cover_what_the_debate_speaks_of() -> None:
    names = set(load_vehicles())
    assert {name.split("-")[0] for name in names} == {"srbm", "mrbm", "irbm", "icbm", "slv"}
    assert {vehicle_class(name).staged.stages.__len__() for name in names} == {1, 2, 3}
    for propellant in ("solid", "liquid"):
        assert {name.split("-")[0] for name in names if propellant in name} == {"srbm", "mrbm", "irbm", "icbm", "slv"}


def test_the_computed_burnouts_are_remade_by_their_rules() -> None:
    keys = (
        "burn_time_s",
        "coast_s",
        "burnout_height_m",
        "burnout_speed_m_s",
        "burnout_angle_rad",
        "burnout_downrange_m",
    )
    for name in staging.CLASSES:
        stages = vehicle_parameters(name).stages
        for stage, row in zip(stages, staging.burnouts(name), strict=True):
            si = np.array(row) * [1.0, 1.0, 1e3, 1e3, np.pi / 180, 1e3]
            assert [getattr(stage, key) for key in keys] == pytest.approx(list(si), rel=0.02), name


def test_published_boost_times_are_the_published_ones() -> None:
    assert vehicle_parameters("icbm-solid-3stage").burn_time_s == 170.0
    assert vehicle_parameters("icbm-liquid-2stage").burn_time_s == 250.0


def test_cross_sections_are_assumptions_all_of_them() -> None:
    rows = [row for name in load_vehicles() for row in shelf.rows("vehicles", name) if row.parameter.startswith("rcs_")]
    assert rows
    assert all(row.assumption for row in rows)


def test_an_unknown_name_is_answered_with_its_neighbours() -> None:
    with pytest.raises(UnknownNameError, match="no vehicle 'mrbm-solid'; did you mean 'mrbm-solid-2stage'"):
        vehicle_parameters("mrbm-solid")
    with pytest.raises(UnknownNameError, match="no site 'semxx'; did you mean 'semx'"):
        site_place("semxx")
    with pytest.raises(UnknownNameError, match=r"no kind 'radar'; did you mean 'radars'\?"):
        shelf.titles("radar")
    with pytest.raises(UnknownNameError, match=r"no entry under launches named 'omid'; did you mean 'omid-2009'\?"):
        shelf.rows("launches", "omid")


def test_the_province_is_169_km_from_the_pad_and_says_how_far_off_it_may_be() -> None:
    """169 km in the facts, on a sphere."""
    pad, province = site_place("sem"), site_place("semx")
    apart, _, _ = inverse(pad.latitude_rad, pad.longitude_rad, province.latitude_rad, province.longitude_rad)
    assert apart / 1e3 == pytest.approx(169, abs=1)
    assert np.degrees(province.error_rad) == pytest.approx(0.2)


def test_centres_are_where_the_proposal_put_them() -> None:
    assert np.degrees(centre_place("moscow").latitude_rad) == pytest.approx(55.75)
    assert np.degrees(centre_place("brussels").longitude_rad) == pytest.approx(4.35)


def test_launches_and_statements_refer_to_entries_there_are() -> None:
    for launch in load_launches().values():
        assert launch.vehicle is None or launch.vehicle in load_vehicles()
        assert {claim.value for claim in launch.site.claims.values()} <= set(load_sites())
    for statement in load_statements().values():
        assert statement.subject in shelf.entries(statement.about)


def test_a_launch_keeps_what_each_source_says() -> None:
    apogees = {(row.shown, row.claimant) for row in shelf.rows("launches", "omid-2009") if row.parameter == "apogee_km"}
    assert apogees == {("382", "US Space Surveillance Network"), ("439", "J. McDowell, GCAT")}
    sejil = load_launches()["sejil-2009"]
    assert sejil.site.value == "semx"
    assert {claim.value for claim in sejil.apogee_km.claims.values()} == {459.0, 800.0}


def test_the_iranian_launches_of_the_list_are_all_there() -> None:
    """19 rows from 1998 to 2005 and 33 from 2006 to 2011; two of them are the scenarios' own entries."""
    rows = [name for name in load_launches() if name.startswith("gcat-")]
    assert len(rows) + len({"omid-2009", "sejil-2009"}) == 19 + 33
    years = [load_launches()[name].day.value[:4] for name in rows] + ["2009", "2009"]
    assert [years.count(str(year)) for year in range(1998, 2006)] == [1, 6, 2, 4, 3, 1, 2, 0]
    assert [years.count(str(year)) for year in range(2006, 2012)] == [6, 1, 5, 7, 4, 10]


def test_an_apogee_with_a_question_mark_is_no_value() -> None:
    """The list repeats 60?, 100?, 125?, 150?, 300?, 500? and 800? by vehicle."""
    listed = {
        claim.value
        for name, launch in load_launches().items()
        if name.startswith("gcat-") and launch.apogee_km
        for claim in launch.apogee_km.claims.values()
        if claim.source == "gcat"
    }
    assert listed == {10.0, 40.0, 55.0, 126.0, 120.0, 298.0}


def test_one_or_two_objects_stay_both() -> None:
    objects = load_launches()["mediterranean-2013"].objects
    assert {name: claim.value for name, claim in objects.claims.items()} == {
        "israel-2013": 1,
        "gcat": 1,
        "moscow-2013": 2,
    }


def test_every_entry_of_every_kind_has_a_title_and_rows() -> None:
    for kind in shelf.KINDS:
        for name, title in shelf.titles(kind).items():
            assert title
            rows = shelf.rows(kind, name)
            assert rows
            assert all(row.claimant and row.source and row.shown for row in rows)
            assert {row.parameter for row in rows} == {row.parameter for row in rows if row.taken}


def test_priors_are_the_fields_the_assessment_takes() -> None:
    assert {f.name for f in fields(BoostPriorParameters)} == {f.name for f in fields(BoostPriors)}
    p = boost_prior_parameters()
    BoostPriors(**{f.name: getattr(p, f.name) for f in fields(p)})


@pytest.mark.skipif(not ASCENTS.is_dir(), reason="needs the 30 ascents in ../shared/data/ascent")
def test_the_measured_kappas_are_remade_from_the_flights() -> None:
    ascents = [boost_kappa.read(path.parent) for path in sorted(ASCENTS.glob("*/events.json"))]
    assert len(ascents) == 30
    claims = load_boost_priors()["generic"]
    during = [np.concatenate(part) for part in zip(*(a.kappas(a.first_stage()) for a in ascents), strict=True)]
    burnout = np.array([[k[0] for k in a.kappas(a.near(a.burnout_s - 2))] for a in ascents]).T
    for name, samples in (("first-stage", during), ("first-stage-burnout", burnout)):
        for fact, sample in zip((claims.kappa_altitude, claims.kappa_downrange), samples, strict=True):
            stated = fact.claims[name].value
            assert stated.mean == pytest.approx(sample.mean(), abs=5e-4)
            assert stated.sigma == pytest.approx(sample.std(ddof=1), abs=5e-4)
