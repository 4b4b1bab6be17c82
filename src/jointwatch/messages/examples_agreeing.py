"""Examples of messages: what centres and people tell one another."""

from __future__ import annotations

from math import radians

from jointwatch.messages.accord import (
    AgreedMember,
    AgreedRelease,
    AgreedSensor,
    Assent,
    Conclusion,
    Dissent,
    Proposal,
    Rules,
    Thresholds,
)
from jointwatch.messages.consultation import Disclosure, Query, Reply
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message
from jointwatch.messages.example_parts import LAUNCH_TAI_NS, OBJECT, S_NS, SEEN_TAI_NS, digest, header
from jointwatch.messages.notice import Notice, NoticeArea, NoticeContents
from jointwatch.messages.notification import Notification, NotifiedArea, WindowExtension
from jointwatch.messages.post_launch import PostLaunchNotice
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.release_policy import ReleaseRule
from jointwatch.messages.statement import Concordance, JointObject, Member, Statement, StatementSignature

_OWN_FINDING = EntryReference(log="moscow/common/assess", index=0, leaf_hash=digest(3))
_THEIR_FINDING = EntryReference(log="brussels/common/assess", index=0, leaf_hash=digest(4))

AGREEING: tuple[Message, ...] = (
    Notice(
        **header("common", "notify", 2),
        contents=NoticeContents(
            occasion="pre-launch",
            from_tai_ns=LAUNCH_TAI_NS - 3_600 * S_NS,
            until_tai_ns=LAUNCH_TAI_NS + 7_200 * S_NS,
            received_tai_ns=LAUNCH_TAI_NS - 86_400 * S_NS,
            vehicle="missile",
            areas=(NoticeArea(role="launch", corners=((radians(35.24), radians(53.92)),)),),
            text="Test of a missile from the Semnan area",
            source="exercise control",
        ),
    ),
    Notification(
        **header("common", "notify", 7, after_s=-90_000) | {"id": "PLN/RU/2009/014/000/01"},
        state="RU",
        occasion="launch",
        agreements=("launch-notification-1988", "plns-2000"),
        vehicle="missile",
        generic_class="ICBM",
        designation="RS-12M",
        from_tai_ns=LAUNCH_TAI_NS,
        until_tai_ns=LAUNCH_TAI_NS + 4 * 3_600 * S_NS,
        site="Plesetsk",
        direction_rad=radians(62),
        areas=(
            NotifiedArea(role="launch", corners=((radians(62.9), radians(40.6)),), radius_m=30_000.0),
            NotifiedArea(
                role="impact",
                corners=(
                    (radians(57.4), radians(160.9)),
                    (radians(57.4), radians(162.6)),
                    (radians(56.5), radians(162.6)),
                    (radians(56.5), radians(160.9)),
                ),
                name="Kura",
            ),
        ),
    ),
    WindowExtension(
        **header("common", "notify", 8, after_s=-3_600) | {"id": "PLN/RU/2009/014/001/02"},
        notification=EntryReference(log="moscow/common/notify", index=7, leaf_hash=digest(21)),
        from_tai_ns=LAUNCH_TAI_NS,
        until_tai_ns=LAUNCH_TAI_NS + 28 * 3_600 * S_NS,
        text="Weather at the site",
    ),
    PostLaunchNotice(
        **header("common", "notify", 4, after_s=3_600),
        announced=EntryReference(log="moscow/common/notify", index=2, leaf_hash=digest(17)),
        outcome="as announced",
        launch_time_tai_ns=LAUNCH_TAI_NS,
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
        **header("brussels", "notify", 5, after_s=300),
        to="brussels",
        subject="source",
        about=(EntryReference(log="brussels/moscow/notify", index=3, leaf_hash=digest(18)),),
        text="Which of your radars does this report rest on?",
        until_tai_ns=SEEN_TAI_NS + 3_600 * S_NS,
    ),
    Reply(
        **header("brussels", "notify", 6, after_s=420),
        query=EntryReference(log="brussels/moscow/notify", index=4, leaf_hash=digest(19)),
        outcome="answered",
        text="The entry behind our first report is disclosed",
        disclosed=(
            Disclosure(
                released=EntryReference(log="moscow/brussels/notify", index=1, leaf_hash=digest(16)),
                salt=digest(7),
                entry=b"the internal entry",
            ),
        ),
    ),
    Statement(
        **header("common", "assess", 2, after_s=960),
        as_of_tai_ns=SEEN_TAI_NS + 900 * S_NS,
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
                joint=OBJECT,
            ),
        ),
        agree=True,
        sentences=("Both centres hold that one missile was launched from near Semnan at 08:50 UTC.",),
    ),
    StatementSignature(
        **header("common", "assess", 3, after_s=960),
        statement=EntryReference(log="brussels/common/assess", index=1, leaf_hash=digest(11)),
        payload_type=PAYLOAD_TYPE,
        payload_sha256=digest(12),
        keyid="SHA256:Zmh6rfhivXdsj8GLjp+OIAiXFIVu4jOzkCpZHQ1fKSU",
        signature=bytes(64),
    ),
    Proposal(
        **header("common", "accord", 1),
        under=EntryReference(log="brussels/common/accord", index=4, leaf_hash=digest(21)),
        rules=Rules(
            number=2,
            members=(
                AgreedMember(centre="ankara", identity="SHA256:7ay9nR19LkQCc4EszpckORAZMvzHf4B8dnrswAwYyAA"),
                AgreedMember(centre="brussels", identity="SHA256:Zmh6rfhivXdsj8GLjp+OIAiXFIVu4jOzkCpZHQ1fKSU"),
                AgreedMember(centre="moscow", identity="SHA256:TWV0pM0QK0G5Ic0LzBzvDbZIqOwC1fC0y6zzbVvVm5o"),
            ),
            sensors=(AgreedSensor(centre="moscow", sensor="armavir-south-east"),),
            releases=(
                AgreedRelease(centre="moscow", rule=ReleaseRule(audience="ankara", klass="notify", form="five items")),
            ),
            thresholds=Thresholds(notify_range_m=500_000.0, notify_before_s=86_400.0, reply_within_s=3_600.0),
        ),
        reason="Ankara joins; reports of launches in five items",
    ),
    Assent(
        **header("common", "accord", 2, after_s=60),
        proposal=EntryReference(log="brussels/common/accord", index=5, leaf_hash=digest(22)),
        dissents=(Dissent(point="2", text="The range is over 2,000 km by our own finding"),),
        text="Signed but for point 2",
    ),
    Conclusion(
        **header("common", "accord", 3, after_s=120),
        proposal=EntryReference(log="moscow/common/accord", index=0, leaf_hash=digest(23)),
        assents=(
            EntryReference(log="ankara/common/accord", index=0, leaf_hash=digest(24)),
            EntryReference(log="brussels/common/accord", index=6, leaf_hash=digest(25)),
        ),
    ),
)
