"""What leaves the house is the released view; what it withholds is named and can be proven later."""

from __future__ import annotations

import msgspec
import pytest

from jointwatch.centre import release
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.release import commitment


def example(kind: type) -> object:
    return next(message for message in EXAMPLES.values() if isinstance(message, kind))


@pytest.fixture
def scan() -> PlotReport:
    return msgspec.structs.replace(example(PlotReport), sensor="gabala", withheld=(), commitment=b"")


def test_unmasked_plots_leave_as_they_are(scan: PlotReport) -> None:
    view = release.plots_view(scan, b"entry", mask_source=False)
    assert view.withheld == ()
    assert view.content["sensor"] == "gabala"
    assert view.content["range_m"] == scan.range_m
    assert not release.HEADER & set(view.content)


def test_masked_plots_name_what_is_missing_and_commit_to_it(scan: PlotReport) -> None:
    view = release.plots_view(scan, b"entry", mask_source=True)
    assert view.content["sensor"] == ""
    assert view.content["withheld"] == ("sensor",)
    assert view.content["commitment"] == commitment(view.salt, b"entry")
    assert view.content["commitment"] != commitment(view.salt, b"another entry")


def test_two_releases_of_one_entry_cannot_be_linked(scan: PlotReport) -> None:
    """A fresh salt each time: equal commitments would tell that two masked views show one observation."""
    first, second = (release.plots_view(scan, b"entry", mask_source=True) for _ in range(2))
    assert first.content["commitment"] != second.content["commitment"]


def test_masked_items_hold_the_five_items_and_no_source() -> None:
    report = example(LaunchReport)
    assert isinstance(report, LaunchReport)
    items = msgspec.structs.replace(report.items, source="gabala", withheld=(), commitment=b"")
    masked = release.items_view(items, b"entry", mask_source=True).content["items"]
    assert masked.source == ""
    assert masked.withheld == ("source",)
    assert (masked.launch, masked.launch_time_tai_ns, masked.direction_rad) == (
        items.launch,
        items.launch_time_tai_ns,
        items.direction_rad,
    )
    assert release.items_view(items, b"entry", mask_source=False).content["items"] == items
