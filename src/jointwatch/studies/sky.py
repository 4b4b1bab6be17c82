"""The satellites over a run: the catalogue that is published, and where they truly are, which is not quite there.

A published set of elements is an estimate of some time ago. The truth here flies by the same theory (SGP4) on elements
of its own: displaced along the track, that displacement growing by the day at a rate of the object's own, and a little
beside it. So what an object is off by is the same at every scan and for every radar, as in the world; that the theory
itself leaves things out is in those figures, not beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import pi
from pathlib import Path

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.ellipsoid import A_M, GM_M3_S2
from jointwatch.earth.states import Ecef
from jointwatch.earth.timescale import NS_PER_S, S_PER_DAY, utc_from_tai_ns
from jointwatch.flight.satellites import Catalogue, ShortArcs, catalogue_of
from jointwatch.formats import element_files
from jointwatch.formats.mean_elements import MeanElements
from jointwatch.formats.tle import read_tle
from jointwatch.formats.tle_text import write_tle
from jointwatch.sensors.radar import Radar
from jointwatch.sensors.site import east_north_up
from jointwatch.studies.sensing import BAND_MHZ
from jointwatch.studies.sky_given import MOST_OBJECTS, ElementsGiven, Family, SizesGiven, SkyGiven

SKY_STREAM = 4
"""Second part of a run's seed for what is drawn of the sky."""
PAYLOAD, ROCKET_BODY, DEBRIS = range(3)
FIRST_NUMBER = 200_001  # of made-up objects: nobody's yet, and within the five columns of an element set
_ENDS = ("", " R/B", " DEB")
_LIGHT_M_S = 299_792_458.0


@dataclass(frozen=True, eq=False)
class Sky:
    """Satellites over a run. text: the published catalogue as a file; published: the same, read.

    truth: where they truly are; diameter_m (n,): as spheres.
    """

    text: bytes
    file_name: str
    published: Catalogue
    truth: ShortArcs
    diameter_m: Floats
    says: str

    def __len__(self) -> int:
        return len(self.published)

    def over(self, radar: Radar, tai_ns: int) -> tuple[Ints, Ecef, Floats]:
        """Numbers (k,), true states and cross-sections, m2, of those above a radar's horizon and within its range."""
        x = self.truth.at(tai_ns)
        place = east_north_up(radar.site, x[:, :3])
        there = np.flatnonzero((place[:, 2] > 0) & (np.linalg.norm(place, axis=1) < radar.instrumented_range_m))
        return there, Ecef(x[there]), sphere_rcs_m2(self.diameter_m[there], wavelength_m(radar))


def made(given: SkyGiven, seed: int, start_tai_ns: int) -> Sky:
    """Draw a sky by a scenario's figures: the same seed and start give the same sky, to the bit."""
    rng = _generator(seed)
    counts = rng.multinomial(given.objects, _shares(given.families))
    names = [name for each, many in zip(given.families, counts, strict=True) for name in _names(each, int(many), rng)]
    orbits = np.concatenate([_orbits(each, int(many), rng) for each, many in zip(given.families, counts, strict=True)])
    age_days = given.elements.age_days * given.elements.age_factor ** rng.standard_normal(given.objects)
    epochs = start_tai_ns - np.round(age_days * S_PER_DAY * NS_PER_S).astype(np.int64)
    text = write_tle(
        map(_published, names, epochs.tolist(), orbits.tolist(), range(FIRST_NUMBER, FIRST_NUMBER + MOST_OBJECTS))
    )
    says = f"The sky is made up, {given.objects} objects by these figures: {given.source}"
    file = "catalogue.txt", text.encode()
    return _sky(*file, read_tle(text).elements, given.elements, given.sizes, rng, says)


def of_file(path: Path, elements: ElementsGiven, sizes: SizesGiven, seed: int) -> Sky:
    """Take the catalogue of a file as what is published, and draw only how far the truth is from it; ValueError."""
    reading = element_files.read(path)
    text = path.read_bytes()
    left_out = f" ({len(reading.refused)} damaged sets left out)" if reading.refused else ""
    says = (
        f"The sky is that of {path.name}: {len(reading.elements)} objects{left_out}, their true orbits drawn about it"
    )
    file = "catalogue.txt.gz" if text.startswith(element_files.GZIP) else "catalogue.txt", text
    return _sky(*file, reading.elements, elements, sizes, _generator(seed), says)


def wavelength_m(radar: Radar) -> float:
    """Of a radar, by its frequency or, where that is not stated, its band's."""
    return _LIGHT_M_S / (radar.frequency_hz or BAND_MHZ[radar.band] * 1e6)


