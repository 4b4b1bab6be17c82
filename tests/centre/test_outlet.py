"""Nothing that the policy in force denies ever reaches an outbound log, whatever is offered and however it changes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.centre import release
from jointwatch.centre.ledger import Ledger
from jointwatch.centre.outlet import NEWER, WITHDRAWN, Outlet
from jointwatch.exchange import dsse
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.messages.correction import Correction
from jointwatch.messages.encoding import Message, decode
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.launch_report import Ellipse95, LaunchReport
from jointwatch.messages.notice import Notice, NoticeArea
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.release import Release
from jointwatch.messages.release_policy import Region, ReleasePolicy, ReleaseRule
from jointwatch.messages.tracklet import Tracklet

S = 1_000_000_000
START = 1_242_809_434 * S
PARTNERS = ("ankara", "brussels")
KEY = SigningKey.generate()
SECRETS = (b"gabala-array-2", b"seen by infrared", b"moscow-secret-track-source")


@dataclass
class Desk:
    """One centre's way out over a real record, with the time at which each thing was observed and decided."""

    store: Store
    ledger: Ledger
    outlet: Outlet
    policies: list[tuple[int, ReleasePolicy]]
    offered_tai_ns: dict[int, int] = field(default_factory=dict)  # mark -> when
    marks: int = 0

    def adopt(self, rules: tuple[ReleaseRule, ...]) -> None:
        number, replaces = self.outlet.policy.number + 1, self.outlet._in_force.leaf_hash
        content = {"number": number, "replaces": replaces, "rules": rules, "reason": "changed"}
        policy, entry = self.ledger.say(ReleasePolicy, self.ledger.internal(), **content)
        self.outlet.adopt(policy, entry)
        self.policies.append((self.ledger.now_tai_ns, policy))

    def in_force(self, tai_ns: int) -> ReleasePolicy:
        return [policy for when, policy in self.policies if when <= tai_ns][-1]

    def offer(self, make: Any, *, subject: str, reason: str = "", **given: Any) -> None:
        """Offer an internal message that carries a mark by which it is known again outside."""
        self.marks += 1
        self.offered_tai_ns[self.marks] = self.ledger.now_tai_ns
        kind, content = make(self.marks, **given)
        message, reference = self.ledger.say(kind, self.ledger.internal(), **content)
        self.outlet.offer(message, reference, subject, reason=reason)

    def said(self) -> list[tuple[LogId, Message]]:
        """Everything in the outbound logs, as stored."""
        self.ledger.commit()
        logs = [log for log in self.store.logs() if not log.internal]
        entries = [(log, self.store.entry(log, k)) for log in logs for k in range(self.store.size(log))]
        return [(log, decode(dsse.parse(entry).payload)) for log, entry in entries]

    def begin_again(self, *, committed: bool = True) -> None:
        """End the process, in order or not, and go on from the record."""
        if committed:
            self.ledger.commit()
        now_tai_ns = self.ledger.now_tai_ns
        self.store.close()
        self.store, self.ledger = opened(self.store.path)
        self.ledger.now_tai_ns = now_tai_ns
        self.outlet = Outlet.resumed(self.ledger, PARTNERS)

    def releases(self) -> list[Release]:
        self.ledger.commit()
        log = self.ledger.internal()
        found = [decode(dsse.parse(self.store.entry(log, k)).payload) for k in range(self.store.size(log))]
        return [message for message in found if isinstance(message, Release)]


@contextmanager
def desk(*rules: ReleaseRule) -> Iterator[Desk]:
    with tempfile.TemporaryDirectory() as folder:
        store, ledger = opened(Path(folder) / "moscow.db")
        ledger.now_tai_ns = START
        policy, entry = ledger.say(ReleasePolicy, ledger.internal(), number=1, rules=rules, reason="opening")
        found = Desk(store, ledger, Outlet(ledger, PARTNERS, policy, entry), [(START, policy)])
        try:
            yield found
        finally:
            found.store.close()


def opened(path: Path) -> tuple[Store, Ledger]:
    store = Store(path, run="r-1", owner="moscow", log_key=KEY)
    return store, Ledger("moscow", run="r-1", mode="exercise", key=KEY, store=store)


