"""An alert as marks on a map: the places of launch and impact as Cursor on Target events, in the order to be sent.

The marks of a launch keep their names, so that an update moves them and a cancellation takes them away. A display that
was sent the same twice shows it once.
"""

from __future__ import annotations

from math import degrees

from jointwatch.centre.alerts import wording
from jointwatch.centre.alerts.warning import HOLDS, incident
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns
from jointwatch.formats import cot_xml
from jointwatch.messages.alert import Alert
from jointwatch.messages.launch_report import Ellipse95

PLACES = ("launch", "impact")
SIGMAS_OF_95 = 2.4477
"""Half axes of an ellipse that holds 95 % of two dimensions, in sigmas: the root of chi-square's 5.991."""


def events(alert: Alert, status: str) -> bytes:
    """Return the events of an alert, one behind the other."""
    opex = f"{'o' if status == 'Actual' else 'e'}-{alert.run}"
    span = _span(alert)
    found = []
    for name in PLACES:
        uid, ellipse = f"{incident(alert)}:{name}", getattr(alert.items, name)
        if alert.type == "cancel" or ellipse is None:
            found.append(cot_xml.taken_away(uid, span, opex=opex))
        else:
            found.append(cot_xml.marked(uid, span, _mark(alert, status, name, ellipse), opex=opex))
    return b"".join(found)


def _span(alert: Alert) -> cot_xml.Span:
    ends = alert.sent_tai_ns + int(HOLDS.total_seconds()) * NS_PER_S
    times = (alert.sent_tai_ns, min(alert.items.launch_time_tai_ns, alert.sent_tai_ns), ends)
    return cot_xml.Span(*(utc_from_tai_ns(time, digits=0).replace(":60Z", ":59Z") for time in times))


def _mark(alert: Alert, status: str, name: str, ellipse: Ellipse95) -> cot_xml.Mark:
    return cot_xml.Mark(
        latitude_deg=degrees(ellipse.latitude_rad),
        longitude_deg=degrees(ellipse.longitude_rad),
        semi_major_m=ellipse.semi_major_m,
        semi_minor_m=ellipse.semi_minor_m,
        angle_deg=degrees(ellipse.azimuth_rad),
        error_m=ellipse.semi_major_m / SIGMAS_OF_95,
        callsign=f"{'' if status == 'Actual' else status.upper() + ' '}{name} {alert.items.track}",
        remarks=wording.description(alert, status),
    )
