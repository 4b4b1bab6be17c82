"""Short real runs, played once for all tests that look at what a run leaves: two centre processes, every byte real."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from jointwatch.studies import evidence
from jointwatch.studies.prepare import prepare
from jointwatch.studies.run import Exercise, Record, Watchers, centres
from jointwatch.studies.scenario import Scenario, load


@dataclass(frozen=True)
class Run:
    """A run directory with what its organiser remembers."""

    directory: Path
    scenario: Scenario
    record: Record
    identities: dict[str, str]


def play(
    scenario: Scenario,
    variant: str,
    folder: Path,
    watchers: Watchers | None = None,
    *,
    page: evidence.Page = lambda played: "<p>no report</p>",
) -> Run:
    """Play a scenario as fast as it goes into a folder."""
    folder.mkdir(parents=True)
    plan, desk, flown = prepare(scenario, variant, speed=0.0)
    with centres(plan.release) as handles:
        record = evidence.perform(
            plan,
            desk,
            flown,
            scenario,
            folder=folder,
            speed=0.0,
            watchers=watchers or Watchers(),
            page=page,
            handles=handles,
        )
    run = msgspec.json.decode((folder / "run.json").read_bytes(), type=evidence.RunFile)
    return Run(folder, scenario, record, {centre.id: centre.fingerprint for centre in run.view.centres})


def shortened(name: str, duration_s: float) -> Scenario:
    """Return a built-in scenario that ends early; notices after its end move to its last ten seconds."""
    return load(name).model_copy(update={"duration_s": duration_s})


@pytest.fixture(scope="session")
def _state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys and databases of the session's runs, away from those of whoever runs the tests."""
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("state")
    patch.setenv("XDG_STATE_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def sejil(_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Sejil-2 as proposed, its first six minutes: two radars, plots released both ways, reports and corrections."""
    return play(shortened("sejil-2009", 390.0), "as-proposed", tmp_path_factory.mktemp("runs") / "sejil")


@pytest.fixture(scope="session")
def omid(_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Omid as it was, to the published orbit: one radar, masked tracklets, a verdict that has to wait."""
    return play(shortened("omid-2009", 780.0), "as-it-was", tmp_path_factory.mktemp("runs") / "omid")


@pytest.fixture(scope="session")
def bereaved(_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Sejil-2 as proposed, with the process of Brussels killed in the fourth minute."""
    scenario = shortened("sejil-2009", 300.0)

    def kill(tick: int, exercise: Exercise) -> None:
        first = exercise.plan.ticks_tai_ns[0]
        if tick - first > 220e9 and not exercise.handles["brussels"].lost:
            exercise.handles["brussels"].cut_power()

    folder = tmp_path_factory.mktemp("runs") / "bereaved"
    return play(scenario, "as-proposed", folder, Watchers(before_tick=kill))
