"""Release control: what leaves the house, as a released view that names what it withholds and commits to the rest."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from jointwatch.centre.reported import upper_triangle
from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.topocentric import ecef_from_azimuth_elevation_range
from jointwatch.messages.encoding import Message
from jointwatch.messages.finding import ObjectFinding
from jointwatch.messages.launch_report import LaunchItems, LaunchReport
from jointwatch.messages.notice import Notice
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.release import SALT_BYTES, commitment
from jointwatch.messages.release_policy import Region, ReleaseRule
from jointwatch.messages.tracklet import Tracklet
from jointwatch.tracking.track import Track

HEADER = {"v", "mode", "run", "origin", "log", "logged_tai_ns", "id"}
COLUMNS = ("range_m", "azimuth_rad", "elevation_rad", "sigma_range_m", "sigma_azimuth_rad", "sigma_elevation_rad")
BEYOND_FIVE_ITEMS: dict[str, Any] = {
    "apogee_m": None,
    "detected_tai_ns": None,
    "p_space": None,
    "range_class": "",
    "reason": "",
    "source": "",
    "verdict": "",
}


@dataclass(frozen=True)
class View:
    """The content of a released message; where it says less than the internal one, the salt of its commitment."""

    content: dict[str, Any]
    salt: bytes
    withheld: tuple[str, ...]


def view(internal: Message, entry: bytes, rule: ReleaseRule) -> View | None:
    """Return what an audience may read of an internal entry; None where the rule lets nothing of it go."""
    if isinstance(internal, PlotReport):
        return plots_view(internal, entry, rule)
    if isinstance(internal, Tracklet):
        return tracklet_view(internal, entry, rule)
    if isinstance(internal, LaunchReport):
        return items_view(internal.items, entry, rule)
    if isinstance(internal, Notice):
        return notice_view(internal, rule)
    return None


def plots_view(internal: PlotReport, entry: bytes, rule: ReleaseRule) -> View | None:
    """Return the released view of a scan: masked, it names no sensor; of a region, it has the plots in it alone.

    Without its site plots are no use. A scan with no plot in the region does not leave: its empty list would say that
    nothing was seen anywhere, and its absence beside the others that something was.
    """
    hidden: dict[str, Any] = {} if rule.form == "whole" else {"sensor": ""}
    content = _content(internal)
    if rule.region is None:
        return _hiding(content, hidden, entry)
    inside = [k for k, place in enumerate(_places(internal)) if rule.region.holds(*place)]
    if not inside:
        return None
    cut = {name: tuple(getattr(internal, name)[k] for k in inside) for name in COLUMNS}
    return _hiding(content | cut, hidden, entry, less=len(inside) < len(internal.range_m))


def tracklet_view(internal: Tracklet, entry: bytes, rule: ReleaseRule) -> View | None:
    """Return a tracklet as a partner may read it: masked, it names no source."""
    if rule.region and not rule.region.holds(*_geodetic(np.array([internal.state[:3]]))[0]):
        return None
    return _hiding(_content(internal), {} if rule.form == "whole" else {"source": ""}, entry)


def items_view(items: LaunchItems, entry: bytes, rule: ReleaseRule) -> View | None:
    """Return the items of a report as a partner may read them: whole, without the source, or five of them."""
    if rule.region and not all(rule.region.holds(*place) for place in _places_of(items)):
        return None
    masked = {"source": ""} if items.source else {}
    hidden = {"whole": {}, "source masked": masked, "five items": BEYOND_FIVE_ITEMS}[rule.form]
    shown = _hiding({name: getattr(items, name) for name in items.__struct_fields__}, hidden, entry)
    return View({"items": LaunchItems(**shown.content)}, shown.salt, shown.withheld)


def notice_view(notice: Notice, rule: ReleaseRule) -> View | None:
    """Return a notice, which is passed on whole or, where it names no place or one outside the region, not at all."""
    corners = [corner for area in notice.contents.areas for corner in area.corners]
    if rule.region and not (corners and all(rule.region.holds(*corner) for corner in corners)):
        return None
    return View({"contents": notice.contents}, b"", ())


def findings_view(
    objects: tuple[ObjectFinding, ...], rule: ReleaseRule | None
) -> tuple[tuple[ObjectFinding, ...], tuple[str, ...]]:
    """Return the objects of a finding that may be read, and the sentences that say which may not."""
    if rule is None:
        return (), ("The release policy lets no finding go.",)
    if rule.form == "source masked":
        objects = tuple(msgspec.structs.replace(found, sensors=()) for found in objects)
    if rule.region is None:
        return objects, ()
    inside = tuple(found for found in objects if found.launch and _inside(found, rule.region))
    return inside, ("Only objects within the region of the release policy are in this finding.",)


def tracklet_content(track: Track, number: int) -> dict[str, Any]:
    """Return a whole local track as a tracklet's content: state, covariance, and the plots it covers."""
    return {
        "track": track.id,
        "number": number,
        "since": 0,
        "from_tai_ns": track.first_plot_tai_ns,
        "to_tai_ns": track.last_plot_tai_ns,
        "time_tai_ns": track.time_tai_ns,
        "state": tuple(float(value) for value in track.x),
        "covariance": upper_triangle(track.P),
        "boost_probability": float(track.boost_probability),
        "plots": track.plots,
        "source": "/".join(sorted(name for name, _ in track.radars)),
    }


def _content(internal: PlotReport | Tracklet) -> dict[str, Any]:
    return {name: getattr(internal, name) for name in internal.__struct_fields__ if name not in HEADER}


def _hiding(content: dict[str, Any], hidden: dict[str, Any], entry: bytes, *, less: bool = False) -> View:
    """Return a view with the hidden fields empty and named; with a new salt, so that two views cannot be linked."""
    if not hidden and not less:
        return View(content, b"", ())
    salt, names = secrets.token_bytes(SALT_BYTES), tuple(sorted(hidden))
    return View({**content, **hidden, "withheld": names, "commitment": commitment(salt, entry)}, salt, names)


def _places_of(subject: LaunchItems | ObjectFinding) -> list[tuple[float, float]]:
    points = [point for point in (subject.launch, subject.impact) if point is not None]
    return [(point.latitude_rad, point.longitude_rad) for point in points]


def _inside(found: ObjectFinding, region: Region) -> bool:
    return all(region.holds(*place) for place in _places_of(found))


def _places(scan: PlotReport) -> list[tuple[float, float]]:
    """Return latitude and longitude beneath each plot; the bend of the ray, some hundred metres, is neglected."""
    site = (scan.site.latitude_rad, scan.site.longitude_rad, scan.site.height_m)
    seen = np.column_stack([scan.azimuth_rad, scan.elevation_rad, scan.range_m]).reshape(-1, 3)
    return _geodetic(ecef_from_azimuth_elevation_range(*site, seen))


def _geodetic(r_ecef_m: Floats) -> list[tuple[float, float]]:
    latitude, longitude, _ = geodetic_from_ecef(r_ecef_m)
    return list(zip(latitude.tolist(), longitude.tolist(), strict=True))
