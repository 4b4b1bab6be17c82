"""After an exercise every report is of the launch that it is near, or of none; and its delay and errors are told."""

from __future__ import annotations

from math import radians

import msgspec
import pytest

from jointwatch.centre.intake.pace import Pace
from jointwatch.cli import after_action_text
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.messages.correction import Correction
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.launch_report import LaunchItems, LaunchReport
from jointwatch.messages.reference import EntryReference
from jointwatch.studies import after_action
from jointwatch.studies.after_action import Entry, Launch, Told

T = 1_200_000_000 * NS_PER_S
PACE = Pace(T, T + 600 * NS_PER_S, T)
LAUNCHES = (
    Launch("one", "missile", T, (36.0, 55.0), T + 600 * NS_PER_S, (20.0, 64.0)),
    Launch("two", "space launch", T + 200 * NS_PER_S, (36.0, 55.0), None, None),
)
LOG = "moscow/brussels/notify/2026-11"


def items(track: str = "T-1", *, at_s: float = 5.0, latitude: float = 36.0, verdict: str = "missile") -> LaunchItems:
    report = EXAMPLES["launch_report"]
    assert isinstance(report, LaunchReport)
    place = msgspec.structs.replace(report.items.launch, latitude_rad=radians(latitude), longitude_rad=radians(55.0))
    down = msgspec.structs.replace(report.items.launch, latitude_rad=radians(20.5), longitude_rad=radians(64.0))
    launched = T + round(at_s * NS_PER_S)
    return msgspec.structs.replace(
        report.items, track=track, launch_time_tai_ns=launched, launch=place, impact=down, verdict=verdict,
        impact_time_tai_ns=T, impact_time_sigma_s=1.0,
    )  # fmt: skip


def report(index: int, after_s: float, said: LaunchItems, *, log: str = LOG) -> Entry:
    example = EXAMPLES["launch_report"]
    message = msgspec.structs.replace(
        example, origin=log.split("/")[0], logged_tai_ns=T + round(after_s * NS_PER_S), items=said
    )
    return Entry(log, index, message)


def correction(index: int, after_s: float, of: int, said: LaunchItems | None) -> Entry:
    example = EXAMPLES["correction"]
    assert isinstance(example, Correction)
    corrects = EntryReference(log=LOG, index=of, leaf_hash=bytes(32))
    logged = T + round(after_s * NS_PER_S)
    message = msgspec.structs.replace(
        example, origin="moscow", logged_tai_ns=logged, corrects=corrects, replacement=said
    )
    return Entry(LOG, index, message)


def one(*entries: Entry, pace: Pace = PACE) -> Told:
    (found,) = after_action.told(entries, LAUNCHES, pace)
    return found


def test_a_report_is_of_the_launch_near_it_with_its_delay_and_errors() -> None:
    found = one(report(1, 95.0, items()))
    assert (found.flight, found.centre, found.audience, found.right) == ("one", "moscow", "brussels", True)
    assert (found.first_s, found.last_s, found.launch_time_off_s, found.launch_off_km) == (95.0, 95.0, 5.0, 0.0)
    assert found.impact_off_km == pytest.approx(55.4, abs=0.1)  # half a degree of latitude at 20 N


def test_of_two_launches_from_one_place_the_nearer_in_time_is_meant() -> None:
    assert one(report(1, 300.0, items(at_s=190.0))).flight == "two"
    assert one(report(1, 300.0, items(at_s=190.0))).right is False


@pytest.mark.parametrize("said", [items(at_s=900.0), items(latitude=50.0)])
def test_a_report_of_no_launch_is_named_as_such(said: LaunchItems) -> None:
    found = one(report(1, 95.0, said))
    assert (found.flight, found.first_s, found.right, found.launch_off_km) == (None, None, None, None)


def test_corrections_are_words_on_the_same_object_and_the_last_one_counts() -> None:
    found = one(report(1, 95.0, items(latitude=37.0)), correction(2, 140.0, 1, items()))
    assert (found.words, found.first_s, found.last_s, found.launch_off_km) == (2, 95.0, 140.0, 0.0)


def test_a_withdrawal_is_told_of_the_object_that_it_withdraws() -> None:
    found = one(report(1, 95.0, items("T-7")), correction(2, 300.0, 1, None))
    assert (found.track, found.withdrawn, found.words) == ("T-7", True, 2)


def test_what_was_said_to_each_audience_stands_by_itself() -> None:
    found = after_action.told(
        [report(1, 95.0, items()), report(9, 94.0, items(), log="moscow/moscow/record/2026-11")], LAUNCHES, PACE
    )
    assert [(told.audience, told.first_s) for told in found] == [("moscow", 94.0), ("brussels", 95.0)]


def test_faster_than_real_time_delays_are_those_of_the_scenario() -> None:
    """Ten times faster, 9.5 s of the clock behind the beginning are 95 s of the scenario."""
    fast = Pace(T, T + 600 * NS_PER_S, T, 10.0)
    moved = tuple(Launch(x.flight, x.kind, x.launch_tai_ns + fast.ahead_ns, x.place_deg, None, None) for x in LAUNCHES)
    said = items(at_s=fast.ahead_ns / NS_PER_S)
    (found,) = after_action.told([report(1, 9.5, said)], moved, fast)
    assert (found.flight, found.first_s) == ("one", 95.0)


def test_the_report_says_what_there_was_beside_what_was_said() -> None:
    entries = [report(1, 95.0, items()), report(2, 400.0, items("T-9", latitude=60.0))]
    told = after_action.told(entries, LAUNCHES, PACE)
    text = "\n".join(after_action_text.truth(LAUNCHES, told, heard=True))
    assert "**one**: missile, from 36.00 N 55.00 E at " in text
    assert "| moscow | brussels | T-1 | +95 s | +95 s | 1 | missile (right) | 0.0 km | +5 s | 55.4 km |" in text
    assert "Nobody said anything of it." in text  # of the second launch
    assert "Said of no launch that there was: T-9 by moscow, missile." in text
    unheard = "\n".join(after_action_text.truth(LAUNCHES, (), heard=False))
    assert "--heard names where their logs can be read" in unheard
    spoken = "\n".join(after_action_text.spoken(entries, LAUNCHES, PACE))
    assert f"| +95 s | moscow | {LOG} 1 | launch_report | T-1: launched at" in spoken
