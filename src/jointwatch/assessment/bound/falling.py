"""The impact as a linear function of the state at burnout: along and across the way it comes in, for many flights."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from jointwatch.assessment.impact_area import LIGHT_TO_HEAVY, OF_EACH
from jointwatch.assessment.priors import BoostPriors
from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import A_M, geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight.coast import impact, transition_arrays
from jointwatch.flight.dispersion import impact_dispersion

THICK_M = 100e3
"""Above, the air is left out: what moves an impact by metres is not worth following from there."""


class Falls(NamedTuple):
    """Of flights (k): derivatives (k, 7) of the impact by the state at burnout; the last is one sigma by the drag.

    along: the way from the launch to the impact, across: to the left of it, metres. range_m (k,): from the launch to
    where it comes down with the prior's ballistic coefficient.
    """

    along: Floats
    across: Floats
    range_m: Floats


def falls(
    burnout: Floats, after_s: Floats, priors: BoostPriors, *, latitude_rad: Floats, longitude_rad: Floats
) -> Falls:
    """Return the impacts of flights with these states (k, 6) at burnout, launched at those places (k,).

    after_s (k,): a time after burnout at which each is still above the air, or highest; see `entry_s`.
    """
    x, Phi = transition_arrays(burnout, after_s)
    beta = float(np.exp(priors.log_beta_mean))
    found = impact_dispersion(Ecef(x), np.zeros((6, 6)), beta_kg_m2=beta, exact=False)
    east, north = np.moveaxis(np.einsum("nij,njk->nik", found.derivatives[:, :, :6], Phi), 1, 0)
    there = geodetic_from_ecef(found.impact.states.r_m)
    range_m, _, azimuth = geodesic.inverse(latitude_rad, longitude_rad, *there[:2])
    sine, cosine = np.sin(azimuth), np.cos(azimuth)
    basis = np.asarray(enu_basis(*there[:2])).reshape(-1, 3, 3)
    drag = _spreads_by_drag(x, found.impact.states.r_m, priors)
    drag_east, drag_north = (np.einsum("npi,ni->np", drag, basis[:, c]) for c in (0, 1))
    rows = zip(_turned(sine, cosine, east, north), _turned(sine, cosine, drag_east, drag_north), strict=True)
    along, across = (np.column_stack([by_state, _sigma(by_drag)]) for by_state, by_drag in rows)
    return Falls(along, across, np.asarray(range_m))


def _turned(sine: Floats, cosine: Floats, east: Floats, north: Floats) -> tuple[Floats, Floats]:
    """Rows (n, ...) along an azimuth and to the left of it."""
    s, c = sine[:, None], cosine[:, None]
    return s * east + c * north, s * north - c * east


def _spreads_by_drag(x: Floats, r_m: Floats, priors: BoostPriors) -> Floats:
    """By how much (n, 4, 3) impacts lie off for the light and heavy objects of `impact_area`, metres, Earth-fixed."""
    betas = np.exp(priors.log_beta_mean + priors.log_beta_sigma * LIGHT_TO_HEAVY)
    each = [impact(Ecef(x), beta_kg_m2=float(beta)).states.r_m - r_m for beta in betas]
    return np.stack(each, axis=1)


def _sigma(off: Floats) -> Floats:
    """One sigma (n,) of what is off by (n, 4) for those objects, as they weigh."""
    return np.asarray(np.sqrt(np.maximum(off**2 @ OF_EACH - (off @ OF_EACH) ** 2, 0.0)))


def entry_s(r_m: Floats, *, step_s: float, burn_s: float) -> Floats:
    """Return seconds after burnout (k,) at which flights, positions (k, t, 3) from ignition, last are above the air.

    Of those that never are: at which they are highest.
    """
    radius = np.nan_to_num(np.sqrt(np.einsum("kti,kti->kt", r_m, r_m)))
    high = radius > A_M + THICK_M
    last = radius.shape[1] - 1 - high[:, ::-1].argmax(axis=1)
    chosen = np.where(high.any(axis=1), last, radius.argmax(axis=1))
    return np.asarray(np.maximum(chosen * step_s - burn_s, 0.0))
