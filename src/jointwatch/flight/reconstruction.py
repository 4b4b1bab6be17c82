"""What the published figures of a test say: distance, apogee, bearing if known, and flight time if known.

From them the flight, without air, on the turning Earth; how long it took, with an interval; whether the figures agree
with each other and with a body that only falls; and how far the same speed at burnout would have gone. A pure function
of the published numbers and of what is assumed of the boost; many tests at once.

The interval is a bound, not a sigma: it adds up what the rounding of each figure, the spread of the boost and the air
can each do alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.earth.states import Ecef, joined
from jointwatch.flight import arcs, coast, reach
from jointwatch.flight.boost import BoostProfile
from jointwatch.flight.burnout import minimum_energy
from jointwatch.flight.conic import over_apogee

SLENDER_KG_M2 = 10_000.0  # no body of the published classes falls through the air more easily
BLUNT_KG_M2 = 2_500.0  # of a body that stays together, an order of magnitude
MOST_SHORTFALL = 0.1
BEARING_HALF_WIDTH_RAD = np.deg2rad(5.0)


@dataclass(frozen=True)
class BoostSpread:
    """What is assumed of a boost: the usual profile, and the quickest and slowest that may be."""

    quickest: BoostProfile
    usual: BoostProfile
    slowest: BoostProfile


def _spread(quickest_s: float, usual_s: float, slowest_s: float) -> BoostSpread:
    # fractions of thirty real ascents, 0.41 +- 0.05 in height; a quick burn that ends high is the shortest flight
    return BoostSpread(
        BoostProfile(quickest_s, 0.46, 0.34), BoostProfile(usual_s, 0.41, 0.34), BoostProfile(slowest_s, 0.36, 0.34)
    )


# By the range that the energy shown would reach, lower arcs by their distance. Orders of magnitude of the classes; the
# last from 170 s (solid) and 250 s (liquid) of the American Physical Society's study of boost-phase intercept (2003),
# widened.
BOOST_BY_RANGE_M = (
    (1_000e3, _spread(45.0, 70.0, 100.0)),
    (3_000e3, _spread(75.0, 105.0, 135.0)),
    (5_500e3, _spread(105.0, 150.0, 195.0)),
    (np.inf, _spread(150.0, 220.0, 300.0)),
)


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """What n tests were, if they were ballistic; NaN where no arc fits.

    flight_time_s, flight_time_low_s, flight_time_high_s: from ignition to impact, and its bounds.
    azimuth_rad: at launch, NaN where no bearing is known. burnout: the state at the end of the boost; burn_time_s: its
    end, as assumed.
    impact_latitude_rad, impact_longitude_rad: NaN too where no bearing is known.
    loft: apogee over that of the least energy for the distance; more than 1.3 is lofted, less than 0.7 depressed.
    reach_at_energy_m, reach_at_effort_m: how far it might have gone instead, with the same energy at burnout and with
    the same effort of the boost, see `flight.reach`. Half around the Earth stands for more.
    shortfall_m: how far the air alone, on a slender body (10,000 kg/m2), moves the impact.
    ballistic: whether there is an arc and the shortfall is below a tenth of the distance.
    late_s: published less computed flight time, NaN where none is published; disagrees: beyond bounds and rounding.
    """

    flight_time_s: Floats
    flight_time_low_s: Floats
    flight_time_high_s: Floats
    azimuth_rad: Floats
    burnout_speed_m_s: Floats
    burnout_angle_rad: Floats
    burnout: Ecef
    burn_time_s: Floats
    impact_latitude_rad: Floats
    impact_longitude_rad: Floats
    loft: Floats
    reach_at_energy_m: Floats
    reach_at_effort_m: Floats
    shortfall_m: Floats
    late_s: Floats
    ballistic: Bools
    disagrees: Bools
    _sentences: tuple[str, ...]

    @property
    def consistent(self) -> Bools:
        """Whether nothing speaks against the figures (n)."""
        return self.ballistic & ~self.disagrees

    def why(self, index: int) -> str:
        """What speaks against the figures of one test, with the number that says so; empty where nothing does."""
        return self._sentences[index]


def rounding_m(figure_m: ArrayLike) -> Floats:
    """Half the last place that a published figure, in whole or tenths of kilometres, does not leave at zero.

    At most 5 % of the figure: a round thousand is not off by half. In metres, as the figure.

    >>> rounding_m([950e3, 2111.5e3, 4475e3, 800e3, 1000e3]).tolist()
    [5000.0, 50.0, 500.0, 40000.0, 50000.0]
    """
    figure = np.asarray(figure_m, dtype=np.float64)
    half = np.full(figure.shape, 50.0)
    for place in 10.0 ** np.arange(3, 8):
        ends_there = np.isclose(figure / place, np.round(figure / place), rtol=0, atol=1e-6)
        half = np.where(ends_there, place / 2, half)
    return np.asarray(np.minimum(half, 0.05 * figure))


def reconstruct(
    distance_m: ArrayLike,
    apogee_m: ArrayLike,
    *,
    latitude_rad: ArrayLike,
    longitude_rad: ArrayLike,
    bearing_rad: ArrayLike = np.nan,
    flight_time_s: ArrayLike = np.nan,
    flight_time_half_width_s: ArrayLike = 30.0,
    distance_half_width_m: ArrayLike | None = None,
    apogee_half_width_m: ArrayLike | None = None,
    boost: BoostSpread | None = None,
) -> Reconstruction:
    """The flights behind the published figures of tests; everything but `boost` broadcasts to (n).

    distance_m: over the ground, launch to impact; apogee_m: the highest point. latitude_rad, longitude_rad: launch.
    bearing_rad: of the impact from the launch place; NaN where it is not known, then any bearing may be (the times are
    those to the north, and their bounds hold east and west).
    flight_time_s: as published; NaN where not. Its half width: what it was rounded by, 30 s for whole minutes.
    distance_half_width_m, apogee_half_width_m: what they were rounded by; without it, `rounding_m`.
    boost: what is assumed of it; without it, by the energy that was shown, `BOOST_BY_RANGE_M`.

    >>> flight = reconstruct(  # the Hwasong-15 of 29 November 2017, published as 53 minutes
    ...     950e3, 4475e3, latitude_rad=np.deg2rad(39.282), longitude_rad=np.deg2rad(125.869),
    ...     bearing_rad=np.deg2rad(76.0), flight_time_s=53 * 60.0)
    >>> (flight.flight_time_s / 60).round(1).tolist(), flight.consistent.tolist()
    ([52.9], [True])
    >>> flight.reach_at_energy_m.round(-6).tolist(), flight.reach_at_effort_m.round(-6).tolist()
    ([10000000.0], [20000000.0])
    """
    widths = (
        rounding_m(figure) if width is None else width
        for figure, width in ((distance_m, distance_half_width_m), (apogee_m, apogee_half_width_m))
    )
    given = np.broadcast_arrays(
        distance_m, apogee_m, latitude_rad, longitude_rad, bearing_rad, flight_time_s, flight_time_half_width_s, *widths
    )
    test = _Test(*(np.array(value, dtype=np.float64).ravel() for value in given))
    parts = [(here, _reconstruct_with(test[here], spread)) for here, spread in _classes(test, boost)]
    return _merged(parts)


@dataclass(frozen=True, eq=False)
class _Test:
    """Published figures, n of each, in SI."""

    distance: Floats
    apogee: Floats
    latitude: Floats
    longitude: Floats
    bearing: Floats
    time: Floats
    time_width: Floats
    distance_width: Floats
    apogee_width: Floats

    def __getitem__(self, these: NDArray[np.intp]) -> _Test:
        return _Test(*(value[these] for value in vars(self).values()))

    def arcs(
        self, profile: BoostProfile, *, distance: float = 0.0, apogee: float = 0.0, bearing: float = 0.0
    ) -> arcs.Arcs:
        """The arcs of the figures, each moved by a share of its half width."""
        unknown = np.isnan(self.bearing)
        width = np.where(unknown, np.pi / 2, BEARING_HALF_WIDTH_RAD)
        return arcs.along(
            profile,
            latitude_rad=self.latitude,
            longitude_rad=self.longitude,
            bearing_rad=np.where(unknown, 0.0, self.bearing) + bearing * width,
            distance_m=self.distance + distance * self.distance_width,
            apogee_m=np.where(np.isnan(self.apogee), -1.0, self.apogee + apogee * self.apogee_width),
        )


def _classes(test: _Test, boost: BoostSpread | None) -> Iterator[tuple[NDArray[np.intp], BoostSpread]]:
    """Which tests go with which boost: by the range that the energy of an arc from the ground would reach at best.

    A depressed arc has more energy than its distance needs only if it is ballistic, so there the distance is asked.
    """
    everyone = np.arange(len(test.distance))
    if boost is not None:
        yield everyone, boost
        return
    r = np.full(len(everyone), MEAN_RADIUS_M)
    with np.errstate(invalid="ignore"):  # figures that are not numbers have no class, and are told of later
        across, up, _ = over_apogee(r, r, test.distance / r, r + test.apogee)
        lofted = test.apogee > minimum_energy(test.distance)[2]
    shown = np.where(lofted, reach.at_energy(0.0, np.hypot(across, up)), test.distance)
    number = np.searchsorted([limit for limit, _ in BOOST_BY_RANGE_M[:-1]], shown)
    for i, (_, spread) in enumerate(BOOST_BY_RANGE_M):
        here = np.flatnonzero(number == i)
        if len(here) or len(everyone) == 0:
            yield here, spread


def _reconstruct_with(test: _Test, boost: BoostSpread) -> Reconstruction:
    flight = test.arcs(boost.usual)
    time, low, high = _bounds(test, boost, flight)
    shortfall = _moved(flight, SLENDER_KG_M2)[1]
    loft = test.apogee / minimum_energy(np.where(flight.solved, test.distance, np.nan))[2]
    ballistic = flight.solved & (shortfall < MOST_SHORTFALL * test.distance)
    late = test.time - time
    disagrees = (test.time + test.time_width < low) | (test.time - test.time_width > high)
    named = np.where(np.isnan(test.bearing), np.nan, 1.0)
    speed, angle = flight.burnout_speed_m_s, flight.burnout_angle_rad
    return Reconstruction(
        flight_time_s=time,
        flight_time_low_s=low,
        flight_time_high_s=high,
        azimuth_rad=flight.azimuth_rad * named,
        burnout_speed_m_s=speed,
        burnout_angle_rad=angle,
        burnout=flight.burnout,
        burn_time_s=np.full(len(flight), boost.usual.burn_time_s),
        impact_latitude_rad=flight.impact_latitude_rad * named,
        impact_longitude_rad=flight.impact_longitude_rad * named,
        loft=loft,
        reach_at_energy_m=reach.at_energy(geodetic_from_ecef(flight.burnout.r_m)[2], speed),
        reach_at_effort_m=reach.at_effort(reach.effort(speed, angle, boost.usual), boost.usual),
        shortfall_m=shortfall,
        late_s=late,
        ballistic=ballistic,
        disagrees=disagrees,
        _sentences=tuple(
            "" if fine else _sentence(test, flight, i, shortfall[i], low[i], high[i])
            for i, fine in enumerate(ballistic & ~disagrees)
        ),
    )


def _bounds(test: _Test, boost: BoostSpread, flight: arcs.Arcs) -> tuple[Floats, Floats, Floats]:
    """Flight time and its bounds: what each figure and assumption does alone, added up."""
    time = flight.flight_time_s
    causes = [
        [test.arcs(boost.usual, **{figure: sign}).flight_time_s - time for sign in (-1.0, 1.0)]
        for figure in ("distance", "apogee", "bearing")
    ]
    causes.append([test.arcs(profile).flight_time_s - time for profile in (boost.quickest, boost.slowest)])
    causes.append([_moved(flight, BLUNT_KG_M2)[0]])
    # a figure moved to where no arc is (a depressed one, still lower) says nothing
    worst = [np.nan_to_num([np.zeros_like(time), *cause]) for cause in causes]
    low, high = (sum(pick(cause, axis=0) for cause in worst) for pick in (np.min, np.max))
    return time, time + low, time + high


def _moved(flight: arcs.Arcs, beta_kg_m2: float) -> tuple[Floats, Floats]:
    """By how much the air after burnout changes the time, s, and where it moves the impact, m; NaN without a flight."""
    later, moved = np.full(len(flight), np.nan), np.full(len(flight), np.nan)
    burnout = flight.burnout[flight.solved]
    free, slowed = (coast.impact(burnout, beta_kg_m2=beta, horizon_s=arcs.LONGEST_S) for beta in (np.inf, beta_kg_m2))
    later[flight.solved] = slowed.time_s - free.time_s
    moved[flight.solved] = np.linalg.norm(slowed.states.r_m - free.states.r_m, axis=-1)
    return later, moved


def _sentence(test: _Test, flight: arcs.Arcs, i: int, shortfall_m: float, low_s: float, high_s: float) -> str:
    if not flight.solved[i]:
        return f"not ballistic with these figures: {flight.why(i).partition(': ')[2]}"
    told = []
    if not shortfall_m < MOST_SHORTFALL * test.distance[i]:
        told.append(
            f"not ballistic with these figures: on this arc the air alone moves the impact of a slender body "
            f"({SLENDER_KG_M2:g} kg/m2) by {shortfall_m / 1e3:.0f} km of {test.distance[i] / 1e3:.0f} km"
        )
    if test.time[i] + test.time_width[i] < low_s or test.time[i] - test.time_width[i] > high_s:
        told.append(
            f"the published flight time of {test.time[i]:.0f} s does not go with distance and apogee: "
            f"{low_s:.0f} to {high_s:.0f} s"
        )
    return "; ".join(told)


def _merged(parts: list[tuple[NDArray[np.intp], Reconstruction]]) -> Reconstruction:
    """The parts, each at its places, as one."""
    order = np.argsort(np.concatenate([here for here, _ in parts]))
    whole: dict[str, Any] = {}
    for field in fields(Reconstruction):
        values = [getattr(part, field.name) for _, part in parts]
        if field.name == "burnout":
            whole[field.name] = joined(values)[order]
        elif field.name == "_sentences":
            sentences = [sentence for part in values for sentence in part]
            whole[field.name] = tuple(sentences[i] for i in order)
        else:
            whole[field.name] = np.concatenate([np.empty(0), *values])[order].astype(
                values[0].dtype if parts else float
            )
    return Reconstruction(**whole)
