"""The claims about assessments: days counted by hand, first looks by pymap3d, shares counted again."""

from __future__ import annotations

from datetime import date

import numpy as np
import pymap3d
import pytest

from jointwatch.flight import path
from jointwatch.studies.claims.assessed import assess, assess_file, inputs
from jointwatch.studies.claims.claim import ClaimError, load
from jointwatch.studies.claims.flights import flight, paths, profile_of
from jointwatch.studies.claims.questions.apart import passes, sigmas_by_time
from jointwatch.studies.claims.questions.noticed import noticed
from jointwatch.studies.joint.chunk import Plan, chunk
from jointwatch.studies.joint.file import Study

ONE_LOOK_S = 5.0


def years(day: date) -> float:
    return (day - date(2009, 5, 1)).days / 365.25


# -- forecasts against the record --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choices", "waited"),
    [
        ({"payload": "any"}, years(date(2009, 5, 20))),  # Sejil-2, 2,000 to 2,500 km
        ({"payload": "any", "reading": "iran"}, years(date(2008, 7, 8))),  # 2,012 km
        ({"payload": "any", "reading": "widest"}, np.inf),  # somebody said 1,930 km of the same type
        ({}, np.inf),  # of no test was a payload published
    ],
)
def test_2000_km_were_first_shown_on_the_days_of_the_chronology(choices: dict[str, str], waited: float) -> None:
    found = assess("ewi-2000-km")
    assert found.figure("waited_yr").values[found.case(choices)] == pytest.approx(waited)


def test_only_who_counts_a_satellite_launcher_sees_an_intercontinental_range_by_2011() -> None:
    found = assess("ewi-no-icbm")
    counted = np.array(found.cases.words("launchers")) == "counted"
    assert np.all(found.figure("waited_yr").values[counted] == years(date(2009, 2, 2)))  # Omid
    assert np.all(np.isinf(found.figure("waited_yr").values[~counted]))
    assert found.figure("record_km").values.max() == pytest.approx(2_677, abs=1)  # docs/method/programme.md
    assert found.figure("record_yr").values[0] == pytest.approx(years(date(2012, 1, 1)))
    assert "less than three years" in found.claim.limit


def test_a_reading_that_nobody_offers_is_refused_with_those_there_are() -> None:
    claim = load("ewi-no-icbm")
    axis = claim.assumptions["launchers"]
    wrong = axis.model_copy(update={"claims": {**axis.claims, "apart": {**axis.claims["apart"], "value": "perhaps"}}})
    changed = claim.model_copy(update={"assumptions": {**claim.assumptions, "launchers": wrong}})
    with pytest.raises(ClaimError, match="'perhaps' is none of not counted, counted"):
        assess_file("mine", changed)


# -- one radar pass ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("range_km", [1_200.0, 2_012.0])
def test_gabala_looks_first_when_pymap3d_has_the_flight_over_its_horizon(range_km: float) -> None:
    found = assess("shahab-2008-range")
    place = np.deg2rad([36.23, 55.33])
    flown = path.fly_range(
        profile_of("mrbm-liquid-1stage", "0.41"),
        latitude_rad=place[0],
        longitude_rad=place[1],
        azimuth_rad=np.deg2rad(150.0),
        range_m=range_km * 1e3,
        times_s=np.arange(0.0, 300.0, 1.0),
    )
    azimuth, elevation, _ = pymap3d.ecef2aer(*flown.states.r_m.T, 40.8707, 47.8027, 0.0)
    over = flown.times_s[(np.asarray(elevation) >= 2.0) & (np.asarray(azimuth) >= 107) & (np.asarray(azimuth) <= 217)]
    key = "one_first_s" if range_km < 1_500 else "other_first_s"
    ours = found.figure(key).values[0]
    assert over[0] - ONE_LOOK_S <= ours <= over[0] + ONE_LOOK_S  # the air lifts it by up to a look


def test_they_are_told_apart_at_the_first_look_after_which_three_sigma_fit_on_either_side() -> None:
    found = assess("shahab-2008-range")
    one, other = passes(found.claim, found.cases, 0)
    times, sigmas = sigmas_by_time(one, other, 812e3)
    told = found.figure("apart_s").values[0]
    before, then = sigmas[times < told], sigmas[times == told]
    assert np.all(before < 3.09)
    assert then >= 3.09
    assert np.all(np.diff(sigmas) >= 0.0)  # looks forget nothing
    assert times[sigmas > 0][0] >= one.burnout_s  # a burn says nothing of the range here


