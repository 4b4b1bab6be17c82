"""The sky of a scenario: made by its figures, off by what is stated, or taken from a file, and told from launches."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from jointwatch.assessment.priors import BoostPriors
from jointwatch.catalogue.boost_priors import boost_prior_parameters
from jointwatch.centre.watch import Watch
from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.exchange import dsse
from jointwatch.formats.tle import read_tle
from jointwatch.messages.encoding import decode
from jointwatch.studies.prepare import prepare
from jointwatch.studies.scenario import Scenario, ScenarioError, load, parse
from jointwatch.studies.sky import Sky, made, sphere_rcs_m2
from jointwatch.studies.sky_day import moved, under_catalogue
from jointwatch.studies.sky_given import ElementsGiven, Family, SkyGiven
from jointwatch.tracking.known import Known

NEAR = Family(
    name="low",
    count=3,
    perigee_km=(500, 600),
    apogee_km=(700, 800),
    inclination_deg=(60, 61),
    debris=0.5,
    rocket_bodies=0,
)
FAR = NEAR.model_copy(update={"name": "high", "count": 1, "perigee_km": (20e3, 20e3), "apogee_km": (20e3, 20e3)})
START = tai_ns_from_utc("2022-01-22T18:20:00Z")


def sky_of(objects: int, **elements: float) -> Sky:
    given = SkyGiven(objects=objects, source="-", families=(NEAR, FAR), elements=ElementsGiven(**elements))
    return made(given, 5, START)


def test_a_sky_has_the_orbits_and_kinds_that_are_asked_for_in_their_shares() -> None:
    elements = sky_of(4000).published.elements
    low = [each for each in elements if each.object_name.startswith("LOW")]
    assert len(elements) == 4000
    assert 0.72 < len(low) / 4000 < 0.78
    assert 0.46 < sum(" DEB" in each.object_name for each in low) / len(low) < 0.54
    assert {60 <= each.inclination <= 61 for each in low} == {True}
    assert all(14.3 < each.mean_motion < 15.0 for each in low)


def test_the_same_seed_makes_the_same_sky_to_the_byte_and_another_another() -> None:
    given = SkyGiven(objects=50, source="-", families=(NEAR,))
    assert made(given, 5, START).text == made(given, 5, START).text != made(given, 6, START).text


def test_what_is_published_is_what_its_file_says() -> None:
    sky = sky_of(100)
    assert read_tle(sky.text).elements == sky.published.elements


def test_true_orbits_are_off_along_the_track_by_a_kilometre_and_more_each_day_and_little_beside_it() -> None:
    days = 5.0
    sky = sky_of(4000, age_days=days, age_factor=1.0)
    known = Known(sky.published)
    published, truth = known.arcs.at(START), sky.truth.at(START)
    forward = published[:, 3:] + np.cross([0, 0, 7.292115e-5], published[:, :3])
    forward /= np.linalg.norm(forward, axis=1, keepdims=True)
    off = truth[:, :3] - published[:, :3]
    along = np.einsum("ni,ni->n", off, forward)
    beside = np.linalg.norm(off - along[:, None] * forward, axis=1)
    expected = np.sqrt(1.0**2 + (1 + 3 + 9) / 3 * days**2)  # km: the mean square of 1 to 3 evenly is 13/3
    assert np.sqrt(np.mean(along**2)) / 1e3 == pytest.approx(expected, rel=0.05)
    assert np.median(beside) < 600.0


def test_an_object_is_off_by_the_same_at_one_scan_and_the_next() -> None:
    sky = sky_of(500)
    known = Known(sky.published)
    first, later = (sky.truth.at(t)[:, :3] - known.arcs.at(t)[:, :3] for t in (START, START + 10**10))
    assert np.max(np.linalg.norm(later - first, axis=1)) < 0.03 * np.max(np.linalg.norm(first, axis=1))


def test_spheres_are_dark_below_the_wave_and_have_their_disk_above_it() -> None:
    sizes = np.array([0.1, 0.2, 10.0])
    small, twice, large = sphere_rcs_m2(sizes, 2.0)
    assert twice / small == pytest.approx(2**6)
    assert large == pytest.approx(np.pi * 25)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sky.gz"
    path.write_bytes(gzip.compress(sky_of(200).text))
    return path


def test_a_scenario_with_a_sky_of_its_own_is_moved_to_the_day_of_the_catalogue_given(file: Path) -> None:
    later = moved(load("full-sky"), 400)
    back, sky = under_catalogue(later, file)
    assert back == load("full-sky")
    assert len(sky) == 200
    assert "that of sky.gz: 200 objects" in sky.says


def test_a_scenario_of_another_time_refuses_the_catalogue(file: Path) -> None:
    with pytest.raises(ScenarioError, match="of 2022-01-22, omid-2009 is played on 2009-02-02"):
        under_catalogue(load("omid-2009"), file)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("perigee_km = [700.0, 600.0]", "must not be below the first"),
        ("perigee_km = [100.0, 600.0]", "begins at 150 at least"),
        ("apogee_km = [400.0, 500.0]", "apogee_km must reach as high"),
        ("debris = 0.9\nrocket_bodies = 0.2", "make 1 together at most"),
    ],
)
def test_orbits_that_cannot_be_are_refused_with_their_key(line: str, words: str) -> None:
    text = (Path(str(__import__("jointwatch").__file__)).parent / "studies/scenarios/full-sky.toml").read_text()
    keys = tuple(part.split(" =")[0] for part in line.split("\n"))
    head, family, rest = text.partition("[[sky.families]]\n")
    kept = "\n".join(row for row in rest.split("\n\n")[0].split("\n") if not row.startswith(keys))
    with pytest.raises(ScenarioError, match=words) as refused:
        parse(f"{head}{family}{kept}\n{line}\n\n{rest.partition(chr(10) * 2)[2]}".encode(), where="own.toml")
    assert "sky.families.0" in str(refused.value)


def test_no_satellite_is_reported_as_a_launch_and_every_launch_is() -> None:
    """Both radars over 1,500 satellites for five and a half minutes, and the four launches of the scenario at once."""
    scenario = crowded(load("full-sky"))
    plan, desk, flown = prepare(scenario, "as-proposed", speed=0.0)
    assert plan.sky is not None
    watch = Watch("joint", BoostPriors(**vars_of_priors()), Known(plan.sky.published))
    for now in plan.ticks_tai_ns:
        for owner, entries in desk.envelopes_until(now).items():
            for entry in entries:
                watch.hear(owner, decode(dsse.parse(entry).payload))
    picture = watch.picture(plan.ticks_tai_ns[-1])
    assert len(picture.satellites) > 20
    launches = [track for track in picture.tracks if track.launch is not None]
    assert len(launches) == len(flown) == 4
    for flight in scenario.flights:
        off = [abs(t.launch.ellipse.latitude_deg - flight.launch_latitude_deg) for t in launches if t.launch]
        assert min(off) < 1.0


def crowded(scenario: Scenario) -> Scenario:
    """The scenario with a sixteenth of its objects, and all launches within its first minute."""
    flights = tuple(
        flight.model_copy(update={"launch_utc": f"2022-01-22T18:20:{5 + 15 * k:02d}Z"})
        for k, flight in enumerate(scenario.flights)
    )
    assert scenario.sky is not None
    sky = scenario.sky.model_copy(update={"objects": 1500})
    return scenario.model_copy(update={"flights": flights, "sky": sky, "duration_s": 330.0, "notices": ()})


def vars_of_priors() -> dict[str, float]:
    from dataclasses import asdict

    return asdict(boost_prior_parameters())
