"""Scans: when, how often something is seen, how exactly, how many false plots, and always the same for a seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jointwatch.earth.ionosphere import TECU, Ionosphere
from jointwatch.earth.refractivity import MEAN_AIR
from jointwatch.earth.states import Ecef
from jointwatch.sensors.bias import Bias
from jointwatch.sensors.detection import of_radar, probability, snr
from jointwatch.sensors.measurement import Plots, position, residual
from jointwatch.sensors.propagation import Medium
from jointwatch.sensors.radar import Face, Radar
from jointwatch.sensors.schedule import scan, scan_times
from jointwatch.sensors.site import Site

S = 1_000_000_000


def objects(radar: Radar, z: np.ndarray) -> Ecef:
    r, _ = position(radar.site, z, np.ones_like(z))
    return Ecef(np.hstack([r, np.zeros_like(r)]))


def sure(radar: Radar) -> Radar:
    """The same radar, seeing everything in its field and nothing else."""
    return replace(radar, reference_snr=1e9, false_plots_per_scan=0.0)


def test_scans_come_every_revisit_period_from_the_offset_on(gabala: Radar) -> None:
    times = scan_times(gabala, 10 * S, 30 * S, 2.5)
    assert times.dtype == np.int64
    assert (times / S).tolist() == [12.5, 17.5, 22.5, 27.5]
    assert len(scan_times(gabala, 10 * S, 10 * S)) == 0


def test_the_same_seed_gives_the_same_plots(gabala: Radar) -> None:
    z = np.array([[1e6, 2.5, 0.3], [2e6, 3.0, 0.2]])
    first, again, other = (
        scan(gabala, gabala.faces, 0, objects(gabala, z), np.ones(2), np.random.default_rng(seed)) for seed in (4, 4, 5)
    )
    assert first.z.tobytes() == again.z.tobytes()
    assert first.sigma.tobytes() == again.sigma.tobytes()
    assert first.z.tobytes() != other.z.tobytes()


def test_an_object_outside_the_field_does_not_move_the_noise_of_one_inside(gabala: Radar) -> None:
    radar = sure(gabala)
    inside, beside = [1e6, 2.5, 0.3], [1e6, 0.5, 0.3]
    once, twice = (
        scan(radar, radar.faces, 0, objects(radar, np.array([inside, other])), np.ones(2), np.random.default_rng(1)).z
        for other in (beside, [1e6, 0.4, 0.2])
    )
    assert once.tolist() == twice.tolist()
    assert len(once) == 1


@pytest.mark.parametrize("range_m", [2.5e6, 4.0e6, 5.9e6])
def test_objects_are_seen_as_often_as_the_law_says(gabala: Radar, range_m: float) -> None:
    """20,000 objects in one scan; within four binomial standard errors."""
    radar, n = replace(gabala, false_plots_per_scan=0.0), 20_000
    truth = objects(radar, np.tile([range_m, 2.8, 0.3], (n, 1)))
    seen = len(scan(radar, radar.faces, 0, truth, np.full(n, 0.1), np.random.default_rng(11)))
    pd = float(probability(snr(radar, range_m, 0.1), 1e-6))
    assert abs(seen / n - pd) < 4 * np.sqrt(pd * (1 - pd) / n)


def test_errors_have_the_sigma_that_comes_with_them(gabala: Radar) -> None:
    """With and without the part that falls with the signal; mean 0 and variance 1 within four standard errors."""
    n, z = 20_000, np.array([4.0e6, 2.8, 0.3])
    for beam_rad in (0.0, 0.02):
        radar = replace(
            gabala,
            beam_azimuth_rad=beam_rad,
            beam_elevation_rad=beam_rad,
            range_resolution_m=1e3,
            false_plots_per_scan=0.0,
        )
        plots = scan(
            radar, radar.faces, 0, objects(radar, np.tile(z, (n, 1))), np.full(n, 0.1), np.random.default_rng(3)
        )
        normal = residual(plots.z, z) / plots.sigma
        assert np.abs(normal.mean(axis=0)).max() < 4 / np.sqrt(len(normal))
        assert np.abs((normal**2).mean(axis=0) - 1).max() < 4 * np.sqrt(2 / len(normal))


def false_plots(radar: Radar, scans: int) -> list[Plots]:
    rng = np.random.default_rng(17)
    nothing = Ecef(np.empty((0, 6)))
    return [scan(radar, radar.faces, 0, nothing, np.empty(0), rng) for _ in range(scans)]


def test_false_plots_are_poisson_and_fill_the_field_evenly(gabala: Radar) -> None:
    """Number: mean and variance both 2 per scan. Place: each coordinate uniform, by Kolmogorov and Smirnov at 1e-4."""
    from scipy.stats import kstest

    scans = false_plots(gabala, 4000)
    numbers = np.array([len(plots) for plots in scans])
    assert abs(numbers.mean() - 2) < 4 * np.sqrt(2 / 4000)
    assert abs(numbers.var() - 2) < 4 * np.sqrt((2 + 2 * 4) / 4000)
    z = np.concatenate([plots.z for plots in scans])
    low, high = np.array([3e5, *np.radians([107, 2])]), np.array([6e6, *np.radians([217, 55])])
    for share in ((z - low) / (high - low)).T:
        assert kstest(share, "uniform").pvalue > 1e-4


def test_false_plots_of_a_sector_through_north_stay_in_it(gabala: Radar) -> None:
    north = Face("north", *(float(a) for a in np.radians([305, 55, 2, 55])))
    z = np.concatenate([plots.z for plots in false_plots(replace(gabala, faces=(north,)), 300)])
    azimuth = np.degrees(z[:, 1])
    assert ((azimuth >= 0) & (azimuth < 360)).all()
    assert ((azimuth >= 305) | (azimuth <= 55)).all()
    assert (azimuth < 55).any()
    assert (azimuth > 305).any()


def test_the_order_of_plots_tells_nothing(gabala: Radar) -> None:
    """The first of three objects stands first in a third of 3,000 scans, within four standard errors."""
    radar, rng = sure(gabala), np.random.default_rng(23)
    truth = objects(radar, np.array([[1e6, 2.5, 0.3], [2e6, 3.0, 0.3], [3e6, 3.2, 0.3]]))
    first = [scan(radar, radar.faces, 0, truth, np.ones(3), rng).z[0, 0] < 1.5e6 for _ in range(3000)]
    assert abs(np.mean(first) - 1 / 3) < 4 * np.sqrt(2 / 9 / 3000)


def test_without_an_array_on_duty_there_is_silence(gabala: Radar) -> None:
    rng = np.random.default_rng(1)
    plots = scan(gabala, (), 0, objects(gabala, np.array([[1e6, 2.5, 0.3]])), np.ones(1), rng)
    assert len(plots) == 0
    assert rng.random() == np.random.default_rng(1).random()


def test_objects_without_cross_sections_are_refused(gabala: Radar) -> None:
    with pytest.raises(ValueError, match="1 objects came with 2 cross-sections"):
        scan(
            gabala, gabala.faces, 0, objects(gabala, np.array([[1e6, 2.5, 0.3]])), np.ones(2), np.random.default_rng(1)
        )


@pytest.mark.parametrize("law", [{"swerling": 0}, {"pulses": 6}, {"swerling": 0, "pulses": 6}])
def test_other_laws_are_played_out_as_they_are_computed(gabala: Radar, law: dict[str, int]) -> None:
    """20,000 objects in one scan, at a third less than the reference signal; within four binomial standard errors."""
    radar, n = replace(gabala, false_plots_per_scan=0.0, reference_snr=12.0 / law.get("pulses", 1), **law), 20_000
    truth = objects(radar, np.tile([4.0e6, 2.8, 0.3], (n, 1)))
    seen = len(scan(radar, radar.faces, 0, truth, np.full(n, 0.1), np.random.default_rng(11)))
    pd = float(of_radar(radar, snr(radar, 4.0e6, 0.1)))
    assert 0.05 < pd < 0.95
    assert abs(seen / n - pd) < 4 * np.sqrt(pd * (1 - pd) / n)


def test_scan_loss_thins_out_what_is_seen_aside(gabala: Radar) -> None:
    """Fifty degrees off boresight the signal falls by cos^2.5 of it; within four binomial standard errors."""
    radar, n = replace(gabala, false_plots_per_scan=0.0, scan_loss_exponent=2.5, boresight_elevation_rad=0.3), 20_000
    z = np.array([3.0e6, np.radians(212.0), 0.3])
    seen = len(
        scan(radar, radar.faces, 0, objects(radar, np.tile(z, (n, 1))), np.full(n, 0.1), np.random.default_rng(2))
    )
    cosine = np.sin(0.3) ** 2 + np.cos(0.3) ** 2 * np.cos(np.radians(50.0))
    pd = float(probability(snr(radar, 3.0e6, 0.1) * cosine**2.5, 1e-6))
    assert abs(seen / n - pd) < 4 * np.sqrt(pd * (1 - pd) / n)


def test_a_bias_is_the_same_in_every_plot_and_the_clock_is_in_the_time(gabala: Radar) -> None:
    radar, n, z = sure(gabala), 5000, np.array([1e6, 2.5, 0.3])
    bias = Bias(range_m=500.0, azimuth_rad=5e-3, elevation_rad=-4e-3, clock_s=0.25)
    plots = scan(
        radar, radar.faces, 7 * S, objects(radar, np.tile(z, (n, 1))), np.ones(n), np.random.default_rng(3), bias=bias
    )
    assert plots.time_tai_ns == 7 * S + S // 4
    off = residual(plots.z, z).mean(axis=0)
    assert off == pytest.approx([500.0, 5e-3, -4e-3], abs=4 * 200.0 / np.sqrt(n))
    assert off[1:] == pytest.approx([5e-3, -4e-3], abs=4 * 1e-3 / np.sqrt(n))


def test_a_medium_alone_changes_no_bit_of_what_stands_high(gabala: Radar) -> None:
    """Air and ionosphere lift objects into sight low down; into the rows they come by a bias's shares only."""
    z = np.array([[1e6, 2.5, 0.3], [2e6, 3.0, 0.5]])
    medium = Medium(MEAN_AIR, Ionosphere(30 * TECU))
    bare, through = (
        scan(gabala, gabala.faces, 0, objects(gabala, z), np.ones(2), np.random.default_rng(4), medium=m)
        for m in (Medium(), medium)
    )
    assert bare.z.tobytes() == through.z.tobytes()


