"""Reading a tracking data message of 5,000 observations: ours against ccsds-ndm, the field's own reader, on one file.

    python benchmarks/tdm.py [--check] [--peer-python PATH]

Both forms of the message, both sides' best of several runs in processor seconds with the file in memory; what both
read is compared. ccsds-ndm is GPL and only a peer: it runs in a process of its own, by default with this Python, or
with another that has it (`uv venv P && uv pip install --python P/bin/python ccsds-ndm==3.1.1`). Then a million
observations, ours alone, and writing. The last line is the summary; with --check it exits 1 below the goal.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np

from jointwatch.formats import tdm_kvn, tdm_xml
from jointwatch.formats.epochs import read_instant
from jointwatch.formats.tdm import Header, Metadata, Observations, Segment, Tdm
from jointwatch.formats.tdm_keywords import CODES

GOAL = 20.0
OBSERVATIONS, MANY = 5_000, 1_000_000
KINDS = ("RANGE", "ANGLE_1", "ANGLE_2", "DOPPLER_INSTANTANEOUS", "RCS")
PEER = """
import json, sys, time
from ccsds_ndm.ndm_io import NdmIo
text = open(sys.argv[1], "rb").read()
NdmIo().from_path(sys.argv[2])
best = 1e9
for _ in range(int(sys.argv[3])):
    started = time.process_time()
    message = NdmIo().from_bytes(text)
    best = min(best, time.process_time() - started)
observations = message.body.segment[0].data.observation
ranges = [float(o.range) for o in observations if o.range is not None]
print(json.dumps({"s": best, "n": len(observations), "range": sum(ranges)}))
"""


def message(n: int) -> Tdm:
    """A radar's pass: five kinds of observations at 10 Hz, n in all."""
    rng = np.random.default_rng(1)
    code = np.resize(np.array([CODES[kind] for kind in KINDS], dtype=np.uint8), n)
    tenths = np.arange(n) // len(KINDS)
    value = np.abs(rng.normal(size=n)) + 1e-3
    value[::5] += 1400.0
    values = {"TIME_SYSTEM": "UTC", "PARTICIPANT_1": "GABALA", "PARTICIPANT_2": "UNKNOWN", "MODE": "SEQUENTIAL"}
    metadata = Metadata({**values, "PATH": (1, 2, 1), "RANGE_UNITS": "km", "ANGLE_TYPE": "AZEL"})
    day, ns = np.divmod(tenths * 10**8, 86_400 * 10**9)
    observations = Observations(code, (14277 + day).astype(np.int32), ns, value)
    return Tdm(Header(read_instant("2009-02-02T18:40:00"), "MOSCOW"), (Segment(metadata, observations),))


def seconds(act: Callable[[], object], repeats: int) -> float:
    """Least processor seconds of several runs."""
    best = np.inf
    for _ in range(repeats):
        started = time.process_time()
        act()
        best = min(best, time.process_time() - started)
    return float(best)


def peer(python: str, path: Path, warm: Path, repeats: int) -> dict[str, float] | None:
    """The peer's least processor seconds and what it read, or None where it is not installed."""
    child = subprocess.run(
        [python, "-c", PEER, str(path), str(warm), str(repeats)], capture_output=True, text=True, check=False
    )
    if "No module named 'ccsds_ndm'" in child.stderr:
        return None
    child.check_returncode()
    return dict(json.loads(child.stdout))


def row(name: str, form: ModuleType, folder: Path, python: str, repeats: int) -> tuple[float, float | None]:
    """Print one form's row; processor seconds of ours and the peer's."""
    whole, small = message(OBSERVATIONS), message(10)
    for label, value in (("whole", whole), ("small", small)):
        with (folder / f"{label}.{name}").open("wb") as stream:
            form.write(value, stream)
    text = (folder / f"whole.{name}").read_bytes()
    ours = seconds(lambda: form.read(io.BytesIO(text)), 20)
    theirs = peer(python, folder / f"whole.{name}", folder / f"small.{name}", repeats)
    if theirs is None:
        print(f"{name:<6}{ours * 1e3:>10.1f}{'-':>12}{'-':>9}")
        return ours, None
    _, _, ranges = whole.segments[0].observations.of("RANGE")
    if theirs["n"] != OBSERVATIONS or not np.isclose(theirs["range"], ranges.sum(), rtol=1e-12):
        raise SystemExit(f"the peer read {theirs}, which is not what was written")
    print(f"{name:<6}{ours * 1e3:>10.1f}{theirs['s'] * 1e3:>12.0f}{theirs['s'] / ours:>9.0f}")
    return ours, theirs["s"]


def main() -> int:
    """Print one row per form and a summary line; return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--peer-python", default=sys.executable)
    options = parser.parse_args()
    print(f"{'form':<6}{'ours ms':>10}{'ccsds-ndm':>12}{'ratio':>9}")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = row("kvn", tdm_kvn, Path(folder), options.peer_python, 2)
        row("xml", tdm_xml, Path(folder), options.peer_python, 3)
    many = message(MANY)
    stream = io.BytesIO()
    write_s = seconds(lambda: tdm_kvn.write(many, stream), 1)
    read_s = seconds(lambda: tdm_kvn.read(io.BytesIO(stream.getvalue())), 1)
    print(f"{MANY:,} observations, {len(stream.getvalue()) / 1e6:.0f} MB: read {read_s:.2f} s, written {write_s:.2f} s")
    if theirs is None:
        print("tdm: ccsds-ndm is not installed for that Python, no ratio (pip install ccsds-ndm==3.1.1)")
        return 1 if options.check else 0
    ratio = theirs / ours
    met = ratio >= GOAL
    verdict = "met" if met else "missed"
    print(f"tdm: {ratio:.0f} times ccsds-ndm on 5,000 KVN observations (goal {GOAL:.0f}): {verdict}")
    return 0 if met or not options.check else 1


if __name__ == "__main__":
    raise SystemExit(main())
