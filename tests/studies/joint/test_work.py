"""Work on a study: the same to the bit for any number of workers, interrupted, killed, damaged or out of room."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jointwatch.studies.joint import work
from jointwatch.studies.joint.chunk import COLUMNS, Columns
from jointwatch.studies.joint.file import StudyError
from jointwatch.studies.joint.work import FOLDER, key_of, path_of, read, work_through
from tests.studies.joint.small import small

SECTIONS = """
[parties.one]
title = "One"
radars = ["gabala", "armavir"]
[architectures.none]
on = "2009-06"
[package]
on = "2009-06"
proposed = true
[package.elements]
gabala = ["gabala"]
armavir = ["armavir"]
[reach]
sites = ["poland-gbi-2007"]
[assumptions]
neutral.title = "defaults"
one.title = "its own"
"""
DATA = small(SECTIONS, title="two radars", count=1100, to=("europe-south-east", "europe-central")).encode()
CHUNKS = 6


def same(some: list[Columns], others: list[Columns]) -> bool:
    pairs = zip(some, others, strict=True)
    return all(np.array_equal(getattr(a, name), getattr(b, name), equal_nan=True) for a, b in pairs for name in COLUMNS)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[Columns]:
    return list(work_through(DATA, tmp_path_factory.mktemp("alone")))


def test_two_and_three_workers_are_one_to_the_bit(alone: list[Columns], tmp_path: Path) -> None:
    assert len(alone) == CHUNKS
    assert alone[0].package_sum.any()
    assert np.isfinite(alone[0].needed_speed).any()
    assert sum(map(len, alone)) > 100
    for workers in (2, 3):
        told: list[int] = []
        out = tmp_path / str(workers)
        assert same(list(work_through(DATA, out, workers=workers, done=told.append)), alone)
        assert told == list(range(CHUNKS + 1))


def test_an_interrupted_study_goes_on_with_what_is_kept(alone: list[Columns], tmp_path: Path) -> None:
    def stop(chunks: int) -> None:
        if chunks == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work_through(DATA, tmp_path, done=stop)
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / FOLDER).iterdir()}
    assert len(kept) == 3
    told: list[int] = []
    assert same(list(work_through(DATA, tmp_path, done=told.append)), alone)
    assert told == [3, 4, 5, 6]
    assert all(path.stat().st_mtime_ns == time for path, time in kept.items())


def test_a_damaged_chunk_is_made_again_and_another_study_takes_none(alone: list[Columns], tmp_path: Path) -> None:
    list(work_through(DATA, tmp_path))
    path = path_of(tmp_path / FOLDER, key_of(DATA), 2)
    whole = path.read_bytes()
    for broken in (b"", whole[:100], whole[:-50], whole[:4000] + bytes(64) + whole[4064:]):
        path.write_bytes(broken)
        assert read(path) is None
    told: list[int] = []
    assert same(list(work_through(DATA, tmp_path, done=told.append)), alone)
    assert told == [5, 6]
    assert key_of(DATA.replace(b"seed = 1", b"seed = 2")) != key_of(DATA)


def test_a_chunk_that_is_gone_when_its_figures_are_wanted_is_one_sentence(tmp_path: Path) -> None:
    list(work_through(DATA, tmp_path))
    path_of(tmp_path / FOLDER, key_of(DATA), 4).unlink()
    with pytest.raises(StudyError, match=r"-000004\.npz: was kept and is gone or damaged; run the study again"):
        list(work.kept(DATA, tmp_path))


def killing(data: bytes, number: int) -> bytes:
    """A worker that is killed the first time it comes to the third chunk."""
    mark = Path(os.environ["JOINTWATCH_TEST_MARK"])
    if number == 2 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return work.make(data, number)


def dying(data: bytes, number: int) -> bytes:
    """A worker that is always killed."""
    os.kill(os.getpid(), signal.SIGKILL)
    return data


def test_a_killed_worker_costs_nothing(alone: list[Columns], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOINTWATCH_TEST_MARK", str(tmp_path / "mark"))
    monkeypatch.setattr(work, "get_context", lambda _: __import__("multiprocessing").get_context("fork"))
    real = work.make
    monkeypatch.setattr(work, "_job", killing)
    assert same(list(work_through(DATA, tmp_path, workers=2)), alone)
    assert (tmp_path / "mark").exists()
    assert work.make is real


class Noting(Executor):
    """Notes which signals wait while something is given out: a process that is begun then starts with them blocked."""

    def __init__(self) -> None:
        self.waiting: list[set[int]] = []

    def submit(self, *_: object, **__: object) -> Future[Any]:
        self.waiting.append(set(signal.pthread_sigmask(signal.SIG_BLOCK, ())))
        future: Future[Any] = Future()
        future.set_result(b"")
        return future


def test_a_worker_that_only_begins_leaves_an_interrupt_to_the_parent_too() -> None:
    """It printed a traceback where Ctrl-C came before it had begun."""
    pool = Noting()
    assert len(list(work._through(pool, work.make, b"", range(5), 2))) == 5
    assert all(signal.SIGINT in waiting for waiting in pool.waiting)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_workers_that_die_again_and_again_are_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "get_context", lambda _: __import__("multiprocessing").get_context("fork"))
    monkeypatch.setattr(work, "_job", dying)
    with pytest.raises(StudyError, match=r"5 workers died one after another .*what was finished is kept"):
        work_through(DATA, tmp_path, workers=2)


def test_a_full_disk_is_said_and_what_was_finished_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StudyError, match=r"\(the disk is full\); the 2 of 6 that were finished are kept"):
        work_through(DATA, tmp_path)
    names = sorted(path.name for path in (tmp_path / FOLDER).iterdir())
    assert names == [path_of(tmp_path, key_of(DATA), number).name for number in (0, 1)]


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StudyError, match="cannot be made"):
        work_through(DATA, tmp_path / "file")


def test_a_chunk_under_the_name_of_another_is_made_again(alone: list[Columns], tmp_path: Path) -> None:
    list(work_through(DATA, tmp_path))
    paths = [path_of(tmp_path / FOLDER, key_of(DATA), number) for number in (0, 3)]
    paths[1].write_bytes(paths[0].read_bytes())
    assert same(list(work_through(DATA, tmp_path)), alone)


@pytest.mark.parametrize("number", range(3))
def test_what_is_no_archive_of_arrays_is_a_damaged_chunk(number: int, tmp_path: Path) -> None:
    path, file = tmp_path / "some-000000.npz", io.BytesIO()
    np.save(file, np.zeros(3))  # one array, which np.load takes for no archive
    path.write_bytes((file.getvalue(), b"PK\x03\x04", b"{}")[number])
    assert read(path) is None


def test_two_runs_in_one_folder_do_not_take_each_others_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one writes and renames the same chunk while this one is at it."""
    made, path = work.make(DATA, 0), path_of(tmp_path, key_of(DATA), 0)
    sync, other = os.fsync, [os.getpid() + 1]

    def meanwhile(descriptor: int) -> None:
        sync(descriptor)
        if other:
            with monkeypatch.context() as patch:
                patch.setattr(os, "getpid", other.pop)
                work._keep(path, made, 0, 1)

    monkeypatch.setattr(os, "fsync", meanwhile)
    work._keep(path, made, 0, 1)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert read(path) is not None


PARENT = """
import sys
from pathlib import Path
from tests.studies.joint.test_work import DATA
from jointwatch.studies.joint.work import work_through
if __name__ == "__main__":
    work_through(DATA, Path(sys.argv[1]), workers=2, done=lambda there: there and (print(there, flush=True), input()))
"""


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    paths = os.pathsep.join([*filter(None, sys.path), str(Path.cwd())])
    begun = subprocess.Popen(
        [sys.executable, script, tmp_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert begun.stdout is not None
    assert begun.stdout.readline()
    children = Path(f"/proc/{begun.pid}/task/{begun.pid}/children").read_text().split()
    assert len(children) >= 2
    begun.kill()
    begun.communicate()
    end = time.monotonic() + 60.0
    while (left := [child for child in children if alive(child)]) and time.monotonic() < end:
        time.sleep(0.1)
    assert not left


def alive(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
