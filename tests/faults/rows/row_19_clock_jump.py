"""A centre's clock jumps by 400 days, runs fast, repeats a second; its desk's clock goes ahead; the partner's is right.

While the centre's clock is beyond the life of every certificate, its door lets nobody in, and says so: nothing is
acknowledged, and nothing is lost. A desk whose clock is before its own key was made is turned down in a sentence too,
as its entry would carry a date at which nobody held that key; it is not among the clocks here.
"""

from __future__ import annotations

import time
from pathlib import Path

from tests.faults.harness import CannotRun, Outcome, seconds_until
from tests.faults.stations import Station, Submitter, caught_up_s, settled, started

TITLE = "clock jump of 400 days, drift, leap second"
REQUIRED = "order unaffected, nothing dropped, back at work when the clock is right"
LIBRARY = "usr/lib/*/faketime/libfaketimeMT.so.1"
NOTICES, ENDED = "moscow/common/notify", "has ended"
BACK_S = 45.0  # certificates issued meanwhile are replaced within 30 s
CLOCKS = (("+0 x1.5", "+0"), ("-1", "-1"), ("+0", "+90"), ("+0", "+400d"), ("+400d", "+0"), ("-400d", "+0"))
"""Of the centre, and of its desk."""
CLOSED = ("+400d", "-400d")


def run(folder: Path, *, full: bool) -> Outcome:
    wrong_s, worst = 40.0 if full else 2.0, 0.0
    centre, desk = folder / "centre.clock", folder / "desk.clock"
    set_clock(centre, "+0")
    set_clock(desk, "+0")
    about = {"environment": wrong_clock(centre), "desk_environment": wrong_clock(desk)}
    moscow = Station("moscow", folder / "moscow", program="tests.faults.wrong_clock", **about)
    brussels = Station("brussels", folder / "brussels")
    with started(moscow, brussels), Submitter(moscow, NOTICES, per_second=100) as radar:
        goes_on(radar, "the desk is heard")
        for wrong in CLOCKS:
            set_clock(centre, wrong[0])
            set_clock(desk, wrong[1])
            time.sleep(wrong_s)
            if wrong[0] not in CLOSED:
                goes_on(radar, f"Moscow keeps its record while the clocks are {wrong}")
            set_clock(centre, "+0")
            set_clock(desk, "+0")
            goes_on(radar, f"Moscow keeps its record after the clocks were {wrong}")
            worst = max(worst, caught_up_s(brussels, moscow, BACK_S))
        radar.stop()
        found = settled(moscow, brussels, radar.acknowledged)
    assert all(ENDED in error for error in radar.errors), f"while a clock was wrong: {sorted(set(radar.errors))[:2]}"
    clocks = ", ".join(f"{one} / {other}" for one, other in CLOCKS)
    return found.outcome(worst, f"centre's and desk's clock were {clocks}")


def goes_on(radar: Submitter, wanted: str) -> None:
    """Wait until one more entry is acknowledged."""
    said = len(radar.acknowledged)
    seconds_until(lambda: len(radar.acknowledged) > said, BACK_S, wanted)


def wrong_clock(clock: Path) -> dict[str, str]:
    """Return the environment in which a process reads its clock from a file."""
    found = sorted(Path("/").glob(LIBRARY))
    if not found:
        raise CannotRun("needs libfaketime (Debian: libfaketime), to set the clock of one process")
    file = {"FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1"}
    return {"LD_PRELOAD": str(found[0]), **file, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}


def set_clock(clock: Path, ahead: str) -> None:
    """Set a clock that is read from a file."""
    draft = clock.with_suffix(".new")
    draft.write_text(f"{ahead}\n")
    draft.replace(clock)
