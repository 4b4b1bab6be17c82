"""What the joint watch costs, as a person meets it: help, both demo runs as fast as they go, verifying, replaying.

    python benchmarks/joint_watch.py [--check]

Whole processes, wall clock and processor time of all their children; goals are those of the first milestone: the demo
within 20 s on two cores, help within 0.3 s. The last line is the summary; with --check it exits 1 below a goal.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOALS_S = {"help": 0.3, "demo": 20.0}


def timed(*arguments: str, state: Path) -> tuple[float, float]:
    """Return wall and processor seconds of one command with all its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    command = [sys.executable, "-m", "jointwatch", *arguments]
    environment = {**os.environ, "XDG_STATE_HOME": str(state)}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Print one row per command and a summary line; return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        state, runs = Path(folder) / "state", Path(folder) / "runs"
        help_s = min(timed("--help", state=state)[0] for _ in range(5))
        rows = {"help (best of 5)": (help_s, help_s)}
        rows["demo, both runs, --speed max"] = timed(
            "demo", "--speed", "max", "--no-serve", "--out", str(runs), state=state
        )
        rows["log verify"] = timed("log", "verify", str(runs / "sejil-2009"), state=state)
        rows["replay, every picture"] = timed("replay", str(runs / "sejil-2009"), state=state)
    print(f"{'command':<32}{'wall s':>8}{'cpu s':>8}")
    for name, (wall, cpu) in rows.items():
        print(f"{name:<32}{wall:>8.2f}{cpu:>8.2f}")
    demo_s = rows["demo, both runs, --speed max"][0]
    met = help_s <= GOALS_S["help"] and demo_s <= GOALS_S["demo"]
    print(
        f"joint watch: help {help_s:.2f} s (goal {GOALS_S['help']}), demo {demo_s:.1f} s (goal {GOALS_S['demo']:.0f}): "
        f"{'met' if met else 'missed'}"
    )
    return 0 if met or "--check" not in sys.argv else 1


if __name__ == "__main__":
    raise SystemExit(main())
