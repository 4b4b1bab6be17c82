"""When each sensor of a recording saw a track, and how well: what the bound of its estimates is made of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from jointwatch.earth.timescale import NS_PER_S
from jointwatch.studies.recording import Recording
from jointwatch.studies.recording_sites import Sensor
from jointwatch.tracking.bound import Looks
from jointwatch.tracking.track import History


def looks_of(history: History, recording: Recording, sensors: Mapping[str, Sensor]) -> tuple[Looks, ...]:
    """The looks behind a track's estimates, by sensor; times in seconds after its first estimate.

    Of several plots of a scan the first one's sigmas are taken: of one radar they differ little.
    """
    found = []
    for name in dict.fromkeys(name for names in history.radars for name in names):
        times = history.time_tai_ns[[name in names for names in history.radars]]
        rows = np.flatnonzero(recording.sensor == recording.names.index(name))
        rows = rows[np.minimum(np.searchsorted(recording.time_tai_ns[rows], times), rows.size - 1)]
        given = recording.sigma[rows]
        sigma = np.where(np.isnan(given), sensors[name].sigmas(recording.snr_db[rows]), given)
        found.append(Looks(sensors[name].site, (times - history.time_tai_ns[0]) / NS_PER_S, sigma))
    return tuple(found)
