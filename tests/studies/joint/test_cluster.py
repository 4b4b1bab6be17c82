"""A Dask cluster makes of a study what one process does, to the bit, also where a worker is killed; faults are told."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import distributed
import pytest

from jointwatch.studies.joint import cluster
from jointwatch.studies.joint.cluster import opened, told_apart
from jointwatch.studies.joint.file import StudyError
from jointwatch.studies.joint.work import key_of, work_through
from tests.centre.serving import wait_for
from tests.studies.joint.test_work import DATA, same


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A scheduler on the loopback, without workers."""
    with distributed.LocalCluster(n_workers=0, processes=True, dashboard_address=None, silence_logs=50) as held:
        yield held.scheduler_address


@contextmanager
def without_workers(address: str) -> Iterator[None]:
    """Ends once the scheduler has noticed that its workers are gone."""
    yield
    with distributed.Client(address) as client:
        wait_for(lambda: not client.scheduler_info()["workers"])


@contextmanager
def worker(address: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of one thread, which nobody starts again."""
    command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny", "--nthreads=1"]
    with subprocess.Popen(
        [*command, "--no-dashboard"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_cluster_is_one_process_to_the_bit_and_a_killed_worker_costs_nothing(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "WAIT_S", 120.0)  # workers load all that they compute with
    told: list[int] = []
    with without_workers(address), ExitStack() as stack:
        first, second = (stack.enter_context(worker(address)) for _ in range(2))

        def kill(chunks: int) -> None:
            told.append(chunks)
            if chunks == 2:
                first.send_signal(signal.SIGKILL)

        together = list(work_through(DATA, tmp_path / "cluster", cluster=address, done=kill))
        assert first.wait(60) == -signal.SIGKILL
        assert second.poll() is None
    assert told == [0, 1, 2, 3, 4, 5, 6]
    assert same(together, list(work_through(DATA, tmp_path / "alone")))
    assert same(together, list(work_through(DATA, tmp_path / "cluster", cluster="tcp://127.0.0.1:1")))  # all is kept


def test_a_cluster_without_workers_or_a_scheduler_is_one_sentence(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "WAIT_S", 5.0)  # the scheduler must answer within it
    with pytest.raises(StudyError, match=r"no worker came in 5 s; start one with 'dask worker tcp://"):
        work_through(DATA, tmp_path, cluster=address)
    monkeypatch.setattr(cluster, "WAIT_S", 0.5)
    with pytest.raises(StudyError, match=r"--cluster tcp://127.0.0.1:1: no scheduler answers there .*dask scheduler"):
        work_through(DATA, tmp_path, cluster="tcp://127.0.0.1:1")
    with pytest.raises(StudyError, match="no scheduler answers there"):
        work_through(DATA, tmp_path, cluster="nonsense://")


def test_without_dask_the_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(StudyError, match=r"wants dask.distributed, .*install jointwatch\[cluster\], or use --workers"):
        work_through(DATA, tmp_path, cluster="tcp://127.0.0.1:8786")


def test_what_a_worker_of_another_version_made_is_refused() -> None:
    def make(data: bytes, number: int) -> bytes:
        return b"%d of %s" % (number, data)

    assert opened(told_apart(make, key_of)(b"x", 3), key_of(b"x")) == b"3 of x"
    with pytest.raises(StudyError, match="another version of jointwatch"):
        opened(told_apart(make, lambda _: "0" * 16)(b"x", 3), key_of(b"x"))