def body(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in message.__struct_fields__ if name not in release.HEADER}


def scan(mark: int) -> tuple[type[PlotReport], dict[str, Any]]:
    return PlotReport, body(EXAMPLES["plot_report"]) | {"sensor": "gabala-array-2", "time_tai_ns": mark}


def tracklet(mark: int, *, state: tuple[float, ...] | None = None) -> tuple[type[Tracklet], dict[str, Any]]:
    plain = {"source": "moscow-secret-track-source", "withheld": (), "commitment": b"", "plots": mark}
    return Tracklet, body(EXAMPLES["tracklet"]) | plain | ({"state": state} if state else {})


def report(mark: int, *, launch: tuple[float, float] = (0.6, 0.9)) -> tuple[type[LaunchReport], dict[str, Any]]:
    where = {"latitude_rad": launch[0], "longitude_rad": launch[1]}
    plain = {"reason": "seen by infrared", "source": "gabala-array-2", "withheld": (), "commitment": b""}
    ellipse = Ellipse95(semi_major_m=2e4, semi_minor_m=9e3, azimuth_rad=0.1, **where)
    items = EXAMPLES["launch_report"].items
    return LaunchReport, {
        "items": msgspec.structs.replace(items, launch=ellipse, impact_time_tai_ns=mark, impact=None, **plain)
    }


def notice(mark: int, *, place: tuple[float, float] | None = None) -> tuple[type[Notice], dict[str, Any]]:
    areas = (NoticeArea(role="launch", corners=(place,)),) if place else ()
    contents = msgspec.structs.replace(EXAMPLES["notice"].contents, areas=areas, received_tai_ns=mark)
    return Notice, {"contents": contents}


# -- the property ----------------------------------------------------------------------------------------------------

latitude, longitude = st.floats(-1.5, 1.5), st.floats(-3.1, 3.1)
seconds = st.sampled_from([0, 0, 5, 20, 60])
south_and_north = st.tuples(latitude, latitude).map(sorted)
region = st.builds(
    lambda band, west, east: Region(south_rad=band[0], north_rad=band[1], west_rad=west, east_rad=east),
    south_and_north,
    longitude,
    longitude,
)
some_region = st.one_of(st.none(), region)


def rule_for(audience: str, klass: str) -> st.SearchStrategy[ReleaseRule]:
    forms = ["whole", "source masked", *(["five items"] if klass == "notify" else [])]
    thinned = seconds.map(lambda s: s * S) if audience != "common" else st.just(0)
    return st.builds(
        ReleaseRule,
        audience=st.just(audience),
        klass=st.just(klass),
        form=st.just("whole") if audience == "common" else st.sampled_from(forms),
        every_ns=thinned,
        delay_ns=seconds.map(lambda s: s * S),
        region=some_region,
    )


PAIRS = [(partner, klass) for partner in PARTNERS for klass in ("notify", "track", "plot")] + [("common", "notify")]
rules = st.tuples(*[st.one_of(st.none(), rule_for(*pair)) for pair in PAIRS]).map(
    lambda found: tuple(rule for rule in found if rule)
)
place = st.tuples(latitude, longitude)
step = st.one_of(
    st.tuples(st.just("scan"), st.none()),
    st.tuples(st.just("tracklet"), place),
    st.tuples(st.just("report"), place),
    st.tuples(st.just("notice"), st.one_of(st.none(), place)),
    st.tuples(st.just("withdraw"), st.none()),
    st.tuples(st.just("policy"), rules),
)
steps = st.lists(st.tuples(st.sampled_from([1, 2, 7, 30, 61]), step), min_size=1, max_size=25)


