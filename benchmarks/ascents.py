"""Are real ascents followed through boost, staging and burnout, and told from missiles that are as fast?

    python benchmarks/ascents.py [FOLDER] [--check]     # the folder that holds <mission>/analysed.json and events.json

Each of 30 Falcon launches (telemetry of the broadcasts, shahar603/Telemetry-Data, Unlicense) is turned into the plots
of two radars beside its way: 50 m, 1 mrad, a look each five seconds, nine of ten detected. Beside each flies a missile
of the same speed at burnout, from the same place in the same direction: of the catalogue's classes the one whose own
speed is nearest, with its stages. Both go to the tracker as any recording would, and both are asked 30, 60, 90 s and so
on after the first plot, and 150 s after burnout, what they are.

Of a launch whose record ends in orbit the right answer is "space launch". Of one whose record ends before its burn does
(the broadcast went on with the first stage, or ended), plots end there too: "undecided" is right, "missile" wrong.
Whoever calls everything a space launch is right in fewer than one of three cases that have an answer.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from jointwatch.assessment.priors import BoostPriors
from jointwatch.catalogue.boost_priors import boost_prior_parameters
from jointwatch.catalogue.vehicles import load_vehicles, vehicle_parameters
from jointwatch.earth import geodesic
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc
from jointwatch.flight import coast, orbit
from jointwatch.flight.boost import ascent
from jointwatch.flight.path import fly
from jointwatch.sensors.measurement import Plots, predict
from jointwatch.sensors.site import Site
from jointwatch.studies.recording_tracks import Said, TrackFound, told
from jointwatch.studies.vehicles import vehicle_class
from jointwatch.tracking.track import Status
from jointwatch.tracking.tracker import Tracker

Floats = NDArray[np.float64]
ROOT = Path(__file__).parents[1]
FOLDER = ROOT.parent / "shared" / "data" / "ascent"
START = tai_ns_from_utc("2016-12-31T23:56:00Z")  # a leap second in the middle of every flight
SIGMA = np.array([50.0, 1e-3, 1e-3])  # a good UHF radar
EVERY_S, COAST_S, DETECTED, LOWEST = 5, 150, 0.9, np.radians(2.0)
ORBIT_M = 120e3  # a perigee above it is an orbit
SPACE, MISSILE, BURNING = "space launch", "missile", "burning when last seen"
GOALS = {"right": 0.95, "one track": 1.0, "wrong on the way": 0.03}


@dataclass(frozen=True, eq=False)
class Flight:
    """One flight each second: states, when its burn ended (None: later than seen), what it is, and its direction."""

    name: str
    truth: str
    states: Floats
    burnout_s: float | None
    staging_s: float
    azimuth_rad: float


@dataclass(frozen=True, eq=False)
class Case:
    """How a flight was followed: tracks made of it, last verdict, wrong ones before, burnout late by, NEES by plot.

    staging_m: greatest error of place in the 30 s after the first stage's end, over its sigma.
    """

    name: str
    truth: str
    tracks: int
    verdict: str
    wrong: int
    asked: int
    burnout_late_s: float
    nees: Floats
    staging_sigmas: float


@cache
def question() -> ModuleType:
    """Return the script in `design` that fits the ascents."""
    spec = importlib.util.spec_from_file_location("ascents", ROOT / "design" / "ascents.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["ascents"] = module
    spec.loader.exec_module(module)
    return module


def pair(folder: Path, *, seed: int) -> tuple[Case, Case]:
    """Return how a real ascent was followed, and how the missile beside it."""
    launch = real(folder)
    end = launch.states[len(launch.states) - 1 - (COAST_S if launch.burnout_s else 0)]
    other = missile(folder.name, float(np.linalg.norm(end[3:])))
    return followed(launch, seed), followed(other, seed + 1000)


def real(folder: Path) -> Flight:
    """Return a real ascent, and its coast where it ends in orbit."""
    script = question()
    found, azimuth = script.fitted(script.read(folder)), script.azimuth_rad(folder.name)
    burn = found.profile.burn_time_s
    latitude, longitude = launch_place(folder.name)
    states = ascent(
        found.profile, latitude_rad=latitude, longitude_rad=longitude, azimuth_rad=azimuth,
        burnout_speed_m_s=found.burnout_speed_m_s, burnout_angle_rad=found.burnout_angle_rad,
        times_s=np.arange(0.0, np.floor(burn) + 1), height_m=found.height_m,
    ).pos_vel  # fmt: skip
    in_orbit = float(orbit.perigee_height_m(Ecef(states[-1:]))[0]) > ORBIT_M
    if in_orbit:
        after = coast.propagate_arrays(np.repeat(states[-1:], COAST_S, axis=0), np.arange(1.0, COAST_S + 1))
        states = np.concatenate([states, after])
    staging = found.burnouts[0].burnout_s
    return Flight(folder.name, SPACE if in_orbit else BURNING, states, burn if in_orbit else None, staging, azimuth)


def missile(mission: str, speed_m_s: float) -> Flight:
    """Return a missile from the same place in the same direction, of the class whose speed at burnout is nearest."""
    of_class = {name: vehicle_parameters(name) for name, entry in load_vehicles().items() if entry.kind == "missile"}
    name = min(of_class, key=lambda each: abs(of_class[each].stages[-1].burnout_speed_m_s - speed_m_s))
    profile, last = vehicle_class(name).staged, of_class[name].stages[-1]
    azimuth = question().azimuth_rad(mission)
    latitude, longitude = launch_place(mission)
    flown = fly(
        profile, latitude_rad=latitude, longitude_rad=longitude, azimuth_rad=azimuth, burnout_speed_m_s=speed_m_s,
        burnout_angle_rad=last.burnout_angle_rad, times_s=np.arange(0.0, profile.burn_time_s + COAST_S),
    )  # fmt: skip
    staging = of_class[name].stages[0].burn_time_s
    return Flight(f"{mission} / {name}", MISSILE, flown.states.pos_vel, profile.burn_time_s, staging, azimuth)


def launch_place(mission: str) -> tuple[float, float]:
    """Return latitude and longitude of a mission's pad, radians."""
    latitude, longitude = np.radians(question().SITES[question().MISSIONS[mission][0]])
    return float(latitude), float(longitude)


