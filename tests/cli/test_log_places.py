"""`jointwatch log` wherever logs stand: a record in use, published logs in a folder and on the web; and a monitor."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from jointwatch.cli import log_monitor
from jointwatch.exchange.logid import LogId
from jointwatch.messages.heartbeat import Heartbeat
from tests.exchange import two_centres as world
from tests.static_web import served

NOTIFY = LogId("moscow", "common", "notify")


@pytest.fixture
def centres(tmp_path: Path) -> Iterator[list[Any]]:
    found = world.two_centres(tmp_path)
    world.rehearse(found)
    yield found
    for centre in found:
        centre.close()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A web server over tmp_path/web."""
    with served(tmp_path / "web") as at:
        yield at


def trust_file(folder: Path, centres: list[Any]) -> Path:
    pins = [f'{name} = "{pin}"' for name, pin in world.trust_of(centres).items()]
    (folder / "trust.toml").write_text("\n".join(["[centres]", *pins]) + "\n")
    return folder / "trust.toml"


def test_a_record_in_use_is_verified_and_shown(log: Any, centres: list[Any], tmp_path: Path) -> None:
    code, printed = log("verify", tmp_path / "moscow.db", "--trust", trust_file(tmp_path, centres))
    assert (code, printed.splitlines()[-1]) == (0, "Verified, identities as pinned.")
    assert "the record of moscow: 9 logs" in printed
    assert "Statement" not in printed
    code, printed = log("show", tmp_path / "moscow.db", "--log", "brussels/common/notify")
    assert (code, printed.count("heartbeat")) == (0, 3)
    assert log("verify", tmp_path / "state-of-nothing.sqlite")[0] == 2
    (tmp_path / "letter").write_text("not a database " * 100)
    code, printed = log("verify", tmp_path / "letter")
    assert (code, "is no centre's record" in printed) == (2, True)


def test_how_far_a_partner_came_is_said(log: Any, centres: list[Any], tmp_path: Path) -> None:
    centres[0].store.append({NOTIFY: [centres[0].entry(Heartbeat, NOTIFY, number=9)]})
    code, printed = log("verify", tmp_path / "moscow.db")
    assert code == 0
    assert re.search(r"moscow/common/notify +4 +brussels to 3", printed)


def test_an_altered_record_exits_1_and_names_the_entry(log: Any, centres: list[Any], tmp_path: Path) -> None:
    import apsw

    db = apsw.Connection(str(tmp_path / "brussels.db"))
    db.execute("UPDATE entry SET data = CAST(data || x'00' AS BLOB) WHERE position & 0xffff = 2")
    db.close()
    code, printed = log("verify", tmp_path / "brussels.db")
    assert code == 1
    assert "moscow/common/notify, entries 0 to 2: was changed: entry 2 is not the one that was logged" in printed
    assert re.search(r"Not verified: \d parts? (is|are) not what the record says", printed)


def test_common_logs_are_published_verified_and_shown_on_the_web(
    log: Any, centres: list[Any], tmp_path: Path, address: str
) -> None:
    code, printed = log("export", tmp_path / "moscow.db", "--audience", "common", "--out", tmp_path / "web")
    assert code == 0
    assert "6 logs, " in printed
    everything = b"".join(path.read_bytes() for path in (tmp_path / "web").rglob("*") if path.is_file())
    assert world.SECRET.encode() not in everything
    assert b"alone" not in everything, "what was for Brussels alone"
    for place in (tmp_path / "web", address, address + "/"):
        code, printed = log("verify", place, "--trust", trust_file(tmp_path, centres))
        assert (code, printed.splitlines()[-1]) == (0, "Verified, identities as pinned.")
        assert "6 published logs" in printed
    code, printed = log("show", address, "--log", "moscow/common/notify")
    assert (code, printed.count("heartbeat")) == (0, 3)


