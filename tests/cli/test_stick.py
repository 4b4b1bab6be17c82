"""`jointwatch log export` and `log import` with a stick between two centres that have no line."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from jointwatch.centre import record
from jointwatch.exchange.keys import write_key
from tests.exchange import two_centres as world


@pytest.fixture
def records(tmp_path: Path) -> dict[str, Path]:
    """Two centres' records and keys as they lie in their state folders; neither centre is running."""
    moscow, brussels = world.two_centres(tmp_path)
    moscow.say("common", "notify", "a launch")
    moscow.say("brussels", "plot", "a scan")
    moscow.say("moscow", "record", world.SECRET)
    found = {}
    for centre in (moscow, brussels):
        centre.close()
        path = record.database(tmp_path / "state", "exercise", centre.name, centre.run)
        shutil.copy(tmp_path / f"{centre.name}.db", path)
        for purpose, key in (("log", centre.log_key), ("cosign", centre.cosign_key)):
            write_key(record.place(path).keys / f"{purpose}.pem", key)
        found[centre.name] = path
    lines = [f'{name} = "{key}"' for name, key in world.trust_of([moscow, brussels]).items()]
    (tmp_path / "trust.toml").write_text("\n".join(["[centres]", *lines]) + "\n")
    return found


@pytest.fixture
def log(said: Any) -> Any:
    def run(*words: object) -> tuple[int, list[str]]:
        code, printed = said("log", *words)
        return code, printed.splitlines()

    return run


def test_frames_go_out_and_receipts_come_back(log: Any, records: dict[str, Path], tmp_path: Path) -> None:
    stick, trust = tmp_path / "stick", tmp_path / "trust.toml"
    out = ("export", records["moscow"], "--audience", "brussels", "--out", stick)
    code, printed = log(*out)
    assert (code, printed[-1]) == (0, "3 files for brussels.")
    assert "rehearsal-1/moscow/brussels/moscow_common_roster_000000000000000.frame" in printed
    code, printed = log("import", stick, "--into", records["brussels"], "--trust", trust)
    assert (code, printed[-1]) == (0, "3 taken in, 0 refused.")
    assert "moscow/brussels/plot: entries 0 to 0, verified, kept and cosigned" in printed
    log("export", records["brussels"], "--audience", "moscow", "--out", stick)
    code, printed = log("import", stick, "--into", records["moscow"], "--trust", trust)
    assert code == 0
    assert "moscow/brussels/plot: brussels has verified it" in printed
    assert log(*out) == (0, ["brussels has acknowledged everything."])
    assert world.SECRET.encode() not in b"".join(path.read_bytes() for path in stick.rglob("*") if path.is_file())


def test_a_damaged_file_exits_1_and_is_named_with_the_rule(log: Any, records: dict[str, Path], tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    log("export", records["moscow"], "--audience", "brussels", "--out", stick)
    (hurt,) = stick.rglob("*notify*.frame")
    hurt.write_bytes(hurt.read_bytes()[:-3])
    code, printed = log("import", stick, "--into", records["brussels"], "--trust", tmp_path / "trust.toml")
    assert (code, printed[-1]) == (1, "2 taken in, 1 refused.")
    (line,) = [line for line in printed if line.startswith(f"moscow/{hurt.name}: ")]
    assert line.endswith("[jointwatch frame v1]")


def test_another_identity_than_the_pinned_one_is_refused(log: Any, records: dict[str, Path], tmp_path: Path) -> None:
    stick, trust = tmp_path / "stick", tmp_path / "trust.toml"
    log("export", records["moscow"], "--audience", "brussels", "--out", stick)
    trust.write_text('[centres]\nmoscow = "SHA256:Zmh6rfhivXdsj8GLjp+OIAiXFIVu4jOzkCpZHQ1fKSU"\n')
    code, printed = log("import", stick, "--into", records["brussels"], "--trust", trust)
    assert (code, printed[-1]) == (1, "0 taken in, 3 refused.")
    assert not list(stick.rglob("*.receipt"))


def test_wrong_use_exits_2_and_says_what_to_do(log: Any, records: dict[str, Path], tmp_path: Path) -> None:
    trust, moscow = tmp_path / "trust.toml", records["moscow"]
    (tmp_path / "empty").mkdir()
    wrong = {
        "say where it is with --out": ("export", moscow, "--audience", "brussels"),
        "is not a word of a log's name": ("export", moscow, "--audience", "../x", "--out", tmp_path / "s"),
        "is not a directory": ("import", tmp_path / "nowhere", "--into", moscow, "--trust", trust),
        "is no centre's record": ("import", tmp_path, "--into", tmp_path / "no.sqlite", "--trust", trust),
        "holds nothing for moscow in the run rehearsal-1 from brussels": (
            *("import", tmp_path / "empty", "--into", moscow, "--trust", trust),
        ),
    }
    for sentence, words in wrong.items():
        code, printed = log(*words)
        assert code == 2, words
        assert sentence in " ".join(printed), printed
    (record.place(moscow).keys / "log.pem").unlink()
    code, printed = log("export", moscow, "--audience", "brussels", "--out", tmp_path / "s")
    assert code == 2
    assert "log key" in " ".join(printed)


def test_a_record_in_use_is_left_alone(log: Any, records: dict[str, Path], tmp_path: Path) -> None:
    from jointwatch.cli.stick import opened

    with opened(records["moscow"]):
        code, printed = log("export", records["moscow"], "--audience", "brussels", "--out", tmp_path / "stick")
    assert code == 2
    assert "in use by another process" in " ".join(printed)
