"""`jointwatch run` and `demo` as a person types them: by their words and exit codes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jointwatch.exchange.verify.run import verify_run

SHORT = 120.0  # seconds of exercise: enough for plots, not for a track


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """Sejil-2 cut to its first two minutes, as a file of the user's own."""
    built_in = Path(__file__).parents[2] / "src/jointwatch/studies/scenarios/sejil-2009.toml"
    text = built_in.read_text().replace("duration_s = 1080.0", f"duration_s = {SHORT}")
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return path


Here = Callable[..., tuple[int, str, str]]


@pytest.fixture
def here(jointwatch: Here, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Here:
    """A command line in this process, in a folder of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return jointwatch


def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "COLUMNS": "200"}


def alone(tmp_path: Path, *arguments: object, timeout_s: float = 800.0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jointwatch", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, env=environment(tmp_path), timeout=timeout_s, cwd=tmp_path
    )


def test_a_run_leaves_a_directory_that_log_verify_accepts(tmp_path: Path, scenario: Path) -> None:
    out = tmp_path / "D"
    ran = alone(tmp_path, "run", scenario, "--variant", "as-proposed", "--speed", "max", "--no-serve", "--out", out)
    assert ran.returncode == 0, ran.stderr
    assert "EXERCISE" in ran.stdout
    assert "COUNTERFACTUAL" in ran.stdout
    assert "Joint statement" in ran.stdout
    assert {path.name for path in out.iterdir()} == {
        "run.json", "logs", "tracks.parquet", "events.jsonl", "statement.json", "report.html",
    }  # fmt: skip
    verified = alone(tmp_path, "log", "verify", out)
    assert verified.returncode == 0, verified.stdout
    replayed = alone(tmp_path, "replay", out)
    assert replayed.returncode == 0, replayed.stdout


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("range_km", "range_m", "mine.toml: flights.0.range_m: this key is not known; did you mean 'range_km'?"),
        ('name = "armavir"', 'name = "armavia"', "the catalogue has no radar 'armavia'; did you mean 'armavir'?"),
        (
            "azimuth_deg = 150.0",
            "azimuth_deg = 400.0",
            "mine.toml: flights.0.azimuth_deg: input should be less than 360",
        ),
        ("counterfactual = true", "counterfactual = false", "was not on duty on 2009-05-20"),
    ],
)
def test_a_wrong_scenario_is_one_sentence_and_exit_2(
    here: Here, tmp_path: Path, scenario: Path, old: str, new: str, words: str
) -> None:
    scenario.write_text(scenario.read_text().replace(old, new, 1))
    code, _, said = here("run", scenario, "--no-serve", "--out", tmp_path / "D")
    assert (code, words in said, said.count("\n")) == (2, True, 1), said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "sejil-209", "--no-serve"], "no scenario 'sejil-209'; did you mean 'sejil-2009'?"),
        (["run", "sejil-2009", "--variant", "as-dreamt", "--no-serve"], "has no variant 'as-dreamt'"),
        (["run", "sejil-2009", "--speed", "fast", "--no-serve"], "--speed takes a number"),
        (["replay", "nowhere"], "nowhere is not a run directory"),
        (["log", "export", "nowhere", "--audience", "../x"], "nowhere is neither a directory nor a file"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_2(here: Here, arguments: list[str], words: str) -> None:
    code, _, said = here(*arguments)
    assert (code, words in said, "Traceback" in said) == (2, True, False), said


def test_a_run_directory_that_exists_is_refused_unless_forced(here: Here, tmp_path: Path, scenario: Path) -> None:
    out = tmp_path / "D"
    out.mkdir()
    (out / "letter.txt").write_text("mine")
    code, _, said = here("run", scenario, "--no-serve", "--out", out)
    assert (code, "D exists and is not empty; give another --out, or --force to replace it" in said) == (2, True)
    code, _, said = here("run", scenario, "--no-serve", "--out", out, "--force")
    assert (code, "is not a run directory (no run.json); --force replaces only those" in said) == (2, True)
    assert (out / "letter.txt").read_text() == "mine"


def test_a_port_in_use_says_so_and_offers_another(here: Here, tmp_path: Path, scenario: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, said = here("run", scenario, "--port", port, "--out", tmp_path / "D")
    assert (code, str(port) in said, "--port" in said) == (2, True, True), said


def test_ctrl_c_ends_cleanly_and_leaves_a_valid_run_directory(tmp_path: Path, scenario: Path) -> None:
    out = tmp_path / "D"
    command = [
        sys.executable,
        "-m",
        "jointwatch",
        "run",
        str(scenario),
        "--speed",
        "5",
        "--no-serve",
        "--out",
        str(out),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(tmp_path), cwd=tmp_path
    )
    try:
        assert process.stdout is not None
        while "linked with" not in process.stdout.readline():
            assert process.poll() is None
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    assert "Run directory" in output
    assert "Traceback" not in errors
    report = verify_run(out)
    assert report.ok, report.faults
    assert '"ended": "interrupted"' in (out / "run.json").read_text()


def test_a_reader_that_goes_away_does_not_cost_the_run(tmp_path: Path, scenario: Path) -> None:
    out = tmp_path / "D"
    command = f"{sys.executable} -m jointwatch run {scenario} --speed max --no-serve --out {out} | head -2"
    subprocess.run(command, shell=True, env=environment(tmp_path), cwd=tmp_path, timeout=800, capture_output=True)
    assert verify_run(out).ok


def test_help_names_every_command_with_a_sentence(tmp_path: Path) -> None:
    helped = alone(tmp_path, "--help")
    assert helped.returncode == 0
    for name in ("demo", "run", "replay", "log", "catalogue"):
        assert re.search(rf"\b{name}\b +\S", helped.stdout), name


def test_help_imports_no_command_and_no_array_library(tmp_path: Path) -> None:
    """What keeps help quick: numpy, numba and pydantic are not loaded for it."""
    code = "import sys; sys.argv=['jointwatch','--help']\ntry:\n from jointwatch.cli.main import main; main()\n"
    code += "except SystemExit: pass\nassert not {'numpy','numba','pydantic','msgspec'} & set(sys.modules), 'heavy'"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(tmp_path))
    assert ran.returncode == 0, ran.stderr
