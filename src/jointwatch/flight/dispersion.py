"""How sure an impact is: its derivatives by the state now and by the ballistic coefficient, and its covariance.

No differences are taken: the variational equations of gravity, turning frame and air are integrated with the flight.
Against heyoka's automatic derivatives their error is 1e-8 of a column, in extreme falls 1e-5 (tests/flight). What is
left out is of second order: with 3 km, 5 m/s and 10 % of the ballistic coefficient covariances were right within the
3 % that 10,000 trials can show. Where a path grazes the ground or nearly stays up, no ellipse describes its impacts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import coast
from jointwatch.flight.model import EXP, Model

_PART = 512  # objects flown at a time: few, so that threads share also some thousands evenly
_ROUGH = 10.0, 1e-3  # metres of the place, share of a derivative: a tenth of that comes out
_ROUNDING = 1e-9  # of a correlation: what a covariance may lack to be symmetric and positive


@dataclass(frozen=True, eq=False)
class Dispersion:
    """Impacts with their derivatives and covariances; NaN where `impact.reached` (n,) is false.

    derivatives: (n, 2, 7) of the place, metres east and north on the tangent plane, by the six components of the state
    at the start, m and m/s, and by the natural logarithm of the ballistic coefficient; time_derivatives: (n, 7) of the
    time of impact, seconds, by the same.
    covariance_en_m2: (n, 2, 2) of the place; sigma_time_s: (n,) standard deviation of the time.
    """

    impact: coast.Impact
    derivatives: Floats
    time_derivatives: Floats
    covariance_en_m2: Floats
    sigma_time_s: Floats


def transition(
    states: Ecef, duration_s: ArrayLike, *, beta_kg_m2: ArrayLike = np.inf, model: Model = EXP
) -> tuple[Ecef, Floats]:
    """States a duration later, or earlier, and Phi (n, 6, 7): by the states, and by the logarithm of beta.

    One duration and one ballistic coefficient, kg/m^2, for all or one each. `coast.transition` is the quick way
    without air, over seconds. NaN where the numbers end: backwards through dense air, or in the Earth's interior.

    >>> falling = Ecef(np.array([[6418137.0, 0.0, 0.0, -2000.0, 3000.0, 0.0]]))
    >>> _, Phi = transition(falling, 10.0, beta_kg_m2=5000.0)
    >>> Phi[0, 0, 3:].round(2).tolist()  # metres of height by m/s up, ahead and north, and by one unit of log beta
    [9.31, 0.12, 0.0, -501.19]
    """
    x, inverse_beta = coast.checked(states.pos_vel, beta_kg_m2)
    durations = np.empty(len(x))
    durations[:] = duration_s
    if not np.all(np.isfinite(durations)):
        raise ValueError("durations must be finite seconds; at least one is not")
    x_new, phi = np.empty((len(x), 6)), np.empty((len(x), 6, 7))

    def vary(part: slice) -> None:
        x_new[part], phi[part] = _varied(x[part], durations[part], inverse_beta[part], model)

    coast.shared(vary, len(x), None, part=_PART)
    return Ecef(x_new), phi


def impact_dispersion(
    states: Ecef,
    covariance: Floats,
    *,
    beta_kg_m2: ArrayLike = np.inf,
    sigma_log_beta: ArrayLike = 0.0,
    horizon_s: float = coast.HORIZON_S,
    model: Model = EXP,
    exact: bool = True,
) -> Dispersion:
    """Impacts, metres and seconds, with what they owe to small changes now, and their covariances.

    covariance: (n, 6, 6) of the states, m and m/s, or (6, 6) for all. sigma_log_beta: standard deviation of the
    natural logarithm of each ballistic coefficient, independent of the state; 0.1 is ten per cent. exact: else the
    derivatives are good to a thousandth, in less than half the time.
    What is on the ground at the start stays there: its place moves as the state does, its time not at all. What does
    not come down within `horizon_s` seconds has no derivatives: NaN. A path that is not sure to come down, or that
    touches the ground at a small angle, has large ones, and impacts that no ellipse describes.

    >>> climbing = Ecef(np.array([[6478137.0, 0.0, 0.0, 2000.0, 3000.0, 0.0]]))
    >>> P = np.diag([1e4, 1e4, 1e4, 1.0, 1.0, 1.0])  # 100 m and 1 m/s
    >>> found = impact_dispersion(climbing, P, beta_kg_m2=5000.0, sigma_log_beta=0.1)
    >>> np.sqrt(np.diagonal(found.covariance_en_m2[0])).round(), found.sigma_time_s.round(2)  # metres; seconds
    (array([1040.,  554.]), array([0.92]))
    """
    x, inverse_beta = coast.checked(states.pos_vel, beta_kg_m2)
    P, sigma = _covariances(covariance, len(x)), _sigmas(sigma_log_beta, len(x))
    impact = coast.impact(states, beta_kg_m2=beta_kg_m2, horizon_s=horizon_s, model=model)
    G, C = np.full((len(x), 3, 7), np.nan), np.full((len(x), 3, 3), np.nan)

    def differentiate(part: slice) -> None:
        rows = part.start + np.flatnonzero(impact.reached[part])
        there, phi = _varied(x[rows], impact.time_s[rows], inverse_beta[rows], model, exact=exact)
        G[rows] = _at_the_ground(there, impact.time_s[rows], phi[:, :3])
        by_state, by_beta = G[rows, :, :6], sigma[rows, None] * G[rows, :, 6]
        C[rows] = by_state @ P[rows] @ by_state.swapaxes(1, 2) + by_beta[:, :, None] * by_beta[:, None, :]

    coast.shared(differentiate, len(x), None, part=_PART)
    return Dispersion(impact, G[:, :2], G[:, 2], C[:, :2, :2], np.sqrt(C[:, 2, 2]))


def _at_the_ground(x: Floats, time_s: Floats, moved: Floats) -> Floats:
    """Derivatives (n, 3, 7) of east, north and time of impact, from those of the position at that time (n, 3, 7).

    A path displaced by dr crosses the tangent plane, of normal n, later by dt = -n dr / n v, at dr + v dt.
    """
    latitude, longitude, _ = geodetic_from_ecef(x[:, :3])
    basis = enu_basis(latitude, longitude)
    enu_moved, enu_v = basis @ moved, np.einsum("nij,nj->ni", basis, x[:, 3:])
    crosses = (time_s > 0) & (enu_v[:, 2] < 0)
    later = np.zeros((len(x), 7))
    later[crosses] = -enu_moved[crosses, 2] / enu_v[crosses, 2:]
    return np.concatenate([enu_moved[:, :2] + enu_v[:, :2, None] * later[:, None], later[:, None]], axis=1)


def _varied(
    x: Floats, duration_s: Floats, inverse_beta: Floats, model: Model, *, exact: bool = True
) -> tuple[Floats, Floats]:
    """States (n, 6) and their derivatives (n, 6, 7) a duration (n,) later, of one part."""
    from jointwatch.flight.variation_in_air import SHARE, TOLERANCE_M

    x_new, phi = np.empty((len(x), 6)), np.empty((len(x), 6, 7))
    tolerances = (TOLERANCE_M, SHARE) if exact else _ROUGH
    _kernel()(x, duration_s, inverse_beta, model.forces, *tolerances, x_new, phi)
    return x_new, phi


@cache
def _kernel() -> Callable[..., None]:
    """`vary_in_air`, ready: from disk, or compiled in some five seconds, which is then said."""
    from jointwatch.earth.compiled import announced
    from jointwatch.flight.variation_in_air import vary_in_air

    none, nothing = np.empty(0), np.empty((0, 6))
    with announced():
        vary_in_air(nothing, none, none, EXP.forces, 1.0, 1.0, nothing, np.empty((0, 6, 7)))
    compiled: Callable[..., None] = vary_in_air
    return compiled


def _covariances(covariance: Floats, count: int) -> Floats:
    """One covariance (n, 6, 6) for each state; what is none is refused with its index."""
    P = np.asarray(covariance, dtype=np.float64)
    if P.shape not in ((6, 6), (count, 6, 6)):
        raise ValueError(f"covariance must be (6, 6), or ({count}, 6, 6) for {count} states, got shape {P.shape}")
    each = P.reshape(-1, 6, 6)
    finite: Bools = np.asarray(np.isfinite(each).all(axis=(1, 2)))
    sigma = np.sqrt(np.abs(np.diagonal(each, axis1=1, axis2=2)))
    scale = np.where(finite[:, None] & (sigma > 0), sigma, 1.0)
    shares = np.where(finite[:, None, None], each, 0.0) / (scale[:, :, None] * scale[:, None, :])
    lopsided = np.abs(shares - shares.swapaxes(1, 2)).max(axis=(1, 2), initial=0.0) > _ROUNDING
    wrong = np.flatnonzero(~finite | lopsided | (np.linalg.eigvalsh(shares) < -6 * _ROUNDING).any(axis=1))
    if wrong.size:
        raise ValueError(
            f"every covariance must be finite, symmetric and without negative variances; number {wrong[0]} is not"
        )
    return np.broadcast_to(P, (count, 6, 6))


def _sigmas(sigma_log_beta: ArrayLike, count: int) -> Floats:
    """One standard deviation (n,) for each state; what is none is refused."""
    sigma = np.asarray(sigma_log_beta, dtype=np.float64)
    if sigma.shape not in ((), (count,)):
        raise ValueError(f"sigma_log_beta must be one number or one for each of {count} states, got {sigma.shape}")
    if not np.all((sigma >= 0) & np.isfinite(sigma)):
        raise ValueError(
            "sigma_log_beta must be finite and not negative: the spread of log(beta), 0.1 for ten per cent"
        )
    return np.broadcast_to(sigma, (count,))
