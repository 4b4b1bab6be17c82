"""How soon after launch a radar has anything over its horizon, and how high that has to be."""

from __future__ import annotations

import numpy as np

from jointwatch.earth import geodesic, horizon, refraction
from jointwatch.earth.arrays import Floats
from jointwatch.studies.claims.cases import Cases
from jointwatch.studies.claims.claim import ClaimFile
from jointwatch.studies.claims.figure import Figure
from jointwatch.studies.claims.seeing import AIR, called, fly, limits, look


def first_sight(cases: Cases, claim: ClaimFile) -> list[Figure]:
    """Return first sight by `about.radar`, beside the height needed over the launch place, and the apogee."""
    flown = fly(cases, claim)
    seen = look(cases, flown, claim.about["radar"])
    return [
        Figure("first_s", f"first sight by {called(claim.about['radar'])}, after launch", seen.first_s()),
        Figure("last_s", "last sight, after launch", seen.last_s()),
        Figure("needed_km", "height needed over the launch place", needed_m(cases, claim) / 1e3),
        Figure("apogee_km", "apogee", flown.paths.apogee_m[flown.which] / 1e3),
        Figure("flight_s", "flight, launch to impact", flown.end_s),
    ]


def needed_m(cases: Cases, claim: ClaimFile) -> Floats:
    """Return the lowest height visible over the launch place, in metres, for each case (n)."""
    radar = limits(claim.about["radar"])
    places, lowest = np.deg2rad(cases.numbers("launch_place")), np.deg2rad(cases.numbers("lowest_deg"))
    latitude, longitude = np.deg2rad(radar.position_deg)
    distance, _, _ = geodesic.inverse(latitude, longitude, places[:, 0], places[:, 1])
    lifted = np.array([AIR[word] for word in cases.words("air")])
    bent = refraction.minimum_visible_height_m(distance, lowest, radar_height_m=radar.height_m)
    return np.where(lifted, bent, horizon.minimum_visible_height_m(distance, lowest))
