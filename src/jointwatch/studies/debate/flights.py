"""Questions 8, 9 and 11: how fast, how high and how long flights of published figures are, and what a pass settles."""

from __future__ import annotations

import numpy as np

from jointwatch.assessment.programme.apart import sigmas_for
from jointwatch.catalogue.events import load_launches
from jointwatch.catalogue.places import site_place
from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import GM_M3_S2
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.flight.burnout import minimum_energy
from jointwatch.flight.reconstruction import reconstruct
from jointwatch.studies.claims.assessed import assess
from jointwatch.studies.claims.questions.apart import SURE, passes
from jointwatch.studies.debate.published import Ours

NEAR_SPITSBERGEN_M = 1_000e3
"""From Andøya over the ground: where it came down near Spitsbergen was not published, the islands begin 750 km away."""


def least_energy() -> Ours:
    """Return speed, apogee and time of the slowest flights of 2,000 and 10,000 km, ground to ground."""

    def told(range_m: float) -> str:
        speed, _, apogee, time = (float(each) for each in minimum_energy(range_m))
        return f"{speed / 1e3:.2f} km/s, {apogee / 1e3:,.0f} km, {time / 60:.1f} min"

    return {"short": told(2_000e3), "long": told(10_000e3)}


def january_1995() -> Ours:
    """Return how long a flight with the apogee of 25 January 1995 takes, with its boost and without."""
    entry = load_launches()["andoya-1995"]
    apogee_km, bearing_deg = (fact.value if fact else np.nan for fact in (entry.apogee_km, entry.bearing_deg))
    apogee_m, site = 1e3 * apogee_km, site_place(entry.site.value)
    flight = reconstruct(
        NEAR_SPITSBERGEN_M,
        apogee_m,
        latitude_rad=site.latitude_rad,
        longitude_rad=site.longitude_rad,
        bearing_rad=np.deg2rad(bearing_deg),
        flight_time_s=24 * 60.0,
        distance_half_width_m=250e3,
    )
    low, mean, high = (
        float(each[0]) / 60 for each in (flight.flight_time_low_s, flight.flight_time_s, flight.flight_time_high_s)
    )
    fits = "fits" if flight.consistent[0] else flight.why(0)
    free = [free_flight_s(apogee_m, distance) / 60 for distance in (400e3, 1_500e3)]
    return {
        "whole": f"{mean:.1f} min ({low:.1f} to {high:.1f}): {fits}",
        "free": f"{min(free):.1f} to {max(free):.1f} min",
    }


def free_flight_s(apogee_m: float, range_m: float) -> float:
    """Return how long a body without thrust flies from ground to ground, by its apogee and range, on a sphere at rest.

    The ellipse through both ends with its far apsis at the apogee [Bate, Mueller, White, 1971, ch. 6].

    >>> round(free_flight_s(459e3, 2_000e3))
    702
    """
    R = MEAN_RADIUS_M
    r_a, c = R + apogee_m, np.cos(range_m / R / 2)
    e = (r_a - R) / (r_a - R * c)  # of R (1 - e cos nu') = r_a (1 - e), nu' from the far apsis
    a = r_a / (1 + e)
    E = np.arccos((1 - R / a) / e)
    return float(2 * np.sqrt(a**3 / GM_M3_S2) * (np.pi - E + e * np.sin(E)))


def july_2008() -> Ours:
    """Return the apogees that go with both claimed ranges, and when one pass over Gabala tells them apart."""
    held = assess("shahab-2008-range")
    apogee = [float(minimum_energy(1e3 * far)[2]) / 1e3 for far in (1_200.0, 2_012.0)]
    flown = [held.figure(f"{which}_apogee_km").shown() for which in ("one", "other")]
    after = held.figure("apart_after_burnout_s")
    here = held.ends_with(after, "radar")
    return {
        "iran": f"{apogee[1]:.0f} km ground to ground; {flown[1]} from a burnout at its height",
        "observers": f"{apogee[0]:.0f} km ground to ground; {flown[0]} from a burnout at its height",
        "decides": f"{after.shown()} after burnout ({here[0]:.0f} to {here[1]:.0f} s); no apogee was published",
    }


def range_known() -> tuple[dict[str, tuple[Floats, Floats]], float]:
    """Return for both claims of July 2008 seconds after burnout and one sigma of the range, km; and the sigma needed.

    The last is the sigma at which, if both flights had it, the claims lie far enough apart for one error in a thousand.
    """
    held = assess("shahab-2008-range")
    one, other = passes(held.claim, held.cases, 0)
    known = {
        f"{far:,.0f} km": (each.looks_s - each.burnout_s, each.sigma_m / 1e3)
        for far, each in ((1_200, one), (2_012, other))
    }
    return known, (2_012 - 1_200) / (2 * sigmas_for(SURE))
