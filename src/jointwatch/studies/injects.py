"""What the control of an exercise lets happen to its radars, from a script, and what it writes down beside it.

[[injects]]
at_s = 120.0                seconds after the scenario's start
until_s = 300.0             to when; else to the end
radar = "gabala"
does = "falls silent"       its plots are lost

does = "is late"            handed in `delay_s` later
does = "sends twice"        every scan is handed in a second time
does = "has a wrong clock"  its times are `offset_s` off
does = "measures wrong"     `range_m`, `azimuth_deg`, `elevation_deg` are added to its plots
does = "misses"             the `share` of its plots is left out

[[injects]]
at_s = 60.0
text = "Moscow is told by telephone that Brussels' line is down."     a word of control alone, for the report
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from jointwatch.centre import configuration
from jointwatch.centre.configuration import ConfigurationError
from jointwatch.centre.intake.scans import SI
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.sensors.measurement import Plots
from jointwatch.studies.strict import Model

INJECT_STREAM = 4  # beside the streams of studies.feed
_Number = Annotated[float, Field(allow_inf_nan=False)]
Does = Literal["falls silent", "is late", "sends twice", "has a wrong clock", "measures wrong", "misses"]
WANTS: dict[str, tuple[str, ...]] = {
    "falls silent": (),
    "is late": ("delay_s",),
    "sends twice": (),
    "has a wrong clock": ("offset_s",),
    "measures wrong": ("range_m", "azimuth_deg", "elevation_deg"),
    "misses": ("share",),
}
"""What each says of how much; of several at least one."""


class ScriptError(ValueError):
    """A script that cannot be played, as one sentence with file and key."""


class Inject(Model):
    """One thing that happens: to a radar, or a word of control."""

    at_s: Annotated[_Number, Field(ge=0, le=86_400)]
    until_s: Annotated[_Number, Field(gt=0, le=86_400)] | None = None
    radar: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    does: Does | None = None
    delay_s: Annotated[_Number, Field(gt=0, le=86_400)] | None = None
    offset_s: Annotated[_Number, Field(ge=-3_600, le=3_600)] | None = None
    range_m: _Number | None = None
    azimuth_deg: Annotated[_Number, Field(ge=-90, le=90)] | None = None
    elevation_deg: Annotated[_Number, Field(ge=-90, le=90)] | None = None
    share: Annotated[_Number, Field(gt=0, le=1)] | None = None
    text: Annotated[str, Field(min_length=1, max_length=500)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Inject:
        if (self.radar is None) != (self.does is None) or (self.radar is None and self.text is None):
            raise ValueError("wanted radar and does, or a text alone")
        wanted = WANTS[self.does] if self.does else ()
        given = [name for names in WANTS.values() for name in names if getattr(self, name) is not None]
        if wanted and not set(given) & set(wanted):
            raise ValueError(f"a radar that {self.does} wants {' or '.join(wanted)}")
        if set(given) - set(wanted):
            raise ValueError(f"{min(set(given) - set(wanted))} says nothing of what happens here")
        if self.until_s is not None and self.until_s <= self.at_s:
            raise ValueError("until_s must be after at_s")
        return self

    def holds(self, seconds: float) -> bool:
        """Whether it is going on so many seconds after the start."""
        return self.at_s <= seconds and (self.until_s is None or seconds < self.until_s)

    def in_words(self) -> str:
        """What happens, in a sentence."""
        much = ", ".join(
            f"{name} = {getattr(self, name):g}" for name in WANTS.get(self.does or "", ()) if self._has(name)
        )
        until = f", until {self.until_s:g} s" if self.until_s is not None else ""
        return " ".join(
            filter(
                None,
                [f"{self.radar} {self.does}{f' ({much})' if much else ''}{until}." if self.radar else "", self.text],
            )
        )

    def _has(self, name: str) -> bool:
        return getattr(self, name) is not None


class Script(Model):
    """A whole script."""

    injects: tuple[Inject, ...] = Field(strict=False, min_length=1, max_length=1_000)


@dataclass(frozen=True)
class Due:
    """One scan, and when it is handed in: seconds after the start of the scenario."""

    at_s: float
    radar: str
    plots: Plots


def read(path: Path, radars: Iterable[str]) -> tuple[Inject, ...]:
    """Return the injects of a script for these radars, by their times; raises ScriptError."""
    try:
        found = configuration.parsed(path, Script).injects
    except ConfigurationError as error:
        raise ScriptError(str(error)) from None
    known = set(radars)
    stranger = next((inject.radar for inject in found if inject.radar and inject.radar not in known), None)
    if stranger:
        raise ScriptError(f"{path}: no radar {stranger!r} is played; there are {', '.join(sorted(known))}")
    return tuple(sorted(found, key=lambda inject: inject.at_s))


def injected(scans: Iterable[Due], script: Sequence[Inject], *, seed: int) -> list[Due]:
    """Return the scans as the script lets them be handed in, by the times at which they are."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, INJECT_STREAM])))
    found: list[Due] = []
    for due in scans:
        parts = [due]
        for inject in script:
            if inject.radar == due.radar and inject.holds(due.at_s):
                parts = [changed for part in parts for changed in _changed(part, inject, rng)]
        found += parts
    return sorted(found, key=lambda due: due.at_s)


def _changed(due: Due, inject: Inject, rng: np.random.Generator) -> Iterator[Due]:
    """Yield what becomes of one scan: nothing, itself changed, or two."""
    match inject.does:
        case "falls silent":
            return
        case "is late":
            yield replace(due, at_s=due.at_s + (inject.delay_s or 0.0))
        case "sends twice":
            yield from (due, due)
        case "has a wrong clock":
            off_ns = round((inject.offset_s or 0.0) * NS_PER_S)
            yield replace(due, plots=replace(due.plots, time_tai_ns=due.plots.time_tai_ns + off_ns))
        case "measures wrong":
            yield replace(due, plots=_biased(due.plots, inject))
        case "misses":
            kept = rng.random(len(due.plots)) >= (inject.share or 0.0)
            yield replace(due, plots=replace(due.plots, z=due.plots.z[kept], sigma=due.plots.sigma[kept]))
        case _:
            yield due


def _biased(plots: Plots, inject: Inject) -> Plots:
    off = SI * [inject.range_m or 0.0, inject.azimuth_deg or 0.0, inject.elevation_deg or 0.0]
    z = plots.z + off
    z[:, 1] = np.mod(z[:, 1], 2 * np.pi)
    return replace(plots, z=z)
