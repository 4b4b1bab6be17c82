"""Plots and tracklets as they are reported in messages, and as the tracker takes them; and whether they can be."""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.tracklet import Tracklet
from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.site import Site
from jointwatch.tracking import tracklet as tracklets

TRACKLET_AT_MOST_OFF_NS = 600 * NS_PER_S
LEAST_RADIUS_M, GREATEST_RADIUS_M, GREATEST_SPEED_M_S = 6.2e6, 1e8, 2e4
UNITS = np.array([1e3, 1e3, 1e3, 1.0, 1.0, 1.0])  # of a state's usual errors, so that no variance drowns in another


def tracklet_of(owner: str, message: Tracklet) -> tracklets.Tracklet:
    """Return a message's tracklet as the tracker's room takes it."""
    return tracklets.Tracklet(
        owner=owner,
        track=message.track,
        number=message.number,
        since=message.since,
        from_tai_ns=message.from_tai_ns,
        to_tai_ns=message.to_tai_ns,
        time_tai_ns=message.time_tai_ns,
        x=np.array(message.state),
        P=symmetric(message.covariance),
        boost_probability=message.boost_probability,
        plots=message.plots,
    )


def plots_of(owner: str, report: PlotReport) -> Plots:
    """Return the plots of a report that can be used: whole, and with errors above zero.

    A radar that is masked goes by its centre's name.
    """
    site = Site(report.site.name, report.site.latitude_rad, report.site.longitude_rad, report.site.height_m)
    measured = (report.range_m, report.azimuth_rad, report.elevation_rad)
    sigmas = (report.sigma_range_m, report.sigma_azimuth_rad, report.sigma_elevation_rad)
    rows = np.zeros((0, 6))
    if len({len(column) for column in (*measured, *sigmas)}) == 1:  # else something was withheld that tracking needs
        rows = np.column_stack([*measured, *sigmas]).reshape(-1, 6)
    rows = rows[(rows[:, 3:] > 0.0).all(axis=1)]
    return Plots(site, report.sensor or f"{owner}, masked", report.time_tai_ns, rows[:, :3], rows[:, 3:])


def plausible(tracklet: Tracklet, P: Floats) -> bool:
    """Whether a partner's estimate can be one: of now, near the Earth, and with a covariance that is one."""
    of_now = abs(tracklet.time_tai_ns - tracklet.logged_tai_ns) <= TRACKLET_AT_MOST_OFF_NS
    radius_m, speed_m_s = np.linalg.norm(tracklet.state[:3]), np.linalg.norm(tracklet.state[3:])
    near = LEAST_RADIUS_M <= radius_m <= GREATEST_RADIUS_M and speed_m_s <= GREATEST_SPEED_M_S
    return bool(of_now and near and np.linalg.eigvalsh(P / np.outer(UNITS, UNITS))[0] > 0.0)


def symmetric(upper: tuple[float, ...]) -> Floats:
    """Return the 6 x 6 covariance whose upper triangle, row by row, has these 21 terms."""
    P = np.zeros((6, 6))
    P[np.triu_indices(6)] = upper
    return P + np.triu(P, 1).T


def upper_triangle(P: Floats) -> tuple[float, ...]:
    """Return the 21 terms of a covariance's upper triangle, row by row."""
    return tuple(float(value) for value in P[np.triu_indices(6)])