def play(desk: Desk, what: str, given: Any) -> None:
    if what == "scan":
        desk.offer(scan, subject="gabala-array-2")
    elif what == "tracklet":
        r = release.ecef_from_azimuth_elevation_range(*given, 300e3, [[0.0, 0.0, 0.0]])[0]
        desk.offer(tracklet, subject="T-1", state=(*r.tolist(), 0.0, 0.0, 0.0))
    elif what == "report":
        desk.offer(report, subject="T-1", reason="seen by infrared", launch=given)
    elif what == "notice":
        desk.offer(notice, subject="n", place=given)
    elif what == "withdraw":
        desk.outlet.withdraw("T-1", "seen by infrared")
    else:
        desk.ledger.now_tai_ns += 1  # what left before is then told apart from what leaves after
        desk.adopt(given)


def mark_of(message: Any) -> int | None:
    if isinstance(message, PlotReport):
        return message.time_tai_ns
    if isinstance(message, Tracklet):
        return message.plots
    if isinstance(message, Notice):
        return message.contents.received_tai_ns
    items = message.items if isinstance(message, LaunchReport) else message.replacement
    return items.impact_time_tai_ns if items else None


def places(message: Any) -> list[tuple[float, float]]:
    """Every place of an object that a message names."""
    if isinstance(message, PlotReport):
        return release._places(message)
    if isinstance(message, Tracklet):
        latitude, longitude, _ = release.geodetic_from_ecef([list(message.state[:3])])
        return [(float(latitude[0]), float(longitude[0]))]
    if isinstance(message, Notice):
        return [corner for area in message.contents.areas for corner in area.corners]
    items = message.items if isinstance(message, LaunchReport) else message.replacement
    return [(p.latitude_rad, p.longitude_rad) for p in (items.launch, items.impact) if p] if items else []


@settings(max_examples=100)
@given(rules, steps)
def test_nothing_denied_ever_reaches_an_outbound_log(opening: tuple[ReleaseRule, ...], course: list[Any]) -> None:
    with desk(*opening) as centre:
        for after_s, (what, given_) in course:
            centre.ledger.now_tai_ns += after_s * S
            centre.outlet.let_go()
            play(centre, what, given_)
        last: dict[tuple[str, type], int] = {}
        for log, message in centre.said():
            rule = centre.in_force(message.logged_tai_ns).rule(log.audience, log.klass)
            assert rule is not None, f"{log} has an entry that no rule lets go"
            mark = mark_of(message)
            if rule.form != "whole":
                assert not any(secret in msgspec.msgpack.encode(message) for secret in SECRETS[::2])
            if rule.form == "five items":
                assert SECRETS[1] not in msgspec.msgpack.encode(message)
            if rule.region is not None:
                assert all(rule.region.holds(*found) for found in places(message))
            if mark is None:
                continue
            observed = centre.offered_tai_ns[mark]
            assert message.logged_tai_ns - observed >= rule.delay_ns
            sort = (str(log), type(message) if not isinstance(message, Correction) else LaunchReport)
            assert observed - last.get(sort, -(10**12) * S) >= rule.every_ns
            last[sort] = observed


@settings(max_examples=30)
@given(steps)
def test_a_policy_without_rules_leaves_every_outbound_log_empty(course: list[Any]) -> None:
    with desk() as centre:
        for after_s, (what, given_) in course:
            centre.ledger.now_tai_ns += after_s * S
            centre.outlet.let_go()
            play(centre, what, given_ if what != "policy" else ())
        assert centre.said() == []


@settings(max_examples=40)
@given(rules, steps, st.sets(st.integers(0, 24)))
def test_ends_of_the_process_change_nothing_of_what_leaves(
    opening: tuple[ReleaseRule, ...], course: list[Any], ends: set[int]
) -> None:
    left: list[list[Any]] = []
    for ending in (set[int](), ends):
        with desk(*opening) as centre:
            for number, (after_s, (what, given_)) in enumerate(course):
                if number in ending:
                    centre.begin_again()
                centre.ledger.now_tai_ns += after_s * S
                centre.outlet.let_go()
                play(centre, what, given_)
            left.append([(str(log), type(one), mark_of(one), one.logged_tai_ns, one.id) for log, one in centre.said()])
    assert left[0] == left[1]


# -- and what is allowed does leave ----------------------------------------------------------------------------------


def to(partner: str, klass: str, form: str = "whole", **more: Any) -> ReleaseRule:
    return ReleaseRule(audience=partner, klass=klass, form=form, **more)


