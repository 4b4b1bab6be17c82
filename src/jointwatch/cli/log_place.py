"""Where logs are, from one word of the command line: a run directory, a centre's record, a published site."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from jointwatch.cli.errors import UserError
from jointwatch.exchange import source
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.run_directory import listing, log_of
from jointwatch.exchange.source import Source
from jointwatch.exchange.verify.logs import Progress
from jointwatch.exchange.verify.report import VerifyReport


@dataclass(frozen=True)
class Held:
    """Logs and where they are read from."""

    source: Source
    logs: list[LogId]


def kind_of(place: str) -> str:
    """Return what is at a place: "run", "record" or "site"; raise UserError where there is nothing of these.

    A folder that a centre serves from is taken for its record.
    """
    if place.startswith(("http://", "https://")):
        return "site"
    path = Path(place)
    if path.is_file() or (path / "centre.toml").is_file():
        return "record"
    if not path.is_dir():
        raise UserError(
            f"{place} is neither a directory nor a file; give a run directory, a centre's folder or record, "
            "or the address of published logs"
        )
    return "site" if (path / "logs.json").is_file() else "run"


def cores() -> int:
    """Return how many processes may look at long logs at once: one for each core there is."""
    return len(os.sched_getaffinity(0))


def record_at(place: str) -> Path:
    """Return the file of the record at a place: the file itself, or that of the centre whose folder it is."""
    path = Path(place)
    if path.is_file():
        return path
    from jointwatch.centre import configuration

    try:
        record = configuration.Place(path).record(configuration.read(path).run)
    except configuration.ConfigurationError as error:
        raise UserError(str(error)) from None
    if not record.is_file():
        raise UserError(f"{record} is not there: the centre in {path} has not begun its run")
    return record


def verified(place: str, trust: Mapping[str, str] | None, progress: Progress) -> VerifyReport:
    """Return what checking the logs at a place found."""
    kind = kind_of(place)
    try:
        if kind == "run":
            from jointwatch.exchange.verify.run import verify_run

            return verify_run(Path(place), trust, progress=progress, processes=cores())
        if kind == "record":
            from jointwatch.exchange.verify.record import verify_record

            return verify_record(record_at(place), trust, progress=progress, processes=cores())
        return _verified_site(place, trust, progress)
    except Refused as refusal:
        raise UserError(refusal.sentence) from None
    except BrokenProcessPool:
        raise UserError("a process of this verification was ended from outside; it says nothing, begin again") from None


def _verified_site(place: str, trust: Mapping[str, str] | None, progress: Progress) -> VerifyReport:
    """Published logs as they stand there; a run directory without an index of its logs is fetched first."""
    from jointwatch.exchange.site import Missing, logs_of, site
    from jointwatch.exchange.verify.site import verify_site

    try:
        logs = logs_of(place)
    except Missing:
        from jointwatch.exchange.fetched_run import fetch_run
        from jointwatch.exchange.verify.run import verify_run

        with TemporaryDirectory(prefix="jointwatch-") as folder:
            progress("what the run's manifest lists", 0, 0)
            fetch_run(place, trust or (), Path(folder))
            return verify_run(Path(folder), trust, progress=progress, processes=cores())
    return verify_site(site(place), logs, trust, progress=progress, processes=cores())


def held(place: str) -> Held:
    """Return the logs at a place, to be read; raise UserError where they cannot be."""
    kind = kind_of(place)
    if kind == "run":
        files, _ = listing(Path(place))
        found = sorted({log for path in files if (log := log_of(path)) is not None})
        return Held(source.run_folder(Path(place)), found)
    try:
        if kind == "record":
            from jointwatch.exchange.database import Database

            database = Database(record_at(place))
            return Held(database, database.logs())
        from jointwatch.exchange.site import logs_of, site

        return Held(site(place), logs_of(place))
    except Refused as refusal:
        raise UserError(refusal.sentence) from None
