"""How far a radar sees by the radar equation, and, with destinations named, which flights come near enough."""

from __future__ import annotations

from itertools import product

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.sensors.range_equation import gain, tracking_range_m
from jointwatch.studies.claims.cases import Cases
from jointwatch.studies.claims.claim import ClaimFile
from jointwatch.studies.claims.figure import Figure
from jointwatch.studies.claims.flights import flight, paths
from jointwatch.studies.claims.seeing import limits
from jointwatch.studies.claims.sight import sky

LIGHT_M_S = 299_792_458.0
THINNED = "thinned"
"""As `fill`: each element collects over a quarter of a squared wavelength, the rest of the aperture is empty."""


def echo(cases: Cases, claim: ClaimFile) -> list[Figure]:
    """Return the range for each case; with `about.circle_km` the cross-section that a circle would mean.

    Assumptions: mean_power_kw, dwell_s, aperture_m2, frequency_ghz, receive_efficiency, rcs_m2, snr, noise_k, loss_db;
    and fill (whole or thinned) with elements, gain where it is not that of the aperture.
    """
    reach = np.array([_reach_m(cases, case) for case in range(len(cases))])
    figures = [Figure("reach_km", "range of detection", reach / 1e3)]
    circle = claim.about.get("circle_km")
    if circle:
        implied = cases.numbers("rcs_m2") * (circle * 1e3 / reach) ** 4
        figures.append(Figure("implied_rcs_m2", f"cross-section that goes with {circle:,.0f} km", implied))
    if "destinations" in claim.about:
        figures += _flights(claim, reach)
    return figures


def _reach_m(cases: Cases, case: int) -> float:
    """Range in metres; all that is sent goes out over the lit area, and comes in over its efficient part."""
    held = {axis.name: cases.values(axis.name)[cases.index[case, i]] for i, axis in enumerate(cases.axes)}
    fill = held.pop("fill", "whole")
    number = {name: float(str(value)) for name, value in held.items()}
    wavelength = LIGHT_M_S / (number["frequency_ghz"] * 1e9)
    area = number["elements"] * wavelength**2 / 4 if fill == THINNED else number["aperture_m2"]
    return tracking_range_m(
        number["snr"],
        number["rcs_m2"],
        energy_j=number["mean_power_kw"] * 1e3 * number["dwell_s"],
        gain=number["gain"] if "gain" in number else gain(area, wavelength),
        aperture_m2=area * number["receive_efficiency"],
        noise_temperature_k=number["noise_k"],
        losses=10 ** (number["loss_db"] / 10),
    )


def _flights(claim: ClaimFile, reach: Floats) -> list[Figure]:
    nearest = nearest_m(claim)
    share = (reach[:, None] >= nearest).mean(axis=1)
    return [
        Figure("detected_share", "share of the flights that come within range", share),
        Figure("nearest_km", "the nearest flight comes to", np.full(len(reach), nearest.min() / 1e3)),
        Figure("median_km", "half of the flights come to", np.full(len(reach), np.median(nearest) / 1e3)),
    ]


def nearest_m(claim: ClaimFile) -> Floats:
    """Return how near each flight comes to `about.radar` after burnout and over its lowest elevation, in metres.

    Flights from each of `about.launch_places` to each of `about.destinations`, liquid and solid.
    """
    asked = product(claim.about["launch_places"], claim.about["destinations"], ("liquid", "solid"))
    flown = paths(
        [
            flight(claim.place(start), claim.place(end), propellant=burn, ascent=str(claim.about["ascent"]))
            for start, end, burn in asked
        ]
    )
    held = limits(claim.about["radar"])
    view = sky(flown, held)
    seen = (view.elevation_rad >= np.deg2rad(held.lowest_deg)) & (flown.time_s > flown.burnout_s[:, None])
    return np.asarray(np.where(seen, view.range_m, np.inf).min(axis=1))
