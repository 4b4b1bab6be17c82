"""Alerts follow from what is reported: one launch is an alert, updates of it, and its end; a restart says the same."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import msgspec
import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.centre.alerts import series, warning
from jointwatch.centre.alerts.series import Alerts
from jointwatch.formats import cap, cap_xml
from jointwatch.messages.alert import MAX_EARLIER, Alert
from jointwatch.messages.correction import Correction
from jointwatch.messages.correlation import Correlation, PartnerEvent
from jointwatch.messages.encoding import Message, decode, encode
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.heartbeat import Heartbeat
from jointwatch.messages.launch_report import LaunchItems, LaunchReport
from jointwatch.messages.reference import EntryReference

SCHEMA = Path(__file__).parents[4] / "shared" / "data" / "cap" / "CAP-v1.2.xsd"
S = 1_000_000_000
REPORT: Any = EXAMPLES["launch_report"]
BEGAN = REPORT.logged_tai_ns
MISSILE = msgspec.structs.replace(REPORT.items, source="armavir/gabala", withheld=(), commitment=b"")
EARLY = msgspec.structs.replace(
    MISSILE, impact=None, impact_time_tai_ns=None, impact_time_sigma_s=None, verdict="undecided", reason="too early"
)
OWN, COMMON, TO_BRUSSELS = "moscow/moscow/record/2009-05", "moscow/common/notify", "moscow/brussels/notify"
THEIRS = "brussels/moscow/notify"


class Desk:
    """A centre whose log grows: says what each entry gives rise to, as entries of its alerts log."""

    def __init__(self) -> None:
        self.alerts, self.said, self.heard = (
            Alerts("moscow"),
            list[Alert](),
            list[tuple[str, Message, EntryReference]](),
        )

    def report(self, items: LaunchItems = MISSILE, log: str = OWN, **more: Any) -> EntryReference:
        return self.hear(LaunchReport, log, items=items, **more)

    def correct(
        self, corrects: EntryReference, replacement: LaunchItems | None, log: str = OWN, reason: str = "newer"
    ) -> EntryReference:
        return self.hear(Correction, log, corrects=corrects, replacement=replacement, reason=reason)

    def hear(self, kind: type[Any], log: str, **content: Any) -> EntryReference:
        number = len(self.heard)
        owner = log.split("/")[0]
        header = {"mode": "exercise", "run": "run-1", "origin": owner, "log": "/".join(log.split("/")[:3])}
        message = kind(**header, logged_tai_ns=BEGAN + number * S, id=f"m-{number}", **content)
        at = EntryReference(log=log, index=number, leaf_hash=number.to_bytes(32, "big"))
        self.heard.append((owner, message, at))
        for word in self.alerts.hear(owner, message, at):
            header = {"mode": "exercise", "run": "run-1", "origin": "moscow", "log": word.log}
            alert = word.kind(**header, logged_tai_ns=message.logged_tai_ns, id=f"a-{len(self.said)}", **word.content)
            assert decode(encode(alert)) == alert
            self.said.append(alert)
        return at

    @property
    def types(self) -> list[str]:
        return [alert.type for alert in self.said]

    def as_cap(self) -> list[cap.Alert]:
        return [warning.cap_of(alert, "Exercise", "moscow") for alert in self.said]


def test_a_launch_is_an_alert_then_updates_then_its_end() -> None:
    desk = Desk()
    first = desk.report(EARLY)
    second = desk.report(MISSILE)
    third = desk.correct(second, MISSILE, reason="the impact is better known")
    desk.correct(third, None, reason="nothing was launched")
    assert desk.types == ["alert", "update", "update", "cancel"]
    alert, update, _, cancel = desk.as_cap()
    assert [one.type for one in desk.as_cap()] == ["Alert", "Update", "Update", "Cancel"]
    assert {one.incidents for one in desk.as_cap()} == {("run-1:moscow:T-0001",)}
    assert update.references == (alert.reference,)
    assert [one.identifier for one in cancel.references] == [f"run-1:{OWN}:{k.index}" for k in (first, second, third)]
    assert desk.said[1].reason.startswith("the verdict changes from undecided to missile; impact 24.10 N")


def test_a_judgement_that_changes_how_it_stands_is_an_update_and_names_the_same_event_elsewhere() -> None:
    """From then on the own launch's alerts tell of both: receivers do not read of one event twice, while it holds."""
    desk = Desk()
    theirs = desk.report(log=THEIRS)
    ours = desk.report()
    partner = PartnerEvent(centre="brussels", reports=(theirs,), ours=1, theirs=1, event_apart_s=2.0)
    judged = {"object": "T-0001", "announced": "not announced", "subject": ours, "partners": (partner,)}
    desk.hear(Correlation, OWN, standing="alarm", text="no notice is about it", **judged)
    assert desk.types == ["alert", "alert", "update"]
    assert desk.as_cap()[2].incidents == ("run-1:moscow:T-0001", "run-1:brussels:T-0001")
    desk.report(log=THEIRS)
    desk.hear(Correlation, OWN, standing="alarm", text="still no notice is about it", **judged)
    assert desk.types == ["alert", "alert", "update"]
    explained = {"standing": "explained", "announced": "announced", "notice": theirs, "text": "it was announced"}
    desk.hear(Correlation, OWN, **judged | explained)
    info = desk.as_cap()[3].infos[0]
    assert info.headline.startswith("EXERCISE: Update: Missile launch (explained) from")
    assert (info.severity, desk.said[3].standing) == ("Minor", "explained")
    again = desk.report()
    assert desk.said[4].judged == "it was announced"
    desk.correct(again, None)
    desk.report(log=THEIRS)
    assert desk.types[5:] == ["cancel", "update"]


