"""A sensor's scans as plot reports for its centre's internal log.

The id of a report is a digest of what it says, so scans handed in again are known, whoever signs them and whenever.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.exchange.logid import LogId
from jointwatch.formats.refusal import Refusal
from jointwatch.messages.encoding import MessageRefused, encode
from jointwatch.messages.packed_plots import with_plots
from jointwatch.messages.plot_report import MAX_PLOTS, PlotReport, Site
from jointwatch.messages.quantities import Mode
from jointwatch.sensors.measurement import Plots

RECORD = "record"


@dataclass(frozen=True)
class Destination:
    """Whose record the reports are for."""

    centre: str
    run: str
    mode: Mode


def drafted(plots: Plots, to: Destination, *, logged_tai_ns: int) -> Iterator[PlotReport]:
    """Yield the reports of one scan: one, or several where it has more plots than a report holds.

    Raises Refusal for a plot that no report can hold, such as one from behind the zenith or beyond a million km.
    """
    for first in range(0, max(len(plots), 1), MAX_PLOTS):
        try:
            yield _report(plots, slice(first, first + MAX_PLOTS), to, logged_tai_ns)
        except MessageRefused as refusal:
            when = utc_from_tai_ns(plots.time_tai_ns, digits=3)
            raise Refusal(f"the scan of {when}", str(refusal)) from None


def _report(plots: Plots, part: slice, to: Destination, logged_tai_ns: int) -> PlotReport:
    bare = PlotReport(
        mode=to.mode,
        run=to.run,
        origin=to.centre,
        log=str(LogId(to.centre, to.centre, RECORD)),
        logged_tai_ns=0,
        id=plots.radar,
        sensor=plots.radar,
        site=site_of(plots),
        time_tai_ns=plots.time_tai_ns,
        range_m=(),
        azimuth_rad=(),
        elevation_rad=(),
        sigma_range_m=(),
        sigma_azimuth_rad=(),
        sigma_elevation_rad=(),
    )
    said = with_plots(bare, plots.z[part], plots.sigma[part])
    digest = hashlib.sha256(encode(said)).hexdigest()[:32]
    return msgspec.structs.replace(said, id=f"{plots.radar}-{digest}", logged_tai_ns=logged_tai_ns)


def site_of(plots: Plots) -> Site:
    """Return where plots were measured from, as a report says it."""
    site = plots.site
    longitude = math.remainder(site.longitude_rad, 2 * math.pi)
    return Site(name=site.name, latitude_rad=site.latitude_rad, longitude_rad=longitude, height_m=site.height_m)
