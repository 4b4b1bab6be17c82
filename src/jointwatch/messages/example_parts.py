"""What the examples of messages have in common: header and times of the exercise `sejil-2009`, and its object."""

from __future__ import annotations

from math import radians
from typing import Any

from jointwatch.messages.finding import ObjectFinding, PointFinding

S_NS = 1_000_000_000  # one second
LAUNCH_TAI_NS = 1_242_809_434 * S_NS  # 20 May 2009, 08:50:00 UTC
SEEN_TAI_NS = LAUNCH_TAI_NS + 140 * S_NS


def header(audience: str, klass: str, number: int, after_s: int = 0) -> dict[str, Any]:
    """Return the header of a message of moscow's, logged so long after the launch was seen."""
    return {
        "mode": "exercise",
        "run": "sejil-2009-1",
        "origin": "moscow",
        "log": f"moscow/{audience}/{klass}",
        "logged_tai_ns": SEEN_TAI_NS + after_s * S_NS,
        "id": f"moscow-{klass}-{number}",
    }


def digest(number: int) -> bytes:
    """Return 32 bytes that stand for a hash or a key."""
    return bytes([number]) * 32


OBJECT = ObjectFinding(
    object="O-1",
    tracks=("T-0001",),
    first_seen_tai_ns=SEEN_TAI_NS,
    launch=PointFinding(
        latitude_rad=radians(35.24),
        longitude_rad=radians(53.92),
        time_tai_ns=LAUNCH_TAI_NS,
        covariance=(4.1e7, -2.0e7, 0.0, 5.3e7, 0.0, 121.0),
    ),
    direction_rad=radians(144),
    direction_sigma_rad=radians(1.5),
    impact=PointFinding(
        latitude_rad=radians(24.1),
        longitude_rad=radians(63.0),
        time_tai_ns=LAUNCH_TAI_NS + 780 * S_NS,
        covariance=(3.9e8, -2.8e8, 0.0, 5.9e8, 0.0, 196.0),
    ),
    verdict="missile",
    p_space=0.02,
    reason="the arc comes down",
    range_class="MRBM",
    apogee_m=470_000.0,
    sensors=("armavir-south-east",),
)
