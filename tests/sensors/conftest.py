"""One plain radar that the tests of this room edit: at Gabala's place, one face from 107 to 217 degrees."""

from __future__ import annotations

import numpy as np
import pytest

from jointwatch.sensors.radar import Face, Radar
from jointwatch.sensors.site import Site


@pytest.fixture
def gabala() -> Radar:
    return Radar(
        name="gabala",
        site=Site("Gabala", float(np.radians(40.8707)), float(np.radians(47.8027)), 300.0),
        band="VHF",
        faces=(Face("the only array", *(float(angle) for angle in np.radians([107.0, 217.0, 2.0, 55.0]))),),
        reference_range_m=4e6,
        reference_rcs_m2=0.1,
        reference_snr=18.93,
        instrumented_range_m=6e6,
        minimum_range_m=3e5,
        sigma_range_m=200.0,
        sigma_azimuth_rad=1e-3,
        sigma_elevation_rad=1e-3,
        revisit_s=5.0,
        false_alarm_probability=1e-6,
        false_plots_per_scan=2.0,
    )
