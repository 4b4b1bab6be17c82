"""Working through a study: chunks on processes or a cluster, each kept as soon as it is done, so that it can go on.

A finished chunk is a whole file in OUT/chunks/, named by a hash of the study and of how it is computed and by its
number. What is there is not computed again; what is damaged is. A worker that dies costs the chunks it had in work:
others are started and these are done again. Nothing depends on who did what, so the sum is the same to the bit.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import signal
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np

from jointwatch import __version__
from jointwatch.studies.joint.chunk import COLUMNS, SIZE, STEP_S, Columns, Plan, chunk
from jointwatch.studies.joint.file import StudyError, parse

FOLDER = "chunks"
OF = "of"  # in a chunk's file: the name under which it was kept
_DAMAGED = (
    OSError, ValueError, KeyError, EOFError, TypeError, AttributeError, OverflowError, MemoryError, RuntimeError,
    zipfile.BadZipFile, zlib.error, struct.error, tokenize.TokenError, SyntaxError,
)  # fmt: skip
_AT_ONCE = 2  # chunks given out for each worker, so that none waits
Job = Callable[[bytes, int], bytes]
_DEATHS = 5  # of workers in a row, without a chunk between them, after which it is not chance


def work_through(
    data: bytes,
    out: Path,
    *,
    workers: int = 1,
    cluster: str | None = None,
    done: Callable[[int], object] = lambda chunks: None,
) -> Iterator[Columns]:
    """Return all chunks of a study (its bytes) in order, after those that are not kept in OUT have been worked on.

    workers: processes here. cluster: address of a Dask scheduler, whose workers are taken instead.
    done: is told how many chunks are there, each time there are more, from the calling thread.
    Raises StudyError where the study cannot be made, a chunk cannot be kept, or workers die again and again.
    """
    plan = plan_of(data)
    folder = out / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudyError(f"{folder}: cannot be made ({error.strerror}); give another --out") from None
    key = key_of(data)
    missing = [number for number in range(len(plan)) if read(path_of(folder, key, number)) is None]
    there = len(plan) - len(missing)
    done(there)
    made_of = _made(data, missing, workers) if cluster is None else _made_on(cluster, data, missing)
    for number, made in made_of:
        _keep(path_of(folder, key, number), made, there, len(plan))
        there += 1
        done(there)
    return kept(data, out)


def kept(data: bytes, out: Path) -> Iterator[Columns]:
    """Return all chunks of a study that has been worked through, in order; StudyError where one is no longer there."""
    key = key_of(data)
    for number in range(len(plan_of(data))):
        path = path_of(out / FOLDER, key, number)
        held = read(path)
        if held is None:
            raise StudyError(f"{path}: was kept and is gone or damaged; run the study again")
        yield held


def key_of(data: bytes) -> str:
    """Return the hash that stands in the names of a study's chunks: its bytes, and what the numbers come from."""
    how = f"{__version__} {SIZE} {STEP_S} {' '.join(COLUMNS)}\n".encode()
    return hashlib.sha256(how + data).hexdigest()[:16]


def path_of(folder: Path, key: str, number: int) -> Path:
    """Return where a chunk is kept."""
    return folder / f"{key}-{number:06d}.npz"


def read(path: Path) -> Columns | None:
    """Return a chunk that was kept; None where there is none, it is damaged, or it is another under this name."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            if str(held[OF]) != path.stem:
                return None
            return Columns(**{name: held[name] for name in COLUMNS})
    except _DAMAGED:
        return None


@lru_cache(maxsize=1)
def plan_of(data: bytes) -> Plan:
    """Return the plan of a study, made once in each process."""
    return Plan(parse(data, where="the study"))


def make(data: bytes, number: int) -> bytes:
    """Return one chunk as the bytes it is kept as: what a worker does."""
    held = chunk(plan_of(data), number)
    file = io.BytesIO()
    named: dict[str, Any] = {OF: np.array(path_of(Path(), key_of(data), number).stem)}
    np.savez(file, **named, **{name: getattr(held, name) for name in COLUMNS})
    return file.getvalue()


_job = make  # what is given out


def _made(data: bytes, numbers: Sequence[int], workers: int) -> Iterator[tuple[int, bytes]]:
    """Chunks as they are done, by one process or more."""
    if workers == 1 or len(numbers) < 2:
        for number in numbers:
            yield number, make(data, number)
        return
    left, deaths = list(numbers), 0
    while left:
        try:
            with _processes(min(workers, len(left))) as pool:
                for number, made in _through(pool, _job, data, list(left), workers):
                    left.remove(number)
                    deaths = 0
                    yield number, made
        except BrokenProcessPool:
            deaths += 1
            if deaths >= _DEATHS:
                raise StudyError(
                    f"{deaths} workers died one after another at chunk {left[0]} or near it (too little memory?); what "
                    "was finished is kept: run the study again, with fewer --workers"
                ) from None


def _processes(count: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_go_with_the_parent)


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Hold interrupts back; a process begun meanwhile gets none, also not before it can say that it leaves them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _go_with_the_parent() -> None:
    """In a worker: leave interrupts to the parent, and end where it was killed, which else nobody would tell."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_after_the_parent, daemon=True).start()


def _end_after_the_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _made_on(cluster: str, data: bytes, numbers: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    """Chunks as they are done, by the workers of a cluster."""
    from jointwatch.studies.joint.cluster import executor, opened, told_apart

    if not numbers:
        return
    key, job = key_of(data), told_apart(_job, key_of)
    with executor(cluster) as (pool, workers):
        for number, made in _through(pool, job, data, numbers, workers):
            yield number, opened(made, key)


def _through(
    pool: Executor, job: Job, data: bytes, numbers: Sequence[int], workers: int
) -> Iterator[tuple[int, bytes]]:
    """Chunks as they are done; a few are given out at a time, so that a stop does not wait for all."""
    queue, running = iter(numbers), dict[Future[bytes], int]()
    while True:
        for number in queue:
            with _interrupts_wait():  # a pool begins its processes when it is given something
                running[pool.submit(job, data, number)] = number
            if len(running) >= _AT_ONCE * workers:
                break
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            yield running.pop(future), future.result()


def _keep(path: Path, made: bytes, there: int, count: int) -> None:
    """Write a chunk whole or not at all."""
    begun = path.with_suffix(f".{os.getpid()}.part")
    try:
        with begun.open("wb") as file:
            file.write(made)
            file.flush()
            os.fsync(file.fileno())
        begun.replace(path)
    except OSError as error:
        begun.unlink(missing_ok=True)
        why = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror
        raise StudyError(
            f"{path.parent}: a chunk could not be kept ({why}); the {there} of {count} that were finished are kept: "
            "make room, and run the study again to go on"
        ) from None
