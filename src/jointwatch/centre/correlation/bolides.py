"""Published bolides as reports from outside that a centre takes in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import radians

from jointwatch.centre.saying import Saying
from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.formats.fireballs import Fireball
from jointwatch.messages.outside_report import OutsideContents, OutsideReport

SOURCE = "sensors of the United States, published by JPL (CNEOS)"


def contents(fireball: Fireball) -> OutsideContents:
    """Return what was published of a bolide, in metres and radians."""
    seen, velocity = fireball, fireball.velocity_km_s
    return OutsideContents(
        seen_tai_ns=tai_ns_from_utc(f"{seen.at:%Y-%m-%dT%H:%M:%SZ}"),
        latitude_rad=None if seen.latitude_deg is None else radians(seen.latitude_deg),
        longitude_rad=None if seen.longitude_deg is None else radians(seen.longitude_deg),
        height_m=None if seen.altitude_km is None else seen.altitude_km * 1e3,
        speed_m_s=None if seen.speed_km_s is None else seen.speed_km_s * 1e3,
        velocity_m_s=None if velocity is None else (velocity[0] * 1e3, velocity[1] * 1e3, velocity[2] * 1e3),
        text=f"a bolide of {seen.energy_kt:g} kt",
        source=SOURCE,
    )


def drafted(saying: Saying, fireballs: Iterable[Fireball]) -> list[OutsideReport]:
    """Return a report for each bolide, under an id that the same bolide always has: it is taken in once."""
    return [_drafted(replace(saying, token=f"{seen.at:%Y%m%dT%H%M%S}"), seen) for seen in fireballs]


def _drafted(saying: Saying, seen: Fireball) -> OutsideReport:
    return OutsideReport(**saying.header(saying.internal("record"), "bolide"), contents=contents(seen))
