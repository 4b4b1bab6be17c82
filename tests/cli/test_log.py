"""`jointwatch log`: exit codes, and that the words name the file and the reason."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from jointwatch.cli.entry_text import in_words
from jointwatch.messages import examples
from tests.exchange import two_centres as world


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    run, centres = world.finished_run(tmp_path_factory.mktemp("finished"))
    return run, centres


@pytest.fixture
def run(finished: tuple[Path, list[Any]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished[0], tmp_path / "run"))


@pytest.fixture
def trust(finished: tuple[Path, list[Any]], tmp_path: Path) -> Path:
    path = tmp_path / "trust.toml"
    lines = [f'{name} = "{fingerprint}"' for name, fingerprint in world.trust_of(finished[1]).items()]
    path.write_text("\n".join(["# read out on the telephone", "[centres]", *lines]) + "\n")
    return path


def test_a_run_that_is_whole_exits_0_and_prints_its_identities(
    log: Any, run: Path, finished: tuple[Path, list[Any]]
) -> None:
    code, printed = log("verify", run)
    assert code == 0
    assert printed.endswith("Consistent, identity not checked.\n")
    for name, fingerprint in world.trust_of(finished[1]).items():
        assert f"Identity of {name}: {fingerprint}" in printed
    assert "Statement signed by brussels, moscow" in printed
    assert "35 of 35 files" in printed


def test_with_a_trust_file_it_says_verified(log: Any, run: Path, trust: Path) -> None:
    code, printed = log("verify", run, "--trust", trust)
    assert (code, printed.splitlines()[-1]) == (0, "Verified, identities as pinned.")


def test_a_run_re_signed_by_someone_else_exits_1_under_trust(log: Any, trust: Path, tmp_path: Path) -> None:
    (tmp_path / "forged").mkdir()
    forged, _ = world.finished_run(tmp_path / "forged")
    assert log("verify", forged)[0] == 0
    code, printed = log("verify", forged, "--trust", trust)
    assert code == 1
    assert "logs/moscow/common/roster/checkpoint: moscow's rosters are signed by SHA256:" in printed
    assert "the trust file pins SHA256:" in printed


def test_every_file_with_a_flipped_byte_exits_1_and_is_named_on_one_line(log: Any, run: Path) -> None:
    for path in sorted(path for path in run.rglob("*") if path.is_file()):
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 4]))
        code, printed = log("verify", run)
        name = path.relative_to(run).as_posix()
        assert code == 1
        assert [line for line in printed.splitlines() if line.startswith(f"{name}: ")], (name, printed)
        assert printed.splitlines()[-1] == "Not verified: 1 file is not what the record says."
        path.write_bytes(data)


def test_missing_and_extra_files_are_named_with_the_reason(log: Any, run: Path) -> None:
    (run / "report.html").unlink()
    (run / "re[bold]port.html").write_text("another")
    code, printed = log("verify", run)
    assert code == 1
    assert "report.html: is missing; the manifest lists it" in printed
    assert "re[bold]port.html: does not belong here; the manifest does not list it" in printed


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("centres = 1", "wanted one table [centres]"),
        ("[centres]", "wanted one table [centres]"),
        ("[centre]\nmoscow = 'x'", "wanted one table [centres]"),
        ("[centres]\nmoscow = 'SHA1:abc'", "centres.moscow must be a fingerprint SHA256:"),
        ("[centres]\nmoscow = 7", "centres.moscow must be a fingerprint SHA256:"),
        ("moscow SHA256:abc", "is not TOML"),
    ],
)
def test_a_trust_file_that_is_wrong_exits_2_with_file_and_key(
    log: Any, run: Path, tmp_path: Path, content: str, sentence: str
) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(content)
    code, printed = log("verify", run, "--trust", path)
    assert code == 2
    assert sentence in printed
    assert "wrong.toml" in printed


def test_wrong_use_exits_2(log: Any, run: Path, tmp_path: Path) -> None:
    assert log("verify", tmp_path / "nowhere")[0] == 2
    assert log("verify", run, "--trust", tmp_path / "nowhere.toml")[0] == 2
    assert log("show", run, "--log", "moscow/common/nothing")[0] == 2
    assert log("export", run, "--audience", "paris")[0] == 2
    assert log("export", run)[0] == 2
    assert log("verify")[0] == 2


def test_show_lists_time_kind_origin_id_and_text(log: Any, run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    code, printed = log("show", run)
    assert code == 0
    assert "moscow/common/notify: 3 entries, signatures not checked" in printed
    (line,) = [line for line in printed.splitlines() if world.SECRET in line and "moscow" in line]
    assert line.split()[:5] == ["0", "2009-05-20T08:50:06.000Z", "incident", "moscow", "moscow-6"]
    code, printed = log("show", run, "--log", "brussels/common/roster")
    assert (code, printed.count("entries, signatures")) == (0, 1)
    assert "roster 1: keys for log, cosign, desk, sensor:armavir" in printed


def test_show_cuts_nothing_on_a_narrow_terminal(log: Any, run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of 80 columns cut the times and the names of logs."""
    monkeypatch.setattr(Console, "width", property(lambda _: 80))
    code, printed = log("show", run)
    assert (code, "…" in printed) == (0, False)
    head = "0  2009-05-20T08:50:06.000Z  incident  moscow  moscow-6"
    assert printed.splitlines()[printed.splitlines().index(head) + 1].startswith("    ")


def test_show_of_a_damaged_log_exits_1_and_names_the_file(log: Any, run: Path) -> None:
    path = run / "logs/moscow/common/notify/tile/entries/000.p/3"
    path.write_bytes(path.read_bytes()[:-1])
    code, printed = log("show", run, "--log", "moscow/common/notify")
    assert code == 1
    assert "tile/entries/000.p/3: is truncated or changed" in printed


def test_export_writes_beside_the_run_and_the_copy_verifies(log: Any, run: Path, trust: Path) -> None:
    code, printed = log("export", run, "--audience", "brussels")
    copy = run.with_name("run-brussels")
    assert code == 0
    assert f"Written to {copy}" in printed
    code, printed = log("verify", copy, "--trust", trust)
    assert code == 0
    assert "a copy for brussels" in printed
    assert "moscow/moscow/record" not in printed
    code, printed = log("export", run, "--audience", "brussels")
    assert code == 2
    assert "choose another with --out" in printed


def test_a_damaged_run_is_not_exported(log: Any, run: Path) -> None:
    (run / "run.json").write_text("{}")
    code, printed = log("export", run, "--audience", "common")
    assert code == 1
    assert "run.json" in printed
    assert not run.with_name("run-common").exists()


@pytest.mark.parametrize("message", examples.EXAMPLES.values(), ids=list(examples.EXAMPLES))
def test_every_kind_of_message_has_words(message: Any) -> None:
    words = in_words(message)
    assert words
    assert "\n" not in words


def test_verification_needs_neither_physics_nor_a_centre() -> None:
    """Anyone can look: the modules behind `log verify` are messages and exchange, and nothing heavy."""
    code = (
        "import sys; from jointwatch.exchange.verify.run import verify_run; import jointwatch.cli.log;"
        "rooms = {name.split('.')[1] for name in sys.modules if name.startswith('jointwatch.')};"
        "assert rooms == {'messages', 'exchange', 'cli'}, rooms;"
        "heavy = {'numpy', 'numba', 'uvicorn', 'httpx', 'apsw'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=800)
