"""A scenario file: who launches what, which radars feed whom, what is released. TOML, strict, explained errors.

Units are in the keys. Every scenario has variants: `as-it-was` takes each radar's arrays as they were on duty on
the day; `as-proposed` is a counterfactual, marked so wherever it is shown.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc
from jointwatch.studies.complaint import near_to, once, sentence
from jointwatch.studies.sensing import ErrorsGiven, InfraredGiven, LawGiven, MediumGiven, SearchGiven
from jointwatch.studies.sky_given import ElementsGiven, Family, SizesGiven, SkyGiven
from jointwatch.studies.strict import Model

MAX_BYTES = 256 * 1024


def _utc(text: str) -> str:
    tai_ns_from_utc(text)
    return text


UtcText = Annotated[str, AfterValidator(_utc)]
CentreName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]  # stands in file names and run ids
Line = Annotated[str, Field(min_length=1, max_length=300)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Corner = Annotated[tuple[Latitude, Longitude], Field(strict=False)]


class ScenarioError(ValueError):
    """A scenario cannot be played, as one sentence with file and key."""


class Alternative(Model):
    """A value that another source gives for something this scenario had to choose."""

    key: str
    value: str
    claimant: str
    source: str
    tag: Literal["seen", "seen-part", "seen-2nd", "recalled", "computed", "inferred"]
    taken: bool = False


class Flight(Model):
    """One object launched: a generic class from a place on a bearing, to a range or into an orbit."""

    id: Slug
    vehicle: str
    launch_utc: UtcText
    launch_latitude_deg: float = Field(ge=-90, le=90)
    launch_longitude_deg: float = Field(ge=-180, le=180)
    azimuth_deg: float = Field(ge=0, lt=360)
    range_km: float | None = Field(default=None, ge=50, le=15_000)
    apogee_km: float | None = Field(default=None, ge=20, le=40_000)
    perigee_km: float | None = Field(default=None, ge=120, le=40_000)

    @model_validator(mode="after")
    def _one_destination(self) -> Flight:
        if (self.range_km is None) == (self.perigee_km is None):
            raise ValueError(
                "give range_km (a ballistic flight) or perigee_km with apogee_km (an orbit), one of the two"
            )
        if self.perigee_km is not None and (self.apogee_km is None or self.apogee_km < self.perigee_km):
            raise ValueError("an orbit needs apogee_km, not below perigee_km")
        return self


class RadarUse(Model):
    """A radar in a variant: whose it is, which centre it feeds, and, in a counterfactual, with which arrays.

    claims: by key of the catalogue, whose value is taken; the rest is assumed beyond it.
    """

    name: str
    owner: str
    feeds: CentreName
    arrays: tuple[str, ...] | None = Field(default=None, strict=False)
    claims: dict[str, str] = Field(default_factory=dict)
    law: LawGiven = LawGiven()
    errors: ErrorsGiven = ErrorsGiven()
    search: SearchGiven = SearchGiven()


class Release(Model):
    """What one centre releases to its partner, by kind."""

    plots: bool
    tracklets: bool
    reports: bool
    mask_source: bool


class NoticeArea(Model):
    """An area of a notice: corners as latitude and longitude; one corner is a point."""

    role: Literal["launch", "impact", "hazard"]
    corners_deg: tuple[Corner, ...] = Field(strict=False, min_length=1, max_length=64)


class Notice(Model):
    """An official word that reaches a centre during the run: a notification, or a published orbit.

    from_utc, until_utc: the window announced, or the time of the launch in both; without them, when it comes. told: the
    centres that its source says it told itself, to which nobody repeats it. launches: how many objects it speaks of.
    """

    time_utc: UtcText
    centre: CentreName
    occasion: Literal["pre-launch", "post-launch", "orbit"]
    text: str
    source: str
    vehicle: Literal["missile", "space launch", "sounding rocket", "unknown"] = "unknown"
    from_utc: UtcText | None = None
    until_utc: UtcText | None = None
    areas: tuple[NoticeArea, ...] = Field(default=(), strict=False, max_length=16)
    told: tuple[CentreName, ...] = Field(default=(), strict=False)
    launches: int | None = Field(default=None, ge=1, le=64)
    inclination_deg: float | None = Field(default=None, ge=0, le=180)
    perigee_km: float | None = None
    apogee_km: float | None = None

    @model_validator(mode="after")
    def _orbit_is_whole(self) -> Notice:
        given = [value is not None for value in (self.inclination_deg, self.perigee_km, self.apogee_km)]
        if any(given) != (self.occasion == "orbit") or any(given) != all(given):
            raise ValueError(
                "a notice of the occasion 'orbit' has inclination_deg, perigee_km and apogee_km; no other has"
            )
        return self

    @model_validator(mode="after")
    def _window_is_whole(self) -> Notice:
        if (self.from_utc is None) != (self.until_utc is None):
            raise ValueError("a window has from_utc and until_utc, or neither is given")
        if self.from_utc and self.until_utc and tai_ns_from_utc(self.from_utc) > tai_ns_from_utc(self.until_utc):
            raise ValueError(f"the window ends, {self.until_utc}, before it begins, {self.from_utc}")
        return self


class Variant(Model):
    """One way the scenario is played."""

    counterfactual: bool
    says: str
    radars: tuple[RadarUse, ...] = Field(strict=False, min_length=1)
    release: dict[CentreName, Release]
    infrared: tuple[InfraredGiven, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _fed_centres_release(self) -> Variant:
        if len(self.release) < 2:
            raise ValueError("an exchange needs at least two centres under release")
        once("radars", [radar.name for radar in self.radars])
        for radar in self.radars:
            once(f"radars.{radar.name}.arrays", list(radar.arrays or ()))
            if radar.feeds not in self.release:
                raise ValueError(
                    f"radar {radar.name!r} feeds {radar.feeds!r}, which has no release policy; "
                    f"centres here: {', '.join(sorted(self.release))}"
                )
        once("infrared", [sensor.name for sensor in self.infrared])
        for sensor in self.infrared:
            if sensor.feeds not in self.release:
                raise ValueError(
                    f"infrared {sensor.name!r} feeds {sensor.feeds!r}, which has no release policy; "
                    f"centres here: {', '.join(sorted(self.release))}"
                )
        return self


class Claim(Model):
    """A public claim that the run touches."""

    words: str
    claimant: str
    date: str
    source: str
    question: Literal["first-detection", "track-share", "notified", "decided"]


class Scenario(Model):
    """A whole scenario file."""

    name: Slug
    title: Line
    summary: str
    start_utc: UtcText
    duration_s: float = Field(gt=0, le=86_400)
    seed: int = Field(ge=0)
    medium: MediumGiven = MediumGiven()
    rcs_spread: bool = False  # whether each object's cross-section is drawn from its class's spread
    sky: SkyGiven | None = None  # satellites overhead; without it the sky is empty but for the flights
    flights: tuple[Flight, ...] = Field(strict=False, min_length=1, max_length=64)
    alternatives: tuple[Alternative, ...] = Field(default=(), strict=False)
    notices: tuple[Notice, ...] = Field(default=(), strict=False)
    claims: tuple[Claim, ...] = Field(default=(), strict=False)
    variants: dict[Literal["as-it-was", "as-proposed"], Variant] = Field(min_length=1)

    @model_validator(mode="after")
    def _flights_are_in_the_run(self) -> Scenario:
        once("flights", [flight.id for flight in self.flights])
        start = tai_ns_from_utc(self.start_utc)
        end = start + round(self.duration_s * NS_PER_S)
        for flight in self.flights:
            if not start <= tai_ns_from_utc(flight.launch_utc) < end:
                raise ValueError(
                    f"flights.{flight.id}.launch_utc = {flight.launch_utc} lies outside the run, which lasts "
                    f"{self.duration_s:g} s from start_utc = {self.start_utc}"
                )
        return self


def built_in() -> list[str]:
    """Return the names of the scenarios inside the package."""
    folder = resources.files(__package__) / "scenarios"
    return sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))


def load(name_or_path: str) -> Scenario:
    """Return a scenario by its built-in name or from a file; raises ScenarioError with one sentence."""
    path = Path(name_or_path)
    if name_or_path in built_in():
        return parse(
            (resources.files(__package__) / "scenarios" / f"{name_or_path}.toml").read_bytes(), where=name_or_path
        )
    if path.suffix != ".toml":
        near = near_to(name_or_path, built_in())
        stop = "" if near.endswith("?") else "."
        raise ScenarioError(f"no scenario {name_or_path!r}{near}{stop} A file of your own ends in .toml")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ScenarioError(
            f"{path}: cannot be read ({error.strerror}); give a scenario file or one of {', '.join(built_in())}"
        ) from None
    return parse(data, where=str(path))


def parse(data: bytes, *, where: str) -> Scenario:
    """Return the scenario in TOML bytes; `where` names the file in the error."""
    if len(data) > MAX_BYTES:
        raise ScenarioError(f"{where}: a scenario has at most {MAX_BYTES // 1024} kB; this file is longer")
    try:
        tree = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ScenarioError(f"{where}: not valid TOML: {error}") from None
    try:
        return Scenario.model_validate(tree)
    except ValidationError as error:
        raise ScenarioError(f"{where}: {sentence(error, Scenario, PARTS)}") from None


def variant_of(scenario: Scenario, name: str | None) -> tuple[str, Variant]:
    """Return the variant's name and content; without a name the first one of the file."""
    variants: dict[str, Variant] = {str(known): variant for known, variant in scenario.variants.items()}
    chosen = name or next(iter(variants))
    if chosen not in variants:
        raise ScenarioError(f"scenario {scenario.name!r} has no variant {chosen!r}; it has {', '.join(variants)}")
    return chosen, variants[chosen]


PARTS: dict[str, type[Model]] = {
    "flights": Flight,
    "alternatives": Alternative,
    "notices": Notice,
    "areas": NoticeArea,
    "claims": Claim,
    "radars": RadarUse,
    "medium": MediumGiven,
    "law": LawGiven,
    "errors": ErrorsGiven,
    "search": SearchGiven,
    "infrared": InfraredGiven,
    "elements": ElementsGiven,
    "sizes": SizesGiven,
    "families": Family,
    "sky": SkyGiven,
    "release": Release,
    "variants": Variant,
}
