"""Notifications given: the sheet, the draft with its identifier, its faults, and the board as it stands on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from jointwatch.assessment.notification.owed import Rule
from jointwatch.catalogue.agreements import rule_parameters
from jointwatch.centre.notification import giving, identifier, sheet
from jointwatch.centre.notification.board import NoticeBoard, folded, next_number
from jointwatch.centre.notification.forms import CancellationForm, ExtensionForm, NotificationForm, OutcomeForm
from jointwatch.centre.notification.giving import Known
from jointwatch.centre.saying import Saying, signed
from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.exchange.handed_in import Counter, HandedIn
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import Message
from jointwatch.messages.notification import Notification
from jointwatch.messages.post_launch import PostLaunchNotice

RULES = tuple(Rule(**p) for p in rule_parameters())
STATES = {"moscow": ["RU"], "brussels": ["BE", "US"], "beijing": ["CN"]}
NOW = tai_ns_from_utc("2026-11-22T09:00:00Z")
PLAN = """
[notification]
state = "RU"
vehicle = "missile"
generic_class = "ICBM"
from_utc = "2026-11-24T06:00:00Z"
until_utc = "2026-11-24T10:00:00Z"
site = "Plesetsk"
direction_deg = 62.0

[[notification.areas]]
role = "launch"
corners_deg = [[62.9, 40.6]]
radius_km = 30

