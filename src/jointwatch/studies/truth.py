"""The truth of a scenario: where every object is at any time. Only this room reads it.

What leaves is plots, and, after the run, the score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, radians

import numpy as np
from numpy.typing import NDArray

from jointwatch.catalogue.files import UnknownNameError
from jointwatch.earth import geodesic
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc
from jointwatch.flight import path
from jointwatch.flight.boost import BoostProfile
from jointwatch.flight.vehicle import VehicleClass
from jointwatch.studies.scenario import Flight, ScenarioError
from jointwatch.studies.vehicles import vehicle_class

IMPACT_HORIZON_S = 7_200.0
RANGE_SHARE, RANGE_LEAST_KM = 0.05, 20.0  # what air, J2 and a closed form may shift an impact by


@dataclass(frozen=True, eq=False)
class Flown:
    """One flight: a generic ascent to its burnout, then free flight to the ground, or on in orbit."""

    flight: Flight
    title: str
    kind: str  # missile | space
    launch_tai_ns: int
    rcs_m2: Mapping[str, float]
    path: path.Flown
    impact_tai_ns: int | None

    @property
    def profile(self) -> BoostProfile:
        """The shape and duration of the ascent."""
        return self.path.profile

    @property
    def beta_kg_m2(self) -> float:
        """The ballistic coefficient after burnout; infinite where the air is left out."""
        return self.path.beta_kg_m2

    @property
    def burnout(self) -> Ecef:
        """The one state at the end of the burn."""
        return self.path.burnout

    @property
    def impact(self) -> Ecef | None:
        """The one state on the ground; None for what stays up."""
        return self.path.impact

    def aloft(self, tai_ns: int) -> bool:
        """Whether the object is off the ground at a time."""
        return self.launch_tai_ns <= tai_ns and (self.impact_tai_ns is None or tai_ns < self.impact_tai_ns)

    def states_at(self, tai_ns: int) -> Ecef:
        """Return the object's one state at a time at which it is aloft."""
        return path.states_at(self.path, (tai_ns - self.launch_tai_ns) / NS_PER_S)

    def samples(self, step_s: float, until_tai_ns: int) -> tuple[NDArray[np.int64], Ecef]:
        """Return times, TAI ns, and states every so often while the object is aloft, up to a time."""
        end = min(until_tai_ns, self.impact_tai_ns or until_tai_ns)
        seconds = np.arange(0.0, (end - self.launch_tai_ns) / NS_PER_S, step_s)
        return self.launch_tai_ns + np.round(seconds * NS_PER_S).astype(np.int64), path.states_at(self.path, seconds)


def fly(flight: Flight) -> Flown:
    """Return a flight of the scenario as flown; raises ScenarioError where its class or its destination cannot be."""
    try:
        vehicle = vehicle_class(flight.vehicle)
    except UnknownNameError as error:
        raise ScenarioError(f"flights.{flight.id}.vehicle: {error}") from None
    try:
        flown = _flown(flight, vehicle)
    except ValueError as error:
        raise ScenarioError(f"flights.{flight.id}: {error}") from None
    launch = tai_ns_from_utc(flight.launch_utc)
    _check_range(flight, flown.impact)
    return Flown(
        flight=flight,
        title=vehicle.title,
        kind=vehicle.kind,
        launch_tai_ns=launch,
        rcs_m2=vehicle.rcs_m2,
        path=flown,
        impact_tai_ns=None if flown.impact_time_s is None else launch + round(flown.impact_time_s * NS_PER_S),
    )


def _flown(flight: Flight, vehicle: VehicleClass) -> path.Flown:
    """Fly to the range asked for, by the apogee where one is given, or into the orbit."""
    latitude, longitude = radians(flight.launch_latitude_deg), radians(flight.launch_longitude_deg)
    apogee_m = None if flight.apogee_km is None else flight.apogee_km * 1e3
    beta = vehicle.beta_kg_m2 if vehicle.kind == "missile" else inf
    if flight.perigee_km and apogee_m is not None:
        return path.fly_orbit(
            vehicle.profile,
            latitude_rad=latitude,
            longitude_rad=longitude,
            azimuth_rad=radians(flight.azimuth_deg),
            perigee_height_m=flight.perigee_km * 1e3,
            apogee_height_m=apogee_m,
            beta_kg_m2=beta,
            times_s=[],
            horizon_s=IMPACT_HORIZON_S,
        )
    return path.fly_range(
        vehicle.profile,
        latitude_rad=latitude,
        longitude_rad=longitude,
        azimuth_rad=radians(flight.azimuth_deg),
        range_m=(flight.range_km or 0.0) * 1e3,
        apogee_m=apogee_m,
        beta_kg_m2=beta,
        times_s=[],
        horizon_s=IMPACT_HORIZON_S,
    )


def _check_range(flight: Flight, impact: Ecef | None) -> None:
    """Refuse a flight that does not come down where it was asked to: one too flat for the air, or too fast to fall."""
    if flight.range_km is None:
        return
    if impact is None:
        raise ScenarioError(f"flights.{flight.id}: with this apogee it would not come down; give another apogee_km")
    latitude, longitude, _ = geodetic_from_ecef(impact.r_m)
    launch = radians(flight.launch_latitude_deg), radians(flight.launch_longitude_deg)
    flown_km = float(geodesic.inverse(*launch, latitude, longitude)[0][0]) / 1e3
    if abs(flown_km - flight.range_km) > max(RANGE_SHARE * flight.range_km, RANGE_LEAST_KM):
        raise ScenarioError(
            f"flights.{flight.id}: range_km = {flight.range_km:g} with this apogee is too flat for the air: it comes "
            f"down at {flown_km:.0f} km; give a higher apogee_km"
        )
