"""What do flights, their errors and their air look like?

    python design/flight_figures.py FOLDER

draws into the folder, to be looked at; no page holds them:
- arcs.png: three classes at their usual ranges, over the ground and in time, with the ascent and the way through air.
- errors.png: how far impacts are from heyoka's, by regime (tests/oracles/coast_impacts.csv), and the limit.
- air.png: density of `exp` and of `us76` with height, one over the other, and where an arc of 2,000 km is braked.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
from flight_accuracy import columns, distances, ours, regimes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from jointwatch.earth.geodesic import inverse
from jointwatch.earth.standard_atmosphere import density_kg_m3
from jointwatch.flight.model import EXP
from jointwatch.flight.path import fly_range
from jointwatch.studies.vehicles import vehicle_class

CLASSES = {"srbm-solid-1stage": 300.0, "mrbm-solid-2stage": 2000.0, "icbm-solid-3stage": 10_000.0}  # km
PLACE = {"latitude_rad": np.radians(36.2), "longitude_rad": np.radians(55.3), "azimuth_rad": np.radians(150.0)}
SECONDS = np.arange(0.0, 5400.0, 0.25)
LIMIT_MM = 200.0
THIN_KM = 100.0
COLOURS = ("#0b6e4f", "#c05621", "#2b4c9b")


def arcs() -> Figure:
    """Height over ground distance, and against time."""
    figure, axes = plt.subplots(2, 3, figsize=(12, 6.4), layout="constrained")
    for (name, range_km), colour, (over, beside) in zip(CLASSES.items(), COLOURS, axes.T, strict=True):
        vehicle = vehicle_class(name)
        flown = fly_range(
            vehicle.profile, **PLACE, range_m=1e3 * range_km, beta_kg_m2=vehicle.beta_kg_m2, times_s=SECONDS
        )
        start = flown.latitude_rad[0], flown.longitude_rad[0]
        distance_km = inverse(*start, flown.latitude_rad, flown.longitude_rad)[0] / 1e3
        speed_km_s = np.linalg.norm(flown.states.v_m_s, axis=1) / 1e3
        height_km, minutes = flown.height_m / 1e3, flown.times_s / 60
        boost = flown.times_s <= vehicle.profile.burn_time_s
        for axis, along, up in ((over, distance_km, height_km), (beside, minutes, speed_km_s)):
            axis.plot(along, up, color=colour, lw=1.4)
            axis.plot(along[boost], up[boost], color=colour, lw=4, alpha=0.45, solid_capstyle="butt", label="ascent")
            low = ~boost & (height_km < THIN_KM) & (minutes > minutes[height_km.argmax()])
            axis.plot(along[low], up[low], color="black", lw=1.6, label=f"below {THIN_KM:.0f} km, on the way down")
            axis.set_xlim(0, None)
            axis.set_ylim(0, None)
            axis.grid(alpha=0.25)
        over.set(
            title=f"{name}, {range_km:,.0f} km in vacuum",
            xlabel="distance over the ground, km",
            ylabel="height, km",
        )
        beside.set(xlabel="minutes after launch", ylabel="speed over the ground, km/s")
    axes[1, 0].legend(frameon=False, fontsize=8, loc="lower center")
    return figure


def errors() -> Figure:
    """Histograms of the distance from heyoka's impacts, a row for each regime."""
    tables = regimes()
    figure, axes = plt.subplots(len(tables), 1, figsize=(8, 10), sharex=True, layout="constrained")
    bins = np.logspace(-4, 3, 57)
    for (name, table), axis in zip(tables.items(), axes, strict=True):
        beta, x, _, place = columns(table)
        off_mm = 1e3 * distances(ours(x, beta, EXP)[1][:, :3] - place)
        axis.hist(np.clip(off_mm, bins[0], bins[-1]), bins, color=COLOURS[2])
        axis.axvline(LIMIT_MM, color=COLOURS[1], lw=1.5)
        axis.set_ylabel(f"{name}\n{len(table)}", rotation=0, ha="right", va="center", fontsize=9)
        axis.set_yticks([])
    axes[0].text(
        LIMIT_MM * 1.15, 0.9, "limit", color=COLOURS[1], fontsize=9, va="top", transform=axes[0].get_xaxis_transform()
    )
    axes[-1].set(xscale="log", xlabel="distance of the impact from heyoka's, mm (left edge: 0.0001 mm and less)")
    axes[0].set_title("Impacts as they come, model exp; how many below each name", fontsize=10)
    return figure


def air() -> Figure:
    """Both densities, their ratio, and where an ordinary arc loses its speed."""
    height_km = np.linspace(0, 160, 641)
    real, simple = density_kg_m3(1e3 * height_km), 1.225 * np.exp(-height_km / 7.2)
    vehicle = vehicle_class("mrbm-solid-2stage")
    flown = fly_range(vehicle.profile, **PLACE, range_m=2000e3, beta_kg_m2=vehicle.beta_kg_m2, times_s=SECONDS)
    down = flown.times_s > flown.times_s[flown.height_m.argmax()]
    speed = np.linalg.norm(flown.states.v_m_s[down], axis=1)
    density = np.interp(flown.height_m[down] / 1e3, height_km, real, right=0.0)
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 5), sharey=True, layout="constrained")
    left.semilogx(real, height_km, color=COLOURS[2], label="us76")
    left.semilogx(simple, height_km, color=COLOURS[1], ls="--", label="exp")
    left.set(xlabel="density, kg/m³", ylabel="height, km", xlim=(1e-10, 3))
    left.legend(frameon=False)
    middle.semilogx(simple / real, height_km, color="black")
    middle.axvline(1.0, color="grey", lw=0.8)
    middle.set_xticks([0.3, 0.5, 1.0, 2.0, 3.0], labels=["0.3", "0.5", "1", "2", "3"])
    middle.xaxis.set_minor_locator(NullLocator())
    middle.set(xlabel="density of exp over that of us76", xlim=(0.25, 4))
    right.plot(0.5 * density * speed**2 / vehicle.beta_kg_m2, flown.height_m[down] / 1e3, color=COLOURS[0])
    right.set(xlabel=f"braking of a 2,000 km arc, {vehicle.beta_kg_m2:,.0f} kg/m², in m/s²", ylim=(0, 160))
    for axis in (left, middle, right):
        axis.grid(alpha=0.25, which="both")
    return figure


def main() -> None:
    """Draw all three."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for draw in (arcs, errors, air):
        draw().savefig(folder / f"{draw.__name__}.png", dpi=110)
        print(folder / f"{draw.__name__}.png")


if __name__ == "__main__":
    main()
