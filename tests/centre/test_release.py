"""What leaves the house is the released view; what it withholds is named and can be proven later."""

from __future__ import annotations

from math import radians
from typing import Any

import msgspec
import pytest

from jointwatch.centre import release
from jointwatch.centre.disclosure import disclosed
from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.refused import Refused
from jointwatch.messages.consultation import Disclosure
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.finding import Finding
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.notice import Notice
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.release import commitment
from jointwatch.messages.release_policy import Region, ReleaseRule
from jointwatch.messages.tracklet import Tracklet

KEY = SigningKey.generate()


def example(kind: type[Any]) -> Any:
    return next(message for message in EXAMPLES.values() if isinstance(message, kind))


def rule(klass: str, form: str = "source masked", **more: Any) -> ReleaseRule:
    return ReleaseRule(audience="brussels", klass=klass, form=form, **more)


def box(south: float, north: float, west: float, east: float) -> Region:
    return Region(south_rad=radians(south), north_rad=radians(north), west_rad=radians(west), east_rad=radians(east))


def signed(message: Message) -> bytes:
    return dsse.sign(PAYLOAD_TYPE, encode(message), [KEY]).encode()


@pytest.fixture
def scan() -> PlotReport:
    return msgspec.structs.replace(example(PlotReport), sensor="gabala", withheld=(), commitment=b"")


@pytest.fixture
def report() -> LaunchReport:
    report = example(LaunchReport)
    whole = {"source": "gabala", "apogee_m": 470_000.0, "withheld": (), "commitment": b""}
    return msgspec.structs.replace(report, items=msgspec.structs.replace(report.items, **whole))


def test_unmasked_plots_leave_as_they_are(scan: PlotReport) -> None:
    view = release.view(scan, b"entry", rule("plot", "whole"))
    assert view
    assert view.withheld == ()
    assert view.content["sensor"] == "gabala"
    assert view.content["range_m"] == scan.range_m
    assert not release.HEADER & set(view.content)


def test_masked_plots_name_what_is_missing_and_commit_to_it(scan: PlotReport) -> None:
    view = release.view(scan, b"entry", rule("plot"))
    assert view
    assert view.content["sensor"] == ""
    assert view.content["withheld"] == ("sensor",)
    assert view.content["commitment"] == commitment(view.salt, b"entry")
    assert view.content["commitment"] != commitment(view.salt, b"another entry")


def test_two_releases_of_one_entry_cannot_be_linked(scan: PlotReport) -> None:
    """A fresh salt each time: equal commitments would tell that two masked views show one observation."""
    first, second = (release.view(scan, b"entry", rule("plot")) for _ in range(2))
    assert first
    assert second
    assert first.content["commitment"] != second.content["commitment"]


def test_masked_items_hold_everything_but_the_source(report: LaunchReport) -> None:
    items = report.items
    view = release.items_view(items, b"entry", rule("notify"))
    assert view
    masked = view.content["items"]
    assert masked.source == ""
    assert masked.withheld == ("source",)
    assert msgspec.structs.replace(masked, source=items.source, withheld=(), commitment=b"") == items
    whole = release.items_view(items, b"entry", rule("notify", "whole"))
    assert whole
    assert whole.content["items"] == items


def test_five_items_are_time_place_and_direction_of_the_launch_and_time_and_place_of_the_impact(
    report: LaunchReport,
) -> None:
    view = release.items_view(report.items, b"entry", rule("notify", "five items"))
    assert view
    items = view.content["items"]
    assert items.withheld == ("apogee_m", "detected_tai_ns", "p_space", "range_class", "reason", "source", "verdict")
    said = {name for name in items.__struct_fields__ if getattr(items, name) not in ("", b"", (), None)}
    assert said - {"track", "withheld", "commitment"} == {
        *("launch_time_tai_ns", "launch_time_sigma_s", "launch", "direction_rad", "direction_sigma_rad"),
        *("impact_time_tai_ns", "impact_time_sigma_s", "impact"),
    }


def test_of_a_scan_only_the_plots_in_the_region_leave_and_the_view_commits_to_all(scan: PlotReport) -> None:
    north = box(33, 43, 50, 70)
    cut = release.view(scan, b"entry", rule("plot", "whole", region=north))
    assert cut
    assert cut.content["range_m"] == (scan.range_m[0],)
    assert cut.content["sigma_azimuth_rad"] == (scan.sigma_azimuth_rad[0],)
    assert (cut.withheld, cut.content["commitment"]) == ((), commitment(cut.salt, b"entry"))
    assert release.view(scan, b"entry", rule("plot", region=box(-10, 0, 0, 10))) is None


