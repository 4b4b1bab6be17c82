"""A centre that publishes as it serves: its folder holds at any moment, goes on after a restart, and shows no key."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jointwatch.centre import publication
from jointwatch.centre.client import CentreLine
from jointwatch.centre.configuration import ConfigurationError, Place
from jointwatch.centre.publication import Publication
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange.site import logs_of
from tests.centre import serving
from tests.exchange import two_centres as world
from tests.static_web import served

NOTICES, SECRETS = "moscow/common/notify", "moscow/brussels/notify"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """The address of a plain web server over the folder."""
    with served(tmp_path / "web") as address:
        yield address


def publishing(centre: Path, out: str) -> None:
    """Have a centre publish from its next start on."""
    path = Place(centre).configuration
    path.write_text(re.sub(r"^(listen = .*)$", rf'\1\npublish = "{out}"', path.read_text(), count=1, flags=re.M))


def said(centre: Path, log: str, *ids: str) -> None:
    with CentreLine(centre / "clients" / "desk") as line:
        line.submit([serving.entry(line, log, name) for name in ids])


def published(log: Path) -> int:
    """How many entries of a log a folder shows: its checkpoint is written last."""
    checkpoint = log / "checkpoint"
    return checkpoints.unverified(checkpoint.read_bytes()).size if checkpoint.exists() else 0


def verified(place: object, log: str, size: int) -> None:
    """Fails unless everything at a place verifies, with so many entries of this log."""
    done = serving.command("log", "verify", place)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(rf"{log} +{size} ", done.stdout), done.stdout


def test_a_centre_in_service_keeps_its_common_logs_published(tmp_path: Path, web: str) -> None:
    moscow, brussels = serving.found(tmp_path, "moscow", "brussels")
    out, notices = tmp_path / "web", serving.shard(NOTICES)
    publishing(moscow, str(out))
    with serving.serving(brussels):
        with serving.serving(moscow):
            serving.opened(moscow, brussels)
            said(moscow, SECRETS, "for-brussels-alone")
            said(moscow, NOTICES, *(f"notice-{n}" for n in range(300)))
            serving.wait_for(lambda: published(out / notices) == 301)
            verified(web, notices, 301)  # the first one opens the shard
            serving.wait_for(lambda: b"jointwatch/watch/brussels" in (out / notices / "checkpoint").read_bytes())
            said(moscow, NOTICES, "the-last")
        verified(out, notices, 302)  # ended in order, all of it is there
        with serving.serving(moscow):
            serving.opened(moscow)
            said(moscow, NOTICES, "after-a-restart")
            serving.wait_for(lambda: published(out / notices) == 303)
        verified(web, notices, 303)
    files = [path.read_bytes() for path in out.rglob("*") if path.is_file()]
    assert not any(b"for-brussels-alone" in data or b"PRIVATE KEY" in data for data in files)
    assert {log.audience for log in logs_of(str(out))} == {"common"}


@pytest.mark.parametrize("name", [".", "..", "/", "keys", "clients/web", "officers", "runs/web", "web/../keys"])
def test_a_folder_where_keys_could_be_fetched_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"centre\.toml: publish: .* keeps what is private; name another"):
        publication.folder(Place(tmp_path / "moscow"), name)


def test_a_folder_is_named_from_the_centre_s_own(tmp_path: Path) -> None:
    place = Place(tmp_path / "moscow")
    assert publication.folder(place, "web") == (tmp_path / "moscow" / "web").resolve()
    assert publication.folder(place, str(tmp_path / "keys")) == (tmp_path / "keys").resolve()


def test_a_folder_that_cannot_be_written_is_told_once_and_written_when_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "SETTLE_S", 0.01)
    monkeypatch.setattr(publication, "DATED_S", 0.02)
    moscow, brussels = world.two_centres(tmp_path)
    out, told = tmp_path / "web", list[str]()
    out.write_text("a file is in the way")
    with Publication(moscow.store, out, told.append):
        moscow.say("common", "notify", "something")
        serving.wait_for(lambda: len(told) == 2)
        threading.Event().wait(0.2)
        out.unlink()
        serving.wait_for(lambda: len(told) == 3)
    assert told[1].startswith(f"the common logs cannot be published in {out}: ")
    assert told[0::2] == [f"publishes the common logs in {out}", f"the common logs are published in {out} again"]
    close_all(moscow, brussels)


def test_nothing_is_written_while_nothing_is_said_but_for_the_dates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "SETTLE_S", 0.05)
    rounds = counted(monkeypatch)
    moscow, brussels = world.two_centres(tmp_path)
    with Publication(moscow.store, tmp_path / "web", lambda _: None):
        serving.wait_for(lambda: len(rounds) == 1)
        moscow.say("brussels", "notify", "not for all")
        threading.Event().wait(0.3)
        assert len(rounds) == 1
        begun = time.monotonic()
        for n in range(50):
            moscow.say("common", "notify", f"at once with others: {n}")
        said_s = time.monotonic() - begun
        serving.wait_for(lambda: len(rounds) > 1)
        threading.Event().wait(0.3)
        assert len(rounds) - 1 <= 2 + said_s / publication.SETTLE_S
    close_all(moscow, brussels)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What each round of publishing wrote, as it goes on."""
    rounds, publish = list[int](), publication.publish

    def counting(*what: Any) -> int:
        rounds.append(publish(*what))
        return rounds[-1]

    made: Callable[..., int] = counting
    monkeypatch.setattr(publication, "publish", made)
    return rounds


def close_all(*centres: Any) -> None:
    for centre in centres:
        centre.close()
