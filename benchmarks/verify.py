"""How long it takes to verify a long log, every signature and hash of it, by whoever holds no secret.

    python benchmarks/verify.py [--entries N] [--processes N] [--check]

A log of signed messages of 1 KB is made and published as tiles, and verified as `jointwatch log verify` does it, by as
many processes as there are cores. No peer verifies an originator's signature on each entry; the first line says what
the signatures alone would cost one core. Processor time is printed beside the clock's, as others may use the machine.
The last line is the summary; with --check it exits 1 beyond the goal.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from exchange import MODE, PLOTS, RUN, roster_entry, signed_entry

from jointwatch.centre.credentials import Credentials, ensure
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse, merkle, tiles
from jointwatch.exchange.keyrings import Keyrings, roster_log
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.site import site
from jointwatch.exchange.verify.site import verify_site

ENTRIES, ENTRY_BYTES, PART = 1_000_000, 1_024, 4_096
GOAL_S, GOAL_CORES = 60.0, 2


def entries_of(folder: Path, first: int, stop: int) -> list[bytes]:
    """Return some of the log's entries."""
    keys = ensure(folder / "moscow", "moscow")
    padding = bytes(ENTRY_BYTES - len(signed_entry(keys, 0, b"")))
    return [signed_entry(keys, number, padding) for number in range(first, stop)]


def build(folder: Path, count: int) -> None:
    """Write the published logs of a centre: its roster, and a log of so many entries."""
    keys = ensure(folder / "moscow", "moscow")
    write(folder, keys, roster_log("moscow"), [roster_entry(keys)])  # first, as no key is valid before its roster
    parts = [(start, min(start + PART, count)) for start in range(0, count, PART)]
    with multiprocessing.get_context("spawn").Pool() as pool:
        made = pool.starmap(partial(entries_of, folder), parts)
    write(folder, keys, PLOTS, [entry for part in made for entry in part])


def write(folder: Path, keys: Credentials, log: LogId, entries: list[bytes]) -> None:
    """Write a log's directory under a signed checkpoint."""
    edge, _ = merkle.CompactRange().extend(map(merkle.leaf_hash, entries))
    claimed = checkpoints.Checkpoint(log.origin(RUN), edge.size, edge.root())
    (folder / "web" / str(log)).parent.mkdir(parents=True, exist_ok=True)
    tiles.write_log_directory(folder / "web" / str(log), entries, checkpoints.signed(claimed, keys.held["log"]))


def signature_s(folder: Path) -> float:
    """Return what one signature takes one core, seconds of its time."""
    entries = entries_of(folder, 0, 2_000)
    ring = Keyrings("moscow", RUN, MODE).learn(roster_entry(ensure(folder / "moscow", "moscow"))).at(0)
    key = ring.keys("desk", time.time_ns())[0]
    signed = [dsse.parse(entry) for entry in entries]
    start = time.process_time()
    for one in signed:
        key.verify(dsse.pae(one.payload_type, one.payload), one.signatures[0].sig)
    return (time.process_time() - start) / len(signed)


def processor_s() -> float:
    """Return the processor time of this process and of those it waited for, seconds."""
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def main() -> int:
    """Build, verify, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder, asked.entries)
        signature = signature_s(folder)
        print(f"signatures alone: {signature * 1e6:.0f} us each, {signature * asked.entries:.1f} s of one core in all")
        start, used = time.monotonic(), processor_s()
        report = verify_site(site(str(folder / "web")), [roster_log("moscow"), PLOTS], processes=asked.processes)
        took, used = time.monotonic() - start, processor_s() - used
    assert report.ok, report.faults[0]
    whole = took * ENTRIES / asked.entries
    peak_mb = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(
        f"verify: {asked.entries:,} entries of 1 KB in {took:.1f} s ({asked.entries / took:,.0f}/s), {used:.1f} s of "
        f"processor time by {asked.processes} processes; 10^6 in {whole:.0f} s (goal {GOAL_S:.0f} on {GOAL_CORES} "
        f"cores), the largest process {peak_mb:,.0f} MB"
    )
    return int(asked.check and whole > GOAL_S)


if __name__ == "__main__":
    sys.exit(main())
