"""`jointwatch centre serve`: one centre in this process, or a process for each of several."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer


def one(folder: Path, without: Sequence[str] = ()) -> None:
    """Serve one centre in this process until SIGTERM or SIGINT; anew where its record was found damaged."""
    with signals() as told:
        while not told.is_set():
            _serve(folder, without, told)
            told.wait(1.0)  # where the record was damaged: a disk that fails again and again is not hurried
    typer.echo(f"{folder.name} has ended")


def _serve(folder: Path, without: Sequence[str], told: threading.Event) -> None:
    from jointwatch.centre.service import Service
    from jointwatch.messages.sentence import plain

    service = Service(folder, lambda text: typer.echo(plain(f"{folder.name}: {text}")), without=without)
    try:
        host = service.known.listen.rpartition(":")[0]
        typer.echo(f"{service.known.centre} serves at {host}:{service.port}")
        sys.stdout.flush()
        while not (told.wait(0.2) or service.damaged):
            pass
    finally:
        service.close()


def several(folders: Sequence[Path], without: Sequence[str] = ()) -> None:
    """Serve each centre in a process of its own; all end when this one is told to, and each can end alone."""
    left_out = [word for name in without for word in ("--without", name)]
    with signals() as told:
        children = [
            subprocess.Popen(
                [sys.executable, "-m", "jointwatch", "centre", "serve", str(folder), *left_out], start_new_session=True
            )
            for folder in folders
        ]
        while any(child.poll() is None for child in children) and not told.wait(0.1):
            pass
        for child in children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        codes = [child.wait() for child in children]
    if any(codes):
        raise typer.Exit(max(map(abs, codes)))


@contextmanager
def signals() -> Iterator[threading.Event]:
    """Yield what is set once SIGTERM or SIGINT has come."""
    told = threading.Event()
    before = {number: signal.signal(number, lambda *_: told.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
