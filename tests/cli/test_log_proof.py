"""`jointwatch log show --proof` and `log verify NAME.tlog-proof`: one entry, and that it stands in its log."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jointwatch.exchange import note, source
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.tiles import read_log_directory
from tests.exchange import two_centres as world
from tests.exchange.second import notes as second

LOG = "moscow/common/notify"
Command = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    run, centres = world.finished_run(tmp_path_factory.mktemp("finished"))
    return run, centres


def key_of(printed: str) -> str:
    """The log's key as the last line of `log show --proof` gives it."""
    return printed.splitlines()[-1].rpartition("--key ")[2]


@pytest.fixture
def written(log: Command, finished: tuple[Path, list[Any]], tmp_path: Path) -> tuple[Path, str]:
    """A proof of the second notice, with the entry beside it, and the key."""
    code, printed = log("show", finished[0], "--log", LOG, "--proof", 1, "--out", tmp_path / "out")
    assert code == 0
    return tmp_path / "out" / "moscow_common_notify_1.tlog-proof", key_of(printed)


def test_each_entry_of_each_log_is_proved_and_two_verifiers_hold_it(
    log: Command, finished: tuple[Path, list[Any]], tmp_path: Path
) -> None:
    run, centres = finished
    folders = [path.parent for path in (run / "logs").rglob("checkpoint")]
    for folder in folders:
        name = folder.relative_to(run / "logs").as_posix()
        entries, _ = read_log_directory(folder)
        owner = next(centre for centre in centres if centre.name == name.split("/")[0])
        for index, entry in enumerate(entries):
            code, printed = log("show", run, "--log", name, "--proof", index, "--out", tmp_path)
            assert code == 0, printed
            path = tmp_path / f"{name.replace('/', '_')}_{index}.tlog-proof"
            assert path.with_suffix(".entry").read_bytes() == entry
            code, printed = log("verify", path, "--key", key_of(printed))
            assert code == 0
            assert f"Entry {index} of jointwatch/rehearsal-1/{name}: " in printed
            second.check_proof(
                path.read_bytes(), entry, f"jointwatch/rehearsal-1/{name}", owner.log_key.public.data, {}
            )
    assert len(folders) == 11


def test_what_is_checked_and_what_is_not_is_said(log: Command, written: tuple[Path, str]) -> None:
    path, key = written
    code, printed = log("verify", path, "--key", key)
    assert code == 0
    assert "heartbeat by moscow: no. 1" in printed
    assert "It stands among the 3 entries that the holder of the key signed." in printed
    assert "Cosigned by jointwatch/rehearsal-1/brussels, and said by whom the entry names: not checked." in printed


@pytest.mark.parametrize("suffix", [".entry", ".tlog-proof"])
def test_an_altered_byte_does_not_hold(log: Command, written: tuple[Path, str], suffix: str) -> None:
    path, key = written
    file = path.with_suffix(suffix)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    code, printed = log("verify", path, "--key", key)
    assert code in (1, 2)
    assert "It stands" not in printed


def test_another_s_entry_or_another_log_s_key_does_not_hold(
    log: Command, written: tuple[Path, str], finished: tuple[Path, list[Any]]
) -> None:
    path, key = written
    log("show", finished[0], "--log", LOG, "--proof", 2, "--out", path.parent)
    shutil.copy(path.parent / "moscow_common_notify_2.entry", path.with_suffix(".entry"))
    code, printed = log("verify", path, "--key", key)
    assert code == 1
    assert printed.endswith("It does not hold.\n")
    other = note.Ed25519Verifier(f"jointwatch/rehearsal-1/{LOG}", finished[1][1].log_key.public)
    code, printed = log("verify", path, "--key", note.verifier_key(other))
    assert code == 1
    assert "no signature by a known key" in printed


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--log", LOG, "--proof", 3), "moscow/common/notify has 3 entries; the last one is number 2"),
        (("--log", "moscow/common/nothing", "--proof", 0), "a proof is of one log; name it with --log: "),
        (("--proof", 0), "a proof is of one log; name it with --log: "),
    ],
)
def test_what_cannot_be_proved_is_said_with_exit_code_2(
    log: Command, finished: tuple[Path, list[Any]], words: tuple[object, ...], why: str
) -> None:
    code, printed = log("show", finished[0], *words)
    assert code == 2
    assert why in " ".join(printed.split())


def test_without_a_key_or_the_entry_it_says_what_is_wanted(log: Command, written: tuple[Path, str]) -> None:
    path, key = written
    code, printed = log("verify", path)
    assert code == 2
    assert "give that log's key with --key, as name+id+base64" in " ".join(printed.split())
    path.with_suffix(".entry").unlink()
    code, printed = log("verify", path, "--key", key)
    assert code == 2
    assert "a proof is checked with the entry beside it" in " ".join(printed.split())


def test_a_run_without_the_owner_s_roster_says_whose_key_is_missing(
    log: Command, finished: tuple[Path, list[Any]], tmp_path: Path
) -> None:
    run = shutil.copytree(finished[0], tmp_path / "run")
    shutil.rmtree(run / "logs/moscow/common/roster")
    code, printed = log("show", run, "--log", LOG, "--proof", 0)
    assert code == 2
    assert "moscow/common/roster is not there; without it nobody knows the key" in " ".join(printed.split())


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 300, 511, 513, 700])
def test_nodes_read_from_tiles_are_those_of_the_store(size: int, tmp_path: Path) -> None:
    from jointwatch.exchange import merkle
    from jointwatch.exchange.database import Database
    from jointwatch.exchange.keys import SigningKey

    log = LogId("moscow", "common", "notify")
    with Store(tmp_path / "record.db", run="r", owner="moscow", log_key=SigningKey.generate()) as store:
        store.append({log: [b"entry %d" % number for number in range(size)]})
        for index in {0, 1 % size, size // 2, size - 1}:
            node = source.node(Database(tmp_path / "record.db"), log, size)
            assert merkle.inclusion_proof(node, index, size) == store.inclusion_proof(log, index, size)
