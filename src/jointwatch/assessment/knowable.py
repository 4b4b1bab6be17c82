"""How well could these radars possibly know where something came from, what it does and where it comes down?

The Cramér-Rao bound of each item of an assessment, as time goes by: from the true path and the times and errors of the
looks, without any plot and without any filter. What an assessment says is to be held against it; what no radar can know
shows here, and is no fault of a tracker's.

Two kinds of knowledge enter. Looks (`fisher`): all of the free flight, and of the burn what half a minute of steady
thrust allows. And priors: what an ascent was before it was seen, and the ballistic coefficient, as in the assessment.
From the least covariance of the state the items follow by the same transforms as their estimates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from jointwatch.assessment.anchor import at_boosting_state, at_burnout_altitude, at_cutoff, steepness_of
from jointwatch.assessment.apogee import ApogeeEstimate, highest
from jointwatch.assessment.ascent import FLAT
from jointwatch.assessment.fisher import Path, Seen, after_burnout, seen, while_burning
from jointwatch.assessment.free_flight import jacobi
from jointwatch.assessment.ground_track import ground_track
from jointwatch.assessment.impact_area import ImpactEstimate, fallen
from jointwatch.assessment.launch_point import ANCHORS, LaunchEstimate, climb_is_certain, reckoned_back
from jointwatch.assessment.priors import BoostPriors
from jointwatch.assessment.track_history import shifted
from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.flight.coast import transition_arrays
from jointwatch.tracking.bound import Looks

JUST_BEFORE_S = 2.0  # of the end of a burn, to tell its thrust


@dataclass(frozen=True, slots=True, eq=False)
class Knowable:
    """The least covariances at one time, seconds on the path's clock; None where the looks so far leave it open.

    P: (6, 6) of the state then, m and m/s. burnout_sigma_s: of the time at which the burn ended. The items are those of
    an assessment, about the true values, their times in nanoseconds on the path's clock.
    """

    at_s: float
    P: Floats | None
    launch: LaunchEstimate | None
    burnout_sigma_s: float | None
    apogee: ApogeeEstimate | None
    impact: ImpactEstimate | None


def knowable(
    path: Path, looks: Sequence[Looks], at_s: Floats, priors: BoostPriors, *, burnout_s: float
) -> tuple[Knowable, ...]:
    """What could be known at times (m,) from the looks made until then.

    path: gives the true states at times, in seconds on the clock of the looks, which are those at which it is in view;
    burnout_s: the end of the burn on that clock, whether some look was before it or none.

    >>> from jointwatch.flight import path
    >>> from jointwatch.flight.boost import BoostProfile
    >>> from jointwatch.sensors.site import Site
    >>> flown = path.fly_range(BoostProfile(110.0, 0.45, 0.4), latitude_rad=0.615, longitude_rad=0.941,
    ...     azimuth_rad=3.5, range_m=2000e3, times_s=[])
    >>> radar = Looks(Site("Gabala", 0.713, 0.834), np.arange(95.0, 500.0, 5.0), np.array([100.0, 2e-3, 2e-3]))
    >>> soon, late = knowable(
    ...     lambda t: path.states_at(flown, t), [radar], np.array([170.0, 400.0]), BoostPriors(), burnout_s=110.0)
    >>> [round(each.impact.ellipse.semi_major_m / 1e3) for each in (soon, late)]  # km, of the 95 % ellipse
    [35, 3]
    >>> round(late.burnout_sigma_s, 1), round(late.launch.sigma_s)  # the class prior is what limits the launch time
    (0.7, 12)
    """
    known = tuple(look for look in seen(path, looks) if look.times_s.size)
    if not known:
        return tuple(Knowable(float(at), None, None, None, None, None) for at in np.atleast_1d(at_s))
    first_s = min(float(look.times_s.min()) for look in known)
    burn = _burn(path, burnout_s) if first_s < burnout_s else _Burn(first_s, path(np.array([first_s])).pos_vel[0], 0.0)
    return tuple(_at(float(at), path, known, burn, priors) for at in np.atleast_1d(at_s))


class _Burn(NamedTuple):
    """When a burn ended, in what state (6,), and under what thrust; where none was seen, the first look."""

    end_s: float
    x: Floats
    thrust_m_s2: float


def _at(at_s: float, path: Path, looks: Sequence[Seen], burn: _Burn, priors: BoostPriors) -> Knowable:
    launches = _from_burn(looks, min(at_s, burn.end_s), priors)
    if at_s <= burn.end_s:
        P = while_burning(looks, path(np.array([at_s])).pos_vel[0], at_s, at_s) if burn.thrust_m_s2 else None
        return Knowable(at_s, P, _best(launches), None, None, None)
    found = after_burnout(looks, burn.x, burn.end_s, burn.thrust_m_s2, at_s)
    if found is None:
        return Knowable(at_s, None, _best(launches), None, None, None)
    at_end, sigma_s = found
    moved, Phi = transition_arrays(burn.x[None], at_s - burn.end_s)
    x, P = moved[0], Phi[0] @ at_end @ Phi[0].T
    if sigma_s is None:
        launches = _from_free_flight(path, looks, (at_s, x, P), priors)
    elif steepness_of(ground_track(burn.x[None]))[0] >= FLAT:
        launches.append(reckoned_back(at_cutoff(_ns(burn.end_s), sigma_s, 0.0, burn.x, at_end, priors)))
    impact = fallen(_ns(at_s), x, P, priors)
    return Knowable(
        at_s,
        P,
        _best(launches),
        sigma_s,
        highest(_ns(at_s), x, P),
        impact if isinstance(impact, ImpactEstimate) else None,
    )


def _from_burn(looks: Sequence[Seen], until_s: float, priors: BoostPriors) -> list[LaunchEstimate]:
    """Launches reckoned back from some moments of the burn that was seen until a time."""
    times = np.concatenate([look.times_s for look in looks])
    order = np.argsort(times)
    chosen = order[times[order] < until_s]
    if not chosen.size:
        return []
    chosen = chosen[np.unique(np.linspace(0, chosen.size - 1, ANCHORS).astype(int))]
    states = np.concatenate([look.states for look in looks])[chosen]
    steep = steepness_of(ground_track(states)) >= FLAT
    usable = steep if steep.any() else ~steep  # as in `launch_point`: flat ones only where all are
    found = []
    for time, x in zip(times[chosen][usable].tolist(), states[usable], strict=True):
        P = while_burning(looks, x, time, until_s)
        if P is not None and bool(climb_is_certain(x[None], P[None])[0]):
            found.append(reckoned_back(at_boosting_state(_ns(time), x, P, priors)))
    return found


def _from_free_flight(
    path: Path, looks: Sequence[Seen], now: tuple[float, Floats, Floats], priors: BoostPriors
) -> list[LaunchEstimate]:
    """Launch reckoned back from a usual height of the end of the burn, which was not seen."""
    first_s = min(float(look.times_s.min()) for look in looks)
    seen_at_m = float(geodetic_from_ecef(path(np.array([first_s])).r_m)[2][0])
    at_s, x, P = now
    anchor = at_burnout_altitude(_ns(at_s), x, P, priors, seen_at_m=seen_at_m)
    return [] if anchor is None else [reckoned_back(anchor)]


def _burn(path: Path, end_s: float) -> _Burn:
    """The end of a burn; its thrust along the velocity is the growth of the Jacobi constant over the speed."""
    states = path(np.array([end_s - JUST_BEFORE_S, end_s])).pos_vel
    constant, _ = jacobi(states, np.zeros((2, 6, 6)))
    thrust = (constant[1] - constant[0]) / (JUST_BEFORE_S * np.linalg.norm(states[1, 3:]))
    return _Burn(end_s, states[1], float(thrust))


def _best(launches: list[LaunchEstimate]) -> LaunchEstimate | None:
    return min(launches, key=lambda one: float(np.trace(one.cov_en_m2))) if launches else None


def _ns(seconds: float) -> int:
    return shifted(0, seconds)
