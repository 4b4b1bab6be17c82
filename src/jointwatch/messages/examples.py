"""One message of each kind, as it might stand in the logs of the exercise `sejil-2009`; the documentation prints them.

The values are plausible, no more: no example is the output of a run.
"""

from __future__ import annotations

from math import radians
from typing import Any

from jointwatch.messages.consultation import Disclosure, Query, Reply
from jointwatch.messages.correction import Correction
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, kind_of
from jointwatch.messages.finding import Finding, ObjectFinding, PointFinding
from jointwatch.messages.heartbeat import Heartbeat
from jointwatch.messages.incident import Incident
from jointwatch.messages.key_bounds import KeyBounds, LogPlace
from jointwatch.messages.launch_report import Ellipse95, LaunchItems, LaunchReport
from jointwatch.messages.local_track import LocalTrack
from jointwatch.messages.manifest import FileDigest, Manifest
from jointwatch.messages.notice import Notice, NoticeArea, NoticeContents
from jointwatch.messages.party_root import Officer, PartyRoot
from jointwatch.messages.plot_report import PlotReport, Site
from jointwatch.messages.post_launch import PostLaunchNotice
from jointwatch.messages.receipt import Receipt
from jointwatch.messages.reference import EntryReference, LogHead
from jointwatch.messages.release import Release, commitment
from jointwatch.messages.release_policy import Region, ReleasePolicy, ReleaseRule
from jointwatch.messages.roster import Roster, RosterKey
from jointwatch.messages.shard_opening import ShardOpening
from jointwatch.messages.statement import Concordance, JointObject, Member, Statement, StatementSignature
from jointwatch.messages.tracklet import Tracklet

_S = 1_000_000_000
_LAUNCH_TAI_NS = 1_242_809_434 * _S  # 20 May 2009, 08:50:00 UTC
_SEEN_TAI_NS = _LAUNCH_TAI_NS + 140 * _S


def _header(audience: str, klass: str, number: int, after_s: int = 0) -> dict[str, Any]:
    return {
        "mode": "exercise",
        "run": "sejil-2009-1",
        "origin": "moscow",
        "log": f"moscow/{audience}/{klass}",
        "logged_tai_ns": _SEEN_TAI_NS + after_s * _S,
        "id": f"moscow-{klass}-{number}",
    }


def _hash(number: int) -> bytes:
    return bytes([number]) * 32


_LAUNCH = Ellipse95(
    latitude_rad=radians(35.24),
    longitude_rad=radians(53.92),
    semi_major_m=21_000.0,
    semi_minor_m=9_000.0,
    azimuth_rad=radians(140),
)
_IMPACT = Ellipse95(
    latitude_rad=radians(24.1),
    longitude_rad=radians(63.0),
    semi_major_m=74_000.0,
    semi_minor_m=22_000.0,
    azimuth_rad=radians(144),
)
_ITEMS = LaunchItems(
    track="T-0001",
    launch_time_tai_ns=_LAUNCH_TAI_NS,
    launch_time_sigma_s=11.0,
    launch=_LAUNCH,
    direction_rad=radians(144),
    direction_sigma_rad=radians(1.5),
    impact_time_tai_ns=_LAUNCH_TAI_NS + 780 * _S,
    impact_time_sigma_s=14.0,
    impact=_IMPACT,
    verdict="missile",
    p_space=0.02,
    reason="the arc comes down: perigee 5,180 km below the ground, apogee 470 km",
    range_class="MRBM",
    apogee_m=470_000.0,
    source="armavir-south-east",
)
_MASKED = LaunchItems(
    track="T-0001",
    launch_time_tai_ns=_LAUNCH_TAI_NS,
    launch_time_sigma_s=11.0,
    launch=_LAUNCH,
    direction_rad=radians(144),
    direction_sigma_rad=radians(1.5),
    impact_time_tai_ns=_LAUNCH_TAI_NS + 780 * _S,
    impact_time_sigma_s=14.0,
    impact=_IMPACT,
    verdict="missile",
    p_space=0.02,
    reason="the arc comes down",
    range_class="MRBM",
    apogee_m=None,
    source="",
    withheld=("apogee_m", "source"),
    commitment=commitment(_hash(7), b"the internal entry"),
)
_OBJECT = ObjectFinding(
    object="O-1",
    tracks=("T-0001",),
    first_seen_tai_ns=_SEEN_TAI_NS,
    launch=PointFinding(
        latitude_rad=radians(35.24),
        longitude_rad=radians(53.92),
        time_tai_ns=_LAUNCH_TAI_NS,
        covariance=(4.1e7, -2.0e7, 0.0, 5.3e7, 0.0, 121.0),
    ),
    direction_rad=radians(144),
    direction_sigma_rad=radians(1.5),
    impact=PointFinding(
        latitude_rad=radians(24.1),
        longitude_rad=radians(63.0),
        time_tai_ns=_LAUNCH_TAI_NS + 780 * _S,
        covariance=(3.9e8, -2.8e8, 0.0, 5.9e8, 0.0, 196.0),
    ),
    verdict="missile",
    p_space=0.02,
    reason="the arc comes down",
    range_class="MRBM",
    apogee_m=470_000.0,
    sensors=("armavir-south-east",),
)
_STATE = (3_072_000.0, 4_215_000.0, 3_660_000.0, -1_610.0, 2_890.0, -1_240.0)
_COVARIANCE = (
    *(9e5, 1e5, 2e4, 3e3, 0.0, 0.0),
    *(8e5, 1e4, 0.0, 2e3, 0.0),
    *(7e5, 0.0, 0.0, 1e3),
    *(900.0, 10.0, 5.0),
    *(800.0, 8.0),
    700.0,
)
_OWN_FINDING = EntryReference(log="moscow/common/assess", index=0, leaf_hash=_hash(3))
_THEIR_FINDING = EntryReference(log="brussels/common/assess", index=0, leaf_hash=_hash(4))

