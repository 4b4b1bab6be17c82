"""`jointwatch centre archive`: last month's shards leave the record of a centre, and both verify afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from jointwatch.centre import configuration, founding, service_keys
from jointwatch.centre.configuration import Place
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.logid import LogId
from jointwatch.messages.incident import Incident
from jointwatch.messages.shard_opening import month_of
from tests.centre import serving

DAYS_40_NS = 40 * 86_400 * 10**9


@pytest.fixture
def moscow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A centre that was founded 40 days ago and has said something then and now."""
    folder = tmp_path / "moscow"
    for ago_ns in (DAYS_40_NS, 0):
        with monkeypatch.context() as patch:
            patch.setattr(founding, "now_tai_ns", lambda ago_ns=ago_ns: now_tai_ns() - ago_ns)
            if ago_ns:
                founding.found(folder, run="watch", mode="exercise", listen="127.0.0.1:8799", clients=())
            said(folder, ago_ns)
    return folder


def said(folder: Path, ago_ns: int) -> None:
    place, known = Place(folder), configuration.read(folder)
    keys = service_keys.make(place.keys, known.centre)
    unknown = Keyrings(known.centre, known.run, known.mode)
    log = LogId("moscow", "moscow", "record")
    about = {"mode": "exercise", "run": "watch", "origin": "moscow", "log": str(log), "about": "test"}
    message = Incident(**about, id=f"ago-{ago_ns}", logged_tai_ns=now_tai_ns() - ago_ns, text="said")
    with founding.opened(place, known, keys, lambda said: keys.said_by_desk(said, unknown)) as store:
        store.append({log: [keys.said_by_desk(message, unknown)]})


def test_last_months_shards_go_and_record_and_archive_verify(moscow: Path, tmp_path: Path):
    month, before = month_of(now_tai_ns()), month_of(now_tai_ns() - DAYS_40_NS)
    done = serving.command("centre", "archive", moscow, "--before", month, "--to", tmp_path / "away")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == f"moscow/moscow/record/{before}: 2 entries"
    for place in (moscow, tmp_path / "away"):
        verified = serving.command("log", "verify", place)
        assert verified.returncode == 0, verified.stdout + verified.stderr
    assert f"begins here with {month}" in serving.command("log", "verify", moscow).stdout.replace("\n", " ")
    again = serving.command("centre", "archive", moscow, "--before", month, "--to", tmp_path / "away")
    assert again.stdout.startswith("0 shards put away: no closed one of before ")


@pytest.mark.parametrize(
    ("before", "to", "words"),
    [("November", "away", "'November' is no month"), ("2026-11", "moscow/away", "lies in the centre's own folder")],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(moscow: Path, before: str, to: str, words: str):
    done = serving.command("centre", "archive", moscow, "--before", before, "--to", moscow.parent / to)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.replace("│", " ").split())