def beside(flight: Flight) -> tuple[Site, Site]:
    """Return two radars 300 km to the right: abreast of a third of the flight, and 400 km behind its last state."""
    found = []
    for name, row, back_m in (("EARLY", len(flight.states) // 3, 0.0), ("LATE", len(flight.states) - 1, 400e3)):
        latitude, longitude, _ = geodetic_from_ecef(flight.states[row, None, :3])
        here = geodesic.direct(latitude, longitude, np.array([flight.azimuth_rad + np.pi]), np.array([back_m]))
        there = geodesic.direct(here[0], here[1], np.array([flight.azimuth_rad + np.pi / 2]), np.array([300e3]))
        found.append(Site(name, float(there[0][0]), float(there[1][0])))
    return found[0], found[1]


def scans(flight: Flight, seed: int) -> list[Plots]:
    """Return what the two radars saw, in order of time."""
    rng, seen = np.random.default_rng(seed), []
    for offset, site in enumerate(beside(flight)):
        seconds = np.arange(offset * 2, len(flight.states), EVERY_S)
        z = predict(site, flight.states[seconds, :3])
        noisy = z + SIGMA * rng.normal(size=z.shape)
        up = (z[:, 2] > LOWEST) & (rng.random(len(z)) < DETECTED)
        seen += [
            Plots(site, site.name, START + int(s) * NS_PER_S, noisy[k], SIGMA) for k, s in enumerate(seconds) if up[k]
        ]
    return sorted(seen, key=lambda plots: plots.time_tai_ns)


def followed(flight: Flight, seed: int) -> Case:
    """Return what the tracker made of a flight."""
    tracker = Tracker(name="bench")
    for plots in scans(flight, seed):
        tracker.scan(plots)
    tracks = [track for track in tracker.tracks() if track.status != Status.TENTATIVE]
    main = max(tracks, key=lambda track: track.plots)
    found = TrackFound(main, tracker.history(main.id))
    *before, said = told(found, _priors())
    nees, sigmas = _errors(found, flight)
    verdict, wrong = said.assessment.verdict.verdict, sum(_wrong(each, flight) for each in before)
    late_s = _late_s(said, flight)
    return Case(flight.name, flight.truth, len(tracks), verdict, wrong, len(before), late_s, nees, sigmas)


@cache
def _priors() -> BoostPriors:
    return BoostPriors(**asdict(boost_prior_parameters()))


def _wrong(said: Said, flight: Flight) -> bool:
    """Whether a verdict is one that can never be right of this flight."""
    return said.assessment.verdict.verdict == (SPACE if flight.truth == MISSILE else MISSILE)


def _late_s(said: Said, flight: Flight) -> float:
    if said.burnout is None or flight.burnout_s is None:
        return float("nan")
    return (said.burnout.time_tai_ns - START) / NS_PER_S - flight.burnout_s


def _errors(found: TrackFound, flight: Flight) -> tuple[Floats, float]:
    """NEES of each estimate after the first twenty, and the greatest error of place after staging over its sigma."""
    history = found.history
    row = np.round((history.time_tai_ns - START) / NS_PER_S).astype(int)
    off = history.x - flight.states[row]
    nees = np.einsum("ni,ni->n", off, np.linalg.solve(history.P, off[..., None])[..., 0])
    after = (row > flight.staging_s) & (row < flight.staging_s + 30.0)
    sigma = np.sqrt(np.einsum("nii->n", history.P[:, :3, :3]))
    sigmas = np.linalg.norm(off[:, :3], axis=1) / sigma
    return nees[20:], float(sigmas[after].max(initial=0.0))


def table(cases: Sequence[Case]) -> list[str]:
    """Return the rows of cases and the table of confusion."""
    head = f"{'flight':<44}{'tracks':>7}{'wrong before':>13}{'burnout late, s':>16}{'NEES':>6}  verdict"
    rows = [
        f"{case.name:<44}{case.tracks:>7}{case.wrong:>7} of {case.asked:<3}{case.burnout_late_s:>15.1f}"
        f"{np.median(case.nees) if case.nees.size else np.nan:>6.1f}  {case.verdict}"
        for case in cases
    ]
    counts = Counter((case.truth, case.verdict) for case in cases)
    columns = (SPACE, MISSILE, "undecided")
    confusion = [f"{'in truth, and as told':<24}" + "".join(f"{column:>14}" for column in columns)]
    confusion += [
        f"{truth:<24}" + "".join(f"{counts[truth, c]:>14}" for c in columns) for truth in (SPACE, MISSILE, BURNING)
    ]
    return [head, *rows, "", *confusion]


def main() -> int:
    """Print the table and a summary line; return the exit code."""
    given = [Path(word) for word in sys.argv[1:] if not word.startswith("--")]
    folders = sorted(each for each in (given[0] if given else FOLDER).iterdir() if each.is_dir())
    cases = [case for seed, folder in enumerate(folders) for case in pair(folder, seed=seed)]
    print("\n".join(table(cases)))
    scored = [case for case in cases if case.truth != BURNING]
    right = float(np.mean([case.verdict == case.truth for case in scored]))
    always = float(np.mean([case.truth == SPACE for case in scored]))
    one = float(np.mean([case.tracks == 1 for case in cases]))
    wrong = sum(case.wrong for case in cases) / sum(case.asked for case in cases)
    burning = [case for case in cases if case.truth == BURNING]
    told_missile = sum(case.verdict == MISSILE for case in burning)
    late = np.array([case.burnout_late_s for case in scored])
    nees = float(np.median(np.concatenate([case.nees for case in cases])))
    met = (
        right >= GOALS["right"]
        and one >= GOALS["one track"]
        and wrong <= GOALS["wrong on the way"]
        and not told_missile
    )
    print(
        f"\nascents: {right:.0%} of {len(scored)} right 150 s after burnout (goal {GOALS['right']:.0%}; always space "
        f"launch {always:.0%}); {told_missile} of {len(burning)} that still burn called missiles (goal 0); on the way "
        f"{wrong:.1%} wrong (goal {GOALS['wrong on the way']:.0%}); one track {one:.0%}; burnout late "
        f"{np.nanmedian(late):+.0f} s, 90 % within {np.nanpercentile(np.abs(late), 90):.0f} s; median NEES {nees:.1f} "
        f"of 5.3: {'met' if met else 'missed'}"
    )
    return 0 if met or "--check" not in sys.argv else 1


if __name__ == "__main__":
    raise SystemExit(main())
