"""The catalogue's classes of vehicles, ready to fly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jointwatch.catalogue.vehicles import StageParameters, vehicle_parameters
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.flight.boost import BoostProfile, staged
from jointwatch.flight.stages import Burnout
from jointwatch.flight.vehicle import VehicleClass


def vehicle_class(name: str) -> VehicleClass:
    """Return a class of the catalogue by its name; an unknown one is refused with the nearest (LookupError).

    >>> vehicle = vehicle_class("mrbm-solid-2stage")
    >>> vehicle.title, vehicle.profile.burn_time_s, len(vehicle.staged.stages)
    ('medium-range missile, two solid stages', 112.0, 2)
    """
    values = vehicle_parameters(name)
    return VehicleClass(
        title=values.title,
        kind=values.kind,
        profile=BoostProfile(
            values.burn_time_s, values.altitude_fraction, values.downrange_fraction, values.burnout_height_m
        ),
        staged=staged(burnouts(values.stages)),
        rcs_m2=values.rcs_m2,
        beta_kg_m2=values.ballistic_coefficient_kg_m2,
        range_m=values.range_m,
    )


def rcs_spread_db(name: str) -> float:
    """Return one sigma, in decibels, of the cross-sections of a class around the values it gives.

    >>> rcs_spread_db("mrbm-solid-2stage")
    5.0
    """
    return vehicle_parameters(name).rcs_spread_db


def burnouts(stages: Sequence[StageParameters]) -> list[Burnout]:
    """Return where the stages of a class's reference flight end: the clock run through, speeds taken apart.

    >>> [round(end.burnout_s) for end in burnouts(vehicle_parameters("mrbm-solid-2stage").stages)]
    [54, 112]
    """
    ends, clock = [], 0.0
    for stage in stages:
        ignition, clock = clock, clock + stage.burn_time_s
        level = stage.burnout_speed_m_s * np.cos(stage.burnout_angle_rad)
        ends.append(
            Burnout(
                ignition,
                clock,
                stage.burnout_height_m,
                float(stage.burnout_speed_m_s * np.sin(stage.burnout_angle_rad)),
                stage.burnout_downrange_m,
                float(level * MEAN_RADIUS_M / (MEAN_RADIUS_M + stage.burnout_height_m)),
            )
        )
        clock += stage.coast_s
    return ends
