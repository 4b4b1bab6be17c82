"""`jointwatch run --sensors-only`: an exercise before centres in processes of their own, and its report."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from jointwatch.cli import after_action_files, after_action_text, run_sensors
from jointwatch.exchange import dsse, source
from jointwatch.exchange.database import Database
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import hear
from jointwatch.messages.plot_report import PlotReport
from tests.centre import serving

Run = Callable[..., tuple[int, str]]
BUILT_IN = Path(__file__).parents[2] / "src/jointwatch/studies/scenarios/sejil-2009.toml"
SCRIPT = """
[[injects]]
at_s = 100.0
radar = "armavir"
does = "sends twice"

[[injects]]
at_s = 110.0
text = "Brussels is told by telephone that Moscow sees something."
"""


@pytest.fixture
def run(said: Run, monkeypatch: pytest.MonkeyPatch, made: tuple[Path, Path]) -> Run:
    monkeypatch.chdir(made[0].parent)
    return partial(said, "run")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two centres that know each other, each with its radar, whose folders lie together; a short scenario."""
    tmp_path = tmp_path_factory.mktemp("exercise")
    moscow, brussels = tmp_path / "moscow", tmp_path / "brussels"
    for folder, words in ((moscow, ("sensor-writer:armavir",)), (brussels, ("sensor:gabala", "--partner", moscow))):
        listen = ("--no-page", "--listen", serving.address())
        done = serving.command("centre", "init", folder, "--client", *words, *listen)
        assert done.returncode == 0, done.stderr
    (tmp_path / "radars").mkdir()
    for folder, name in ((moscow, "armavir"), (brussels, "gabala")):
        shutil.copytree(folder / "clients" / name, tmp_path / "radars" / name)
    (tmp_path / "mine.toml").write_text(BUILT_IN.read_text().replace("duration_s = 1080.0", "duration_s = 130.0"))
    (tmp_path / "script.toml").write_text(SCRIPT)
    return moscow, brussels


def plots_of(folder: Path, name: str) -> list[PlotReport]:
    record = Database(folder / "runs" / "watch.sqlite")
    log = LogId.parse(serving.shard(f"{folder.name}/{folder.name}/record"))
    size = serving.health(folder)["logs"][str(log)]["size"]
    found = [hear(dsse.parse(entry).payload) for entry in source.entries(record, log, 0, size, size)]
    return [message for message in found if isinstance(message, PlotReport) and message.sensor == name]


def test_an_exercise_feeds_centres_elsewhere_and_says_afterwards_what_was_said(
    run: Run, made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path = made[0].parent
    monkeypatch.setattr(run_sensors, "AFTER_S", 0.5)
    with serving.serving(made[0]), serving.serving(made[1]):
        serving.opened(*made)
        words = ("--variant", "as-proposed", "--sensors-only", "--credentials", "radars", "--script", "script.toml")
        heard = ("--heard", made[0], "--heard", made[1])
        address = (made[1] / "centre.toml").read_text().split('listen = "')[1].split('"')[0]
        url = f"brussels=https://{address}"
        code, said = run("mine.toml", *words, "--submit", url, "--speed", "40", *heard, "--out", "out")
        assert code == 0, said
        found = {name: plots_of(folder, name) for folder, name in zip(made, ("armavir", "gabala"), strict=True)}
    kept = json.loads((tmp_path / "out" / "after-action.json").read_text())
    scans = {name: sum(h["scans"] for h in kept["handed"] if h["radar"] == name) for name in found}
    assert scans["gabala"] == len(found["gabala"])
    assert scans["armavir"] > len(found["armavir"]) > 20  # what was sent twice stands once
    assert all(handed["why"] == "" and handed["kept_tai_ns"] for handed in kept["handed"])
    text = (tmp_path / "out" / "after-action.md").read_text()
    assert "**sejil-2**: missile, from 36.23 N 55.33 E at " in text
    assert "Brussels is told by telephone that Moscow sees something." in text
    assert "| release_policy | policy 1:" in text or "| armavir | moscow |" in text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--sensors-only",), "--sensors-only wants --credentials DIR"),
        (("--credentials", "radars"), "are of --sensors-only"),
        (("--sensors-only", "--credentials", "nowhere"), "centre init moscow --client sensor-writer:armavir"),
        (("--sensors-only", "--credentials", "radars", "--speed", "max"), "so give a number"),
        (("--sensors-only", "--credentials", "radars", "--speed", "fast"), "--speed takes a number"),
        (("--sensors-only", "--credentials", "radars", "--variant", "as-it-was"), "and gabala feeds moscow in this"),
        (("--sensors-only", "--credentials", "radars", "--submit", "moscow:8701"), "wants CENTRE=https://HOST:PORT"),
        (("--sensors-only", "--credentials", "radars", "--submit", "https://x:1"), "which centre is it? Write CENTRE="),
        (("--sensors-only", "--credentials", "radars", "--submit", "ankara=https://x:1"), "which centre is it?"),
        (("--sensors-only", "--credentials", "radars", "--script", "none.toml"), "none.toml: cannot be read"),
        (("--sensors-only", "--credentials", "radars", "--out", "radars"), "exists and is not empty"),
        (("--sensors-only", "--credentials", "radars", "--heard", "nowhere"), "nowhere is neither a directory nor a"),
    ],
)
def test_wrong_use_is_one_sentence_and_nothing_is_played(run: Run, words: tuple[str, ...], sentence: str) -> None:
    code, said = run("mine.toml", "--variant", "as-proposed", *words)
    assert (code, sentence in said, "Traceback" in said) == (2, True, False), said


def test_satellites_of_another_day_are_not_played_today(run: Run) -> None:
    code, said = run("full-sky", "--sensors-only", "--credentials", "radars")
    assert (code, "satellites overhead, which are elsewhere by now" in said) == (2, True)


def test_a_centre_that_is_not_there_is_given_up_and_said_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_sensors, "WAITED_S", 0.2)
    words = (
        "--variant",
        "as-proposed",
        "--sensors-only",
        "--credentials",
        "radars",
        "--speed",
        "400",
        "--out",
        "given-up",
    )
    code, said = run("mine.toml", *words)
    assert code == 1
    assert "gabala: brussels cannot be reached" in said
    assert "--heard names where their logs can be read" in said


def test_a_place_that_can_no_longer_be_read_costs_nothing_else(tmp_path: Path) -> None:
    read = after_action_files.entries_since([str(tmp_path / "gone")], 0)
    assert read.entries == ()
    assert "gone could not be read to its end: " in read.unread[0]
    assert list(after_action_text.paragraphs(read.unread))[1] == ""
