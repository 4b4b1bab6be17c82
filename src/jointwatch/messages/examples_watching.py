"""Examples of messages: what is seen, and what is found of it."""

from __future__ import annotations

from math import radians

import msgspec

from jointwatch.messages.alert import Alert, Dispatch, EarlierAlert
from jointwatch.messages.correction import Correction
from jointwatch.messages.correlation import Correlation, PartnerEvent
from jointwatch.messages.encoding import Message
from jointwatch.messages.example_parts import LAUNCH_TAI_NS, OBJECT, S_NS, SEEN_TAI_NS, digest, header
from jointwatch.messages.feed_verdict import FeedFault, FeedVerdict
from jointwatch.messages.finding import Finding
from jointwatch.messages.launch_report import Ellipse95, LaunchItems, LaunchReport
from jointwatch.messages.local_track import LocalTrack
from jointwatch.messages.outside_report import OutsideContents, OutsideReport
from jointwatch.messages.plot_report import PlotReport, Site
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.release import commitment
from jointwatch.messages.tracklet import Tracklet

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
    launch_time_tai_ns=LAUNCH_TAI_NS,
    launch_time_sigma_s=11.0,
    detected_tai_ns=SEEN_TAI_NS,
    launch=_LAUNCH,
    direction_rad=radians(144),
    direction_sigma_rad=radians(1.5),
    impact_time_tai_ns=LAUNCH_TAI_NS + 780 * S_NS,
    impact_time_sigma_s=14.0,
    impact=_IMPACT,
    verdict="missile",
    p_space=0.02,
    reason="the arc comes down: perigee 5,180 km below the ground, apogee 470 km",
    range_class="MRBM",
    apogee_m=470_000.0,
    source="armavir-south-east",
)
_MASKED = msgspec.structs.replace(
    _ITEMS,
    reason="the arc comes down",
    apogee_m=None,
    source="",
    withheld=("apogee_m", "source"),
    commitment=commitment(digest(7), b"the internal entry"),
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

WATCHING: tuple[Message, ...] = (
    PlotReport(
        **header("brussels", "plot", 3),
        sensor="armavir-south-east",
        site=Site(name="Armavir", latitude_rad=radians(44.925), longitude_rad=radians(40.984), height_m=150.0),
        time_tai_ns=SEEN_TAI_NS,
        range_m=(1_521_340.0, 2_210_400.0),
        azimuth_rad=(2.217, 2.481),
        elevation_rad=(0.061, 0.214),
        sigma_range_m=(150.0, 150.0),
        sigma_azimuth_rad=(0.003, 0.003),
        sigma_elevation_rad=(0.003, 0.003),
    ),
    Tracklet(
        **header("brussels", "track", 2),
        track="T-0001",
        number=2,
        since=0,
        from_tai_ns=SEEN_TAI_NS,
        to_tai_ns=SEEN_TAI_NS + 30 * S_NS,
        time_tai_ns=SEEN_TAI_NS + 30 * S_NS,
        state=_STATE,
        covariance=_COVARIANCE,
        boost_probability=0.03,
        plots=6,
        source="",
        withheld=("source",),
        commitment=commitment(digest(8), b"the internal entry"),
    ),
    LocalTrack(
        **header("moscow", "record", 38),
        track="T-0001",
        status="confirmed",
        first_plot_tai_ns=SEEN_TAI_NS,
        last_plot_tai_ns=SEEN_TAI_NS + 30 * S_NS,
        plots=6,
        time_tai_ns=SEEN_TAI_NS + 30 * S_NS,
        state=_STATE,
        covariance=_COVARIANCE,
        boost_probability=0.03,
        source="armavir-south-east",
    ),
    LaunchReport(**header("brussels", "notify", 1), items=_MASKED),
    Correction(
        **header("moscow", "record", 40, after_s=90),
        corrects=EntryReference(log="moscow/moscow/record", index=31, leaf_hash=digest(9)),
        reason="made from four plots; twenty-one plots now give another impact area",
        replacement=_ITEMS,
    ),
    OutsideReport(
        **header("moscow", "record", 45, after_s=600),
        contents=OutsideContents(
            seen_tai_ns=SEEN_TAI_NS + 500 * S_NS,
            latitude_rad=radians(33.5),
            longitude_rad=radians(144.9),
            height_m=26_300.0,
            speed_m_s=12_000.0,
            velocity_m_s=(11_500.0, -2_800.0, -2_200.0),
            text="A bolide of 4.4e10 J",
            source="sensors of the United States, published by JPL",
        ),
    ),
    Correlation(
        **header("moscow", "record", 46, after_s=610),
        subject=EntryReference(log="moscow/moscow/record", index=31, leaf_hash=digest(9)),
        object="T-0001",
        standing="explained",
        announced="announced",
        notice=EntryReference(log="brussels/common/notify", index=2, leaf_hash=digest(21)),
        partners=(
            PartnerEvent(
                centre="brussels",
                reports=(EntryReference(log="brussels/moscow/notify", index=3, leaf_hash=digest(18)),),
                ours=1,
                theirs=1,
                apart_m=7_200.0,
                event_apart_s=-3.0,
                event_sigma_s=16.0,
                detection_apart_s=45.0,
            ),
        ),
        text="announced by brussels-notice-1 (in force): test of a missile from the Semnan area",
    ),
    FeedVerdict(
        **header("moscow", "record", 47, after_s=620),
        of="brussels",
        sensor="fylingdales",
        as_of_tai_ns=SEEN_TAI_NS + 500 * S_NS,
        standing="doubted",
        minutes=95,
        plots=31_200,
        explained=24_930,
        offsets=(3.0, -0.00001, 0.00002, 0.051),
        offset_sigmas=(9.0, 0.00002, 0.00002, 0.003),
        noise=(1.01, 0.99, 1.02),
        faults=(
            FeedFault(
                cause="offset",
                quantity="clock",
                size=0.051,
                sigma=0.003,
                found_tai_ns=SEEN_TAI_NS + 500 * S_NS,
                since_tai_ns=SEEN_TAI_NS + 380 * S_NS,
                text="clock off by +51 +- 3 ms, by 23 satellites",
            ),
        ),
        false_per_1000_h=1.0,
        text="doubted: clock off by +51 +- 3 ms, by 23 satellites",
    ),
    Finding(**header("common", "assess", 1, after_s=900), as_of_tai_ns=SEEN_TAI_NS + 900 * S_NS, objects=(OBJECT,)),
    Alert(
        **header("moscow", "alerts", 2, after_s=40),
        type="update",
        about=EntryReference(log="moscow/moscow/record", index=61, leaf_hash=digest(21)),
        reported_by="moscow",
        sent_tai_ns=SEEN_TAI_NS + 40 * S_NS,
        items=_ITEMS,
        reason="the impact is now 24.10 N 63.00 E, within 148 x 44 km (95 %), from 610 x 90 km",
        standing="alarm",
        judged="no notice is about it; brussels reports the same event, 1 object as here",
        same_as=("brussels:T-0004",),
        earlier=(
            EarlierAlert(
                about=EntryReference(log="moscow/moscow/record", index=41, leaf_hash=digest(15)),
                sent_tai_ns=SEEN_TAI_NS,
            ),
        ),
    ),
    Dispatch(
        **header("moscow", "alerts", 3, after_s=41),
        alert=EntryReference(log="moscow/moscow/alerts", index=1, leaf_hash=digest(22)),
        receiver="civil-protection",
        outcome="delivered",
        status="Exercise",
        tries=2,
        answer="202 Accepted",
        body_sha256=digest(23),
    ),
)