def test_each_partner_gets_what_its_own_rules_allow() -> None:
    with desk(to("ankara", "plot"), to("brussels", "track", "source masked")) as centre:
        centre.offer(scan, subject="gabala-array-2")
        centre.offer(tracklet, subject="T-1")
        said = [(str(log), type(message)) for log, message in centre.said()]
        assert said == [("moscow/ankara/plot", PlotReport), ("moscow/brussels/track", Tracklet)]
        (record,) = centre.releases()
        assert (record.withheld, record.rule) == (("source",), "brussels track: source masked")


def test_what_waits_leaves_when_it_is_old_enough_and_in_the_order_it_was_offered() -> None:
    with desk(to("ankara", "plot", delay_ns=60 * S)) as centre:
        for _ in range(3):
            centre.offer(scan, subject="gabala-array-2")
            centre.ledger.now_tai_ns += 30 * S
            centre.outlet.let_go()
        assert [message.time_tai_ns for _, message in centre.said()] == [1, 2]
        centre.ledger.now_tai_ns += 30 * S
        centre.outlet.let_go()
        assert [message.time_tai_ns for _, message in centre.said()] == [1, 2, 3]


def test_what_is_offered_as_a_log_opens_leaves_behind_what_waited_for_it() -> None:
    with desk(to("ankara", "plot"), to("ankara", "notify"), to("brussels", "plot")) as centre:
        centre.outlet._opens = lambda log: log.audience != "ankara"
        centre.offer(scan, subject="gabala-array-2")
        centre.offer(report, subject="T-1")
        centre.outlet._opens = lambda log: True
        centre.offer(scan, subject="another")  # as the log opens while a centre goes through what it heard
        centre.offer(report, subject="T-1", reason="a better estimate")
        centre.outlet.let_go()
        said = [(str(log), type(message), mark_of(message)) for log, message in centre.said()]
        assert [one for one in said if "plot" in one[0]] == [
            ("moscow/ankara/plot", PlotReport, 1),
            ("moscow/ankara/plot", PlotReport, 3),
            ("moscow/brussels/plot", PlotReport, 1),
            ("moscow/brussels/plot", PlotReport, 3),
        ]
        assert [one[1:] for one in said if "notify" in one[0]] == [(LaunchReport, 2), (Correction, 4)]


def test_a_log_that_opens_while_what_waits_is_let_go_lets_nothing_overtake() -> None:
    with desk(to("ankara", "plot")) as centre:
        centre.outlet._opens = lambda log: False
        for _ in range(3):
            centre.offer(scan, subject="gabala-array-2")
        asked = iter((False, True, True, True, True))
        centre.outlet._opens = lambda log: next(asked)
        for _ in range(2):
            centre.outlet.let_go()
        assert [message.time_tai_ns for _, message in centre.said()] == [1, 2, 3]


def test_a_policy_that_waits_less_lets_nothing_overtake_what_waited_under_the_last_one() -> None:
    with desk(to("ankara", "plot", delay_ns=60 * S)) as centre:
        centre.offer(scan, subject="gabala-array-2")
        centre.ledger.now_tai_ns += S
        centre.adopt((to("ankara", "plot", every_ns=10 * S),))
        centre.offer(scan, subject="gabala-array-2")
        centre.outlet.let_go()
        assert [message.time_tai_ns for _, message in centre.said()] == [1]  # the second is within ten seconds of it


def test_what_waits_when_the_process_ends_leaves_at_its_time() -> None:
    with desk(to("ankara", "plot", delay_ns=60 * S)) as centre:
        centre.offer(scan, subject="gabala-array-2")
        centre.ledger.now_tai_ns += 30 * S
        centre.begin_again()
        centre.outlet.let_go()
        assert centre.said() == []
        centre.ledger.now_tai_ns += 30 * S
        centre.begin_again()
        centre.outlet.let_go()
        assert [message.time_tai_ns for _, message in centre.said()] == [1]
        centre.begin_again()
        centre.outlet.let_go()
        assert len(centre.said()) == 1


