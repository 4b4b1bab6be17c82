"""Radars as a scenario deploys them: the catalogue's values as sensors, with the arrays of the day or as proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from jointwatch.assessment.integrity.declared import tolerance
from jointwatch.catalogue.files import CatalogueError, UnknownNameError
from jointwatch.catalogue.radars import FaceParameters, radar_parameters
from jointwatch.centre.orders import DeclaredRadar
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc, utc_from_tai_ns
from jointwatch.sensors.bias import NO_ERRORS, Bias, BiasSpread, biased
from jointwatch.sensors.propagation import NOTHING, Medium
from jointwatch.sensors.radar import NEVER_TAI_NS, Face, Radar, faces_on_duty, service
from jointwatch.sensors.schedule import scan_times
from jointwatch.sensors.site import Site
from jointwatch.studies.scenario import RadarUse, ScenarioError, Variant
from jointwatch.studies.sensing import assumed

_LOW = np.array([[2.0e6, 0.0, np.radians(5.0)]])
TICK_S = 5  # how often a centre takes in its radars' scans and asks its partner


@dataclass(frozen=True)
class Deployed:
    """A radar in a run: whose it is, which centre it feeds, with which arrays, and when it scans."""

    radar: Radar
    title: str
    owner: str
    feeds: str
    faces: tuple[Face, ...]
    scans_tai_ns: NDArray[np.int64]
    medium: Medium = NOTHING
    errors: BiasSpread = NO_ERRORS

    def scans_between(self, after_tai_ns: int, until_tai_ns: int) -> list[int]:
        """Return the times of the radar's scans after one instant and up to another, TAI ns."""
        first, last = np.searchsorted(self.scans_tai_ns, [after_tai_ns, until_tai_ns], side="right")
        return [int(time) for time in self.scans_tai_ns[first:last]]


def deploy(
    variant: Variant, name: str, start_tai_ns: int, end_tai_ns: int, medium: Medium = NOTHING
) -> tuple[Deployed, ...]:
    """Return the radars of a variant; their scans are staggered evenly, as independent rhythms would be on average."""
    count = len(variant.radars)
    deployed = tuple(
        _deployed(use, variant, name, start_tai_ns, end_tai_ns, medium, share=index / count)
        for index, use in enumerate(variant.radars)
    )
    if not any(d.faces for d in deployed):
        times = "; ".join(f"{d.radar.name} {face.name} {service(face)}" for d in deployed for face in d.radar.faces)
        raise ScenarioError(
            f"variants.{name}.radars: on {utc_from_tai_ns(start_tai_ns)[:10]} no radar here had an array on duty "
            f"({times}); choose another start_utc, or name arrays in a counterfactual variant"
        )
    return deployed


def catalogue_radar(name: str, claims: Mapping[str, str] | None = None) -> tuple[Radar, str]:
    """Return a radar of the catalogue with all its arrays, and its title; an unknown name raises UnknownNameError.

    claims: by key of the catalogue, whose value is taken instead of the default.

    >>> radar, title = catalogue_radar("gabala")
    >>> title, [face.name for face in radar.faces]
    ('Gabala (Daryal, RO-7)', ['south'])
    """
    values = radar_parameters(name, claims)
    faces, site = tuple(_face(face) for face in values.faces), Site(*astuple(values.site))
    return Radar(name=name, site=site, faces=faces, **values.performance()), values.title


def _deployed(
    use: RadarUse,
    variant: Variant,
    variant_name: str,
    start_tai_ns: int,
    end_tai_ns: int,
    medium: Medium,
    *,
    share: float,
) -> Deployed:
    radar, title = _radar(use, variant_name)
    faces = _faces(use, radar, variant, variant_name, start_tai_ns)
    offset_s = round(share * radar.revisit_s * 2) / 2
    scans = scan_times(radar, start_tai_ns, end_tai_ns, offset_s) if faces else np.zeros(0, dtype=np.int64)
    return Deployed(radar, title, use.owner, use.feeds, faces, scans, medium, use.errors.spread())


