"""After how many seconds a radar tells apart two flights that were claimed of one test, and how surely.

Both claimed ranges are flown, at the least speed, from one place on one bearing; the radar looks in its rhythm, and a
look counts where it detects with at least one half. Each claim is then judged as if it were the true one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from jointwatch.assessment.programme.apart import range_sigma_m, sigmas_apart, sigmas_for
from jointwatch.earth.arrays import Floats
from jointwatch.flight import path
from jointwatch.sensors.looks import LookTable, detection_probability, table
from jointwatch.sensors.radar import Radar
from jointwatch.sensors.visibility import in_straight_lines
from jointwatch.studies.architecture import catalogue_radar
from jointwatch.studies.claims.cases import Cases
from jointwatch.studies.claims.claim import ClaimError, ClaimFile
from jointwatch.studies.claims.figure import Figure
from jointwatch.studies.claims.flights import CLASSES, profile_of
from jointwatch.studies.vehicles import rcs_spread_db, vehicle_class
from jointwatch.tracking.bound import Looks

SURE = 0.999
"""The confidence with which two claims count as told apart: one error in a thousand, whichever of them is true."""

_OF_SPREAD = {"lower": -1.0, "mean": 0.0, "higher": 1.0}


@dataclass(frozen=True)
class _Test:
    """One flight of a claimed range, as one case has it."""

    vehicle: str
    ascent: str
    start_deg: tuple[float, float]
    bearing_deg: float
    range_km: float


@dataclass(frozen=True, eq=False)
class Pass:
    """A flight as a radar had it: looks at seconds after launch (k,), and after each the sigma (k,) of its range.

    burnout_s, flight_s, apogee_km: of the flight.
    """

    looks_s: Floats
    sigma_m: Floats
    burnout_s: float
    flight_s: float
    apogee_km: float

    @property
    def first_s(self) -> float:
        """Seconds after launch of the first look; inf where there is none."""
        return float(self.looks_s[0]) if len(self.looks_s) else np.inf

    @property
    def last_sigma_m(self) -> float:
        """Sigma of the range after the last look; NaN where there is none."""
        return float(self.sigma_m[-1]) if len(self.sigma_m) else np.nan


def apart(cases: Cases, claim: ClaimFile) -> list[Figure]:
    """Return when the two claimed ranges are told apart, and what a radar had seen of each flight by then.

    Assumptions: radar, launch_place, bearing_deg, ascent, one_km, other_km, rcs (lower, mean or higher within the
    class's spread), and of a radar by its name sigma_angle_deg and revisit_s. `about.range_class` and
    `about.propellant` give the vehicle.
    """
    one, other = (np.array([_of_case(cases, claim, i, key) for i in range(len(cases))]) for key in ("one", "other"))
    told = np.array([_told(a, b, *_ranges(cases, i)) for i, (a, b) in enumerate(zip(one, other, strict=True))])
    burnout = np.array([each.burnout_s for each in one])
    first = [np.array([each.first_s for each in side]) for side in (one, other)]
    last = [np.array([each.last_sigma_m / 1e3 for each in side]) for side in (one, other)]
    return [
        Figure("apart_s", "told apart, after launch", told),
        Figure("apart_after_burnout_s", "told apart, after burnout", told - burnout),
        Figure("one_first_s", "first look at the shorter flight, after launch", first[0]),
        Figure("other_first_s", "first look at the longer flight, after launch", first[1]),
        Figure("one_sigma_km", "one sigma of the shorter range when the pass ends", last[0]),
        Figure("other_sigma_km", "one sigma of the longer range when the pass ends", last[1]),
        Figure("one_apogee_km", "apogee of the shorter flight", np.array([each.apogee_km for each in one])),
        Figure("other_apogee_km", "apogee of the longer flight", np.array([each.apogee_km for each in other])),
        Figure("one_flight_s", "flight, the shorter", np.array([each.flight_s for each in one])),
        Figure("other_flight_s", "flight, the longer", np.array([each.flight_s for each in other])),
    ]


def sigmas_by_time(one: Pass, other: Pass, difference_m: float) -> tuple[Floats, Floats]:
    """Return seconds after launch (m,) of the looks at either flight, and the sigmas between the claims after each."""
    times = np.union1d(one.looks_s, other.looks_s)
    return times, sigmas_apart(difference_m, _after(one, times), _after(other, times))


def passes(claim: ClaimFile, cases: Cases, case: int) -> tuple[Pass, Pass]:
    """Return the two flights of a case as its radar has them, the shorter first."""
    return _of_case(cases, claim, case, "one"), _of_case(cases, claim, case, "other")


def _told(one: Pass, other: Pass, one_m: float, other_m: float) -> float:
    times, sigmas = sigmas_by_time(one, other, other_m - one_m)
    sure = sigmas >= sigmas_for(SURE)
    return float(times[sure.argmax()]) if sure.any() else np.inf


def _after(held: Pass, times: Floats) -> Floats:
    """Sigma (m,) by the last look at or before each time; infinite before the first."""
    return np.concatenate([[np.inf], held.sigma_m])[np.searchsorted(held.looks_s, times, side="right")]


def _ranges(cases: Cases, case: int) -> tuple[float, float]:
    return float(cases.numbers("one_km")[case]) * 1e3, float(cases.numbers("other_km")[case]) * 1e3


def _of_case(cases: Cases, claim: ClaimFile, case: int, which: str) -> Pass:
    held = {axis.name: cases.values(axis.name)[cases.index[case, i]] for i, axis in enumerate(cases.axes)}
    latitude, longitude = held["launch_place"]
    test = _Test(
        CLASSES[claim.about["range_class"], claim.about["propellant"]],
        str(held["ascent"]),
        (float(latitude), float(longitude)),
        float(held["bearing_deg"]),
        float(held[f"{which}_km"]),
    )
    radar = str(held["radar"])
    own = {key: held[f"{radar}_{key}"] for key in ("sigma_angle_deg", "revisit_s") if f"{radar}_{key}" in held}
    return _passed(test, radar, str(held["rcs"]), tuple(sorted(own.items())))


@cache
def _flown(test: _Test) -> path.Flown:
    latitude, longitude = np.deg2rad(test.start_deg)
    return path.fly_range(
        profile_of(test.vehicle, test.ascent),
        latitude_rad=float(latitude),
        longitude_rad=float(longitude),
        azimuth_rad=float(np.deg2rad(test.bearing_deg)),
        range_m=test.range_km * 1e3,
    )


@cache
def _passed(test: _Test, name: str, rcs: str, own: tuple[tuple[str, Any], ...]) -> Pass:
    flown, (radar, looking) = _flown(test), _radar(name, own)
    end_s, burnout_s = float(flown.impact_time_s or 0.0), flown.profile.burn_time_s
    times, where = _every(test, radar.revisit_s)
    cross = vehicle_class(test.vehicle).rcs_m2[radar.band] * 10 ** (_OF_SPREAD[rcs] * rcs_spread_db(test.vehicle) / 10)
    seen = detection_probability(looking, where, cross, threads=1)[0] >= 0.5
    looks, falling = times[seen], times[seen & (times >= burnout_s)] - burnout_s
    sigma = np.full(len(looks), np.inf)
    if len(falling):
        latitude, longitude = np.deg2rad(test.start_deg)
        errors = np.array([radar.sigma_range_m, radar.sigma_azimuth_rad, radar.sigma_elevation_rad])
        seen_falling = Looks(radar.site, falling, errors)
        sigma[looks >= burnout_s] = range_sigma_m(
            flown.burnout, [seen_falling], falling, latitude_rad=float(latitude), longitude_rad=float(longitude)
        )
    return Pass(looks, sigma, burnout_s, end_s, float(flown.height_m.max()) / 1e3)


@cache
def _every(test: _Test, step_s: float) -> tuple[Floats, Floats]:
    """Seconds after launch (k,) in steps, and where the flight is then, (k, 3)."""
    flown = _flown(test)
    times = np.arange(0.0, float(flown.impact_time_s or 0.0), step_s)
    return times, path.states_at(flown, times).r_m


@cache
def _radar(name: str, own: tuple[tuple[str, Any], ...]) -> tuple[Radar, LookTable]:
    """A radar with the one array that is meant, whether or not it stood on the day, and what a case assumes of it."""
    plain, _, array = name.partition(":")
    radar, _ = catalogue_radar(plain)
    faces = [face for face in radar.faces if array in ("", face.name)]
    if not faces:
        raise ClaimError(f"{name!r}: there is no array {array!r}; there are {', '.join(f.name for f in radar.faces)}")
    always = tuple(replace(face, on_duty_from_tai_ns=None, on_duty_until_tai_ns=None) for face in faces)
    changed: dict[str, Any] = {}
    for key, value in own:
        if key == "revisit_s":
            changed["revisit_s"] = float(value)
        else:
            changed |= dict.fromkeys(("sigma_azimuth_rad", "sigma_elevation_rad"), float(np.deg2rad(value)))
    held = replace(radar, faces=always, **changed)
    return held, table([in_straight_lines(held)])
