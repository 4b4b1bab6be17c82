"""Two owners, each with one radar: what exchanging tracklets every 30 s gives, beside one tracker with both radars.

    python benchmarks/two_owners.py [--check] [--runs M]

Case A of the peers' study (two radars, 1,100 to 1,700 km, 100 m, 2 mrad; an object in free flight with process noise)
through the real trackers. For each method its RMSE, relative to the central tracker, over the exchanges of the second
half of five minutes, and its NEES (6 is right):

    tracklets           increments of local tracks
    20 % lost, 2 tries  a fifth of the messages and a fifth of the receipts lost; sent once more without a receipt
    20 % lost, 1 try    sent once: an exchange whose message is lost knows nothing of the partner's last 30 s
      the most          what could be known then at all: the own track and the partner's as it last arrived
      then came         the same line, at the exchanges whose message came: no loss has an after-effect
    own only, naive     without the partner, and fusing again what was fused, which must fail
    summed, intersected whole local tracks added each time (no memory), and covariance intersection of them
    wrongly paired      two objects taken for one at first, from the exchange on at which all pairs are undone

The last line is the summary; with --check it exits 1 below a goal.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight.coast import propagate_arrays
from jointwatch.sensors.measurement import Plots, predict
from jointwatch.sensors.site import Site, frame
from jointwatch.tracking.coasting import coasted, white
from jointwatch.tracking.fuse import fuse, intersect
from jointwatch.tracking.joint import Fused, Joint
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.tracker import Tracker
from jointwatch.tracking.tracklet import Teller

RATIO, NEES_BAND, NAIVE_NEES = 1.02, 0.3, 10.0
"""Goals: RMSE against the central tracker's for q up to 1e-2, mean NEES off 6, and what naive fusion must exceed."""

NOISES = (1e-4, 1e-2, 1.0)
SOUTH = (Site("gabala", *np.radians([40.87, 47.80])), "gabala")
NORTH = (Site("armavir", *np.radians([44.92, 40.98])), "armavir")
SIGMA = np.array([100.0, 2e-3, 2e-3])
T0 = 1_612_345_678_000_000_000
STEP_S, EVERY_S, LAST_S = 2.5, 30.0, 300.0
LOST_SHARE = 0.2
BOTH_FROM_S, UNDONE_BY_S = 120.0, 180.0  # of the wrongly paired: when the north sees both, and when pairs must be right

Estimate = tuple[Floats, Floats]


def start() -> Floats:
    """State (6,) of a ballistic object climbing past both radars, 1,100 to 1,700 km away."""
    latitude, longitude, heading, climb = np.radians([33.0, 52.0, 250.0, 35.0])
    toward = np.array([np.cos(climb) * np.sin(heading), np.cos(climb) * np.cos(heading), np.sin(climb)])
    place = ecef_from_geodetic(latitude, longitude, 200e3)
    return np.concatenate([place, 4000.0 * toward @ enu_basis(latitude, longitude)])


def beside() -> Floats:
    """State (6,) of an object 3 km from it, across both lines of sight, and going away at 20 m/s."""
    x = start()
    across = np.cross(x[:3] - frame(SOUTH[0])[0], x[:3] - frame(NORTH[0])[0])
    return x + np.concatenate([3000.0 * across, 20.0 * across]) / np.linalg.norm(across)


