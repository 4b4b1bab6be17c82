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
from jointwatch.catalogue.vehicles import VehicleParameters, vehicle_parameters
from jointwatch.earth import geodesic
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import arcs, coast
from jointwatch.flight.boost import BoostProfile, ascent
from jointwatch.studies.scenario import Flight, ScenarioError

IMPACT_HORIZON_S = 7_200.0
RANGE_SHARE, RANGE_LEAST_KM = 0.05, 20.0  # what air, J2 and a closed form may shift an impact by


@dataclass(frozen=True, eq=False)
class Flown:
    """One flight: a generic ascent to its burnout, then free flight to the ground, or on in orbit."""

    flight: Flight
    title: str
    kind: str  # missile | space
    launch_tai_ns: int
    profile: BoostProfile
    burnout_speed_m_s: float
    burnout_angle_rad: float
    beta_kg_m2: float
    rcs_m2: Mapping[str, float]
    burnout: Ecef  # one state
    impact_tai_ns: int | None
    impact: Ecef | None

    def aloft(self, tai_ns: int) -> bool:
        """Whether the object is off the ground at a time."""
        return self.launch_tai_ns <= tai_ns and (self.impact_tai_ns is None or tai_ns < self.impact_tai_ns)

    def states_at(self, tai_ns: int) -> Ecef:
        """Return the object's one state at a time at which it is aloft."""
        seconds = (tai_ns - self.launch_tai_ns) / NS_PER_S
        if seconds <= self.profile.burn_time_s:
            return self._rising(np.array([seconds]))
        return coast.trajectory(
            self.burnout, np.array([seconds - self.profile.burn_time_s]), beta_kg_m2=self.beta_kg_m2
        )

    def samples(self, step_s: float, until_tai_ns: int) -> tuple[NDArray[np.int64], Ecef]:
        """Return times, TAI ns, and states every so often while the object is aloft, up to a time."""
        end = min(until_tai_ns, self.impact_tai_ns or until_tai_ns)
        seconds = np.arange(0.0, (end - self.launch_tai_ns) / NS_PER_S, step_s)
        rising = seconds[seconds <= self.profile.burn_time_s]
        coasting = seconds[seconds > self.profile.burn_time_s]
        arc = coast.trajectory(self.burnout, coasting - self.profile.burn_time_s, beta_kg_m2=self.beta_kg_m2)
        states = Ecef(np.concatenate([self._rising(rising).pos_vel, arc.pos_vel]))
        return self.launch_tai_ns + np.round(seconds * NS_PER_S).astype(np.int64), states

    def _rising(self, seconds: NDArray[np.float64]) -> Ecef:
        return _ascent(self.flight, self.profile, self.burnout_speed_m_s, self.burnout_angle_rad, seconds)


def fly(flight: Flight) -> Flown:
    """Return a flight of the scenario as flown; raises ScenarioError where its class or its destination cannot be."""
    try:
        vehicle = vehicle_parameters(flight.vehicle)
    except UnknownNameError as error:
        raise ScenarioError(f"flights.{flight.id}.vehicle: {error}") from None
    try:
        profile, speed, angle = _injection(flight, vehicle) if flight.perigee_km else _arc(flight, vehicle)
        burnout = _ascent(flight, profile, speed, angle, np.array([profile.burn_time_s]))
    except ValueError as error:
        raise ScenarioError(f"flights.{flight.id}: {error}") from None
    beta = vehicle.ballistic_coefficient_kg_m2 if vehicle.kind == "missile" else inf
    end = coast.impact(burnout, beta_kg_m2=beta, horizon_s=IMPACT_HORIZON_S)
    launch = tai_ns_from_utc(flight.launch_utc)
    fell = bool(end.reached[0])
    _check_range(flight, end.states if fell else None)
    impact_tai_ns = launch + round((profile.burn_time_s + float(end.time_s[0])) * NS_PER_S) if fell else None
    return Flown(
        flight=flight,
        title=vehicle.title,
        kind=vehicle.kind,
        launch_tai_ns=launch,
        profile=profile,
        burnout_speed_m_s=speed,
        burnout_angle_rad=angle,
        beta_kg_m2=beta,
        rcs_m2=vehicle.rcs_m2,
        burnout=burnout,
        impact_tai_ns=impact_tai_ns,
        impact=end.states if fell else None,
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


def _arc(flight: Flight, vehicle: VehicleParameters) -> tuple[BoostProfile, float, float]:
    """Return profile, speed and angle at burnout for the range asked for, by the apogee where one is given."""
    profile = BoostProfile(vehicle.burn_time_s, vehicle.altitude_fraction, vehicle.downrange_fraction)
    speed, angle = arcs.burnout_for(
        (flight.range_km or 0.0) * 1e3,
        None if flight.apogee_km is None else flight.apogee_km * 1e3,
        profile,
        latitude_rad=radians(flight.launch_latitude_deg),
        azimuth_rad=radians(flight.azimuth_deg),
    )
    return profile, float(speed), float(angle)


def _injection(flight: Flight, vehicle: VehicleParameters) -> tuple[BoostProfile, float, float]:
    """Return profile and speed of a level burnout at the orbit's perigee; where burnout is follows from the speed."""
    speed, height, latitude, azimuth = 7500.0, 0.0, radians(flight.launch_latitude_deg), radians(flight.azimuth_deg)
    for _ in range(6):  # the burnout's place moves the speed by less than 1 %: each pass gains two digits
        found, perigee = arcs.injection_for(
            (flight.perigee_km or 0.0) * 1e3, (flight.apogee_km or 0.0) * 1e3, azimuth, latitude
        )
        speed, height = float(found), float(perigee)
        profile = BoostProfile(vehicle.burn_time_s, None, vehicle.downrange_fraction, burnout_height_m=height)
        burnout = _ascent(flight, profile, speed, 0.0, np.array([profile.burn_time_s]))
        latitude, azimuth = _heading(burnout)
    return profile, speed, 0.0


def _heading(state: Ecef) -> tuple[float, float]:
    """Return latitude and azimuth of the velocity, radians, of one state."""
    latitude, longitude, _ = (float(v[0]) for v in geodetic_from_ecef(state.r_m))
    east, north, _ = enu_basis(latitude, longitude) @ state.v_m_s[0]
    return latitude, float(np.arctan2(east, north))


def _ascent(flight: Flight, profile: BoostProfile, speed: float, angle: float, seconds: NDArray[np.float64]) -> Ecef:
    return ascent(
        profile,
        latitude_rad=radians(flight.launch_latitude_deg),
        longitude_rad=radians(flight.launch_longitude_deg),
        azimuth_rad=radians(flight.azimuth_deg),
        burnout_speed_m_s=speed,
        burnout_angle_rad=angle,
        times_s=seconds,
    )