def test_a_coarser_angle_takes_longer_and_a_radar_behind_the_horizon_never_tells() -> None:
    found = assess("shahab-2008-range")
    told = found.figure("apart_s").values
    assert told[found.case({"gabala_sigma_angle_deg": "0.5 °"})] > told[0]
    assert found.figure("apart_after_burnout_s").values[0] == pytest.approx(20.0)
    assert np.isinf(told[found.case({"radar": "brdy"})])
    assert {row.parameter for row in inputs(found.claim)} >= {"gabala.detection", "armavir.faces.south-east.sector_deg"}


# -- noticed -----------------------------------------------------------------------------------------------------------


def test_shares_are_those_of_the_flights_of_the_study_counted_again() -> None:
    found = assess("two-of-six")
    plan = Plan(Study.model_validate(found.claim.about["study"]))
    for label, to, number in (("arabian-sea", "arabian-sea", 0), ("iran", "iran", 2)):
        cell = plan.part(number)[0]
        assert (cell.to.name, cell.vehicle) == (to, "mrbm-solid-2stage")
        held = chunk(plan, number).detected_by
        for k, view in enumerate(plan.deployment.views):
            if (view.party, view.assumptions, view.architecture) == ("united-states", "neutral", "as-it-stood"):
                ours = found.figure("noticed_share").values[found.case({"architecture": "as-it-stood", "to": label})]
                assert ours == pytest.approx(float(held[k].mean()), abs=1e-6)


def test_without_an_exchange_the_united_states_radars_see_nothing_of_such_tests_and_with_it_what_russia_sees() -> None:
    found = assess("two-of-six")
    share = found.figure("noticed_share").values
    for vehicle in ("sejil", "shahab"):
        assert share[found.case({"vehicle": vehicle})] == 0.0
        both = [
            share[found.case({"vehicle": vehicle, "party": party, "architecture": "as-proposed"})]
            for party in ("united-states", "russia")
        ]
        assert 0.0 < both[0] <= both[1] + 1e-9
    default = found.case({"architecture": "as-proposed"})
    one = float(share[default])
    assert found.figure("all_share").values[default] == pytest.approx(one**2)
    assert found.figure("any_share").values[default] == pytest.approx(1 - (1 - one) ** 2)
    assert found.figure("low_share").values[default] < one


def test_of_no_class_is_every_flight_noticed_and_none_could_prove_it() -> None:
    found = assess("hundred-percent")
    assert found.verdict.outcome == "not supported"
    flights = found.figure("flights").values
    np.testing.assert_allclose(found.figure("three_share").values, 3.0 / flights)
    assert np.all(found.figure("low_share").values < 1.0)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"study": {"name": "x"}}, "about.study.title"),
        ({"study": "programe"}, "there is no study 'programe'"),
    ],
)
def test_a_study_that_is_none_is_refused_in_one_sentence(changed: dict[str, object], words: str) -> None:
    claim = load("hundred-percent")
    mine = claim.model_copy(update={"about": {**claim.about, **changed}})
    with pytest.raises(ClaimError, match=words) as caught:
        noticed(assess("hundred-percent").cases, mine)
    assert "\n" not in str(caught.value)


# -- forward radars ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "where"),
    [("azerbaijan", (40.8707, 47.8027)), ("qatar", (25.3, 51.5)), ("armavir", (44.925106, 40.983894))],
)
def test_a_forward_radar_sees_first_what_comes_over_its_horizon_within_1500_km(
    label: str, where: tuple[float, float]
) -> None:
    found = assess("cbo-forward-radar")
    flown = paths([flight((35.234, 53.921), (52.5, 13.4), propellant="liquid", ascent="0.41")])
    _, elevation, distance = pymap3d.ecef2aer(*flown.r_ecef_m[0].T, *where, 2085.0)
    from jointwatch.studies.claims.seeing import limits

    lowest = limits("kurecik").lowest_deg
    seen = flown.time_s[(np.asarray(elevation) >= lowest) & (np.asarray(distance) <= 1_500e3)]
    ours = found.figure("kurecik_first_s").values[found.case({"kurecik_position_deg": label})]
    assert ours == pytest.approx(seen[0], abs=1.0) if len(seen) else np.isinf(ours)
    assert found.decisive.title == "a forward AN/TPY-2 sees it before Brdy by"
