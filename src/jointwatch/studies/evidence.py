"""The run directory: everything a run leaves, so that a stranger can check it on another machine.

`run.json` says what was played and on what; `logs/` holds the signed logs; the last cosigned entry lists the SHA-256
of every other file. Keys and databases stay outside, and the databases go once their logs are written here.
"""

from __future__ import annotations

import html
import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from jointwatch.centre import record as records
from jointwatch.exchange.run_directory import digests
from jointwatch.messages.picture import RunView
from jointwatch.studies.feed import SensorDesk
from jointwatch.studies.pictures import tracks_table
from jointwatch.studies.run import Exercise, Handles, Plan, Record, Watchers
from jointwatch.studies.scenario import Scenario
from jointwatch.studies.truth import Flown


class Software(msgspec.Struct, frozen=True):
    """What a run was computed with: the version of each package, and the processor."""

    versions: dict[str, str]
    processor: dict[str, str]


def software_here() -> Software:
    """Return what this process computes with."""
    used = ("jointwatch", "numpy", "scipy", "numba", "msgspec", "pynacl", "apsw", "cryptography")
    versions = {"python": platform.python_version()} | {name: version(name) for name in used}
    return Software(versions, processor_features())


class Played(msgspec.Struct, frozen=True):
    """All that a report is made from, handed to whoever writes it."""

    plan: Plan
    scenario: Scenario
    flown: tuple[Flown, ...]
    desk: SensorDesk
    record: Record
    directory: Path  # logs are in it, nothing else yet
    software: Software = msgspec.field(default_factory=software_here)


class RunFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `run.json` holds: what was played, how it ended, and on what it was computed."""

    view: RunView
    scenario: dict[str, Any]
    seed: int
    priors: dict[str, float]
    ended: str  # complete | interrupted
    lost: dict[str, str]  # centre -> how its process was lost
    versions: dict[str, str]
    processor: dict[str, str]
    catalogue: str = ""  # the file here that holds the public catalogue of satellites, where the centres knew one


Page = Callable[[Played], str]


def perform(
    plan: Plan,
    desk: SensorDesk,
    flown: tuple[Flown, ...],
    scenario: Scenario,
    *,
    folder: Path,
    speed: float,
    watchers: Watchers,
    page: Page,
    handles: Handles,
) -> Record:
    """Play the plan and leave a complete run directory, also when it was interrupted or a centre was lost."""
    exercise = Exercise(plan, desk, watchers, handles, _catalogue(folder, plan))
    watchers.started(exercise.open(plan.ticks_tai_ns[0]))
    exercise.play(speed=speed)
    exercise.conclude()
    _write_logs(folder, exercise)
    played = Played(exercise.plan, scenario, flown, desk, exercise.record, folder)
    _write_files(folder, played, _drawn(page, played))
    exercise.keep(digests(folder))
    exercise.write_logs(folder, manifest=True)
    exercise.leave()
    for centre in plan.release:
        records.remove(centre, plan.view.run, plan.view.mode, plan.state)
    return exercise.record


def _catalogue(folder: Path, plan: Plan) -> Path | None:
    """Put the catalogue that the centres know into the run directory: without it no picture could be rebuilt."""
    if plan.sky is None:
        return None
    path = folder / plan.sky.file_name
    path.write_bytes(plan.sky.text)
    return path


def _drawn(page: Page, played: Played) -> str:
    """Return the report; where it cannot be drawn, a page that says so: no evidence is lost for want of a picture."""
    try:
        return page(played)
    except Exception as error:  # whatever it was, it is told here, on the terminal and by the exit code
        played.record.report_fault = f"{type(error).__name__}: {error}"
        why = html.escape(played.record.report_fault)
        banner = html.escape(played.plan.view.banner)
        return f"<!doctype html><title>{banner}</title><h1>{banner}</h1><p>The report could not be drawn: {why}.</p>\n"


def _write_logs(folder: Path, exercise: Exercise) -> None:
    """Write every log but the manifest's; those of a lost centre from its database, since nothing accepted is lost."""
    exercise.write_logs(folder, manifest=False)
    view = exercise.plan.view
    for name in exercise.record.lost:
        records.write_logs_of_lost(name, view.run, view.mode, exercise.plan.state, folder)


def _write_files(folder: Path, played: Played, report: str) -> None:
    (folder / "report.html").write_text(report, encoding="utf-8")
    (folder / "statement.json").write_bytes(played.record.statement)
    lines = (msgspec.json.encode(event) + b"\n" for event in played.record.events)
    (folder / "events.jsonl").write_bytes(b"".join(lines))
    tracks_table(played.record.snapshots).write_parquet(folder / "tracks.parquet", statistics=False)
    (folder / "run.json").write_bytes(msgspec.json.format(msgspec.json.encode(_run_file(played)), indent=2) + b"\n")


def _run_file(played: Played) -> RunFile:
    return RunFile(
        view=played.plan.view,
        scenario=played.scenario.model_dump(mode="json"),
        seed=played.scenario.seed,
        priors={prior.name: prior.value for prior in played.plan.priors},
        ended="interrupted" if played.record.interrupted else "complete",
        lost=played.record.lost,
        versions=played.software.versions,
        processor=played.software.processor,
        catalogue=played.plan.sky.file_name if played.plan.sky else "",
    )


def processor_features() -> dict[str, str]:
    """Return the machine and the instruction sets that decide the last bits of floating-point results."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.is_file() else []
    flags = next((line.split() for line in lines if line.startswith(("flags", "Features"))), [])
    told = sorted(f for f in flags if f in {"sse4_2", "avx", "avx2", "fma", "asimd"} or f.startswith("avx512"))
    return {"machine": platform.machine(), "system": platform.system(), "instructions": " ".join(told)}
