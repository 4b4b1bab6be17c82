"""A partner comes back to a backlog: how fast it catches up, and how long a notice takes that is said meanwhile.

    python benchmarks/backlog.py [--entries N] [--check]

The two processes of `exchange.py`. Moscow's log holds N plots of 1 KB before Brussels comes for the first time; every
quarter of a second Moscow then says a notice, and the clock runs from before it is signed until it is verified and on
Brussels' disk. Begun: from the moment the partner may ask until it holds the first plots. The goals are those for
10^6 entries; the last line is the summary, and with --check it exits 1 below a goal.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

from exchange import PLOTS, Sender, line_of, mirror_of, signed_entry

from jointwatch.exchange.follow import Round, keep_following
from jointwatch.exchange.logid import LogId

NOTICES = LogId("moscow", "common", "notify")
EVERY_S, ENTRIES = 0.25, 100_000
GOAL_PER_S, GOAL_NOTICE_S, GOAL_BEGUN_S = 5_000, 1.0, 2.0


def partner(folder: Path, port: int, count: int, line: Connection) -> None:
    """Follow until all plots are held; then say when each notice had come, when the first plots, and when the last."""
    mirror = mirror_of(folder)
    notices, plots, held = list[float](), list[float](), threading.Event()

    def look(log: LogId, size: int) -> None:
        now = time.monotonic()
        notices.extend([now] * (size - len(notices)) if log == NOTICES else ())
        plots.extend([now] if log == PLOTS else ())
        if log == PLOTS and size == count:
            held.set()

    def tell(found: Round) -> None:
        if found.cut or found.refusals:
            raise SystemExit(f"the partner stopped: {found}")

    mirror.store.listen(look)
    with mirror.store, line_of(folder, port) as client:
        line.send("ready")
        line.recv()
        keep_following(client, mirror, tell, stop=held)
    line.send((notices, plots[0], plots[-1]))


def backlog(count: int) -> tuple[float, float, list[float]]:
    """Return entries a second, seconds until the catch-up began, and how long each notice took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sender = Sender(folder)
        near, far = multiprocessing.get_context("spawn").Pipe()
        with sender.store, sender.server:
            sender.flood(count)
            process = multiprocessing.get_context("spawn").Process(
                target=partner, args=(folder, sender.server.port, count, far)
            )
            process.start()
            near.recv()
            near.send("begin")
            start, said = time.monotonic(), list[float]()
            while not near.poll(EVERY_S):
                said.append(time.monotonic())
                sender.store.append({NOTICES: [signed_entry(sender.keys, len(said), b"", log=NOTICES)]})
            notices, first, last = near.recv()
            process.join()
    return count / (last - first), first - start, [came - at for at, came in zip(said, notices, strict=False)]


def main() -> int:
    """Print the summary; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    per_s, begun_s, waited = backlog(asked.entries)
    met = per_s >= GOAL_PER_S and max(waited) <= GOAL_NOTICE_S and begun_s <= GOAL_BEGUN_S
    print(
        f"backlog: {asked.entries:,} entries caught up at {per_s:,.0f}/s (goal {GOAL_PER_S:,}), begun after "
        f"{begun_s:.2f} s (goal {GOAL_BEGUN_S:.0f}); {len(waited)} notices meanwhile, the slowest {max(waited):.2f} s "
        f"(goal {GOAL_NOTICE_S:.0f}): {'met' if met else 'missed'}"
    )
    return 0 if met or not asked.check else 1


if __name__ == "__main__":
    sys.exit(main())
