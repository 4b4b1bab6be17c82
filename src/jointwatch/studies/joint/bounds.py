"""How well the views of a study could know its flights: the bound of `assessment.bound`, for one cell's flights.

The looks are those of the study, and all of them: their expected information, without a bias and without any gap in
the exchange. What comes out is what nobody could better, not what a centre would have had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import cache

import numpy as np
from numpy.typing import NDArray

from jointwatch.assessment.bound.flights import Flights, Known, Looks, known
from jointwatch.assessment.priors import BoostPriors
from jointwatch.catalogue.boost_priors import boost_prior_parameters
from jointwatch.earth.arrays import Bools, Ints
from jointwatch.sensors.looks import LookTable
from jointwatch.sensors.radar import Radar
from jointwatch.sensors.sharpness import accuracies, sharp_looks
from jointwatch.studies.bundle import Bundle, Paths

AFTER_S = (60.0, 120.0, 180.0, 300.0)
"""Times after the first detection at which errors are told."""


def errors(
    flights: Bundle,
    paths: Paths,
    *,
    watch: LookTable,
    radars: Sequence[Radar],
    rcs_m2: NDArray[np.float64],
    probability: NDArray[np.float32],
    looks_in_a_step: NDArray[np.float64],
    sets: Bools,
    first: Ints,
    step_s: float,
) -> Known:
    """Return what sets of m radars (g, m) could know of flights (k) that they first detect at steps (g, k).

    probability (m, k, t): of detection in one look, at the positions of the paths every step_s.
    """
    looks = sharp_looks(
        watch, accuracies(radars), paths.r_m, probability, rcs_m2=rcs_m2, looks_in_a_step=looks_in_a_step
    )
    flown = Flights(
        paths.r_m,
        paths.rising,
        paths.burnout,
        flights.profile.burn_time_s,
        step_s,
        flights.latitude_rad,
        flights.longitude_rad,
    )
    after = [round(seconds / step_s) for seconds in AFTER_S]
    return known(flown, Looks(*looks), sets, first, after=after, priors=_priors())


@cache
def _priors() -> BoostPriors:
    return BoostPriors(**asdict(boost_prior_parameters()))
