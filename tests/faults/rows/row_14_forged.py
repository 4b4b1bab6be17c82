"""Between the centres stand a stranger's entries and checkpoints; and an officer signs with a key that has ended."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec

from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.keyrings import roster_log
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import PAYLOAD_TYPE, decode, encode
from jointwatch.messages.roster import Roster, RosterKey
from tests.faults import forger
from tests.faults.harness import Outcome
from tests.faults.lying_line import BACK_S, altered, honest, lied_to, refused, told
from tests.faults.stations import Station, Submitter, caught_up_s, record, settled

TITLE = "forged entry, forged or altered checkpoint, stranger's key, key that has ended"
REQUIRED = "refused, counted"
STRANGER = SigningKey.generate()
ASSESS = LogId("moscow", "common", "assess")


def forged_entry(came: Frame) -> Frame:
    """One entry's last byte, which is its signature's, changed on the way."""
    first, *rest = came.entries
    return replace(came, entries=(first[:-1] + bytes([first[-1] ^ 1]), *rest))


def stranger_below(came: Frame) -> Frame:
    """The checkpoint signed by a stranger in the log's name."""
    claimed = checkpoints.unverified(came.checkpoint)
    return replace(came, checkpoint=checkpoints.signed(claimed, STRANGER))


def altered_root(came: Frame) -> Frame:
    """Another root in the checkpoint, above the signature of the true one."""
    claimed = checkpoints.unverified(came.checkpoint)
    other = checkpoints.Checkpoint(claimed.origin, claimed.size, bytes(32)).text()
    return replace(came, checkpoint=came.checkpoint.replace(claimed.text().encode(), other.encode()))


LIES = ((forged_entry, "RFC 6962"), (stranger_below, "signed-note"), (altered_root, "Ed25519"))


def run(folder: Path, *, full: bool) -> Outcome:
    worst = 0.0
    with lied_to(folder) as (moscow, brussels, line), Submitter(moscow, "moscow/common/notify") as radar:
        for lie, rule in [*LIES] * (5 if full else 1):
            refused(brussels, line, altered(lie), rule)
            line.lie = honest
            worst = max(worst, caught_up_s(brussels, moscow, BACK_S))
        for by in (STRANGER, moscow.keys.log, moscow.keys.cosign):
            forged = forger.frame(moscow, ASSESS, [forger.entry(moscow, ASSESS, 1, by=by)])
            refused(brussels, line, told(forged), "DSSE")
        line.lie = honest
        ended = ended_key(moscow, brussels)
        late = forger.frame(moscow, ASSESS, [forger.entry(moscow, ASSESS, 2, by=ended)])
        refused(brussels, line, told(late), "DSSE")
        line.lie = honest
        radar.__exit__()
        found = settled(moscow, brussels, radar.acknowledged)
        _check_nothing_forged(brussels)
    return found.outcome(worst, f"{len(LIES) + 4} forgeries refused by their rule and counted")


def ended_key(moscow: Station, brussels: Station) -> SigningKey:
    """Return a desk key that Moscow's second roster names and its third has ended; Brussels knows all three."""
    key = SigningKey.generate()
    moscow.stop()
    with record(moscow) as own:
        log, now = roster_log(moscow.name), now_tai_ns()
        first = decode(dsse.parse(own.entry(log, own.size(log) - 1)).payload)
        assert isinstance(first, Roster)
        named = RosterKey(name="late", purpose="desk", public_key=key.public.data, valid_from_tai_ns=now)
        gone = msgspec.structs.replace(named, valid_until_tai_ns=now + 1)
        for number, late in ((2, named), (3, gone)):
            about = {"number": number, "id": f"roster-{number}", "logged_tai_ns": now + number}
            roster = msgspec.structs.replace(first, **about, keys=(*first.keys, late))
            keys = moscow.keys
            held = [keys.log, keys.cosign, *keys.desks, moscow.desk_key, *([key] if number == 2 else [])]
            own.append({log: [dsse.sign(PAYLOAD_TYPE, encode(roster), [*moscow.officers[:2], *held]).encode()]})
    moscow.start()
    caught_up_s(brussels, moscow, BACK_S)
    assert brussels.sizes()[str(log)] == 4  # the party root, and three rosters
    return key


def _check_nothing_forged(brussels: Station) -> None:
    with record(brussels) as kept:
        assert kept.size(ASSESS) == 0, "a forged entry was stored"