def sphere_rcs_m2(diameter_m: Floats, wavelength_m: float) -> Floats:
    """Mean cross-sections, m2, of spheres: the lesser of the optical law and Rayleigh's.

    Of the size estimation of debris by radar (Settecerri, Stansbery, Matney 1999, recalled) these are the two ends; the
    resonance between is cut off here, by no more than a factor of four.

    >>> sphere_rcs_m2(np.array([0.1, 3.0]), 1.87).round(6).tolist()  # at VHF: debris of 10 cm, a satellite of 3 m
    [5.6e-05, 7.068583]
    """
    optical = pi / 4 * diameter_m**2
    rayleigh = 9 * pi**5 / 4 * diameter_m**6 / wavelength_m**4
    return np.asarray(np.minimum(optical, rayleigh))


def _generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, SKY_STREAM])))


def _shares(families: Sequence[Family]) -> Floats:
    counts = np.array([each.count for each in families], dtype=float)
    return np.asarray(counts / counts.sum())


def _names(family: Family, many: int, rng: np.random.Generator) -> list[str]:
    """Names of a family's objects, which say what kind each is, as those of the public catalogue do."""
    shares = [1 - family.debris - family.rocket_bodies, family.rocket_bodies, family.debris]
    kinds = rng.choice(3, size=many, p=shares).tolist()
    return [f"{family.name.upper()} {number}{_ENDS[kind]}" for number, kind in enumerate(kinds, 1)]


def _orbits(family: Family, many: int, rng: np.random.Generator) -> Floats:
    """Orbits (k, 6): perigee and apogee radius in metres, inclination, node, perigee and mean anomaly in degrees."""
    drawn = [rng.uniform(*span, many) for span in (family.perigee_km, family.apogee_km, family.inclination_deg)]
    angles = rng.uniform(0.0, 360.0, (many, 3))
    low, high = np.minimum(drawn[0], drawn[1]), np.maximum(drawn[0], drawn[1])
    return np.column_stack([A_M + low * 1e3, A_M + high * 1e3, drawn[2], angles])


def _published(name: str, epoch_tai_ns: int, orbit: Sequence[float], number: int) -> MeanElements:
    perigee_m, apogee_m, inclination, node, argument, anomaly = orbit
    axis_m = (perigee_m + apogee_m) / 2
    return MeanElements(
        object_name=name,
        object_id="",
        norad_cat_id=number,
        classification_type="U",
        epoch=utc_from_tai_ns(epoch_tai_ns, digits=9),
        mean_motion=(GM_M3_S2 / axis_m**3) ** 0.5 * S_PER_DAY / (2 * pi),
        eccentricity=(apogee_m - perigee_m) / (apogee_m + perigee_m),
        inclination=inclination,
        ra_of_asc_node=node,
        arg_of_pericenter=argument,
        mean_anomaly=anomaly,
        bstar=0.0,
        mean_motion_dot=0.0,
        mean_motion_ddot=0.0,
        ephemeris_type=0,
        element_set_no=1,
        rev_at_epoch=0,
    )


def _sky(
    file_name: str,
    text: bytes,
    elements: Sequence[MeanElements],
    given: ElementsGiven,
    sizes: SizesGiven,
    rng: np.random.Generator,
    says: str,
) -> Sky:
    published = catalogue_of(elements)
    out = {row for row, _ in published.refused}
    kept = [each for row, each in enumerate(elements) if row not in out]
    truth = ShortArcs(catalogue_of(displaced(kept, given, rng)))
    return Sky(text, file_name, published, truth, _diameters_m(published.names, sizes, rng), says)


def displaced(elements: Sequence[MeanElements], given: ElementsGiven, rng: np.random.Generator) -> list[MeanElements]:
    """Where the objects of published elements truly are, as elements of the same epochs."""
    n = len(elements)
    motion = np.array([each.mean_motion for each in elements])
    axis_m = (GM_M3_S2 / (motion * 2 * pi / S_PER_DAY) ** 2) ** (1 / 3)
    ahead = np.degrees(given.along_km * 1e3 * rng.standard_normal(n) / axis_m)
    gaining = rng.uniform(*given.growth_km_per_day, n) * rng.choice([-1e3, 1e3], n) / (2 * pi * axis_m)
    beside = given.beside_km * 1e3 * rng.standard_normal((n, 2)) / axis_m[:, None]
    return [
        replace(
            each,
            mean_anomaly=(each.mean_anomaly + ahead_deg) % 360,
            mean_motion=each.mean_motion + rev_day,
            eccentricity=min(abs(each.eccentricity + wider), 0.999),
            inclination=min(abs(each.inclination + float(np.degrees(tilt))), 180.0),
        )
        for each, ahead_deg, rev_day, (wider, tilt) in zip(
            elements, ahead.tolist(), gaining.tolist(), beside.tolist(), strict=True
        )
    ]


def _diameters_m(names: Sequence[str], given: SizesGiven, rng: np.random.Generator) -> Floats:
    """Diameters by the kind that an object's name says it is."""
    laws = np.array([given.payloads, given.rocket_bodies, given.debris])
    median, factor = laws[[_kind(name) for name in names]].T
    return np.asarray(median * factor ** rng.standard_normal(len(names)))


def _kind(name: str) -> int:
    return DEBRIS if " DEB" in name else ROCKET_BODY if " R/B" in name else PAYLOAD
