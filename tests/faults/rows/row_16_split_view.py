"""Moscow shows Brussels another history of one log than its record holds, both under its own signature."""

from __future__ import annotations

from pathlib import Path

from jointwatch.exchange import equivocation
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from tests.faults import forger
from tests.faults.harness import Outcome, seconds_until
from tests.faults.lying_line import BACK_S, LyingLine, honest, lied_to, refused, told
from tests.faults.stations import Station, Submitter, caught_up_s, closed_tally, record

TITLE = "split view, equivocation"
REQUIRED = "detected, evidence file, that log frozen"
GO_ON_S = 30.0
NOTIFY, ASSESS = (LogId("moscow", "common", klass) for klass in ("notify", "assess"))


def run(folder: Path, *, full: bool) -> Outcome:
    with lied_to(folder) as (moscow, brussels, line), Submitter(moscow, "moscow/common/notify") as radar:
        acknowledged = say(moscow, "a-0", "a-1")
        caught_up_s(brussels, moscow, BACK_S)
        refused(brussels, line, told(another_history(moscow, line)), "one history per log")
        check_evidence(moscow, brussels)
        line.lie = honest
        acknowledged |= say(moscow, "a-2")
        others_go_on(moscow, brussels)
        brussels.kill()  # a restart does not forget
        brussels.start()
        others_go_on(moscow, brussels)
        assert brussels.sizes()[str(ASSESS)] == 3, "a frozen log went on"
        radar.__exit__()
        worst = others_go_on(moscow, brussels)
        for station in (moscow, brussels):
            station.stop()
        found = closed_tally(moscow, brussels, radar.acknowledged | acknowledged, held={})
        with record(brussels) as kept:
            notices = [log for log in kept.logs() if log.whole == NOTIFY]
            assert sum(map(kept.size, notices)) == len(radar.acknowledged) + len(notices)  # each shard has its opening
    return found.outcome(worst, "evidence holds against the log key alone; that log frozen, also after kill -9")


def say(moscow: Station, *ids: str) -> dict[str, int]:
    """Return the positions at which Moscow acknowledged these ids in the log of its findings."""
    return dict(zip(ids, moscow.say(ids, str(ASSESS)), strict=True))


def another_history(moscow: Station, line: LyingLine) -> Frame:
    """Return as many entries as Brussels holds of the shard, all but its opening in other words, well signed."""
    said = next(found for found in line.passed if found.log.whole == ASSESS and not found.start)
    others = [forger.entry(moscow, said.log, number) for number in range(2)]
    return forger.frame(moscow, said.log, [said.entries[0], *others])


def check_evidence(moscow: Station, brussels: Station) -> None:
    """One file, which proves it to whoever has Moscow's public log key, and against no other key."""
    (path,) = brussels.evidence.glob("*.json")
    evidence = equivocation.read(path)
    equivocation.check(evidence, [moscow.keys.log.public])
    try:
        equivocation.check(evidence, [SigningKey.generate().public])
    except Refused:
        return
    raise AssertionError("the evidence is held against a key that signed nothing")


def others_go_on(moscow: Station, brussels: Station) -> float:
    """Return how long it took until Brussels held the notices that Moscow has now."""
    wanted = moscow.sizes()["moscow/common/notify"]
    return seconds_until(lambda: brussels.sizes().get(str(NOTIFY), 0) >= wanted, GO_ON_S, "the other logs go on")
