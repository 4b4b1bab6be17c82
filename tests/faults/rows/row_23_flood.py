"""A partner with a good certificate asks for everything as fast as it can, over as many connections as it can get."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.harness import ROOT, Outcome, longest_s, patience, seconds_until
from tests.faults.stations import Station, Submitter, caught_up_s, settled, with_an_abuser

TITLE = "flood by an authorised peer"
REQUIRED = "429 or 503 to the flood; local sensors keep their priority, other partners their copy"
LOCAL_S, BACK_S, PER_SECOND, LEAST = 2.0, 5.0, 50, 0.3
NOTICES = "moscow/common/notify"


def run(folder: Path, *, full: bool) -> Outcome:
    seconds = 60.0 if full else 8.0
    with (
        with_an_abuser(folder) as (moscow, ankara, brussels),
        Submitter(moscow, NOTICES, per_second=PER_SECOND) as sensor,
    ):
        seconds_until(lambda: len(sensor.acknowledged) > 100, 30, "there is something to ask for")
        in_peace = handed_in_per_s(sensor, 4.0)
        with flood(moscow, brussels) as answers:
            time.sleep(1)
            before = len(sensor.waited_s)
            in_flood = handed_in_per_s(sensor, seconds)
            waited_s = sensor.waited_s[before:]
            worst = caught_up_s(ankara, moscow, BACK_S)
        sensor.stop()
        brussels.start()
        worst = max(worst, caught_up_s(brussels, moscow, 2 * BACK_S))  # a partner again, as soon as it behaves
        found = settled(moscow, ankara, sensor.acknowledged)
    turned = sum(answers.get(status, 0) for status in ("429", "503", "closed"))
    assert turned > 0, f"nothing was turned down: {answers}"
    local = (
        f"a local sensor handed in {in_flood:.0f}/s, {in_peace:.0f}/s before, and waited {max(waited_s):.2f} s at most"
    )
    assert longest_s(waited_s) <= LOCAL_S * patience(), f"{local}; {LOCAL_S:g} s is the limit"
    assert in_flood >= LEAST * in_peace / patience(), f"{local}; the flood was answered {answers}"
    counts = ", ".join(f"{count:,} {status}" for status, count in sorted(answers.items()))
    return found.outcome(worst, f"the flood was answered {counts}; {local}")


def handed_in_per_s(sensor: Submitter, seconds: float) -> float:
    """Return how many entries a second were acknowledged from now on."""
    before = len(sensor.acknowledged)
    time.sleep(seconds)
    return (len(sensor.acknowledged) - before) / seconds


@contextmanager
def flood(at: Station, by: Station) -> Iterator[dict[str, int]]:
    """Yield how often each status came back, filled in when the flood is over."""
    authority = at.keys.line.directory / "tls-ca.pem"
    about = (by.name, by.keys.line.directory, authority, at.host, at.port)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.flood", *map(str, about)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    answers: dict[str, int] = {}
    try:
        yield answers
        answers |= json.loads(process.communicate("", timeout=60)[0])
    finally:
        process.kill()
        process.wait()
