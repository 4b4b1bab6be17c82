"""Who looks with what: the radars of each architecture as each party has them, under each set of assumptions.

A party looks with its own radars, and with those an architecture brings it. Where the architecture has a centre for
the exchange of data, or is said to be shared, each party looks with all of the architecture's radars too; with those
that the other has beside it, never. A radar without an array in service on the day does not look; of an architecture
that is proposed, all arrays do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from jointwatch.catalogue.architectures import ArchitectureEntry, load_architecture
from jointwatch.catalogue.days import begin_utc, end_utc
from jointwatch.catalogue.files import CatalogueError
from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.sensors.radar import Radar, faces_on_duty
from jointwatch.studies.architecture import catalogue_radar
from jointwatch.studies.joint.file import TOGETHER, Study, StudyError
from jointwatch.studies.joint.given import ArchitectureGiven


@dataclass(frozen=True, slots=True)
class View:
    """The sensors, by number, of one party in one architecture, under one set of assumptions."""

    architecture: str
    party: str
    assumptions: str
    sensors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sensor:
    """A radar with the arrays that look, and the cross-sections it is assumed to look at: lower, mean or higher."""

    radar: Radar
    rcs: str


@dataclass(frozen=True)
class Deployment:
    """All sensors of a study, each once, and every view of them; in an order that does not ask whose they are."""

    sensors: tuple[Sensor, ...]
    views: tuple[View, ...]


def deploy(study: Study) -> Deployment:
    """Return the sensors and views of a study: architectures x sets of assumptions x parties and all together.

    Raises StudyError where a claim is not known, a radar is nobody's, or nothing stood on the day.
    """
    views: list[tuple[tuple[str, str, str], tuple[Sensor, ...]]] = []
    for name in study.architectures:
        for assumed in study.assumptions:
            held = _held(study, name, assumed)
            views += [((name, party, assumed), some) for party, some in held.items()]
    sensors = sorted({sensor for _, some in views for sensor in some}, key=repr)
    numbers = {sensor: number for number, sensor in enumerate(sensors)}
    return Deployment(
        tuple(sensors), tuple(View(*key, tuple(sorted(numbers[sensor] for sensor in some))) for key, some in views)
    )


def brought(study: Study, name: str) -> tuple[str, ...]:
    """Return the radars that an architecture brings on its day, in its order."""
    given = study.architectures[name]
    if given.radars is not None:
        return given.radars
    elements = load_architecture(name).elements.values()
    return tuple(e.entry for e in elements if e.kind == "radars" and (given.proposed or _stands(e, given)))


def shared(study: Study, name: str) -> bool:
    """Whether each party has what all radars of an architecture see."""
    given = study.architectures[name]
    if given.shared is not None:
        return given.shared
    return given.radars is None and _has_a_centre(load_architecture(name))


def _held(study: Study, name: str, assumed: str) -> dict[str, tuple[Sensor, ...]]:
    """Sensors by party, and of all together, each in the order of the parties' own and then the architecture's."""
    given, new = study.architectures[name], brought(study, name)
    owner = _owners(study, name, new)
    as_brought = {radar: _sensor(study, radar, given, assumed, offered=given.proposed) for radar in new}
    for radar in given.radars or ():
        if as_brought[radar] is None:
            raise StudyError(
                f"architectures.{name}: {radar!r} did not stand on {given.on}; give another day, proposed = true, or "
                "leave it out"
            )
    if _had_radars(name, given) and not any(as_brought.values()):
        raise StudyError(
            f"architectures.{name}.on: none of its radars stood on {given.on}; give another day, or proposed = true"
        )
    held: dict[str, tuple[Sensor, ...]] = {}
    for party, own in study.parties.items():
        wanted = [radar for radar in new if shared(study, name) or owner[radar] == party]
        kept = [_sensor(study, radar, given, assumed, offered=False) for radar in own.radars if radar not in wanted]
        held[party] = _looking([*kept, *(as_brought[radar] for radar in wanted)])
    every = _looking(sensor for sensors in held.values() for sensor in sensors)
    return {**held, TOGETHER: _without_the_lesser(every)}


def _without_the_lesser(sensors: tuple[Sensor, ...]) -> tuple[Sensor, ...]:
    """The same with each radar once: as the architecture has it, where that and its owner's alone differ."""
    most: dict[str, Sensor] = {}
    for sensor in sensors:
        known = most.get(sensor.radar.name)
        if known is None or len(sensor.radar.faces) > len(known.radar.faces):
            most[sensor.radar.name] = sensor
    return tuple(most.values())


def _looking(sensors: Iterable[Sensor | None]) -> tuple[Sensor, ...]:
    return tuple(dict.fromkeys(sensor for sensor in sensors if sensor is not None))


def _sensor(study: Study, radar: str, given: ArchitectureGiven, assumed: str, *, offered: bool) -> Sensor | None:
    """A radar with its arrays of the day, or all that are offered; None where no array looks."""
    held = study.assumptions[assumed]
    try:
        whole, _ = catalogue_radar(radar, held.claims.get(radar))
    except CatalogueError as error:
        raise StudyError(f"assumptions.{assumed}.claims.{radar}: {error}") from None
    faces = whole.faces if offered else faces_on_duty(whole, tai_ns_from_utc(begin_utc(given.on)))
    always = tuple(replace(face, on_duty_from_tai_ns=None, on_duty_until_tai_ns=None) for face in faces)
    return Sensor(replace(whole, faces=always), held.rcs) if faces else None


def _owners(study: Study, name: str, new: tuple[str, ...]) -> dict[str, str]:
    owner = {radar: party for party, own in study.parties.items() for radar in (*own.radars, *own.builds)}
    for radar in new:
        if radar not in owner:
            raise StudyError(
                f"architectures.{name}: {radar!r} is of no party; name it under radars or builds of the one that has it"
            )
    return owner


def _had_radars(name: str, given: ArchitectureGiven) -> bool:
    if given.radars is not None:
        return bool(given.radars)
    return any(element.kind == "radars" for element in load_architecture(name).elements.values())


def _has_a_centre(entry: ArchitectureEntry) -> bool:
    return any(element.kind == "centres" for element in entry.elements.values())


def _stands(element: object, given: ArchitectureGiven) -> bool:
    """Whether an element stood on the day; one without dates did."""
    day = begin_utc(given.on)
    since, until = getattr(element, "since", None), getattr(element, "until", None)
    return (since is None or begin_utc(since.value) <= day) and (until is None or day < end_utc(until.value))
