"""The range equation in absolute terms, against ranges computed by others from stated inputs, and its laws."""

from __future__ import annotations

import numpy as np
import pytest

from jointwatch.sensors.range_equation import gain, search_range_m, tracking_range_m, tracking_snr

COLD = {"noise_temperature_k": 500.0, "losses": 10**0.8}
X_BAND_M = 299_792_458.0 / 9.5e9


def test_the_disputed_range_of_the_planned_brdy_radar_hangs_on_its_aperture() -> None:
    """2,420 km and 485 km at 0.01 m2 and SNR 20: 16,896 modules, twenty 1 ms pulses of 170 kW; once 105 m2 fully used,
    once a quarter of a squared wavelength for each element."""
    for area, km in ((105.0, 2420.0), (16_896 * X_BAND_M**2 / 4, 485.0)):
        reach = tracking_range_m(20.0, 0.01, energy_j=170e3 * 0.02, gain=gain(area, X_BAND_M), aperture_m2=area, **COLD)
        assert reach / 1e3 == pytest.approx(km, abs=2.0)


def test_snr_and_range_are_each_others_inverse_and_the_fourth_power_holds() -> None:
    dwell = {"energy_j": 1e3, "gain": 1e5, "aperture_m2": 10.0, **COLD}
    reach = tracking_range_m(20.0, 0.1, **dwell)
    assert tracking_snr([reach, 2 * reach], 0.1, **dwell) == pytest.approx([20.0, 20.0 / 16])


def test_searching_finds_by_power_times_aperture_alone() -> None:
    """A beam of wavelength^2 / A stands in the time that the whole angle leaves it: the tracking law, rearranged."""
    mean_power, area, wavelength, angle, revisit = 1e5, 600.0, 0.7, 0.5, 5.0
    beam = 4 * np.pi / gain(area, wavelength)
    energy = mean_power * revisit * beam / angle
    by_dwell = tracking_range_m(15.0, 0.1, energy_j=energy, gain=gain(area, wavelength), aperture_m2=area, **COLD)
    by_search = search_range_m(
        15.0, 0.1, mean_power_w=mean_power, aperture_m2=area, solid_angle_sr=angle, revisit_s=revisit, **COLD
    )
    assert by_search == pytest.approx(by_dwell, rel=1e-12)
