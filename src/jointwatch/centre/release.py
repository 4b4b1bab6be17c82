"""Release control: what leaves the house, as a released view that names what it withholds and commits to the rest."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import msgspec

from jointwatch.centre.watch import upper_triangle
from jointwatch.messages.launch_report import LaunchItems
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.release import SALT_BYTES, commitment
from jointwatch.tracking.track import Track

HEADER = {"v", "mode", "run", "origin", "log", "logged_tai_ns", "id"}


@dataclass(frozen=True)
class View:
    """The content of a released message; where something is withheld, the salt of its commitment."""

    content: dict[str, Any]
    salt: bytes
    withheld: tuple[str, ...]


def plots_view(internal: PlotReport, entry: bytes, *, mask_source: bool) -> View:
    """Return the released view of a scan; masked, it does not name the sensor. Without its site plots are no use."""
    content = {f: getattr(internal, f) for f in internal.__struct_fields__ if f not in HEADER}
    if not mask_source:
        return View(content, b"", ())
    salt = secrets.token_bytes(SALT_BYTES)
    hidden = {"sensor": "", "withheld": ("sensor",), "commitment": commitment(salt, entry)}
    return View({**content, **hidden}, salt, ("sensor",))


def items_view(items: LaunchItems, entry: bytes, *, mask_source: bool) -> View:
    """Return the items of a report as a partner may read them; masked, the source is not named."""
    if not mask_source or not items.source:
        return View({"items": items}, b"", ())
    salt = secrets.token_bytes(SALT_BYTES)
    masked = msgspec.structs.replace(items, source="", withheld=("source",), commitment=commitment(salt, entry))
    return View({"items": masked}, salt, ("source",))


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


def tracklet_view(content: dict[str, Any], entry: bytes, *, mask_source: bool) -> View:
    """Return a tracklet as a partner may read it; masked, the source is not named."""
    if not mask_source:
        return View(content, b"", ())
    salt = secrets.token_bytes(SALT_BYTES)
    hidden = {"source": "", "withheld": ("source",), "commitment": commitment(salt, entry)}
    return View({**content, **hidden}, salt, ("source",))