def test_a_partner_s_report_alerts_too_and_only_the_partner_corrects_it() -> None:
    desk = Desk()
    theirs = desk.report(log=THEIRS)
    desk.correct(theirs, None, OWN)
    assert desk.types == ["alert"]
    desk.correct(theirs, None, THEIRS)
    assert desk.types == ["alert", "cancel"]
    assert desk.as_cap()[0].source == "brussels"
    assert desk.as_cap()[0].sender == "moscow"


def test_what_partners_are_told_alerts_nobody_at_home() -> None:
    desk = Desk()
    desk.report(log=TO_BRUSSELS)
    assert desk.types == []


def test_the_log_that_speaks_first_leads_and_either_withdraws() -> None:
    desk = Desk()
    desk.report(EARLY)
    public = desk.report(MISSILE, COMMON)
    assert desk.types == ["alert"]
    desk.correct(public, None, COMMON)
    assert desk.types == ["alert", "cancel"]


def test_a_cancelled_launch_that_is_reported_again_is_a_new_alert() -> None:
    desk = Desk()
    first = desk.report()
    desk.correct(first, None)
    desk.correct(first, None)
    assert desk.types == ["alert", "cancel"]
    again = desk.report()
    assert desk.types == ["alert", "cancel", "alert"]
    assert desk.said[-1].earlier == ()
    desk.correct(first, None)
    assert desk.types == ["alert", "cancel", "alert"]
    desk.correct(again, None)
    assert desk.types[-1] == "cancel"


def test_two_tracks_and_two_centres_are_launches_of_their_own() -> None:
    desk = Desk()
    desk.report()
    desk.report(msgspec.structs.replace(MISSILE, track="T-0002"))
    desk.report(log=THEIRS)
    assert desk.types == ["alert"] * 3
    assert len({one.incidents for one in desk.as_cap()}) == 3


def test_time_is_that_of_the_centre_s_own_entries_not_of_a_partner_s_clock() -> None:
    desk = Desk()
    desk.hear(Heartbeat, OWN, number=1)
    desk.report(log=THEIRS)
    assert desk.said[0].sent_tai_ns == BEGAN


