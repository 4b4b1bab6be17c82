"""`jointwatch centre people`, and what `centre serve` says as JSON."""

from __future__ import annotations

import json
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest

from jointwatch.cli import journals
from tests import ports
from tests.centre import serving

PASSWORD = "a long enough password\n"


def people(*words: object, password: str = "") -> subprocess.CompletedProcess[str]:
    return serving.command("centre", "people", *words, given=password)


@pytest.fixture(scope="module")
def moscow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people") / "moscow"
    clients = [word for one in ("watch-officer:ivanova", "auditor:ngo") for word in ("--client", one)]
    listen = ("--listen", f"127.0.0.1:{ports.free()}", "--page", f"127.0.0.1:{ports.free()}")
    done = serving.command("centre", "init", folder, *clients, *listen)
    assert (done.returncode, "Page: http://127.0.0.1:" in done.stdout) == (0, True)
    return folder


def test_people_are_added_listed_and_removed(moscow: Path, tmp_path: Path) -> None:
    added = people("add", moscow, "watch-officer:ivanova", password=PASSWORD)
    assert (added.returncode, "ivanova may sign in as watch-officer" in added.stdout) == (0, True)
    (tmp_path / "password").write_text(PASSWORD)
    assert people("add", moscow, "auditor:ngo", "--password-file", tmp_path / "password").returncode == 0
    assert people("list", moscow).stdout.split() == ["ivanova", "watch-officer", "ngo", "auditor"]
    assert people("remove", moscow, "ngo").returncode == 0
    assert people("list", moscow).stdout.split() == ["ivanova", "watch-officer"]


@pytest.mark.parametrize(
    ("words", "password", "sentence"),
    [
        (("add", "{}", "ivanova"), PASSWORD, "is no client; wanted ROLE:NAME"),
        (("add", "{}", "admin:admin"), PASSWORD, "is no person; wanted ROLE:NAME with a role of watch-officer"),
        (("add", "{}", "analyst:petrov"), PASSWORD, "keys draft --enrol analyst:petrov"),
        (("add", "{}", "auditor:ngo"), "short\n", "15 to 256 characters; this one has 5"),
        (("add", "{}", "auditor:ngo", "--password-file", "nowhere"), "", "nowhere"),
        (("add", "nowhere", "auditor:ngo"), PASSWORD, "nowhere"),
        (("remove", "{}", "nobody"), "", "nobody of that name may sign in"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    moscow: Path, words: tuple[str, ...], password: str, sentence: str
) -> None:
    done = people(*(word.format(moscow) for word in words), password=password)
    assert (done.returncode, sentence in done.stderr) == (2, True), done.stderr
    assert "Traceback" not in done.stderr


def test_a_centre_serves_its_page_and_tells_it_as_json(moscow: Path) -> None:
    people("add", moscow, "watch-officer:ivanova", password=PASSWORD)
    with serving.serving(moscow, "--json"):
        serving.wait_for(lambda: len(lines(moscow)) >= 2)
        url = next(line["address"] for line in lines(moscow) if line["event"] == "page")
        with httpx.Client(base_url=f"{url}api/v1", trust_env=False) as browser:
            wrong = browser.post("/session", json={"name": "ivanova", "password": "wrong"})
            right = browser.post("/session", json={"name": "ivanova", "password": PASSWORD.strip()})
            guard = {"X-Jointwatch-Guard": right.json()["guard"]}
            kept = browser.post("/acts/remark", json={"text": "noted"}, headers=guard)
            assert [wrong.status_code, right.status_code, kept.status_code] == [401, 200, 201]
            seen = browser.get(f"{url}api/run").json()
            assert (seen["run"], [centre["id"] for centre in seen["centres"]]) == ("watch", ["moscow"])
            assert httpx.get(f"{url}health", trust_env=False).json()["status"] == "serving"
            assert browser.get(f"{url}health", headers={"host": "evil.example"}).status_code == 403
            assert browser.get(f"{url}api/run", headers={"origin": "http://evil.example"}).status_code == 403
    told_by_now = lines(moscow)
    assert [line["event"] for line in told_by_now] == ["serving", "page", "sign-in", "sign-in", "act", "ended"]
    assert {line["centre"] for line in told_by_now} == {"moscow"}
    act = told_by_now[4]
    assert (act["person"], act["role"], act["act"]) == ("ivanova", "watch-officer", "remark")
    shown = serving.command("log", "show", moscow / "runs" / "watch.sqlite")
    assert "ivanova, watch-officer: remark: noted" in " ".join(shown.stdout.split()), shown.stderr


def lines(centre: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (centre / "serving.txt").read_text().splitlines() if line.startswith("{")]


def test_a_sentence_that_quotes_what_came_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for journal in (journals.as_text("moscow"), journals.as_json("moscow")):
        journal("sign-in", "of nobody\n\x1b[2J", person="nobody")
        printed = capsys.readouterr().out
        assert printed.count("\n") == 1
        assert "\x1b" not in printed


def test_a_page_for_other_machines_wants_a_certificate(moscow: Path) -> None:
    path = moscow / "centre.toml"
    before = path.read_text()
    path.write_text(before.replace('[page]\nlisten = "127.0.0.1:', '[page]\nlisten = "0.0.0.0:'))
    done = serving.command("centre", "serve", moscow)
    path.write_text(before)
    assert (done.returncode, "passwords would go to 0.0.0.0 in the clear" in done.stderr) == (2, True), done.stderr


def test_by_https_the_cookie_is_for_this_host_and_for_no_line_in_the_clear(moscow: Path) -> None:
    people("add", moscow, "watch-officer:ivanova", password=PASSWORD)
    path, leaf = moscow / "centre.toml", "keys/line/tls-leaf.pem"  # a certificate for 127.0.0.1 that is at hand
    before = path.read_text()
    path.write_text(
        before.replace("[page]\n", f'[page]\ncertificate = "{leaf}"\nkey = "{leaf}"\nnames = ["localhost"]\n')
    )
    (moscow / "serving.txt").unlink(missing_ok=True)
    trusted = ssl.create_default_context(cadata=(moscow / "keys" / "line" / "tls-ca.pem").read_text())
    with serving.serving(moscow, "--json"):
        serving.wait_for(lambda: len(lines(moscow)) >= 2)
        url = next(str(line["address"]) for line in lines(moscow) if line["event"] == "page")
        assert url.startswith("https://localhost:"), "by the first name under which browsers may ask for it"
        url = url.replace("localhost", "127.0.0.1")
        with httpx.Client(verify=trusted, trust_env=False) as browser:
            form = {"name": "ivanova", "password": PASSWORD.strip()}
            cookie = browser.post(f"{url}api/v1/session", json=form).headers["set-cookie"]
            assert cookie.startswith("__Host-jointwatch-moscow=")
            assert "Secure" in cookie
            assert browser.get(f"{url}api/v1/session").json()["person"] == "ivanova"
    path.write_text(before)
