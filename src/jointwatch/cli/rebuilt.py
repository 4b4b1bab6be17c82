"""A run's pictures, rebuilt from its logs and held against those that were shown."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from rich.table import Table

from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre.catalogued import known_satellites
from jointwatch.centre.replay import Replay, read_logs
from jointwatch.cli.errors import UserError
from jointwatch.earth.timescale import tai_ns_from_utc, utc_from_tai_ns
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import MessageRefused
from jointwatch.messages.picture import Picture
from jointwatch.studies.evidence import RunFile, processor_features

RELATIVE = 1e-6  # what another processor may differ by


@dataclass(frozen=True)
class Verdict:
    """Whether the rebuilt pictures are those that were shown, and the sentence that says which of the two held."""

    holds: bool
    sentence: str


class Rebuilt:
    """A run directory with its replay."""

    def __init__(self, directory: Path, run: RunFile, replay: Replay) -> None:
        self.directory, self.run, self.replay = directory, run, replay

    @classmethod
    def of(cls, directory: Path) -> Rebuilt:
        """Return the replay of a run directory; raises UserError where it is none or its logs were altered."""
        try:
            run = msgspec.json.decode((directory / "run.json").read_bytes(), type=RunFile)
            known = known_satellites(str(directory / run.catalogue)) if run.catalogue else None
            return cls(directory, run, Replay(read_logs(directory), BoostPriors(**run.priors), known))
        except FileNotFoundError as error:
            if (directory / "export.json").is_file():
                raise UserError(
                    f"{directory} is an export: without run.json and its priors it can be verified, not replayed"
                ) from None
            raise UserError(f"{directory} is not a run directory: {error.filename} is not there") from None
        except (msgspec.MsgspecError, MessageRefused, Refused, TypeError, ValueError, OSError) as error:
            raise UserError(
                f"{directory} cannot be replayed: {error}; jointwatch log verify {directory} says more"
            ) from None

    def check_time(self, as_of: str) -> None:
        """Raise UserError for a time at which there was no run."""
        first, last = self.replay.lasted_tai_ns()
        if not first <= _time(as_of) <= last:
            span = " to ".join(utc_from_tai_ns(time, digits=0) for time in (first, last))
            raise UserError(f"--as-of {as_of} lies outside the run, which lasted from {span}")

    def tables(self, as_of: str) -> Iterator[Table]:
        """Return every picture as it was known at a UTC time, as tables."""
        time = _time(as_of)
        for perspective in self.replay.perspectives():
            yield _table(self.replay.picture(perspective, time))

    def compare(self, as_of: str | None) -> Verdict:
        """Return whether every picture that was shown, or the one of a time, comes out of the logs again."""
        shown = self._shown()
        if as_of is not None:
            shown = {key: tracks for key, tracks in shown.items() if key[1] == _time(as_of)}
        exact = close = 0
        for perspective in self.replay.perspectives():
            times = tuple(sorted(time for who, time in shown if who == perspective))
            for picture in self.replay.pictures(perspective, times):
                rebuilt = [msgspec.json.encode(track).decode() for track in picture.tracks]
                told = shown[perspective, picture.as_of_tai_ns]
                exact += rebuilt == told
                close += rebuilt == told or _near(rebuilt, told)
        return _verdict(len(shown), exact, close, same_machine=self.run.processor == processor_features())

    def _shown(self) -> dict[tuple[str, int], list[str]]:
        """Return the tracks of every picture that was shown and had any, by perspective and time."""
        import polars as pl

        found: dict[tuple[str, int], list[str]] = {}
        table = pl.read_parquet(self.directory / "tracks.parquet", columns=["perspective", "as_of_tai_ns", "view"])
        for perspective, time, view in table.iter_rows():
            tracks = found.setdefault((perspective, time), [])
            if view not in tracks:  # the last instant is shown twice: at its tick and with the statement
                tracks.append(view)
        return found


def _verdict(shown: int, exact: int, close: int, *, same_machine: bool) -> Verdict:
    if shown == 0:
        return Verdict(True, "No picture with a track was shown at that time; there is nothing to compare.")
    if exact == shown:
        return Verdict(True, f"Replayed from the logs alone: all {shown} pictures equal what was shown, to the bit.")
    if close == shown:
        where = "this processor is the same" if same_machine else "this processor is another"
        return Verdict(
            True,
            f"Replayed from the logs alone: all {shown} pictures within {RELATIVE:g} and with equal verdicts; {where}.",
        )
    return Verdict(False, f"Replay differs: {shown - close} of {shown} pictures are not what was shown.")


def _near(rebuilt: list[str], told: list[str]) -> bool:
    return len(rebuilt) == len(told) and all(
        _alike(msgspec.json.decode(a), msgspec.json.decode(b)) for a, b in zip(rebuilt, told, strict=True)
    )


def _alike(a: Any, b: Any) -> bool:
    """Whether two decoded tracks are equal but for the last digits of their numbers."""
    if isinstance(a, float | int) and isinstance(b, float | int):
        return math.isclose(a, b, rel_tol=RELATIVE, abs_tol=RELATIVE)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_alike, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        words = {"reason"}  # a sentence with rounded figures in it
        return a.keys() == b.keys() and all(_alike(a[k], b[k]) for k in a.keys() - words)
    return bool(a == b)


def _time(text: str) -> int:
    try:
        return tai_ns_from_utc(text)
    except ValueError as error:
        raise UserError(f"--as-of: {error}") from None


def _table(picture: Picture) -> Table:
    table = Table(
        title_justify="left",
        title=f"{picture.perspective}, as known at {utc_from_tai_ns(picture.as_of_tai_ns, digits=0)}",
    )
    for heading in ("track", "state", "lat, lon", "alt km", "km/s", "± km", "verdict", "launch", "impact"):
        table.add_column(heading, no_wrap=True)
    for t in picture.tracks:
        table.add_row(
            t.id,
            f"{t.status}, {t.phase}",
            f"{t.latitude_deg:.2f}, {t.longitude_deg:.2f}",
            f"{t.altitude_km:.0f}",
            f"{t.speed_km_s:.2f}",
            f"{t.sigma_km[0]:.1f}",
            f"{t.verdict} ({t.p_space:.2f})",
            t.launch.time_utc[11:19] if t.launch else "-",
            t.impact.time_utc[11:19] if t.impact else "-",
        )
    return table
