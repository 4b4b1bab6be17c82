"""How old is an ascent, and how far has it come? Two numbers, kappa, between a state and its place of launch.

kappa_altitude is height over (climb rate x age), kappa_downrange ground distance over (ground speed x age). From
rest at constant acceleration both are 1/2; where acceleration grows from nothing, 1/3. Stages bend them: after the
first one acceleration drops and both rise; a climb that levels off has a kappa_altitude without limit.

What the vehicle did before it was seen cannot be told from what it did after: on real two-stage ascents a smooth curve
through the seen part, followed back past staging, misses launch times by a third of the age. So no curve is fitted;
the nearest good state is taken, with a prior as wide as the ascents that are known.

The constants are those of 30 real ascents at 1 s steps (broadcast telemetry of Falcon launches, 2015-2018, as reduced
by shahar603/Telemetry-Data), all of one family of launchers; that others climb alike is an assumption.
"""

from __future__ import annotations

import numpy as np

from jointwatch.assessment.priors import BoostPriors
from jointwatch.earth.arrays import Floats

FROM_REST = 0.5  # kappa_altitude of any smooth ascent in its first seconds (0.42-0.47 at 10-60 km)
SECOND_STAGE = 0.6  # kappa_altitude of a steep second stage (0.60-0.64)
SECOND_STAGE_DOWNRANGE = 0.45  # (0.37-0.46; in the first stage 0.24-0.30)
STAGING_M = 30e3, 85e3  # first stages burnt out between 57 and 85 km, those of two and three solid ones from 28 km on
STEEP = 0.5  # climb rate over ground speed above which kappa_altitude does not depend on it
LEVELLING = 1.3  # how much kappa_altitude gains per lost unit of that ratio (0.63 at 0.4, 0.77 at 0.3, 0.89 at 0.2)
FLAT = 0.2  # below this it says little: 1.1 at 0.2, 2 at 0.1


def kappas_at_cutoff(priors: BoostPriors, steepness: float | Floats) -> tuple[Floats, Floats]:
    """Means (2, ...) and sigmas (2, ...) of kappa, altitude and downrange, at cut-off: the prior, widened where flat.

    steepness: climb rate over ground speed, one or many.
    """
    mean = np.array([priors.kappa_altitude, priors.kappa_downrange])
    sigma = np.array([priors.kappa_altitude_sigma, priors.kappa_downrange_sigma])
    return _levelling(mean, sigma, steepness)


def kappas_while_burning(
    priors: BoostPriors, height_m: float | Floats, steepness: float | Floats
) -> tuple[Floats, Floats]:
    """Means (2, ...) and sigmas (2, ...) of kappa, altitude and downrange, at an unknown moment of an unknown stage.

    Half way between the class value at the end of a burn and the other end: what an ascent begins with, or, above the
    heights of staging, what a second stage has; between them in proportion. The way to either is added to the sigma.
    """
    mean, sigma = (_for_each(pair, height_m) for pair in kappas_at_cutoff(priors, STEEP))
    other_end = np.interp(height_m, STAGING_M, (FROM_REST, SECOND_STAGE))
    to_an_end = 0.5 * (np.stack([other_end, np.full_like(other_end, SECOND_STAGE_DOWNRANGE)]) - mean)
    return _levelling(mean + to_an_end, np.hypot(sigma, to_an_end), steepness)


def age_by_burn_time(priors: BoostPriors) -> tuple[Floats, Floats]:
    """Means (2,) and sigmas (2,) of the logarithms of (age in seconds, kappa_downrange) of a flat ascent.

    Only long burns get so flat, and late: the mean of the upper half of the prior on burn times, with its whole sigma.
    """
    age_s = priors.burn_time_s + np.sqrt(2.0 / np.pi) * priors.burn_time_sigma_s
    (_, downrange), (_, sigma) = kappas_while_burning(priors, STAGING_M[1], STEEP)
    return np.log([age_s, downrange]), np.array([priors.burn_time_sigma_s / age_s, sigma / downrange])


def _levelling(mean: Floats, sigma: Floats, steepness: float | Floats) -> tuple[Floats, Floats]:
    """Return kappas of a climb that may be levelling off: altitude shifted, and as uncertain as half its shift."""
    up = np.asarray(LEVELLING * np.maximum(STEEP - np.asarray(steepness), 0.0))
    shift = np.stack([up, np.zeros_like(up)])
    mean, sigma = (pair if pair.shape == shift.shape else _for_each(pair, up) for pair in (mean, sigma))
    return mean + shift, np.hypot(sigma, 0.5 * shift)


def _for_each(pair: Floats, many: float | Floats) -> Floats:
    """Two numbers (2,), made to go with one or many of something else, (2, ...)."""
    return pair.reshape(2, *(1,) * np.ndim(many))
