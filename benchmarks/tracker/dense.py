"""Objects too close for comfort: what the tracker makes of them beside the best assignment alone, in many runs.

The cases are those of the tests (tests/tracking/dense_cases.py), where fewer runs are made.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np

TESTS = Path(__file__).parents[2] / "tests" / "tracking"
LOST = 0.02
"""Of the objects: so many more may be without track, or so many tracks without object."""


@dataclass(frozen=True)
class Beside:
    """A case's name, and scores of ours and of the best assignment alone (`dense_cases.Score`)."""

    name: str
    ours: SimpleNamespace
    best: SimpleNamespace
    met: bool


def close_ones(share: float = 1.0) -> Iterator[Beside]:
    """Each case, with this share of the runs."""
    cases, sky = _loaded("dense_cases"), SimpleNamespace(**vars(_loaded("conftest")))
    clouds = {f"20 within {km} km": (cases.cluster(sky, 20, km * 1e3, v, (100.0, 2e-3, 2e-3)), 10)
              for km, v in ((1, 5.0), (5, 20.0))}  # fmt: skip
    close = {"2, 50 m apart (NRL)": (cases.nrl(sky), 60), "stage and booster": (cases.stage_and_booster(sky), 40)}
    for name, (case, runs) in (close | clouds).items():
        count, runs = case.truth.shape[1], max(1, round(share * runs))
        ours = cases.scores(case, runs)
        with cases.plain_assignment():
            best = cases.scores(case, runs)
        wrong, least = (count * (1 - of.kept) + of.extra for of in (ours, best))
        chance = 2 * np.sqrt((ours.exchanges + best.exchanges) / runs)  # two sigma of a difference of counts
        met = wrong <= least + LOST * count and ours.exchanges <= best.exchanges + chance
        yield Beside(f"{name}, {runs} runs", ours, best, bool(met))


def _loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, TESTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
