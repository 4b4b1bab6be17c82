"""Work on a Dask cluster: its workers as an executor, each of them with the same study and the same way to compute it.

A worker that dies costs what it had in work: the cluster gives that to another. What a worker of another version of
jointwatch makes is refused, for it may differ in its last bits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from jointwatch.studies.joint.file import StudyError

if TYPE_CHECKING:
    from concurrent.futures import Executor

WAIT_S = 20.0  # for the scheduler, and then for its first worker
_KEPT = "what was finished is kept: run the study again to go on"


@contextmanager
def executor(address: str) -> Iterator[tuple[Executor, int]]:
    """Return the workers of a cluster as an executor, and how many chunks they take at a time, for a with-block.

    Raises StudyError where Dask is not installed, nobody answers, there is no worker, or the cluster is lost.
    """
    client = _client(address)
    pool = client.get_executor(pure=False)
    try:
        _wait_for_one(client, address)
        yield pool, sum(client.nthreads().values())
    except _losses() as error:
        raise StudyError(f"--cluster {address}: the cluster is lost ({type(error).__name__}); {_KEPT}") from None
    finally:
        pool.shutdown(wait=False)
        client.close(timeout=1)


def told_apart(make: Callable[[bytes, int], bytes], key: Callable[[bytes], str]) -> Callable[[bytes, int], bytes]:
    """Return `make` as a worker elsewhere does it: before the chunk goes the hash of how that worker computes it."""
    return partial(_with_its_key, make, key)


def opened(made: bytes, key: str) -> bytes:
    """Return the chunk in what a worker elsewhere made; raises StudyError where it was computed in another way."""
    theirs, chunk = made[: len(key)], made[len(key) :]
    if theirs != key.encode():
        raise StudyError(
            "--cluster: a worker has another version of jointwatch, whose figures may differ in their last bits; "
            "install the same one on all"
        )
    return chunk


def _with_its_key(make: Callable[[bytes, int], bytes], key: Callable[[bytes], str], data: bytes, number: int) -> bytes:
    return key(data).encode() + make(data, number)


def _client(address: str) -> Any:
    try:
        import distributed
    except ImportError:
        raise StudyError(
            "--cluster wants dask.distributed, which is not installed; install jointwatch[cluster], or use --workers"
        ) from None
    for name in ("distributed", "distributed.client"):  # a loss is told by one sentence, not by its log
        logging.getLogger(name).setLevel(logging.CRITICAL)
    connect: Any = distributed.Client
    try:
        return connect(address, timeout=WAIT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StudyError(
            f"--cluster {address}: no scheduler answers there ({why}); give the address that 'dask scheduler' prints, "
            "such as tcp://127.0.0.1:8786"
        ) from None


def _wait_for_one(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=WAIT_S)
    except TimeoutError:
        raise StudyError(
            f"--cluster {address}: no worker came in {WAIT_S:g} s; start one with 'dask worker {address}'"
        ) from None


def _losses() -> tuple[type[BaseException], ...]:
    """What is raised where a cluster, or worker after worker, is gone."""
    from concurrent.futures import CancelledError

    from distributed import CancelledError as Cancelled
    from distributed.comm.core import CommClosedError
    from distributed.scheduler import KilledWorker

    return CancelledError, Cancelled, CommClosedError, KilledWorker