AWKWARD = {
    "at the pole": (90.0, 0.0, 107, 217),
    "at the other pole, through north": (-90.0, 123.0, 300, 60),
    "on the date line": (52.0, 180.0, 107, 217),
    "just past the date line, through north": (-17.0, -179.9999, 350, 20),
}


@pytest.mark.parametrize("where", AWKWARD)
def test_awkward_places_see_as_often_as_any(gabala: Radar, where: str) -> None:
    """Ahead: by the law, each plot within 6 sigma of the truth. Behind, under the horizon, in place: nothing."""
    latitude, longitude, start, end = AWKWARD[where]
    site = Site("there", float(np.radians(latitude)), float(np.radians(longitude)), 10.0)
    face = Face("one", *(float(a) for a in np.radians([start, end, 2, 55])))
    radar = replace(
        sure(gabala), site=site, faces=(face,), scan_loss_exponent=2.0, boresight_elevation_rad=0.3, minimum_range_m=0.0
    )
    middle = face.azimuth_from_rad + face.azimuth_width_rad / 2
    ahead = np.array([[2e6, np.mod(middle, 2 * np.pi), 0.4]])
    rng = np.random.default_rng(1)
    seen = scan(radar, radar.faces, 0, objects(radar, np.tile(ahead, (50, 1))), np.ones(50), rng)
    assert len(seen) == 50
    assert np.abs(residual(seen.z, ahead) / seen.sigma).max() < 6
    hidden = np.array([[2e6, np.mod(middle + np.pi, 2 * np.pi), 0.4], [2e6, middle, -0.2], [0.0, middle, 0.4]])
    assert len(scan(radar, radar.faces, 0, objects(radar, hidden), np.ones(3), rng)) == 0


def test_what_is_not_a_number_is_refused_with_its_index(gabala: Radar) -> None:
    truth = objects(gabala, np.tile([1e6, 2.5, 0.3], (3, 1)))
    truth.pos_vel[1, 2] = np.nan
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="scan of gabala: the position of object 1 is not a number; leave it out"):
        scan(gabala, gabala.faces, 0, truth, np.ones(3), rng)
    truth.pos_vel[1, 2] = 0.0
    with pytest.raises(ValueError, match="the cross-section of object 2 must be 0 m2 or more; got"):
        scan(gabala, gabala.faces, 0, truth, np.array([1.0, 1.0, np.nan]), rng)
