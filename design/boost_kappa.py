"""How do height and ground distance of a real ascent follow from its speed and age?

Someone who first sees a rising object knows its height h, climb rate vz and ground speed vh, not its age t nor the
distance d it has come. kappa_altitude = h / (vz t) and kappa_downrange = d / (vh t) are what is missing. For constant
acceleration from rest both are 1/2, for one growing evenly from nothing 1/3. How large are they in flight, how far do
they scatter from launch to launch, and does one number do for the whole ascent?

Data: telemetry of 30 Falcon launches read off the broadcasts, a file a launch, at 1 s: speed relative to the rotating
Earth, height, ground distance (shahar603/Telemetry-Data, Unlicense; "analysed" is partly smoothed by its author).

    python design/boost_kappa.py FOLDER     # the folder that holds <mission>/analysed*.json and events.json

Answer, from the 30 launches:
- In the first stage from 60 s on, altitude 0.431 with a spread of 0.038, falling slowly from 0.47 to 0.41;
  downrange 0.247 with 0.035 and no trend: a rocket that rises straight up for its first seconds is well below 1/3.
- At the burnout of the first stage 0.411 +- 0.049 and 0.256 +- 0.022.
- In the second stage neither is a constant: the climb stops before the orbit is reached, so altitude passes 1 and has
  no limit, and downrange rises to 0.47 and falls again, to 0.343 +- 0.062 at cut-off into orbit (8 launches).
- Not knowing whether one or two stages have burnt, downrange at cut-off is 0.30 +- 0.064.
- Where the stage is not known, the direction of flight tells: climbing at more than 30 degrees the first-stage values
  hold (0.45 and 0.25, both to about 0.1); below 20 degrees height over climb rate says nothing about age.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FROM_S = 60.0  # before, heights of some hundred metres carry the rounding of the broadcast
SETTLING_S = 14.0  # from one stage's burnout to the next one's full thrust


@dataclass(frozen=True)
class Ascent:
    """One launch: times, h, d in km, vz, vh in km/s; ends of the first stage and of the second's burn."""

    name: str
    time_s: Floats
    h: Floats
    d: Floats
    vz: Floats
    vh: Floats
    burnout_s: float
    cutoff_s: float | None
    second_stage_followed: bool

    def kappas(self, rows: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """Return kappa of altitude and downrange at some rows."""
        t = self.time_s[rows]
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.h[rows] / (self.vz[rows] * t), self.d[rows] / (self.vh[rows] * t)

    def first_stage(self) -> NDArray[np.bool_]:
        """Return the rows from 60 s to the burnout of the first stage."""
        return (self.time_s > FROM_S) & (self.time_s < self.burnout_s - 1)

    def second_stage(self) -> NDArray[np.bool_]:
        """Return the rows of the second stage's first burn, where the broadcast followed it."""
        last = self.cutoff_s or self.time_s[-1]  # the last numbers of a broadcast that stopped before cut-off
        return (self.time_s > self.burnout_s + SETTLING_S) & (self.time_s < last - 3)

    def near(self, time_s: float) -> NDArray[np.bool_]:
        """Return the one row next to a time."""
        return np.arange(len(self.time_s)) == int(np.argmin(np.abs(self.time_s - time_s)))


def read(folder: Path) -> Ascent:
    """Return the ascent in one mission's folder."""
    events = json.loads((folder / "events.json").read_text())
    data = json.loads(sorted(folder.glob("analysed*.json"))[0].read_text())
    column = {key: np.array(values, dtype=float) for key, values in data.items()}
    return Ascent(
        folder.name,
        column["time"],
        column["altitude"],
        column["downrange_distance"],
        column["velocity_y"] / 1e3,
        column["velocity_x"] / 1e3,
        float(events["meco"]),
        events["seco1"],
        bool(events["ses1"]),  # otherwise the broadcast's numbers went on with the first stage, falling back
    )


def said(values: Floats) -> str:
    """Return mean and spread as text."""
    return f"{values.mean():.3f} +- {values.std(ddof=1):.3f} (n {len(values)})"


def over_time(ascents: list[Ascent]) -> None:
    """Print kappas of the first stage, all moments of all launches."""
    pairs = [a.kappas(a.first_stage()) for a in ascents]
    altitude, downrange = (np.concatenate(part) for part in zip(*pairs, strict=True))
    print(f"first stage, 60 s to burnout   altitude {said(altitude)}   downrange {said(downrange)}")
    second = np.concatenate([a.kappas(a.second_stage())[1] for a in ascents if a.second_stage_followed])
    print(f"second stage, all its burn     altitude (no limit)   downrange {said(second)}")
    time_s = np.concatenate([a.time_s[a.first_stage()] for a in ascents])
    for begin in range(60, 160, 20):
        rows = (time_s >= begin) & (time_s < begin + 20)
        print(f"  {begin}-{begin + 20} s   altitude {said(altitude[rows])}   downrange {said(downrange[rows])}")


def at_the_ends(ascents: list[Ascent]) -> None:
    """Print kappas at first-stage burnout and at cut-off into orbit, and the mixture of both for a class unknown."""
    burnout = np.array([[k[0] for k in a.kappas(a.near(a.burnout_s - 2))] for a in ascents])
    print(f"first-stage burnout            altitude {said(burnout[:, 0])}   downrange {said(burnout[:, 1])}")
    ends = [(a, a.near(a.cutoff_s - 3)) for a in ascents if a.cutoff_s]
    cutoff = np.array([[k[0] for k in a.kappas(row)] for a, row in ends])
    print(f"cut-off into orbit             altitude (no limit: the climb is over)   downrange {said(cutoff[:, 1])}")
    mean = (burnout[:, 1].mean() + cutoff[:, 1].mean()) / 2
    within = (burnout[:, 1].var(ddof=1) + cutoff[:, 1].var(ddof=1)) / 2
    spread = np.sqrt(within + ((burnout[:, 1].mean() - cutoff[:, 1].mean()) / 2) ** 2)
    print(f"either end, evenly             downrange {mean:.3f} +- {spread:.3f}")
    times = np.array([a.burnout_s for a in ascents]), np.array([float(a.cutoff_s or 0) for a, _ in ends])
    heights = np.array([a.h[a.near(a.burnout_s - 2)][0] for a in ascents])
    insertion = np.array([a.h[row][0] for a, row in ends])
    print(f"burn time, s                   first stage {said(times[0])}   to orbit {said(times[1])}")
    print(f"height, km                     first-stage burnout {said(heights)}   orbit insertion {said(insertion)}")


def by_direction(ascents: list[Ascent]) -> None:
    """Print kappas of the whole ascent by the angle of flight above the horizontal: median and spread."""
    columns: list[list[Floats]] = [[], [], []]
    for a in ascents:
        rows = a.first_stage() | (a.second_stage() & a.second_stage_followed)
        for column, values in zip(
            columns, (np.degrees(np.arctan2(a.vz[rows], a.vh[rows])), *a.kappas(rows)), strict=True
        ):
            column.append(values)
    angle, altitude, downrange = (np.concatenate(column) for column in columns)
    for low, high in ((60, 90), (45, 60), (30, 45), (20, 30), (10, 20), (4, 10)):
        rows = (angle >= low) & (angle < high)
        print(
            f"  climbing at {low:2d}-{high} deg"
            f"   altitude {np.median(altitude[rows]):.2f} +- {altitude[rows].std():.2f}"
            f"   downrange {np.median(downrange[rows]):.2f} +- {downrange[rows].std():.2f}"
        )


def main() -> None:
    """Print the answer."""
    folders = sorted(path.parent for path in Path(sys.argv[1]).glob("*/events.json"))
    ascents = [read(folder) for folder in folders]
    print(f"{len(ascents)} ascents")
    over_time(ascents)
    at_the_ends(ascents)
    by_direction(ascents)


if __name__ == "__main__":
    main()
