"""The orbit of one object from ranges and angles that no sensor measured together: begun, grown, smoothed, judged.

A tracker wants plots. Stations of satellites give a range now and angles a minute later, each with an offset of its own
that nobody knows well; what is wanted of them is one orbit, the offsets, and what is left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.flight.coast import transition_arrays
from jointwatch.tracking.first_orbit import first_orbit
from jointwatch.tracking.observables import Observables
from jointwatch.tracking.orbit_path import Priors, Smoothed, likelihood, smoothed

FEWEST = 12
"""Numbers below which no orbit is tried: twice the six that an orbit has."""
MOST = 10_000
"""Numbers above which none is tried: each takes 20 kB and a millisecond."""
PUSH_M_S2 = 3e-5
"""One sigma of what pushes or pulls an object all the time and is in no force: sunlight gives 1e-7, a leak 1e-5."""
_FIRST_SIGMA = np.repeat([1e6, 1e3], 3)  # of the first orbit, m and m/s: far beyond its errors
_GROWTH = 1.6
_FIRST_NOISE = 1e-8  # m2/s3, while the arc grows
_NOISES = 10.0 ** np.arange(-14, -3)  # among which the likeliest is taken
_AGREE = 0.8  # least share of the numbers that must lie on the path


class NoOrbitError(ValueError):
    """Numbers that do not agree on a path: one sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class OrbitEstimate:
    """The numbers from the first position on, their path, and the density of noise, m2/s3, that explains them best.

    taken (n,): which of the numbers that were given lie in it.
    """

    numbers: Observables
    path: Smoothed
    noise_m2_s3: float
    taken: Bools


def estimate(numbers: Observables, bias_sigma: Floats, *, push_m_s2: float = PUSH_M_S2) -> OrbitEstimate:
    """The orbit that numbers of one object agree on; bias_sigma (s, 4): of each sensor's offset by kind, 0 for none.

    Raises NoFirstOrbitError or NoOrbitError, one sentence, where there is none.

    # Algorithm
    1. A first orbit from the first positions; what came more than a twelfth of a turn before is left out.
    2. The path through a twelfth of a turn, then through 1.6 times as much, and so on, so that each begins near its
       end; numbers six sigmas off are set aside.
    3. The process noise, in powers of ten, for which all numbers are likeliest; and the path with it.
    """
    if len(numbers) > MOST:
        raise NoOrbitError(f"{len(numbers):,} numbers are more than the {MOST:,} that are taken at once; give a part")
    time_tai_ns, x, reach_s = first_orbit(numbers)
    taken = numbers.time_tai_ns >= time_tai_ns - reach_s * 1e9
    kept = numbers.only(taken)
    start = transition_arrays(x[None], (int(kept.time_tai_ns[0]) - time_tai_ns) / 1e9)[0][0]
    priors = Priors(x=start, sigma=_FIRST_SIGMA, push_m_s2=push_m_s2, offset_sigma=bias_sigma, noise_m2_s3=_FIRST_NOISE)
    path = _grown(kept, priors, reach_s)
    priors = replace(priors, noise_m2_s3=_likeliest(kept, priors, path))
    path = smoothed(kept, priors, path, reject=True)
    _check(path)
    return OrbitEstimate(kept, path, priors.noise_m2_s3, taken)


def _grown(numbers: Observables, priors: Priors, reach_s: float) -> Smoothed:
    """The path through longer and longer beginnings of the numbers, and so through all."""
    since_s = (numbers.time_tai_ns - numbers.time_tai_ns[0]) / 1e9
    path: Smoothed | None = None
    while path is None or len(path.used) < len(numbers):
        many = max(int(np.searchsorted(since_s, reach_s, side="right")), min(FEWEST, len(numbers)))
        if path is None or many > len(path.used):
            path = smoothed(numbers.only(np.arange(len(numbers)) < many), priors, path, reject=True)
            _check(path)
        reach_s *= _GROWTH
    return path


def _likeliest(numbers: Observables, priors: Priors, path: Smoothed) -> float:
    """The density of noise, m2/s3, under which the numbers used are likeliest, their path taken as it is."""
    tried = [replace(priors, noise_m2_s3=float(q)) for q in _NOISES]
    best = int(np.argmax([likelihood(numbers, each, path) for each in tried]))
    if best == len(tried) - 1:
        raise NoOrbitError(
            f"the numbers agree on no path: only accelerations that change by chance, {_NOISES[-1]:g} m2/s3 of them or "
            "more, would hold them together"
        )
    return tried[best].noise_m2_s3


def _check(path: Smoothed) -> None:
    if not path.settled:
        raise NoOrbitError("the numbers agree on no path: the steps towards it do not settle")
    share = float(np.mean(path.used))
    if share < _AGREE:
        raise NoOrbitError(
            f"the numbers agree on no path: {1 - share:.0%} lie six sigmas off the best; they may be of several "
            "objects, or their sigmas or biases are larger than given"
        )
