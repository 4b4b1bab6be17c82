"""Where a centre keeps its keys and its database, and how its logs are written into a run directory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.run_directory import MANIFEST, write_logs


def folder(state: Path, mode: str, centre: str) -> Path:
    """Return a centre's own folder: keys and runs of exercises never lie beside operational ones."""
    return state / mode / centre


def database(state: Path, mode: str, centre: str, run: str) -> Path:
    """Return the file of a centre's record of one run; its folder is made, for the owner's eyes only."""
    path = folder(state, mode, centre) / "runs" / f"{run}.sqlite"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@dataclass(frozen=True)
class Place:
    """What the place of a record says: mode, centre, run, and the folder of the centre's keys."""

    mode: str
    centre: str
    run: str
    keys: Path


def place(path: Path) -> Place:
    """Return whose record a file is, by where `database` put it.

    >>> place(Path("state/exercise/moscow/runs/sejil-2009-1.sqlite")).centre
    'moscow'
    """
    own = path.absolute().parents[1]
    return Place(mode=own.parent.name, centre=own.name, run=path.stem, keys=own / "keys")


def own_logs(store: Store, *, manifest: bool) -> list[LogId]:
    """Return a centre's own logs: all but the manifest's, or that one alone."""
    return [log for log in store.logs() if log.owner == store.owner and (log.klass == MANIFEST) == manifest]


def write_logs_of_lost(centre: str, run: str, mode: str, state: Path, directory: Path) -> None:
    """Write the logs of a centre whose process died, from its database: what it had accepted is not lost."""
    path = database(state, mode, centre, run)
    if path.exists():
        with Store(path, run=run, owner=centre) as store:
            write_logs(store, directory, own_logs(store, manifest=False))


def remove(centre: str, run: str, mode: str, state: Path) -> None:
    """Remove the database of a run whose logs are in its run directory."""
    path = database(state, mode, centre, run)
    for found in path.parent.glob(f"{path.name}*"):
        found.unlink()
