"""Examples of messages: what is said of keys, logs and what leaves them."""

from __future__ import annotations

from math import radians

from jointwatch.messages.act import Act
from jointwatch.messages.encoding import Message
from jointwatch.messages.example_parts import S_NS, SEEN_TAI_NS, digest, header
from jointwatch.messages.heartbeat import Heartbeat
from jointwatch.messages.incident import Incident
from jointwatch.messages.key_bounds import KeyBounds, LogPlace
from jointwatch.messages.manifest import FileDigest, Manifest
from jointwatch.messages.party_root import Officer, PartyRoot
from jointwatch.messages.receipt import Receipt
from jointwatch.messages.reference import EntryReference, LogHead
from jointwatch.messages.release import Release
from jointwatch.messages.release_policy import Region, ReleasePolicy, ReleaseRule
from jointwatch.messages.roster import Roster, RosterKey
from jointwatch.messages.shard_opening import ShardOpening

KEEPING: tuple[Message, ...] = (
    Roster(
        **header("common", "roster", 1),
        number=1,
        identity=digest(1),
        keys=(
            RosterKey(name="moscow log", purpose="log", public_key=digest(2), valid_from_tai_ns=SEEN_TAI_NS),
            RosterKey(name="Armavir", purpose="sensor:armavir", public_key=digest(3), valid_from_tai_ns=SEEN_TAI_NS),
        ),
    ),
    PartyRoot(
        **header("common", "roster", 0),
        number=1,
        identity=digest(1),
        threshold=2,
        officers=tuple(Officer(name=f"officer {n}", public_key=digest(5 + n)) for n in (1, 2, 3)),
    ),
    KeyBounds(
        **header("common", "roster", 2),
        public_key=digest(3),
        until=(LogPlace(log="moscow/brussels/plot", index=5_120),),
        compromised=True,
        reason="the radar's signing key was copied at the last service",
    ),
    ShardOpening(
        **header("brussels", "plot", 1),
        shard="2009-05",
        closes=b"the last checkpoint of moscow/brussels/plot/2009-04",
        last_logged_tai_ns=1_241_135_970 * S_NS,
    ),
    Heartbeat(
        **header("common", "notify", 12),
        number=12,
        holds=(LogHead(log="brussels/moscow/plot", size=57, root=digest(5)),),
    ),
    Receipt(
        **header("moscow", "record", 41),
        head=LogHead(log="brussels/moscow/plot", size=58, root=digest(10)),
        first_index=57,
        verified_tai_ns=SEEN_TAI_NS,
    ),
    Manifest(
        **header("common", "manifest", 1, after_s=1_000),
        files=(
            FileDigest(path="logs/brussels/common/roster/checkpoint", sha256=digest(13), size=190),
            FileDigest(path="run.json", sha256=digest(14), size=2_210),
        ),
    ),
    Release(
        **header("moscow", "record", 42),
        internal=EntryReference(log="moscow/moscow/record", index=41, leaf_hash=digest(15)),
        outbound=EntryReference(log="moscow/brussels/notify", index=1, leaf_hash=digest(16)),
        salt=digest(7),
        withheld=("apogee_m", "source"),
        rule="brussels: launch reports, five items, source masked",
    ),
    ReleasePolicy(
        **header("moscow", "record", 44),
        number=2,
        replaces=digest(20),
        rules=(
            ReleaseRule(audience="brussels", klass="notify", form="five items"),
            ReleaseRule(
                audience="brussels",
                klass="track",
                form="source masked",
                every_ns=20 * S_NS,
                delay_ns=60 * S_NS,
                region=Region(south_rad=radians(20), north_rad=radians(45), west_rad=radians(40), east_rad=radians(70)),
            ),
            ReleaseRule(audience="common", klass="assess", form="source masked"),
        ),
        reason="tracklets of the region under discussion, a minute late; plots no more",
    ),
    Incident(
        **header("moscow", "record", 43),
        about="rollback",
        concerns="brussels/moscow/plot",
        text="Brussels asks from 40 entries; its log was verified here up to 57.",
        evidence=b"both checkpoints",
    ),
    Act(
        **header("moscow", "acts", 7),
        person="ivanova",
        role="watch-officer",
        act="consult",
        on=(EntryReference(log="brussels/moscow/notify", index=2, leaf_hash=bytes(range(32))),),
        said=("moscow-query-5f1d",),
        text="Brussels reports the launch; Armavir has not seen it.",
    ),
)
