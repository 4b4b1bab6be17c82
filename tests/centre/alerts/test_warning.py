"""What a watch officer reads, word for word; and that areas are where the ellipses are, or are not drawn at all."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from math import degrees, pi, radians
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.centre.alerts import marks, warning, wording
from jointwatch.earth import geodesic
from jointwatch.formats import cap_xml
from jointwatch.messages.alert import Alert
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.launch_report import Ellipse95

UPDATE: Any = EXAMPLES["alert"]
FIRST = msgspec.structs.replace(UPDATE, type="alert", earlier=(), reason="")
TENTH_OF_A_METRE = 11.0  # 1e-4 degrees, to which corners are rounded, is 11 m on the ground


def of(alert: Alert, **items: Any) -> Alert:
    return msgspec.structs.replace(alert, items=msgspec.structs.replace(alert.items, **items))


def test_an_update_reads_like_this() -> None:
    assert wording.headline(UPDATE, "Exercise") == (
        "EXERCISE: Update: Missile launch (ALARM) from 35.24 N 53.92 E at 08:50:00 UTC, impact expected at 09:03:00 "
        "UTC near 24.10 N 63.00 E"
    )
    assert wording.description(UPDATE, "Exercise").splitlines() == [
        "EXERCISE. This belongs to the exercise sejil-2009-1; nothing of it is real.",
        "Update of the alert of 08:52:20 UTC: the impact is now 24.10 N 63.00 E, within 148 x 44 km (95 %), from "
        "610 x 90 km.",
        "A missile was launched on 20 May 2009 at 08:50:00 UTC (± 11 s), from 35.24 N 53.92 E, within 42 x 18 km "
        "(95 %), towards 144° (south-east, ± 1.5°).",
        "Impact expected at 09:03:00 UTC (± 14 s) at 24.10 N 63.00 E, within 148 x 44 km (95 %).",
        "Assessment: Missile, range class MRBM, greatest height 470 km, probability of a space launch 2 %. Why: the "
        "arc comes down: perigee 5,180 km below the ground, apogee 470 km.",
        "Held against notices and other reports, alarm: no notice is about it; brussels reports the same event, 1 "
        "object as here.",
        "Reported by moscow, sensor armavir-south-east; entry 61 of moscow/moscow/record. ± is one sigma.",
    ]


def test_a_cancellation_says_first_that_it_is_one() -> None:
    cancel = msgspec.structs.replace(UPDATE, type="cancel", reason="it is a satellite of the catalogue")
    text = wording.description(cancel, "Actual").splitlines()
    assert text[0] == "CANCELLED. moscow withdraws its report: it is a satellite of the catalogue."
    assert text[1].startswith("What was said of it, and does not hold: A missile was launched")
    assert wording.headline(cancel, "Actual") == (
        "Cancelled: Missile launch (ALARM) from 35.24 N 53.92 E at 08:50:00 UTC is withdrawn by moscow"
    )
    info = warning.cap_of(cancel, "Actual", "moscow").infos[0]
    assert (info.responses, info.urgency) == (("AllClear",), "Past")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"impact": None, "impact_time_tai_ns": None, "impact_time_sigma_s": None}, "come down is not known yet."),
        ({"verdict": "undecided"}, "Something was launched on 20 May 2009"),
        ({"verdict": "undecided"}, "Assessment: Not decided whether missile or space launch"),
        ({"verdict": "", "reason": "", "range_class": ""}, "moscow does not say what it is."),
        ({"source": ""}, "Reported by moscow, sensors not named;"),
        ({"source": "armavir/gabala", "withheld": (), "commitment": b""}, "sensors armavir, gabala;"),
        ({"impact_time_tai_ns": UPDATE.sent_tai_ns - 1}, "Down by estimate at"),
    ],
)
def test_the_text_says_what_is_known_and_what_is_not(change: dict[str, Any], sentence: str) -> None:
    assert sentence in wording.description(of(FIRST, **change), "Actual")


def test_an_impact_that_lies_behind_is_not_urgent() -> None:
    assert warning.cap_of(FIRST, "Actual", "x").infos[0].urgency == "Immediate"
    behind = of(FIRST, impact_time_tai_ns=FIRST.sent_tai_ns - 1)
    assert warning.cap_of(behind, "Actual", "x").infos[0].urgency == "Past"


def test_only_what_is_real_goes_without_a_banner() -> None:
    first = {
        status: wording.description(FIRST, status).split()[0] for status in ("Exercise", "Test", "Draft", "Actual")
    }
    assert first == {"Exercise": "EXERCISE.", "Test": "TEST.", "Draft": "DRAFT.", "Actual": "A"}


@pytest.mark.parametrize("verdict", ["missile", "space launch", "undecided", ""])
@pytest.mark.parametrize("standing", ["explained", "open", "alarm", ""])
@pytest.mark.parametrize("later_s", [0, 3_600])
def test_a_headline_fits_a_short_message(verdict: str, standing: str, later_s: int) -> None:
    """At most 160 characters, so that it fits a small display [CAP 1.2, 3.2.2]."""
    far = Ellipse95(
        latitude_rad=radians(-88.88),
        longitude_rad=radians(-178.88),
        semi_major_m=1.0,
        semi_minor_m=1.0,
        azimuth_rad=0.0,
    )
    alert = msgspec.structs.replace(UPDATE, standing=standing, sent_tai_ns=UPDATE.sent_tai_ns + later_s * 1_000_000_000)
    text = wording.headline(of(alert, verdict=verdict, launch=far, impact=far), "Exercise")
    assert len(text) <= 160, text


def test_a_leap_second_is_the_second_before_it() -> None:
    leap = 1_230_768_033_500_000_000  # 2008-12-31T23:59:60.5
    assert warning.when(leap).isoformat() == "2008-12-31T23:59:59+00:00"


ellipses = st.builds(
    lambda latitude, longitude, major, share, azimuth: Ellipse95(
        latitude_rad=latitude, longitude_rad=longitude, semi_major_m=major, semi_minor_m=major * share,
        azimuth_rad=azimuth,
    ),
    st.floats(-pi / 2, pi / 2), st.floats(-pi, pi), st.floats(0, 1e9) | st.floats(0, 1e6), st.floats(0, 1),
    st.floats(-pi, 2 * pi),
)  # fmt: skip


@given(ellipse=ellipses)
def test_any_ellipse_can_be_said(ellipse: Ellipse95) -> None:
    """Whatever a partner reports, a message comes of it that CAP allows; its records check themselves."""
    area = warning.cap_of(of(FIRST, impact=ellipse), "Actual", "x").infos[0].areas[1]
    assert len(area.polygons) + len(area.circles) == 1
    for corner in (corner for polygon in area.polygons for corner in polygon):
        distance, azimuth, _ = geodesic.inverse(
            ellipse.latitude_rad, ellipse.longitude_rad, *np.radians(np.array(corner))
        )
        turned = float(azimuth) - ellipse.azimuth_rad
        along, across = float(distance) * np.cos(turned), float(distance) * np.sin(turned)
        off = np.hypot(along / ellipse.semi_major_m, across / ellipse.semi_minor_m) - 1
        assert abs(off) * ellipse.semi_minor_m < TENTH_OF_A_METRE


times = st.integers(0, 2**63 - 1) | st.sampled_from([0, 2**63 - 1])


@given(
    launched=times, sent=times, impact=times | st.none(), sigma=st.floats(0, 1e6), direction=st.floats(-pi, 2 * pi),
    apogee=st.floats(0, 1e9) | st.none(), p_space=st.floats(0, 1) | st.none(), reason=st.from_regex(
        r"\A[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]{0,80}\Z"
    ),
    ellipse=ellipses,
)  # fmt: skip
def test_whatever_the_schema_of_messages_lets_through_can_be_said(
    launched: int, sent: int, impact: int | None, sigma: float, direction: float, apogee: float | None,
    p_space: float | None, reason: str, ellipse: Ellipse95,
) -> None:  # fmt: skip
    """A partner may report anything that has the form of a report: a message for receivers comes of it all the same."""
    told = {"impact_time_tai_ns": impact, "impact_time_sigma_s": None if impact is None else sigma}
    alert = of(
        msgspec.structs.replace(UPDATE, sent_tai_ns=sent, reason=reason, judged=reason),
        launch_time_tai_ns=launched, launch_time_sigma_s=sigma, direction_rad=direction, reason=reason, apogee_m=apogee,
        p_space=p_space, launch=ellipse, impact=ellipse, **told,
    )  # fmt: skip
    stream = io.BytesIO()
    cap_xml.write(warning.cap_of(alert, "Exercise", "moscow"), stream)
    assert cap_xml.read(io.BytesIO(stream.getvalue())) == warning.cap_of(alert, "Exercise", "moscow")
    assert len(ET.fromstring(b"<events>" + marks.events(alert, "Exercise") + b"</events>")) == 2


@pytest.mark.parametrize(("latitude", "longitude"), [(60.0, 179.9), (-60.0, -179.9), (89.9, 0.0), (-90.0, 10.0)])
def test_what_no_flat_map_can_hold_is_a_circle(latitude: float, longitude: float) -> None:
    ellipse = Ellipse95(
        latitude_rad=radians(latitude), longitude_rad=radians(longitude), semi_major_m=50e3, semi_minor_m=20e3,
        azimuth_rad=1.0,
    )  # fmt: skip
    area = warning.cap_of(of(FIRST, impact=ellipse), "Actual", "x").infos[0].areas[1]
    assert area.polygons == ()
    assert area.circles[0].radius_km == 50.0
    assert area.circles[0].latitude_deg == pytest.approx(degrees(ellipse.latitude_rad))
