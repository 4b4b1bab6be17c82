"""Radars at a centre's door: how long one scan takes until it is kept, and how many are kept a second.

    python benchmarks/sensors.py [--seconds S] [--check]

A centre in service, in a process of its own, with its watch, its page and its record (SQLite, `synchronous=FULL`).

* One radar that cannot sign posts a scan of 10 plots ten times a second as JSON: from before the request until the
  answer, which comes when the scan stands on the disk under a signed checkpoint.
* Eight such radars post batches of 200 scans as fast as they are answered; the centre signs each scan. Beside the rate
  stands what a scan costs the centre's process, its watch included; other work on the machine changes that little.
* One radar signs for itself and hands in by the program that runs at the radar; its signing is counted.

At the end every scan that was acknowledged stands in the record, and none twice. The last line is the summary; with
--check it exits 1 below a goal.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from jointwatch.centre import founding
from jointwatch.centre.client import CentreLine
from jointwatch.centre.configuration import Place
from jointwatch.centre.intake.declared import Declared, table
from jointwatch.centre.intake.feed import Feed, Patience
from jointwatch.earth.timescale import NS_PER_S, now_tai_ns
from jointwatch.exchange import dsse, source
from jointwatch.exchange.database import Database
from jointwatch.messages.encoding import decode
from jointwatch.messages.plot_report import PlotReport
from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.site import Site

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.centre import serving

RADARS, PLOTS, BATCH = 8, 10, 200
GOAL_P99_MS, GOAL_SCANS_PER_S = 100.0, 1_000
SIGMA = (50.0, 1e-3, 1e-3)


def scan(number: int, time_tai_ns: int) -> Plots:
    """The `number`-th scan of a radar: ten objects that go straight out."""
    k = np.arange(PLOTS)
    z = np.column_stack([1e6 + 5e4 * k + 3.0 * number, 0.5 * k, 0.1 + 0.05 * k])
    return Plots(Site("bench", 0.7, 0.8), "signing", time_tai_ns, z, np.tile(SIGMA, (PLOTS, 1)))


def body(scans: list[Plots]) -> bytes:
    """Scans as a radar that cannot sign posts them."""
    found = []
    for plots in scans:
        echoes = [
            {"range_m": r, "azimuth_deg": float(np.degrees(a)), "elevation_deg": float(np.degrees(e))}
            for r, a, e in plots.z.tolist()
        ]
        found.append({"tai_ns": plots.time_tai_ns, "plots": echoes})
    return json.dumps({"scans": found}).encode()


def processor_s(pid: int) -> float:
    """Seconds of processors that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def one_at_a_time(folder: Path, seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Milliseconds (n,) from a scan to its place, ten scans a second."""
    found = []
    with CentreLine(folder / "clients" / "radar-0") as line:
        begun = time.monotonic()
        for number in range(int(10 * seconds)):
            time.sleep(max(0.0, begun + number / 10 - time.monotonic()))
            text, start = body([scan(number, now_tai_ns())]), time.perf_counter()
            line.post(text)
            found.append((time.perf_counter() - start) * 1e3)
    return np.array(found)


def all_at_once(folder: Path, seconds: float) -> tuple[int, float]:
    """Scans that eight radars had kept, and the seconds it took."""
    kept, end = [0] * RADARS, time.monotonic() + seconds

    def post(radar: int) -> None:
        number = 1_000_000
        with Feed(folder / "clients" / f"radar-{radar}", Patience()) as feed:
            while time.monotonic() < end:
                now = now_tai_ns()
                scans = [scan(number + k, now - (BATCH - k) * 1_000_000) for k in range(BATCH)]
                kept[radar] += feed.post(body(scans))["scans"]
                number += BATCH

    begun = time.monotonic()
    threads = [threading.Thread(target=post, args=(radar,)) for radar in range(RADARS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(kept), time.monotonic() - begun


def signed_at_the_radar(folder: Path, count: int) -> float:
    """Seconds that so many scans took, from the first signature to the last place."""
    now = now_tai_ns()
    scans = [scan(k, now - (count - k) * NS_PER_S // 1_000) for k in range(count)]
    with Feed(folder / "clients" / "signing", Patience()) as feed:
        begun = time.monotonic()
        assert len(set(feed.hand_in(scans))) == count
        return time.monotonic() - begun


def in_the_record(folder: Path) -> Iterator[str]:
    """The ids of all plot reports that are kept."""
    record = Database(Place(folder).record("watch"))
    for log in record.logs():
        if log.klass == "record":
            size = serving.health(folder)["logs"][str(log)]["size"]
            for entry in source.entries(record, log, 0, size, size):
                message = decode(dsse.parse(entry).payload)
                if isinstance(message, PlotReport):
                    yield message.id


def main() -> None:
    """Measure, print, and judge where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each of the first two goes on")
    parser.add_argument("--check", action="store_true", help="exit 1 below a goal")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as box:
        folder = Path(box) / "moscow"
        names = [f"radar-{k}" for k in range(RADARS)]
        clients = [*(founding.Client("sensor", name) for name in names), founding.Client("sensor-writer", "signing")]
        clients.append(founding.Client("admin", "admin"))
        founding.found(folder, run="watch", mode="exercise", listen=serving.address(), clients=clients)
        declared = Declared(
            latitude_deg=40.1, longitude_deg=45.8, sigma_range_m=50.0, sigma_azimuth_deg=0.06, sigma_elevation_deg=0.06
        )
        path = Place(folder).configuration
        path.write_text("\n".join([path.read_text(), *(table(name, declared) + "\n" for name in names)]))
        with serving.serving(folder) as centre:
            ms = one_at_a_time(folder, given.seconds)
            p50, p99 = np.percentile(ms, [50, 99])
            print(f"one scan of {PLOTS} plots, 10/s: p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {ms.max():.1f} ms")
            before_s = processor_s(centre.pid)
            kept, took_s = all_at_once(folder, given.seconds)
            cost_ms = (processor_s(centre.pid) - before_s) / kept * 1e3
            print(
                f"{RADARS} radars, {BATCH} scans a batch, signed by the centre: {kept / took_s:,.0f} scans/s, "
                f"{cost_ms:.2f} ms of a processor each"
            )
            signed = 5_000
            alone = signed / signed_at_the_radar(folder, signed)
            print(f"one radar that signs for itself: {alone:,.0f} scans/s")
            ids = list(in_the_record(folder))
        wanted = len(ms) + kept + signed
        right = len(ids) == len(set(ids)) == wanted
        print(f"in the record: {len(ids):,} of {wanted:,} acknowledged scans, {len(ids) - len(set(ids))} twice")
    good = p99 <= GOAL_P99_MS and kept / took_s >= GOAL_SCANS_PER_S and right
    print(
        f"sensors: p99 {p99:.1f} ms (goal {GOAL_P99_MS:g}), {kept / took_s:,.0f} scans/s signed by the centre (goal "
        f"{GOAL_SCANS_PER_S:,}) at {cost_ms:.2f} ms of a processor each, {alone:,.0f} signed at the radar, "
        f"nothing lost or doubled: {right}; "
        f"{'all goals met' if good else 'BELOW A GOAL'}"
    )
    sys.exit(1 if given.check and not good else 0)


if __name__ == "__main__":
    main()
