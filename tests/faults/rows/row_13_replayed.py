"""Frames come again, come as another log's, come from a log for someone else, and come from another exercise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jointwatch.exchange.frame import Frame
from jointwatch.exchange.logid import LogId
from tests.faults import forger
from tests.faults.harness import Outcome, seconds_until
from tests.faults.lying_line import BACK_S, NOTICED_S, LyingLine, honest, lied_to, quiet, refused, told
from tests.faults.stations import Station, Submitter, caught_up_s, settled

TITLE = "replay of old frames, of another log's, another audience's, another run's"
REQUIRED = "refused; old ones without effect"
NOTIFY, ASSESS, PLOT = (LogId("moscow", "common", klass) for klass in ("notify", "assess", "plot"))
FOR_ANKARA = LogId("moscow", "ankara", "notify")


def run(folder: Path, *, full: bool) -> Outcome:
    with lied_to(folder) as (moscow, brussels, line), Submitter(moscow, "moscow/common/notify") as radar:
        seconds_until(lambda: len(line.passed) >= (50 if full else 8), 60.0, "enough frames to replay")
        old = list(line.passed)
        without_effect(brussels, line, old)
        for lie, rule in replays(moscow, old):
            refused(brussels, line, told(lie), rule)
        line.lie = honest
        worst = caught_up_s(brussels, moscow, BACK_S)
        radar.__exit__()
        found = settled(moscow, brussels, radar.acknowledged)
    return found.outcome(worst, f"{len(old)} old frames without effect, 5 replays elsewhere refused by their rule")


def without_effect(brussels: Station, line: LyingLine, old: list[Frame]) -> None:
    """Tell every old frame once more, newest first: nothing is refused, and nothing changes."""
    quiet(line)
    before, answered = brussels.state(), line.answered
    line.lie = told(*reversed(old))
    seconds_until(lambda: line.answered > answered + 2, NOTICED_S, "the replay was pulled")
    quiet(line)
    after = brussels.state()
    held, now = ({log: n for log, n in at["sizes"].items() if log.startswith("moscow/")} for at in (before, after))
    assert (now, after["refused"]) == (held, before["refused"]), "old frames had an effect"


def replays(moscow: Station, old: list[Frame]) -> list[tuple[Frame, str]]:
    """Return frames whose every signature is Moscow's, each where it does not belong, and the rule against it."""
    mine = next(found for found in old if found.log.whole == NOTIFY and found.start and found.entries)
    there = forger.entry(moscow, PLOT, 1)
    return [
        (replace(mine, log=ASSESS, start=0), "tlog-checkpoint"),
        (forger.frame(moscow, ASSESS, [there]), "header"),
        (forger.frame(moscow, ASSESS, mine.entries), "header"),
        (forger.frame(moscow, FOR_ANKARA, [forger.entry(moscow, FOR_ANKARA, 2)]), "audience"),
        (forger.frame(moscow, ASSESS, [forger.entry(moscow, ASSESS, 3, run="other")], run="other"), "tlog-checkpoint"),
    ]
