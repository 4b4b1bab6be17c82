"""An alert as a message of the Common Alerting Protocol: a pure function of the entry, its status and its sender.

    identifier  run:log:index of the entry that it follows from; no other message of this sender can have it
    incidents   run:reporter:track, the same for the alert, its updates and its cancellation; then those of the
                same event that others report
    references  the messages that it updates or cancels

Areas are the 95 % ellipses. One that lies across the 180th meridian or a pole, where polygons are read in more than one
way, is given as the circle around it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import degrees

import numpy as np

from jointwatch.centre.alerts import wording
from jointwatch.centre.places import place
from jointwatch.earth import geodesic
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.formats import cap
from jointwatch.messages.alert import Alert
from jointwatch.messages.launch_report import Ellipse95
from jointwatch.messages.reference import EntryReference

TYPES = {"alert": "Alert", "update": "Update", "cancel": "Cancel"}
HOLDS = timedelta(days=1)
"""How long a message stands unless another takes its place."""
CORNERS = 36
_SEVERITIES = {"missile": "Severe", "space launch": "Minor"}
LARGEST_POLYGON_M = 3e6
LEAST_RADIUS_KM, GREATEST_RADIUS_KM = 0.1, 20_015.0


def cap_of(alert: Alert, status: str, sender: str) -> cap.Alert:
    """Return the CAP message of an alert; status: a word of CAP, such as Exercise."""
    sent = when(alert.sent_tai_ns)
    earlier = [cap.Reference(sender, identifier(alert.run, one.about), when(one.sent_tai_ns)) for one in alert.earlier]
    return cap.Alert(
        identifier=identifier(alert.run, alert.about),
        sender=sender,
        sent=sent,
        status=status,
        type=TYPES[alert.type],
        scope="Restricted",
        source=alert.reported_by,
        restriction=f"For those whom {alert.origin} alerts.",
        note=f"Exercise {alert.run}" if status == "Exercise" else None,
        references=tuple(earlier),
        incidents=(incident(alert), *(f"{alert.run}:{other}" for other in alert.same_as)),
        infos=(_info(alert, status, sent),),
    )


def identifier(run: str, about: EntryReference) -> str:
    """Return the identifier of the message that follows from an entry.

    >>> identifier("watch", EntryReference(log="moscow/moscow/record/2026-11", index=61, leaf_hash=bytes(32)))
    'watch:moscow/moscow/record/2026-11:61'
    """
    return f"{run}:{about.log}:{about.index}"


def incident(alert: Alert) -> str:
    """Return what all messages of one launch have in common."""
    return f"{alert.run}:{alert.reported_by}:{alert.items.track}"


def when(tai_ns: int) -> datetime:
    """Return a time in UTC to the second; CAP cannot say a leap second, which becomes the second before it.

    >>> when(1_242_809_434_000_000_000).isoformat()
    '2009-05-20T08:50:00+00:00'
    """
    return datetime.fromisoformat(utc_from_tai_ns(tai_ns, digits=0).replace(":60Z", ":59Z"))


def _info(alert: Alert, status: str, sent: datetime) -> cap.Info:
    cancelled = alert.type == "cancel"
    return cap.Info(
        language="en-GB",
        categories=("Security", "Safety"),
        event=wording.event(alert),
        responses=("AllClear",) if cancelled else ("Monitor",),
        urgency="Past" if cancelled else _urgency(alert),
        severity="Minor" if cancelled else _severity(alert),
        certainty="Unlikely" if cancelled else "Likely" if alert.items.verdict in _SEVERITIES else "Possible",
        effective=sent,
        onset=when(alert.items.launch_time_tai_ns),
        expires=sent + HOLDS,
        sender_name=f"{alert.origin}, national centre",
        headline=wording.headline(alert, status),
        description=wording.description(alert, status),
        instruction=wording.instruction(alert),
        parameters=_parameters(alert),
        areas=_areas(alert),
    )


def _severity(alert: Alert) -> str:
    """Return how grave it is by its kind; what was announced, or is explained otherwise, is not."""
    return "Minor" if alert.standing == "explained" else _SEVERITIES.get(alert.items.verdict, "Unknown")


def _urgency(alert: Alert) -> str:
    """Return Immediate while an impact is expected, Past after it."""
    at = alert.items.impact_time_tai_ns
    if at is None:
        return "Unknown"
    return "Immediate" if at >= alert.sent_tai_ns else "Past"


def _parameters(alert: Alert) -> tuple[cap.Named, ...]:
    """Return the same for machines: numbers with their unit in the name."""
    items = alert.items
    values = {
        "mode": alert.mode,
        "run": alert.run,
        "track": items.track,
        "entry": f"{alert.about.log} {alert.about.index}",
        "entry_leaf_hash": alert.about.leaf_hash.hex(),
        "launch_time_utc": utc_from_tai_ns(items.launch_time_tai_ns, digits=3),
        "launch_time_sigma_s": f"{items.launch_time_sigma_s:.1f}",
        "direction_deg": f"{degrees(items.direction_rad) % 360:.1f}",
        "direction_sigma_deg": f"{degrees(items.direction_sigma_rad):.1f}",
        "impact_time_utc": _utc(items.impact_time_tai_ns),
        "impact_time_sigma_s": "" if items.impact_time_sigma_s is None else f"{items.impact_time_sigma_s:.1f}",
        "verdict": items.verdict,
        "probability_space_launch": "" if items.p_space is None else f"{items.p_space:.4f}",
        "range_class": items.range_class.replace("-", ""),
        "apogee_km": "" if items.apogee_m is None else f"{items.apogee_m / 1e3:.0f}",
        "sensors": items.source,
        "standing": alert.standing,
    }
    return tuple(cap.Named(name, value) for name, value in values.items() if value)


def _utc(tai_ns: int | None) -> str:
    return "" if tai_ns is None else utc_from_tai_ns(tai_ns, digits=3)


def _areas(alert: Alert) -> tuple[cap.Area, ...]:
    named = (("Launch", alert.items.launch), ("Impact", alert.items.impact))
    return tuple(_area(name, ellipse) for name, ellipse in named if ellipse is not None)


def _area(name: str, ellipse: Ellipse95) -> cap.Area:
    words = f"{name}: {place(ellipse)}"
    corners = _polygon(ellipse)
    if corners:
        return cap.Area(words, polygons=(corners,))
    radius_km = min(max(round(ellipse.semi_major_m / 1e3, 1), LEAST_RADIUS_KM), GREATEST_RADIUS_KM)
    at = (round(degrees(ellipse.latitude_rad), 4), round(degrees(ellipse.longitude_rad), 4))
    return cap.Area(words, circles=(cap.Circle(*at, radius_km),))


def _polygon(ellipse: Ellipse95) -> tuple[cap.Corner, ...]:
    """Return the ellipse's outline, clockwise and closed; none where it cannot be drawn as one on a flat map."""
    if not LEAST_RADIUS_KM * 1e3 <= ellipse.semi_minor_m <= ellipse.semi_major_m <= LARGEST_POLYGON_M:
        return ()
    around = np.linspace(0.0, 2 * np.pi, CORNERS, endpoint=False)
    along, across = ellipse.semi_major_m * np.cos(around), ellipse.semi_minor_m * np.sin(around)
    azimuth, distance = ellipse.azimuth_rad + np.arctan2(across, along), np.hypot(along, across)
    latitude, longitude, _ = geodesic.direct(ellipse.latitude_rad, ellipse.longitude_rad, azimuth, distance)
    to_pole_m = (np.pi / 2 - abs(ellipse.latitude_rad)) * 6.37e6
    if np.ptp(longitude) > np.pi or to_pole_m <= 1.01 * ellipse.semi_major_m:
        return ()
    corners = np.round(np.degrees(np.column_stack([latitude, longitude])), 4) + 0.0
    outline = [(float(north), float(east)) for north, east in corners]
    return (*outline, outline[0])
