"""A centre reports once there is a launch point, and corrects when it matters, not otherwise."""

from __future__ import annotations

import msgspec
import pytest

from jointwatch.centre import reporting
from jointwatch.centre.reporting import AT_LEAST_BETWEEN_NS, Said
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.launch_report import Ellipse95, LaunchItems, LaunchReport
from jointwatch.messages.reference import EntryReference

AT = EntryReference(log="moscow/moscow/record", index=7, leaf_hash=bytes(32))


@pytest.fixture
def items() -> LaunchItems:
    report = next(
        message for message in EXAMPLES.values() if isinstance(message, LaunchReport) and message.items.impact
    )
    return report.items


def news(before: LaunchItems, after: LaunchItems, elapsed_ns: int = AT_LEAST_BETWEEN_NS) -> str:
    return reporting.news(Said(before, 0, AT), after, elapsed_ns)


def scaled(ellipse: Ellipse95 | None, factor: float, *, north_rad: float = 0.0) -> Ellipse95:
    assert ellipse is not None
    return msgspec.structs.replace(
        ellipse,
        semi_major_m=ellipse.semi_major_m * factor,
        semi_minor_m=ellipse.semi_minor_m * factor,
        latitude_rad=ellipse.latitude_rad + north_rad,
    )


def test_the_same_again_is_no_news(items: LaunchItems) -> None:
    assert news(items, items) == ""


def test_a_changed_verdict_is_news_at_once(items: LaunchItems) -> None:
    other = "undecided" if items.verdict != "undecided" else "missile"
    assert "verdict changes" in news(items, msgspec.structs.replace(items, verdict=other), elapsed_ns=0)


def test_an_impact_that_came_or_went_is_news(items: LaunchItems) -> None:
    without = msgspec.structs.replace(items, impact=None, impact_time_tai_ns=None, impact_time_sigma_s=None)
    assert news(without, items).startswith("there is now an impact: ")
    assert news(items, without) == "there is no impact estimate any more"


def test_half_the_width_is_news_and_a_little_less_is_not(items: LaunchItems) -> None:
    assert ", from " in news(items, msgspec.structs.replace(items, impact=scaled(items.impact, 0.49)))
    assert news(items, msgspec.structs.replace(items, impact=scaled(items.impact, 0.51))) == ""


def test_a_point_outside_the_ellipse_given_before_is_news(items: LaunchItems) -> None:
    assert items.launch.semi_major_m > 0
    away = 1.1 * items.launch.semi_major_m / 6.37e6
    assert "moves out" in news(items, msgspec.structs.replace(items, launch=scaled(items.launch, 1.0, north_rad=-away)))


def test_news_waits_for_the_least_interval_unless_it_is_the_verdict(items: LaunchItems) -> None:
    better = msgspec.structs.replace(items, impact=scaled(items.impact, 0.1))
    assert news(items, better, elapsed_ns=AT_LEAST_BETWEEN_NS - 1) == ""
    assert news(items, better) != ""


def test_a_radar_that_its_owner_masks_is_not_named_in_what_we_report() -> None:
    """A masked radar goes by a name for people, which no message could carry."""
    assert reporting.named(("brussels, masked", "gabala", "masked")) == "gabala"
    assert reporting.named(("brussels, masked",)) == ""


def test_after_the_clock_was_set_back_news_does_not_wait_until_it_is_as_late_again(items: LaunchItems) -> None:
    better = msgspec.structs.replace(items, impact=scaled(items.impact, 0.1))
    assert news(items, better, elapsed_ns=-86_400 * 10**9) != ""
