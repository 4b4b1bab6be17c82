"""The two centres hold different findings on one launch, each behind a line that is cut until both have spoken."""

from __future__ import annotations

from pathlib import Path

import msgspec

from jointwatch.centre.agreement import statement
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import PAYLOAD_TYPE, decode, encode
from jointwatch.messages.finding import Finding, ObjectFinding
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.statement import Statement
from tests.centre.test_agreement import found as held
from tests.faults.harness import Outcome
from tests.faults.lying_line import BACK_S
from tests.faults.stations import (
    MODE,
    RUN,
    Station,
    Submitter,
    caught_up_s,
    closed_tally,
    pair,
    record,
    settled,
    sizes_held,
)

TITLE = "both parties assess differently"
REQUIRED = "both statements kept, the conflict shown"
OPINIONS = {
    "moscow": held("T-1", sigma_km=5.0, verdict="space launch"),
    "brussels": held("B-7", latitude=37.9, sigma_km=5.0, verdict="missile"),
}
Said = dict[str, tuple[Finding, EntryReference]]


def run(folder: Path, *, full: bool) -> Outcome:
    with pair(folder) as (moscow, brussels), Submitter(moscow, "moscow/common/notify") as radar:
        for centre in (moscow, brussels):
            centre.stop()
            say(centre, OPINIONS[centre.name])
        for centre in (moscow, brussels):
            centre.start()
        worst = max(caught_up_s(brussels, moscow, BACK_S), caught_up_s(moscow, brussels, BACK_S))
        radar.stop()
        seen = sizes_held(moscow, brussels)
        counted = settled(moscow, brussels, radar.acknowledged)
        closed_tally(brussels, moscow, {}, held=seen)
        made = [joint(centre) for centre in (moscow, brussels)]
        check_conflict(made, [moscow, brussels])
    return counted.outcome(worst, "one statement at both, byte for byte; it says on what they differ and keeps both")


def say(centre: Station, opinion: ObjectFinding) -> None:
    """Have a centre write its finding into the log that all may read."""
    log = LogId(centre.name, "common", "assess")
    now = now_tai_ns()
    finding = Finding(
        mode=MODE,
        run=RUN,
        origin=centre.name,
        log=str(log),
        logged_tai_ns=now,
        id=f"{centre.name}-finding",
        as_of_tai_ns=now,
        objects=(opinion,),
    )
    with record(centre) as own:
        own.append({log: [dsse.sign(PAYLOAD_TYPE, encode(finding), [centre.keys.desks[-1]]).encode()]})


def joint(centre: Station) -> bytes:
    """Return the joint statement that a centre makes from its own finding and the one it has mirrored."""
    said: Said = {}
    with record(centre) as kept:
        for log in kept.logs():
            for index, entry in enumerate(kept.entries(log) if log.klass == "assess" else []):
                message = decode(dsse.parse(entry).payload)
                if isinstance(message, Finding):
                    reference = EntryReference(log=str(log), index=index, leaf_hash=merkle.leaf_hash(entry))
                    said[log.owner] = message, reference
    assert set(said) == set(OPINIONS), f"{centre.name} holds the findings of {sorted(said)}"
    return encode(statement(RUN, MODE, said, ()))


def check_conflict(made: list[bytes], centres: list[Station]) -> None:
    """Both made the same bytes, which name both findings and the difference; both can sign them, and did not agree."""
    assert made[0] == made[1], "the two centres made different statements of the same findings"
    said = decode(made[0])
    assert isinstance(said, Statement)
    assert not said.agree, "the statement says that they agree"
    differing = {item.item for each in said.objects for item in each.concordance if not item.agree}
    assert {"launch place", "verdict"} <= differing, f"they differ on {differing}"
    assert {one.log.split("/")[0] for one in said.findings} == set(OPINIONS)
    assert any("not agreed" in sentence for sentence in said.sentences), said.sentences
    keys = [centre.keys.desks[-1] for centre in centres]
    both = dsse.joined([dsse.sign(PAYLOAD_TYPE, body, [key]) for body, key in zip(made, keys, strict=True)])
    assert dsse.verify(both, [key.public for key in keys]) == {key.public for key in keys}
    assert not msgspec.msgpack.decode(both.payload)["agree"]
