"""By how much one radar sees a flight before another."""

from __future__ import annotations

import numpy as np

from jointwatch.studies.claims.cases import Cases
from jointwatch.studies.claims.claim import ClaimFile
from jointwatch.studies.claims.figure import Figure
from jointwatch.studies.claims.seeing import called, fly, look


def lead(cases: Cases, claim: ClaimFile) -> list[Figure]:
    """Return first sight by the radars `about.first` and `about.second`, and the lead of the first; inf if alone.

    `about.called` has what a reader calls a radar that stands for one elsewhere.
    """
    flown = fly(cases, claim)
    one, other = claim.about["first"], claim.about["second"]
    names = {radar: claim.about.get("called", {}).get(radar, called(radar)) for radar in (one, other)}
    early, late = (look(cases, flown, radar).first_s() for radar in (one, other))
    lead_s = np.where(np.isfinite(early), late, -np.inf) - np.where(np.isfinite(early), early, 0.0)
    return [
        Figure("lead_s", f"{names[one]} sees it before {names[other]} by", lead_s),
        Figure(f"{one}_first_s", f"first sight by {names[one]}, after launch", early),
        Figure(f"{other}_first_s", f"first sight by {names[other]}, after launch", late),
        Figure("burnout_s", "burnout, after launch", flown.paths.burnout_s[flown.which]),
        Figure("flight_s", "flight, launch to impact", flown.end_s),
        Figure("apogee_km", "apogee", flown.paths.apogee_m[flown.which] / 1e3),
    ]
