"""The fault catalogue, run: `python -m tests.faults.run [--full] [--side-by-side N] [NUMBER...]`.

Each row is a process of its own, several side by side. Prints the table and one summary line;
exit 1 where a row failed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FAULTS = Path(__file__).parent
CATALOGUE = 33
SIDE_BY_SIDE = 6
LIMIT_S = {False: 600.0, True: 1500.0}
LONG = ("row_07", "row_10", "row_25", "row_31", "row_33")  # begun first, so that nothing waits for them at the end


@dataclass(frozen=True)
class Result:
    """What came of a row: how it went in a word, and its cells in the table."""

    name: str
    verdict: str
    detail: str
    acknowledged: int | None = None
    lost: int | None = None
    duplicated: int | None = None
    recovery_s: float | None = None

    @property
    def number(self) -> int:
        """The row's number in the catalogue."""
        return int(self.name.split("_")[1])

    def cells(self) -> str:
        """The row of the table."""
        counts = ("-" if count is None else f"{count:,}" for count in (self.acknowledged, self.lost, self.duplicated))
        recovery = "-" if self.recovery_s is None else f"{self.recovery_s:.1f} s"
        outcome = f"{self.verdict}: {' '.join(self.detail.split())[-300:]}" if self.detail else self.verdict
        return f"| {self.number} | {title(self.name)} | {outcome} | {' | '.join(counts)} | {recovery} |"


def names() -> list[str]:
    """Return the names of all rows, in the catalogue's order."""
    return sorted(path.stem for path in (FAULTS / "rows").glob("row_[0-9][0-9]_*.py"))


def title(name: str) -> str:
    """Return a row's TITLE, read without running it."""
    found = re.search(r'^TITLE = "(.*)"$', (FAULTS / "rows" / f"{name}.py").read_text(), re.MULTILINE)
    return found.group(1) if found else name


def run(name: str, *, full: bool) -> Result:
    """Return what came of one row, run as a process in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=f"{name}-", ignore_cleanup_errors=True) as folder:
        command = [
            sys.executable,
            "-m",
            "tests.faults.one_row",
            name,
            folder,
            "--watched",
            *(["--full"] if full else []),
        ]
        said, trouble = _ended(command, LIMIT_S[full])
    if trouble:
        return Result(name, "FAILED", trouble)
    if "cannot" in said:
        return Result(name, "cannot run here", said["cannot"])
    if "failed" in said:
        return Result(name, "FAILED", said["failed"])
    return Result(name, "held", **said)


@contextmanager
def side_by_side(wanted: Sequence[str], *, full: bool, workers: int) -> Iterator[dict[str, Future[Result]]]:
    """Yield what will come of each row, begun in a pool, the long ones first."""
    with ThreadPoolExecutor(workers) as pool:
        order = sorted(wanted, key=lambda name: not name.startswith(LONG))
        try:
            yield {name: pool.submit(run, name, full=full) for name in order}
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _ended(command: list[str], limit_s: float) -> tuple[dict[str, object], str]:
    """Return what a row's process said, or what went wrong with it; it and what it started have ended."""
    watched, watching = os.pipe()  # nobody writes: it ends when we do
    process = subprocess.Popen(
        command,
        cwd=FAULTS.parents[1],
        stdin=watched,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    os.close(watched)
    try:
        out, err = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        _kill_group(process.pid)
        process.communicate()
        os.close(watching)
        return {}, f"not over within {limit_s:g} s"
    _kill_group(process.pid)
    os.close(watching)
    try:
        said = json.loads(out.decode().strip().splitlines()[-1])
    except (ValueError, IndexError):
        return {}, f"ended with {process.returncode} and said nothing: {err.decode(errors='replace')[-400:]}"
    if "failed" in said:
        sys.stderr.write(f"{command[3]}\n{err.decode(errors='replace')[-2500:]}\n")
    return said, ""


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def summary(found: Sequence[Result], seconds: float) -> str:
    """Return the last line: how many held, what was acknowledged, lost and duplicated, and how long it took."""
    held = [result for result in found if result.verdict == "held"]
    counts = [sum(getattr(result, name) or 0 for result in held) for name in ("acknowledged", "lost", "duplicated")]
    not_here = sum(result.verdict == "cannot run here" for result in found)
    failed = [str(result.number) for result in found if result.verdict == "FAILED"]
    worst = max((result.recovery_s or 0.0 for result in held), default=0.0)
    return (
        f"faults: {len(held)} of {len(found)} rows held (catalogue {CATALOGUE})"
        + (f", {not_here} cannot run here" if not_here else "")
        + (f", failed: {', '.join(failed)}" if failed else "")
        + f"; {counts[0]:,} acknowledged, {counts[1]} lost, {counts[2]} duplicated; longest recovery {worst:.1f} s; "
        + f"{seconds:.0f} s in all, {os.getloadavg()[1] / (os.cpu_count() or 1):.1f} processes a processor"
    )


def main() -> int:
    """Print the table and the summary; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", type=int, nargs="*", metavar="NUMBER", help="rows to run; all where none is named")
    parser.add_argument("--full", action="store_true", help="at full length: silent cut 10 min, flapping 5 min")
    parser.add_argument("--side-by-side", type=int, default=SIDE_BY_SIDE)
    asked = parser.parse_args()
    wanted = [name for name in names() if not asked.rows or int(name.split("_")[1]) in asked.rows]
    start, found = time.monotonic(), []
    print("| row | fault | outcome | acknowledged | lost | duplicated | recovery |\n|---|---|---|---|---|---|---|")
    with side_by_side(wanted, full=asked.full, workers=asked.side_by_side) as coming:
        for name in wanted:
            found.append(coming[name].result())
            print(found[-1].cells(), flush=True)
    print(summary(found, time.monotonic() - start))
    return 1 if any(result.verdict == "FAILED" for result in found) else 0


if __name__ == "__main__":
    sys.exit(main())
