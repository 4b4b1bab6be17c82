"""Fuzz every target and say what came of it: `python -m tests.fuzz.campaign [--seconds N] [NAME ...]`.

--seconds: for each target. --jobs: how many at a time. --keep: write what was found worth keeping to tests/fuzz/corpus.
An input that breaks a law stays in build/fuzz, and its name is in the table; exit 1.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.corpus import keep
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
QUICK = "/dev/shm" if Path("/dev/shm").is_dir() else None  # a record is written to the disk with every frame
FOUND = ROOT / "build" / "fuzz"
SLOWEST_S, MOST_MEMORY_MB, LONGEST = 10, 1_024, 70_000


@dataclass(frozen=True)
class Looked:
    """What became of one target: how many inputs were tried in how long, and the file of one that broke its law."""

    name: str
    inputs: int
    seconds: float
    finding: str


def look(name: str, seconds: int, keeping: bool = False) -> Looked:
    """Return what atheris found of a target in so many seconds."""
    start, folder = time.monotonic(), Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-", dir=QUICK))
    try:
        corpus = folder / "corpus"
        done = _fuzz(name, folder, corpus, f"-max_total_time={seconds}", f"-artifact_prefix={FOUND}/{name}-")
        tried = re.search(r"stat::number_of_executed_units: (\d+)", done.stderr)
        if keeping and not done.returncode:
            keep(name, [path.read_bytes() for path in corpus.iterdir()])
        spent = time.monotonic() - start
        return Looked(name, int(tried[1]) if tried else 0, spent, _finding(done) if done.returncode else "")
    finally:
        shutil.rmtree(folder)


def _fuzz(name: str, folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Return what atheris printed; whatever a target writes goes into the folder, since libFuzzer tidies nothing."""
    limits = (f"-timeout={SLOWEST_S}", f"-rss_limit_mb={MOST_MEMORY_MB}", f"-max_len={LONGEST}")
    command = [sys.executable, "-m", "tests.fuzz", name, *map(str, arguments), *limits, "-print_final_stats=1"]
    where = {**os.environ, "TMPDIR": str(folder)}
    return subprocess.run(command, cwd=ROOT, env=where, capture_output=True, text=True, errors="replace")


def _finding(done: subprocess.CompletedProcess[str]) -> str:
    """Return which input broke the law, and with what words; or why there was no run."""
    said = done.stderr + done.stdout
    path = re.search(r"Test unit written to (\S+)", said)
    words = re.findall(r"^(?:[\w.]+(?:Error|Exception|Refused|Cut)|ERROR: libFuzzer)\b.*$", said, re.MULTILINE)
    why = words[0][:200] if words else said.strip()[-200:]
    return f"{path[1] if path else 'no input'}: {why!a}"


def campaign(names: Sequence[str], seconds: int, jobs: int, *, keeping: bool) -> Iterator[Looked]:
    """Return what became of each target, in the order of the names."""
    FOUND.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda name: look(name, seconds, keeping), names)


def main() -> int:
    """Print a table row for each target and one line of summary."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.campaign")
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *TARGETS])
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    start, seen = time.monotonic(), list[Looked]()
    print(f"{'target':<28}{'inputs':>12}{'seconds':>9}  finding")
    for one in campaign(asked.names or list(TARGETS), asked.seconds, asked.jobs, keeping=asked.keep):
        seen.append(one)
        print(f"{one.name:<28}{one.inputs:>12,}{one.seconds:>9.0f}  {one.finding or 'none'}", flush=True)
    bad = [one for one in seen if one.finding]
    total = sum(one.inputs for one in seen)
    print(
        f"fuzz: {len(seen)} targets, {total:,} inputs in {time.monotonic() - start:.0f} s, "
        f"{len(bad)} findings (goal 0): {'met' if not bad else 'MISSED'}"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