def test_publishing_again_writes_what_is_new_and_no_more(log: Any, centres: list[Any], tmp_path: Path) -> None:
    words = ("export", tmp_path / "moscow.db", "--audience", "common", "--out", tmp_path / "web")
    log(*words)
    assert "6 logs, 0 files written" in log(*words)[1]
    moscow = centres[0]
    moscow.store.append({NOTIFY: [moscow.entry(Heartbeat, NOTIFY, number=k) for k in range(600)]})
    log(*words)
    assert log("verify", tmp_path / "web")[0] == 0
    moscow.store.append({NOTIFY: [moscow.entry(Heartbeat, NOTIFY, number=k) for k in range(200)]})
    log(*words)
    code, printed = log("verify", tmp_path / "web")
    assert code == 0
    assert re.search(r"moscow/common/notify +803 ", printed)
    assert not (tmp_path / "web/moscow/common/notify/tile/entries/002.p").exists(), "made way for the full tile"


def test_an_older_record_is_not_published_over_a_newer_one(log: Any, centres: list[Any], tmp_path: Path) -> None:
    import shutil

    shutil.copyfile(tmp_path / "moscow.db", tmp_path / "old.db")
    shutil.copyfile(tmp_path / "moscow.db-wal", tmp_path / "old.db-wal")
    centres[0].store.append({NOTIFY: [centres[0].entry(Heartbeat, NOTIFY, number=9)]})
    log("export", tmp_path / "moscow.db", "--audience", "common", "--out", tmp_path / "web")
    code, printed = log("export", tmp_path / "old.db", "--audience", "common", "--out", tmp_path / "web")
    assert code == 1
    assert "more than this record" in printed


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda web: (web / "logs.json").write_text('{"v":1}'), "logs.json is not what a site of logs has there"),
        (lambda web: (web / "logs.json").write_text('{"v":2,"logs":[]}'), "logs.json is of version 2"),
        (
            lambda web: (web / "logs.json").write_text('{"v":1,"logs":["../../etc"]}'),
            "does not name a log|is not a word",
        ),
        (lambda web: (web / "logs.json").unlink(), "has neither logs.json nor the manifest of a run"),
        (lambda web: (web / "logs.json").write_bytes(b" " * (2 << 20)), "has more than 1048576 bytes"),
    ],
)
def test_an_address_without_a_readable_index_exits_2(
    log: Any, centres: list[Any], tmp_path: Path, address: str, damage: Any, words: str
) -> None:
    log("export", tmp_path / "moscow.db", "--audience", "common", "--out", tmp_path / "web")
    damage(tmp_path / "web")
    code, printed = log("verify", address)
    assert code == 2
    assert re.search(words, " ".join(printed.split())), printed


def test_every_damaged_or_missing_file_on_the_web_exits_1(
    log: Any, centres: list[Any], tmp_path: Path, address: str
) -> None:
    web = tmp_path / "web"
    log("export", tmp_path / "moscow.db", "--audience", "common", "--out", web)
    for path in sorted(path for path in web.rglob("*") if path.is_file() and path.name != "logs.json"):
        data = path.read_bytes()
        for damaged in (data[:-1] + bytes([data[-1] ^ 1]), data[:-1], data + b"\n", b"", None):
            if damaged is None:
                path.unlink()
            else:
                path.write_bytes(damaged)
            code, printed = log("verify", address)
            assert code == 1, (path, printed)
        path.write_bytes(data)
    assert log("verify", address)[0] == 0


def test_a_run_directory_on_the_web_is_fetched_and_verified(log: Any, tmp_path: Path, address: str) -> None:
    (tmp_path / "made").mkdir()
    run, made = world.finished_run(tmp_path / "made")
    web = tmp_path / "web"
    web.rmdir()
    run.rename(web)
    code, printed = log("verify", address, "--trust", trust_file(tmp_path, made))
    assert (code, printed.splitlines()[-1]) == (0, "Verified, identities as pinned.")
    assert "35 of 35 files" in printed
    (web / "statement.json").rename(tmp_path / "statement.json")
    code, printed = log("verify", address, "--trust", trust_file(tmp_path, made))
    assert (code, "statement.json: is missing; the manifest lists it" in printed) == (1, True)
    (tmp_path / "statement.json").rename(web / "statement.json")
    for path in ("run.json", "logs/moscow/common/notify/checkpoint", "logs/moscow/common/manifest/tile/0/000.p/1"):
        data = (web / path).read_bytes()
        for damaged in (data[:-1] + bytes([data[-1] ^ 1]), data + b"\n", data[:-1]):
            (web / path).write_bytes(damaged)
            code, printed = log("verify", address)
            assert code == 1, (path, printed)
            assert f"\n{path}: " in printed
        (web / path).write_bytes(data)


