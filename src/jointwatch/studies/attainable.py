"""How well a perspective could have known where an object was: the Cramér-Rao bound from the plots it rests on.

Only the free flight counts: the bound takes the motion as known, and a burn is not. What the plots before cut-off
say is left out, so in the first half minute after cut-off the bound shown is wider than the true one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.sensors.radar import Radar
from jointwatch.studies.followed import Followed
from jointwatch.studies.sightings import Sighting
from jointwatch.studies.truth import Flown
from jointwatch.tracking.bound import Looks, cramer_rao


def attainable_sigma_m(
    tracked: Followed, flown: Flown, sightings: Sequence[Sighting], radars: Mapping[str, Radar]
) -> Floats:
    """Return the least one-sigma of position, metres (root of the trace), at each instant of a track.

    NaN before the plots determine the state, and everywhere where the track does not say which radars it rests on.
    """
    bound = np.full(len(tracked.time_tai_ns), np.nan)
    burnout_tai_ns = flown.launch_tai_ns + round(flown.profile.burn_time_s * NS_PER_S)
    rows = np.flatnonzero(tracked.time_tai_ns > burnout_tai_ns)
    sources = {name for _, track in tracked.views for name in track.sources}
    if not len(rows) or not sources <= set(radars):
        return bound
    looks = [_looks(each, radars[each.radar], burnout_tai_ns) for each in sightings if each.radar in sources]
    at_s = (tracked.time_tai_ns[rows] - burnout_tai_ns) / NS_PER_S
    variance = np.trace(cramer_rao(flown.burnout, looks, at_s)[:, :3, :3], axis1=1, axis2=2)
    bound[rows] = np.where(np.isfinite(variance), np.sqrt(np.maximum(variance, 0.0)), np.nan)
    return bound


def _looks(sighting: Sighting, radar: Radar, epoch_tai_ns: int) -> Looks:
    after = sighting.plot_tai_ns >= epoch_tai_ns
    times_s = (sighting.plot_tai_ns[after] - epoch_tai_ns) / NS_PER_S
    return Looks(radar.site, times_s, sighting.sigma[after])