[[notification.areas]]
role = "impact"
corners_deg = [[57.4, 160.9], [57.4, 162.6], [56.5, 162.6]]
name = "Kura"
"""


def saying(after_h: float = 0.0) -> Saying:
    return Saying("moscow", "watch", "exercise", NOW + round(after_h * 3_600e9), "5f1d")


def plan(**changes: object) -> NotificationForm:
    form = sheet.parse(PLAN).form
    assert isinstance(form, NotificationForm)
    return form.model_copy(update=changes)


def known(*told: object) -> Known:
    return Known("moscow", STATES, told, RULES)  # type: ignore[arg-type]


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Counter]:
    with Counter(tmp_path / "r.sqlite", run="watch", owner="moscow", log_key=SigningKey.generate()) as store:
        yield store


def refusal(parse: Callable[..., object], *values: object) -> str:
    """The sentence with which values are refused, or "none"; any other exception fails the test."""
    try:
        parse(*values)
    except ValueError as error:
        return str(error)
    return "none"


def put(store: Counter, *messages: Message) -> None:
    key = SigningKey.generate()
    store.hand_in([HandedIn(LogId.parse(said.log), said.id, signed(said, key)) for said in messages])


def board(store: Counter) -> NoticeBoard:
    return NoticeBoard(store, lambda centre: Keyrings(centre, "watch", "exercise"))


def test_a_sheet_becomes_a_notification_in_si_units_under_the_agreements_that_ask_for_it():
    draft = giving.given(saying(), plan(), known())
    said = draft.message
    assert isinstance(said, Notification)
    assert (said.id, said.log) == ("PLN/RU/2026/001/000/01", "moscow/common/notify")
    assert said.agreements == ("launch-notification-1988", "plns-2000", "hague-code-2002", "russia-china-2009")
    assert said.areas[0].radius_m == 30_000.0
    assert said.areas[1].corners[0] == pytest.approx((1.00182, 2.80824), abs=1e-5)
    assert draft.faults == ()


def test_a_notification_for_one_partner_is_judged_by_what_is_owed_to_its_states():
    draft = giving.given(saying(), plan(to="beijing"), known())
    assert draft.message.log == "moscow/beijing/notify"
    assert draft.message.agreements == ("russia-china-2009",)  # type: ignore[union-attr]
    assert [one.to for one in draft.owed] == [("CN",)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"to": "paris"}, "to: 'paris' is no partner; there is brussels, beijing"),
        ({"to": "moscow"}, "to: 'moscow' is no partner"),
        ({"until_utc": "2026-11-23T06:00:00Z"}, "window ends before it begins"),
        ({"occasion": "de-orbiting"}, "spacecraft is brought down"),
        ({"launches": 3}, "interval_min is missing"),
        ({"launches": 3, "interval_min": 60.0}, "60 min apart are told of in a notification each"),
    ],
)
def test_a_form_that_makes_no_notification_is_refused_in_a_sentence(changes: dict[str, object], words: str):
    with pytest.raises(ValueError, match=words):
        giving.given(saying(), plan(**changes), known())


@pytest.mark.parametrize(("minutes", "word"), [(4.9, "simultaneous"), (5.0, "near-simultaneous")])
def test_launches_together_are_one_notification_in_the_words_of_2009(minutes: float, word: str):
    said = giving.given(saying(), plan(launches=3, interval_min=minutes), known()).message
    assert (said.launches, said.spacing) == (3, word)  # type: ignore[union-attr]


def test_whoever_does_not_speak_for_the_state_is_told_so():
    found = giving.given(saying(), plan(state="FR"), known()).faults
    assert "moscow speaks for RU, by `states` of its centre.toml, and not for FR" in found


def test_every_step_is_read_back_from_the_record_as_it_stands(record: Counter):
    first = giving.given(saying(), plan(), known()).message
    put(record, first)
    (told,) = board(record).told()
    longer = giving.going_on(saying(1), told, ExtensionForm(until_utc="2026-11-24T18:00:00Z"))
    assert (longer.message.id, longer.faults) == ("PLN/RU/2026/001/001/02", ())
    put(record, longer.message)
    (told,) = board(record).told()
    form = OutcomeForm(outcome="as announced", launch_utc="2026-11-24T12:00:00Z", text="One missile", source="us")
    after = giving.going_on(saying(60), told, form)
    assert (after.message.id, after.faults) == ("PLN/RU/2026/001/002/03", ())
    put(record, after.message)
    (told,) = board(record).told()
    assert told.state(NOW + 10**18) == "launched"
    assert told.window_tai_ns[1] == tai_ns_from_utc("2026-11-24T18:00:00Z")
    late = giving.going_on(saying(61), told, CancellationForm(text="No", source="us"))
    assert late.faults == ("what became of it was told before, by PLN/RU/2026/001/002/03",)
    again = giving.given(saying(61), plan(), known(told)).message
    assert again.id == "PLN/RU/2026/002/000/01"


def test_a_cancellation_is_format_4_and_a_spacecraft_brought_down_format_6(record: Counter):
    form = {"state": "RU", "occasion": "de-orbiting", "vehicle": "spacecraft", "designation": "Progress M-1"}
    window = {"from_utc": "2026-11-24T06:00:00Z", "until_utc": "2026-11-24T10:00:00Z"}
    said = giving.given(saying(), NotificationForm(**form, **window), known()).message  # type: ignore[arg-type]
    assert said.id == "PLN/RU/2026/001/000/06"
    put(record, said)
    (told,) = board(record).told()
    gone = giving.going_on(saying(), told, CancellationForm(text="Not this week", source="us")).message
    assert isinstance(gone, PostLaunchNotice)
    assert (gone.id, gone.vehicle, gone.outcome) == ("PLN/RU/2026/001/001/04", "unknown", "cancelled")


def test_a_board_goes_on_where_it_stopped_and_clients_fold_the_same(record: Counter):
    kept = board(record)
    assert kept.told() == ()
    first = giving.given(saying(), plan(), known()).message
    put(record, first)
    (told,) = kept.told()
    put(record, giving.going_on(saying(), told, ExtensionForm(until_utc="2026-11-25T06:00:00Z")).message)
    assert kept.told() == board(record).told()
    assert tuple(folded(kept.posted(0)).values()) == kept.told()
    assert len(kept.posted(0)) == 2
    assert kept.posted(tai_ns_from_utc("2026-11-25T06:00:00Z")) == []


def test_a_years_last_identifier_is_said_to_be_the_last():
    assert next_number((), "RU", 2026) == 1
    with pytest.raises(ValueError, match="identifiers of RU for 2026 are used up; there are 999"):
        identifier.first("RU", NOW, 1_000, 1)


@over(
    st.from_regex(r"[A-Z]{2}", fullmatch=True),
    st.integers(0, 9999),
    st.integers(0, 999),
    st.integers(0, 999),
    st.integers(1, 6),
)
def test_an_identifier_is_read_as_it_was_written(state: str, year: int, number: int, message: int, format: int):
    written = identifier.Identifier(state, year, number, message, format)  # type: ignore[arg-type]
    assert identifier.parse(str(written)) == written


@over(st.text(max_size=60))
def test_no_other_text_is_an_identifier(text: str):
    assert "wanted an identifier" in refusal(identifier.parse, text) or str(identifier.parse(text)) == text


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('state = "RU"', "", "notification.state: is missing"),
        ('state = "RU"', 'state = "Russia"', "notification.state: "),
        ("radius_km = 30", "radius = 30", r"notification.areas.0.radius: is no field of it"),
        ("62.9, 40.6", "162.9, 40.6", r"corner is latitude \(to 90\), then longitude"),
        ("direction_deg = 62.0", "direction_deg = nan", "notification.direction_deg"),
        ("2026-11-24T06:00:00Z", "2026-02-30T06:00:00Z", "notification.from_utc"),
        ("[notification]", "[note]", "wanted one table of notification, extension, outcome, cancellation"),
        ("[notification]", "[notification", "not valid TOML"),
    ],
)
def test_a_sheet_with_a_fault_is_refused_with_the_field(old: str, new: str, words: str):
    with pytest.raises(ValueError, match=words):
        sheet.parse(PLAN.replace(old, new))


def test_every_wrong_field_has_its_sentence():
    said = refusal(sheet.parse, '[outcome]\nof = "PLN/RU/2026/001/000/01"\noutcome = "perhaps"')
    assert [part.split(":")[0] for part in said.split("; ")] == [
        "outcome.outcome",
        "outcome.launch_utc",
        "outcome.text",
        "outcome.source",
    ]


_VALUES = st.recursive(
    st.one_of(st.text(max_size=8), st.integers(), st.floats(), st.booleans()), lambda v: st.lists(v, max_size=3)
)


@over(st.dictionaries(st.sampled_from(sorted(NotificationForm.model_fields)), _VALUES))
def test_whatever_is_filled_in_is_a_form_or_a_sentence(fields: dict[str, object]):
    assert refusal(sheet._filled, "notification", fields).startswith(("notification.", "none"))


@over(st.text())
def test_any_text_is_a_sheet_or_a_sentence(text: str):
    assert refusal(sheet.parse, text)
