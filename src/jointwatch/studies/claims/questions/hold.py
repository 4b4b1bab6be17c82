"""From when to when a radar has a flight in its field, what stays unseen until another takes over, and who fills it."""

from __future__ import annotations

import numpy as np

from jointwatch.studies.claims.cases import Cases
from jointwatch.studies.claims.claim import ClaimFile
from jointwatch.studies.claims.figure import Figure
from jointwatch.studies.claims.seeing import called, fly, look
from jointwatch.studies.claims.sight import unseen_s


def hold(cases: Cases, claim: ClaimFile) -> list[Figure]:
    """Return when `about.radar` has the flights, and what is unseen before `about.beside`, alone and with each third.

    gap_s: seconds between first sight by the one and first sight by the other in which the one does not have it.
    """
    flown = fly(cases, claim)
    radar, beside = claim.about["radar"], claim.about["beside"]
    seen = look(cases, flown, radar)
    first, last, mask = seen.first_s(), seen.last_s(), seen.held()
    taken_over = look(cases, flown, beside).first_s()
    followed = np.where(np.isfinite(last), last, np.nan) / flown.end_s
    one, other, step = called(radar), called(beside), float(flown.paths.time_s[1])
    figures = [
        Figure("followed_share", f"share of the flight that is over when {one} sees it last", followed),
        Figure(f"{radar}_first_s", f"first sight by {one}, after launch", first),
        Figure(f"{radar}_last_s", f"last sight by {one}, after launch", last),
        Figure(f"{radar}_held_s", f"in the field of {one}", mask.sum(axis=1) * step),
        Figure(f"{beside}_first_s", f"first sight by {other}, after launch", taken_over),
        Figure("gap_s", f"unseen between {one} and {other}", unseen_s(flown.paths, mask, first, taken_over)),
        Figure("flight_s", "flight, launch to impact", flown.end_s),
    ]
    for third in claim.about.get("third", []):
        also = look(cases, flown, third)
        left = unseen_s(flown.paths, mask | also.held(), first, taken_over)
        key, name = third.replace(":", "_").replace("-", "_"), called(third)
        figures.append(Figure(f"gap_with_{key}_s", f"unseen between them with {name} as well", left))
        figures.append(Figure(f"{key}_first_s", f"first sight by {name}, after launch", also.first_s()))
        figures.append(Figure(f"{key}_last_s", f"last sight by {name}, after launch", also.last_s()))
    return figures
