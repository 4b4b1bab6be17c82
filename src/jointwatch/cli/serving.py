"""`jointwatch centre serve`: one centre in this process, or a process for each of several."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from jointwatch.cli import journals

if TYPE_CHECKING:
    from jointwatch.assessment.notification.owed import Rule
    from jointwatch.centre.api.office import Journal
    from jointwatch.sensors.radar import Radar


def one(folder: Path, without: Sequence[str] = (), *, as_json: bool = False) -> None:
    """Serve one centre in this process until SIGTERM or SIGINT.

    Anew where its record was found damaged, and where centre.toml names a new partner: nothing that a partner met just
    now holds of our logs can be missing here, so it is not asked before they go on.
    """
    journal = journals.as_json(folder.name) if as_json else journals.as_text(folder.name)
    with signals() as told:
        met: tuple[str, ...] = ()
        while not told.is_set():
            met = _serve(folder, (*without, *met), told, journal)
            told.wait(1.0)  # where the record was damaged: a disk that fails again and again is not hurried
    journal("ended", f"{folder.name} has ended")


def _serve(folder: Path, without: Sequence[str], told: threading.Event, journal: Journal) -> tuple[str, ...]:
    """Serve until told to end, until the record is damaged, or until partners were met; return whom."""
    from jointwatch.centre.newcomers import Newcomers
    from jointwatch.centre.service import Service

    with ExitStack() as opening:
        service = Service(
            folder,
            lambda text: journal("service", text),
            without=without,
            priors=priors,
            agreements=agreements,
            radar=radar,
        )
        opening.callback(service.close)
        host = service.known.listen.rpartition(":")[0]
        address = f"{host}:{service.port}"
        journal("serving", f"{service.known.centre} serves at {address}", address=address)
        if service.known.page is not None:
            from jointwatch.cli import centre_page

            opening.enter_context(centre_page.opened(service, service.known.page, journal))
        newcomers = Newcomers(folder, service.known, lambda text: journal("service", text))
        while not (told.wait(0.2) or service.damaged):
            if met := newcomers.met():
                journal("met", f"{service.known.centre} has met {', '.join(met)}, and begins anew to follow them")
                return met
    return ()


def priors() -> dict[str, float]:
    """Return the values of the boost-phase prior by name, as the catalogue has them."""
    from jointwatch.catalogue.boost_priors import boost_prior_parameters

    return asdict(boost_prior_parameters())


@cache
def agreements() -> tuple[Rule, ...]:
    """Return the agreements of the catalogue as the rules that notifications are held against."""
    from jointwatch.assessment.notification.owed import Rule
    from jointwatch.catalogue.agreements import rule_parameters

    return tuple(Rule(**parameters) for parameters in rule_parameters())


def radar(name: str) -> Radar:
    """Return a radar of the catalogue with all its arrays; an unknown name raises UnknownNameError."""
    from jointwatch.studies.architecture import catalogue_radar

    return catalogue_radar(name)[0]


def several(folders: Sequence[Path], without: Sequence[str] = (), *, as_json: bool = False) -> None:
    """Serve each centre in a process of its own; all end when this one is told to, and each can end alone."""
    left_out = [word for name in without for word in ("--without", name)] + ["--json"] * as_json
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
