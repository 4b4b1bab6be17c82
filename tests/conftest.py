"""Short real runs, played once for all tests that look at what a run leaves: two centre processes, every byte real."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings

from jointwatch.studies import evidence
from jointwatch.studies.prepare import prepare
from jointwatch.studies.run import Exercise, Record, Watchers, centres
from jointwatch.studies.scenario import Scenario, load

# A test asserts no time, whatever else the machine does. Examples are drawn anew by whoever runs the tests, and are the
# same each time where a change is judged by one run: that then says something of the change.
no_times: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
if os.environ.get("JOINTWATCH_SAME_EXAMPLES") == "1":
    no_times |= {"derandomize": True, "database": None}
settings.register_profile("no times", **no_times)
settings.load_profile("no times")

LONG = """
    faults/test_rows stories/test_stories cli/test_run studies/test_run centre/test_key_changes display/test_page
    stories/test_four_centres stories/test_watching centre/test_consoles cli/test_claims centre/test_recovery
    stories/test_dishonest_feed cli/test_reporting centre/test_declared_radars centre/test_station fuzz/test_targets
    cli/test_centre_sensor api/test_every_call debate/test_notebook joint/test_cluster joint/test_work
    centre/test_service exchange/test_monitor exchange/test_line_faults display/test_report cli/test_study_report
    alerts/test_killed
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first, so that no process has one to play when the others have ended."""
    order = {name: place for place, name in enumerate(LONG.split())}
    items.sort(key=lambda item: order.get(f"{item.path.parent.name}/{item.path.stem}", len(order)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show why a test failed that held when it was played again, as of one that failed."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"failed, and was played again: {report.nodeid}")
        report.toterminal(terminalreporter._tw)


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
    return _of(folder, scenario, record)


def _of(folder: Path, scenario: Scenario, record: Record) -> Run:
    run = msgspec.json.decode((folder / "run.json").read_bytes(), type=evidence.RunFile)
    return Run(folder, scenario, record, {centre.id: centre.fingerprint for centre in run.view.centres})


def once(scenario: Scenario, variant: str, folder: Path, watchers: Watchers | None = None) -> Run:
    """The run in this folder, played by whichever process of the session wants it first."""
    kept = folder.with_suffix(".msgpack")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(msgspec.msgpack.encode(play(scenario, variant, folder, watchers).record))
    return _of(folder, scenario, msgspec.msgpack.decode(kept.read_bytes(), type=Record))


def shortened(name: str, duration_s: float) -> Scenario:
    """Return a built-in scenario that ends early; notices after its end move to its last ten seconds."""
    return load(name).model_copy(update={"duration_s": duration_s})


@pytest.fixture(scope="session")
def _runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the session's processes keep runs, their keys and databases away from those of whoever runs the tests."""
    folder = tmp_path_factory.getbasetemp()
    folder = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "runs"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / f"state-{os.getpid()}"))
        yield folder


@pytest.fixture(scope="session")
def sejil(_runs: Path) -> Run:
    """Sejil-2 as proposed, its first six minutes: two radars, plots released both ways, reports and corrections."""
    return once(shortened("sejil-2009", 390.0), "as-proposed", _runs / "sejil")


@pytest.fixture(scope="session")
def omid(_runs: Path) -> Run:
    """Omid as it was, to the published orbit: one radar, masked tracklets, a verdict that has to wait."""
    return once(shortened("omid-2009", 780.0), "as-it-was", _runs / "omid")


@pytest.fixture(scope="session")
def bereaved(_runs: Path) -> Run:
    """Sejil-2 as proposed, with the process of Brussels killed in the fourth minute."""

    def kill(tick: int, exercise: Exercise) -> None:
        first = exercise.plan.ticks_tai_ns[0]
        if tick - first > 220e9 and not exercise.handles["brussels"].lost:
            exercise.handles["brussels"].cut_power()

    return once(shortened("sejil-2009", 300.0), "as-proposed", _runs / "bereaved", Watchers(before_tick=kill))