def test_what_was_not_committed_when_the_process_ended_was_neither_said_nor_waits() -> None:
    with desk(to("ankara", "plot", delay_ns=60 * S)) as centre:
        centre.offer(scan, subject="gabala-array-2")
        centre.ledger.commit()
        centre.offer(scan, subject="gabala-array-2")
        centre.begin_again(committed=False)
        centre.ledger.now_tai_ns += 60 * S
        centre.outlet.let_go()
        assert [message.time_tai_ns for _, message in centre.said()] == [1]


def test_a_record_without_a_policy_resumes_no_way_out(tmp_path: Path) -> None:
    store, ledger = opened(tmp_path / "moscow.db")
    with store, pytest.raises(Refused, match="names no release policy in force"):
        Outlet.resumed(ledger, PARTNERS)


def test_thinning_is_for_each_sensor_and_partner_by_itself() -> None:
    with desk(to("ankara", "plot", every_ns=20 * S), to("brussels", "plot")) as centre:
        for _ in range(5):
            centre.offer(scan, subject="gabala-array-2")
            centre.offer(scan, subject="another")
            centre.ledger.now_tai_ns += 10 * S
        said = [(log.audience, message.time_tai_ns) for log, message in centre.said()]
        assert [mark for audience, mark in said if audience == "ankara"] == [1, 2, 5, 6, 9, 10]
        assert len([mark for audience, mark in said if audience == "brussels"]) == 10


def test_what_waited_under_one_policy_goes_by_the_next() -> None:
    with desk(to("ankara", "plot", delay_ns=60 * S), to("brussels", "plot", delay_ns=60 * S)) as centre:
        centre.offer(scan, subject="gabala-array-2")
        centre.adopt((to("ankara", "plot", "source masked", delay_ns=10 * S),))
        centre.ledger.now_tai_ns += 60 * S
        centre.outlet.let_go()
        ((log, message),) = centre.said()
        assert (log.audience, message.sensor) == ("ankara", "")
        centre.adopt((to("brussels", "plot"),))
        centre.outlet.let_go()
        assert len(centre.said()) == 1  # what was denied once is not kept for a milder policy


def test_a_launch_is_reported_once_and_corrected_after_by_what_each_partner_was_told() -> None:
    with desk(to("ankara", "notify", "five items", every_ns=60 * S), to("brussels", "notify")) as centre:
        for _ in range(3):
            centre.offer(report, subject="T-1", reason="a better estimate")
            centre.ledger.now_tai_ns += 30 * S
        centre.outlet.withdraw("T-1", "a satellite")
        said = centre.said()
        told = {
            partner: [
                (type(m).__name__, getattr(m, "reason", ""), m.corrects.index if isinstance(m, Correction) else None)
                for log, m in said
                if log.audience == partner
            ]
            for partner in PARTNERS
        }
        assert told["ankara"] == [
            ("LaunchReport", "", None),
            ("Correction", NEWER, 0),
            ("Correction", WITHDRAWN, 1),
        ]
        assert told["brussels"] == [
            ("LaunchReport", "", None),
            ("Correction", "a better estimate", 0),
            ("Correction", "a better estimate", 1),
            ("Correction", "a satellite", 2),
        ]


def test_a_report_that_waits_when_it_is_withdrawn_is_never_told() -> None:
    with desk(to("ankara", "notify", delay_ns=60 * S)) as centre:
        centre.offer(report, subject="T-1")
        centre.outlet.withdraw("T-1", "a satellite")
        centre.ledger.now_tai_ns += 90 * S
        centre.outlet.let_go()
        assert centre.said() == []


def test_a_policy_that_does_not_follow_the_one_in_force_is_refused() -> None:
    with desk() as centre:
        first = centre.outlet.policy
        centre.adopt(())
        for number, replaces in ((2, bytes(32)), (3, bytes(32)), (4, centre.outlet._in_force.leaf_hash)):
            later = msgspec.structs.replace(first, number=number, replaces=replaces)
            with pytest.raises(Refused, match=f"policy {number} does not replace policy 2"):
                centre.outlet.check_next(later)
