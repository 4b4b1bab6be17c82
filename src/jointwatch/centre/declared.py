"""A radar's declaration as the judge of its feed takes it: from the values of a `sensors.radar.Radar`.

A centre in service takes the radars that its centre.toml names, and asks whoever started it for their values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from jointwatch.assessment.integrity.declared import Declared, Offsets, tolerance
from jointwatch.centre.configuration import Configuration, ConfigurationError, Place
from jointwatch.centre.intake import scans
from jointwatch.centre.intake.declared import Declared as Sensor
from jointwatch.earth.arrays import Bools, Floats
from jointwatch.sensors.detection import of_radar, snr
from jointwatch.sensors.measurement import predict
from jointwatch.sensors.radar import Radar, faces_on_duty
from jointwatch.sensors.scan_loss import cos_off_boresight
from jointwatch.sensors.sight import in_sight

Radars = Mapping[tuple[str, str], Declared]
"""Radars as declared, by the centre whose plots they make and their names."""


@dataclass(frozen=True, slots=True)
class FieldOf:
    """Where a radar looks with all its arrays, and how strong an echo of 1 m2 is there: a function that can be kept."""

    radar: Radar

    def __call__(self, r_ecef_m: Floats) -> tuple[Bools, Floats]:
        """Return whether positions (n, 3) are in the field, and the SNR of 1 m2 there (n,)."""
        z = predict(self.radar.site, r_ecef_m)
        loss = cos_off_boresight(self.radar, self.radar.faces, z) ** self.radar.scan_loss_exponent
        strength = np.asarray(snr(self.radar, z[:, 0], 1.0) * loss)
        return in_sight(self.radar, self.radar.faces, r_ecef_m), strength


@dataclass(frozen=True, slots=True)
class DetectionBy:
    """How likely a radar detects an object of some mean SNR in one look: a function that can be kept."""

    radar: Radar

    def __call__(self, strength: Floats) -> Floats:
        """Return probabilities of the same shape."""
        return of_radar(self.radar, strength)


def declared(radar: Radar, allowed_offset: Offsets | None = None) -> Declared:
    """Return what a radar is said to be; its arrays are those on duty.

    allowed_offset: what an honest one may measure too much (m, rad, rad, s; one sigma), where that is declared too. Of
    one that does not search all its field, how much it sees is not judged: it has a limit on tracks or a fence, and
    which objects it drops is its own affair.
    """
    sigma = radar.sigma_range_m, radar.sigma_azimuth_rad, radar.sigma_elevation_rad
    judged = radar.searches_all and bool(radar.faces)
    return Declared(
        radar=radar.name,
        plot_sigma=sigma,
        look=FieldOf(radar) if judged else None,
        detection=DetectionBy(radar) if judged else None,
        allowed_offset=allowed_offset or tolerance(sigma),
    )


def of_centre(place: Place, known: Configuration, radar: Callable[[str], Radar], now_tai_ns: int) -> Radars:
    """Return the radars that centre.toml declares; raise ConfigurationError where a name is of none.

    radar: the values of a name, with all arrays; raises LookupError, in a sentence, where there is no such radar.
    """
    found = {}
    for owner, name, key in _named(known):
        try:
            values = radar(name)
        except LookupError as error:
            raise ConfigurationError(f"{place.configuration}: {key}: {error}") from None
        own = known.sensors.get(name) if owner == known.centre else None
        found[owner, name] = declared(_as_measured(_looking(values, now_tai_ns), own))
    return found


def _named(known: Configuration) -> Iterator[tuple[str, str, str]]:
    """Whose radars of which names are declared, and at which key of centre.toml."""
    yield from ((known.centre, name, "radars") for name in known.radars)
    for owner, partner in known.partners.items():
        yield from ((owner, name, f"partners.{owner}.radars") for name in partner.radars)


def _looking(radar: Radar, now_tai_ns: int) -> Radar:
    """The radar with its arrays on duty now; with all where none is: whoever declares it says that it looks."""
    return replace(radar, faces=faces_on_duty(radar, now_tai_ns) or radar.faces)


def _as_measured(radar: Radar, own: Sensor | None) -> Radar:
    """The radar with the place and the sigmas that its own table of centre.toml gives."""
    if own is None:
        return radar
    sensor = scans.sensor(radar.name, own)
    usual = np.array([radar.sigma_range_m, radar.sigma_azimuth_rad, radar.sigma_elevation_rad])
    sigma = np.where(np.isnan(sensor.sigma), usual, sensor.sigma).tolist()
    return replace(
        radar, site=sensor.site, sigma_range_m=sigma[0], sigma_azimuth_rad=sigma[1], sigma_elevation_rad=sigma[2]
    )