def _radar(use: RadarUse, variant_name: str) -> tuple[Radar, str]:
    """Return the radar by the claims chosen and with what the scenario assumes of it, and its title."""
    where = f"variants.{variant_name}.radars"
    try:
        radar, title = catalogue_radar(use.name, use.claims)
    except UnknownNameError as error:
        raise ScenarioError(f"{where}: {error}") from None
    except CatalogueError as error:
        raise ScenarioError(f"{where}.{use.name}.claims: {error}") from None
    try:
        return assumed(radar, use.law.fields(), use.errors.fields(), use.search.fields()), title
    except ValueError as error:
        raise ScenarioError(f"{where}.{use.name}: {error}") from None


def _faces(use: RadarUse, radar: Radar, variant: Variant, variant_name: str, start_tai_ns: int) -> tuple[Face, ...]:
    """Return the arrays that look: those on duty on the day, or those named, which must have been, unless proposed."""
    if use.arrays is None:
        return faces_on_duty(radar, start_tai_ns)
    by_name = {face.name: face for face in radar.faces}
    for array in use.arrays:
        if array not in by_name:
            raise ScenarioError(
                f"variants.{variant_name}.radars.{use.name}.arrays: there is no array {array!r}; "
                f"{radar.name} has {', '.join(by_name)}"
            )
    chosen = tuple(by_name[array] for array in use.arrays)
    idle = [face for face in chosen if face not in faces_on_duty(radar, start_tai_ns)]
    if idle and not variant.counterfactual:
        raise ScenarioError(
            f"variants.{variant_name}.radars.{use.name}.arrays: {idle[0].name!r} was not on duty on "
            f"{utc_from_tai_ns(start_tai_ns)[:10]} ({service(idle[0])}); leave `arrays` out to take what was, "
            "or set counterfactual = true"
        )
    return chosen


def _face(values: FaceParameters) -> Face:
    since = tai_ns_from_utc(values.on_duty_from_utc) if values.on_duty_from_utc else None
    until = tai_ns_from_utc(values.on_duty_until_utc) if values.on_duty_until_utc else None
    return Face(
        values.name,
        values.azimuth_from_rad,
        values.azimuth_to_rad,
        values.elevation_min_rad,
        values.elevation_max_rad,
        since if values.ever_on_duty else NEVER_TAI_NS,
        until,
    )


def declaration(deployed: Deployed) -> DeclaredRadar:
    """Return a radar as its owner declares it to all centres: what it may measure too much is part of it.

    Of the medium the share that its errors leave in, at a low elevation and 2,000 km: beyond that it is seldom worse.
    """
    radar, errors = deployed.radar, deployed.errors
    usual = tolerance((radar.sigma_range_m, radar.sigma_azimuth_rad, radar.sigma_elevation_rad))
    drawn = np.array([errors.range_m, errors.azimuth_rad, errors.elevation_rad, errors.clock_s])
    air, layer = (1.0, 1.0) if errors.uncorrected else (errors.air_share, errors.ionosphere_share)
    everything = Bias(air_share=air, ionosphere_share=layer)
    left = biased(radar, _LOW.copy(), everything, deployed.medium) - _LOW
    offsets = np.sqrt(np.square(usual) + drawn**2 + np.append(left[0], 0.0) ** 2)
    range_m, azimuth_rad, elevation_rad, clock_s = offsets.tolist()
    allowed = (range_m, azimuth_rad, elevation_rad, clock_s)
    return DeclaredRadar(replace(radar, faces=deployed.faces), deployed.feeds, allowed)


def ticks(extra_tai_ns: tuple[int, ...], start_tai_ns: int, end_tai_ns: int) -> tuple[int, ...]:
    """Return the instants at which the clock stops: each five seconds, each notice, and the end."""
    regular = np.append(np.arange(start_tai_ns, end_tai_ns, TICK_S * NS_PER_S), end_tai_ns)
    every = np.unique(np.concatenate([regular, np.array(extra_tai_ns, dtype=np.int64)]))
    return tuple(int(t) for t in every[(every >= start_tai_ns) & (every <= end_tai_ns)])
