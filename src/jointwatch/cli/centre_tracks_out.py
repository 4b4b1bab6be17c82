"""The tracks of a run directory's centres, or of a centre's record, written as OEM files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
from rich.console import Console

from jointwatch.assessment.priors import BoostPriors
from jointwatch.catalogue.boost_priors import boost_prior_parameters
from jointwatch.centre import configuration
from jointwatch.centre.alerts import ephemeris
from jointwatch.centre.configuration import Place
from jointwatch.centre.duty import opening
from jointwatch.centre.replay import Logs, Replay
from jointwatch.cli.centre_alerts_text import entries
from jointwatch.cli.errors import UserError
from jointwatch.cli.log_place import held, kind_of
from jointwatch.cli.rebuilt import Rebuilt
from jointwatch.cli.terminal import print_line
from jointwatch.earth.timescale import tai_ns_from_utc, utc_from_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.logid import LogId
from jointwatch.formats import oem_kvn
from jointwatch.messages.encoding import Heard, MessageRefused, hear
from jointwatch.tracking.known import Known

EXERCISE = "EXERCISE. This belongs to an exercise; nothing of it is real."


def write(place: str, out: Path, centre: str | None, as_of: str | None) -> None:
    """Write an OEM for each object that a centre held at a time, and say how many."""
    replay = Rebuilt.of(Path(place)).replay if kind_of(place) == "run" else _of_record(place)
    centres = [name for name in replay.perspectives() if name != "joint" and centre in (None, name)]
    if not centres:
        raise UserError(f"{place} holds no record of {centre or 'a centre'}; tracks are rebuilt from internal records")
    time = _time(as_of, replay)
    try:
        out.mkdir(parents=True)
    except FileExistsError:
        raise UserError(f"{out} is there already; choose another with --out") from None
    written = [path for name in centres for path in _written(replay, name, time, out)]
    when = utc_from_tai_ns(time, digits=0)
    count = "1 track" if len(written) == 1 else f"{len(written)} tracks"
    print_line(Console(), f"{count} of {', '.join(centres)}, as known at {when}, written to {out}.")


def _written(replay: Replay, centre: str, time_tai_ns: int, out: Path) -> list[Path]:
    watch, beta = replay.watch(centre, time_tai_ns), float(np.exp(replay.priors.log_beta_mean))
    notes = [*([EXERCISE] if replay.mode == "exercise" else []), f"Run {replay.run}, as known at {centre}."]
    paths = []
    for one in watch.held():
        message = ephemeris.message(
            one,
            watch.assessment(one.id),
            beta_kg_m2=beta,
            originator=centre.upper(),
            created_tai_ns=time_tai_ns,
            notes=[*notes, f"Seen by {', '.join(one.sources)}; data of {', '.join(one.owners)}."],
        )
        path = out / ephemeris.file_name(centre, one.id)
        with path.open("xb") as stream:
            oem_kvn.write(message, stream)
        paths.append(path)
    return paths


def _of_record(place: str) -> Replay:
    """Return the replay of a centre's record, with the priors and satellites that its watch has."""
    logs, found = held(place), Logs()
    for log in logs.logs:
        found[log] = [_message(entry, log) for entry in entries(logs, log)]
        if log.shard and log.internal:
            found.setdefault(log.whole, []).extend(found[log])
    return Replay(found, BoostPriors(**asdict(boost_prior_parameters())), _satellites(Path(place)))


def _satellites(place: Path) -> Known | None:
    """Return the satellites that centre.toml names; of a record without its folder nobody knows which they were."""
    folder = place if place.is_dir() else place.absolute().parents[1]
    if not Place(folder).configuration.is_file():
        return None
    return opening.catalogue(Place(folder), configuration.read(folder))


def _message(entry: bytes, log: LogId) -> Heard:
    try:
        return hear(dsse.parse(entry).payload)
    except MessageRefused as refusal:
        raise UserError(f"{log}: {refusal}") from None


def _time(text: str | None, replay: Replay) -> int:
    if text is None:
        return replay.lasted_tai_ns()[1]
    try:
        return tai_ns_from_utc(text)
    except ValueError as error:
        raise UserError(f"--as-of: {error}") from None