_MESSAGES: tuple[Message, ...] = (
    Roster(
        **_header("common", "roster", 1),
        number=1,
        identity=_hash(1),
        keys=(
            RosterKey(name="moscow log", purpose="log", public_key=_hash(2), valid_from_tai_ns=_SEEN_TAI_NS),
            RosterKey(name="Armavir", purpose="sensor:armavir", public_key=_hash(3), valid_from_tai_ns=_SEEN_TAI_NS),
        ),
    ),
    PartyRoot(
        **_header("common", "roster", 0),
        number=1,
        identity=_hash(1),
        threshold=2,
        officers=tuple(Officer(name=f"officer {n}", public_key=_hash(5 + n)) for n in (1, 2, 3)),
    ),
    KeyBounds(
        **_header("common", "roster", 2),
        public_key=_hash(3),
        until=(LogPlace(log="moscow/brussels/plot", index=5_120),),
        compromised=True,
        reason="the radar's signing key was copied at the last service",
    ),
    ShardOpening(
        **_header("brussels", "plot", 1),
        shard="2009-05",
        closes=b"the last checkpoint of moscow/brussels/plot/2009-04",
        last_logged_tai_ns=1_241_135_970 * _S,
    ),
    Heartbeat(
        **_header("common", "notify", 12),
        number=12,
        holds=(LogHead(log="brussels/moscow/plot", size=57, root=_hash(5)),),
    ),
    PlotReport(
        **_header("brussels", "plot", 3),
        sensor="armavir-south-east",
        site=Site(name="Armavir", latitude_rad=radians(44.925), longitude_rad=radians(40.984), height_m=150.0),
        time_tai_ns=_SEEN_TAI_NS,
        range_m=(1_521_340.0, 2_210_400.0),
        azimuth_rad=(2.217, 2.481),
        elevation_rad=(0.061, 0.214),
        sigma_range_m=(150.0, 150.0),
        sigma_azimuth_rad=(0.003, 0.003),
        sigma_elevation_rad=(0.003, 0.003),
    ),
    Tracklet(
        **_header("brussels", "track", 2),
        track="T-0001",
        number=2,
        since=0,
        from_tai_ns=_SEEN_TAI_NS,
        to_tai_ns=_SEEN_TAI_NS + 30 * _S,
        time_tai_ns=_SEEN_TAI_NS + 30 * _S,
        state=_STATE,
        covariance=_COVARIANCE,
        boost_probability=0.03,
        plots=6,
        source="",
        withheld=("source",),
        commitment=commitment(_hash(8), b"the internal entry"),
    ),
    LocalTrack(
        **_header("moscow", "record", 38),
        track="T-0001",
        status="confirmed",
        first_plot_tai_ns=_SEEN_TAI_NS,
        last_plot_tai_ns=_SEEN_TAI_NS + 30 * _S,
        plots=6,
        time_tai_ns=_SEEN_TAI_NS + 30 * _S,
        state=_STATE,
        covariance=_COVARIANCE,
        boost_probability=0.03,
        source="armavir-south-east",
    ),
    LaunchReport(**_header("brussels", "notify", 1), items=_MASKED),
    Correction(
        **_header("moscow", "record", 40, after_s=90),
        corrects=EntryReference(log="moscow/moscow/record", index=31, leaf_hash=_hash(9)),
        reason="made from four plots; twenty-one plots now give another impact area",
        replacement=_ITEMS,
    ),
    Receipt(
        **_header("moscow", "record", 41),
        head=LogHead(log="brussels/moscow/plot", size=58, root=_hash(10)),
        first_index=57,
        verified_tai_ns=_SEEN_TAI_NS,
    ),
    Notice(
        **_header("common", "notify", 2),
        contents=NoticeContents(
            occasion="pre-launch",
            from_tai_ns=_LAUNCH_TAI_NS - 3_600 * _S,
            until_tai_ns=_LAUNCH_TAI_NS + 7_200 * _S,
            received_tai_ns=_LAUNCH_TAI_NS - 86_400 * _S,
            vehicle="missile",
            areas=(NoticeArea(role="launch", corners=((radians(35.24), radians(53.92)),)),),
            text="Test of a missile from the Semnan area",
            source="exercise control",
        ),
    ),
    PostLaunchNotice(
        **_header("common", "notify", 4, after_s=3_600),
        announced=EntryReference(log="moscow/common/notify", index=2, leaf_hash=_hash(17)),
        outcome="as announced",
        launch_time_tai_ns=_LAUNCH_TAI_NS,
        direction_rad=radians(144),
        vehicle="missile",
        areas=(
            NoticeArea(role="launch", corners=((radians(35.24), radians(53.92)),)),
            NoticeArea(role="impact", corners=((radians(24.1), radians(63.0)),)),
        ),
        text="One missile was launched from the Semnan area and came down in the area announced",
        source="exercise control",
    ),
    Query(
        **_header("brussels", "notify", 5, after_s=300),
        to="brussels",
        subject="source",
        about=(EntryReference(log="brussels/moscow/notify", index=3, leaf_hash=_hash(18)),),
        text="Which of your radars does this report rest on?",
        until_tai_ns=_SEEN_TAI_NS + 3_600 * _S,
    ),
    Reply(
        **_header("brussels", "notify", 6, after_s=420),
        query=EntryReference(log="brussels/moscow/notify", index=4, leaf_hash=_hash(19)),
        outcome="answered",
        text="The entry behind our first report is disclosed",
        disclosed=(
            Disclosure(
                released=EntryReference(log="moscow/brussels/notify", index=1, leaf_hash=_hash(16)),
                salt=_hash(7),
                entry=b"the internal entry",
            ),
        ),
    ),
    Finding(**_header("common", "assess", 1, after_s=900), as_of_tai_ns=_SEEN_TAI_NS + 900 * _S, objects=(_OBJECT,)),
    Statement(
        **_header("common", "assess", 2, after_s=960),
        as_of_tai_ns=_SEEN_TAI_NS + 900 * _S,
        centres=("brussels", "moscow"),
        findings=(_THEIR_FINDING, _OWN_FINDING),
        objects=(
            JointObject(
                object="J-1",
                members=(Member(centre="brussels", object="O-1"), Member(centre="moscow", object="O-1")),
                concordance=(
                    Concordance(item="launch point", agree=True, text="7 km apart, 0.9 sigma"),
                    Concordance(item="verdict", agree=True, text="both: missile"),
                ),
                joint=_OBJECT,
            ),
        ),
        agree=True,
        sentences=("Both centres hold that one missile was launched from near Semnan at 08:50 UTC.",),
    ),
    StatementSignature(
        **_header("common", "assess", 3, after_s=960),
        statement=EntryReference(log="brussels/common/assess", index=1, leaf_hash=_hash(11)),
        payload_type=PAYLOAD_TYPE,
        payload_sha256=_hash(12),
        keyid="SHA256:Zmh6rfhivXdsj8GLjp+OIAiXFIVu4jOzkCpZHQ1fKSU",
        signature=bytes(64),
    ),
    Manifest(
        **_header("common", "manifest", 1, after_s=1_000),
        files=(
            FileDigest(path="logs/brussels/common/roster/checkpoint", sha256=_hash(13), size=190),
            FileDigest(path="run.json", sha256=_hash(14), size=2_210),
        ),
    ),
    Release(
        **_header("moscow", "record", 42),
        internal=EntryReference(log="moscow/moscow/record", index=41, leaf_hash=_hash(15)),
        outbound=EntryReference(log="moscow/brussels/notify", index=1, leaf_hash=_hash(16)),
        salt=_hash(7),
        withheld=("apogee_m", "source"),
        rule="brussels: launch reports, five items, source masked",
    ),
    ReleasePolicy(
        **_header("moscow", "record", 44),
        number=2,
        replaces=_hash(20),
        rules=(
            ReleaseRule(audience="brussels", klass="notify", form="five items"),
            ReleaseRule(
                audience="brussels",
                klass="track",
                form="source masked",
                every_ns=20 * _S,
                delay_ns=60 * _S,
                region=Region(south_rad=radians(20), north_rad=radians(45), west_rad=radians(40), east_rad=radians(70)),
            ),
            ReleaseRule(audience="common", klass="assess", form="source masked"),
        ),
        reason="tracklets of the region under discussion, a minute late; plots no more",
    ),
    Incident(
        **_header("moscow", "record", 43),
        about="rollback",
        concerns="brussels/moscow/plot",
        text="Brussels asks from 40 entries; its log was verified here up to 57.",
        evidence=b"both checkpoints",
    ),
)

EXAMPLES: dict[str, Message] = {kind_of(message): message for message in _MESSAGES}
"""Kind -> a message of that kind."""
