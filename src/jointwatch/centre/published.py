"""A published orbit held against a track: does the word fit what was seen, and does it decide what was undecided?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from jointwatch.assessment.estimate import Assessment
from jointwatch.assessment.track_history import TrackHistory
from jointwatch.earth.arrays import Floats
from jointwatch.earth.states import Ecef
from jointwatch.flight import orbit
from jointwatch.messages.notice import NoticeContents

GATE_SIGMA = 3.0
CURVED_ASCENT_SIGMA_DEG = 1.5  # an ascent turns into its orbit's plane by about so much while it burns


def with_published_orbit(found: Assessment, history: TrackHistory, notice: NoticeContents) -> Assessment:
    """Return the assessment, decided by the published orbit where it was undecided and the track's plane fits it.

    The probability stays what the track alone says; only verdict and reason change, and the reason names the source.
    """
    if found.verdict.verdict != "undecided" or notice.orbit is None:
        return found
    seen, sigma = inclination_deg(history)
    published = float(np.degrees(notice.orbit.inclination_rad))
    sigma = float(np.hypot(sigma, CURVED_ASCENT_SIGMA_DEG))
    if abs(seen - published) > GATE_SIGMA * sigma:
        return found
    reason = (
        f"published orbit ({notice.source}): inclination {published:.1f} deg, and the track's plane was last seen at "
        f"{seen:.1f} ± {sigma:.1f} deg; from the track alone: {found.verdict.reason}"
    )
    return replace(found, verdict=replace(found.verdict, verdict="space launch", reason=reason))


def inclination_deg(history: TrackHistory) -> tuple[float, float]:
    """Return the inclination of the track's instantaneous plane at its last state and its one-sigma, in degrees."""
    x, P = history.x[-1], history.P[-1]
    steps = np.diag(np.maximum(np.sqrt(np.diag(P)) * 1e-2, 1e-3))
    spread = orbit.inclination_rad(Ecef(np.vstack([x, x + steps, x - steps])))
    slope: Floats = (spread[1:7] - spread[7:13]) / (2 * np.diag(steps))
    return float(np.degrees(spread[0])), float(np.degrees(np.sqrt(max(slope @ P @ slope, 0.0))))