def test_an_export_on_the_web_is_verified_as_the_copy_it_is(log: Any, tmp_path: Path, address: str) -> None:
    (tmp_path / "made").mkdir()
    run, _ = world.finished_run(tmp_path / "made")
    (tmp_path / "web").rmdir()
    assert log("export", run, "--audience", "common", "--out", tmp_path / "web")[0] == 0
    code, printed = log("verify", address)
    assert code == 0
    assert "a copy for common" in printed


def test_nobody_at_the_address_exits_2_in_a_sentence(log: Any) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        code, printed = log("verify", f"http://127.0.0.1:{found.getsockname()[1]}")
    assert code == 2
    assert "logs.json: cannot be fetched: ConnectError" in printed


def test_a_run_directory_has_no_published_form(log: Any, tmp_path: Path) -> None:
    assert log("export", tmp_path, "--audience", "common")[0] != 0
    assert log("verify", "ftp://example.com")[0] == 2


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return str(answer.read().decode())


def test_a_monitor_runs_until_it_is_ended_and_says_what_is_wrong(centres: list[Any], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "jointwatch", "log", "monitor", str(tmp_path / "moscow.db")]
    options = ["--state", str(tmp_path / "state"), "--every", "0.1", "--listen", "127.0.0.1:0"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        try:
            address = re.search(r"http://\S+", process.stdout.readline())
            assert address is not None
            deadline = time.monotonic() + 120
            while 'log_entries{log="moscow/common/notify"} 3' not in get(address[0]):
                assert time.monotonic() < deadline
                time.sleep(0.1)
            with pytest.raises(urllib.error.HTTPError, match="404"):
                get(address[0].replace("/metrics", "/"))
            log = centres[0].log("common", "assess")
            stranger = world.SigningKey.generate()
            centres[0].store.append({log: [centres[0].entry(Heartbeat, log, number=1, by=stranger)]})
            assert (
                "moscow/common/assess: refused: 1 entries do not hold; the first: entry 1" in process.stdout.readline()
            )
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 1


class Changing:
    """A page that another round has replaced whenever one looks again."""

    def __init__(self, *bodies: bytes) -> None:
        self._bodies = list(bodies)

    @property
    def body(self) -> bytes:
        return self._bodies.pop(0)


def test_a_page_that_is_replaced_while_it_is_sent_is_sent_whole() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), log_monitor._handler(Changing(b"the one", b"other"))) as server:
        threading.Thread(target=server.handle_request).start()
        assert get(f"http://127.0.0.1:{server.server_address[1]}/metrics") == "the one"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--listen", "nowhere"], 'wants "host:port"'),
        (["--listen", "203.0.113.1:1"], "cannot be listened at"),
        (["--state", "/"], "cannot be used as a monitor's state"),
    ],
)
def test_a_monitor_that_cannot_begin_exits_2(
    log: Any, centres: list[Any], tmp_path: Path, options: list[str], words: str
) -> None:
    code, printed = log("monitor", tmp_path / "moscow.db", "--state", tmp_path / "state", *options)
    assert code == 2
    assert words in printed


def test_an_index_says_no_more_than_which_logs_there_are(log: Any, centres: list[Any], tmp_path: Path) -> None:
    log("export", tmp_path / "moscow.db", "--audience", "common", "--out", tmp_path / "web")
    index = json.loads((tmp_path / "web/logs.json").read_text())
    assert index["v"] == 1
    assert index["logs"] == sorted(index["logs"])
    assert all(name.split("/")[1] == "common" for name in index["logs"])
