"""The release policy changes while things are observed: to nothing, to a masked view, to five items, and back."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec

from jointwatch.centre.duty.course import Cursor
from jointwatch.centre.duty.station import CURSOR
from jointwatch.centre.ledger import Ledger
from jointwatch.centre.outlet import Outlet
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import PAYLOAD_TYPE, decode, encode
from jointwatch.messages.release import Release, commitment
from jointwatch.messages.release_policy import ReleasePolicy, ReleaseRule
from tests.centre.test_outlet import SECRETS, Desk, report, scan, to, tracklet
from tests.faults.harness import Outcome
from tests.faults.lying_line import BACK_S
from tests.faults.stations import MODE, RUN, Station, caught_up_s, pair, settled

TITLE = "release policy denies, changes in mid-stream"
REQUIRED = "nothing denied ever in an outbound log; what was withheld is provable"
S = 1_000_000_000
POLICIES: tuple[tuple[ReleaseRule, ...], ...] = (
    (),
    (to("brussels", "plot", "source masked"),),
    (to("brussels", "track", "source masked"), to("brussels", "notify", "five items")),
    (to("ankara", "plot"), to("ankara", "track")),
    (
        to("brussels", "notify", "source masked", delay_ns=20 * S),
        to("brussels", "plot", "source masked", every_ns=9 * S),
    ),
)


def run(folder: Path, *, full: bool) -> Outcome:
    with pair(folder) as (moscow, brussels):
        moscow.stop()
        released, withheld = observed(moscow, 3_000 if full else 300)
        moscow.start()
        worst = caught_up_s(brussels, moscow, BACK_S)
        found = settled(moscow, brussels, released)
    check_kept_at_home(brussels)
    return found.outcome(worst, f"policy changed at random; {withheld} views withhold something, and prove what")


def observed(moscow: Station, number: int) -> tuple[dict[str, int], int]:
    """Return ids and positions of what Moscow let go to Brussels, and how many of its views withhold something."""
    with Store(moscow.database, run=RUN, owner="moscow", log_key=moscow.keys.log) as store:
        desk = _desk(moscow, store)
        for _ in range(number):
            desk.ledger.now_tai_ns += random.choice((1, 2, 7)) * S // 100
            desk.outlet.let_go()
            if random.random() < 0.1:
                adopt(moscow, desk, random.choice(POLICIES))
            make, subject = random.choice(((scan, "gabala-array-2"), (tracklet, "T-1"), (report, "T-1")))
            desk.offer(make, subject=subject, reason="seen by infrared")
        hand_over(moscow, desk, store)
        check_by_the_rules(desk)
        return released(store), check_proofs(desk, store)


def hand_over(moscow: Station, desk: Desk, store: Store) -> None:
    """Let nothing go any more, and have the centre's own watch go on from here: all before was said."""
    adopt(moscow, desk, ())
    desk.outlet.let_go()
    desk.ledger.commit()
    store.keep({CURSOR: Cursor("", store.size(desk.ledger.internal())).encode()})


def adopt(moscow: Station, desk: Desk, rules: tuple[ReleaseRule, ...]) -> None:
    """Put a policy in force that two officers of release have signed."""
    said, log = desk.outlet.policy, desk.ledger.internal()
    desk.ledger.now_tai_ns += 1  # what left before is then told apart from what leaves after
    policy = msgspec.structs.replace(
        said,
        number=said.number + 1,
        replaces=desk.outlet._in_force.leaf_hash,
        rules=rules,
        id=f"policy-{said.number + 1}",
        logged_tai_ns=desk.ledger.now_tai_ns,
    )
    entry = dsse.sign(PAYLOAD_TYPE, encode(policy), moscow.releasers).encode()
    desk.outlet.adopt(policy, desk.ledger.put(log, entry))
    desk.policies.append((desk.ledger.now_tai_ns, policy))


def _desk(moscow: Station, store: Store) -> Desk:
    """Return the way out of Moscow's real record, before its first policy lets anything go."""
    ledger = Ledger("moscow", run=RUN, mode=MODE, key=moscow.keys.desks[-1], store=store)
    ledger.now_tai_ns = start = now_tai_ns()
    policy, entry = ledger.say(ReleasePolicy, ledger.internal(), number=1, rules=(), reason="opening")
    return Desk(store, ledger, Outlet(ledger, ("ankara", "brussels"), policy, entry), [(start, policy)])


def check_by_the_rules(desk: Desk) -> None:
    """Whatever stands in an outbound log was let go by the policy in force when it was logged."""
    for log, message in desk.said():
        if log.klass in ("plot", "track", "notify"):
            rule = desk.in_force(message.logged_tai_ns).rule(log.audience, log.klass)
            assert rule is not None, f"{log} has an entry that no rule let go: {message.id}"


def check_proofs(desk: Desk, store: Store) -> int:
    """Return how many views withhold something; each carries the commitment to the entry that stands behind it."""
    records = desk.releases()
    for one in records:
        outbound = decode(dsse.parse(store.entry(LogId.parse(one.outbound.log), one.outbound.index)).payload)
        shown = getattr(outbound, "items", None) or getattr(outbound, "replacement", None) or outbound
        internal = store.entry(LogId.parse(one.internal.log), one.internal.index)
        assert shown.commitment == commitment(one.salt, internal), f"the view {outbound.id} proves nothing"
        assert set(shown.withheld) == set(one.withheld)
    assert records, "nothing was withheld in part; the row tried nothing"
    assert all(isinstance(one, Release) for one in records)
    return len(records)


def released(store: Store) -> dict[str, int]:
    """Return id and position of everything that Brussels may read of what was observed."""
    logs = [log for log in store.logs() if log.owner == "moscow" and log.audience == "brussels"]
    return {decode(dsse.parse(e).payload).id: k for log in logs for k, e in enumerate(store.entries(log))}


def check_kept_at_home(brussels: Station) -> None:
    """No byte of what no policy lets Brussels have is in any file of Brussels."""
    for path in brussels.folder.rglob("*"):
        held = path.read_bytes() if path.is_file() else b""
        assert not any(secret in held for secret in SECRETS), f"{path.name} at Brussels holds what was withheld"
        assert b"moscow/ankara" not in held, f"{path.name} at Brussels holds what is for Ankara"