def test_a_correction_of_what_was_never_heard_alerts_with_what_holds_instead() -> None:
    desk = Desk()
    unknown = EntryReference(log=THEIRS, index=900, leaf_hash=bytes(32))
    desk.correct(unknown, None, THEIRS)
    desk.correct(unknown, MISSILE, THEIRS)
    assert desk.types == ["alert"]


def test_memory_has_a_bound_whatever_is_reported() -> None:
    desk = Desk()
    for number in range(series.MAX_LAUNCHES + 50):
        desk.report(msgspec.structs.replace(MISSILE, track=f"T-{number}"), THEIRS)
    for _ in range(series.MAX_ENTRIES + 50):
        desk.report(log=OWN)
    assert len(desk.alerts._launches) <= series.MAX_LAUNCHES + 1, "of each reporter so many"
    assert len(desk.alerts._of) <= series.MAX_LAUNCHES + series.MAX_ENTRIES
    assert len(desk.said[-1].earlier) == MAX_EARLIER
    assert desk.said[-1].earlier[0].about.index == series.MAX_LAUNCHES + 50


def test_a_partner_that_reports_without_end_ends_no_own_alert_and_calls_nobody_without_end() -> None:
    desk = Desk()
    desk.report(log=OWN)
    for number in range(series.MAX_LAUNCHES + 50):
        desk.report(msgspec.structs.replace(MISSILE, track=f"B-{number}"), THEIRS)
    assert len(desk.said) == 1 + series.IN_AN_HOUR
    desk.report(log=OWN)
    assert desk.types[-1] == "update", "the own launch is still known"
    for number in range(series.MAX_LAUNCHES + 50):
        desk.correct(EntryReference(log=THEIRS, index=number + 1, leaf_hash=bytes(32)), None, THEIRS)
    assert all(said.earlier for said in desk.said if said.type == "cancel"), "what was never said is not taken back"


@settings(deadline=None)  # the first update brings the tracker
@given(data=st.data())
def test_a_restart_anywhere_says_the_same(data: st.DataObject) -> None:
    """Whatever was heard: the words after a bookmark are those that an unbroken run has; each identifier once."""
    desk = Desk()
    for _ in range(data.draw(st.integers(1, 25))):
        log = data.draw(st.sampled_from([OWN, COMMON, THEIRS, TO_BRUSSELS]))
        items = msgspec.structs.replace(
            data.draw(st.sampled_from([EARLY, MISSILE])), track=data.draw(st.sampled_from(["A", "B"]))
        )
        if not desk.heard or data.draw(st.booleans()):
            desk.report(items, log)
        else:
            corrects = data.draw(st.sampled_from(desk.heard))[2]
            desk.correct(corrects, data.draw(st.sampled_from([None, items])), log)
        if data.draw(st.booleans()):
            desk.alerts = pickle.loads(pickle.dumps(desk.alerts))  # noqa: S301 - our own bytes
    again = Alerts("moscow")
    words = [word.content for owner, message, at in desk.heard for word in again.hear(owner, message, at)]
    assert [content["about"] for content in words] == [alert.about for alert in desk.said]
    messages = desk.as_cap()
    assert len({one.identifier for one in messages}) == len(messages)
    known = set[str]()
    for one in messages:
        assert {reference.identifier for reference in one.references} <= known
        known.add(one.identifier)


def test_every_message_is_valid_under_the_schema_of_oasis() -> None:
    if not SCHEMA.exists():
        pytest.skip("needs the OASIS schema in ../shared/data/cap")
    desk = Desk()
    first = desk.report(EARLY)
    desk.correct(desk.report(MISSILE), MISSILE)
    desk.correct(first, None)
    schema = xmlschema.XMLSchema(SCHEMA)
    for status in ("Exercise", "Test", "Draft", "Actual"):
        for alert in desk.said:
            stream = io.BytesIO()
            cap_xml.write(warning.cap_of(alert, status, "alerts@moscow.example"), stream)
            schema.validate(io.BytesIO(stream.getvalue()))
            assert cap_xml.read(io.BytesIO(stream.getvalue())).status == status