def test_a_report_leaves_only_where_both_its_places_lie_in_the_region(report: LaunchReport) -> None:
    for region, leaves in ((box(20, 40, 50, 70), True), (box(30, 40, 50, 70), False), (box(20, 30, 50, 70), False)):
        assert (release.items_view(report.items, b"entry", rule("notify", region=region)) is not None) == leaves


def test_a_tracklet_leaves_where_its_object_is_in_the_region() -> None:
    inside, outside = box(30, 40, 50, 60), box(30, 40, 60, 70)
    tracklet = msgspec.structs.replace(example(Tracklet), source="gabala", withheld=(), commitment=b"")
    view = release.view(tracklet, b"entry", rule("track", region=inside))
    assert view
    assert (view.content["source"], view.withheld) == ("", ("source",))
    assert release.view(tracklet, b"entry", rule("track", region=outside)) is None


def test_a_notice_without_a_place_does_not_leave_under_a_region() -> None:
    notice = example(Notice)
    nowhere = msgspec.structs.replace(notice, contents=msgspec.structs.replace(notice.contents, areas=()))
    to_all = ReleaseRule(audience="common", klass="notify", form="whole", region=box(20, 40, 50, 70))
    assert release.view(notice, b"entry", to_all)
    assert release.view(nowhere, b"entry", to_all) is None


def test_a_finding_says_that_something_is_not_in_it() -> None:
    objects = example(Finding).objects
    to_all = ReleaseRule(audience="common", klass="assess", form="source masked")
    assert release.findings_view(objects, to_all)[0][0].sensors == ()
    assert release.findings_view(objects, None) == ((), ("The release policy lets no finding go.",))
    elsewhere = msgspec.structs.replace(to_all, region=box(-10, 0, 0, 10))
    left, (sentence,) = release.findings_view(objects, elsewhere)
    assert (left, "within the region" in sentence) == ((), True)


# -- later disclosure ------------------------------------------------------------------------------------------------


def shown(internal: Message, how: ReleaseRule, **changes: Any) -> tuple[bytes, Disclosure]:
    """A released entry and the disclosure of the entry behind it, after changes to what was released."""
    view = release.view(internal, signed(internal), how)
    assert view
    header = {name: getattr(internal, name) for name in release.HEADER}
    released = signed(type(internal)(**header, **(view.content | changes)))
    reference = EntryReference(log="moscow/brussels/plot", index=0, leaf_hash=merkle.leaf_hash(released))
    return released, Disclosure(released=reference, salt=view.salt, entry=signed(internal))


def test_what_was_withheld_is_disclosed_later_and_proven(scan: PlotReport, report: LaunchReport) -> None:
    assert disclosed(*shown(report, rule("notify", "five items"))) == report
    assert disclosed(*shown(scan, rule("plot"))) == scan
    assert disclosed(*shown(scan, rule("plot", region=box(33, 43, 50, 70)))) == scan


def test_another_entry_or_another_salt_is_refused_as_disclosure(scan: PlotReport) -> None:
    released, disclosure = shown(scan, rule("plot"))
    other = signed(msgspec.structs.replace(scan, sensor="armavir"))
    for wrong in ({"entry": other}, {"salt": bytes(32)}):
        with pytest.raises(Refused, match="not the one that the released entry commits to"):
            disclosed(released, msgspec.structs.replace(disclosure, **wrong))
    with pytest.raises(Refused, match="of another entry"):
        disclosed(signed(scan), disclosure)
    with pytest.raises(Refused, match="commits to nothing"):
        disclosed(*_uncommitted(scan))


def _uncommitted(scan: PlotReport) -> tuple[bytes, Disclosure]:
    released = signed(scan)
    reference = EntryReference(log="moscow/brussels/plot", index=0, leaf_hash=merkle.leaf_hash(released))
    return released, Disclosure(released=reference, salt=bytes(32), entry=released)


def test_a_view_that_said_something_else_than_its_entry_is_found_out(scan: PlotReport) -> None:
    with pytest.raises(Refused, match="another time_tai_ns"):
        disclosed(*shown(scan, rule("plot"), time_tai_ns=scan.time_tai_ns + 1))
    with pytest.raises(Refused, match="has a plot that the entry"):
        disclosed(*shown(scan, rule("plot"), range_m=(1.0, 2.0)))
