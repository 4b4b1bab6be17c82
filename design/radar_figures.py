"""What does the radar model say, drawn: detection, accuracy over range, air and ionosphere, a fence that fills?

    python design/radar_figures.py FOLDER

Values of the catalogue's Gabala (VHF) and Armavir (UHF), which are assumptions; TEC 30 units, air of 315 N-units.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from jointwatch.earth import refraction
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.earth.ionosphere import TECU, Ionosphere, elevation_bias_rad, range_delay_m
from jointwatch.earth.states import Ecef
from jointwatch.sensors.accuracy import measurement_sigma
from jointwatch.sensors.detection import probability, snr
from jointwatch.sensors.measurement import position
from jointwatch.sensors.schedule import scan
from jointwatch.sensors.search import TrackList
from jointwatch.studies.architecture import catalogue_radar

DAY = Ionosphere(30 * TECU)


def _detection(ax: plt.Axes) -> None:
    decibels = np.linspace(-5, 30, 300)
    for swerling, style in ((0, "-"), (1, "--")):
        for pulses in (1, 10):
            pd = probability(10 ** (decibels / 10), 1e-6, swerling=swerling, pulses=pulses)
            ax.plot(decibels, pd, style, label=f"{'steady' if swerling == 0 else 'fading'}, {pulses} pulses")
    ax.set(xlabel="SNR of one pulse, dB", ylabel="Pd at Pfa 1e-6", title="Detection in one look")
    ax.legend()


def _accuracy(ax: plt.Axes) -> None:
    r = np.linspace(400e3, 5500e3, 300)
    for name in ("gabala", "armavir"):
        radar, _ = catalogue_radar(name)
        for rcs, style in ((0.1, "-"), (1.0, "--")):
            sigma = measurement_sigma(radar, np.maximum(snr(radar, r, rcs), 14.0))
            ax.plot(r / 1e3, sigma[:, 1] * r / 1e3, style, label=f"{name}, {rcs:g} m²: cross-range")
            ax.plot(r / 1e3, sigma[:, 0] / 1e3, style, alpha=0.4, label=f"{name}, {rcs:g} m²: range")
    ax.set(xlabel="range, km", ylabel="one sigma, km", yscale="log", title="Accuracy of one plot")
    ax.legend(fontsize=7)


def _lift(ax: plt.Axes) -> None:
    e = np.radians(np.linspace(0.1, 40, 200))
    for height, style in ((200e3, ":"), (400e3, "--"), (1000e3, "-")):
        distance = np.sqrt((MEAN_RADIUS_M + height) ** 2 - (MEAN_RADIUS_M * np.cos(e)) ** 2) - MEAN_RADIUS_M * np.sin(e)
        air = refraction.apparent_elevation_rad(e, distance) - e
        ax.plot(np.degrees(e), 1e3 * air, "k" + style, label=f"air, object at {height / 1e3:.0f} km")
        for f, colour in ((160e6, "C0"), (435e6, "C1")):
            bent = elevation_bias_rad(f, e, distance, DAY)
            ax.plot(np.degrees(e), 1e3 * bent, colour + style, label=f"ionosphere, {f / 1e6:.0f} MHz")
    ax.set(xlabel="elevation, degrees", ylabel="too high by, mrad", title="Elevation", ylim=(1e-3, 20), yscale="log")
    ax.legend(fontsize=7)


def _delay(ax: plt.Axes) -> None:
    e = np.radians(np.linspace(0, 90, 200))
    height = 1000e3
    distance = np.sqrt((MEAN_RADIUS_M + height) ** 2 - (MEAN_RADIUS_M * np.cos(e)) ** 2) - MEAN_RADIUS_M * np.sin(e)
    for f in (160e6, 435e6, 9.5e9):
        ax.plot(np.degrees(e), range_delay_m(f, e, distance, DAY), label=f"ionosphere, {f / 1e6:.0f} MHz")
    ax.plot(np.degrees(e), refraction.range_delay_m(e, height), "k", label="air")
    ax.set(xlabel="elevation, degrees", ylabel="too far by, m", yscale="log", title="Range, object at 1,000 km")
    ax.legend()


def _load(ax: plt.Axes) -> None:
    gabala, _ = catalogue_radar("gabala")
    rng = np.random.default_rng(1)
    for offered in (50, 100, 200, 1000, 3000):
        radar = replace(gabala, track_capacity=100, false_plots_per_scan=0.0, fence_top_rad=float(np.radians(10)))
        tracks, kept = TrackList(offered), []
        for k in range(40):  # all rise from 3 to 42 degrees, one degree a scan, spread over 20 scans
            elevation = np.radians(3.0 + np.clip(k - 20 * np.arange(offered) / offered, 0, None))
            z = np.stack([np.full(offered, 1.5e6), rng.uniform(2.0, 3.7, offered), elevation], axis=-1)
            r, _ = position(radar.site, z, np.ones_like(z))
            truth = Ecef(np.hstack([r, np.zeros_like(r)]))
            kept.append(len(scan(radar, radar.faces, 0, truth, np.full(offered, 1.0), rng, tracks=tracks,
                                 numbers=np.arange(offered))))  # fmt: skip
        ax.plot(kept, label=f"{offered} objects, {tracks.dropped} drops")
    ax.set(xlabel="scan", ylabel="plots", title="A fence to 10 degrees, room for 100 tracks")
    ax.legend()


def main(folder: Path) -> None:
    """Draw all five into one file of the folder."""
    figure, axes = plt.subplots(2, 3, figsize=(18, 10))
    for draw, ax in zip((_detection, _accuracy, _lift, _delay, _load), axes.flat, strict=False):
        draw(ax)
        ax.grid(alpha=0.3)
    axes.flat[-1].axis("off")
    figure.tight_layout()
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / "radar.png", dpi=80)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
