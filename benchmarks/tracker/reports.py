"""What a centre says after a scan, as bytes, neither signed nor stored: plots, or, where links are thin, tracklets."""

from __future__ import annotations

import numpy as np

from jointwatch.messages.encoding import encode
from jointwatch.messages.packed_plots import encode_plots
from jointwatch.messages.plot_report import PlotReport, Site
from jointwatch.messages.tracklet import Tracklet
from jointwatch.sensors.measurement import Plots
from jointwatch.tracking.tracker import Tracker

SHARE_EVERY_S = 30.0
_TRIANGLE = np.triu_indices(6)


def plots_said(plots: Plots, scan: int) -> int:
    """Encode the plots of a scan; how many bytes."""
    return len(encode_plots(_plot_report(plots, scan), plots.z, plots.sigma))


def tracklets_said(tracker: Tracker, plots: Plots, scan: int, *, every_s: float) -> int:
    """Encode those of the confirmed tracks whose turn it is, each every 30 seconds; how many bytes."""
    now = tracker.predicted(plots.time_tai_ns)
    turns = round(SHARE_EVERY_S / every_s)
    covariances, boost = now.P[:, *_TRIANGLE].tolist(), now.boost_probability.tolist()
    return sum(
        len(encode(_tracklet(now.ids[k], plots, now.x[k].tolist(), covariances[k], boost[k], scan)))
        for k in range(scan % turns, len(now), turns)
    )


def _header(kind: str, scan: int, plots: Plots) -> dict[str, object]:
    return {
        "mode": "exercise", "run": "benchmark", "origin": "brussels", "log": f"brussels/brussels/{kind}",
        "logged_tai_ns": plots.time_tai_ns, "id": f"brussels-{kind}-{scan}",
    }  # fmt: skip


def _plot_report(plots: Plots, scan: int) -> PlotReport:
    site = plots.site
    return PlotReport(
        **_header("plot", scan, plots), sensor=plots.radar, time_tai_ns=plots.time_tai_ns,
        site=Site(name=site.name, latitude_rad=float(site.latitude_rad), longitude_rad=float(site.longitude_rad),
                  height_m=site.height_m),
        range_m=(), azimuth_rad=(), elevation_rad=(), sigma_range_m=(), sigma_azimuth_rad=(), sigma_elevation_rad=(),
    )  # fmt: skip


def _tracklet(track: str, plots: Plots, x: list[float], P: list[float], boost: float, scan: int) -> Tracklet:
    time = plots.time_tai_ns
    return Tracklet(
        **_header("track", scan, plots), track=track, number=scan + 1, since=0, from_tai_ns=time, to_tai_ns=time,
        time_tai_ns=time, state=tuple(x), covariance=tuple(P), boost_probability=boost,
        plots=1, source=plots.radar,
    )  # fmt: skip