def flown(x0: Floats, runs: int, q: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Times (k,) and true states (k, runs, 6), each run with its own process noise."""
    times = np.arange(0.0, LAST_S + STEP_S / 2, STEP_S)
    kick = np.linalg.cholesky(white(np.array([STEP_S]), q)[0])
    x = [np.repeat(x0[None], runs, axis=0)]
    for _ in times[1:]:
        x.append(propagate_arrays(x[-1], STEP_S) + rng.standard_normal((runs, 6)) @ kick.T)
    return times, np.array(x)


def tai(seconds: float) -> int:
    return T0 + round(seconds * 1e9)


def seen(radar: tuple[Site, str], seconds: float, truth: Floats, rng: np.random.Generator) -> Plots:
    z = predict(radar[0], truth[:, :3])
    return Plots(*radar, tai(seconds), z + SIGMA * rng.standard_normal(z.shape), np.broadcast_to(SIGMA, z.shape))


def strongest(tracker: Tracker, now: int) -> Estimate:
    """The track with the most plots, at a time."""
    best = max(tracker.confirmed(), key=lambda track: track.plots)
    ahead = tracker.predicted(now, [best.id])
    return ahead.x[0], ahead.P[0]


@dataclass
class Errors:
    """By method, its errors (6,), their covariances, and the central tracker's errors at the same instants."""

    of: dict[str, list[tuple[Floats, Floats, Floats]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, found: dict[str, Estimate], central: Estimate, truth: Floats) -> None:
        for method, (x, P) in found.items():
            self.of[method].append((x - truth, P, central[0] - truth))

    def nees(self, method: str) -> float:
        d, P, _ = (np.array(each) for each in zip(*self.of[method], strict=True))
        return float(np.mean(np.sum(d * np.linalg.solve(P, d[..., None])[..., 0], axis=1)))

    def ratio(self, method: str) -> Floats:
        """RMSE against the central tracker's, of position and velocity."""
        d, _, central = (np.array(each) for each in zip(*self.of[method], strict=True))
        return rmse(d) / rmse(central)


def rmse(d: Floats) -> Floats:
    """Of position and velocity, m and m/s, from errors (n, 6)."""
    return np.sqrt([np.mean(np.sum(part**2, axis=1)) for part in (d[:, :3], d[:, 3:])])


@dataclass
class Link:
    """Two tellers and the joint picture that hears them, over a line that loses a share of what is said.

    loses: share of the north's tracklets, and of their receipts; tries: how often what has no receipt is sent.
    came: whether the north's tracklets of the last exchange came.
    """

    settings: Settings
    loses: float = 0.0
    tries: int = 1
    came: bool = True

    def __post_init__(self) -> None:
        self.joint = Joint(settings=self.settings)
        self.tellers = [Teller(name, [name], settings=self.settings) for _, name in (SOUTH, NORTH)]

    def exchange(self, trackers: list[Tracker], now: int, rng: np.random.Generator) -> list[Fused]:
        """The joint picture after an exchange; the own side's tracklets are not lost."""
        for loses, teller, tracker in zip((0.0, self.loses), self.tellers, trackers, strict=True):
            told, self.came = teller.tell(tracker, now), False
            for _ in range(self.tries):
                if rng.random() >= loses:
                    self.joint.take(told)
                    self.came = True
                    if rng.random() >= loses:
                        teller.acknowledge(self.joint.counted(teller.owner))
                told = teller.unheard()
        return self.joint.at(now)


def both(objects: list[Fused]) -> Estimate:
    """The object that most owners see."""
    best = max(objects, key=lambda one: len(one.members))
    return best.x, best.P


class Compared:
    """The methods side by side on the tracks of one run, each with what it remembers."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.links = {
            "tracklets": Link(settings),
            "20 % lost, 2 tries": Link(settings, LOST_SHARE, 2),
            "20 % lost, 1 try": Link(settings, LOST_SHARE),
        }
        self.naive: Estimate | None = None
        self.arrived: tuple[Floats, Floats, int] | None = None

    def exchange(self, own: list[Tracker], now: int, rng: np.random.Generator) -> dict[str, Estimate]:
        """Estimates by method."""
        found = {name: both(link.exchange(own, now, rng)) for name, link in self.links.items()}
        a, b = (strongest(tracker, now) for tracker in own)
        came = self.links["20 % lost, 1 try"].came
        if came or self.arrived is None:
            self.arrived = (*b, now)
        if came:
            found["  then came"] = found["20 % lost, 1 try"]
        found["  the most"] = fuse(*a, *self._carried(*self.arrived[:2], (now - self.arrived[2]) / 1e9))
        self.naive = fuse(*(a if self.naive is None else fuse(*self._carried(*self.naive, EVERY_S), *a)), *b)
        found |= {"own only": a, "naive": self.naive, "summed": fuse(*a, *b), "intersected": intersect(*a, *b)[:2]}
        return found

    def _carried(self, x: Floats, P: Floats, seconds: float) -> Estimate:
        ahead = coasted(x[None], P[None], seconds, self.settings.coast_noise_m2_s3)
        return ahead[0][0], ahead[1][0]


def measured(runs: int, q: float, seed: int = 1) -> Errors:
    """Errors of all methods at one density of process noise."""
    errors, rng, settings = Errors(), np.random.default_rng(seed), Settings(coast_noise_m2_s3=q)
    times, truth = flown(start(), runs, q, rng)
    for run in range(runs):
        central, *own = (Tracker(settings=settings, name=name) for name in ("central", "south", "north"))
        compared = Compared(settings)
        for k, t in enumerate(times):
            plots = seen((SOUTH, NORTH)[k % 2], t, truth[k, run : run + 1], rng)
            central.scan(plots)
            own[k % 2].scan(plots)
            if t and t % EVERY_S == 0:
                found = compared.exchange(own, tai(t), rng)
                if t >= LAST_S / 2:
                    best = strongest(central, tai(t))
                    errors.add({"central": best, **found}, best, truth[k, run])
    return errors


def wrongly_paired(runs: int, q: float, seed: int = 2) -> tuple[Errors, int]:
    """Errors of the first of two objects taken for one at first, and in how many runs they were.

    The south sees the first all along, the north the second, and from two minutes on both. The central tracker is told
    which plots are the first's.
    """
    errors, rng, settings = Errors(), np.random.default_rng(seed), Settings(coast_noise_m2_s3=q)
    (times, first), (_, second) = flown(start(), runs, q, rng), flown(beside(), runs, q, rng)
    wrong = 0
    for run in range(runs):
        central, *own = (Tracker(settings=settings, name=name) for name in ("central", "south", "north"))
        link, was_wrong = Link(settings), False
        for k, t in enumerate(times):
            x, y = first[k, run], second[k, run]
            there = [x] if k % 2 == 0 else ([x, y] if t > BOTH_FROM_S else [y])
            plots = seen((SOUTH, NORTH)[k % 2], t, np.array(there), rng)
            own[k % 2].scan(plots)
            if there[0] is x:
                central.scan(Plots(plots.site, plots.radar, plots.time_tai_ns, plots.z[:1], plots.sigma[:1]))
            if t and t % EVERY_S == 0:
                objects = link.exchange(own, tai(t), rng)
                one = next(each for each in objects if each.members[-1][0] == SOUTH[1])
                was_wrong |= t <= BOTH_FROM_S and len(one.members) > 1
                if t >= UNDONE_BY_S:
                    errors.add({"wrongly paired": (one.x, one.P)}, strongest(central, tai(t)), x)
        wrong += was_wrong
    return errors, wrong


def lines(found: dict[float, Errors]) -> Iterator[str]:
    yield f"{'':20}" + "".join(f"{f'q = {q:g}: pos / vel (NEES)':>32}" for q in found)
    for method in next(iter(found.values())).of:
        yield f"{method:20}" + "".join(f"{told(errors, method):>32}" for errors in found.values())


def told(errors: Errors, method: str) -> str:
    position, velocity = errors.ratio(method)
    return f"{position:.3f} / {velocity:.3f} ({errors.nees(method):.2f})"


def missed(found: dict[float, Errors], pairs: Errors) -> list[str]:
    """The goals that were not reached."""
    judged = [(f"{name}, q = {q:g}", errors, name) for q, errors in found.items() if q <= 1e-2
              for name in ("tracklets", "20 % lost, 2 tries", "  then came")]  # fmt: skip
    judged.append(("wrongly paired", pairs, "wrongly paired"))
    short = [f"{what}: {errors.ratio(name).max():.3f} of central" for what, errors, name in judged
             if errors.ratio(name).max() > RATIO]  # fmt: skip
    short += [f"{what}: NEES {errors.nees(name):.2f}" for what, errors, name in judged
              if abs(errors.nees(name) - 6) > NEES_BAND]  # fmt: skip
    return short + [f"naive passes at q = {q:g}" for q, errors in found.items() if errors.nees("naive") < NAIVE_NEES]


def summary(found: dict[float, Errors], pairs: Errors) -> str:
    at = found[1e-2]
    lost = f"with 20 % lost and one repeat {told(at, '20 % lost, 2 tries')}, sent once {told(at, '20 % lost, 1 try')}"
    return (
        f"two owners, q = 1e-2, of central pos / vel (NEES): tracklets {told(at, 'tracklets')}; {lost}, where at most "
        f"{told(at, '  the most')} could be; wrongly paired {told(pairs, 'wrongly paired')}; naive NEES "
        f"{at.nees('naive'):.1f} (goals: {RATIO}, 6 +- {NEES_BAND}, naive above {NAIVE_NEES:g})"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="exit 1 where a goal is missed")
    parser.add_argument("--runs", type=int, default=500)
    asked = parser.parse_args()
    found = {q: measured(asked.runs, q) for q in NOISES}
    pairs, wrong = wrongly_paired(asked.runs, 1e-2)
    for line in lines(found):
        print(line)
    print(f"{'wrongly paired':20}{'':32}{told(pairs, 'wrongly paired'):>32}   in {wrong} of {asked.runs} runs at first")
    short = missed(found, pairs)
    for each in short:
        print(f"below the goal: {each}")
    print(summary(found, pairs))
    return 1 if asked.check and short else 0


if __name__ == "__main__":
    sys.exit(main())
