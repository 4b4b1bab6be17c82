"""Processor time of a scan and how good the tracks are, ours and Stone Soup's, on the same plots."""

from __future__ import annotations

import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tracker.reports import plots_said, tracklets_said
from tracker.worlds import EVERY_S, SIGMA, SITES, Score, World, score

from jointwatch.sensors.site import frame
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.tracker import Tracker

PEER_SCANS, SCORED = 48, range(24, 48)
PEER = Path(__file__).parents[1] / "peers" / "stonesoup_gnn.py"
REPEATS, STANDING, LOWEST = 3, 24, 10


@dataclass(frozen=True)
class Followed:
    """Processor microseconds of a scan once tracks stand, its plots reported; those of tracklets; and the score.

    Of many scans the lowest tenth's bound is taken, of ours and the peer's: what else runs on the machine stretches the
    others, by a factor of two and more, and a short scan's share of it is not a long one's.
    """

    scan_us: float
    tracklets_us: float
    score: Score


def ours(of: World) -> Followed:
    """Ours: three runs with plots encoded and one more for the tracklets, which nobody sends who sends plots."""
    scans: list[float] = []
    tracklets: list[float] = []
    for run in range(REPEATS + 1):
        tracker = Tracker(name="ours", settings=Settings(new_tracks_per_scan_limit=max(200, 2 * len(of.start))))
        pairs = []
        for k, plots in enumerate(of.scans):
            started = time.process_time()
            tracker.scan(plots)
            if run < REPEATS:
                plots_said(plots, k)
                scans += [time.process_time() - started] * (k >= STANDING)
                continue
            between = time.process_time()
            tracklets_said(tracker, plots, k, every_s=EVERY_S)
            tracklets += [time.process_time() - between] * (k >= STANDING)
            if k in SCORED:
                pairs.append((tracker.predicted(plots.time_tai_ns).x[:, :3], of.truth(k)))
    scan_us, tracklets_us = (float(np.percentile(spent, LOWEST)) * 1e6 for spent in (scans, tracklets))
    return Followed(scan_us, tracklets_us, score(pairs))


def theirs(of: World, python: str) -> Followed | None:
    """The same of Stone Soup, or None where it is not installed for that Python."""
    rng, scans = np.random.default_rng(7), of.scans[:PEER_SCANS]
    frames = [frame(site) for site in SITES]
    with tempfile.TemporaryDirectory() as folder:
        plots, result = Path(folder) / "plots.npz", Path(folder) / "result.npz"
        np.savez(
            plots,
            prior=of.start + rng.standard_normal(of.start.shape) * ([5e3] * 3 + [300.0] * 3),
            sigma=SIGMA,
            origin=[origin for origin, _ in frames],
            basis=[basis for _, basis in frames],
            seconds=np.arange(PEER_SCANS) * EVERY_S,
            z=np.concatenate([scan.z for scan in scans]),
            first=np.cumsum([0, *map(len, scans)]),
        )
        child = subprocess.run(
            [python, str(PEER), str(plots), str(result)], capture_output=True, text=True, check=False
        )
        if "No module named 'stonesoup'" in child.stderr:
            return None
        if child.returncode:
            raise SystemExit(child.stderr)
        done = np.load(result)
        pairs = [(done["x"][k, :, :3], of.truth(k)) for k in SCORED]
        return Followed(float(np.percentile(done["seconds"][STANDING:], LOWEST)) * 1e6, 0.0, score(pairs))
