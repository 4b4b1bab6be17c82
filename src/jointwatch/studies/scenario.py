"""A scenario file: who launches what, which radars feed whom, what is released. TOML, strict, explained errors.

Units are in the keys. Every scenario has variants: `as-it-was` takes each radar's arrays as they were on duty on
the day; `as-proposed` is a counterfactual, marked so wherever it is shown.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc
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


class ScenarioError(ValueError):
    """A scenario cannot be played, as one sentence with file and key."""


def _unique(key: str, names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{key}: {twice!r} stands there twice; give each once")


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


class Notice(Model):
    """An official word that reaches a centre during the run: a notification, or a published orbit."""

    time_utc: UtcText
    centre: CentreName
    occasion: Literal["pre-launch", "post-launch", "orbit"]
    text: str
    source: str
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
        _unique("radars", [radar.name for radar in self.radars])
        for radar in self.radars:
            _unique(f"radars.{radar.name}.arrays", list(radar.arrays or ()))
            if radar.feeds not in self.release:
                raise ValueError(
                    f"radar {radar.name!r} feeds {radar.feeds!r}, which has no release policy; "
                    f"centres here: {', '.join(sorted(self.release))}"
                )
        _unique("infrared", [sensor.name for sensor in self.infrared])
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
        _unique("flights", [flight.id for flight in self.flights])
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
        near = _near(name_or_path, built_in())
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
        raise ScenarioError(f"{where}: {_sentence(error)}") from None


def variant_of(scenario: Scenario, name: str | None) -> tuple[str, Variant]:
    """Return the variant's name and content; without a name the first one of the file."""
    variants: dict[str, Variant] = {str(known): variant for known, variant in scenario.variants.items()}
    chosen = name or next(iter(variants))
    if chosen not in variants:
        raise ScenarioError(f"scenario {scenario.name!r} has no variant {chosen!r}; it has {', '.join(variants)}")
    return chosen, variants[chosen]


def moved(scenario: Scenario, days: int) -> Scenario:
    """Return the scenario played so many days later: its clock, its flights and its notices."""
    flights = tuple(f.model_copy(update={"launch_utc": _later(f.launch_utc, days)}) for f in scenario.flights)
    notices = tuple(n.model_copy(update={"time_utc": _later(n.time_utc, days)}) for n in scenario.notices)
    start = _later(scenario.start_utc, days)
    return scenario.model_copy(update={"start_utc": start, "flights": flights, "notices": notices})


def _later(utc: str, days: int) -> str:
    return (date.fromisoformat(utc[:10]) + timedelta(days=days)).isoformat() + utc[10:]


def _near(word: str, words: Iterable[str]) -> str:
    known = list(words)
    match = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {match[0]!r}?" if match else f"; there are {', '.join(known)}"


def _sentence(error: ValidationError) -> str:
    """Return the first complaint with its key, and how many follow."""
    first, *rest = sorted(error.errors(), key=lambda item: item["type"] != "extra_forbidden")  # a misspelt key first
    key = ".".join(str(part) for part in first["loc"]) or "the file"
    more = f" (and {len(rest)} more)" if rest else ""
    return f"{key}: {_complaint(first)}{more}"


def _complaint(item: Any) -> str:
    given = item.get("input")
    if item["type"] == "extra_forbidden":
        return f"this key is not known{_near(str(item['loc'][-1]), _keys_beside(item['loc']))}"
    if item["type"] == "missing":
        return "this key is missing"
    shown = f" (given: {given!r})" if isinstance(given, str | int | float | bool) else ""
    return f"{item['msg'][0].lower()}{item['msg'][1:]}{shown}".removeprefix("value error, ")


PARTS: dict[str, type[Model]] = {
    "flights": Flight,
    "alternatives": Alternative,
    "notices": Notice,
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


def _keys_beside(location: tuple[int | str, ...]) -> list[str]:
    owner = next((PARTS[str(part)] for part in reversed(location[:-1]) if part in PARTS), Scenario)
    return list(owner.model_fields)
