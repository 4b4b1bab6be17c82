"""Space launch or missile follows from the track alone: names say nothing, physics everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from jointwatch.assessment.estimate import Assessment
from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre.watch import Watch
from jointwatch.exchange import dsse
from jointwatch.messages.encoding import decode
from jointwatch.studies.prepare import prepare
from jointwatch.studies.scenario import Scenario, load


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def watched(scenario: Scenario, variant: str = "as-proposed") -> Assessment:
    """What one watch that hears all radars makes of the scenario's one object."""
    plan, desk, _ = prepare(scenario, variant, speed=0.0)
    watch = Watch("test", BoostPriors(**{prior.name: prior.value for prior in plan.priors}))
    for tick in plan.ticks_tai_ns:
        for entries in desk.envelopes_until(tick).values():
            for entry in entries:
                watch.hear("test", decode(dsse.parse(entry).payload))
    (held,) = watch.held()
    found = watch.assessment(held.id)
    assert found is not None
    return found


def changed(name: str, scenario: dict[str, object] | None = None, **flight: object) -> Scenario:
    original = load(name)
    flights = (original.flights[0].model_copy(update=flight),)
    return original.model_copy(update={"flights": flights, "duration_s": 480.0, **(scenario or {})})


def test_a_missile_called_a_space_launch_stays_a_missile() -> None:
    disguised = changed(
        "sejil-2009", {"name": "peaceful-satellite", "title": "A weather satellite"}, id="weather-satellite"
    )
    assert watched(disguised).verdict.verdict == "missile"


@pytest.mark.parametrize(
    "flight",
    [
        {"azimuth_deg": 200.0},
        {"launch_latitude_deg": 34.0, "launch_longitude_deg": 51.0},
        {"range_km": 1400.0, "apogee_km": None},
    ],
    ids=["another bearing", "another place", "a shorter flight"],
)
def test_a_missile_perturbed_stays_a_missile(flight: dict[str, object]) -> None:
    assert watched(changed("sejil-2009", **flight)).verdict.verdict == "missile"


def orbital(**flight: object) -> Scenario:
    """A space launch that cuts off high and near Gabala: in its field, so that coasting is seen."""
    return changed(
        "omid-2009",
        {"notices": ()},
        launch_latitude_deg=39.5,
        launch_longitude_deg=44.0,
        azimuth_deg=130.0,
        perigee_km=420.0,
        apogee_km=600.0,
        **flight,
    )


def test_a_space_launch_whose_cut_off_is_seen_is_called_one() -> None:
    found = watched(orbital())
    assert found.verdict.verdict == "space launch", found.verdict.reason
    assert found.impact is None


def test_a_space_launch_called_a_missile_stays_a_space_launch() -> None:
    disguised = orbital(id="icbm-test").model_copy(update={"name": "icbm-test", "title": "An intercontinental missile"})
    assert watched(disguised).verdict.verdict == "space launch"


def test_without_its_cut_off_a_space_launch_is_undecided_with_the_reason() -> None:
    found = watched(changed("omid-2009", {"notices": ()}), "as-it-was")
    assert found.verdict.verdict == "undecided"
    assert "still accelerating" in found.verdict.reason
